//! What people and websites are told whose join fails, by the real binary.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Answer, Lb, Website, fetch, integrations, raw, simulated, until, unwatched};
use hyper::Method;

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
const BRAZILIAN: (&str, &str) = ("accept-language", "pt-BR,pt;q=0.9,en;q=0.5");
const NOWHERE: [(&str, &str); 2] = [("fullName", "Ana <b>"), ("meetingID", "nowhere")];

async fn start(servers: &str) -> (Lb, Website) {
    let lb = Lb::start(&format!(
        "[monitor]\ninterval = \"200ms\"\n{servers}{}",
        integrations(&[("moodle", "moodle-secret")])
    ))
    .await;
    let moodle = lb.website("moodle-secret");
    (lb, moodle)
}

#[track_caller]
fn page(answer: &Answer, title: &str) -> String {
    let text = answer.text();
    assert!(answer.status == 200 && answer.location.is_none(), "{} {text}", answer.status);
    assert!(text.starts_with("<!DOCTYPE html>") && text.contains(&format!("<h1>{title}</h1>")), "{text}");
    assert!(!text.contains("Ana") && !text.contains("nowhere"), "it shows nothing of the request: {text}");
    text
}

#[tokio::test]
async fn a_person_reads_a_page_and_a_program_gets_xml() {
    let (lb, moodle) = start("").await;
    let english = moodle.call_with("join", &NOWHERE, &[BROWSER]).await;
    page(&english, "The meeting has not started, or it is over");
    let portuguese = moodle.call_with("join", &NOWHERE, &[BROWSER, BRAZILIAN]).await;
    assert!(page(&portuguese, "A reunião ainda não começou ou já terminou").contains("lang=\"pt-BR\""));
    let forged = lb.website("another-secret").call_with("join", &NOWHERE, &[BROWSER]).await;
    assert!(!page(&forged, "This link does not work").contains("Try again"));

    for headers in [&[][..], &[("accept", "*/*")], &[("accept", "text/xml, text/html")]] {
        moodle.call_with("join", &NOWHERE, headers).await.failed("notFound");
    }
    let without_redirect = [NOWHERE[0], NOWHERE[1], ("redirect", "false")];
    moodle.call_with("join", &without_redirect, &[BROWSER]).await.failed("notFound");
    // other calls stay what they are, whoever makes them
    moodle.call_with("getMeetingInfo", &[("meetingID", "nowhere")], &[BROWSER]).await.failed("notFound");
}

#[tokio::test]
async fn the_page_forbids_the_browser_everything_else() {
    let (lb, moodle) = start("").await;
    let url = moodle.url("join", &NOWHERE);
    let target = url.split_once(&lb.address.to_string()).unwrap().1;
    let request = format!("GET {target} HTTP/1.1\r\nHost: lb\r\nAccept: {}\r\nConnection: close\r\n\r\n", BROWSER.1);
    let answer = raw(lb.address, request.as_bytes(), Duration::from_secs(20)).await.unwrap().to_ascii_lowercase();
    for header in [
        "content-type: text/html;charset=utf-8",
        "content-language: en",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'; style-src 'sha256-",
    ] {
        assert!(answer.contains(header), "{header} is not in {answer}");
    }
}

#[tokio::test]
async fn only_a_signed_join_goes_where_it_says() {
    let (lb, moodle) = start("").await;
    let with = |target: &'static str| [NOWHERE[0], NOWHERE[1], ("errorRedirectUrl", target)];
    for headers in [&[][..], &[BROWSER]] {
        let answer = moodle.call_with("join", &with("https://m.example.org/sorry?id=7#top"), headers).await;
        let location = url::Url::parse(&answer.location.unwrap()).unwrap();
        assert_eq!((answer.status, location.fragment()), (302, Some("top")));
        let (key, told) = location.query_pairs().last().unwrap();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&*key, &told[0]["key"]), ("errors", &"notFound".into()));
        assert!(told[0]["message"].as_str().unwrap().starts_with("We could not find a meeting"));
    }
    moodle.call("join", &with("javascript:alert(1)")).await.failed("notFound");
    let forged = lb.website("another-secret");
    forged.call("join", &with("https://elsewhere.example.org/")).await.failed("checksumError");
    page(
        &forged.call_with("join", &with("https://elsewhere.example.org/"), &[BROWSER]).await,
        "This link does not work",
    );
    let unsigned = format!("{}join?errorRedirectUrl=https%3A%2F%2Felsewhere.example.org%2F", moodle.base);
    fetch(Method::GET, &unsigned, None, &[]).await.unwrap().failed("checksumError");
}

#[tokio::test]
async fn when_the_server_of_the_room_is_away_a_person_is_asked_to_wait_a_minute() {
    let servers = simulated(1).await;
    let (lb, moodle) = start(&unwatched(&servers)).await;
    lb.ready().await;
    moodle.create("room-1").await.success();
    let join = [("fullName", "Ana"), ("meetingID", "room-1"), ("role", "VIEWER")];
    assert_eq!(moodle.call_with("join", &join, &[BROWSER]).await.status, 302);

    servers[0].stop().await;
    let refused = until(Duration::from_secs(30), "the server is suspended", async || {
        Some(moodle.call_with("join", &join, &[BROWSER]).await).filter(|answer| answer.status == 200)
    })
    .await;
    let text = page(&refused, "The room’s server does not answer at the moment");
    assert!(text.contains("Please try again in a minute.") && text.contains(">Try again</a>"), "{text}");
    servers[0].reopen().await.unwrap();
    until(Duration::from_secs(30), "the same link works again", async || {
        Some(moodle.call_with("join", &join, &[BROWSER]).await).filter(|answer| answer.status == 302)
    })
    .await;
}
