//! The pages that lead by the hand, over real HTTP: the first steps, a new integration, the API console, explain.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};
use std::time::Duration;

use harness::{Answer, Lb, fetch, lb_binary, simulated, until, unwatched};
use hyper::Method;
use lb_http::sim::SimulatedServer;
use serde_json::Value;
use url::form_urlencoded::Serializer;

const PASSWORD: &str = "correct horse battery";

/// What the websites of configured networks sign with.
const SECRET: &str = "s3cr3t-of-moodle";

/// Somebody with a browser who has logged in.
struct Browser<'a> {
    lb: &'a Lb,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    /// The first administrator, made with the link that the balancer shows, and where they are led.
    async fn first(lb: &'a Lb) -> (Self, Option<String>) {
        let log = lb.log();
        let token = log.split_once("/first-administrator?token=").unwrap().1.split(' ').next().unwrap();
        let pairs = [("token", token), ("name", "ana"), ("display_name", "Ana Lima"), ("password", PASSWORD)];
        let made = send(lb, "/first-administrator", &pairs, "").await;
        assert_eq!(made.status, 303, "{}", made.text());
        let location = made.location.clone();
        (Self::with(lb, &made).await, location)
    }

    /// A user of this role who logs in.
    async fn log_in(lb: &'a Lb, name: &str, role: &str) -> Self {
        let mut command = Command::new(lb_binary());
        command.args(["user", "create", name, "--role", role, "--password-stdin"]).current_dir(lb.folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        let begun = send(lb, "/login", &[("name", name), ("password", PASSWORD)], "").await;
        Self::with(lb, &begun).await
    }

    async fn with(lb: &'a Lb, begun: &Answer) -> Self {
        let cookie = begun.cookie.as_deref().unwrap().split(';').next().unwrap().to_owned();
        let mut browser = Self { lb, cookie, csrf: String::new() };
        let session = browser.get("/api/v1/session").await;
        let session: Value = serde_json::from_slice(&session.body).unwrap();
        browser.csrf = session["csrf_token"].as_str().unwrap().to_owned();
        browser
    }

    async fn get(&self, path: &str) -> Answer {
        let url = format!("http://{}{path}", self.lb.pages);
        fetch(Method::GET, &url, None, &[("cookie", &self.cookie)]).await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(&format!("/api/v1{path}")).await.body).unwrap()
    }

    async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let all: Vec<_> = pairs.iter().copied().chain([("csrf", self.csrf.as_str())]).collect();
        send(self.lb, path, &all, &self.cookie).await
    }

    /// The same from a page that was made for nobody, or somebody else.
    async fn forged(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let all: Vec<_> =
            pairs.iter().copied().chain([("csrf", "x".repeat(43).as_str())]).map(|(a, b)| (a, b.to_owned())).collect();
        let all: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send(self.lb, path, &all, &self.cookie).await
    }
}

async fn send(lb: &Lb, path: &str, pairs: &[(&str, &str)], cookie: &str) -> Answer {
    let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let url = format!("http://{}{path}", lb.pages);
    let body = Some(("application/x-www-form-urlencoded", body.into()));
    fetch(Method::POST, &url, body, &[("cookie", cookie)]).await.unwrap()
}

/// What is right behind `before`, up to `after`, as text.
#[track_caller]
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split_once(after).unwrap().0
}

/// What administrators did in this way, once there are so many of it: what was just done may be missing for a second.
async fn audit(browser: &Browser<'_>, how: &str, count: usize) -> Vec<Value> {
    until(Duration::from_secs(10), &format!("{count} times {how}"), async || {
        let entries = browser.json("/audit?limit=100").await;
        let entries = entries["items"].as_array().unwrap().iter();
        let fitting: Vec<_> = entries.filter(|entry| entry["how"] == how).cloned().collect();
        assert!(fitting.len() <= count, "{fitting:?}");
        (fitting.len() == count).then_some(fitting)
    })
    .await
}

