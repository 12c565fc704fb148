//! Secrets, checksums and passwords are in no log, however much is logged, and in no metric.

mod harness;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use harness::{Lb, fetch, raw};
use http_body_util::Empty;
use hyper::Method;
use hyper_util::rt::{TokioExecutor, TokioIo};
use lb_http::sim::{
    Fault, NagiosFault, SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer,
    SimulatedServerSettings,
};
use tokio::net::TcpStream;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_logged_even_at_the_finest_level() {
    let (mut servers, mut hosts) = (Vec::new(), Vec::new());
    for name in ["bbb1", "bbb2"] {
        let secret = format!("0f-{name}-s3cr3t").as_str().into();
        let settings = SimulatedServerSettings { secret, ..SimulatedServerSettings::default() };
        let server = Arc::new(SimulatedServer::start(settings).await.unwrap());
        hosts.push(SimulatedHost::new(name, Arc::clone(&server)));
        servers.push(server);
    }
    let settings = SimulatedNagiosSettings { password: "nag10s-s3cr3t".into(), ..SimulatedNagiosSettings::default() };
    let nagios = SimulatedNagios::start(settings, hosts).await.unwrap();
    let config = format!(
        "[monitor]\nkind = \"nagios\"\nurl = \"{}\"\nusername = \"lb\"\npassword = \"nag10s-s3cr3t\"\ninterval = \"100ms\"\n\
         [callbacks]\nallow_private_addresses = true\n[upstream]\ntimeout = \"1s\"\nconnect_timeout = \"1s\"\n[log]\nlevel = \"trace\"\n\
         [[integrations]]\nname = \"moodle\"\nsecrets = [\"m00dle-s3cr3t\", \"0lder-s3cr3t\"]\n",
        nagios.url()
    );
    let mut lb = Lb::start(&config).await;
    lb.ready().await;
    let moodle = lb.website("m00dle-s3cr3t");
    let passwords = [("attendeePW", "att-s3cr3t"), ("moderatorPW", "mod-s3cr3t")];
    let create = [[("name", "Algebra"), ("meetingID", "room-1")], passwords].concat();
    moodle.call("create", &create).await.success();
    lb.website("0lder-s3cr3t").call("create", &create).await.success();
    let drawn = moodle.create("room-2").await.success();
    let mut secrets = ["attendeePW", "moderatorPW"].map(|name| drawn.value(name)).to_vec();
    let digest = |url: &str| url.split_once("checksum=").expect("it is signed").1.to_owned();

    // right, wrong and broken calls, by every way in
    let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("password", "mod-s3cr3t")];
    let location = moodle.call("join", &join).await.location.expect("a redirect");
    secrets.extend([digest(&location), digest(&moodle.url("join", &join)), digest(&moodle.url("create", &create))]);
    moodle.call("join", &[&join[..], &[("redirect", "false")]].concat()).await.success();
    moodle.call("getMeetings", &[]).await.success();
    moodle.call("nonsense", &passwords).await.failed("unsupportedRequest");
    let wrong = lb.website("wr0ng-s3cr3t");
    wrong.call("create", &create).await.failed("checksumError");
    secrets.push(digest(&wrong.url("create", &create)));
    let form = "meetingID=room-1&password=mod-s3cr3t&checksum=b0dy-s3cr3t";
    let end = format!("{}end", moodle.base);
    fetch(Method::POST, &end, Some((FORM, Bytes::from_static(form.as_bytes()))), &[]).await.unwrap();
    fetch(Method::GET, &moodle.url("create", &create), None, &[("authorization", "Basic aGVhZGVyLXMzY3IzdA==")])
        .await
        .unwrap();
    let pieces = "GET /bigbluebutton/api/join?password=mod-s3cr3t&checksum=b0dy-s3cr3t\u{1} HTTP/1.1\r\n\r\n";
    raw(lb.address, pieces.as_bytes(), Duration::from_secs(20)).await;
    let stream = TokioIo::new(TcpStream::connect(lb.address).await.unwrap());
    let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get(moodle.url("join", &join)).body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(client.send_request(request).await.unwrap().status(), 302);

    // callbacks, heard and not heard
    let heard = format!("http://{}/ping?key=cb-s3cr3t", lb.address);
    let unheard = format!("http://user:cb-s3cr3t@{}/s3cr3t-path?key=cb-s3cr3t", lb.address);
    let callbacks = [("meetingEndedURL", heard.as_str()), ("meta_endCallbackUrl", &unheard)];
    moodle.call("create", &[&[("name", "Algebra"), ("meetingID", "room-9")][..], &callbacks].concat()).await.success();
    let given = |server: &Arc<SimulatedServer>| {
        server.with(|bbb| bbb.meeting("room-9").and_then(|room| room.parameter("meetingEndedURL").map(str::to_owned)))
    };
    let hint = servers.iter().find_map(given).expect("a server has it");
    secrets.push(hint.rsplit('/').next().expect("a token").to_owned());
    assert_eq!(fetch(Method::GET, &format!("{hint}s3cr3t"), None, &[]).await.unwrap().status, 404);
    moodle.call("end", &[("meetingID", "room-9")]).await.success();
    lb.metric_is("lb_events_total{name=\"callback-delivered\"}", 1.0).await;
    lb.metric_is("lb_events_total{name=\"callback-failed\"}", 1.0).await;

    // and every trouble of servers and monitor
    for fault in [Fault::HangBefore, Fault::Html502, Fault::Garbage, Fault::NotHttp, Fault::ResetMiddle, Fault::Close] {
        servers.iter().for_each(|server| server.fault(Some(fault)));
        moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.failed("internalError");
        moodle.call("create", &[("name", "Algebra"), ("meetingID", "room-3")]).await.failed("internalError");
    }
    servers.iter().for_each(|server| server.fault(None));
    for fault in [NagiosFault::Unauthorized, NagiosFault::Garbage, NagiosFault::Stopped] {
        nagios.fault(Some(fault));
        lb.metric_is("lb_monitor_failing", 1.0).await;
        nagios.fault(None);
        lb.metric_is("lb_monitor_failing", 0.0).await;
    }
    let (_, metrics) = lb.get("/metrics").await.unwrap();
    assert_eq!(lb.terminate().await, Some(0));

    secrets.extend(["0f-bbb1-s3cr3t", "0f-bbb2-s3cr3t", "aGVhZGVyLXMzY3IzdA"].map(str::to_owned));
    let log = lb.log();
    assert!(log.contains("TRACE") && log.contains("call"), "it is logged at the finest level");
    for (place, text) in [("log", &log), ("metrics", &metrics)] {
        let lower = text.to_ascii_lowercase();
        assert!(
            !lower.contains("checksum=") && !lower.contains("s3cr3t"),
            "in the {place}: {}",
            around(&lower, "s3cr3t")
        );
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} in the {place}: {}", around(text, secret));
        }
    }
}

/// The lines of `text` that have `word` in them.
fn around(text: &str, word: &str) -> String {
    text.lines().filter(|line| line.contains(word)).take(5).collect::<Vec<_>>().join("\n")
}
