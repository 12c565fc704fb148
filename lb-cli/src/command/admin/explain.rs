//! `lb explain`: where a meeting would go now, and why.

use std::net::IpAddr;
use std::num::NonZeroU32;

use clap::Args;
use serde_json::Value;

use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Cell, Column, Ink, Sheet, text};

const CANDIDATES: &[Column] = &[
    Column::at("rank", "/rank").right(),
    Column::at("server", "/server"),
    Column::made("score", |row| figure(&row["score"])).right(),
    Column::at("way", "/way").rank(1),
    Column::made("km", |row| rounded(&row["km"])).right().rank(4),
    Column::made("cpu %", |row| figure(&row["expected_cpu"])).right().rank(3),
    Column::made("users", |row| rounded(&row["expected_users"])).right().rank(2),
    Column::at("why", "/reason"),
];

const LEFT_OUT: &[Column] = &[
    Column::at("left out", "/server"),
    Column::state("state", "/state"),
    Column::made("why", |row| {
        let reasons = row["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
        Cell::plain(reasons.iter().map(|reason| text(&reason["text"])).collect::<Vec<_>>().join("; "))
    }),
];

/// Which meeting is asked about.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Whose meeting
    #[arg(long, value_name = "NAME")]
    integration: String,
    /// The website's id of the meeting (otherwise any that does not exist)
    #[arg(long, value_name = "ID")]
    meeting_id: Option<String>,
    /// The address that the call comes from
    #[arg(long, value_name = "ADDRESS")]
    address: Option<IpAddr>,
    /// What the website sends as X-Forwarded-For: addresses with commas, the user's first
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',')]
    forwarded_for: Vec<IpAddr>,
    /// Where the user is, whatever the addresses say: degrees north
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true, requires = "longitude")]
    latitude: Option<f64>,
    /// Degrees east
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true, requires = "latitude")]
    longitude: Option<f64>,
    /// The server that the website prefers, by name or address
    #[arg(long, value_name = "SERVER")]
    preferred_server: Option<String>,
    /// The meeting is to be recorded
    #[arg(long)]
    record: bool,
    /// How many users the website lets in at the most
    #[arg(long, value_name = "USERS")]
    max_participants: Option<NonZeroU32>,
    /// How many users the website expects (meta_bbb-meeting-size-hint)
    #[arg(long, value_name = "USERS")]
    size: Option<NonZeroU32>,
    /// After how many minutes BBB ends the meeting at the latest
    #[arg(long, value_name = "MINUTES")]
    duration: Option<NonZeroU32>,
}

impl Task for Explain {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let forwarded: Vec<_> = self.forwarded_for.iter().map(ToString::to_string).collect();
        let place = Place::of(&["explain"])
            .with("integration", &self.integration)
            .with_some("meeting_id", self.meeting_id.as_ref())
            .with_some("address", self.address)
            .with_some("forwarded_for", Some(forwarded.join(",")).filter(|list| !list.is_empty()))
            .with_some("latitude", self.latitude)
            .with_some("longitude", self.longitude)
            .with_some("preferred_server", self.preferred_server.as_ref())
            .with_some("record", self.record.then_some(true))
            .with_some("max_participants", self.max_participants)
            .with_some("size", self.size)
            .with_some("duration", self.duration);
        let explained = desk.client.get(&place).await?.json()?;
        desk.tell(&explained, |sheet| told(sheet, &explained))
    }
}

