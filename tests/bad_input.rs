//! Whatever a client sends is answered by BBB's XML or a status of its own, soon, and the balancer serves on.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::{Duration, Instant};

use bytes::Bytes;
use harness::{Answer, Lb, Website, fetch, integrations, raw, simulated, unwatched};
use http_body_util::{BodyExt, Empty};
use hyper::Method;
use hyper_util::rt::{TokioExecutor, TokioIo};
use lb_core::checksum::{Algorithm, sign};
use lb_http::sim::SimulatedServer;
use tokio::net::TcpStream;

const SECRET: &str = "moodle-s3cr3t";
const PATIENCE: Duration = Duration::from_secs(8);
const FORM: &str = "application/x-www-form-urlencoded";

async fn start() -> (Lb, Website, Vec<SimulatedServer>) {
    let servers = simulated(2).await;
    let lb = Lb::start(&(integrations(&[("moodle", SECRET)]) + &unwatched(&servers))).await;
    lb.ready().await;
    let website = lb.website(SECRET);
    (lb, website, servers)
}

/// Path and query of a call, signed over the query as it stands.
fn signed(call: &str, query: &str) -> String {
    let checksum = sign(Algorithm::Sha256, call, query, &SECRET.into());
    format!("/bigbluebutton/api/{call}?{query}&checksum={checksum}")
}

async fn get(lb: &Lb, target: &str) -> Answer {
    fetch(Method::GET, &format!("http://{}{target}", lb.address), None, &[]).await.expect("an answer")
}

async fn post(lb: &Lb, target: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
    let url = format!("http://{}{target}", lb.address);
    fetch(Method::POST, &url, Some((content_type, body.into())), &[]).await.expect("an answer")
}

/// The status of the answer to these bytes; 0 if the connection was closed without one.
async fn status_of(lb: &Lb, bytes: &[u8]) -> u16 {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
    let answer = raw(lb.address, bytes, PATIENCE).await.unwrap_or_else(|| panic!("still open: {shown}"));
    match answer.strip_prefix("HTTP/1.") {
        Some(rest) => rest[2..5].parse().unwrap(),
        None => {
            assert!(answer.is_empty(), "{shown}: {answer}");
            0
        }
    }
}

