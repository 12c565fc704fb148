//! The people who run the network, over real HTTP: they log in, guessing is stopped, tokens end, sessions outlive a restart.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use harness::{Answer, Lb, fetch, lb_binary, until};
use hyper::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

/// Somebody with a browser or a program, at an address of their own behind a proxy that is trusted.
struct Person<'a> {
    lb: &'a Lb,
    address: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Person<'a> {
    fn at(lb: &'a Lb, address: &'static str) -> Self {
        Self { lb, address, headers: Vec::new() }
    }

    fn with_token(lb: &'a Lb, token: &str) -> Self {
        Self { headers: vec![("authorization", format!("Bearer {token}"))], ..Self::at(lb, "192.0.2.99") }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let mut headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("x-forwarded-for", self.address));
        let url = format!("http://{}/api/v1{path}", self.lb.pages);
        let body = (!body.is_null()).then(|| ("application/json", Bytes::from(body.to_string())));
        fetch(method, &url, body, &headers).await.unwrap()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        told(&self.ask(Method::GET, path, Value::Null).await)
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        told(&self.ask(Method::POST, path, body).await)
    }

    async fn try_log_in(&self, name: &str, password: &str) -> (u16, Value) {
        self.post("/session", json!({ "name": name, "password": password })).await
    }

    /// Logs in; from then on they show the cookie and the token that goes with it.
    async fn log_in(mut self, name: &str, password: &str) -> Self {
        let answer = self.ask(Method::POST, "/session", json!({ "name": name, "password": password })).await;
        let (status, body) = told(&answer);
        assert_eq!(status, 200, "{body}");
        let cookie = answer.cookie.unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        self.headers.push(("cookie", cookie.split(';').next().unwrap().to_owned()));
        self.headers.push(("x-csrf-token", body["csrf_token"].as_str().unwrap().to_owned()));
        self
    }
}

