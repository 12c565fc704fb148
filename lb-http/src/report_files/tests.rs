use std::collections::BTreeSet;

use lb_core::gateway::ScriptedServers;
use lb_core::{ManualClock, SeededRng};

use super::*;
use crate::config::ReportFormat;

struct Office {
    clock: Arc<ManualClock>,
    balancer: Arc<Balancer>,
    reports: Reports,
    metrics: Metrics,
    folder: tempfile::TempDir,
}

impl Office {
    fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let zone = Zone::named("America/Sao_Paulo").unwrap();
        let clock = Arc::new(ManualClock::new(zone.moment(now).unwrap()));
        let servers = Arc::new(ScriptedServers::new(clock.clone()));
        let balancer = Arc::new(Balancer::builder(servers, clock.clone(), Arc::new(SeededRng::new(1))).build());
        let formats = vec![ReportFormat::Csv, ReportFormat::Json, ReportFormat::Html];
        let reports = Reports { directory: Some(folder.path().join("reports")), formats, zone };
        Self { clock, balancer, reports, metrics: Metrics::new(), folder }
    }

    fn directory(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    fn set(&self, now: &str) {
        let now = self.reports.zone.moment(now).unwrap();
        self.clock.advance(now.since(self.balancer.now()));
    }

    async fn round(&self) -> Result<Vec<String>, String> {
        round(&self.balancer, &self.reports, &self.metrics).await
    }

    fn files(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.directory()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[tokio::test]
async fn a_month_is_written_once_when_it_is_over_there() {
    let office = Office::at("2026-10-31T23:59");
    assert_eq!(office.round().await.unwrap(), ["2026-09"]);
    let first = office.files();
    let expected = [".written", "report-2026-09.csv", "report-2026-09.html", "report-2026-09.json"];
    assert_eq!(first, expected.map(str::to_owned).into());
    for name in &first {
        let mode = fs::metadata(office.directory().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{name}");
    }
    let read = |name: &str| fs::read_to_string(office.directory().join(name)).unwrap();
    assert!(read("report-2026-09.csv").contains("\r\ntotal,,,2026-09-01T03:00:00.000Z,2026-10-01T03:00:00.000Z,0,"));
    assert!(read("report-2026-09.json").contains("\"zone\": \"America/Sao_Paulo\""));
    let page = read("report-2026-09.html");
    assert!(
        page.contains("2026-09-01 to 2026-09-30") && page.contains("<style>") && page.ends_with("</html>"),
        "{page}"
    );
    let shown = page.split("</style>").nth(1).unwrap();
    assert!(!page.contains("<script") && !shown.contains("href="), "it is whole in itself: {shown}");

    // it is not over yet, in UTC or here
    assert!(office.round().await.unwrap().is_empty());
    // what somebody has taken away does not come again
    fs::remove_file(office.directory().join("report-2026-09.csv")).unwrap();
    assert!(office.round().await.unwrap().is_empty());
    office.set("2026-11-01");
    assert_eq!(office.round().await.unwrap(), ["2026-10"]);
    assert!(!office.files().contains("report-2026-09.csv"));
}

#[tokio::test]
async fn months_that_passed_meanwhile_are_written_and_what_is_there_stays() {
    let office = Office::at("2026-06-02");
    assert_eq!(office.round().await.unwrap(), ["2026-05"]);
    fs::write(office.directory().join("report-2026-07.csv"), "mine").unwrap();
    office.set("2026-09-01T00:01");
    assert_eq!(office.round().await.unwrap(), ["2026-06", "2026-07", "2026-08"]);
    assert_eq!(fs::read_to_string(office.directory().join("report-2026-07.csv")).unwrap(), "mine");
    assert!(office.round().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_written_is_counted_and_tried_again() {
    let office = Office::at("2026-06-02");
    fs::create_dir_all(office.directory()).unwrap();
    // nothing can take the place of a directory
    fs::create_dir(office.directory().join(WRITTEN)).unwrap();
    assert!(office.round().await.is_err());
    fs::remove_dir(office.directory().join(WRITTEN)).unwrap();
    assert_eq!(office.round().await.unwrap(), ["2026-05"]);
    let nowhere = Reports { directory: None, ..office.reports.clone() };
    office.set("2026-08-01");
    assert!(round(&office.balancer, &nowhere, &office.metrics).await.unwrap().is_empty());
}

#[test]
fn a_long_silence_does_not_bring_a_flood() {
    let zone = Zone::utc();
    let now = zone.moment("2036-06-02").unwrap();
    let months = due(&zone, now, Some("2020-01"));
    assert_eq!(months.len(), MOST);
    assert_eq!(months.last().unwrap().0, "2036-05");
    assert_eq!(due(&zone, now, Some("2036-05")), []);
    assert_eq!(due(&zone, Timestamp::from_millis(0), None), []);
}
