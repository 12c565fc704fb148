//! A report as CSV, for spreadsheets.

use csv::{Terminator, WriterBuilder};
use lb_core::Timestamp;
use lb_core::report::{Figures, Span, Table};

const COLUMNS: [&str; 20] = [
    "kind",
    "group",
    "step",
    "from",
    "until",
    "meetings",
    "meetings_running",
    "meetings_ended",
    "average_seconds",
    "longest_seconds",
    "participants",
    "participants_from_joins",
    "participant_minutes",
    "unique_names",
    "peak_meetings",
    "peak_users",
    "recordings",
    "recording_minutes",
    "refused_calls",
    "refused_by_reason",
];

/// The report, a line for each row: `row` for a group in a step, `group` for one in the whole period, `step` for all of them
/// in a step, `total` for all.
pub(crate) fn csv(table: &Table) -> Result<String, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let whole = Span { from: table.from, until: table.until, label: String::new() };
    for row in table.rows.iter().chain(&table.groups) {
        let step = row.step.and_then(|step| table.steps.get(step));
        let kind = if step.is_some() { "row" } else { "group" };
        writer.write_record(line(kind, row.group.as_deref(), step.unwrap_or(&whole), &row.figures))?;
    }
    for (step, figures) in table.steps.iter().zip(&table.in_steps) {
        writer.write_record(line("step", None, step, figures))?;
    }
    writer.write_record(line("total", None, &whole, &table.total))?;
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn line(kind: &str, group: Option<&str>, step: &Span, figures: &Figures) -> [String; COLUMNS.len()] {
    let average = figures.average();
    let seconds = |length: std::time::Duration| length.as_secs().to_string();
    let refused = figures.refused.iter().map(|((call, key), calls)| format!("{call} {key}: {calls}"));
    [
        kind.to_owned(),
        harmless(group.unwrap_or_default()),
        harmless(&step.label),
        moment(step.from),
        moment(step.until),
        figures.meetings.to_string(),
        figures.meetings_running.to_string(),
        figures.meetings_ended.to_string(),
        average.map(seconds).unwrap_or_default(),
        average.map(|_| seconds(figures.longest)).unwrap_or_default(),
        figures.participants.to_string(),
        figures.participants_from_joins.to_string(),
        figures.participant_minutes().to_string(),
        figures.unique_names.to_string(),
        figures.peak_meetings.to_string(),
        figures.peak_users.to_string(),
        figures.recordings.to_string(),
        figures.recording_minutes().to_string(),
        figures.refused_calls().to_string(),
        harmless(&refused.collect::<Vec<_>>().join("; ")),
    ]
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if dangerous { format!("'{text}") } else { text.to_owned() }
}

fn moment(at: Timestamp) -> String {
    let at = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    at.map(|at| format!("{at:.3}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lb_core::report::{By, Row, Step, Zone};

    use super::*;

    fn table(group: &str) -> Table {
        let zone = Zone::utc();
        let (from, until) = (zone.moment("2026-03-01").unwrap(), zone.moment("2026-03-02").unwrap());
        let figures = Figures {
            meetings: 2,
            meetings_running: 3,
            meetings_ended: 1,
            length: Duration::from_secs(90),
            longest: Duration::from_secs(90),
            participants: 4,
            time: Duration::from_secs(90),
            refused: [
                (("create".to_owned(), "checksumError".to_owned()), 2),
                (("join".to_owned(), "a,b".to_owned()), 1),
            ]
            .into(),
            ..Figures::default()
        };
        let row = |step| Row { group: Some(group.to_owned()), step, figures: figures.clone() };
        Table {
            from,
            until,
            made_at: until,
            zone,
            step: Step::Day,
            by: By::Integration,
            steps: vec![Span { from, until, label: "2026-03-01".to_owned() }],
            rows: vec![row(Some(0))],
            groups: vec![row(None)],
            in_steps: vec![figures.clone()],
            total: figures.clone(),
        }
    }

    #[test]
    fn each_row_and_total_is_a_line_that_says_what_it_is() {
        let text = csv(&table("moodle")).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], COLUMNS.join(","));
        let figures = "2,3,1,90,90,4,0,1.5,0,0,0,0,0,3,\"create checksumError: 2; join a,b: 1\"";
        let period = "2026-03-01T00:00:00.000Z,2026-03-02T00:00:00.000Z";
        assert_eq!(lines[1], format!("row,moodle,2026-03-01,{period},{figures}"));
        assert_eq!(lines[2], format!("group,moodle,,{period},{figures}"));
        assert_eq!(lines[3], format!("step,,2026-03-01,{period},{figures}"));
        assert_eq!(lines[4], format!("total,,,{period},{figures}"));
        assert_eq!(lines[5..], [""]);
    }

    #[test]
    fn a_name_is_one_cell_and_never_a_formula() {
        for (name, cell) in [
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("\t=1", "'\t=1"),
        ] {
            let text = csv(&table(name)).unwrap();
            assert!(text.contains(&format!("row,{cell},2026-03-01,")), "{text}");
        }
    }
}
