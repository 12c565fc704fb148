//! What a simulated server sends by itself, what it is uploaded, and its calls that are off unless they are set up.

use lb_core::gateway::{SimulatedFormat, SimulatedRecording};

use super::*;

/// A website that keeps what it is sent, and answers each with the next of its statuses, then always with the last.
struct Website {
    loopback: Loopback<Received>,
    url: String,
}

struct Received {
    requests: Mutex<Vec<Told>>,
    statuses: Vec<u16>,
}

#[derive(Clone)]
struct Told {
    method: Method,
    target: String,
    content_type: String,
    authorization: String,
    agent: String,
    body: String,
}

impl Site for Received {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Ending> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let header =
            |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let mut requests = self.requests.lock().unwrap();
        requests.push(Told {
            method: head.method.clone(),
            target: head.uri.to_string(),
            content_type: header("content-type"),
            authorization: header("authorization"),
            agent: header("user-agent"),
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        let status = self.statuses.get(requests.len() - 1).or(self.statuses.last()).copied().unwrap_or(200);
        Ok(respond(SimulatedReply::html(status, "")))
    }
}

impl Website {
    async fn start(statuses: &[u16]) -> Self {
        let listener = loopback::bind(0).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Received { requests: Mutex::default(), statuses: statuses.to_vec() };
        Self { loopback: Loopback::start(listener, Arc::new(received)).unwrap(), url }
    }

