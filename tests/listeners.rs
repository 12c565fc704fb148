//! Several listeners, one for administration, and what each address may have.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use harness::{Lb, fetch, free_port, integrations, raw, simulated, until, unwatched};
use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

async fn status(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = fetch(Method::GET, &format!("http://{address}{path}"), None, &[]).await.expect("an answer");
    (answer.status, answer.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_at_every_address_and_administration_at_its_own() {
    let servers = simulated(1).await;
    let port = free_port();
    let four = SocketAddr::from(([127, 0, 0, 1], port));
    let six = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let admin = SocketAddr::from(([127, 0, 0, 1], free_port()));
    // both take the whole port: that of IPv6 must leave IPv4 to the other
    let listen = format!("api = [\"0.0.0.0:{port}\", \"[::]:{port}\"]\nadmin = \"{admin}\"");
    let config = integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start_at("", four, admin, &listen, &config).await;
    lb.ready().await;

    for address in [four, six] {
        let mut moodle = lb.website("moodle-s3cr3t");
        moodle.base = format!("http://{address}/bigbluebutton/api/");
        moodle.create("room-1").await.success();
        assert_eq!(status(address, "/ping").await, (200, "pong".to_owned()));
        assert_eq!(status(address, "/healthz").await.0, 200);
        assert_eq!(status(address, "/readyz").await, (200, "ready\n".to_owned()));
        assert_eq!(status(address, "/metrics").await.0, 404);
    }
    for page in ["/ping", "/healthz", "/readyz", "/metrics"] {
        assert_eq!(status(admin, page).await.0, 200, "{page}");
    }
    assert_eq!(status(admin, "/bigbluebutton/api").await.0, 404);
    let log = lb.log();
    for address in [format!("0.0.0.0:{port}"), format!("[::]:{port}"), admin.to_string()] {
        assert!(log.contains(&format!("address={address}")), "{address} is not in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_it_is_not_ready_is_told_to_administrators_alone() {
    let lb = Lb::start_with_admin("", "").await;
    assert!(lb.unready().await.contains("no server is known"));
    assert_eq!(status(lb.address, "/readyz").await, (503, "not ready\n".to_owned()));
}

/// A connection over which a request has been answered.
async fn connection(from: [u8; 4], to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    let mut stream = socket.connect(to).await.ok()?;
    stream.write_all(b"GET /ping HTTP/1.1\r\nHost: lb\r\n\r\n").await.ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"pong") {
        let read = tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer)).await.expect("an answer or an end");
        if !read.is_ok_and(|length| length > 0) {
            return None;
        }
    }
    Some(stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_has_too_many_connections_gets_no_more_and_others_do() {
    let lb = Lb::start_with_admin("max_connections_per_address = 5", "").await;
    let (crowd, other, proxy) = ([127, 0, 0, 2], [127, 0, 0, 3], [127, 0, 0, 1]);
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(connection(crowd, lb.address).await.expect("one of five"));
    }
    assert!(connection(crowd, lb.address).await.is_none(), "the sixth");
    lb.metric_is("lb_connections_cut_total{name=\"address\"}", 1.0).await;
    assert!(lb.log().contains("an address has too many connections"));
    let _other = connection(other, lb.address).await.expect("another address");
    for _ in 0..6 {
        open.push(connection(proxy, lb.address).await.expect("a trusted proxy may have any number"));
    }
    open.remove(0);
    open.push(until(PATIENCE, "the place is free again", async || connection(crowd, lb.address).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_all_places_wait_and_administration_has_places_of_its_own() {
    let lb = Lb::start_with_admin("max_connections = 3", "").await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(connection([127, 0, 0, 2], lb.address).await.expect("one of three"));
    }
    let waiting = tokio::spawn(connection([127, 0, 0, 3], lb.address));
    // it is in the system's queue, where it does not hear of anything
    assert_eq!(raw(lb.address, b"GET /ping HTTP/1.0\r\n\r\n", Duration::from_millis(500)).await, None);
    assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
    assert!(!waiting.is_finished());
    drop(open);
    waiting.await.unwrap().expect("its turn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_nobody_comes_to_keeps_no_place_from_another() {
    let [one, other, admin] = [(); 3].map(|()| SocketAddr::from(([127, 0, 0, 1], free_port())));
    let listen = format!("api = [\"{one}\", \"{other}\"]\nadmin = \"{admin}\"\nmax_connections = 1");
    let lb = Lb::start_at("", one, admin, &listen, "").await;
    for address in [one, other, one, other] {
        drop(connection([127, 0, 0, 2], address).await.expect("the only place"));
    }
    assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_files_may_be_open_as_the_system_lets_it() {
    let lb = Lb::start_after("ulimit -S -n 256; ulimit -H -n 4000", "").await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", lb.id().unwrap())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(files.split_whitespace().collect::<Vec<_>>()[3..5], ["4000", "4000"]);
    let log = lb.log();
    assert!(log.contains("too few open files for listen.max_connections"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_closes_every_listener_and_finishes_with_idle_connections_open() {
    let mut lb = Lb::start_with_admin("", "").await;
    let (_api, _admin) = (connection([127, 0, 0, 2], lb.address).await, connection([127, 0, 0, 2], lb.pages).await);
    let silent = TcpStream::connect(lb.address).await.unwrap();
    lb.metric_is("lb_connections", 4.0).await;
    assert_eq!(tokio::time::timeout(Duration::from_secs(8), lb.terminate()).await, Ok(Some(0)));
    assert!(TcpStream::connect(lb.address).await.is_err() && TcpStream::connect(lb.pages).await.is_err());
    drop(silent);
}
