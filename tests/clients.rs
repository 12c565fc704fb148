//! Real clients, as websites use them and unchanged, through the real binary: bigbluebutton-js for Node and
//! bigbluebutton-api-python for Python. Each creates, lists, queries, joins and ends meetings, finds, publishes, changes and deletes
//! their recordings, and, where it can, has itself told by hooks; `tests/clients` has the websites written with them.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::{Lb, integrations, static_servers};
use lb_http::sim::{SimulatedServer, SimulatedServerSettings};
use serde_json::Value;
use tokio::process::Command;

const SECRET: &str = "website-secret";

/// Where the Python client is installed, beside what cargo builds for everybody.
fn python() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("clients-venv").join("bin/python")
}

/// Runs the website `script` against a balancer over two servers, and checks that its people landed on both.
async fn runs(interpreter: &Path, script: &str) {
    let start = async || {
        SimulatedServer::start(SimulatedServerSettings { webhooks: true, ..Default::default() })
            .await
            .expect("a free port")
    };
    let (bbb1, bbb2) = (start().await, start().await);
    let facts = |name, server: &SimulatedServer| (name, server.url().to_owned(), server.secret().expose().to_owned());
    let config = integrations(&[("website", SECRET), ("another", "another-secret")])
        + &static_servers([facts("bbb1", &bbb1), facts("bbb2", &bbb2)])
        + "[monitor]\ninterval = \"1s\"\n[meetings]\ngrace = \"1s\"\n[recordings]\ninterval = \"1s\"\n\
           [callbacks]\nallow_private_addresses = true\n";
    let lb = Lb::start(&config).await;
    lb.ready().await;
    lb.website("another-secret").create("somebody-elses").await.success();

    let run = Command::new(interpreter)
        .arg(script)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients"))
        .env("LB_URL", format!("http://{}/bigbluebutton/", lb.address))
        .env("LB_SECRET", SECRET)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true)
        .output();
    let run = tokio::time::timeout(Duration::from_secs(120), run).await.expect("it ends");
    let run = run.unwrap_or_else(|error| panic!("{} does not run: {error}", interpreter.display()));
    let (said, cried) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{script}: {}\n{said}\n{cried}", run.status);

    let told: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let landed: Vec<&str> =
        told["joined"].as_object().expect("what it joined").values().filter_map(Value::as_str).collect();
    for server in [&bbb1, &bbb2] {
        let origin = server.url().strip_suffix("bigbluebutton/").expect("its URL");
        assert_eq!(landed.iter().filter(|url| url.starts_with(origin)).count(), 1, "{landed:?}: one on {origin}");
        let ended = server.with(|bbb| bbb.meetings().all(|meeting| meeting.meeting_id == "somebody-elses"));
        assert!(ended, "its meetings on {origin} have ended");
    }
}

#[tokio::test]
async fn a_website_with_bigbluebutton_js_works_unchanged() {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/node_modules/bigbluebutton-js");
    assert!(client.is_dir(), "bigbluebutton-js is not installed: npm ci --prefix tests/clients (tests/run does it)");
    runs(Path::new("node"), "website.mjs").await;
}

#[tokio::test]
async fn a_website_with_bigbluebutton_api_python_works_unchanged() {
    let python = python();
    let venv = python.parent().and_then(Path::parent).unwrap().display();
    assert!(
        python.exists(),
        "bigbluebutton-api-python is not installed: python3 -m venv {venv} && \
         {venv}/bin/pip install -r tests/clients/requirements.txt (tests/run does it)"
    );
    runs(&python, "website.py").await;
}
