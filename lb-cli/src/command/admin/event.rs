//! `lb event`: what happened.

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{self, Cell, Column};

const COLUMNS: &[Column] = &[
    Column::at("when", "/at"),
    Column::at("event", "/event"),
    Column::at("integration", "/integration"),
    Column::at("meeting", "/meeting_id").rank(1),
    Column::at("server", "/server"),
    Column::made("what else", else_of),
];

/// What is too long for a table, or an id that says nothing to people.
const LEFT_OUT: [&str; 4] = ["parameters", "user", "user_id", "external_user_id"];

/// What is done with events.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List what happened, the newest first
    #[command(after_help = "\
Examples:
  lb event list --integration moodle --meeting room-1
  lb event list --kind server-state-changed --kind server-confirmed-down
  lb event list --server bbb1 --from 2026-11-22T18:00:00Z --watch
  lb event list --kind call-refused --json | jq -r '.items[].data.reason'

What administrators did: lb audit list")]
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Of this integration
    #[arg(long, value_name = "NAME")]
    integration: Option<String>,
    /// Of meetings with this meetingID
    #[arg(long = "meeting", value_name = "ID")]
    meeting_id: Option<String>,
    /// Of the meeting, or recording, with this id of BigBlueButton's
    #[arg(long, value_name = "ID")]
    internal_id: Option<String>,
    /// On this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Of this kind, such as meeting-created; may stand several times
    #[arg(long = "kind", value_name = "EVENT")]
    kinds: Vec<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    listing: Listing,
}

/// When it happened.
#[derive(Debug, Args)]
pub(crate) struct Period {
    /// From this moment on, such as 2026-11-22T18:00:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<jiff::Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    until: Option<jiff::Timestamp>,
}

fn moment(text: &str) -> Result<jiff::Timestamp, &'static str> {
    text.parse().map_err(|_| "a moment is written with its zone, such as 2026-11-22T18:00:00Z")
}

impl Period {
    /// The same place, of this time only.
    pub(super) fn of(&self, place: Place) -> Place {
        place.with_some("from", self.from).with_some("until", self.until)
    }
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let Self::List(List { integration, meeting_id, internal_id, server, kinds, period, listing }) = self;
        let place = Place::of(&["events"])
            .with_some("integration", integration)
            .with_some("meeting_id", meeting_id)
            .with_some("internal_id", internal_id)
            .with_some("server", server);
        let place = kinds.iter().fold(place, |place, kind| place.with("kind", kind));
        desk.list(&listing, &period.of(place), COLUMNS).await
    }
}

/// What an event has to say besides, in short.
fn else_of(event: &Value) -> Cell {
    let none = Map::new();
    let data = event["data"].as_object().unwrap_or(&none);
    let told = data.iter().filter(|(name, value)| !LEFT_OUT.contains(&name.as_str()) && !value.is_null());
    let told = told.map(|(name, value)| match name.as_str() {
        "placement" => format!("placement: {}", table::text(&value["reason"])),
        _ => format!("{name}: {}", table::text(value)),
    });
    Cell::plain(told.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::command::admin::fake::{Fake, page};

    #[test]
    fn what_is_asked_for_is_said_in_the_query_and_events_are_told_in_short() {
        let created = json!({
            "at": "2026-11-22T19:00:00.000Z", "event": "meeting-created", "integration": "moodle",
            "meeting_id": "room 1", "internal_id": "x-1", "server": "bbb1",
            "data": {"name": "Algebra", "parameters": [["a", "b"]], "placement": {"policy": "p", "reason": "the least"}},
        });
        let refused = json!({
            "at": "2026-11-22T18:00:00.000Z", "event": "call-refused", "integration": "moodle", "meeting_id": null,
            "internal_id": null, "server": null, "data": {"call": "create", "key": "checksumError", "address": null},
        });
        let fake = Fake::answering([page(json!([created, refused]), None)]);
        let line = "event list --integration moodle --meeting room+1 --internal-id x-1 --server bbb1 \
                    --kind meeting-created --kind call-refused --from 2026-11-22T19:00:00+02:00 --until 2026-11-23T00:00:00Z";
        let (ran, asked) = fake.run(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(
            ran.output(),
            "WHEN                  EVENT            INTEGRATION  MEETING  SERVER  WHAT ELSE\n\
             2026-11-22T19:00:00Z  meeting-created  moodle       room 1   bbb1    name: Algebra; placement: the least\n\
             2026-11-22T18:00:00Z  call-refused     moodle       -        -       call: create; key: checksumError\n"
        );
        assert_eq!(
            asked[0].line,
            "GET /api/v1/events?integration=moodle&meeting_id=room%2B1&internal_id=x-1&server=bbb1&kind=meeting-created\
             &kind=call-refused&from=2026-11-22T17%3A00%3A00Z&until=2026-11-23T00%3A00%3A00Z&limit=200"
        );
    }
}
