use std::error::Error;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::Server;
use lb_core::gateway::ServerCall;

use super::*;

mod callbacks;

const DEADLINE: Duration = Duration::from_secs(20);
const CREATE: &str = "name=Algebra&meetingID=room-1";

struct Fixture {
    simulated: SimulatedServer,
    server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Fixture {
    async fn start() -> Self {
        Self::with(SimulatedServerSettings::default()).await
    }

    async fn with(settings: SimulatedServerSettings) -> Self {
        let simulated = SimulatedServer::start(settings).await.unwrap();
        let server = Server::new("bbb1", simulated.url(), simulated.secret().clone()).unwrap();
        Self { simulated, server, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<(Response<()>, Bytes), Box<dyn Error + Send + Sync>> {
        tokio::time::timeout(DEADLINE, async {
            let (head, body) = self.client.request(request).await?.into_parts();
            Ok((Response::from_parts(head, ()), body.collect().await?.to_bytes()))
        })
        .await
        .expect("no call takes so long")
    }

    async fn get(&self, name: &str, query: &str) -> Result<(Response<()>, Bytes), Box<dyn Error + Send + Sync>> {
        let url = ServerCall::signed_url(&self.server, name, query);
        self.send(Request::get(url.as_str()).body(Full::default()).unwrap()).await
    }

    async fn text(&self, name: &str, query: &str) -> String {
        let (_, body) = self.get(name, query).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn meetings(&self) -> usize {
        self.simulated.with(|bbb| bbb.meetings().count())
    }
}

#[tokio::test]
async fn a_meeting_is_created_joined_listed_and_ended_over_http() {
    let fixture = Fixture::start().await;
    let before = crate::sim::now().as_millis();
    let create = fixture.text("create", CREATE).await;
    let time: u64 = create.split("<createTime>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
    assert!((before..=crate::sim::now().as_millis()).contains(&time));

    let (join, body) = fixture.get("join", "fullName=Ada&meetingID=room-1&role=MODERATOR").await.unwrap();
    assert_eq!((join.status(), body.len()), (StatusCode::FOUND, 0));
    let location = join.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&fixture.simulated.url().replace("/bigbluebutton/", "/html5client/join?")));
    let (client, _) = fixture.send(Request::get(location).body(Full::default()).unwrap()).await.unwrap();
    assert_eq!(client.status(), StatusCode::OK);

    let (list, body) = fixture.get("getMeetings", "").await.unwrap();
    assert_eq!(list.headers()["content-type"], "text/xml;charset=utf-8");
    assert_eq!(list.headers()["cache-control"], "no-cache");
    assert!(std::str::from_utf8(&body).unwrap().contains("<participantCount>1</participantCount>"));
    fixture.text("end", "meetingID=room-1").await;
    assert!(fixture.text("getMeetings", "").await.contains("noMeetings"));
    let calls: Vec<_> = fixture.simulated.calls().into_iter().collect();
    let expected = [("create", 1), ("end", 1), ("getMeetings", 2), ("join", 1)];
    assert_eq!(calls, expected.map(|(name, count)| (name.to_owned(), count)));
}

#[tokio::test]
async fn posts_bring_slides_and_other_paths_are_pages() {
    let fixture = Fixture::start().await;
    let url = ServerCall::signed_url(&fixture.server, "create", CREATE);
    let post = Request::post(url.as_str()).header(CONTENT_TYPE, "application/xml");
    let (_, body) = fixture.send(post.body(Full::from("<modules/>")).unwrap()).await.unwrap();
    assert!(body.starts_with(b"<response><returncode>SUCCESS"));
    assert!(fixture.simulated.with(|bbb| bbb.meeting("room-1").unwrap().has_modules));

    let join = ServerCall::signed_url(&fixture.server, "join", "fullName=Ada&meetingID=room-1&role=VIEWER");
    let (refused, _) = fixture.send(Request::post(join.as_str()).body(Full::from("a=b")).unwrap()).await.unwrap();
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    let origin = fixture.simulated.url().trim_end_matches("bigbluebutton/");
    for (path, status, start) in [
        ("bigbluebutton/", 200, "<response>"),
        ("bigbluebutton/api", 200, "<response>"),
        ("bigbluebutton/api/?checksum=x", 200, "<response>"),
        ("bigbluebutton/api/nonsense", 404, "<html>"),
        ("elsewhere", 404, "<html>"),
    ] {
        let request = Request::get(format!("{origin}{path}")).body(Full::default()).unwrap();
        let (response, body) = fixture.send(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert!(body.starts_with(start.as_bytes()), "{path}");
    }
}

#[tokio::test]
async fn faults_with_an_answer_answer_it() {
    for (fault, meetings, status, expected) in [
        (Fault::Html502, 0, 502, "<html>"),
        (Fault::Empty, 1, 200, ""),
        (Fault::Slow(Duration::from_millis(30)), 1, 200, "<response>"),
        (Fault::Trickle(Duration::from_millis(30)), 1, 200, "<response>"),
    ] {
        let fixture = Fixture::start().await;
        fixture.simulated.fault(Some(fault));
        let start = Instant::now();
        let (response, body) = fixture.get("create", CREATE).await.unwrap();
        assert_eq!(response.status(), status, "{fault:?}");
        assert!(body.starts_with(expected.as_bytes()), "{fault:?}");
        assert_eq!(body.is_empty(), expected.is_empty(), "{fault:?}");
        assert_eq!(fixture.meetings(), meetings, "{fault:?}");
        assert!(!matches!(fault, Fault::Slow(delay) | Fault::Trickle(delay) if start.elapsed() < delay));
    }
    let fixture = Fixture::start().await;
    fixture.simulated.fault_on("getMeetings", Fault::Garbage);
    let (_, body) = fixture.get("getMeetings", "").await.unwrap();
    assert!(std::str::from_utf8(&body).is_err());
    fixture.simulated.fault_on("getMeetings", Fault::Huge(100_000_000));
    let (_, body) = fixture.get("getMeetings", "").await.unwrap();
    assert!(body.len() > 100_000_000 && body.ends_with(b"</response>"));
    fixture.simulated.fault_on("getMeetings", Fault::Crowd(1_000_000));
    let (_, body) = fixture.get("getMeetings", "").await.unwrap();
    assert!(
        body.ends_with(b"<a/><a/></response>") && body.windows(4).filter(|part| part == b"<a/>").count() == 250_000
    );
    fixture.simulated.fault_on("getMeetings", Fault::Bomb);
    assert!(fixture.text("getMeetings", "").await.contains("<!ENTITY"));
    assert!(fixture.text("create", CREATE).await.contains("SUCCESS"), "only getMeetings is faulty");
    fixture.simulated.fault(None);
    assert!(fixture.text("getMeetings", "").await.contains("room-1"));
}

#[tokio::test]
async fn connections_break_where_they_are_told_to() {
    for (fault, meetings, reset) in [
        (Fault::ResetBefore, 0, true),
        (Fault::ResetAfter, 1, true),
        (Fault::ResetMiddle, 1, true),
        (Fault::NotHttp, 1, false),
        (Fault::Close, 1, false),
    ] {
        let fixture = Fixture::start().await;
        fixture.simulated.fault_on("create", fault);
        let error = fixture.get("create", CREATE).await.unwrap_err();
        let error: &(dyn Error + 'static) = &*error;
        let sources = std::iter::successors(Some(error), |&error| error.source());
        let kinds: Vec<_> =
            sources.filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind).collect();
        assert_eq!(kinds.contains(&io::ErrorKind::ConnectionReset), reset, "{fault:?}: {error:?}");
        assert_eq!(fixture.meetings(), meetings, "{fault:?}");
        assert!(fixture.text("getMeetings", "").await.contains("SUCCESS"), "{fault:?}: the next connection works");
    }
}

#[tokio::test]
async fn a_reset_in_the_middle_comes_after_half_of_the_answer() {
    let fixture = Fixture::start().await;
    fixture.simulated.fault(Some(Fault::ResetMiddle));
    let url = ServerCall::signed_url(&fixture.server, "getMeetings", "");
    let response = fixture.client.request(Request::get(url.as_str()).body(Full::default()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(b"<response><returncode>SUCCESS</returncode>".starts_with(&first[..10]));
    assert!(body.frame().await.unwrap().is_err());
}

#[tokio::test]
async fn a_hanging_server_has_done_the_call_or_not_and_never_answers() {
    for (fault, meetings) in [(Fault::HangBefore, 0), (Fault::HangAfter, 1)] {
        let fixture = Fixture::start().await;
        fixture.simulated.fault_on("create", fault);
        tokio::select! {
            answer = fixture.get("create", CREATE) => panic!("{fault:?}: {answer:?}"),
            () = arrived(&fixture, "create") => {}
        }
        assert_eq!(fixture.meetings(), meetings, "{fault:?}");
        assert!(fixture.text("getMeetings", "").await.contains("SUCCESS"), "other calls do not wait");
    }
}

/// Returns when a call of this name has come.
async fn arrived(fixture: &Fixture, name: &str) {
    while !fixture.simulated.calls().contains_key(name) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_stopped_server_refuses_and_comes_back_on_its_port_with_its_meetings() {
    let fixture = Fixture::start().await;
    fixture.text("create", CREATE).await;
    fixture.simulated.stop().await;
    assert!(!fixture.simulated.is_open());
    let error = fixture.get("getMeetings", "").await.unwrap_err();
    let error = error.downcast::<hyper_util::client::legacy::Error>().unwrap();
    assert!(error.is_connect(), "{error:?}");
    fixture.simulated.reopen().await.unwrap();
    fixture.simulated.reopen().await.unwrap();
    assert!(fixture.text("getMeetings", "").await.contains("room-1"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_clogged_server_lets_nobody_connect_until_it_is_opened_again() {
    let fixture = Fixture::start().await;
    fixture.text("create", CREATE).await;
    fixture.simulated.clog().await.unwrap();
    let address = fixture.simulated.url().trim_start_matches("http://").trim_end_matches("/bigbluebutton/").to_owned();
    let connecting = tokio::net::TcpStream::connect(address);
    assert!(tokio::time::timeout(Duration::from_millis(300), connecting).await.is_err(), "nobody connects");
    fixture.simulated.stop().await;
    fixture.simulated.reopen().await.unwrap();
    assert!(fixture.text("getMeetings", "").await.contains("room-1"));
}