fn network(servers: &[SimulatedServer]) -> String {
    format!(
        "{}[[integrations]]\nname = \"moodle\"\nsecrets = [\"{SECRET}\"]\n[monitor]\ninterval = \"200ms\"\n",
        unwatched(servers)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_steps_lead_from_an_empty_balancer_to_a_meeting_that_is_joined_and_ended() {
    let servers = simulated(1).await;
    let bbb = &servers[0];
    let lb = Lb::start("[monitor]\ninterval = \"200ms\"\n").await;
    let (ana, location) = Browser::first(&lb).await;
    assert_eq!(location.as_deref(), Some("/admin/start"));
    let page = ana.get("/admin/start").await;
    assert!(page.status == 200 && page.text().contains("bbb-conf --secret"), "{}", page.text());

    // a wrong secret is noticed by a real call, and nothing is kept
    let (url, secret) = (bbb.url().to_owned(), bbb.secret().expose().to_owned());
    let wrong =
        ana.post("/admin/start/server", &[("url", &url), ("secret", "an-0ther-secret"), ("name", "bbb1")]).await;
    assert_eq!(wrong.status, 502);
    assert!(wrong.text().contains("refuses the signature") && !wrong.text().contains("an-0ther-secret"));
    let nowhere = [("url", "http://127.0.0.1:9/"), ("secret", secret.as_str()), ("name", "bbb1")];
    assert_eq!(ana.post("/admin/start/server", &nowhere).await.status, 502);
    assert_eq!(ana.post("/admin/start/server", &[("url", "bbb1"), ("secret", &secret)]).await.status, 400);
    assert_eq!(ana.json("/servers").await["items"].as_array().unwrap().len(), 0);

    let right = [("url", url.as_str()), ("secret", secret.as_str()), ("name", "bbb1")];
    let forged = ana.forged("/admin/start/server", &right).await;
    assert_eq!(forged.status, 403);
    assert_eq!(ana.json("/servers").await["items"].as_array().unwrap().len(), 0);
    let kept = ana.post("/admin/start/server", &right).await;
    assert_eq!((kept.status, kept.location.as_deref()), (303, Some("/admin/start?step=integration&done=made")));
    assert_eq!(ana.json("/servers").await["items"][0]["name"], "bbb1");
    assert_eq!(ana.post("/admin/start/server", &right).await.status, 412, "it is there already");
    let page = ana.get("/admin/start").await.text();
    assert!(page.contains("href=\"/admin/integrations/new?start=true\""), "the next step is the next one: {page}");

    let made = ana.post("/admin/integrations/new", &[("name", "portal"), ("start", "true")]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(made.text().contains("/admin/start?step=meeting&amp;integration=portal"));

    until(Duration::from_secs(10), "the server takes meetings", async || {
        let page = ana.get("/admin/start").await.text();
        page.contains("action=\"/admin/start/meeting\"").then_some(())
    })
    .await;
    let begun = ana.post("/admin/start/meeting", &[("integration", "portal")]).await;
    assert_eq!((begun.status, begun.location.as_deref()), (303, Some("/admin/start?step=meeting")), "{}", begun.text());
    assert_eq!(harness::copies(&servers, "first-steps"), [1]);
    let page = ana.get("/admin/start?step=meeting").await.text();
    assert!(page.contains("The test meeting of <bdi>portal</bdi> runs on <bdi>bbb1</bdi>."), "{page}");
    let joined = ana.get("/admin/start/join?integration=portal").await;
    let location = joined.location.unwrap();
    assert!(joined.status == 303 && location.starts_with(&url) && location.contains("role=MODERATOR"), "{location}");
    assert!(location.contains("fullName=Ana+Lima"), "{location}");
    let foreign = [("cookie", ana.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    let link = format!("http://{}/admin/start/join?integration=portal", lb.pages);
    assert_eq!(fetch(Method::GET, &link, None, &foreign).await.unwrap().status, 403);

    let ended = ana.post("/admin/start/end", &[("integration", "portal")]).await;
    assert_eq!((ended.status, ended.location.as_deref()), (303, Some("/admin/start?step=next&done=yes")));
    until(Duration::from_secs(10), "the first steps are done", async || {
        (harness::copies(&servers, "first-steps") == [0]
            && ana.get("/admin/start").await.text().contains("The whole way works"))
        .then_some(())
    })
    .await;
    let calls = audit(&ana, "called", 2).await;
    assert!(calls.iter().all(|call| call["by"] == "ana" && call["subject"]["name"] == "portal"), "{calls:?}");
    let made = made.text();
    let drawn = between(&made, "id=\"made-secret\">", "<");
    assert!(!lb.log().contains(drawn) && !lb.log().contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_is_made_in_steps_and_its_secret_makes_a_meeting() {
    let servers = simulated(1).await;
    let plans =
        "[plans.small]\nmax_concurrent_meetings = 3\nmay_record = false\n[partners.ufrgs]\ndisplay_name = \"UFRGS\"\n";
    let lb = Lb::start(&format!("{}{plans}", network(&servers))).await;
    let ana = Browser::log_in(&lb, "ana", "administrator").await;
    let names = async || {
        let listed = ana.json("/integrations").await;
        listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };

    let page = ana.get("/admin/integrations/new").await;
    assert!(page.status == 200 && page.text().contains("aria-current=\"step\">Name</li>"), "{}", page.text());
    for (name, says) in [("", "A name is needed."), ("moodle", "already"), ("a%2Fb", "none of")] {
        let page = ana.get(&format!("/admin/integrations/new?step=plan&name={name}")).await;
        assert!(page.status == 400 && page.text().contains(says), "{name}: {}", page.text());
    }
    let page = ana.get("/admin/integrations/new?step=plan&name=portal").await.text();
    assert!(page.contains("3 meetings at a time · may not record") && page.contains(">UFRGS</option>"), "{page}");
    let chosen = "name=portal&display_name=%3Cb%3EPortal&plan=small&partner=ufrgs&router=default";
    let page = ana.get(&format!("/admin/integrations/new?step=confirm&{chosen}")).await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("&#60;b&#62;Portal") && !text.contains("<b>Portal"), "{text}");
    let gone = ana.get("/admin/integrations/new?step=confirm&name=portal&plan=gone").await;
    assert!(gone.status == 400 && gone.text().contains("no such plan"));
    assert_eq!(names().await, ["moodle"], "nothing is made before the last step");

    let form = [
        ("name", "portal"),
        ("display_name", "<b>Portal"),
        ("plan", "small"),
        ("partner", "ufrgs"),
        ("router", "default"),
    ];
    assert_eq!(ana.forged("/admin/integrations/new", &form).await.status, 403);
    let short: Vec<_> = form.iter().copied().chain([("secret", "short")]).collect();
    assert_eq!(ana.post("/admin/integrations/new", &short).await.status, 400);
    let taken: Vec<_> = form.iter().copied().chain([("secret", SECRET)]).collect();
    assert_eq!(ana.post("/admin/integrations/new", &taken).await.status, 400, "it is another integration's");
    assert_eq!(names().await, ["moodle"]);
    let made = ana.post("/admin/integrations/new", &form).await;
    let text = made.text();
    assert_eq!(made.status, 201, "{text}");
    let secret = between(&text, "id=\"made-secret\">", "<").to_owned();
    let url = format!("http://{}/bigbluebutton/", lb.address);
    assert_eq!((secret.len(), between(&text, "id=\"made-url\">", "<")), (40, url.as_str()));
    for settings in [
        format!("$CFG-&#62;bigbluebuttonbn[&#39;server_url&#39;] = &#39;{url}&#39;;"),
        format!("$CFG-&#62;bigbluebuttonbn[&#39;shared_secret&#39;] = &#39;{secret}&#39;;"),
        format!("BIGBLUEBUTTON_ENDPOINT=http://{}/bigbluebutton/api", lb.address),
        format!("BIGBLUEBUTTON_SECRET={secret}"),
        format!("&#38;sharedSecret={secret}"),
    ] {
        assert!(text.contains(&settings), "{settings}: {text}");
    }
    assert_eq!(ana.post("/admin/integrations/new", &form).await.status, 412, "posted again");
    assert_eq!(names().await, ["moodle", "portal"]);
    let portal = ana.json("/integrations/portal").await;
    assert_eq!((portal["plan"].as_str(), portal["partner"].as_str()), (Some("small"), Some("ufrgs")));
    let website = lb.website(&secret);
    until(Duration::from_secs(10), "a meeting is made with the secret", async || {
        (website.create("room-1").await.value("returncode") == "SUCCESS").then_some(())
    })
    .await;

    let page = ana.get("/admin/integrations/portal/connect").await.text();
    assert!(!page.contains(&secret) && page.contains("THE-SECRET"));
    let tested = ana.post("/admin/integrations/portal/connect", &[]).await.text();
    assert!(tested.contains("SUCCESS and lists 1 meetings"), "{tested}");
    assert!(tested.contains(&format!("Sent to http://{} over HTTP", lb.address)), "{tested}");
    assert!(!lb.log().contains(&secret));
    let eva = Browser::log_in(&lb, "eva", "viewer").await;
    for path in ["/admin/integrations/new", "/admin/integrations/portal/connect", "/admin/console", "/admin/start"] {
        assert_eq!(eva.get(path).await.status, 403, "{path}");
    }
    assert_eq!(eva.post("/admin/integrations/new", &[("name", "evas")]).await.status, 403);
    assert_eq!(names().await, ["moodle", "portal"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_sends_what_it_shows_and_changes_nothing_unasked() {
    let servers = simulated(1).await;
    let lb = Lb::start(&network(&servers)).await;
    lb.ready().await;
    let ana = Browser::log_in(&lb, "ana", "administrator").await;
    let call = async |call: &str, wish: &str, more: &[(&str, &str)]| {
        let form: Vec<_> =
            [("integration", "moodle"), ("call", call), ("do", wish)].into_iter().chain(more.iter().copied()).collect();
        ana.post("/admin/console", &form).await
    };
    // built, and then sent as the page that was built says
    let confirmed = async |name: &str, more: &[(&str, &str)]| {
        let built = call(name, "build", more).await.text();
        let once = between(&built, "name=\"once\" value=\"", "\"").to_owned();
        let form: Vec<_> = more.iter().copied().chain([("once", once.as_str())]).collect();
        (call(name, "confirm", &form).await.text(), once)
    };
    let page = ana.get("/admin/console?integration=moodle&call=create").await.text();
    for described in ["p-meetingID", "p-meta_bbb-recording-ready-url", "p-lockSettingsDisableCam", "name=\"body\""] {
        assert!(page.contains(described), "{described}");
    }

    // what is wrong is BBB's word, and is explained
    let wrong = call("getMeetingInfo", "send", &[("known", "meetingID"), ("given", "nobody-has-this")]).await;
    let text = wrong.text();
    assert!(wrong.status == 200 && text.contains("<code>notFound</code>") && text.contains("no such thing"), "{text}");
    let (wrong, _) =
        confirmed("create", &[("known", "name"), ("given", "Algebra"), ("known", "meetingID"), ("given", "a,b")]).await;
    assert!(wrong.contains("<code>validationError</code>"), "{wrong}");
    assert!(wrong.contains("Meeting ID cannot contain &#39;,&#39;"), "{wrong}");
    let refused = call("getMeetings", "send", &[("algorithm", "md5")]).await;
    assert_eq!(refused.status, 400);

    // a call that changes something is only built until it is confirmed
    let create = [
        ("known", "name"),
        ("given", "Álgebra & <b>"),
        ("known", "meetingID"),
        ("given", "room-1"),
        ("other", "meta_course"),
        ("value", "42"),
    ];
    for wish in ["send", "build", ""] {
        let built = call("create", wish, &create).await.text();
        assert!(built.contains("This call changes something."), "{built}");
        let url = between(&built, "id=\"url\">", "<");
        let shown = format!(
            "http://{}/bigbluebutton/api/create?name=%C3%81lgebra+%26+%3Cb%3E&#38;meetingID=room-1&#38;meta_course=42",
            lb.address
        );
        assert_eq!(url, shown);
    }
    assert_eq!(harness::copies(&servers, "room-1"), [0]);
    audit(&ana, "called", 2).await;
    let (sent, once) = confirmed("create", &create).await;
    assert!(sent.contains("It succeeded.") && sent.contains("room-1"), "{sent}");
    assert!(sent.contains("••••••") && sent.contains("Passwords and keys in it are not shown."), "{sent}");
    assert_eq!(harness::copies(&servers, "room-1"), [1]);
    let whose = [("known", "meetingID"), ("given", "room-1")];
    for once in [once.as_str(), "", "made-up"] {
        let form: Vec<_> = whose.iter().copied().chain([("once", once)]).collect();
        let replayed = call("end", "confirm", &form).await.text();
        assert!(replayed.contains("It was not sent"), "{replayed}");
    }
    let forged = ana
        .forged(
            "/admin/console",
            &[
                ("integration", "moodle"),
                ("call", "end"),
                ("do", "confirm"),
                ("known", "meetingID"),
                ("given", "room-1"),
            ],
        )
        .await;
    assert_eq!(forged.status, 403);
    let got = fetch(
        Method::GET,
        &format!(
            "http://{}/admin/console?integration=moodle&call=end&do=confirm&known=meetingID&given=room-1",
            lb.pages
        ),
        None,
        &[("cookie", &ana.cookie)],
    )
    .await
    .unwrap();
    assert_eq!(got.status, 200);
    assert_eq!(harness::copies(&servers, "room-1"), [1], "neither a forged form nor a link ends it");

    // the URL with its checksum is the very call, and the audit log has who was shown it
    let shown =
        call("isMeetingRunning", "checksum", &[("known", "meetingID"), ("given", "room-1"), ("algorithm", "sha1")])
            .await
            .text();
    let url = between(&shown, "id=\"url\">", "<").replace("&#38;", "&");
    let answer = fetch(Method::GET, &url, None, &[]).await.unwrap().success();
    assert_eq!(answer.value("running"), "false");
    audit(&ana, "signed", 1).await;
    let (joined, _) = confirmed(
        "join",
        &[
            ("known", "meetingID"),
            ("given", "room-1"),
            ("known", "fullName"),
            ("given", "Ana"),
            ("known", "role"),
            ("given", "MODERATOR"),
        ],
    )
    .await;
    assert!(
        joined.contains("led to the meeting’s server")
            && !joined.contains("checksum=0")
            && !joined.contains("sessionToken="),
        "{joined}"
    );
    assert!(!shown.contains(SECRET) && !sent.contains(SECRET) && !joined.contains(SECRET));
    // a getMeetingInfo, two creates and a join: what was only built was not called
    let entries = audit(&ana, "called", 4).await;
    assert!(
        entries.iter().any(|entry| entry.to_string().contains("\"create\"") && entry.to_string().contains("moodle")),
        "{entries:?}"
    );
    // a name full of HTML stays text
    assert!(!sent.contains("<b>&#34;") && sent.contains("&#60;b&#62;"), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_explains_as_rest_does() {
    let servers = simulated(2).await;
    let placed = "latitude = -30.03\nlongitude = -51.2\n[[integrations]]";
    let config = network(&servers).replacen("[[integrations]]", placed, 1);
    let lb = Lb::start(&config).await;
    lb.ready().await;
    let ana = Browser::log_in(&lb, "ana", "administrator").await;
    let disable = format!("http://{}/api/v1/servers/bbb1/force-disable", lb.pages);
    let headers = [("cookie", ana.cookie.as_str()), ("x-csrf-token", ana.csrf.as_str())];
    assert_eq!(fetch(Method::POST, &disable, None, &headers).await.unwrap().status, 200);

    let query = "integration=moodle&latitude=-23.55&longitude=-46.63&meeting_id=room-1";
    let told = ana.json(&format!("/explain?{query}")).await;
    let page = ana.get(&format!("/admin/explain?{query}")).await;
    let text = page.text();
    assert_eq!(page.status, 200, "{text}");
    assert_eq!(told["outcome"]["server"], "bbb2");
    assert!(text.contains("It would go to <bdi>bbb2</bdi>."), "{text}");
    for candidate in told["candidates"].as_array().unwrap() {
        assert!(text.contains(candidate["reason"].as_str().unwrap()), "{candidate}: {text}");
    }
    let km = told["candidates"][0]["km"].as_f64().unwrap();
    assert!(text.contains(&format!("data-label=\"km\">{km:.0}<")), "{text}");
    let left_out = &told["left_out"][0];
    assert_eq!(left_out["server"], "bbb1");
    assert!(
        text.contains("state-force-disabled") && text.contains(left_out["reasons"][0]["text"].as_str().unwrap()),
        "{text}"
    );
    assert!(text.contains("<svg class=\"") && text.contains("class=\"way first\""), "{text}");
    assert!(text.contains("server=bbb2#map"), "{text}");

    for (query, says) in [
        ("integration=moodle&latitude=91&longitude=0", "A latitude is from"),
        ("integration=moodle&forwarded_for=here", "An address is IPv4"),
    ] {
        let page = ana.get(&format!("/admin/explain?{query}")).await;
        assert!(page.status == 400 && page.text().contains(says), "{}", page.text());
    }
    assert_eq!(ana.get("/admin/explain?integration=nobody").await.status, 404);
    let portuguese = fetch(
        Method::GET,
        &format!("http://{}/admin/explain?{query}", lb.pages),
        None,
        &[("cookie", &ana.cookie), ("accept-language", "pt-BR")],
    )
    .await
    .unwrap();
    assert!(portuguese.text().contains("Iria para <bdi>bbb2</bdi>."));
}
