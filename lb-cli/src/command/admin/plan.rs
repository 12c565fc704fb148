//! `lb plan`: what integrations may do, and how much of it.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::put::{FromFile, Thing};
use super::value::{NamesOrAll, OrNone, Seconds, yes_or_no};
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("active", "/active"),
    Column::at("may record", "/may_record").rank(2),
    Column::at("meetings", "/max_concurrent_meetings").right(),
    Column::at("users", "/max_concurrent_users").right(),
    Column::at("users of one", "/max_users_per_meeting").right().rank(3),
    Column::made("duration", duration).right().rank(4),
    Column::at("calls/s", "/calls_per_second").right().rank(5),
    Column::made("calls", calls).rank(6),
    Column::at("managed", "/managed").rank(7),
];

const SHEET: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("active", "/active"),
    Column::at("may record", "/may_record"),
    Column::at("most meetings at once", "/max_concurrent_meetings"),
    Column::at("most users at once", "/max_concurrent_users"),
    Column::at("most users of one meeting", "/max_users_per_meeting"),
    Column::made("longest meeting", duration),
    Column::at("most calls in a second", "/calls_per_second"),
    Column::made("calls", calls),
    Column::at("managed by the file", "/managed"),
];

const FIELDS: &[&str] = &[
    "active",
    "may_record",
    "max_concurrent_meetings",
    "max_concurrent_users",
    "max_users_per_meeting",
    "max_duration_seconds",
    "calls_per_second",
    "allowed_calls",
];

/// What is done with plans.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List plans
    #[command(after_help = "\
Examples:
  lb plan list
  lb plan list --json | jq '.items[] | select(.may_record)'

A dash is no limit.")]
    List(Listing),
    /// Show one plan
    #[command(after_help = "\
Example:
  lb plan show default")]
    Show {
        /// Its name
        name: String,
    },
    /// Make a plan, or change what is said of it
    #[command(after_help = "\
Examples:
  lb plan put school --max-concurrent-meetings 40 --max-users-per-meeting 200 --max-duration 4h
  lb plan put school --may-record no
  lb plan put school --max-concurrent-meetings none
  lb plan show school --json | lb plan put university -f -

What is not said stays as it is. A new plan allows everything that is not said.")]
    Put(Put),
    /// Remove a plan that no integration has
    #[command(after_help = "\
Examples:
  lb plan remove school
  lb plan remove school --yes")]
    Remove {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Put {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FromFile,
    #[command(flatten)]
    fields: Fields,
}

/// What can be said of a plan.
#[derive(Debug, Args, Serialize)]
struct Fields {
    /// Whether its integrations may use the balancer
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    /// Whether they may record meetings
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    #[serde(skip_serializing_if = "Option::is_none")]
    may_record: Option<bool>,
    /// The most meetings of one integration at once, or none for no limit, here and below
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_concurrent_meetings: Option<OrNone<u32>>,
    /// The most users of one integration at once
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_concurrent_users: Option<OrNone<u32>>,
    /// The most users of one meeting
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_users_per_meeting: Option<OrNone<u32>>,
    /// How long a meeting may last, such as 4h
    #[arg(long, value_name = "TIME")]
    #[serde(rename = "max_duration_seconds", skip_serializing_if = "Option::is_none")]
    max_duration: Option<OrNone<Seconds>>,
    /// The most calls of one integration in a second
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    calls_per_second: Option<OrNone<u32>>,
    /// The calls that may be made, with commas, or all
    #[arg(long, value_name = "CALLS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_calls: Option<NamesOrAll>,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(listing) => desk.list(&listing, &Place::of(&["plans"]), COLUMNS).await,
            Self::Show { name } => desk.show(&at(&name), SHEET).await,
            Self::Put(Put { name, file, fields }) => {
                let thing = Thing { place: at(&name), what: format!("plan {name}"), fields: FIELDS };
                desk.put(&thing, &file, &fields).await
            }
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove plan {name}?"))?;
                }
                desk.remove(&at(&name), &format!("plan {name}")).await
            }
        }
    }
}

fn at(name: &str) -> Place {
    Place::of(&["plans", name])
}

fn duration(plan: &Value) -> Cell {
    let Some(seconds) = plan["max_duration_seconds"].as_u64() else { return Cell::plain("-") };
    Cell::plain(match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (hours, 0, 0) => format!("{hours}h"),
        (hours, minutes, 0) => format!("{hours}h{minutes}m"),
        _ => format!("{seconds}s"),
    })
}

fn calls(plan: &Value) -> Cell {
    let Some(calls) = plan["allowed_calls"].as_array() else { return Cell::plain("all") };
    let calls: Vec<_> = calls.iter().filter_map(Value::as_str).collect();
    Cell::plain(if calls.is_empty() { "none".to_owned() } else { calls.join(", ") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{Fake, page};

    #[test]
    fn limits_are_said_and_taken_back() {
        let plan = json!({ "name": "school", "active": true, "may_record": true, "max_concurrent_meetings": 40,
            "max_concurrent_users": null, "max_users_per_meeting": null, "max_duration_seconds": 5400,
            "calls_per_second": null, "allowed_calls": ["create", "join"], "managed": false });
        let (ran, _) = Fake::answering([page(json!([plan]), None)]).run(&["plan", "list"]);
        let row = "school  yes     yes               40      -             -     1h30m        -  create, join  no\n";
        let text = ran.output();
        assert!(text.ends_with(row), "{text}");
        let fake = Fake::answering([(200, "\"1\"", plan.clone()), (200, "\"2\"", plan)]);
        let limits = ["--max-concurrent-meetings", "none", "--max-duration", "4h", "--allowed-calls", "all"];
        let (_, asked) = fake.run(&[&["plan", "put", "school", "--may-record", "no"], &limits[..]].concat());
        assert_eq!(
            asked[1].body,
            json!({ "active": true, "may_record": false, "max_concurrent_meetings": null, "max_concurrent_users": null,
                "max_users_per_meeting": null, "max_duration_seconds": 14_400, "calls_per_second": null,
                "allowed_calls": null })
        );
    }
}
