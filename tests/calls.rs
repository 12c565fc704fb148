//! The calls beside those of every day, over real HTTP: what servers may not have, what old clients want, what is uploaded.

#![cfg(target_os = "linux")]
#![allow(unreachable_pub, reason = "a test is nobody's library")]

mod harness;

use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use lb_core::api::Params;
use lb_core::checksum::{Algorithm, sign};
use lb_core::gateway::SimulatedBbb;
use lb_http::sim::{Fault, SimulatedServer, SimulatedServerSettings};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use self::harness::{
    Answer, Lb, Website, fetch, free_port, integrations, raw, simulated, simulated_with, until, unwatched,
};

const FORM: &str = "application/x-www-form-urlencoded";
const PATIENCE: Duration = Duration::from_secs(30);

/// A balancer of two websites in front of `servers`, known to them as `https://lb.example.org:8443`.
async fn start(servers: &[SimulatedServer]) -> (Lb, Website) {
    let config = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(servers);
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], free_port()));
    let listen = format!("api = \"{address}\"\npublic_url = \"https://lb.example.org:8443\"");
    let lb = Lb::start_at("", address, address, &listen, &config).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    (lb, moodle)
}

async fn post(url: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
    fetch(Method::POST, url, Some((content_type, body.into())), &[]).await.expect("the balancer answers")
}

