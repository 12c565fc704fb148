//! `lb report`: figures of a period.

use clap::Args;
use clap::builder::PossibleValuesParser;
use hyper::Method;
use lb_core::report::{By, Step};
use serde_json::{Value, json};

use super::{Desk, Task};
use crate::client::{Place, Sent};
use crate::outcome::{Failure, Outcome};
use crate::table::{Cell, Column, Ink, text};

/// Which figures of which period.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The begin of the period: a day, a time, or a time with its offset (otherwise the last full month)
    #[arg(long, value_name = "MOMENT", requires = "until")]
    from: Option<String>,
    /// The end of the period, which is no part of it
    #[arg(long, value_name = "MOMENT", requires = "from")]
    until: Option<String>,
    /// Where days begin: a name of the IANA list, such as America/Sao_Paulo (otherwise UTC)
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// What the period is cut into
    #[arg(long, value_name = "STEP", value_parser = words(Step::ALL.iter().map(|step| step.as_str())))]
    step: Option<String>,
    /// What there is a group for each of
    #[arg(long, value_name = "WHAT", value_parser = words(By::ALL.iter().map(|by| by.as_str())))]
    by: Option<String>,
    /// Only these integrations, with commas
    #[arg(long, value_name = "NAMES")]
    integration: Option<String>,
    /// Only what was these partners', with commas
    #[arg(long, value_name = "NAMES")]
    partner: Option<String>,
    /// Only what was on these servers, with commas
    #[arg(long, value_name = "NAMES")]
    server: Option<String>,
    /// Only what these routers placed, with commas
    #[arg(long, value_name = "NAMES")]
    router: Option<String>,
    /// Write CSV, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Have what reports are made of made anew of all events that are kept, in the background
    #[arg(long, conflicts_with_all = ["from", "until", "zone", "step", "by", "integration", "partner", "server", "router", "csv"])]
    rebuild: bool,
}

fn words(words: impl Iterator<Item = &'static str>) -> PossibleValuesParser {
    PossibleValuesParser::new(words)
}

impl Task for Report {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        if self.rebuild {
            let answer =
                desk.client.send(Method::POST, &Place::of(&["reports", "rebuild"]), Sent::default()).await?.json()?;
            desk.tell(&answer, |_| {
                format!(
                    "{} days are made anew in the background: lb status --json says how many are left\n",
                    text(&answer["days"])
                )
            })?;
            return Ok(Outcome::Done);
        }
        let place = Place::of(&["reports"])
            .with_some("from", self.from)
            .with_some("until", self.until)
            .with_some("zone", self.zone)
            .with_some("step", self.step)
            .with_some("by", self.by)
            .with_some("integration", self.integration)
            .with_some("partner", self.partner)
            .with_some("server", self.server)
            .with_some("router", self.router);
        if self.csv {
            let sent = Sent { accept: Some("text/csv"), ..Sent::default() };
            let answer = desk.client.send(Method::GET, &place, sent).await?;
            desk.world.output.write_all(&answer.body)?;
            desk.world.output.flush()?;
            return Ok(Outcome::Done);
        }
        let report = desk.client.get(&place).await?.json()?;
        desk.tell(&report, |sheet| {
            let heading = format!("{} to {}, {}", text(&report["from"]), text(&report["until"]), text(&report["zone"]));
            let lines = lines(&report);
            let mut text = format!("{}\n{}", sheet.dim(&heading), sheet.table(&columns(&report), &lines));
            if lines.iter().any(from_joins) {
                text.push_str(&sheet.dim("* counts join calls: nobody was ever seen in some of the meetings"));
                text.push('\n');
            }
            text
        })
    }
}

/// Each group in each step, then each in the whole period, then all.
fn lines(report: &Value) -> Vec<Value> {
    let some = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let by_group = report["by"] != json!(By::Nothing.as_str());
    let mut lines = Vec::new();
    if report["step"] != json!(Step::Whole.as_str()) {
        lines.extend(if by_group { some("rows") } else { some("steps") });
    }
    if by_group {
        lines.extend(some("groups").into_iter().map(|line| named(line, "step", "all")));
    }
    let total = named(report["total"].clone(), "group", "total");
    lines.push(named(total, "step", "all"));
    lines
}

fn named(mut line: Value, key: &str, name: &str) -> Value {
    if let Some(fields) = line.as_object_mut() {
        fields.insert(key.to_owned(), name.into());
    }
    line
}

fn columns(report: &Value) -> Vec<Column> {
    let group = match report["by"].as_str() {
        Some("partner") => Some("partner"),
        Some("server") => Some("server"),
        Some("router") => Some("router"),
        Some("nothing") => None,
        _ => Some("integration"),
    };
    let step = (report["step"] != json!(Step::Whole.as_str())).then_some(Column::at("step", "/step"));
    let group = group.map(|title| Column::at(title, "/group"));
    let figures = [
        Column::at("meetings", "/meetings").right(),
        Column::at("running", "/meetings_running").right().rank(9),
        Column::made("participants", participants).right(),
        Column::made("minutes", |line| whole(&line["participant_minutes"], 1.0)).right(),
        Column::at("names", "/unique_names").right().rank(6),
        Column::at("most meetings", "/peak_meetings").right().rank(3),
        Column::at("most users", "/peak_users").right().rank(1),
        Column::made("average min", |line| whole(&line["average_seconds"], 60.0)).right().rank(4),
        Column::made("longest min", |line| whole(&line["longest_seconds"], 60.0)).right().rank(7),
        Column::at("recordings", "/recordings").right().rank(5),
        Column::made("recorded min", |line| whole(&line["recording_minutes"], 1.0)).right().rank(8),
        Column::at("refused", "/refused_calls").right().rank(2),
    ];
    step.into_iter().chain(group).chain(figures).collect()
}