fn told(answer: &Answer) -> (u16, Value) {
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
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

/// A balancer with an administrator and a viewer.
async fn with_people() -> Lb {
    let lb = Lb::start("").await;
    for (name, role) in [("ana", "administrator"), ("eva", "viewer")] {
        let made = here(&lb, &["user", "create", name, "--role", role, "--password-stdin"], PASSWORD);
        assert_eq!(made, format!("user {name} is created\n"));
    }
    lb
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_once_with_the_token_that_is_shown_beside_the_log() {
    let mut lb = Lb::start("").await;
    let shown = |lb: &Lb| {
        let log = lb.log();
        let line = log.lines().rfind(|line| line.contains("/first-administrator?token=")).unwrap().to_owned();
        assert!(line.starts_with("Nobody can log in yet."), "it is no line of the log: {line}");
        line.split_once("token=").unwrap().1.split(' ').next().unwrap().to_owned()
    };
    let old = shown(&lb);
    lb.restart().await;
    let token = shown(&lb);
    let person = Person::at(&lb, "192.0.2.1");
    let wish = |token: &str| json!({ "token": token, "name": "ana", "password": PASSWORD });
    assert_eq!(person.post("/first-administrator", wish(&old)).await.0, 403, "the start before");
    let (status, page) = lb.get(&format!("/first-administrator?token={token}")).await.unwrap();
    assert!(status == 200 && page.contains(&format!("name=\"token\" value=\"{token}\"")), "{page}");
    let form = |token: &str| format!("token={token}&name=ana&display_name=Ana&password={}", PASSWORD.replace(' ', "+"));
    let url = format!("http://{}/first-administrator", lb.pages);
    let kind = "application/x-www-form-urlencoded";
    let sent = async |token: &str| fetch(Method::POST, &url, Some((kind, form(token).into())), &[]).await.unwrap();
    assert_eq!(sent("wrong").await.status, 403);
    let made = sent(&token).await;
    assert_eq!((made.status, made.location.as_deref()), (303, Some("/admin/start")), "{}", made.text());
    assert!(made.cookie.as_ref().is_some_and(|cookie| cookie.starts_with("lb_session=")), "she is logged in");
    assert_eq!(sent(&token).await.status, 403, "it is used up");
    assert_eq!(person.post("/first-administrator", wish(&token)).await.0, 403);
    let person = person.log_in("ana", PASSWORD).await;
    assert_eq!(person.get("/session").await.1["role"], "administrator");
    drop(person);
    lb.restart().await;
    assert_eq!(lb.log().matches("/first-administrator?token=").count(), 2, "there is somebody now");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_locked_out_and_the_right_password_from_elsewhere_works() {
    let lb = with_people().await;
    let (guesser, owner) = (Person::at(&lb, "192.0.2.1"), Person::at(&lb, "192.0.2.2"));
    let mut refused = Vec::new();
    for number in 0..5 {
        refused.push(guesser.try_log_in("ana", &format!("wrong password {number}")).await);
        refused.push(Person::at(&lb, "192.0.2.3").try_log_in("nobody", &format!("wrong password {number}")).await);
    }
    assert_eq!(refused[0].0, 401);
    assert!(refused.iter().all(|one| *one == refused[0]), "nobody learns who is there: {refused:?}");
    for name in ["ana", "nobody"] {
        let address = if name == "ana" { "192.0.2.1" } else { "192.0.2.3" };
        let (status, body) = Person::at(&lb, address).try_log_in(name, PASSWORD).await;
        assert_eq!((status, body["detail"].as_str().unwrap()), (429, LOCKED), "{name}");
    }
    assert_eq!(guesser.try_log_in("eva", PASSWORD).await.0, 200, "another account");
    let owner = owner.log_in("ana", PASSWORD).await;
    assert_eq!(owner.get("/users").await.0, 200);
    for number in 0..14 {
        guesser.try_log_in(&format!("user{number}"), "wrong password").await;
    }
    assert_eq!(guesser.try_log_in("user14", "wrong password").await.0, 401, "the twentieth");
    assert_eq!(guesser.try_log_in("eva", PASSWORD).await.0, 429, "now the address is locked");
    assert!(lb.log().contains("locked-out"));
    assert!(!lb.log().contains("wrong password"));
}

const LOCKED: &str = "too many wrong passwords were given: try again in 15 minutes";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_a_restart_changes_nothing_without_its_token_and_ends_with_the_log_out() {
    let mut lb = with_people().await;
    let headers = Person::at(&lb, "192.0.2.1").log_in("ana", PASSWORD).await.headers;
    lb.restart().await;
    let ana = Person { lb: &lb, address: "192.0.2.1", headers };
    let (status, session) = ana.get("/session").await;
    assert_eq!((status, session["user"].as_str()), (200, Some("ana")));
    let forged = Person { lb: &lb, address: "192.0.2.1", headers: ana.headers[..1].to_vec() };
    assert_eq!(forged.ask(Method::DELETE, "/users/eva", Value::Null).await.status, 403);
    let weak = json!({ "old_password": PASSWORD, "new_password": "short" });
    assert_eq!(ana.post("/session/password", weak).await.0, 400);
    let other = Person::at(&lb, "192.0.2.2").log_in("ana", PASSWORD).await;
    let change = json!({ "old_password": PASSWORD, "new_password": "another password" });
    assert_eq!(ana.post("/session/password", change).await.0, 204);
    assert_eq!((ana.get("/session").await.0, other.get("/session").await.0), (200, 401));
    assert_eq!(ana.ask(Method::DELETE, "/session", Value::Null).await.status, 204);
    assert_eq!(ana.get("/session").await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_its_scope_says_and_ends_with_its_user() {
    let lb = with_people().await;
    let make = |user: &str, scope: &str| {
        here(&lb, &["token", "make", "--user", user, "--label", "a test", "--scope", scope], "").trim().to_owned()
    };
    let (full, read, evas) = (make("ana", "full"), make("ana", "read"), make("eva", "full"));
    let (full, read, eva) =
        (Person::with_token(&lb, &full), Person::with_token(&lb, &read), Person::with_token(&lb, &evas));
    assert_eq!((full.get("/users").await.0, read.get("/users").await.0), (200, 403));
    assert_eq!(read.get("/partners").await.0, 200);
    let listed = eva.get("/tokens").await.1;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "her own alone: {listed}");
    assert_eq!(full.get("/tokens").await.1["items"].as_array().unwrap().len(), 3);
    assert!(!full.get("/tokens").await.1.to_string().contains("lbt_"));
    let another = json!({ "user": "ana", "label": "x", "scope": "full" });
    assert_eq!(eva.post("/tokens", another).await.0, 403);
    let late = json!({ "label": "x", "scope": "read", "expires_at": "2020-01-01T00:00:00Z" });
    assert_eq!(full.post("/tokens", late).await.0, 400);
    let soon = (Timestamp::now() + SignedDuration::from_secs(2)).to_string();
    let (_, short) = full.post("/tokens", json!({ "label": "x", "scope": "read", "expires_at": soon })).await;
    let short = Person::with_token(&lb, short["token"].as_str().unwrap());
    until(Duration::from_secs(20), "the token expires", async || (short.get("/session").await.0 == 401).then_some(()))
        .await;
    assert_eq!(full.ask(Method::DELETE, "/users/eva", Value::Null).await.status, 204);
    assert_eq!(eva.get("/session").await.0, 401, "the user is gone");
    let last = full.ask(Method::DELETE, "/users/ana", Value::Null).await;
    assert_eq!(told(&last).1["detail"], "user ana is the last active administrator: make another one first");
    assert_eq!((last.status, full.get("/session").await.0), (409, 200));
    let id = read.headers[0].1.split('_').nth(1).unwrap();
    assert_eq!(here(&lb, &["token", "revoke", id, "--yes"], ""), format!("token {id} is revoked\n"));
    assert_eq!((full.get("/session").await.0, read.get("/session").await.0), (200, 401));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_somebody_looks_after_stays_and_they_see_nothing_else() {
    let lb = with_people().await;
    here(&lb, &["partner", "put", "ufrgs"], "");
    here(&lb, &["user", "create", "pia", "--partner", "ufrgs", "--password-stdin"], PASSWORD);
    let pia = Person::at(&lb, "192.0.2.1").log_in("pia", PASSWORD).await;
    assert_eq!(
        (pia.get("/integrations").await.0, pia.get("/partners").await.0, pia.get("/users").await.0),
        (200, 403, 403)
    );
    let (code, _, errors) = lb.run(&["partner", "remove", "ufrgs", "--yes"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("partner ufrgs is looked after by user pia: it cannot be removed"), "{errors}");
    here(&lb, &["user", "change", "pia", "--role", "viewer"], "");
    assert_eq!(pia.get("/partners").await.0, 200, "at once");
    here(&lb, &["partner", "remove", "ufrgs", "--yes"], "");
}
