//! `lb apply`: makes the network what a file says, after showing what that changes.

use std::fmt::Write;
use std::path::PathBuf;

use hyper::header::{HeaderValue, IF_MATCH};
use hyper::{Method, StatusCode};
use lb_http::config::network_file;
use serde_json::Value;

use super::{Desk, Task};
use crate::client::{Answer, Place, Refusal, Sent};
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Ink, Sheet};

/// What is applied, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// The file that says what the network is to be, in TOML or as JSON of the API, or - for standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    file: PathBuf,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
    /// Remove what the file does not say, except what the configuration file declares
    #[arg(long)]
    prune: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Task for Apply {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let wish = self.wish(desk)?;
        let tried = self.put(&wish, true, None, desk).await?;
        let would = tried.json()?;
        let none = changes(&would).is_empty();
        if self.dry_run || none {
            return desk
                .tell(&would, |sheet| if none { "nothing to change\n".to_owned() } else { diff(&would, sheet) });
        }
        if !desk.json {
            let shown = diff(&would, desk.sheet());
            desk.world.output.write_all(shown.as_bytes())?;
        }
        if !self.yes {
            desk.confirm("Change the network so?")?;
        }
        let done = self.put(&wish, false, tried.version, desk).await?.json()?;
        desk.tell(&done, |_| told(&done))
    }
}

impl Apply {
    fn wish(&self, desk: &mut Desk<'_, '_>) -> Result<Value, Failure> {
        let (name, text) = (self.file.display().to_string(), desk.text_of(&self.file)?);
        if !text.trim_start().starts_with('{') {
            return Ok(network_file::read(&name, &text)?);
        }
        let wrong = |error: serde_json::Error| {
            Failure::Usage(format!("{name} is no JSON at line {} column {}", error.line(), error.column()))
        };
        serde_json::from_str(&text).map_err(wrong)
    }

    async fn put(
        &self,
        wish: &Value,
        dry_run: bool,
        version: Option<HeaderValue>,
        desk: &Desk<'_, '_>,
    ) -> Result<Answer, Failure> {
        let place = Place::of(&["network"]).with_some("dry_run", dry_run.then_some(true));
        let place = place.with_some("prune", self.prune.then_some(true));
        let only_if = version.map(|version| (IF_MATCH, version));
        let sent = Sent { body: Some(wish), only_if, ..Sent::default() };
        match desk.client.send(Method::PUT, &place, sent).await {
            Err(Refusal { status: Some(StatusCode::PRECONDITION_FAILED), sentence }) => {
                Err(Failure::Failed(format!("{sentence} (nothing is changed: look at it again)")))
            }
            answered => Ok(answered?),
        }
    }
}