async fn suspended(lb: &Lb) -> Option<f64> {
    lb.metric("lb_servers{name=\"suspended\"}").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_the_future_is_passed_on_and_one_that_nobody_has_is_not_supported() {
    let settings = SimulatedServerSettings { future_calls: vec!["extendMeeting".into()], ..Default::default() };
    let servers = simulated_with(2, settings).await;
    let (lb, moodle) = start(&servers).await;
    moodle.create("room-1").await.success();
    let params = [("meetingID", "room-1"), ("minutes", "5"), ("integrationName", "moodle")];
    let said = moodle.call("extendMeeting", &params).await.success();
    assert_eq!(said.value("given"), "meetingID=room-1&minutes=5");
    for _ in 0..5 {
        moodle.call("shortenMeeting", &params).await.failed("unsupportedRequest");
        moodle.call("signOut", &params).await.failed("unsupportedRequest");
        lb.website("portal-s3cr3t").call("extendMeeting", &params[..2]).await.failed("unsupportedRequest");
    }
    assert_eq!(suspended(&lb).await.unwrap_or_default(), 0.0);
    moodle.call("sendChatMessage", &[("meetingID", "room-1"), ("message", "Hello")]).await.success();
    let heard = |bbb: &mut SimulatedBbb| bbb.meeting("room-1").map_or(0, |meeting| meeting.chat_messages);
    assert_eq!(servers.iter().map(|server| server.with(heard)).sum::<u32>(), 1);
    let page = lb.get("/metrics").await.unwrap().1;
    assert!(!page.contains("extendMeeting") && !page.contains("shortenMeeting"), "names of strangers are no labels");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_clients_are_configured_through_the_balancer() {
    let settings = SimulatedServerSettings { config_xml: true, ..Default::default() };
    let servers = simulated_with(2, settings).await;
    let (_lb, moodle) = start(&servers).await;
    let config = moodle.call("getDefaultConfigXML", &[]).await.text();
    assert!(config.contains("\"https://lb.example.org:8443/help.html\"") && !config.contains("127.0.0.1"), "{config}");
    assert!(config.contains("\"rtmp://lb.example.org:8443/bigbluebutton\""), "{config}");

    moodle.create("room-1").await.success();
    let form: Params = [("configXML", config.as_str()), ("meetingID", "room-1")].into_iter().collect();
    let digest = sign(Algorithm::Sha1, "setConfigXML", &form.encode(), &moodle.secret);
    let body = format!("{}&checksum={digest}", form.encode());
    let said = post(&format!("{}setConfigXML", moodle.base), FORM, body).await.success();
    assert!(!said.value("token").is_empty());
    let holder = servers.iter().find(|server| server.with(|bbb| bbb.meeting("room-1").is_some())).unwrap();
    let held = holder.with(|bbb| bbb.meeting("room-1").and_then(|meeting| meeting.config_xml.clone())).unwrap();
    let own = holder.url().replace("/bigbluebutton/", "");
    assert!(held.contains(&format!("\"{own}/help.html\"")) && !held.contains("lb.example.org"), "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn websites_of_other_balancers_keep_their_url() {
    let servers = simulated(1).await;
    let (lb, moodle) = start(&servers).await;
    moodle.create("room-1").await.success();
    let origin = format!("http://{}", lb.address);
    for (path, host) in [
        ("/bbb/moodle/bigbluebutton/api/", "lb.example.org"),
        ("/b3lb/t/moodle/bbb/api/", "lb.example.org"),
        ("/bigbluebutton/api/", "moodle.example.org"),
        ("/bbb/portal/bigbluebutton/api/", "portal.example.org"),
    ] {
        let website = Website { base: format!("{origin}{path}"), ..moodle.clone() };
        let info = website.call_with("getMeetingInfo", &[("meetingID", "room-1")], &[("host", host)]).await;
        assert_eq!(info.success().value("meetingID"), "room-1", "{path} {host}");
        let servers = website.call_with("getServers", &[], &[("host", host)]).await.success();
        assert!(servers.text().contains("<name>bbb1</name><address>127.0.0.1</address>"), "{}", servers.text());
        let wrong = Website { secret: "wrong".into(), ..website };
        wrong.call_with("getServers", &[], &[("host", host)]).await.failed("checksumError");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_in_parts_are_forms() {
    let servers = simulated(1).await;
    let (_lb, moodle) = start(&servers).await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"welcome\"\r\n\r\nHello & welcome\r\n--x--\r\n";
    let url = moodle.url("create", &[("name", "Algebra"), ("meetingID", "room-1")]);
    post(&url, "multipart/form-data; boundary=x", body).await.success();
    let welcome =
        |bbb: &mut SimulatedBbb| bbb.meeting("room-1").and_then(|one| one.parameter("welcome").map(str::to_owned));
    assert_eq!(servers[0].with(welcome).as_deref(), Some("Hello & welcome"));
    let url = moodle.url("create", &[("name", "Algebra"), ("meetingID", "room-2")]);
    post(&url, "multipart/form-data; boundary=y", body).await.failed("unsupportedContentType");
    post(&url, "application/json", "{}").await.failed("unsupportedContentType");
}

/// Slides of about `bytes`.
fn slides(bytes: usize) -> String {
    let content = "A".repeat(bytes);
    format!("<modules><module name=\"presentation\"><document name=\"a.pdf\">{content}</document></module></modules>")
}

fn documents(server: &SimulatedServer) -> u32 {
    server.with(|bbb| bbb.meeting("room-1").map_or(0, |meeting| meeting.documents))
}

/// The most memory that the balancer has ever had, in KiB.
fn peak(lb: &Lb) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", lb.id().expect("it runs"))).expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    line.and_then(|number| number.trim().parse().ok()).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn slides_go_on_while_they_come_and_are_never_held() {
    let servers = simulated(1).await;
    let (lb, moodle) = start(&servers).await;
    moodle.create("room-1").await.success();
    let url = moodle.url("insertDocument", &[("meetingID", "room-1")]);
    post(&url, "application/xml", slides(1000)).await.success();
    let before = peak(&lb);
    post(&url, "application/xml", slides(30 << 20)).await.success();
    assert!(peak(&lb) < before + (15 << 10), "{before} KiB before, {} KiB after", peak(&lb));
    assert_eq!((documents(&servers[0]), servers[0].calls()["insertDocument"]), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn slides_that_break_off_or_are_refused_tell_nothing_of_the_server() {
    let servers = simulated(1).await;
    let (lb, moodle) = start(&servers).await;
    moodle.create("room-1").await.success();
    let url = moodle.url("insertDocument", &[("meetingID", "room-1")]);
    let target = url.strip_prefix(&format!("http://{}", lb.address)).unwrap();
    let head = |length: u64| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: lb\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    for _ in 0..5 {
        let mut stream = TcpStream::connect(lb.address).await.unwrap();
        stream.write_all((head(1 << 20) + &slides(1000)).as_bytes()).await.unwrap();
        drop(stream);
    }
    let too_long = raw(lb.address, head(99_999_999_999).as_bytes(), PATIENCE).await.unwrap();
    assert!(too_long.starts_with("HTTP/1.1 413 "), "{too_long}");
    // nobody reads what a stranger uploads, but he hears why
    let stranger = Website { secret: "wrong".into(), ..moodle.clone() };
    let url = stranger.url("insertDocument", &[("meetingID", "room-1")]);
    post(&url, "text/xml", slides(900 << 10)).await.failed("checksumError");
    let unknown = moodle.url("insertDocument", &[("meetingID", "room-2")]);
    post(&unknown, "text/xml", slides(900 << 10)).await.failed("notFound");
    let call = moodle.url("insertDocument", &[("meetingID", "room-1")]);
    post(&call, "text/xml", "").await.failed("unsupportedContentType");

    servers[0].fault_on("insertDocument", Fault::ResetAfter);
    post(&call, "text/xml", slides(5 << 20)).await.failed("internalError");
    let before = servers[0].calls()["insertDocument"];
    assert_eq!(suspended(&lb).await.unwrap_or_default(), 0.0);
    servers[0].fault(None);
    post(&call, "text/xml", slides(1000)).await.success();
    assert_eq!((documents(&servers[0]), servers[0].calls()["insertDocument"]), (2, before + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_are_uploaded_to_the_server_of_the_recording() {
    let servers = simulated(2).await;
    let config = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]) + &unwatched(&servers);
    let lb = Lb::start(&(config + "[recordings]\ninterval = \"1s\"\n")).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    let created = moodle.call("create", &[("name", "Algebra"), ("meetingID", "room-1"), ("record", "true")]).await;
    let id = created.success().value("internalMeetingID");
    moodle.call("end", &[("meetingID", "room-1")]).await.success();
    until(PATIENCE, "the recording is known", async || {
        let tracks = moodle.call("getRecordingTextTracks", &[("recordID", &id)]).await.text();
        tracks.contains("noCaptionsFound").then_some(())
    })
    .await;
    let params = [("recordID", id.as_str()), ("kind", "captions"), ("lang", "de-DE"), ("label", "Deutsch")];
    let content = "WEBVTT\n".repeat(50_000);
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.vtt\"\r\nContent-Type: text/vtt\r\n\r\n{content}\r\n--x--\r\n"
    );
    let parts = "multipart/form-data; boundary=x";
    let put = post(&moodle.url("putRecordingTextTrack", &params), parts, body.clone()).await;
    assert!(put.text().contains("upload_text_track_success"), "{}", put.text());
    let files = |bbb: &mut SimulatedBbb| -> Vec<usize> {
        bbb.recordings().flat_map(|one| one.text_tracks.iter().map(|track| track.file.len())).collect()
    };
    let held: Vec<usize> = servers.iter().flat_map(|server| server.with(files)).collect();
    assert_eq!(held, [content.len()], "the file is whole, once");
    for answer in [
        post(&portal.url("putRecordingTextTrack", &params), parts, body.clone()).await,
        portal.call("getRecordingTextTracks", &params[..1]).await,
    ] {
        assert!(answer.text().contains("noRecordings"), "{}", answer.text());
    }
    let stranger = lb.website("wrong").url("putRecordingTextTrack", &params);
    assert!(post(&stranger, parts, body).await.text().contains("checksumError"));
}
