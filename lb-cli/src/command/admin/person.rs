//! `lb person`: one person's data.

use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Cell, Column, text};

/// The most events that are asked for at once.
const PAGE: usize = 100;

const COLUMNS: &[Column] = &[
    Column::at("at", "/at"),
    Column::at("event", "/event"),
    Column::at("integration", "/integration").rank(2),
    Column::at("meeting", "/meeting_id").rank(1),
    Column::at("server", "/server").rank(3),
    Column::at("name", "/data/name"),
    Column::made("id", id).rank(4),
    Column::at("role", "/data/role").rank(5),
];

/// The website's id of the user, which a join calls otherwise than what came of it.
fn id(event: &Value) -> Cell {
    let data = &event["data"];
    Cell::plain(text(data.get("external_user_id").or(data.get("user_id")).unwrap_or(&Value::Null)))
}

/// What is done with one person's data.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what is stored of somebody
    #[command(after_help = "\
Examples:
  lb person export --integration moodle --user-id 4711
  lb person export --name 'Ana Silva' --json > ana.json

What is said must all fit. A name may be that of several people: look at the ids.")]
    Export(Who),
    /// Put pseudonyms in the place of somebody in all that is stored
    #[command(after_help = "\
Examples:
  lb person erase --integration moodle --user-id 4711 --dry-run
  lb person erase --integration moodle --user-id 4711 --yes

It cannot be undone. Recordings and slides are on the servers, and are not touched.")]
    Erase {
        #[command(flatten)]
        who: Who,
        /// Only say how many events name them
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Who is meant.
#[derive(Debug, Args, Serialize)]
#[command(group = ArgGroup::new("at least one of --user-id, --name").args(["user_id", "name"]).required(true).multiple(true))]
pub(crate) struct Who {
    /// Only at this integration
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    integration: Option<String>,
    /// The website's id of the user; this, or --name, or both must be said
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// The name, just as the website gave it
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::Export(who) => export(desk, &body(&who)?).await,
            Self::Erase { who, dry_run: true, .. } => {
                let events = erase(desk, body(&who)?, true).await?;
                desk.tell(&json!({ "events": events, "dry_run": true }), |_| {
                    format!("{}; nothing is changed\n", named(events))
                })
            }
            Self::Erase { who, yes, .. } => {
                if !yes {
                    let events = erase(desk, body(&who)?, true).await?;
                    desk.confirm(&format!("{}. Erase them from all, which cannot be undone?", named(events)))?;
                }
                let events = erase(desk, body(&who)?, false).await?;
                let done = json!({ "events": events, "dry_run": false });
                desk.tell(&done, |_| format!("they are erased from {events} event{}\n", plural(events)))
            }
        }
    }
}

fn body(who: &Who) -> Result<Value, Failure> {
    serde_json::to_value(who).map_err(|error| Failure::Failed(error.to_string()))
}

fn named(events: u64) -> String {
    format!("{events} event{} tell{} of them", plural(events), if events == 1 { "s" } else { "" })
}

fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// All pages. One may have nothing on it and yet not be the last: what the balancer looks at at once is bounded.
async fn export(desk: &mut Desk<'_, '_>, who: &Value) -> Result<Outcome, Failure> {
    let (mut items, mut after): (Vec<Value>, Option<String>) = (Vec::new(), None);
    loop {
        let place = Place::of(&["persons", "export"]).with("limit", PAGE).with_some("after", after.as_deref());
        let mut page = desk.client.post(&place, Some(who)).await?.json()?;
        let more = page["items"].as_array_mut().map(std::mem::take);
        items.extend(more.ok_or_else(|| Failure::Failed("the balancer's answer is no list".to_owned()))?);
        let next = page["next"].as_str().map(str::to_owned);
        if next.is_none() || next == after {
            break;
        }
        after = next;
    }
    if items.is_empty() && !desk.json {
        eprintln!("nothing is stored of them");
        return Ok(Outcome::Done);
    }
    let list = json!({ "items": items, "next": null });
    desk.tell(&list, |sheet| sheet.table(COLUMNS, &items))
}

async fn erase(desk: &Desk<'_, '_>, mut who: Value, dry_run: bool) -> Result<u64, Failure> {
    who["dry_run"] = dry_run.into();
    let answer = desk.client.post(&Place::of(&["persons", "erase"]), Some(&who)).await?.json()?;
    answer["events"].as_u64().ok_or_else(|| Failure::Failed("the balancer does not say how many events".to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use serde_json::{Value, json};

    use super::super::fake::{Fake, page};
    use crate::args::Args;

    fn entered(name: &str) -> Value {
        json!({ "at": "2027-01-01T00:00:00.000Z", "event": "user-entered", "integration": "moodle", "meeting_id": "a",
            "server": "bbb1", "data": { "name": name, "external_user_id": "4711", "role": "attendee" } })
    }

    #[test]
    fn an_export_is_read_to_its_end_also_over_pages_with_nothing_on_them() {
        let pages = [page(json!([]), Some("7-1")), page(json!([entered("Ana")]), Some("5-1")), page(json!([]), None)];
        let (ran, asked) =
            Fake::answering(pages).run(&["person", "export", "--integration", "moodle", "--user-id", "4711"]);
        let table = ran.output();
        assert!(table.contains("user-entered") && table.contains("Ana") && table.lines().count() == 2, "{table}");
        assert_eq!(asked[0].line, "POST /api/v1/persons/export?limit=100");
        assert_eq!(asked[0].body, json!({ "integration": "moodle", "user_id": "4711" }));
        assert_eq!(asked[2].line, "POST /api/v1/persons/export?limit=100&after=5-1");
    }

    #[test]
    fn nobody_is_erased_without_a_yes() {
        let counted = (200, "", json!({ "events": 3, "dry_run": true }));
        let (ran, asked) = Fake::answering([counted.clone()]).run(&["person", "erase", "--name", "Ana"]);
        assert!(ran.usage().starts_with("3 events tell of them."), "{asked:?}");
        let (ran, asked) = Fake::answering([counted]).run(&["person", "erase", "--name", "Ana", "--dry-run"]);
        assert_eq!(ran.output(), "3 events tell of them; nothing is changed\n");
        assert_eq!(asked[0].body, json!({ "name": "Ana", "dry_run": true }));
        let erased = (200, "", json!({ "events": 1, "dry_run": false }));
        let (ran, asked) = Fake::answering([erased]).run(&["person", "erase", "--name", "Ana", "--yes"]);
        assert_eq!(ran.output(), "they are erased from 1 event\n");
        assert_eq!(asked[0].body, json!({ "name": "Ana", "dry_run": false }));
    }

    #[test]
    fn who_is_meant_must_be_said() {
        for verb in ["export", "erase"] {
            for more in [&[][..], &["--integration", "moodle"]] {
                let line = [&["lb", "person", verb], more].concat();
                let error = Args::definition().try_get_matches_from(line).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument);
                let sentence = error.to_string();
                assert!(sentence.contains("<--user-id <ID>|--name <TEXT>>"), "{sentence}");
            }
        }
        let (ran, asked) =
            Fake::answering([page(json!([]), None)]).run(&["person", "export", "--user-id", "4711", "--name", "Ana"]);
        assert_eq!(ran.output(), "");
        assert_eq!(asked[0].body, json!({ "user_id": "4711", "name": "Ana" }), "both may be said");
    }
}
