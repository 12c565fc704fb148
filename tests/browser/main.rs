//! The pages in a real browser, as people use them: Debian's Chromium before the real binary and a simulated network.
//!
//! Each story is a script of `stories/`, which drives the browser by playwright-core; `page.mjs` watches over each page that it
//! opens: no error on the console, nothing that the Content-Security-Policy forbids, nothing from elsewhere. What happens behind
//! the pages, a server that turns CRITICAL or a balancer that dies, a script asks of its [`Stage`]. Screenshots are left in
//! `screenshots/` beside what cargo builds.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]
#![allow(unreachable_pub, reason = "a test is nobody's library")]

#[path = "../harness/mod.rs"]
mod harness;
mod script;
mod stage;

use self::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_logs_in_and_out_and_a_wrong_password_lets_nobody_in() {
    Stage::usual().await.play("log_in").await;
}
