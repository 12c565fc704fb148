//! Servers over HTTP. Nothing polls here by itself: the fleet is what a test says.

use lb_core::source::ServerSource;
use serde_json::{Value, json};

use super::*;

const BODY: &str = r#"{"url": "https://bbb1.example.org", "secret": "s3cr3t-of-bbb1", "tags": ["gpu"]}"#;

impl Asked {
    async fn administered() -> (Self, Shown) {
        let asked = Self::new().await;
        asked.user("root", Role::Administrator, None).await;
        let root = asked.token("root", None).await;
        (asked, root)
    }

    /// Asks what knows the servers.
    async fn poll(&self) {
        let setup = self.prepared.service().setup.load();
        let source: &dyn ServerSource = &*setup.source;
        setup.balancer.refresh(source).await;
    }

    async fn json(&self, method: Method, path: &str, shown: &Shown, body: Option<&str>) -> (u16, Value) {
        let (status, text) = self.ask(method, path, shown, body).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str, shown: &Shown) -> (u16, Value) {
        self.json(Method::GET, path, shown, None).await
    }
}

fn with(shown: &Shown, name: &'static str, value: &str) -> Shown {
    let headers = shown.headers.iter().cloned().chain([(name, value.to_owned())]);
    Shown { headers: headers.collect() }
}

