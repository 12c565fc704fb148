//! The administration pages of people and of what happens, as a browser uses them: against the real binary.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};
use std::time::Duration;

use harness::{Answer, Lb, fetch, integrations, lb_binary, simulated, until, unwatched};
use hyper::Method;
use lb_core::Timestamp;
use url::form_urlencoded::Serializer;

const PATIENCE: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse battery";

/// What somebody may call themselves, their meeting or their token.
const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"'&🦀";
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;\u{202e}&#34;&#39;&#38;🦀";

/// Somebody with a browser.
struct Browser<'a> {
    lb: &'a Lb,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    async fn log_in(lb: &'a Lb, name: &str, password: &str) -> Self {
        let mut browser = Self { lb, cookie: String::new(), csrf: String::new() };
        let answer = browser.post("/login", &[("name", name), ("password", password)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser.cookie = answer.cookie.unwrap().split(';').next().unwrap().to_owned();
        browser.csrf = field(&browser.page("/admin/account").await, "csrf");
        browser
    }

    async fn get(&self, path: &str) -> Answer {
        let url = format!("http://{}{path}", self.lb.pages);
        fetch(Method::GET, &url, None, &[("cookie", &self.cookie)]).await.unwrap()
    }

    /// A page that is there.
    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let text = answer.text();
        assert_eq!(answer.status, 200, "{path}: {text}");
        assert!(!text.contains("<script>alert"), "{path}: a name became more than text");
        text
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields);
        let url = format!("http://{}{path}", self.lb.pages);
        let body = Some(("application/x-www-form-urlencoded", form.finish().into()));
        fetch(Method::POST, &url, body, &[("cookie", &self.cookie)]).await.unwrap()
    }

    /// Posts what is done and leads on; where to.
    async fn does(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        answer.location.unwrap()
    }

    /// Posts what is refused, with this status, by a readable page.
    async fn refused(&self, status: u16, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.text().contains("<h1"), "{path}");
        answer.text()
    }
}

/// The value of the first field of that name on a page.
#[track_caller]
fn field(page: &str, name: &str) -> String {
    let place = format!("name=\"{name}\" value=\"");
    let found = page.split(&place).nth(1).unwrap_or_else(|| panic!("no field {name}: {page}"));
    found.split('"').next().unwrap().to_owned()
}