fn changes(answer: &Value) -> &[Value] {
    answer["changes"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What is added (+), changed (~) and removed (-), with its fields.
fn diff(answer: &Value, sheet: Sheet) -> String {
    let mut diff = String::new();
    for change in changes(answer) {
        let text = |name: &str| line(change[name].as_str().unwrap_or_default());
        let (sign, ink) = match change["how"].as_str() {
            Some("added") => ('+', Ink::Good),
            Some("removed") => ('-', Ink::Bad),
            _ => ('~', Ink::Warning),
        };
        // writing to a String cannot fail
        let _ = writeln!(diff, "{}", sheet.ink(ink, &format!("{sign} {} {}", text("kind"), text("name"))));
        let fields = change["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        // what goes needs no fields
        for field in fields.iter().filter(|_| sign != '-') {
            let value = |name: &str| field[name].as_str().map_or("–".to_owned(), line);
            let name = line(field["field"].as_str().unwrap_or_default());
            let _ = writeln!(diff, "    {name}: {} → {}", value("from"), value("to"));
        }
    }
    diff
}

fn told(done: &Value) -> String {
    let count = changes(done).len();
    let mut told = format!("done: {count} change{}\n", if count == 1 { "" } else { "s" });
    let drawn = done["secrets"].as_object().into_iter().flatten();
    let drawn: Vec<_> = drawn.filter_map(|(name, secret)| Some((name, secret.as_str()?))).collect();
    if !drawn.is_empty() {
        told.push_str("\nThe secrets of new integrations are shown this once:\n\n");
    }
    for (name, secret) in drawn {
        let _ = writeln!(told, "  {}  {}", line(name), line(secret));
    }
    told
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::super::fake::{Fake, lb};

    const FILE: &str = "[plans.school]\nmay_record = false\n[[integrations]]\nname = 'moodle'\nplan = 'school'\n";

    fn wish() -> Value {
        json!({ "plans": { "school": { "may_record": false } }, "integrations": { "moodle": { "plan": "school" } } })
    }

    fn answer(done: bool) -> Value {
        let field = |name: &str, from: &str, to: Option<&str>| json!({ "field": name, "from": from, "to": to });
        let moodle = [field("plan", "default", Some("school")), field("partner", "ufrgs", None)];
        let mut answer = json!({ "done": done, "changes": [
            { "kind": "plan", "name": "school", "how": "added", "fields": [field("may_record", "true", Some("false"))] },
            { "kind": "integration", "name": "moodle", "how": "changed", "fields": moodle },
            { "kind": "router", "name": "south", "how": "removed", "fields": [field("policy", "random", None)] },
        ] });
        if done {
            answer["secrets"] = json!({ "portal": "dR4wn-s3cr3t" });
        }
        answer
    }

    const DIFF: &str = "+ plan school\n    may_record: true → false\n~ integration moodle\n    plan: default → school\n    \
                        partner: ufrgs → –\n- router south\n";

    #[test]
    fn what_would_change_is_shown_and_nothing_is_changed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("network.toml");
        fs::write(&path, FILE).unwrap();
        let fake = Fake::answering([(200, "\"7\"", answer(false))]);
        let (ran, asked) = fake.run(&["apply", "-f", path.to_str().unwrap(), "--dry-run", "--prune"]);
        assert_eq!(ran.output(), DIFF);
        assert_eq!(asked[0].line, "PUT /api/v1/network?dry_run=true&prune=true");
        assert_eq!(asked[0].body, wish());
    }

    #[test]
    fn what_was_shown_is_what_is_changed() {
        let fake = Fake::answering([(200, "\"7\"", answer(false)), (200, "\"8\"", answer(true))]);
        let ran = lb(&["apply", "-f", "-", "--yes", "--url", &fake.option[1].clone()], &[], wish().to_string());
        let told =
            "done: 3 changes\n\nThe secrets of new integrations are shown this once:\n\n  portal  dR4wn-s3cr3t\n";
        assert_eq!(ran.output(), format!("{DIFF}{told}"));
        let asked = fake.asked();
        assert_eq!((asked[1].line.as_str(), &asked[1].body), ("PUT /api/v1/network", &wish()));
        assert!(asked[1].head.contains(&"if-match: \"7\"".to_owned()));
    }

    #[test]
    fn nothing_is_changed_unasked_or_when_somebody_was_faster() {
        let fake = Fake::answering([(200, "\"7\"", answer(false))]);
        let ran = lb(&["apply", "-f", "-", "--url", &fake.option[1].clone()], &[], FILE);
        assert_eq!(ran.usage(), "Change the network so? Nobody is there to be asked: give --yes");
        assert_eq!(fake.asked().len(), 1);
        let overtaken = json!({ "title": "x", "detail": "it was changed meanwhile" });
        let fake = Fake::answering([(200, "\"7\"", answer(false)), (412, "", overtaken)]);
        let ran = lb(&["apply", "-f", "-", "--yes", "--url", &fake.option[1].clone()], &[], FILE);
        assert_eq!(ran.failed(), "it was changed meanwhile (nothing is changed: look at it again)");
    }

    #[test]
    fn what_is_so_already_is_not_sent_and_what_is_wrong_is_told_with_its_line() {
        let fake = Fake::answering([(200, "\"7\"", json!({ "done": false, "changes": [] }))]);
        let ran = lb(&["apply", "-f", "-", "--url", &fake.option[1].clone()], &[], FILE);
        assert_eq!(ran.output(), "nothing to change\n");
        assert_eq!(fake.asked().len(), 1);
        let ran = lb(&["apply", "-f", "-", "--url", "http://127.0.0.1:1"], &[], "[plans.school]\nmay_recrd = false\n");
        let sentence = ran.usage();
        assert!(sentence.starts_with("-:2: plans.school.may_recrd is not a known key"), "{sentence}");
    }
}
