//! Websites hear what goes on in their meetings, through the real binary: from servers with bbb-webhooks, and from the balancer
//! itself where a server has none.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use harness::{Lb, fetch, integrations, until, unwatched};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use lb_core::Timestamp;
use lb_core::api::Params;
use lb_core::checksum::{Algorithm, sign};
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};
use serde_json::Value;
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(30);
const PRIVATE: &str = "[callbacks]\nallow_private_addresses = true\n";
const FORM: &str = "application/x-www-form-urlencoded";

/// A website that notes what its hook is told, and answers with a status.
#[derive(Clone)]
struct Hooked {
    url: String,
    seen: Arc<Mutex<Vec<(String, String)>>>,
    status: Arc<Mutex<u16>>,
    tries: Arc<Mutex<usize>>,
}

impl Hooked {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?key=s3cr3t-of-website", listener.local_addr().unwrap());
        let hooked = Self { url, seen: Arc::default(), status: Arc::new(Mutex::new(200)), tries: Arc::default() };
        let serving = hooked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hooked = serving.clone();
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let hooked = hooked.clone();
                    async move {
                        let (head, body) = request.into_parts();
                        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec()).unwrap();
                        let status = *hooked.status.lock().unwrap();
                        *hooked.tries.lock().unwrap() += 1;
                        if (200..300).contains(&status) {
                            hooked.seen.lock().unwrap().push((head.uri.to_string(), body));
                        }
                        let answer = Response::builder().status(status).body(Full::new(Bytes::new()));
                        Ok::<_, hyper::Error>(answer.unwrap())
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        hooked
    }

    fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What it was told: the events' ids and meetings. Each must be signed with `secret`.
    fn told(&self, secret: &str) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap().clone();
        let told = seen.into_iter().map(|(uri, body)| {
            let checksum = uri.strip_prefix("/hook?key=s3cr3t-of-website&checksum=").unwrap_or_else(|| panic!("{uri}"));
            assert_eq!(checksum, sign(Algorithm::Sha1, &self.url, &body, &secret.into()));
            let form = Params::parse(&body);
            assert_eq!(form.get("domain"), Some("127.0.0.1"));
            let event: Value = serde_json::from_str(form.get("event").unwrap()).unwrap();
            let text = |pointer: &str| event.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            (text("/0/data/id"), text("/0/data/attributes/meeting/external-meeting-id"))
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    }

    /// Waits until it was told exactly this, in any order.
    async fn hears(&self, secret: &str, expected: &[(&str, &str)]) {
        let mut expected: Vec<_> = expected.iter().map(|(id, room)| ((*id).to_owned(), (*room).to_owned())).collect();
        expected.sort();
        until(PATIENCE, &format!("{expected:?}"), async || (self.told(secret).len() >= expected.len()).then_some(()))
            .await;
        assert_eq!(self.told(secret), expected);
    }
}

async fn server(webhooks: bool) -> SimulatedServer {
    let settings = SimulatedServerSettings { secret: "s3cr3t-of-bbb1".into(), webhooks, ..Default::default() };
    SimulatedServer::start(settings).await.unwrap()
}

fn config(server: &SimulatedServer, rest: &str) -> String {
    let servers = std::slice::from_ref(server);
    integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(servers) + rest
}

async fn hook(lb: &Lb, secret: &str, hooked: &Hooked, events: &str) {
    let params = [("callbackURL", hooked.url.as_str()), ("eventID", events)];
    lb.website(secret).call("hooks/create", &params).await.success();
}

/// Somebody joins, and the browser follows.
async fn join(lb: &Lb, secret: &str, meeting_id: &str) {
    let params = [("fullName", "Ana"), ("meetingID", meeting_id), ("role", "MODERATOR")];
    let answer = lb.website(secret).call("join", &params).await;
    fetch(Method::GET, &answer.location.unwrap(), None, &[]).await.unwrap();
}