/// The sentence of what would become of the meeting, what it was decided by, and the servers.
fn told(sheet: Sheet, explained: &Value) -> String {
    let rows = |field: &str| explained[field].as_array().cloned().unwrap_or_default();
    let (candidates, left_out) = (rows("candidates"), rows("left_out"));
    let mut text = line(&sentence(explained));
    text.push_str("\n\n");
    text.push_str(&sheet.sheet(
        &[
            Column::made("position", |all| Cell::plain(position(&all["position"]))),
            Column::made("router", |all| {
                Cell::plain(format!("{} ({})", self::text(&all["router"]), self::text(&all["policy"])))
            }),
            Column::at("required tags", "/tags/required"),
            Column::at("preferred tags", "/tags/preferred"),
            Column::at("forbidden tags", "/tags/forbidden"),
            Column::at("preferred server", "/preferred_server"),
        ],
        explained,
    ));
    for fenced in rows("fenced") {
        let field = |name: &str| self::text(&fenced[name]);
        let told =
            format!("! policy {} of router {} is passed over: it {}", field("policy"), field("router"), field("text"));
        text.push_str(&sheet.ink(Ink::Bad, &line(&told)));
        text.push('\n');
    }
    for (columns, rows) in [(CANDIDATES, &candidates), (LEFT_OUT, &left_out)] {
        if !rows.is_empty() {
            text.push('\n');
            text.push_str(&sheet.table(columns, rows));
        }
    }
    if explained["more_candidates"] == true {
        text.push_str(&sheet.dim("(there are more that could have it)"));
        text.push('\n');
    }
    text
}

fn sentence(explained: &Value) -> String {
    let outcome = &explained["outcome"];
    let meeting = match explained["meeting_id"].as_str() {
        Some(id) => format!("meeting {id} of {}", text(&explained["integration"])),
        None => format!("a new meeting of {}", text(&explained["integration"])),
    };
    let server = text(&outcome["server"]);
    let told = || format!("{} ({})", text(&outcome["message"]), text(&outcome["key"]));
    match outcome["word"].as_str().unwrap_or_default() {
        "placed" if outcome["last_resort"] == true => format!("{meeting} would go to {server}, as a last resort"),
        "placed" => match outcome["afresh_from"].as_str() {
            Some(lost) => format!("{meeting} would be placed afresh on {server}: it was lost with {lost}"),
            None => format!("{meeting} would go to {server}"),
        },
        "there" if outcome["answers"] == false => {
            format!("{meeting} exists on {server}, which does not answer: a create is refused")
        }
        "there" => format!("{meeting} exists on {server}: a create goes there, and nothing is placed"),
        "under-way" => format!("{meeting} is being created on {server}: a create waits for that"),
        "no-server" => format!("no server can have {meeting}: {}", told()),
        _ => format!("{meeting} would be refused: {}", told()),
    }
}

fn position(position: &Value) -> String {
    let from = match position["from"].as_str().unwrap_or_default() {
        "given" => "as given",
        "forwarded-address" => "of the forwarded address",
        "integration" => "of the integration",
        "caller-address" => "of the address that the call comes from",
        _ => return "not known".to_owned(),
    };
    let degrees = |field: &str| position[field].as_f64().unwrap_or_default();
    format!("{:.2}, {:.2} {from}", degrees("latitude"), degrees("longitude"))
}

fn figure(value: &Value) -> Cell {
    Cell::plain(value.as_f64().map_or_else(|| "-".to_owned(), |number| format!("{number:.2}")))
}

