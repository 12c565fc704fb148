//! `lb meeting`: the meetings that run.

use clap::{Args, Subcommand};

use super::trace::Trace;
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("integration", "/integration"),
    Column::at("meeting id", "/meeting_id"),
    Column::at("name", "/name").rank(2),
    Column::at("server", "/server"),
    Column::at("users", "/users").right(),
    Column::at("recording", "/recording").rank(3),
    Column::at("created", "/created_at").rank(1),
];

const ALL: &[Column] = &[
    Column::at("integration", "/integration"),
    Column::at("meeting id", "/meeting_id"),
    Column::at("internal id", "/internal_id"),
    Column::at("name", "/name"),
    Column::at("created", "/created_at"),
    Column::at("recording", "/recording"),
    Column::at("users", "/users"),
    Column::at("with audio", "/audio"),
    Column::at("with video", "/video"),
    Column::at("seen", "/seen_at"),
    Column::at("server", "/server"),
    Column::state("server's state", "/server_state"),
    Column::at("router", "/placement/router"),
    Column::at("policy", "/placement/policy"),
    Column::at("score", "/placement/score"),
    Column::at("why there", "/placement/reason"),
    Column::at("attempt", "/placement/attempt"),
    Column::at("position from", "/placement/position_from"),
    Column::at("candidates", "/placement/candidates"),
    Column::at("next best", "/placement/next"),
    Column::at("left out", "/placement/left_out"),
    Column::at("found", "/found"),
    Column::at("callbacks at its end", "/callbacks"),
];

/// What is done with meetings.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the meetings that run
    #[command(after_help = "\
Examples:
  lb meeting list
  lb meeting list --integration moodle --watch
  lb meeting list --server poa2 --text algebra
  lb meeting list --json | jq -r '.items[] | select(.users == 0) | .meeting_id'")]
    List(List),
    /// Show one meeting, and why it is where it is
    #[command(after_help = "\
Example:
  lb meeting show moodle room-1")]
    Show(Which),
    /// End a meeting: everybody is sent out
    #[command(after_help = "\
Examples:
  lb meeting end moodle room-1
  lb meeting end moodle room-1 --yes

It leaves the list when its server lists it no more, after some seconds.")]
    End(End),
    /// Tell all that is known of one meeting, in order, also of one that has ended
    #[command(after_help = "\
Examples:
  lb meeting trace room-1
  lb meeting trace moodle room-1
  lb meeting trace room-1 --integration moodle
  lb meeting trace room-1 --json | jq -r '.entries[] | select(.what == \"call\") | .sentence'

Calls, where it was placed and why, what the lists of its server showed, callbacks, recordings.")]
    Trace(Trace),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those of this integration
    #[arg(long, value_name = "NAME")]
    integration: Option<String>,
    /// Those on this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Those whose id or name has this in it, in any case
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Whose
    integration: String,
    /// The website's id of it, or BBB's internal one
    meeting_id: String,
}

#[derive(Debug, Args)]
pub(crate) struct End {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Which {
    fn path(&self) -> [&str; 3] {
        ["meetings", &self.integration, &self.meeting_id]
    }
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(List { integration, server, text, listing }) => {
                let place = Place::of(&["meetings"])
                    .with_some("integration", integration)
                    .with_some("server", server)
                    .with_some("text", text);
                desk.list(&listing, &place, COLUMNS).await
            }
            Self::Trace(trace) => trace.run(desk).await,
            Self::Show(which) => desk.show(&Place::of(&which.path()), ALL).await,
            Self::End(End { which, yes }) => {
                let [meetings, integration, meeting_id] = which.path();
                if !yes {
                    desk.confirm(&format!("End meeting {meeting_id} of {integration} for everybody in it?"))?;
                }
                let answer = desk.client.post(&Place::of(&[meetings, integration, meeting_id, "end"]), None).await?;
                desk.done(&answer, &format!("meeting {meeting_id} of {integration} is being ended"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake::{Fake, page};

    fn meeting() -> Value {
        json!({ "integration": "moodle", "meeting_id": "a/b", "internal_id": "i-1", "name": "Algebra", "server": "poa2",
            "created_at": "2026-11-22T19:00:00.000Z", "recording": true, "users": 7, "audio": 6, "video": null,
            "seen_at": null })
    }

    #[test]
    fn meetings_are_listed_by_what_is_asked_for() {
        let fake = Fake::answering([page(json!([meeting()]), None)]);
        let (ran, asked) = fake.run(&["meeting", "list", "--integration", "moodle", "--text", "a b", "--limit", "5"]);
        assert_eq!(
            ran.output(),
            "INTEGRATION  MEETING ID  NAME     SERVER  USERS  RECORDING  CREATED\n\
             moodle       a/b         Algebra  poa2        7  yes        2026-11-22T19:00:00Z\n"
        );
        assert_eq!(asked[0].line, "GET /api/v1/meetings?integration=moodle&text=a%20b&limit=5");
    }

    #[test]
    fn one_is_shown_with_its_placement() {
        let mut detail = meeting();
        detail["placement"] = json!({ "router": "default", "policy": "least-cpu", "score": 1.5, "reason": "least CPU",
            "candidates": 3, "next": [{ "server": "poa1", "score": 2.5 }], "left_out": { "draining": 1 } });
        let (ran, asked) = Fake::answering([(200, "", detail)]).run(&["meeting", "show", "moodle", "a/b"]);
        let text = ran.output();
        for line in [
            "why there             least CPU",
            "next best             score=2.5, server=poa1",
            "left out              draining=1",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert_eq!(asked[0].line, "GET /api/v1/meetings/moodle/a%2Fb");
    }

    #[test]
    fn an_end_is_asked_about_first() {
        let (ran, asked) = Fake::answering([(202, "", Value::Null)]).run(&["meeting", "end", "moodle", "a/b", "--yes"]);
        assert_eq!(ran.output(), "meeting a/b of moodle is being ended\n");
        assert_eq!(asked[0].line, "POST /api/v1/meetings/moodle/a%2Fb/end");
        let (ran, asked) = Fake::answering([]).run(&["meeting", "end", "moodle", "a/b"]);
        assert!(ran.usage().contains("--yes") && asked.is_empty());
    }
}
