//! The gateway against servers that misbehave on the wire.

use std::time::{Duration, Instant};

use lb_core::api::{Answer, Upload, UploadError};
use lb_core::gateway::{Gateway, GatewayError, ServerCall};
use lb_core::server::Server;
use lb_core::testkit::gateway as contract;

use super::{HttpGateway, UpstreamSettings};
use crate::sim::{Fault, SimulatedServer, SimulatedServerSettings};

fn gateway() -> HttpGateway {
    HttpGateway::new(UpstreamSettings { answer_limit: 1 << 20, max_concurrent_calls: 4, ..UpstreamSettings::default() })
        .unwrap()
}

async fn simulated() -> (SimulatedServer, Server) {
    let simulated = SimulatedServer::start(SimulatedServerSettings::default()).await.unwrap();
    let server = Server::new("bbb1", simulated.url(), simulated.secret().clone()).unwrap();
    (simulated, server)
}

fn read(server: &Server) -> ServerCall {
    ServerCall::read(server, "getMeetings", "", Duration::from_secs(2))
}

fn change(server: &Server) -> ServerCall {
    ServerCall::change(server, "create", "name=Algebra&meetingID=room-1", None, Duration::from_secs(2))
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let gateway = gateway();
    let (simulated, server) = simulated().await;
    contract::an_answer_is_passed_on(&gateway, &server).await;
    simulated.fault(Some(Fault::HangBefore));
    contract::a_hanging_server_ends_with_the_deadline(&gateway, &server).await;
    simulated.fault(Some(Fault::Html502));
    contract::an_error_page_is_passed_on_with_its_status(&gateway, &server).await;
    simulated.stop().await;
    contract::a_refused_connection_is_not_sent(&gateway, &server).await;
}

#[tokio::test]
async fn a_change_is_sent_once_whatever_happens_to_it() {
    let gateway = gateway();
    for fault in
        [Fault::ResetBefore, Fault::ResetAfter, Fault::ResetMiddle, Fault::Close, Fault::HangBefore, Fault::NotHttp]
    {
        let (simulated, server) = simulated().await;
        // a kept connection that is about to turn out dead must not tempt anybody to send again
        gateway.call(&server, read(&server)).await.unwrap();
        simulated.fault(Some(fault));
        let call = ServerCall { deadline: Duration::from_millis(500), ..change(&server) };
        let result = gateway.call(&server, call).await;
        assert!(matches!(result, Err(GatewayError::Unknown(_) | GatewayError::BadAnswer(_))), "{fault:?}: {result:?}");
        assert_eq!(simulated.calls().get("create"), Some(&1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_read_over_a_connection_that_died_is_sent_once_more() {
    let gateway = gateway();
    let (simulated, server) = simulated().await;
    gateway.call(&server, read(&server)).await.unwrap();
    simulated.stop().await;
    simulated.reopen().await.unwrap();
    gateway.call(&server, read(&server)).await.unwrap();
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let gateway = gateway();
    let (simulated, server) = simulated().await;
    simulated.fault(Some(Fault::Huge(100 << 20)));
    let result = gateway.call(&server, read(&server)).await;
    assert!(matches!(result, Err(GatewayError::BadAnswer(_))), "{result:?}");
}

#[tokio::test]
async fn a_hung_server_holds_its_own_places_only() {
    let gateway = std::sync::Arc::new(gateway());
    let (hung, hung_server) = simulated().await;
    let (_sound, mut sound_server) = simulated().await;
    sound_server.name = "bbb2".into();
    hung.fault(Some(Fault::HangBefore));
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (gateway, server) = (std::sync::Arc::clone(&gateway), hung_server.clone());
            tokio::spawn(async move { gateway.call(&server, read(&server)).await })
        })
        .collect();
    let started = Instant::now();
    let reply = gateway.call(&sound_server, read(&sound_server)).await.unwrap();
    assert!(Answer::read(&reply).unwrap().is_success());
    assert!(started.elapsed() < Duration::from_secs(1), "not behind the hung one");
    let mut busy = 0;
    for call in calls {
        busy += usize::from(call.await.unwrap().unwrap_err() == GatewayError::Busy);
    }
    assert_eq!(busy, 4, "four places, eight calls");
}

#[tokio::test]
async fn no_error_names_the_url() {
    let gateway = gateway();
    let (simulated, server) = simulated().await;
    simulated.stop().await;
    let error = gateway.call(&server, change(&server)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("checksum"), "{error:?}");
}

#[tokio::test]
async fn a_call_that_fits_no_request_is_not_sent_and_one_that_just_fits_is() {
    let gateway = gateway();
    let (simulated, server) = simulated().await;
    let call = |length: usize| {
        let query = format!("welcome={}", "x".repeat(length));
        ServerCall::change(&server, "create", &query, None, Duration::from_secs(2))
    };
    let without = call(0).url.as_str().len();
    assert_eq!(gateway.call(&server, call(65_535 - without)).await.unwrap_err(), GatewayError::TooLong);
    assert_eq!(simulated.calls().get("create"), None);
    assert_eq!(gateway.call(&server, call(65_534 - without)).await.unwrap().status, 200);
}

/// A server that reads the head of a call and the first piece of its body, says so, and goes on as `then` says.
async fn reading_server(then: &'static str) -> (Server, tokio::sync::oneshot::Receiver<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (heard, hears) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut text, mut heard) = (String::new(), Some(heard));
        let mut buffer = [0; 4096];
        while !text.contains("last") {
            let length = stream.read(&mut buffer).await.unwrap();
            text.push_str(&String::from_utf8_lossy(&buffer[..length]));
            if text.contains("first")
                && let Some(heard) = heard.take()
            {
                let _ = heard.send(());
            }
            if length == 0 {
                return;
            }
        }
        stream.write_all(then.as_bytes()).await.unwrap();
        // whoever is to wait for an answer waits for it, not for the end of the connection
        let _ = stream.read(&mut buffer).await;
    });
    (Server::new("bbb1", &url, "secret").unwrap(), hears)
}

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