    /// All that it was told, once it was `count` things.
    async fn told(&self, count: usize) -> Vec<Told> {
        until(|| {
            let requests = self.loopback.site().requests.lock().unwrap();
            (requests.len() >= count).then(|| requests.clone())
        })
        .await
    }
}

async fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "it never came");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn quick() -> SimulatedServerSettings {
    SimulatedServerSettings {
        callback_pauses: vec![Duration::from_millis(1); 3],
        hook_pauses: vec![Duration::from_millis(1); 2],
        webhooks: true,
        ..Default::default()
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_recording_is_published_when_it_is_due_and_its_website_hears_of_it_again_until_it_answers() {
    let website = Website::start(&[500, 503, 200]).await;
    let settings = SimulatedServerSettings {
        recording_delay: Duration::from_millis(40),
        recording_formats: vec![SimulatedFormat::Video],
        ..quick()
    };
    let fixture = Fixture::with(settings).await;
    let ready = encoded(&format!("{}/ready", website.url));
    fixture.text("create", &format!("{CREATE}&record=true&meta_bbb-recording-ready-url={ready}")).await;
    fixture.text("end", "meetingID=room-1").await;
    let told = website.told(3).await;
    assert!(told.iter().all(|told| told.target == "/ready"));
    assert_eq!((&told[0].method, told[0].content_type.as_str()), (&Method::POST, "application/x-www-form-urlencoded"));
    assert!(told[2].body.starts_with("signed_parameters=") && told[2].body == told[0].body);
    let list = fixture.text("getRecordings", "").await;
    assert!(list.contains("<state>published</state>") && list.contains("<type>video</type>"), "{list}");
}

#[tokio::test]
async fn analytics_come_with_their_token_and_are_not_repeated_where_they_are_refused() {
    let website = Website::start(&[401]).await;
    let fixture = Fixture::with(quick()).await;
    let (analytics, ended) =
        (encoded(&format!("{}/analytics", website.url)), encoded(&format!("{}/ended", website.url)));
    let create =
        format!("{CREATE}&meetingKeepEvents=true&meta_analytics-callback-url={analytics}&meta_endCallbackUrl={ended}");
    fixture.text("create", &create).await;
    fixture.simulated.with(|bbb| bbb.end(crate::sim::now(), "room-1"));
    let told = website.told(5).await;
    let (analytics, ended): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.target == "/analytics");
    assert_eq!((analytics.len(), ended.len()), (1, 4), "a GET is tried again three times");
    assert!(ended.iter().all(|told| told.method == Method::GET && told.target.ends_with("&meetingID=room-1")));
    assert!(analytics[0].authorization.starts_with("Bearer ey"));
    assert_eq!(analytics[0].agent, "BigBlueButton Analytics Callback");
    assert!(analytics[0].body.contains("\"meeting_id\":\"room-1\""));
}

#[tokio::test]
async fn a_hook_hears_of_events_in_their_order_and_vanishes_when_it_does_not_listen() {
    let website = Website::start(&[500, 401, 200]).await;
    let fixture = Fixture::with(quick()).await;
    let url = encoded(&format!("{}/hook?a=1", website.url));
    let created = fixture.text("hooks/create", &format!("callbackURL={url}")).await;
    assert!(created.contains("<hookID>1</hookID>"), "{created}");
    fixture.text("create", CREATE).await;
    fixture.text("join", "fullName=Ada&meetingID=room-1&role=VIEWER").await;
    fixture.simulated.with(|bbb| bbb.leave("room-1", 1));
    let told = website.told(4).await;
    let events = ["meeting-created", "meeting-created", "user-joined", "user-left"];
    for (told, event) in told.iter().zip(events) {
        assert!(told.target.starts_with("/hook?a=1&checksum="), "{}", told.target);
        assert!(told.body.contains(&encoded(&format!("\"id\":\"{event}\""))), "{event}: {}", told.body);
    }
    assert_eq!(fixture.simulated.with(|bbb| bbb.hooks().count()), 1);

    website.loopback.close().await;
    fixture.text("end", "meetingID=room-1").await;
    until(|| fixture.simulated.with(|bbb| bbb.hooks().next().is_none()).then_some(())).await;
    let post = ServerCall::signed_url(&fixture.server, "hooks/list", "");
    let (reply, _) = fixture.send(Request::post(post.as_str()).body(Full::from("a=b")).unwrap()).await.unwrap();
    assert_eq!(reply.status(), StatusCode::NOT_FOUND, "hooks are asked with GET");
}

#[tokio::test]
async fn a_text_track_is_taken_out_of_the_form_that_it_is_uploaded_in() {
    let fixture = Fixture::start().await;
    let recording = SimulatedRecording::new("room-1", 1000, 2000);
    let id = recording.record_id.clone();
    fixture.simulated.with(|bbb| bbb.put_recording(recording));
    let query = format!("recordID={id}&kind=captions&lang=de&label=Deutsch");
    let url = ServerCall::signed_url(&fixture.server, "putRecordingTextTrack", &query);
    let form = "--XyZ\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--XyZ\r\nContent-Disposition: \
                form-data; name=\"file\"; filename=\"a.vtt\"\r\nContent-Type: text/vtt\r\n\r\nWEBVTT\r\n\r\n--XyZ--\r\n";
    for (content_type, body, key, tracks) in [
        ("multipart/form-data; boundary=XyZ", "--XyZ--\r\n", "empty_uploaded_text_track", 0),
        ("text/vtt", "WEBVTT", "empty_uploaded_text_track", 0),
        ("multipart/form-data; boundary=XyZ", form, "upload_text_track_success", 1),
    ] {
        let request = Request::post(url.as_str()).header(CONTENT_TYPE, content_type).body(Full::from(body)).unwrap();
        let (head, body) = fixture.send(request).await.unwrap();
        assert_eq!(head.headers()[CONTENT_TYPE], "application/json");
        assert!(std::str::from_utf8(&body).unwrap().contains(&format!("\"messageKey\":\"{key}\"")), "{body:?}");
        assert_eq!(fixture.simulated.with(|bbb| bbb.recording(&id).unwrap().text_tracks.len()), tracks);
    }
    let file = fixture.simulated.with(|bbb| bbb.recording(&id).unwrap().text_tracks[0].file.clone());
    assert_eq!(file, b"WEBVTT\r\n");
    let list = fixture.text("getRecordingTextTracks", &format!("recordID={id}")).await;
    assert!(list.contains(&format!("{}textTrack/", fixture.simulated.url())), "{list}");
}

#[tokio::test]
async fn old_calls_and_calls_of_the_future_are_there_where_they_are_set_up() {
    let fixture = Fixture::start().await;
    for name in ["getDefaultConfigXML", "raiseHand", "hooks/ping"] {
        assert!(fixture.text(name, "meetingID=room-1").await.contains("404"), "{name}");
    }
    let settings = SimulatedServerSettings { config_xml: true, future_calls: vec!["raiseHand".into()], ..quick() };
    let fixture = Fixture::with(settings).await;
    fixture.text("create", CREATE).await;
    let origin = fixture.simulated.url().trim_end_matches("/bigbluebutton/");
    assert!(fixture.text("getDefaultConfigXML", "").await.contains(&format!("{origin}/client/")));
    assert!(
        fixture.text("raiseHand", "meetingID=room-1&a=1").await.contains("<given>meetingID=room-1&amp;a=1</given>")
    );
    assert_eq!(fixture.text("hooks/ping", "").await, "bbb-webhooks API up!");
}
