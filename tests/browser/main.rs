//! The pages in a real browser, as people use them: Debian's Chromium before the real binary and a simulated network.
//!
//! Each story is a script of `stories/`, which drives the browser by playwright-core; `page.mjs` watches over each page that it
//! opens: no error on the console, nothing that the Content-Security-Policy forbids, nothing from elsewhere. What happens behind
//! the pages, a server that turns CRITICAL or a balancer that dies, a script asks of its [`Stage`]. Screenshots are left in
//! `screenshots/` beside what cargo builds.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
#![allow(unreachable_pub, reason = "a test is nobody's library")]

mod demo;
#[path = "../harness/mod.rs"]
mod harness;
mod script;
mod stage;

use self::demo::Demo;
use self::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_demo_can_be_used_by_everybody_and_looked_at() {
    Demo::start().await.play("gallery").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_logs_in_and_out_and_a_wrong_password_lets_nobody_in() {
    Stage::usual().await.play("log_in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_speak_english_and_brazilian_portuguese() {
    Stage::usual().await.play("languages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_reads_why_and_a_partner_sees_only_its_own() {
    Stage::usual().await.play("forbidden").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_are_forged_or_replayed_change_nothing() {
    Stage::usual().await.play("forged").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_turns_critical_shows_on_the_dashboard_at_once() {
    Stage::usual().await.play("critical").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_goes_on_by_itself_after_the_balancer_has_died_and_come_back() {
    Stage::usual().await.play("recovery").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_and_reports_are_read_without_scripts() {
    Stage::usual().await.play("no_script").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_stay_text_on_every_page() {
    Stage::usual().await.play("hostile").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_leads_from_nothing_to_a_meeting() {
    Stage::first().await.play("first_start").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_is_onboarded_and_creates_a_meeting_with_its_secret() {
    Stage::usual().await.play("onboard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_disabled_and_drained_and_meetings_ended() {
    Stage::usual().await.play("words").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_placement_is_explained() {
    Stage::usual().await.play("explain").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_known_events_has_exactly_the_known_figures() {
    Stage::with("[events]\nretention = \"never\"\nanonymise_after = \"never\"\n").await.play("report").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_in_without_a_mouse() {
    Stage::usual().await.play("keyboard").await;
}
