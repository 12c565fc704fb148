//! `lb recording`: the recordings of all servers.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("id", "/id"),
    Column::at("integration", "/integration").rank(1),
    Column::state("state", "/state"),
    Column::at("meeting", "/meeting_id").rank(3),
    Column::at("started", "/started_at").rank(2),
    Column::at("participants", "/participants").right().rank(5),
    Column::at("server", "/server").rank(4),
    Column::at("formats", "/formats").rank(6),
];

const SHEET: &[Column] = &[
    Column::at("id", "/id"),
    Column::at("integration", "/integration"),
    Column::at("assigned by hand", "/assigned"),
    Column::state("state", "/state"),
    Column::at("meeting", "/meeting_id"),
    Column::at("started", "/started_at"),
    Column::at("ended", "/ended_at"),
    Column::at("participants", "/participants"),
    Column::at("server", "/server"),
    Column::at("formats", "/formats"),
    Column::at("metadata", "/metadata"),
];

/// What is done with recordings.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List recordings, by integration and newest first
    #[command(after_help = "\
Examples:
  lb recording list --integration moodle
  lb recording list --state processing
  lb recording list --unattributed")]
    List(List),
    /// Show one recording
    #[command(after_help = "\
Example:
  lb recording show 0a1b2c…-1699999999999")]
    Show(Which),
    /// Let people play a recording
    #[command(after_help = "\
Example:
  lb recording publish 0a1b2c…-1699999999999")]
    Publish(Which),
    /// Take a recording back
    #[command(after_help = "\
Example:
  lb recording unpublish 0a1b2c…-1699999999999")]
    Unpublish(Which),
    /// Delete a recording on its server; nobody can bring it back
    #[command(after_help = "\
Examples:
  lb recording delete 0a1b2c…-1699999999999
  lb recording delete 0a1b2c…-1699999999999 --yes")]
    Delete {
        #[command(flatten)]
        which: Which,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Say whose a recording is
    #[command(after_help = "\
Examples:
  lb recording assign 0a1b2c…-1699999999999 moodle
  lb recording assign 0a1b2c…-1699999999999 none

With none, what its server says of it tells again.")]
    Assign {
        #[command(flatten)]
        which: Which,
        /// The integration, or none
        integration: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those of this integration
    #[arg(long)]
    integration: Option<String>,
    /// Those of this meeting, by the website's id
    #[arg(long, value_name = "ID")]
    meeting: Option<String>,
    /// Those in this state: published, unpublished, processed, processing or deleted
    #[arg(long)]
    state: Option<String>,
    /// Those of which nobody knows whose they are
    #[arg(long, conflicts_with_all = ["integration", "meeting", "state"])]
    unattributed: bool,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The recording
    id: String,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(List { integration, meeting, state, unattributed, listing }) => {
                let place = Place::of(&["recordings"]).with_some("integration", integration);
                let place = place.with_some("meeting_id", meeting).with_some("state", state);
                let place = place.with_some("unattributed", unattributed.then_some(true));
                desk.list(&listing, &place, COLUMNS).await
            }
            Self::Show(Which { id }) => desk.show(&Place::of(&["recordings", &id]), SHEET).await,
            Self::Publish(Which { id }) => {
                let answer = desk.client.post(&Place::of(&["recordings", &id, "publish"]), None).await?;
                desk.done(&answer, &format!("recording {id} is published"))
            }
            Self::Unpublish(Which { id }) => {
                let answer = desk.client.post(&Place::of(&["recordings", &id, "unpublish"]), None).await?;
                desk.done(&answer, &format!("recording {id} is not published any more"))
            }
            Self::Delete { which: Which { id }, yes } => {
                if !yes {
                    desk.confirm(&format!("Delete recording {id}? Nobody can bring it back."))?;
                }
                let answer = desk.client.delete(&Place::of(&["recordings", &id])).await?;
                desk.done(&answer, &format!("recording {id} is deleted"))
            }
            Self::Assign { which: Which { id }, integration } => {
                let owner = Some(integration).filter(|integration| integration != "none");
                let body = json!({ "integration": owner });
                let answer = desk.client.post(&Place::of(&["recordings", &id, "assign"]), Some(&body)).await?;
                let whose = owner.map_or("whose its server says".to_owned(), |owner| format!("of {owner}"));
                desk.done(&answer, &format!("recording {id} is {whose}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake::{Fake, lb, page};

    fn recording() -> Value {
        json!({ "id": "r-1", "integration": "moodle", "assigned": false, "meeting_id": "room", "server": "poa1",
            "state": "published", "started_at": "2026-11-22T19:00:00.000Z", "ended_at": "2026-11-22T20:00:00.000Z",
            "participants": 7, "formats": ["presentation"], "metadata": { "course": "math" } })
    }

    #[test]
    fn recordings_are_listed_and_shown() {
        let fake = Fake::answering([page(json!([recording()]), None)]);
        let (ran, asked) = fake.run(&["recording", "list", "--integration", "moodle", "--state", "published"]);
        let row = "r-1  moodle       published  room     2026-11-22T19:00:00Z             7  poa1    presentation\n";
        let text = ran.output();
        assert!(text.ends_with(row), "{text}");
        assert_eq!(asked[0].line, "GET /api/v1/recordings?integration=moodle&state=published&limit=200");
        let (ran, _) = Fake::answering([(200, "", recording())]).run(&["recording", "show", "r-1"]);
        assert!(ran.output().ends_with("metadata          course=math\n"));
    }

    #[test]
    fn recordings_are_published_assigned_and_after_a_question_deleted() {
        let (ran, asked) = Fake::answering([(200, "", recording())]).run(&["recording", "unpublish", "r-1"]);
        assert_eq!(ran.output(), "recording r-1 is not published any more\n");
        assert_eq!(asked[0].line, "POST /api/v1/recordings/r-1/unpublish");
        let (ran, asked) = Fake::answering([(200, "", recording())]).run(&["recording", "assign", "r-1", "none"]);
        assert_eq!(ran.output(), "recording r-1 is whose its server says\n");
        assert_eq!(asked[0].body, json!({ "integration": null }));
        let unasked = lb(&["recording", "delete", "r-1", "--url", "http://127.0.0.1:1"], &[], "").usage();
        assert!(unasked.starts_with("Delete recording r-1?"), "{unasked}");
        let (ran, asked) = Fake::answering([(204, "", Value::Null)]).run(&["recording", "delete", "r-1", "--yes"]);
        assert_eq!(
            (ran.output().as_str(), asked[0].line.as_str()),
            ("recording r-1 is deleted\n", "DELETE /api/v1/recordings/r-1")
        );
    }
}