fn upload(server: &Server, length: Option<u64>, last: Result<&'static str, UploadError>) -> (ServerCall, Sender) {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let first = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"first,"))]);
    let last = futures_util::stream::once(async move {
        let _ = receiver.await;
        last.map(|text| bytes::Bytes::from_static(text.as_bytes()))
    });
    let upload = Upload::new("text/vtt", length, futures_util::StreamExt::chain(first, last));
    (ServerCall::upload(server, "putRecordingTextTrack", "recordID=a", upload, Duration::from_secs(1)), sender)
}

type Sender = tokio::sync::oneshot::Sender<()>;

#[tokio::test]
async fn an_upload_goes_on_while_it_comes_and_the_website_may_take_its_time() {
    for length in [None, Some(10)] {
        let (server, hears) = reading_server(ANSWER).await;
        let (call, more) = upload(&server, length, Ok("last"));
        let gateway = std::sync::Arc::new(gateway());
        let (task_server, task_gateway) = (server.clone(), std::sync::Arc::clone(&gateway));
        let task = tokio::spawn(async move { task_gateway.call(&task_server, call).await });
        hears.await.unwrap();
        // longer than the server may take, which is not what is waited for
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(1500)).await;
        tokio::time::resume();
        more.send(()).unwrap();
        let reply = task.await.unwrap().unwrap();
        assert_eq!(
            (reply.status, reply.content_type.as_deref(), &reply.body[..]),
            (200, Some("application/json"), &b"{}"[..])
        );
    }
}

#[tokio::test]
async fn an_upload_ends_with_the_deadline_of_a_server_that_does_not_answer_it() {
    let (server, _hears) = reading_server("").await;
    let (call, more) = upload(&server, None, Ok("last"));
    more.send(()).unwrap();
    let begun = Instant::now();
    let result = gateway().call(&server, call).await;
    assert!(matches!(result, Err(GatewayError::Unknown(_))), "{result:?}");
    assert!((Duration::from_millis(900)..Duration::from_secs(10)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_not_the_servers_doing() {
    let (server, _hears) = reading_server(ANSWER).await;
    let (call, more) = upload(&server, Some(10), Err(UploadError::BrokeOff));
    more.send(()).unwrap();
    assert_eq!(gateway().call(&server, call).await.unwrap_err(), GatewayError::Interrupted(UploadError::BrokeOff));
}