/// `lb` on the same machine, with this standard input: it must succeed; what it says.
fn here(lb: &Lb, words: &[&str], input: &str) -> String {
    let mut command = Command::new(lb_binary());
    command.args(words).current_dir(lb.folder.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn with_user(lb: &Lb, name: &str, role: &[&str]) {
    here(lb, &[&["user", "create", name, "--password-stdin", "--role"], role].concat(), PASSWORD);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_changed_after_a_look_and_taken_away_and_nothing_twice() {
    let lb = Lb::start("[partners.ufrgs]\n").await;
    with_user(&lb, "ana", &["administrator"]);
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    let eva = [
        ("name", "eva"),
        ("display_name", HOSTILE),
        ("role", "viewer"),
        ("partner", ""),
        ("active", "yes"),
        ("password", PASSWORD),
    ];
    let wrong = ana.refused(400, "/admin/users/new", &[&eva[..5], &[("password", "short")]].concat()).await;
    assert!(wrong.contains("id=\"f-password-error\"") && wrong.contains("value=\"eva\""), "{wrong}");
    let wrong = ana.refused(400, "/admin/users/new", &[&[("name", "a/b")], &eva[1..]].concat()).await;
    assert!(wrong.contains("id=\"f-name-error\""), "{wrong}");
    let nobodys = [&eva[..2], &[("role", "partner-manager")], &eva[3..]].concat();
    assert!(ana.refused(400, "/admin/users/new", &nobodys).await.contains("id=\"f-partner-error\""));
    assert_eq!(ana.does("/admin/users/new", &eva).await, "/admin/users/eva?done=made");
    let twice = ana.refused(409, "/admin/users/new", &eva).await;
    assert!(twice.contains("id=\"f-name-error\""), "{twice}");

    let list = ana.page("/admin/users").await;
    assert!(list.contains(ESCAPED) && list.contains("href=\"/admin/users/eva\""), "{list}");
    assert!(!ana.page("/admin/users?find=ana").await.contains("/admin/users/eva"));
    let page = ana.page("/admin/users/eva").await;
    let version = field(&page, "version");
    let manager = [("display_name", "Eva"), ("role", "partner-manager"), ("partner", "ufrgs"), ("version", &version)];
    let shown = ana.post("/admin/users/eva", &[&manager[..], &[("step", "preview")]].concat()).await;
    let text = shown.text();
    assert!(shown.status == 200 && text.contains("<ins><bdi>Partner manager</bdi></ins>"), "{text}");
    assert!(text.contains("<ins><bdi>no</bdi></ins>") && text.contains("stop working"), "she is switched off: {text}");
    let eva = Browser::log_in(&lb, "eva", PASSWORD).await;
    assert_eq!(eva.get("/api/v1/plans").await.status, 200, "nothing is changed yet");
    let confirmed = [&manager[..], &[("active", "yes"), ("step", "confirm")]].concat();
    assert_eq!(ana.does("/admin/users/eva", &confirmed).await, "/admin/users/eva?done=saved");
    let eva = Browser::log_in(&lb, "eva", PASSWORD).await;
    assert_eq!(eva.get("/api/v1/plans").await.status, 403, "she looks after a partner now");
    ana.refused(412, "/admin/users/eva", &confirmed).await;
    ana.refused(412, "/admin/users/eva/remove", &[("version", &version)]).await;
    ana.refused(404, "/admin/users/nobody", &confirmed).await;

    let version = field(&ana.page("/admin/users/eva").await, "version");
    let weak = ana.refused(400, "/admin/users/eva/password", &[("version", &version), ("password", "eva")]).await;
    assert!(weak.contains("id=\"new-error\""), "{weak}");
    let another = [("version", version.as_str()), ("password", "another password")];
    ana.does("/admin/users/eva/password", &another).await;
    assert_eq!(eva.get("/admin/account").await.status, 303, "her session has ended");
    Browser::log_in(&lb, "eva", "another password").await;
    ana.refused(412, "/admin/users/eva/password", &another).await;

    let own = field(&ana.page("/admin/users/ana").await, "version");
    let viewer = [("display_name", ""), ("role", "viewer"), ("active", "yes"), ("version", &own), ("step", "preview")];
    assert!(ana.refused(409, "/admin/users/ana", &viewer).await.contains("id=\"f-role-error\""));
    ana.refused(409, "/admin/users/ana/remove", &[("version", &own)]).await;
    let version = field(&ana.page("/admin/users/eva/remove").await, "version");
    let forged = Browser { lb: &lb, cookie: ana.cookie.clone(), csrf: "forged".to_owned() };
    forged.refused(403, "/admin/users/eva/remove", &[("version", &version)]).await;
    assert_eq!(ana.does("/admin/users/eva/remove", &[("version", &version)]).await, "/admin/users?done=removed");
    assert_eq!(ana.get("/admin/users/eva").await.status, 404);
    let log = ana.page("/admin/audit?subject_kind=user&subject_name=eva").await;
    assert!(log.contains("removed") && log.contains("<ins><bdi>partner-manager</bdi></ins>"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_works_and_is_revoked_and_a_form_makes_one() {
    let lb = Lb::start("").await;
    with_user(&lb, "ana", &["administrator"]);
    with_user(&lb, "eva", &["viewer"]);
    let eva = Browser::log_in(&lb, "eva", PASSWORD).await;
    let page = eva.page("/admin/account").await;
    let there = field(&page, "there");
    let form = [("there", there.as_str()), ("from", "account"), ("label", HOSTILE), ("scope", "read")];
    let past = [&form[..], &[("expires_at", "2020-01-01T00:00")]].concat();
    assert!(eva.refused(400, "/admin/tokens/make", &past).await.contains("id=\"token-expires-error\""));
    let bad = [&form[..], &[("expires_at", "tomorrow")]].concat();
    assert!(eva.refused(400, "/admin/tokens/make", &bad).await.contains("id=\"token-expires-error\""));
    let of_ana = [&form[..], &[("user", "ana")]].concat();
    eva.refused(403, "/admin/tokens/make", &of_ana).await;
    // which users there are is not told to who may not guard
    let of_nobody = [&form[..], &[("user", "there-is-none")]].concat();
    eva.refused(403, "/admin/tokens/make", &of_nobody).await;
    let made = eva.post("/admin/tokens/make", &[&form[..], &[("expires_at", "2099-01-01T00:00")]].concat()).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.text();
    let token = made.split("<code id=\"token\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let shown = [("authorization", format!("Bearer {token}"))];
    let asks = async || {
        let url = format!("http://{}/api/v1/session", lb.pages);
        fetch(Method::GET, &url, None, &[(shown[0].0, &shown[0].1)]).await.unwrap().status
    };
    assert_eq!(asks().await, 200);
    assert!(eva.refused(412, "/admin/tokens/make", &form).await.contains("made twice"));
    let page = eva.page("/admin/account").await;
    assert!(page.contains(ESCAPED) && !page.contains(&token), "{page}");
    assert_eq!(page.matches("/admin/tokens/revoke?id=").count(), 1);

    let id = token.split('_').nth(1).unwrap();
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    assert!(ana.page("/admin/tokens?user=eva").await.contains(id));
    assert!(!ana.page("/admin/tokens?user=ana").await.contains(id));
    assert!(ana.page(&format!("/admin/tokens/revoke?id={id}")).await.contains(ESCAPED));
    assert_eq!(eva.get("/admin/tokens").await.status, 403);
    eva.does("/admin/tokens/revoke", &[("id", id), ("from", "account")]).await;
    assert_eq!(asks().await, 401);
    eva.refused(404, "/admin/tokens/revoke", &[("id", id), ("from", "account")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changes_the_own_password_who_knows_the_old_one_and_other_sessions_end() {
    let lb = Lb::start("").await;
    with_user(&lb, "eva", &["viewer"]);
    let (eva, elsewhere) = (Browser::log_in(&lb, "eva", PASSWORD).await, Browser::log_in(&lb, "eva", PASSWORD).await);
    let change = |old, new, again| [("old_password", old), ("new_password", new), ("again", again)];
    let path = "/admin/account/password";
    let wrong = eva.refused(403, path, &change("a wrong password", "another password", "another password")).await;
    assert!(wrong.contains("id=\"old-error\""), "{wrong}");
    let other = eva.refused(400, path, &change(PASSWORD, "another password", "yet another password")).await;
    assert!(other.contains("id=\"again-error\""), "{other}");
    assert!(eva.refused(400, path, &change(PASSWORD, "short", "short")).await.contains("id=\"new-error\""));
    let good = change(PASSWORD, "another password", "another password");
    assert_eq!(eva.does(path, &good).await, "/admin/account?done=saved");
    assert_eq!((eva.get("/admin/account").await.status, elsewhere.get("/admin/account").await.status), (200, 303));
    eva.refused(403, path, &good).await;
    for question in ["/admin/users", "/admin/audit", "/admin/persons", "/admin/network", "/admin/settings"] {
        assert_eq!(eva.get(question).await.status, 403, "{question}");
    }
    let portuguese = [("cookie", eva.cookie.as_str()), ("accept-language", "pt-BR")];
    let url = format!("http://{}/admin/account", lb.pages);
    let page = fetch(Method::GET, &url, None, &portuguese).await.unwrap().text();
    assert!(page.contains("Minha conta") && page.contains("Observador"), "{page}");
}

/// Two websites of two partners, a server, and who looks after each.
async fn with_meetings(more: &str) -> (Lb, Vec<lb_http::sim::SimulatedServer>) {
    let servers = simulated(1).await;
    let of = |name: &str, partner: &str| {
        format!(
            "[partners.{partner}]\n[[integrations]]\nname = \"{name}\"\npartner = \"{partner}\"\nsecrets = [\"the-secret-of-{name}\"]\n"
        )
    };
    let config = of("moodle", "ufrgs") + &of("portal", "puc") + &unwatched(&servers) + more;
    let lb = Lb::start(&config).await;
    lb.ready().await;
    with_user(&lb, "ana", &["administrator"]);
    with_user(&lb, "eva", &["viewer"]);
    with_user(&lb, "rita", &["partner-manager", "--partner", "ufrgs"]);
    (lb, servers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_found_told_of_and_ended_by_who_may_and_others_see_nothing_of_it() {
    let (lb, _servers) = with_meetings("[monitor]\ninterval = \"1s\"\n").await;
    let (moodle, portal) = (lb.website("the-secret-of-moodle"), lb.website("the-secret-of-portal"));
    moodle.call("create", &[("name", HOSTILE), ("meetingID", "room/1?&#")]).await.success();
    portal.call("create", &[("name", "Chemistry"), ("meetingID", "lab")]).await.success();
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    let rita = Browser::log_in(&lb, "rita", PASSWORD).await;
    let eva = Browser::log_in(&lb, "eva", PASSWORD).await;

    let all = ana.page("/admin/meetings").await;
    assert!(all.contains(ESCAPED) && all.contains("Chemistry"), "{all}");
    let one = "/admin/meetings/one?integration=moodle&amp;meeting_id=room%2F1%3F%26%23";
    assert!(all.contains(&one.replace("&amp;", "&#38;")) || all.contains(one), "{all}");
    assert!(!ana.page("/admin/meetings?text=chem").await.contains("room/1"));
    assert!(!ana.page("/admin/meetings?integration=moodle&server=&text=").await.contains("Chemistry"));
    let own = rita.page("/admin/meetings").await;
    assert!(own.contains(ESCAPED) && !own.contains("Chemistry"), "{own}");
    assert_eq!(rita.get("/admin/meetings?integration=portal").await.status, 404);
    let foreign = "/admin/meetings/one?integration=portal&meeting_id=lab";
    assert_eq!(rita.get(foreign).await.status, 404);
    assert_eq!(rita.get("/admin/meetings/end?integration=portal&meeting_id=lab").await.status, 404);
    let lab = [("integration", "portal"), ("meeting_id", "lab"), ("internal_id", "x")];
    rita.refused(404, "/admin/meetings/end", &lab).await;
    eva.refused(403, "/admin/meetings/end", &lab).await;

    let path = one.replace("&amp;", "&");
    let story = until(PATIENCE, "the creation is told", async || {
        let page = ana.page(&path).await;
        page.contains("Meeting created").then_some(page)
    });
    let story = story.await;
    assert!(story.contains("The website called <bdi>create</bdi>") && story.contains(ESCAPED), "{story}");
    assert!(story.contains("Why it is there") && story.contains("/admin/meetings/end?"), "{story}");
    let looked = eva.page(&path).await;
    assert!(!looked.contains("/admin/meetings/end?"), "who looks on is offered no end: {looked}");
    let events = rita.page("/admin/events?kind=meeting-created&kind=meeting-ended").await;
    assert!(events.contains(ESCAPED) && !events.contains("Chemistry"), "{events}");
    assert_eq!(rita.get("/admin/events?integration=portal").await.status, 404);
    assert_eq!(ana.get("/admin/events?from=yesterday").await.status, 400);
    assert_eq!(ana.get("/admin/events?after=nowhere").await.status, 400);
    assert!(!ana.page("/admin/events?from=2099-01-01T00:00").await.contains("Chemistry"));

    let asked = rita.page("/admin/meetings/end?integration=moodle&meeting_id=room%2F1%3F%26%23").await;
    let internal_id = field(&asked, "internal_id");
    let end = |id| [("integration", "moodle"), ("meeting_id", "room/1?&#"), ("internal_id", id)];
    rita.refused(412, "/admin/meetings/end", &end("another-life")).await;
    assert!(ana.page("/admin/meetings").await.contains("room/1"), "it runs still");
    assert!(rita.does("/admin/meetings/end", &end(&internal_id)).await.contains("ending=true"));
    until(PATIENCE, "the meeting is gone", async || {
        (!ana.page("/admin/meetings").await.contains("room/1")).then_some(())
    })
    .await;
    rita.refused(404, "/admin/meetings/end", &end(&internal_id)).await;
    let after = until(PATIENCE, "its end is told", async || {
        let page = rita.page(&path).await;
        page.contains("Meeting ended").then_some(page)
    });
    assert!(after.await.contains("has ended"));
    assert!(ana.page("/admin/audit?by=rita&subject_kind=meeting").await.contains("room/1?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_taken_back_published_given_to_another_and_deleted_as_it_was_shown() {
    let (lb, servers) = with_meetings("[monitor]\ninterval = \"1s\"\n[recordings]\ninterval = \"1s\"\n").await;
    let moodle = lb.website("the-secret-of-moodle");
    let params = [("name", HOSTILE), ("meetingID", "room"), ("record", "true"), ("meta_course", "<b>7</b>")];
    moodle.call("create", &params).await.success();
    assert!(servers[0].with(|bbb| bbb.end(Timestamp::from_millis(u64::MAX / 2), "room")));
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    let rita = Browser::log_in(&lb, "rita", PASSWORD).await;
    let list = until(PATIENCE, "the recording is listed", async || {
        let page = rita.page("/admin/recordings?integration=&state=").await;
        page.contains("/admin/recordings/one?id=").then_some(page)
    });
    let list = list.await;
    let id = list.split("/admin/recordings/one?id=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let one = format!("/admin/recordings/one?id={id}");
    let page = rita.page(&one).await;
    assert!(page.contains("&#60;b&#62;7") && !page.contains("<b>7"), "{page}");
    assert_eq!(field(&page, "state"), "published");
    let shown = |state| [("id", id.as_str()), ("state", state)];
    rita.refused(412, "/admin/recordings/unpublish", &shown("processed")).await;
    rita.does("/admin/recordings/unpublish", &shown("published")).await;
    rita.refused(412, "/admin/recordings/unpublish", &shown("published")).await;
    assert!(rita.page("/admin/recordings?state=unpublished").await.contains(&id));
    assert!(!rita.page("/admin/recordings?state=published").await.contains(&id));
    rita.does("/admin/recordings/publish", &shown("unpublished")).await;
    assert_eq!(rita.get("/admin/recordings?state=stolen").await.status, 400);
    rita.refused(403, "/admin/recordings/assign", &[("id", &id), ("integration", "portal"), ("was", "moodle")]).await;
    assert_eq!(rita.get("/admin/recordings?integration=portal").await.status, 404);

    let give = [("id", id.as_str()), ("integration", "portal"), ("was", "moodle")];
    ana.refused(404, "/admin/recordings/assign", &[give[0], ("integration", "nobody"), give[2]]).await;
    ana.does("/admin/recordings/assign", &give).await;
    ana.refused(412, "/admin/recordings/assign", &give).await;
    assert_eq!(rita.get(&one).await.status, 404, "it is another's now");
    rita.refused(404, "/admin/recordings/delete", &shown("published")).await;
    let eva = Browser::log_in(&lb, "eva", PASSWORD).await;
    eva.refused(403, "/admin/recordings/delete", &shown("published")).await;
    assert!(ana.page(&format!("/admin/recordings/delete?id={id}")).await.contains("nobody can bring it back"));
    ana.refused(412, "/admin/recordings/delete", &shown("unpublished")).await;
    ana.does("/admin/recordings/delete", &shown("published")).await;
    assert!(!ana.page("/admin/recordings").await.contains(&id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_handed_out_and_erased_once() {
    let (lb, _servers) = with_meetings("").await;
    let moodle = lb.website("the-secret-of-moodle");
    moodle.create("room").await.success();
    let name = "Zoraide <i>Quintanilha</i>";
    let join = [("fullName", name), ("meetingID", "room"), ("role", "VIEWER"), ("userID", "4711")];
    assert!(moodle.call("join", &join).await.location.is_some());
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    let who = [("integration", "moodle"), ("user_id", "4711"), ("name", "")];
    let nobody = ana.refused(400, "/admin/persons", &[("integration", "moodle"), ("user_id", ""), ("name", "")]).await;
    assert!(nobody.contains("id=\"who-error\""), "{nobody}");
    let found = until(PATIENCE, "the join is stored", async || {
        let text = ana.post("/admin/persons", &who).await.text();
        text.contains("name=\"events\"").then_some(text)
    });
    let events = field(&found.await, "events");
    let by_name = ana.post("/admin/persons", &[("name", name)]).await.text();
    assert!(by_name.contains("Zoraide &#60;i&#62;") && by_name.contains("name=\"events\""), "{by_name}");
    let file = ana.post("/admin/persons/export", &who).await;
    let told: serde_json::Value = serde_json::from_slice(&file.body).unwrap();
    assert_eq!((file.status, &told["items"][0]["data"]["name"], &told["more"]), (200, &name.into(), &false.into()));

    let meant = |events, sure| [&who[..], &[("events", events), ("sure", sure)]].concat();
    assert!(ana.refused(400, "/admin/persons/erase", &meant(&events, "")).await.contains("id=\"sure-error\""));
    ana.refused(412, "/admin/persons/erase", &meant("99", "yes")).await;
    assert!(ana.post("/admin/persons", &who).await.text().contains("name=\"events\""), "nothing was erased");
    let erased = ana.post("/admin/persons/erase", &meant(&events, "yes")).await;
    assert!(erased.status == 200 && erased.text().contains("do not name this person any more"), "{}", erased.text());
    ana.refused(412, "/admin/persons/erase", &meant(&events, "yes")).await;
    assert!(!ana.post("/admin/persons", &[("name", name)]).await.text().contains("name=\"events\""));
    let rita = Browser::log_in(&lb, "rita", PASSWORD).await;
    rita.refused(403, "/admin/persons/erase", &meant(&events, "yes")).await;
    let log = ana.page("/admin/audit?subject_kind=person").await;
    assert!(log.contains("erased") && !log.contains("Zoraide") && !log.contains("4711"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_is_exported_applied_after_a_look_and_what_is_stale_changes_nothing() {
    let servers = simulated(1).await;
    let lb = Lb::start(&(integrations(&[("moodle", "the-secret-of-moodle")]) + &unwatched(&servers))).await;
    with_user(&lb, "ana", &["administrator"]);
    let ana = Browser::log_in(&lb, "ana", PASSWORD).await;
    let wish =
        "[plans.school]\nmay_record = false\n[partners.\"<b>x\"]\n[[integrations]]\nname = 'wiki'\nplan = 'school'\n";
    let shown = ana.post("/admin/network/preview", &[("document", wish)]).await;
    let page = shown.text();
    assert!(shown.status == 200 && page.contains("school") && page.contains("&#60;b&#62;x"), "{page}");
    assert!(page.contains("<ins><bdi>false</bdi></ins>") && !page.contains("<b>x"), "{page}");
    assert_eq!(ana.get("/api/v1/plans/school").await.status, 404, "only shown");
    let base = field(&page, "base");
    let applied = ana.post("/admin/network/apply", &[("document", wish), ("base", &base)]).await;
    let text = applied.text();
    assert!(applied.status == 200 && text.contains("wiki") && text.contains("class=\"secret\""), "{text}");
    ana.refused(412, "/admin/network/apply", &[("document", wish), ("base", &base)]).await;
    ana.refused(400, "/admin/network/apply", &[("document", wish)]).await;

    for format in ["toml", "json"] {
        for secrets in ["", "yes"] {
            let file = ana.post("/admin/network/export", &[("format", format), ("secrets", secrets)]).await;
            assert_eq!(file.status, 200);
            let file = file.text();
            assert!(file.contains("wiki") && !file.contains("moodle"), "what the file declares is not in it: {file}");
            let again = ana.post("/admin/network/preview", &[("document", &file), ("prune", "yes")]).await.text();
            assert!(again.contains("nothing would change") && !again.contains("<ins>"), "{format} {secrets}: {again}");
        }
    }
    until(PATIENCE, "who had the secrets shown is told", async || {
        let audit = ana.page("/admin/audit?subject_kind=network").await;
        (audit.matches("secret shown").count() == 2).then_some(())
    })
    .await;

    let gone = ana.post("/admin/network/preview", &[("document", "[plans.school]\n"), ("prune", "yes")]).await.text();
    assert!(gone.contains("wiki") && gone.contains("removed"), "{gone}");
    let base = field(&gone, "base");
    here(&lb, &["plan", "put", "other"], "");
    let overtaken = [("document", "[plans.school]\n"), ("prune", "yes"), ("base", base.as_str())];
    ana.refused(412, "/admin/network/apply", &overtaken).await;
    assert_eq!(ana.get("/api/v1/integrations/wiki").await.status, 200, "it is there still");
    for wrong in [
        "",
        "[plans",
        "{\"plans\": 7}",
        "[plans.school]\nmay_dance = true\n",
        "[[integrations]]\nname = 'moodle'\nplan = 'none'\n",
    ] {
        let answer = ana.post("/admin/network/preview", &[("document", wrong)]).await;
        let said = answer.text().contains("id=\"document-error\"");
        assert!((400..500).contains(&answer.status) && said, "{wrong}: {}", answer.text());
    }
    let settings = ana.page("/admin/settings").await;
    assert!(settings.contains("store.url") && settings.contains(&lb.address.to_string()), "{settings}");
}