fn from_joins(line: &Value) -> bool {
    line["participants_from_joins"].as_u64().is_some_and(|some| some > 0)
}

fn participants(line: &Value) -> Cell {
    let mark = if from_joins(line) { "*" } else { "" };
    Cell::plain(format!("{}{mark}", text(&line["participants"])))
}

/// So many times `unit`, to the nearest whole number.
fn whole(figure: &Value, unit: f64) -> Cell {
    match figure.as_f64() {
        Some(figure) => Cell::plain(format!("{:.0}", figure / unit)),
        None => Cell { text: "-".to_owned(), ink: Ink::Dim },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::command::admin::fake::Fake;

    fn figures(group: Value, step: Value, meetings: u64, joins: u64) -> Value {
        json!({ "group": group, "step": step, "meetings": meetings, "meetings_running": meetings, "participants": 12,
            "participants_from_joins": joins, "participant_minutes": 90.4, "unique_names": 9, "peak_meetings": 2,
            "peak_users": 7, "average_seconds": 1790, "longest_seconds": null, "recordings": 1, "recording_minutes": 29.8,
            "refused_calls": 3, "refused": [] })
    }

    fn report(step: &str, by: &str) -> Value {
        json!({ "from": "2026-03-01T03:00:00.000Z", "until": "2026-04-01T03:00:00.000Z", "zone": "America/Sao_Paulo",
            "step": step, "by": by,
            "rows": [figures(json!("moodle"), json!("2026-W10"), 1, 0), figures(json!("moodle"), json!("2026-W11"), 2, 0)],
            "groups": [figures(json!("moodle"), Value::Null, 3, 0)],
            "steps": [figures(Value::Null, json!("2026-W10"), 1, 0)],
            "total": figures(Value::Null, Value::Null, 3, 4) })
    }

    #[test]
    fn a_report_is_a_table_with_a_total() {
        let (ran, asked) = Fake::answering([(200, "", report("whole", "integration"))]).run(&["report"]);
        assert_eq!(asked[0].line, "GET /api/v1/reports");
        let text = ran.output();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "2026-03-01T03:00:00Z to 2026-04-01T03:00:00Z, America/Sao_Paulo");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[1])[..5], ["INTEGRATION", "MEETINGS", "RUNNING", "PARTICIPANTS", "MINUTES"]);
        assert_eq!(words(lines[2]), ["moodle", "3", "3", "12", "90", "9", "2", "7", "30", "-", "1", "30", "3"]);
        assert_eq!(words(lines[3])[..4], ["total", "3", "3", "12*"]);
        assert!(lines[4].starts_with("* counts join calls") && lines.len() == 5, "{text}");
    }

    #[test]
    fn steps_come_first_and_their_totals_behind_them() {
        let begins = |by: &str| {
            let text = Fake::answering([(200, "", report("week", by))]).run(&["report", "--step", "week"]).0.output();
            let lines = text.lines().skip(1).map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
            lines.collect::<Vec<_>>()
        };
        let of_groups = ["STEP PARTNER", "2026-W10 moodle", "2026-W11 moodle", "all moodle", "all total"];
        assert_eq!(begins("partner")[..5], of_groups);
        assert_eq!(begins("nothing")[..3], ["STEP MEETINGS", "2026-W10 1", "all 3"]);
    }

    #[test]
    fn all_that_is_said_is_asked_for() {
        let line = "report --from 2026-03-01 --until 2026-04-01T10:00 --zone America/Sao_Paulo --step day --by server \
            --integration moodle,wiki --partner ufrgs --server bbb1 --json";
        let words: Vec<_> = line.split_whitespace().collect();
        let (ran, asked) = Fake::answering([(200, "", report("day", "server"))]).run(&words);
        assert_eq!(
            asked[0].line,
            "GET /api/v1/reports?from=2026-03-01&until=2026-04-01T10%3A00&zone=America%2FSao_Paulo&step=day&by=server\
             &integration=moodle%2Cwiki&partner=ufrgs&server=bbb1"
        );
        let shown: Value = serde_json::from_str(&ran.output()).unwrap();
        assert_eq!(shown, report("day", "server"));
    }

    #[test]
    fn what_reports_are_made_of_is_made_anew_when_asked_for() {
        let (ran, asked) = Fake::answering([(200, "", json!({ "days": 31 }))]).run(&["report", "--rebuild"]);
        assert_eq!(asked[0].line, "POST /api/v1/reports/rebuild");
        let output = ran.output();
        assert!(output.starts_with("31 days are made anew"), "{output}");
    }

    #[test]
    fn csv_is_written_as_it_comes() {
        let fake = Fake::answering([(200, "", json!("kind,group"))]);
        let (ran, asked) = fake.run(&["report", "--csv"]);
        assert_eq!(ran.output(), "\"kind,group\"");
        assert!(asked[0].head.contains(&"accept: text/csv".to_owned()), "{:?}", asked[0].head);
    }

    #[test]
    fn a_narrow_terminal_gets_the_figures_that_matter_most() {
        let fake = Fake::answering([(200, "", report("whole", "integration"))]);
        let url = fake.option[1].clone();
        let words = ["report", "--url", &url];
        let text = crate::command::admin::fake::lb(&words, &[("COLUMNS", "60")], "").output();
        fake.asked();
        let table: Vec<_> = text.lines().skip(1).take(3).collect();
        assert!(table.iter().all(|line| line.chars().count() <= 60), "{text}");
        assert!(table[0].starts_with("INTEGRATION  MEETINGS  PARTICIPANTS  MINUTES"), "{text}");
        assert!(text.contains("(no room for running, recorded min"), "{text}");
    }
}
