//! The whole network from a file: `lb apply` and `lb export` against the real binary.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::path::Path;

use harness::{Lb, integrations, simulated};
use serde_json::Value;

fn network(url: &str) -> String {
    format!(
        r#"
[plans.small]
may_record = false
max_duration = "4h"

[partners.ufrgs]
display_name = "Universidade Federal do Rio Grande do Sul"
servers = ["bbb1"]

[[servers]]
name = "bbb1"
url = "{url}"
secret = "the-secret-of-bbb1"
capacity = 200
word = "force-disabled"

[[integrations]]
name = "portal"
plan = "small"
partner = "ufrgs"
secrets = ["the-secret-of-portal"]

[[integrations]]
name = "wiki"
"#
    )
}

/// What `lb apply` says as JSON.
fn apply(lb: &Lb, file: &Path, more: &[&str]) -> Value {
    let arguments = [&["apply", "-f", file.to_str().unwrap(), "--yes", "--json"], more].concat();
    let (code, output, problem) = lb.run(&arguments);
    assert_eq!(code, Some(0), "{problem}");
    serde_json::from_str(&output).unwrap()
}

/// What was changed, as one text for each thing.
fn changes(applied: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |change: &Value| format!("{} {} {}", text(&change["how"]), text(&change["kind"]), text(&change["name"]));
    applied["changes"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_applied_once_and_the_second_time_there_is_nothing_to_do() {
    let servers = simulated(1).await;
    let lb = Lb::start(&integrations(&[("moodle", "the-secret-of-moodle")])).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.toml");
    std::fs::write(&file, network(servers[0].url())).unwrap();

    let would = apply(&lb, &file, &["--dry-run"]);
    let (_, listed, _) = lb.run(&["plan", "list", "--json"]);
    assert!(!listed.contains("small"), "a dry run changes nothing: {listed}");
    let done = apply(&lb, &file, &[]);
    assert_eq!((&would["done"], &done["done"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!(would["changes"], done["changes"], "what was shown is what is done");
    assert_eq!(
        changes(&done),
        [
            "added plan small",
            "added partner ufrgs",
            "added server bbb1",
            "added integration portal",
            "added integration wiki",
            "changed server bbb1"
        ]
    );
    // one without a secret has one that was drawn, and it is told once
    let drawn = done["secrets"]["wiki"].as_str().unwrap();
    assert_eq!((drawn.len(), done["secrets"].as_object().unwrap().len()), (40, 1));
    lb.website(drawn).call("getMeetings", &[]).await.success();
    lb.website("the-secret-of-portal").call("getMeetings", &[]).await.success();

    let again = apply(&lb, &file, &[]);
    assert_eq!(changes(&again), [] as [String; 0]);
    let (code, shown, _) = lb.run(&["apply", "-f", file.to_str().unwrap()]);
    assert_eq!((code, shown.as_str()), (Some(0), "nothing to change\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_what_is_there_and_pruning_leaves_nothing_else() {
    let servers = simulated(1).await;
    let lb = Lb::start(&integrations(&[("moodle", "the-secret-of-moodle")])).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.toml");
    std::fs::write(&file, network(servers[0].url())).unwrap();
    apply(&lb, &file, &[]);

    for secrets in [&[][..], &["--secrets"]] {
        let (code, text, problem) = lb.run(&[&["export"], secrets].concat());
        assert_eq!(code, Some(0), "{problem}");
        assert_eq!(text.contains("the-secret-of-portal"), !secrets.is_empty(), "{text}");
        assert!(!text.contains("moodle"), "the configuration file has it: {text}");
        std::fs::write(&file, &text).unwrap();
        assert_eq!(changes(&apply(&lb, &file, &["--prune"])), [] as [String; 0], "{text}");
    }
    std::fs::write(&file, "[[integrations]]\nname = \"wiki\"\n").unwrap();
    let pruned = apply(&lb, &file, &["--prune"]);
    assert_eq!(
        changes(&pruned),
        ["removed plan small", "removed server bbb1", "removed partner ufrgs", "removed integration portal"]
    );
    lb.website("the-secret-of-moodle").call("getMeetings", &[]).await.success();
    lb.website("the-secret-of-portal").call("getMeetings", &[]).await.failed("checksumError");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_anywhere_changes_nothing() {
    let lb = Lb::start(&integrations(&[("moodle", "the-secret-of-moodle")])).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.toml");
    let good = "[plans.small]\nmay_record = false\n";
    for (bad, code, sentence) in [
        ("[plans.small]\nmay_recrod = true", 2, "network.toml:2: plans.small.may_recrod is not a known key"),
        ("[[integrations]]\nname = \"wiki\"\nplan = \"large\"", 2, "has a plan that does not exist: large"),
        ("[[integrations]]\nname = \"../wiki\"", 2, "a name has no control characters"),
        ("[[integrations]]\nname = \"wiki\"\nsecrets = [\"short\"]", 2, "a secret has 8 to 255 characters"),
        ("[[integrations]]\nname = \"wiki\"\nsecrets = [\"the-secret-of-moodle\"]", 2, "share a secret"),
        ("[[integrations]]\nname = \"moodle\"\nactive = false", 1, "is declared in the configuration file"),
        ("[[servers]]\nname = \"bbb1\"\nurl = \"http://127.0.0.1:1/\"", 2, "it must have a URL and a secret"),
    ] {
        let text = if bad.starts_with("[plans") { bad.to_owned() } else { format!("{good}{bad}\n") };
        std::fs::write(&file, &text).unwrap();
        let (told, _, problem) = lb.run(&["apply", "-f", file.to_str().unwrap(), "--yes"]);
        assert!(told == Some(code) && problem.contains(sentence), "{told:?} {problem}");
        let (_, plans, _) = lb.run(&["plan", "list", "--json"]);
        assert!(!plans.contains("small"), "{bad}: {plans}");
    }
}