fn rounded(value: &Value) -> Cell {
    Cell::plain(value.as_f64().map_or_else(|| "-".to_owned(), |number| format!("{number:.0}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{Fake, lb};
    use super::*;

    fn explained() -> Value {
        json!({
            "integration": "moodle", "meeting_id": "room-1",
            "outcome": { "word": "placed", "server": "poa2", "last_resort": false, "afresh_from": null },
            "position": { "latitude": -30.033, "longitude": -51.2, "from": "integration" },
            "router": "default", "policy": "nearest-least-cpu", "preferred_server": null,
            "tags": { "required": ["gpu"], "preferred": [], "forbidden": [] },
            "candidates": [
                { "rank": 1, "server": "poa2", "way": "router", "score": 12.0, "reason": "least CPU", "km": 96.2,
                  "expected_cpu": 12.0, "expected_users": 15.0 },
                { "rank": 2, "server": "poa1", "way": "last-resort", "score": null, "reason": "a \u{1b}[31m", "km": null,
                  "expected_cpu": null, "expected_users": 0.4 },
            ],
            "more_candidates": false,
            "fenced": [{ "router": "schools", "policy": "own", "what": "ranked-twice", "text": "ranked poa2 twice",
                "until": null }],
            "left_out": [{ "server": "poa3", "state": "draining", "reasons": [
                { "why": "draining", "text": "it is draining" }, { "why": "lacks-tag", "text": "it lacks gpu" }] }],
        })
    }

    #[test]
    fn the_ranking_and_those_left_out_are_two_tables_below_the_sentence() {
        let fake = Fake::answering([(200, "", explained())]);
        let (ran, asked) = fake.run(&[
            "explain",
            "--integration",
            "moodle",
            "--meeting-id",
            "room/1",
            "--forwarded-for",
            "192.0.2.1,2001:db8::1",
            "--latitude",
            "-30",
            "--longitude",
            "-51.2",
            "--record",
            "--max-participants",
            "30",
            "--size",
            "25",
            "--duration",
            "90",
        ]);
        assert_eq!(
            ran.output(),
            "meeting room-1 of moodle would go to poa2\n\n\
             position          -30.03, -51.20 of the integration\n\
             router            default (nearest-least-cpu)\n\
             required tags     gpu\n\
             preferred tags    -\n\
             forbidden tags    -\n\
             preferred server  -\n\
             ! policy own of router schools is passed over: it ranked poa2 twice\n\n\
             RANK  SERVER  SCORE  WAY          KM  CPU %  USERS  WHY\n   \
             1  poa2    12.00  router       96  12.00     15  least CPU\n   \
             2  poa1        -  last-resort   -      -      0  a \\u{1b}[31m\n\n\
             LEFT OUT  STATE     WHY\n\
             poa3      draining  it is draining; it lacks gpu\n"
        );
        assert_eq!(
            asked[0].line,
            "GET /api/v1/explain?integration=moodle&meeting_id=room%2F1&forwarded_for=192.0.2.1%2C2001%3Adb8%3A%3A1\
             &latitude=-30&longitude=-51.2&record=true&max_participants=30&size=25&duration=90"
        );
    }

    #[test]
    fn each_outcome_is_a_sentence() {
        let sentence = |outcome: Value| {
            let mut explained = explained();
            explained["outcome"] = outcome;
            explained["meeting_id"] = Value::Null;
            super::sentence(&explained)
        };
        for (outcome, expected) in [
            (json!({ "word": "placed", "server": "a", "last_resort": true }), "would go to a, as a last resort"),
            (
                json!({ "word": "placed", "server": "a", "afresh_from": "b" }),
                "would be placed afresh on a: it was lost with b",
            ),
            (
                json!({ "word": "there", "server": "a", "answers": true }),
                "exists on a: a create goes there, and nothing is placed",
            ),
            (
                json!({ "word": "there", "server": "a", "answers": false }),
                "exists on a, which does not answer: a create is refused",
            ),
            (json!({ "word": "under-way", "server": "a" }), "is being created on a: a create waits for that"),
            (json!({ "word": "refused", "key": "k", "message": "No." }), "would be refused: No. (k)"),
        ] {
            assert_eq!(sentence(outcome), format!("a new meeting of moodle {expected}"));
        }
        let none = json!({ "word": "no-server", "key": "k", "message": "None." });
        assert_eq!(sentence(none), "no server can have a new meeting of moodle: None. (k)");
    }

    #[test]
    fn json_is_as_the_balancer_answers() {
        let fake = Fake::answering([(200, "", explained())]);
        let url = fake.option[1].clone();
        let ran = lb(&["explain", "--integration", "moodle", "--json", "--url", &url], &[], "");
        assert_eq!(serde_json::from_str::<Value>(&ran.output()).unwrap(), explained());
        assert_eq!(fake.asked()[0].line, "GET /api/v1/explain?integration=moodle");
    }
}
