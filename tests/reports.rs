//! Usage reports of what websites did, by the command line of the machine that the balancer runs on.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use harness::{Lb, integrations, simulated, until, unwatched};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

/// A period that the present is in.
const PERIOD: [&str; 4] = ["--from", "2026-01-01", "--until", "2099-01-01"];

fn report(lb: &Lb, more: &[&str]) -> String {
    let (code, output, errors) = lb.run(&[&["report"], &PERIOD[..], more].concat());
    assert_eq!(code, Some(0), "{errors}");
    output
}

fn read(lb: &Lb, more: &[&str]) -> Value {
    serde_json::from_str(&report(lb, &[&["--json"], more].concat())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_websites_did_is_reported_by_integration_server_and_step() {
    let servers = simulated(2).await;
    let websites = integrations(&[("moodle", "moodle-s3cr3t"), ("portal", "portal-s3cr3t")]);
    let often = "[monitor]\ninterval = \"200ms\"\n[meetings]\ngrace = \"1s\"\n";
    let config = websites + &unwatched(&servers) + often;
    let mut lb = Lb::start(&config).await;
    lb.ready().await;
    let (moodle, portal) = (lb.website("moodle-s3cr3t"), lb.website("portal-s3cr3t"));
    moodle.create("one").await.success();
    moodle.create("two").await.success();
    portal.create("three").await.success();
    for name in ["Ana", "Bob", "Ana"] {
        let join = [("fullName", name), ("meetingID", "one"), ("role", "VIEWER")];
        assert!(moodle.call("join", &join).await.location.is_some());
    }
    // joins are written within a second
    let whole = until(PATIENCE, "the joins are there", async || {
        let report = read(&lb, &[]);
        (report["total"]["participants"] == 2).then_some(report)
    })
    .await;
    assert_eq!((&whole["by"], &whole["step"], &whole["zone"]), (&"integration".into(), &"whole".into(), &"UTC".into()));
    let groups = whole["groups"].as_array().unwrap();
    let of = |group: &Value| (group["group"].clone(), group["meetings"].clone(), group["peak_meetings"].clone());
    assert_eq!(
        groups.iter().map(of).collect::<Vec<_>>(),
        [("moodle".into(), 2.into(), 2.into()), ("portal".into(), 1.into(), 1.into())]
    );
    assert_eq!((&whole["total"]["participants_from_joins"], &whole["total"]["peak_meetings"]), (&2.into(), &3.into()));

    // nobody was seen, and the table says so
    let table = report(&lb, &[]);
    assert!(table.contains("2*") && table.contains("* counts join calls"), "{table}");
    let portal_only = read(&lb, &["--integration", "portal", "--by", "nothing"]);
    assert_eq!((&portal_only["total"]["meetings"], &portal_only["total"]["participants"]), (&1.into(), &0.into()));
    let by_server = read(&lb, &["--by", "server", "--step", "year", "--zone", "America/Sao_Paulo"]);
    let meetings =
        |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["meetings"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((meetings(&by_server["groups"]), meetings(&by_server["rows"])), (3, 3));
    assert!(by_server["rows"][0]["step"].as_str().unwrap().starts_with("20"), "{by_server}");

    let csv = report(&lb, &["--csv"]);
    let lines: Vec<_> = csv.lines().collect();
    assert!(lines[0].starts_with("kind,group,step,from,until,meetings,"), "{csv}");
    assert!(lines.iter().any(|line| line.starts_with("group,portal,,2026-01-01T00:00:00.000Z,")), "{csv}");
    assert!(lines[lines.len() - 1].starts_with("total,,,"), "{csv}");

    for (wrong, exit, words) in [
        (["--zone", "Mars"], 2, "no such time zone"),
        (["--integration", "nobody"], 1, "there is no integration nobody"),
        (["--step", "hour"], 2, "more than 10000 steps"),
    ] {
        let (code, _, errors) = lb.run(&[&["report"], &PERIOD[..], &wrong[..]].concat());
        assert_eq!(code, Some(exit), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
    // ended meetings have a length, also after a restart
    moodle.call("end", &[("meetingID", "two")]).await.success();
    lb.restart().await;
    lb.ready().await;
    until(PATIENCE, "the end is known", async || (read(&lb, &[])["total"]["meetings_ended"] == 1).then_some(())).await;
}