#[tokio::test(start_paused = true)]
async fn a_server_is_put_shown_changed_with_its_version_and_removed() {
    let (asked, root) = Asked::administered().await;
    let (status, made) = asked.json(Method::PUT, "/servers/bbb1", &root, Some(BODY)).await;
    assert_eq!((status, &made["status"], &made["has_secret"]), (201, &Value::Null, &json!(true)), "nobody has polled");
    asked.poll().await;
    let (status, shown) = asked.get("/servers/bbb1", &root).await;
    assert_eq!((status, &shown["status"]["state"], &shown["word"]), (200, &json!("enabled"), &json!("automatic")));
    assert_eq!(shown["url"], "https://bbb1.example.org/bigbluebutton/api/");
    assert!(!shown.to_string().contains("s3cr3t"), "{shown}");

    let other = r#"{"url": "https://bbb1.example.org", "capacity": 7}"#;
    let (status, _) = asked.ask(Method::PUT, "/servers/bbb1", &with(&root, "if-match", "\"0\""), Some(other)).await;
    assert_eq!(status, 412);
    let (status, _) = asked.ask(Method::PUT, "/servers/bbb1", &with(&root, "if-none-match", "*"), Some(other)).await;
    assert_eq!(status, 412);
    let (status, changed) = asked.json(Method::PUT, "/servers/bbb1", &with(&root, "if-match", "*"), Some(other)).await;
    assert_eq!((status, &changed["capacity"], &changed["has_secret"]), (200, &json!(7), &json!(true)));
    assert_eq!((&changed["tags"], &changed["said_by"]["capacity"]), (&Value::Null, &json!("administrator")));
    assert_eq!(asked.ask(Method::DELETE, "/servers/bbb1", &root, None).await.0, 204);
    assert_eq!(asked.ask(Method::DELETE, "/servers/bbb1", &root, None).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_server_is_said() {
    let (asked, root) = Asked::administered().await;
    for (body, said) in [
        ("{}", "server bbb1 has no URL"),
        (r#"{"url": "https://a"}"#, "server bbb1 has no secret"),
        (r#"{"url": "ftp://a", "secret": "12345678"}"#, "not an absolute http or https URL"),
        (r#"{"url": "https://u:p@a", "secret": "12345678"}"#, "without user name"),
        (r#"{"url": "https://a", "secret": "1234567"}"#, "8 to 255 characters"),
        (r#"{"url": "https://a", "secret": "12345678", "capacity": 0}"#, "capacity of 0"),
        (r#"{"url": "https://a", "secret": "12345678", "weight": 0}"#, "weight"),
        (r#"{"url": "https://a", "secret": "12345678", "checksum": "md5"}"#, "md5"),
        (r#"{"url": "https://a", "secret": "12345678", "word": "off"}"#, "off"),
        (r#"{"url": "https://a", "secret": "12345678", "salt": "x"}"#, "salt"),
        (r#"{"url": "https://a", "secret": "12345678", "position": {"latitude": 91, "longitude": 0}}"#, "latitude"),
    ] {
        let (status, problem) = asked.json(Method::PUT, "/servers/bbb1", &root, Some(body)).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(status == 400 && detail.contains(said), "{body}: {status} {detail}");
        assert!(!detail.contains("12345678"), "{detail}");
    }
    assert_eq!(asked.get("/servers/bbb1", &root).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn servers_are_listed_by_state_and_tag_and_page_by_page() {
    let (asked, root) = Asked::administered().await;
    for number in 1..=3 {
        let tags = if number == 2 { "\"gpu\"" } else { "" };
        let word = if number == 3 { "force-disabled" } else { "automatic" };
        let body = format!(
            r#"{{"url": "https://bbb{number}.example.org", "secret": "s3cr3t-of-bbb", "tags": [{tags}], "word": "{word}"}}"#
        );
        assert_eq!(asked.ask(Method::PUT, &format!("/servers/bbb{number}"), &root, Some(&body)).await.0, 201);
    }
    asked.poll().await;
    let names = async |path: &str| {
        let (status, list) = asked.get(path, &root).await;
        assert_eq!(status, 200, "{list}");
        let items = list["items"].as_array().unwrap();
        let names = items.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ");
        (names, list["next"].as_str().map(str::to_owned))
    };
    assert_eq!(names("/servers").await, ("bbb1 bbb2 bbb3".to_owned(), None));
    assert_eq!(names("/servers?state=enabled").await.0, "bbb1 bbb2");
    assert_eq!(names("/servers?state=force-disabled").await.0, "bbb3");
    assert_eq!(names("/servers?tag=gpu").await.0, "bbb2");
    assert_eq!(names("/servers?limit=2").await, ("bbb1 bbb2".to_owned(), Some("bbb2".to_owned())));
    assert_eq!(names("/servers?limit=2&after=bbb2").await, ("bbb3".to_owned(), None));
    assert_eq!(asked.get("/servers?state=tired", &root).await.0, 400);

    let (_, status) = asked.get("/status", &root).await;
    assert_eq!(
        (
            &status["servers"]["total"],
            &status["servers"]["by_state"]["enabled"],
            &status["servers"]["by_state"]["gone"]
        ),
        (&json!(3), &json!(2), &json!(0))
    );
    assert_eq!((&status["store"]["writable"], &status["alarms"]), (&json!(true), &json!([])));
    let (_, monitor) = asked.get("/monitor", &root).await;
    assert_eq!(
        (&monitor["kind"], &monitor["trouble"], &monitor["interval_seconds"]),
        (&json!("static"), &Value::Null, &json!(10))
    );
    assert!(monitor["good_at"].is_string() && monitor["age_seconds"].is_number(), "{monitor}");
}

#[tokio::test(start_paused = true)]
async fn words_are_said_and_a_drain_is_waited_for() {
    let (asked, root) = Asked::administered().await;
    asked.ask(Method::PUT, "/servers/bbb1", &root, Some(BODY)).await;
    asked.poll().await;
    for (action, word, state) in [
        ("force-enable", "force-enabled", "force-enabled"),
        ("undrain", "force-enabled", "force-enabled"),
        ("force-disable", "force-disabled", "force-disabled"),
        ("automatic", "automatic", "enabled"),
        ("drain", "force-disabled", "force-disabled"),
        ("undrain", "automatic", "enabled"),
    ] {
        let (status, view) = asked.json(Method::POST, &format!("/servers/bbb1/{action}"), &root, None).await;
        assert_eq!((status, &view["word"], &view["status"]["state"]), (200, &json!(word), &json!(state)), "{action}");
    }
    let (_, drained) = asked.get("/servers/bbb1/drained?wait=30", &root).await;
    assert_eq!(drained, json!({"drained": false, "word": "automatic", "meetings": 0, "users": 0}), "at once");
    asked.ask(Method::POST, "/servers/bbb1/drain", &root, None).await;
    let (_, drained) = asked.get("/servers/bbb1/drained?wait=30", &root).await;
    assert_eq!((&drained["drained"], &drained["word"]), (&json!(true), &json!("force-disabled")));
    assert_eq!(asked.get("/servers/bbb1/drained?wait=31", &root).await.0, 400);
    for path in ["/servers/bbb9/drain", "/servers/bbb9/release", "/servers/bbb9/reveal"] {
        assert_eq!(asked.ask(Method::POST, path, &root, None).await.0, 404, "{path}");
    }
    assert_eq!(asked.get("/servers/bbb9/drained", &root).await.0, 404);
    assert_eq!(asked.ask(Method::POST, "/servers/bbb1/release", &root, None).await.0, 409, "it answers");
    assert_eq!(asked.json(Method::POST, "/freeze/lift", &root, None).await, (200, json!({"lifted": false})));
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_revealed_to_who_may_read_secrets_and_that_is_told() {
    let (asked, root) = Asked::administered().await;
    asked.ask(Method::PUT, "/servers/bbb1", &root, Some(BODY)).await;
    let (status, shown) = asked.json(Method::POST, "/servers/bbb1/reveal", &root, None).await;
    assert_eq!((status, shown), (200, json!({"secret": "s3cr3t-of-bbb1"})));
    let (_, audit) = asked.get("/audit?subject_kind=server", &root).await;
    let told: Vec<_> = audit["items"].as_array().unwrap().iter().map(|entry| entry["how"].clone()).collect();
    assert_eq!(told, [json!("revealed"), json!("added")]);
    assert!(!audit.to_string().contains("s3cr3t"), "{audit}");
}
