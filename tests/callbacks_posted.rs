//! Websites are told of recordings that are ready and of analytics, in their own terms, whatever becomes of the balancer
//! meanwhile.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use harness::{Answer, Lb, fetch, integrations, raw, simulated, until, unwatched};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use lb_core::Secret;
use lb_core::api::Params;
use lb_core::jwt::{JwtAlgorithm, sign, verify};
use lb_http::sim::{Fault, SimulatedServer};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(30);
const PRIVATE: &str = "[callbacks]\nallow_private_addresses = true\n[monitor]\ninterval = \"1s\"\n";
const SECRET: &str = "moodle-s3cr3t";
const FORM: &str = "application/x-www-form-urlencoded";

/// One request that a website got.
#[derive(Clone, Debug)]
struct Post {
    status: u16,
    method: Method,
    path: String,
    authorization: String,
    body: String,
}

/// A website that notes what it is told, and answers with a status and a place to go to.
struct Told {
    url: String,
    seen: Arc<Mutex<Vec<Post>>>,
    says: Arc<Mutex<(u16, String)>>,
}

impl Told {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, says) = (Arc::<Mutex<Vec<Post>>>::default(), Arc::new(Mutex::new((200, String::new()))));
        let (seen_by, said_by) = (Arc::clone(&seen), Arc::clone(&says));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, says) = (Arc::clone(&seen_by), Arc::clone(&said_by));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, says) = (Arc::clone(&seen), Arc::clone(&says));
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await?.to_bytes();
                        let (status, location) = says.lock().unwrap().clone();
                        let header = head.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
                        seen.lock().unwrap().push(Post {
                            status,
                            method: head.method,
                            path: head.uri.path_and_query().unwrap().to_string(),
                            authorization: header.unwrap_or_default(),
                            body: String::from_utf8(body.to_vec()).unwrap(),
                        });
                        let answer = Response::builder().status(status).header("location", location);
                        Ok::<_, hyper::Error>(answer.body(Full::new(Bytes::new())).unwrap())
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, seen, says }
    }

    fn answer(&self, status: u16, location: &str) {
        *self.says.lock().unwrap() = (status, location.to_owned());
    }

    fn seen(&self) -> Vec<Post> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until so many were seen and answered with `status`.
    async fn heard(&self, status: u16, count: usize) -> Vec<Post> {
        until(PATIENCE, &format!("{count} callbacks"), async || {
            let seen: Vec<_> = self.seen().into_iter().filter(|post| post.status == status).collect();
            Some(seen).filter(|seen| seen.len() >= count)
        })
        .await
    }
}

/// What a server was given for a meeting in place of the website's URLs.
struct Given {
    ready: String,
    analytics: String,
    server: Secret,
}

async fn create(lb: &Lb, told: &Told, servers: &[SimulatedServer], meeting_id: &str) -> Given {
    let (ready, analytics) = (format!("{}/ready?key=1", told.url), format!("{}/analytics", told.url));
    let params = [
        ("name", "Algebra"),
        ("meetingID", meeting_id),
        ("meta_bbb-recording-ready-url", &ready),
        ("meta_analytics-callback-url", &analytics),
    ];
    lb.website(SECRET).call("create", &params).await.success();
    let given = |server: &SimulatedServer, key: &str| {
        server.with(|bbb| bbb.meeting(meeting_id).and_then(|meeting| meeting.parameter(key).map(str::to_owned)))
    };
    let find = |server: &SimulatedServer| {
        let (ready, analytics) =
            (given(server, "meta_bbb-recording-ready-url")?, given(server, "meta_analytics-callback-url")?);
        Some(Given { ready, analytics, server: server.secret().clone() })
    };
    servers.iter().find_map(find).expect("a server has it")
}

fn ready_form(secret: &Secret, meeting_id: &str, record_id: &str) -> Bytes {
    let claims = json!({ "meeting_id": meeting_id, "record_id": record_id });
    format!("signed_parameters={}", sign(JwtAlgorithm::Hs256, &claims, secret)).into()
}

async fn post(url: &str, content_type: &str, body: Bytes, bearer: Option<&str>) -> Answer {
    let authorization = bearer.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
    fetch(Method::POST, url, Some((content_type, body)), &headers).await.unwrap()
}

fn bearer(secret: &Secret) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    sign(JwtAlgorithm::Hs512, &json!({ "exp": now + 86_400 }), secret)
}

/// What a website reads in what it was told of a recording, with its own secret.
fn claims(post: &Post) -> Value {
    let form = Params::parse(&post.body);
    verify(form.get("signed_parameters").unwrap(), JwtAlgorithm::Hs256, &SECRET.into()).expect("its own secret").into()
}

