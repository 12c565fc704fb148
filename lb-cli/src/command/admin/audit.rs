//! `lb audit`: what administrators did.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::event::Period;
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{self, Cell, Column};

const COLUMNS: &[Column] = &[
    Column::at("when", "/at"),
    Column::at("who", "/by"),
    Column::at("from where", "/address").rank(1),
    Column::made("what", what),
    Column::made("changes", changes),
];

/// What is done with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List what administrators did, the newest first
    #[command(after_help = "\
Examples:
  lb audit list
  lb audit list --by ana --from 2026-11-01T00:00:00Z
  lb audit list --kind integration --name moodle --json

No secret is ever shown: (hidden) stands in its place.")]
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// What this user did, with whatever token
    #[arg(long, value_name = "USER")]
    by: Option<String>,
    /// What was done to things of this kind, such as integration or server
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// What was done to what is called so
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    listing: Listing,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let Self::List(List { by, kind, name, period, listing }) = self;
        let place =
            Place::of(&["audit"]).with_some("by", by).with_some("subject_kind", kind).with_some("subject_name", name);
        desk.list(&listing, &period.of(place), COLUMNS).await
    }
}

/// What was done to what.
fn what(entry: &Value) -> Cell {
    let word = |pointer| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let words = [word("/how"), word("/subject/kind"), word("/subject/name")];
    Cell::plain(words.join(" ").trim_end())
}

/// Each field with what it was and what it is.
fn changes(entry: &Value) -> Cell {
    let told = entry["changes"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|change| {
        let of = |side: &str| change[side].as_str().unwrap_or("–").to_owned();
        format!("{}: {} → {}", table::text(&change["field"]), of("from"), of("to"))
    });
    Cell::plain(told.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::command::admin::fake::{Fake, page};

    #[test]
    fn an_entry_is_told_as_who_did_what_from_where_and_what_is_other_than_before() {
        let entries = json!([
            {"at": "2026-11-22T19:31:07.000Z", "by": "ana", "address": "192.0.2.7", "how": "changed",
             "subject": {"kind": "plan", "name": "small"},
             "changes": [{"field": "calls_per_second", "from": "50", "to": "80"},
                 {"field": "max_duration", "from": null, "to": "4h"}]},
            {"at": "2026-11-22T19:30:12.000Z", "by": "local user 0", "address": null, "how": "freeze-lifted",
             "subject": {"kind": "freeze", "name": ""}, "changes": []},
        ]);
        let line =
            "audit list --by ana --kind plan --name small --from 2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z";
        let (ran, asked) = Fake::answering([page(entries.clone(), None)]).run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(
            ran.output(),
            "WHEN                  WHO           FROM WHERE  WHAT                  CHANGES\n\
             2026-11-22T19:31:07Z  ana           192.0.2.7   changed plan small    calls_per_second: 50 → 80; max_duration: – → 4h\n\
             2026-11-22T19:30:12Z  local user 0  -           freeze-lifted freeze\n"
        );
        assert_eq!(
            asked[0].line,
            "GET /api/v1/audit?by=ana&subject_kind=plan&subject_name=small&from=2026-11-01T00%3A00%3A00Z\
             &until=2026-12-01T00%3A00%3A00Z&limit=200"
        );
        let (ran, _) = Fake::answering([page(entries.clone(), None)]).run(&["audit", "list", "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&ran.output()).unwrap();
        assert_eq!(shown, json!({ "items": entries, "next": null }));
    }
}
