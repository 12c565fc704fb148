//! TLS with a certificate from files: both versions of HTTP, and certificates that change while the balancer serves.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use harness::{Answer, Lb, integrations, lb_binary, raw, simulated, until, unwatched};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Files are looked at every ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// An authority, and a folder with a certificate and key made by it.
struct Certified {
    authority: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Certified {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { authority, folder: tempfile::tempdir().unwrap() }
    }

    /// Another certificate and its key, in PEM, and the certificate as it is shown.
    fn make(&self) -> (String, String, CertificateDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        (certificate.pem(), key.serialize_pem(), certificate.der().clone())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file into place as tools do that renew certificates: whole, by a rename.
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path("new"), text).unwrap();
        std::fs::rename(self.path("new"), self.path(name)).unwrap();
    }

    /// `[listen.tls]`
    fn config(&self) -> String {
        let (certificate, key) = (self.path("fullchain.pem"), self.path("privkey.pem"));
        format!("[listen.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n", certificate.display(), key.display())
    }

    /// A client that trusts this authority alone.
    async fn connect(&self, to: SocketAddr, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(to).await?).await
    }
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

fn get(url: &str) -> Request<Empty<Bytes>> {
    Request::get(url).header("host", "localhost").body(Empty::new()).unwrap()
}

async fn start(certified: &Certified) -> (Lb, CertificateDer<'static>) {
    let (certificate, key, der) = certified.make();
    certified.write("fullchain.pem", &certificate);
    certified.write("privkey.pem", &key);
    let servers = simulated(1).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start_with_admin(&certified.config(), &config).await;
    (lb, der)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_served_by_http2_and_by_http1_over_tls() {
    let certified = Certified::new();
    let (lb, certificate) = start(&certified).await;
    let moodle = lb.website("moodle-s3cr3t");
    let url = moodle.url("getMeetings", &[]);

    let stream = certified.connect(lb.address, "h2").await.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(shown(&stream), certificate);
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        answer(client.send_request(get(&url.replace("http:", "https:"))).await.unwrap()).await.success();
    }

    let stream = certified.connect(lb.address, "http/1.1").await.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let target = &url[url.match_indices('/').nth(2).unwrap().0..];
    for _ in 0..3 {
        client.ready().await.unwrap();
        answer(client.send_request(get(target)).await.unwrap()).await.success();
    }

    let stranger = Certified::new().connect(lb.address, "h2").await;
    assert!(stranger.is_err(), "another authority vouches for nothing here");
    assert!(certified.connect(lb.address, "h3").await.is_err(), "no version of HTTP in common");
}

async fn answer(response: hyper::Response<hyper::body::Incoming>) -> Answer {
    let status = response.status().as_u16();
    Answer { status, location: None, cookie: None, body: response.into_body().collect().await.unwrap().to_bytes() }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_speak_tls_is_cut_off_and_administration_on_loopback_is_plain() {
    let certified = Certified::new();
    let (lb, _) = start(&certified).await;
    let plain = raw(lb.address, b"GET /ping HTTP/1.1\r\nHost: lb\r\n\r\n", PATIENCE).await.expect("closed");
    assert!(!plain.contains("pong"), "{plain}");
    assert_eq!(raw(lb.address, b"", PATIENCE).await, Some(String::new()), "a handshake has a deadline");
    lb.metric_is("lb_connections_cut_total{name=\"handshake\"}", 2.0).await;
    assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_replaced_is_shown_to_new_connections_and_one_that_does_not_fit_to_none() {
    let certified = Certified::new();
    let (lb, first) = start(&certified).await;
    let old = certified.connect(lb.address, "http/1.1").await.expect("a handshake");
    assert_eq!(shown(&old), first);
    let (mut client, connection) = http1::handshake(TokioIo::new(old)).await.unwrap();
    tokio::spawn(connection);
    let mut old_goes_on = async || {
        client.ready().await.unwrap();
        client.send_request(get("/ping")).await.unwrap().into_body().collect().await.unwrap();
    };
    old_goes_on().await;

    let (certificate, key, second) = certified.make();
    certified.write("fullchain.pem", &certificate);
    certified.write("privkey.pem", &key);
    until(PATIENCE, "the second certificate", async || {
        let stream = certified.connect(lb.address, "h2").await.expect("a handshake at any moment");
        old_goes_on().await;
        (shown(&stream) == second).then_some(())
    })
    .await;

    certified.write("privkey.pem", &certified.make().1);
    lb.metric_is("lb_certificate_reads_total{name=\"refused\"}", 1.0).await;
    old_goes_on().await;
    assert_eq!(shown(&certified.connect(lb.address, "h2").await.unwrap()), second);
    let log = lb.log();
    assert!(log.contains("the new certificate cannot be used") && log.contains("does not fit"), "{log}");
    assert!(!log.contains(key.lines().nth(1).unwrap()), "a key in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_reads_the_certificate_at_once_and_is_refused_where_it_does_not_fit() {
    let certified = Certified::new();
    let (lb, first) = start(&certified).await;
    let (certificate, key, second) = certified.make();
    certified.write("fullchain.pem", &certificate);
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"failed\"}", 1.0).await;
    assert_eq!(shown(&certified.connect(lb.address, "h2").await.unwrap()), first);
    certified.write("privkey.pem", &key);
    lb.hang_up();
    lb.metric_is("lb_config_reloads_total{outcome=\"ok\"}", 1.0).await;
    assert_eq!(shown(&certified.connect(lb.address, "h2").await.unwrap()), second);
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_at_the_start() {
    let certified = Certified::new();
    let start = || {
        std::fs::write(certified.path("lb.toml"), format!("[listen]\napi = \"127.0.0.1:0\"\n{}", certified.config()))
            .unwrap();
        let mut run = Command::new(lb_binary());
        run.args(["serve", "--config", "lb.toml"]).current_dir(certified.folder.path());
        let output = run.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = start();
    assert!(said.contains("fullchain.pem cannot be read: No such file"), "{said}");
    assert_eq!(code, Some(1));
    certified.write("fullchain.pem", &certified.make().0);
    certified.write("privkey.pem", &certified.make().1);
    let (code, said) = start();
    assert!(said.contains("does not fit the first certificate in") && said.contains("privkey.pem"), "{said}");
    assert_eq!(code, Some(1));
}
