//! `lb meeting trace`: all that is known of one meeting, in order.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::Value;

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Cell, Column, Sheet, text};

/// How many events are looked at to find out whose meeting it was.
const LOOKED_AT: usize = 1000;

const COLUMNS: &[Column] = &[
    Column::at("when", "/at"),
    Column::made("until", until).rank(2),
    Column::at("what", "/what").rank(3),
    Column::at("server", "/server").rank(4),
    Column::at("from", "/source").rank(5),
    Column::at("what happened", "/sentence"),
];

/// Which meeting.
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct Trace {
    /// Whose, as other commands take it (otherwise --integration, or the one integration that has had a meeting of that id)
    #[arg(value_name = "INTEGRATION", conflicts_with = "integration")]
    owner: Option<String>,
    /// The website's id of it, or BBB's internal one
    #[arg(value_name = "MEETINGID")]
    meeting_id: String,
    /// Whose, in place of INTEGRATION
    #[arg(long, value_name = "NAME")]
    integration: Option<String>,
    /// Of its lives only the one with this id of BBB's
    #[arg(long, value_name = "ID")]
    internal_id: Option<String>,
}

impl Task for Trace {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let integration = match self.owner.as_ref().or(self.integration.as_ref()) {
            Some(name) => name.clone(),
            None => whose(desk, &self.meeting_id).await?,
        };
        let place = Place::of(&["meetings", &integration, &self.meeting_id, "trace"])
            .with_some("internal_id", self.internal_id.as_ref());
        let trace = desk.client.get(&place).await?.json()?;
        desk.tell(&trace, |sheet| told(sheet, &trace))
    }
}