/// The URL of the balancer's own hook on the server, once it is there.
async fn own_hook(server: &SimulatedServer) -> String {
    let find = || server.with(|bbb| bbb.hooks().next().map(|hook| hook.callback_url.clone()));
    until(PATIENCE, "the balancer's hook is on the server", async || find()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_website_hears_of_its_own_meetings_alone_and_users_are_counted_at_once() {
    let (server, moodle, portal) = (server(true).await, Hooked::start().await, Hooked::start().await);
    // no list comes in between
    let lb = Lb::start(&config(&server, &format!("{PRIVATE}[monitor]\ninterval = \"10m\"\n"))).await;
    lb.ready().await;
    let own = own_hook(&server).await;
    assert!(own.starts_with(&format!("http://{}/callbacks/hook/bbb1/", lb.address)), "{own}");
    let events = "meeting-created,meeting-ended,user-joined,user-left";
    hook(&lb, "moodle-s3cr3t", &moodle, events).await;
    hook(&lb, "portal-s3cr3t", &portal, events).await;
    for (secret, room) in [("moodle-s3cr3t", "room-1"), ("portal-s3cr3t", "room-2")] {
        lb.website(secret).create(room).await.success();
    }
    join(&lb, "moodle-s3cr3t", "room-1").await;
    lb.metric_is("lb_server_users{server=\"bbb1\"}", 1.0).await;
    moodle.hears("moodle-s3cr3t", &[("meeting-created", "room-1"), ("user-joined", "room-1")]).await;
    server.with(|bbb| bbb.leave("room-1", 1));
    lb.metric_is("lb_server_users{server=\"bbb1\"}", 0.0).await;
    server.with(|bbb| assert!(bbb.end(Timestamp::from_millis(u64::MAX / 2), "room-1")));
    let all = [
        ("meeting-created", "room-1"),
        ("meeting-ended", "room-1"),
        ("user-joined", "room-1"),
        ("user-left", "room-1"),
    ];
    moodle.hears("moodle-s3cr3t", &all).await;
    portal.hears("portal-s3cr3t", &[("meeting-created", "room-2")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_heard_is_delivered_though_the_balancer_is_killed_in_between() {
    for webhooks in [true, false] {
        let (server, moodle) = (server(webhooks).await, Hooked::start().await);
        let mut lb = Lb::start(&config(&server, PRIVATE)).await;
        lb.ready().await;
        if webhooks {
            own_hook(&server).await;
        }
        hook(&lb, "moodle-s3cr3t", &moodle, "meeting-created").await;
        moodle.answer(503);
        lb.website("moodle-s3cr3t").create("room-1").await.success();
        // it was written down before it is tried
        until(PATIENCE, "a try", async || (*moodle.tries.lock().unwrap() > 0).then_some(())).await;
        lb.kill();
        moodle.answer(200);
        lb.restart().await;
        moodle.hears("moodle-s3cr3t", &[("meeting-created", "room-1")]).await;
        let list = lb.website("moodle-s3cr3t").call("hooks/list", &[]).await.success();
        assert!(list.text().contains("<hookID>1</hookID>"), "{}", list.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_post_of_the_server_is_refused_by_status() {
    let (server, moodle) = (server(true).await, Hooked::start().await);
    let lb = Lb::start(&config(&server, PRIVATE)).await;
    lb.ready().await;
    let own = own_hook(&server).await;
    hook(&lb, "moodle-s3cr3t", &moodle, "").await;
    let event = r#"[{"data":{"id":"user-joined","attributes":{"meeting":{"internal-meeting-id":"x"}}}}]"#;
    let body = Params::from_iter([("domain", "bbb1"), ("event", event), ("timestamp", "1")]).encode();
    let signed =
        |body: &str| format!("{own}?checksum={}", sign(Algorithm::Sha256, &own, body, &"s3cr3t-of-bbb1".into()));
    let post = async |url: &str, content_type: &str, body: &str| {
        let answer = fetch(Method::POST, url, Some((content_type, Bytes::from(body.to_owned()))), &[]).await;
        answer.unwrap().status
    };
    assert_eq!(post(&signed(&body), FORM, &body).await, 200, "nobody's meeting");
    assert_eq!(post(&signed(&body), FORM, &format!("{body}&x=1")).await, 401);
    assert_eq!(post(&own, FORM, &body).await, 401);
    assert_eq!(post(&signed("x=1"), FORM, "x=1").await, 400);
    assert_eq!(post(&signed(&body), "application/json", &body).await, 415);
    assert_eq!(post(&format!("{own}0"), FORM, &body).await, 404);
    assert_eq!(post(&own.replace("/bbb1/", "/bbb2/"), FORM, &body).await, 404);
    let long = "x".repeat((1 << 20) + 1);
    assert_eq!(post(&signed(&long), FORM, &long).await, 413);
    assert_eq!(fetch(Method::GET, &own, None, &[]).await.unwrap().status, 405);
    assert_eq!(moodle.told("moodle-s3cr3t"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_to_a_private_address_is_refused() {
    let (server, moodle) = (server(false).await, Hooked::start().await);
    let lb = Lb::start(&config(&server, "")).await;
    lb.ready().await;
    let params = [("callbackURL", moodle.url.as_str())];
    lb.website("moodle-s3cr3t").call("hooks/create", &params).await.failed("createHookError");
}
