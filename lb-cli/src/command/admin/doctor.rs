//! `lb integration doctor`: what is wrong with a website's calls.

use clap::Args;
use serde_json::Value;

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Cell, Column, Ink, Sheet, text};

const FOUND: &[Column] = &[
    Column::made("found", severity),
    Column::at("what", "/what").rank(1),
    Column::at("finding", "/sentence"),
    Column::at("what to do", "/advice"),
];

const REFUSED: &[Column] = &[
    Column::at("refused at", "/at"),
    Column::at("times", "/times").right().rank(4),
    Column::at("call", "/call"),
    Column::at("from where", "/address").rank(2),
    Column::made("reason", reason).rank(1),
    Column::at("why", "/sentence"),
];

const UNREACHED: &[Column] = &[
    Column::at("not reached", "/host"),
    Column::at("kind", "/kind").rank(3),
    Column::at("since", "/since").rank(2),
    Column::at("tries", "/failures").right().rank(1),
    Column::at("next try", "/next_try"),
    Column::at("problem", "/problem"),
];

/// Which integration.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Its name
    name: String,
}

impl Task for Doctor {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let place = Place::of(&["integrations", &self.name, "doctor"]);
        let found = desk.client.get(&place).await?.json()?;
        desk.tell(&found, |sheet| told(sheet, &found))
    }
}

fn severity(finding: &Value) -> Cell {
    let word = text(&finding["severity"]);
    let ink = match word.as_str() {
        "trouble" => Ink::Bad,
        "warning" => Ink::Warning,
        _ => Ink::Plain,
    };
    Cell { text: word, ink }
}

/// The mistakes of a wrong checksum; the reason of another refusal.
fn reason(call: &Value) -> Cell {
    let mistakes = text(&call["mistakes"]);
    Cell::plain(if mistakes == "-" { text(&call["reason"]) } else { mistakes })
}

fn told(sheet: Sheet, found: &Value) -> String {
    let rows = |field: &str| found[field].as_array().cloned().unwrap_or_default();
    let (findings, refused, unreached) = (rows("findings"), rows("refused_calls"), rows("unreached"));
    let (name, since) = (text(&found["integration"]), text(&found["remembered_since"]));
    let troubles = findings.iter().filter(|finding| finding["severity"] == "trouble").count();
    let state = match (troubles, findings.len()) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, _) => "nothing keeps it from working".to_owned(),
        (1, _) => "1 trouble".to_owned(),
        (many, _) => format!("{many} troubles"),
    };
    let last = match found["last_success_at"].as_str() {
        Some(_) => {
            let from = found["last_success_from"].as_str().map(|from| format!(", from {from}")).unwrap_or_default();
            format!("it last called with success at {}{from}", text(&found["last_success_at"]))
        }
        None => "it has not called with success".to_owned(),
    };
    let mut said = format!("{}\n{}\n", line(&format!("integration {name}: {state}")), line(&last));
    for (columns, rows) in [(FOUND, &findings), (REFUSED, &refused), (UNREACHED, &unreached)] {
        if !rows.is_empty() {
            said.push('\n');
            said.push_str(&sheet.table(columns, rows));
        }
    }
    said.push_str(&sheet.dim(&format!("(calls are remembered since {since}, when the balancer was started)")));
    said.push('\n');
    said
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::Fake;

    #[test]
    fn findings_and_refused_calls_are_told_with_what_to_do() {
        let found = json!({
            "integration": "moodle", "remembered_since": "2026-11-22T18:00:00.000Z",
            "last_success_at": "2026-11-22T18:30:00.000Z", "last_success_from": "192.0.2.7",
            "findings": [{ "severity": "trouble", "what": "checksum-errors", "sentence": "1 call was refused.",
                "advice": "Enter the secret again." }],
            "refused_calls": [
                { "at": "2026-11-22T19:00:00.000Z", "times": 2, "call": "create", "address": "192.0.2.7",
                  "reason": "checksumError", "mistakes": ["secret-with-blanks", "decoded"], "sentence": "With a blank." },
                { "at": "2026-11-22T18:59:00.000Z", "times": 1, "call": "join", "address": null,
                  "reason": "inactive", "mistakes": [], "sentence": "It is not active." }],
            "unreached": [],
        });
        let (ran, asked) = Fake::answering([(200, "", found)]).run(&["integration", "doctor", "moodle"]);
        assert_eq!(
            ran.output(),
            "integration moodle: 1 trouble\n\
             it last called with success at 2026-11-22T18:30:00Z, from 192.0.2.7\n\n\
             FOUND    WHAT             FINDING              WHAT TO DO\n\
             trouble  checksum-errors  1 call was refused.  Enter the secret again.\n\n\
             REFUSED AT            TIMES  CALL    FROM WHERE  REASON                       WHY\n\
             2026-11-22T19:00:00Z      2  create  192.0.2.7   secret-with-blanks, decoded  With a blank.\n\
             2026-11-22T18:59:00Z      1  join    -           inactive                     It is not active.\n\
             (calls are remembered since 2026-11-22T18:00:00Z, when the balancer was started)\n"
        );
        assert_eq!(asked[0].line, "GET /api/v1/integrations/moodle/doctor");
        let well = json!({ "integration": "moodle", "findings": [], "refused_calls": [], "unreached": [],
            "last_success_at": null, "remembered_since": "2026-11-22T18:00:00.000Z" });
        let (ran, _) = Fake::answering([(200, "", well)]).run(&["integration", "doctor", "moodle"]);
        assert!(ran.output().starts_with("integration moodle: nothing is wrong\nit has not called with success\n"));
    }
}