fn config(servers: &[SimulatedServer], rest: &str) -> String {
    integrations(&[("moodle", SECRET)]) + &unwatched(servers) + rest
}

/// How many deliveries are known, whatever became of them.
fn deliveries(lb: &Lb) -> i64 {
    let database = rusqlite::Connection::open(lb.folder.path().join("lb.sqlite3")).unwrap();
    database.query_row("SELECT count(*) FROM deliveries", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_hears_of_its_recording_once_under_its_own_signature() {
    let (servers, told) = (simulated(2).await, Told::start().await);
    let lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    assert!(given.ready.starts_with(&format!("http://{}/callbacks/recording-ready/moodle/", lb.address)));
    let posts = (0..8).map(|_| post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-1"), None));
    for answer in join_all(posts).await {
        assert_eq!(answer.status, 200);
    }
    let [heard] = <[Post; 1]>::try_from(told.heard(200, 1).await).unwrap();
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("POST", "/ready?key=1"));
    assert_eq!(claims(&heard), json!({ "meeting_id": "room-1", "record_id": "abc-1" }));
    lb.metric_is("lb_events_total{name=\"callback-delivered\"}", 1.0).await;
    let again = post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-1"), None).await;
    assert_eq!((again.status, deliveries(&lb)), (200, 1));
    post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-2"), None).await;
    assert_eq!(told.heard(200, 2).await.len(), 2, "another recording, and nothing twice");

    let info = lb.website(SECRET).call("getMeetingInfo", &[("meetingID", "room-1")]).await.success().text();
    assert!(info.contains(&format!("{}/ready?key=1", told.url)) && !info.contains("/callbacks/"), "{info}");
    let log = lb.log();
    assert!(log.contains("recording-ready") && !log.contains(given.ready.rsplit('/').next().unwrap()), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn analytics_reach_the_website_with_its_own_urls_and_a_new_token() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    let body = json!({
        "meeting_id": "room-1",
        "data": { "metadata": { "analytics_callback_url": given.analytics, "meeting_name": "Algebra" }, "duration": 5400 },
    });
    let body = Bytes::from(body.to_string());
    let token = bearer(&given.server);
    let kind = "application/json; charset=utf-8";
    assert_eq!(post(&given.analytics, kind, body.clone(), Some(&token)).await.status, 200);
    let [heard] = <[Post; 1]>::try_from(told.heard(200, 1).await).unwrap();
    let told_of: Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!(told_of["data"]["metadata"]["analytics_callback_url"], format!("{}/analytics", told.url));
    assert_eq!((&told_of["data"]["duration"], heard.path.as_str()), (&json!(5400), "/analytics"));
    let bearer = heard.authorization.strip_prefix("Bearer ").unwrap();
    assert!(verify(bearer, JwtAlgorithm::Hs512, &SECRET.into()).is_some_and(|claims| claims.contains_key("exp")));
    assert!(verify(bearer, JwtAlgorithm::Hs512, &given.server).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balancer_that_is_killed_between_receipt_and_delivery_delivers_after_its_restart() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let mut lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    told.answer(500, "");
    let token = bearer(&given.server);
    let body = Bytes::from(r#"{"meeting_id":"room-1"}"#);
    assert_eq!(post(&given.analytics, "application/json", body, Some(&token)).await.status, 200);
    let answer = post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-1"), None).await;
    lb.kill();
    assert_eq!(answer.status, 200);
    told.answer(200, "");
    lb.restart().await;
    let mut paths: Vec<_> = told.heard(200, 2).await.into_iter().map(|post| post.path).collect();
    paths.sort();
    assert_eq!(paths, ["/analytics", "/ready?key=1"]);
    lb.metric_is("lb_events_total{name=\"callback-delivered\"}", 2.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_call_of_its_server_changes_nothing() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    let (form, json) = (ready_form(&given.server, "room-1", "abc-1"), Bytes::from(r#"{"meeting_id":"room-1"}"#));
    let (good, forged) = (bearer(&given.server), bearer(&SECRET.into()));
    let status = async |url: &str, content_type: &str, body: &Bytes, bearer: Option<&str>| {
        post(url, content_type, body.clone(), bearer).await.status
    };
    for (url, method) in [(&given.ready, Method::GET), (&given.ready, Method::PUT), (&given.analytics, Method::HEAD)] {
        assert_eq!(fetch(method.clone(), url, None, &[]).await.unwrap().status, 405, "{method}");
    }
    // another signature, another meeting, nothing at all
    assert_eq!(status(&given.ready, FORM, &ready_form(&SECRET.into(), "room-1", "abc-1"), None).await, 401);
    assert_eq!(status(&given.ready, FORM, &ready_form(&given.server, "room-2", "abc-1"), None).await, 401);
    assert_eq!(status(&given.ready, FORM, &Bytes::new(), None).await, 401);
    assert_eq!(status(&given.analytics, "application/json", &json, None).await, 401);
    assert_eq!(status(&given.analytics, "application/json", &json, Some(&forged)).await, 401);
    let other = Bytes::from(r#"{"meeting_id":"room-2"}"#);
    assert_eq!(status(&given.analytics, "application/json", &other, Some(&good)).await, 401);
    assert_eq!(status(&given.analytics, "application/json", &Bytes::from("{"), Some(&good)).await, 400);
    // another kind of body, too much of it
    assert_eq!(status(&given.ready, "application/json", &form, None).await, 415);
    assert_eq!(status(&given.analytics, FORM, &json, Some(&good)).await, 415);
    assert_eq!(status(&given.ready, FORM, &Bytes::from(vec![b'x'; 40 << 10]), None).await, 413);
    let long = Bytes::from(vec![b' '; (1 << 20) + 1]);
    assert_eq!(status(&given.analytics, "application/json", &long, Some(&good)).await, 413);
    // another token, another website, another place
    assert_eq!(status(&format!("{}x", given.ready), FORM, &form, None).await, 404);
    assert_eq!(status(&given.ready.replace("/moodle/", "/portal/"), FORM, &form, None).await, 404);
    let elsewhere = given.ready.replace("/recording-ready/", "/analytics/");
    assert_eq!(status(&elsewhere, "application/json", &json, Some(&good)).await, 404);
    let ended = given.ready.replace("/recording-ready/", "/ended/");
    assert_eq!(fetch(Method::GET, &ended, None, &[]).await.unwrap().status, 404);

    assert_eq!(deliveries(&lb), 0);
    lb.metric_is("lb_events_total{name=\"callback-refused\"}", 1.0).await;
    // nothing is read, or waited for, of what comes with another token
    let head = format!(
        "POST /callbacks/recording-ready/moodle/x HTTP/1.1\r\nhost: lb\r\ncontent-type: {FORM}\r\ncontent-length: 9\r\n\
         connection: close\r\n\r\n"
    );
    let answer = raw(lb.address, head.as_bytes(), PATIENCE / 3).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!(status(&given.ready, FORM, &form, None).await, 200);
    assert_eq!(told.heard(200, 1).await.len(), 1, "the right one alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_loop_and_a_redirect_that_loses_what_is_told_are_failures() {
    for (status, requests) in [(307, 6), (302, 1)] {
        let (servers, told) = (simulated(1).await, Told::start().await);
        let lb = Lb::start(&config(&servers, PRIVATE)).await;
        lb.ready().await;
        let given = create(&lb, &told, &servers, "room-1").await;
        told.answer(status, "/ready?key=1");
        assert_eq!(post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-1"), None).await.status, 200);
        lb.metric_is("lb_events_total{name=\"callback-failed\"}", 1.0).await;
        let seen = told.seen();
        assert_eq!(seen.len(), requests, "{status}");
        assert!(seen.iter().all(|post| post.method == Method::POST && post.body == seen[0].body), "{seen:?}");
        assert!(lb.log().contains("redirects"), "{}", lb.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_in_a_private_network_is_posted_nothing_unless_that_is_allowed() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, "")).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    assert_eq!(post(&given.ready, FORM, ready_form(&given.server, "room-1", "abc-1"), None).await.status, 200);
    lb.metric_is("lb_events_total{name=\"callback-failed\"}", 1.0).await;
    assert!(lb.log().contains("allow_private_addresses"), "{}", lb.log());
    assert_eq!(told.seen().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_list_its_recordings_is_believed_all_the_same() {
    let (servers, told) = (simulated(1).await, Told::start().await);
    let lb = Lb::start(&config(&servers, PRIVATE)).await;
    lb.ready().await;
    let given = create(&lb, &told, &servers, "room-1").await;
    servers[0].fault_on("getRecordings", Fault::Html502);
    let form = || ready_form(&given.server, "room-1", "abc-1");
    assert_eq!(post(&given.ready, FORM, form(), None).await.status, 200);
    servers[0].fault_on("getRecordings", Fault::ResetBefore);
    assert_eq!(post(&given.ready, FORM, form(), None).await.status, 200);
    assert_eq!(told.heard(200, 2).await.len(), 2, "each may be of another format");
}