async fn assert_alive(lb: &Lb) {
    assert_eq!(lb.get("/ping").await, Ok((200, "pong".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_or_too_much_of_it_gets_a_status_or_a_closed_connection() {
    let (lb, _, _servers) = start().await;
    let close = "Host: lb\r\nConnection: close\r\n";
    let api = "/bigbluebutton/api";
    let long = "x".repeat(200_000);
    let many_headers: String = (0..2_000).map(|number| format!("x-{number}: y\r\n")).collect();
    for (request, allowed) in [
        (format!("GET  HTTP/1.1\r\n{close}\r\n"), &[400][..]),
        (format!("GET // HTTP/1.1\r\n{close}\r\n"), &[404]),
        (format!("GET {api} HTTP/9.9\r\n{close}\r\n"), &[400, 505]),
        (format!("GET {api}/create?name=\u{1}\u{7f} HTTP/1.1\r\n{close}\r\n"), &[400]),
        (format!("GET {api}/create?name=a b HTTP/1.1\r\n{close}\r\n"), &[400]),
        (format!("GET {api}/create?{long} HTTP/1.1\r\n{close}\r\n"), &[400, 414, 431]),
        (format!("GET {api}/create HTTP/1.1\r\n{close}x: {long}\r\n\r\n"), &[400, 431]),
        (format!("GET {api}/create HTTP/1.1\r\n{close}{many_headers}\r\n"), &[400, 431]),
        (format!("GET {api} HTTP/1.1\r\nbroken header\r\n\r\n"), &[400]),
        (format!("GET {api} HTTP/1.1\r\n{close}x: a\0b\r\n\r\n"), &[400]),
        (format!("POST {api}/create HTTP/1.1\r\n{close}Content-Length: -1\r\n\r\n"), &[400]),
        (format!("POST {api}/create HTTP/1.1\r\n{close}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), &[400]),
        (
            format!(
                "POST {api}/create HTTP/1.1\r\n{close}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            ),
            &[400, 0],
        ),
        (
            format!(
                "POST {api}/create HTTP/1.1\r\n{close}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"
            ),
            &[400, 0],
        ),
        (format!("PUT {api}/create HTTP/1.1\r\n{close}\r\n"), &[405]),
        (format!("DELETE {api}/create HTTP/1.1\r\n{close}\r\n"), &[405]),
        (format!("OPTIONS * HTTP/1.1\r\n{close}\r\n"), &[400, 404, 405]),
        (format!("CONNECT {api} HTTP/1.1\r\n{close}\r\n"), &[400, 404, 405]),
        (
            "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\nConnection: close\r\n\r\n".to_owned(),
            &[400, 404, 405],
        ),
        (format!("TRACE {api} HTTP/1.1\r\n{close}\r\n"), &[405]),
        (format!("{} {api} HTTP/1.1\r\n{close}\r\n", "M".repeat(1000)), &[400, 405]),
        ("\r\n\r\n\r\n\0\0\0\0\r\n\r\n".to_owned(), &[400]),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3} a hello of TLS\r\n\r\n".to_owned(), &[400, 0]),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame of HTTP/2, and never will be one".to_owned(), &[0]),
    ] {
        let status = match request.starts_with("PRI") {
            // the other side says goodbye in frames
            true => raw(lb.address, request.as_bytes(), PATIENCE).await.map(|_| 0).expect("closed"),
            false => status_of(&lb, request.as_bytes()).await,
        };
        assert!(allowed.contains(&status), "{status}: {}", &request[..request.len().min(120)]);
        assert_alive(&lb).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_new_versions_of_http_are_spoken() {
    let (lb, _, _servers) = start().await;
    let old =
        raw(lb.address, b"GET /bigbluebutton/api HTTP/1.0\r\n\r\n", PATIENCE).await.expect("closed after the answer");
    assert!(old.starts_with("HTTP/1.0 200") && old.contains("<returncode>SUCCESS</returncode>"), "{old}");

    let stream = TokioIo::new(TcpStream::connect(lb.address).await.unwrap());
    let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    for number in 0..3 {
        let target = signed("create", &format!("name=Algebra&meetingID=room-{number}"));
        let request =
            hyper::Request::get(format!("http://{}{target}", lb.address)).body(Empty::<Bytes>::new()).unwrap();
        let answer = client.send_request(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        Answer { status: 200, location: None, cookie: None, body }.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_of_nearly_64_kib_is_taken() {
    let (lb, website, servers) = start().await;
    let welcome = "Wëlcome & ".repeat(64_400 / "W%C3%ABlcome+%26+".len());
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("welcome", &*welcome)];
    let length = website.url("create", &params).len();
    assert!((64_000..65_000).contains(&length), "{length}");
    website.call("create", &params).await.success();
    let kept = |server: &SimulatedServer| {
        server.with(|bbb| bbb.meeting("room-1").and_then(|meeting| meeting.parameter("welcome").map(str::to_owned)))
    };
    assert!(servers.iter().find_map(kept).is_some_and(|kept| kept == welcome));
    assert_alive(&lb).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_becomes_too_long_for_the_servers_is_refused_and_held_against_none_of_them() {
    let (lb, website, servers) = start().await;
    website.create("room-1").await.success();
    // encoded anew, each of these takes three bytes
    let long = "~".repeat(30_000);
    for number in 0..5 {
        let query = format!("name=Algebra&meetingID=long-{number}&welcome={long}");
        get(&lb, &signed("create", &query)).await.failed("sizeError");
        get(&lb, &signed("create", &format!("name=Algebra&meetingID=room-1&welcome={long}"))).await.failed("sizeError");
        get(&lb, &signed("getMeetingInfo", &format!("meetingID=room-1&x={long}"))).await.failed("sizeError");
    }
    assert_eq!(lb.metric("lb_servers{name=\"enabled\"}").await, Some(2.0));
    assert_eq!(servers.iter().filter_map(|server| server.calls().get("create").copied()).sum::<u64>(), 1);
    website.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    website.create("long-0").await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_queries_are_answered_as_bbb_answers_them() {
    let (lb, _, servers) = start().await;
    let many: String = (0..10_000).map(|number| format!("&{number}")).collect();
    for (call, query, key) in [
        ("create", "name=%zz%&meetingID=room-1".to_owned(), ""),
        ("create", "name=Algebra&meetingID=%ff%fe%c3".to_owned(), ""),
        ("create", "name=Algebra&meetingID=%00%01".to_owned(), "validationError"),
        ("create", "name=Algebra&meetingID=room%0d%0aX-Evil:1".to_owned(), "validationError"),
        ("create", "name=Algebra&name=Biology&meetingID=room-2&meetingID=room-3".to_owned(), ""),
        ("create", "=&==&&=x&name=Algebra&meetingID=room-4&=&".to_owned(), ""),
        ("create", format!("name=Algebra&meetingID=room-5{many}"), ""),
        ("create", "?name=Algebra?&meetingID=room-6".to_owned(), "nullError"),
        ("create", format!("name=Algebra&meetingID={}", "x".repeat(5_000)), "sizeError"),
        ("create", "name=Algebra&meetingID=room-7&voiceBridge=12x45".to_owned(), "validationError"),
        ("create", "name=Algebra&meetingID=room-10&voiceBridge=99999999999999999999".to_owned(), ""),
        ("create", "name=Algebra&meetingID=room-8&duration=99999999999999999999".to_owned(), ""),
        ("create", "name=Algebra&meetingID=room-9&meta_mconflb-guid=x".to_owned(), "invalidParameters"),
        ("join", "meetingID=room-2".to_owned(), "missingParamFullName"),
        ("getMeetingInfo", "meetingID=%ff%ff".to_owned(), "notFound"),
        ("getMeetingInfo", "meetingID[]=room-2".to_owned(), "missingParamMeetingID"),
        ("end", String::new(), "missingParamMeetingID"),
        ("../create", "name=Algebra&meetingID=room-1".to_owned(), "unsupportedRequest"),
        ("nonsense", "meetingID=room-2".to_owned(), "unsupportedRequest"),
        ("createe", String::new(), "unsupportedRequest"),
        ("CREATE", "name=Algebra&meetingID=room-1".to_owned(), "unsupportedRequest"),
    ] {
        let begun = Instant::now();
        let answer = get(&lb, &signed(call, &query)).await;
        assert!(begun.elapsed() < PATIENCE);
        let shown = &query[..query.len().min(80)];
        if key.is_empty() {
            assert_eq!(
                (answer.status, answer.value("returncode").as_str()),
                (200, "SUCCESS"),
                "{shown}: {}",
                answer.text()
            );
        } else {
            assert_eq!((answer.status, answer.value("messageKey").as_str()), (200, key), "{shown}: {}", answer.text());
        }
        assert_alive(&lb).await;
    }
    let ids: Vec<_> = servers
        .iter()
        .flat_map(|server| server.with(|bbb| bbb.meetings().map(|one| one.meeting_id.clone()).collect::<Vec<_>>()))
        .collect();
    assert!(
        ids.contains(&"room-2".to_owned()) && !ids.contains(&"room-3".to_owned()),
        "the first of two counts: {ids:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_missing_and_doubled_checksums_are_refused() {
    let (lb, _, servers) = start().await;
    let query = "name=Algebra&meetingID=room-1";
    let right = sign(Algorithm::Sha1, "create", query, &SECRET.into());
    let api = "/bigbluebutton/api/create";
    for target in [
        format!("{api}?{query}"),
        format!("{api}?{query}&checksum="),
        format!("{api}?{query}&checksum={}", "0".repeat(40)),
        format!("{api}?{query}&checksum=%ff%00"),
        format!("{api}?{query}&checksum={right}0"),
        format!("{api}?{query}&checksum={}", &right[1..]),
        format!("{api}?{query}&checksum={}", "f".repeat(60_000)),
        format!("{api}?{query}&Checksum={right}"),
        format!("{api}?{query}&checksum={right}&checksum={}", "0".repeat(40)),
        format!("{api}?{query}&extra=1&checksum={right}"),
        format!("/bigbluebutton/api/end?{query}&checksum={right}"),
        format!("{api}?{}&checksum={right}", query.replace("room-1", "room%2D1")),
    ] {
        get(&lb, &target).await.failed("checksumError");
    }
    assert!(servers.iter().all(|server| !server.calls().contains_key("create")));
    get(&lb, &format!("{api}?checksum={right}&{query}")).await.success();
    assert_alive(&lb).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_a_wrong_kind_or_size_are_refused_and_xml_goes_to_the_server_as_it_is() {
    let (lb, _, servers) = start().await;
    let target = signed("create", "name=Algebra&meetingID=room-1");
    for content_type in ["application/json", "text/plain", "", "multipart/form-data; boundary=x", "\u{e9}"] {
        let answer = post(&lb, &target, content_type, "{}").await;
        answer.failed("unsupportedContentType");
    }
    let long = "x".repeat((1 << 20) + 1);
    assert_eq!(post(&lb, &target, FORM, format!("welcome={long}")).await.status, 413);
    let chunked = format!(
        "POST {target} HTTP/1.1\r\nHost: lb\r\nConnection: close\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    assert_eq!(status_of(&lb, (chunked + &chunk).as_bytes()).await, 413);
    let announced = format!(
        "POST {target} HTTP/1.1\r\nHost: lb\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: 99999999999\r\n\r\n"
    );
    assert_eq!(status_of(&lb, announced.as_bytes()).await, 413);
    assert!(servers.iter().all(|server| !server.calls().contains_key("create")));

    let binary = post(&lb, &target, FORM, vec![0xff_u8; 1000]).await;
    assert_eq!(binary.status, 200);
    let doctype =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><modules>&b;</modules>";
    for call in ["create", "insertDocument"] {
        let target = signed(call, "name=Algebra&meetingID=room-1");
        post(&lb, &target, "application/xml", doctype).await.failed("unsupportedContentType");
        // one that is long in coming
        let late = format!("<!--{}-->{doctype}", "x".repeat(50_000));
        post(&lb, &target, "application/xml", late).await.failed("unsupportedContentType");
    }
    assert!(servers.iter().all(|server| !server.calls().contains_key("insertDocument")));
    assert_alive(&lb).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_website_may_say_is_refused_with_its_key_and_changes_nothing() {
    let (lb, website, servers) = start().await;
    website.create("room-1").await.success();
    let id = format!("{}-1700000000000", "a".repeat(40));
    let many = vec![id.as_str(); 10_000].join(",");
    let long = "x".repeat(1_000_000);
    for (call, form, key) in [
        ("create", "name=Algebra&meetingID=room-2&meta_MCONFLB-guid=x".to_owned(), "invalidParameters"),
        ("create", format!("name=Algebra&meetingID=room-2&meta_notes={long}"), "sizeError"),
        ("updateRecordings", format!("recordID={id}&meta_mconflb-institution=x"), "invalidParameters"),
        ("updateRecordings", format!("recordID={id}&meta_notes={long}"), "notFound"),
        ("getRecordings", format!("recordID={many}"), "noRecordings"),
        ("getRecordings", format!("meetingID={many}&state=any&limit=1e9&offset=-7"), "noRecordings"),
        ("deleteRecordings", format!("recordID={many}"), "notFound"),
        ("publishRecordings", format!("recordID={many}&publish=maybe"), "missingParamPublish"),
        ("deleteRecordings", "recordID=,,".to_owned(), "missingParamRecordID"),
        ("getMeetingEvents", "createdAt=2026-02-30".to_owned(), "invalidParameters"),
        ("getMeetingEvents", "endedAt=yesterday".to_owned(), "invalidParameters"),
        ("getMeetingEvents", "users=-1".to_owned(), "invalidParameters"),
        ("getMeetingEvents", "limit=many".to_owned(), "invalidParameters"),
        ("hooks/create", "callbackURL=http%3A%2F%2F127.0.0.1%3A22%2F".to_owned(), "createHookError"),
        ("hooks/create", "callbackURL=http%3A%2F%2F%5B%3A%3A1%5D%2F".to_owned(), "createHookError"),
        ("hooks/create", "callbackURL=ftp%3A%2F%2Flms.example%2F".to_owned(), "createHookError"),
        ("hooks/destroy", "hookID=1%27%20OR%201".to_owned(), "destroyMissingHook"),
    ] {
        let checksum = sign(Algorithm::Sha256, call, "", &SECRET.into());
        let target = format!("/bigbluebutton/api/{call}?checksum={checksum}");
        let answer = post(&lb, &target, FORM, form.clone()).await;
        assert_eq!(
            (answer.status, answer.value("messageKey").as_str()),
            (200, key),
            "{call} {}",
            &form[..form.len().min(60)]
        );
    }
    let track = signed("putRecordingTextTrack", &format!("recordID={id}&kind=captions&lang=en"));
    for (content_type, key) in [
        ("text/vtt", "unsupportedContentType"),
        ("multipart/form-data", "paramError"),
        ("multipart/form-data; boundary=x", "noRecordings"),
    ] {
        let answer = post(&lb, &track, content_type, "no parts").await.text();
        assert!(answer.contains(&format!("\"{key}\"")), "{content_type}: {answer}");
    }
    for place in ["ended", "recording-ready", "analytics", "hook"] {
        let path = format!("/callbacks/{place}/moodle/{}", "A".repeat(300));
        let method = if place == "ended" { Method::GET } else { Method::POST };
        let content_type = if place == "analytics" { "application/json" } else { FORM };
        let url = format!("http://{}{path}", lb.address);
        let answer = fetch(method, &url, Some((content_type, Bytes::from("signed_parameters=a.b.c"))), &[])
            .await
            .expect("an answer");
        assert_eq!(answer.status, 404, "{place}");
    }
    assert!(website.call("hooks/list", &[]).await.success().text().contains("<hooks"), "it is served");
    assert!(!website.call("hooks/list", &[]).await.text().contains("<hook>"), "no hook was made");
    let changes = ["updateRecordings", "publishRecordings", "deleteRecordings", "putRecordingTextTrack"];
    assert!(servers.iter().all(|server| changes.iter().all(|call| !server.calls().contains_key(*call))));
    let creates: u64 = servers.iter().filter_map(|server| server.calls().get("create").copied()).sum();
    assert_eq!(creates, 1, "room-1 and no other");
    assert_alive(&lb).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_silent_or_slow_is_cut_off() {
    let (lb, _, _servers) = start().await;
    let patience = Duration::from_secs(16);
    let slow: [&[u8]; 5] = [
        b"",
        b"P",
        b"PRI * HTTP/2.0\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /bigbluebutton/api HTTP/1.1\r\nHost: l",
    ];
    let begun = Instant::now();
    let closed = slow.map(|bytes| raw(lb.address, bytes, patience));
    for (bytes, closed) in slow.iter().zip(futures_util::future::join_all(closed).await) {
        assert!(closed.is_some(), "still open: {}", String::from_utf8_lossy(bytes));
    }
    assert!(begun.elapsed() > Duration::from_secs(5), "a client on a slow line needs some time");
    assert_alive(&lb).await;
}