/// The one integration that has had a meeting of that id, by the stored events.
async fn whose(desk: &Desk<'_, '_>, meeting_id: &str) -> Result<String, Failure> {
    for by in ["meeting_id", "internal_id"] {
        let place = Place::of(&["events"]).with(by, meeting_id);
        let place = place.with("kind", "meeting-created").with("kind", "meeting-adopted");
        let events = desk.pages(&place, LOOKED_AT).await?;
        let events = events["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let owners: BTreeSet<&str> = events.iter().filter_map(|event| event["integration"].as_str()).collect();
        match owners.len() {
            0 => {}
            1 => return Ok(owners.into_iter().collect()),
            _ => {
                let names = owners.into_iter().collect::<Vec<_>>().join(", ");
                let sentence = format!(
                    "several integrations have had a meeting {meeting_id}: {names}; say which with --integration"
                );
                return Err(Failure::Usage(line(&sentence)));
            }
        }
    }
    let sentence = format!(
        "no integration is known to have had a meeting {meeting_id}; one whose creates were refused can be named with --integration"
    );
    Err(Failure::Failed(line(&sentence)))
}

/// The last moment of something that took some time.
fn until(entry: &Value) -> Cell {
    let (at, until) = (text(&entry["at"]), text(&entry["until"]));
    Cell::plain(if at == until { String::new() } else { until })
}

fn told(sheet: Sheet, trace: &Value) -> String {
    let entries = trace["entries"].as_array().cloned().unwrap_or_default();
    let (id, integration) = (text(&trace["meeting_id"]), text(&trace["integration"]));
    let place = match trace["server"].as_str() {
        Some(server) => format!("runs on {server}"),
        None => "does not run".to_owned(),
    };
    let lives = trace["incarnations"].as_array().map_or(0, Vec::len);
    let lives = if lives > 1 { format!("; it was created {lives} times") } else { String::new() };
    let mut said = line(&format!("meeting {id} of {integration} {place}{lives}"));
    said.push_str("\n\n");
    said.push_str(&sheet.table(COLUMNS, &entries));
    let since = text(&trace["remembered_since"]);
    let mut notes = vec![format!("calls and lists are remembered since {since}, when the balancer was started")];
    if trace["older"] == true {
        notes.push("older events are left out".to_owned());
    }
    if trace["forgotten"].as_u64().unwrap_or(0) > 0 {
        notes.push(format!("{} older calls and lists were forgotten", text(&trace["forgotten"])));
    }
    said.push_str(&sheet.dim(&format!("({})", notes.join("; "))));
    said.push('\n');
    said
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use serde_json::{Value, json};

    use super::super::fake::{Fake, Said, page};
    use crate::args::Args;

    fn created(integration: &str) -> Value {
        json!({ "event": "meeting-created", "integration": integration, "meeting_id": "room-1" })
    }

    fn trace() -> Said {
        let entry = |at: &str, until: &str, what: &str, source: &str, sentence: &str| {
            json!({ "at": at, "until": until, "times": 1, "source": source, "what": what, "sentence": sentence,
                "server": "bbb1", "internal_id": null })
        };
        let entries = json!([
            entry(
                "2026-11-22T19:00:00.000Z",
                "2026-11-22T19:00:00.000Z",
                "meeting-created",
                "stored",
                "It was created."
            ),
            entry("2026-11-22T19:00:10.000Z", "2026-11-22T19:06:40.000Z", "seen", "memory", "Seen in 40 lists."),
        ]);
        let trace = json!({ "integration": "moodle", "meeting_id": "room-1", "server": "bbb1", "incarnations": [{}],
            "entries": entries, "older": false, "remembered_since": "2026-11-22T18:00:00.000Z", "forgotten": 3 });
        (200, "", trace)
    }

    #[test]
    fn the_integration_is_found_where_only_one_has_had_that_id() {
        let fake = Fake::answering([page(json!([created("moodle"), created("moodle")]), None), trace()]);
        let (ran, asked) = fake.run(&["meeting", "trace", "room-1"]);
        assert_eq!(
            ran.output(),
            "meeting room-1 of moodle runs on bbb1\n\n\
             WHEN                  UNTIL                 WHAT             SERVER  FROM    WHAT HAPPENED\n\
             2026-11-22T19:00:00Z                        meeting-created  bbb1    stored  It was created.\n\
             2026-11-22T19:00:10Z  2026-11-22T19:06:40Z  seen             bbb1    memory  Seen in 40 lists.\n\
             (calls and lists are remembered since 2026-11-22T18:00:00Z, when the balancer was started; 3 older calls and \
             lists were forgotten)\n"
        );
        assert_eq!(
            asked[0].line,
            "GET /api/v1/events?meeting_id=room-1&kind=meeting-created&kind=meeting-adopted&limit=200"
        );
        assert_eq!(asked[1].line, "GET /api/v1/meetings/moodle/room-1/trace");
    }

    #[test]
    fn the_integration_must_be_named_where_several_or_none_had_that_id() {
        let fake = Fake::answering([page(json!([created("moodle"), created("portal")]), None)]);
        let sentence = fake.run(&["meeting", "trace", "room-1"]).0.usage();
        assert!(sentence.contains("moodle, portal; say which"), "{sentence}");
        let none = || page(json!([]), None);
        let (ran, asked) = Fake::answering([none(), none()]).run(&["meeting", "trace", "room-1"]);
        assert!(ran.failed().contains("no integration is known"));
        assert!(asked[1].line.contains("internal_id=room-1"), "{}", asked[1].line);
        let fake = Fake::answering([trace()]);
        let (ran, asked) =
            fake.run(&["meeting", "trace", "a/b", "--integration", "moodle", "--internal-id", "x-1", "--json"]);
        assert!(ran.output().contains("\"forgotten\": 3"));
        assert_eq!(asked[0].line, "GET /api/v1/meetings/moodle/a%2Fb/trace?internal_id=x-1");
    }

    #[test]
    fn the_integration_may_stand_before_the_meeting_as_elsewhere() {
        let (ran, asked) = Fake::answering([trace()]).run(&["meeting", "trace", "moodle", "a/b"]);
        assert!(ran.output().starts_with("meeting room-1 of moodle"));
        assert_eq!(asked[0].line, "GET /api/v1/meetings/moodle/a%2Fb/trace");
        let twice = ["lb", "meeting", "trace", "moodle", "a/b", "--integration", "portal"];
        let error = Args::definition().try_get_matches_from(twice).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
    }
}
