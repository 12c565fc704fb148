//! schemathesis asks everything that the OpenAPI document promises of the real binary, and much that it does not.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Lb, integrations, simulated, unwatched};

/// Requests of each kind.
const EXAMPLES: &str = "25";

/// Installed by tests/run from tests/clients/requirements.txt.
fn schemathesis() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("clients-venv").join("bin/schemathesis")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_as_its_document_says_whatever_is_asked() {
    let tool = schemathesis();
    assert!(tool.exists(), "{} is missing: tests/run installs it", tool.display());
    let servers = simulated(2).await;
    let config = integrations(&[("moodle", "the-secret-of-moodle")]) + &unwatched(&servers);
    let lb = Lb::start(&config).await;
    lb.ready().await;
    let website = lb.website("the-secret-of-moodle");
    website.create("room-1").await.success();
    let (code, _, problem) = lb.run(&["user", "create", "root", "--role", "administrator", "--no-password"]);
    assert_eq!(code, Some(0), "{problem}");
    let (code, token, problem) =
        lb.run(&["token", "make", "--user", "root", "--scope", "full", "--label", "test", "--json"]);
    assert_eq!(code, Some(0), "{problem}");
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();
    let document = format!("http://{}/api/v1/openapi.json", lb.address);
    let folder = tempfile::tempdir().unwrap();
    let ran = tokio::task::spawn_blocking(move || {
        let mut run = Command::new(tool);
        run.current_dir(folder.path()).args(["run", &document, "--max-examples", EXAMPLES, "--seed", "1"]);
        run.args(["--header", &format!("Authorization: Bearer {token}"), "--phases", "examples,coverage,fuzzing"]);
        run.args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]);
        run.args(["--no-color", "--suppress-health-check", "all", "--request-timeout", "40"]);
        run.output().unwrap()
    });
    let ran = ran.await.unwrap();
    let (output, errors) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let failures = output.find("FAILURES").map_or(&*output, |at| &output[at..]);
    assert!(ran.status.success(), "{failures}\n{errors}");
    // it is there, and was not brought down
    website.call("getMeetings", &[]).await.success();
}
