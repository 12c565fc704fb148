//! The page of usage reports, of events that are known: exactly their figures, for those who may see them.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::process::{Command, Stdio};

use bytes::Bytes;
use harness::{Lb, fetch, lb_binary};
use hyper::Method;
use lb_core::MeetingKey;
use lb_core::event::{Ended, Event, EventKind, Placement, Role, SeenBy};
use lb_core::report::Zone;
use lb_core::store::MeetingStore;
use lb_http::store::SqliteStore;
use serde_json::json;

const PASSWORD: &str = "correct horse battery";

const CONFIG: &str = "[partners.ufrgs]\n\
    [[integrations]]\nname = \"moodle\"\npartner = \"ufrgs\"\nsecrets = [\"moodle-s3cr3t\"]\n\
    [[integrations]]\nname = \"portal\"\nsecrets = [\"portal-s3cr3t\"]\n";

/// Two days of Berlin, in the second of which the clocks go forward: 47 hours.
const PERIOD: &str = "from=2026-03-28&last=2026-03-29&zone=Europe%2FBerlin&step=day";

#[derive(Default)]
struct Told(Vec<Event>);

impl Told {
    fn tell(&mut self, at: &str, kind: EventKind) {
        self.0.push(Event { at: Zone::utc().moment(&format!("2026-03-{at}:00Z")).unwrap(), kind });
    }

    /// A meeting with one person in it from its begin on, who may leave; with the end of the meeting, and until when it was.
    fn meeting(
        &mut self,
        website: &str,
        name: &str,
        from: &str,
        left: Option<&str>,
        ended: Option<(&str, Option<&str>)>,
    ) {
        let meeting = || MeetingKey::new(website, name);
        let moment = |at: &str| Zone::utc().moment(&format!("2026-03-{at}:00Z")).unwrap();
        self.tell(
            from,
            EventKind::MeetingCreated {
                meeting: meeting(),
                internal_id: name.into(),
                name: name.to_owned(),
                server: "bbb1".into(),
                records: false,
                placement: Placement::default(),
                parameters: Vec::new(),
                router: Some("default".into()),
                partner: None,
            },
        );
        self.tell(
            from,
            EventKind::UserEntered {
                meeting: meeting(),
                internal_id: name.into(),
                server: "bbb1".into(),
                user: name.into(),
                external_user_id: name.to_owned(),
                name: format!("who is {name}"),
                role: Role::Attendee,
                seen_by: SeenBy::List,
            },
        );
        if let Some(left) = left {
            self.tell(
                left,
                EventKind::UserLeft {
                    meeting: meeting(),
                    internal_id: name.into(),
                    server: "bbb1".into(),
                    user: name.into(),
                    until: None,
                    seen_by: SeenBy::List,
                },
            );
        }
        if let Some((at, until)) = ended {
            self.tell(
                at,
                EventKind::MeetingEnded {
                    meeting: meeting(),
                    internal_id: name.into(),
                    server: "bbb1".into(),
                    how: Ended::Unlisted,
                    until: until.map(moment),
                    most_users: 1,
                },
            );
        }
    }

    fn refused(&mut self, at: &str) {
        self.tell(
            at,
            EventKind::CallRefused {
                call: "create".into(),
                integration: Some("moodle".into()),
                key: "checksumError".into(),
                reason: "".into(),
                address: None,
                hint: None,
            },
        );
    }
}

fn known() -> Vec<Event> {
    let mut told = Told::default();
    // begins before the period, and lasts half an hour into it
    told.meeting("moodle", "over the edge", "27T22:30", Some("27T23:30"), Some(("27T23:30", None)));
    told.refused("28T10:00");
    told.refused("28T10:01");
    told.meeting("portal", "of another", "28T11:00", Some("28T11:10"), Some(("28T11:10", None)));
    // an hour on each side of midnight there
    told.meeting("moodle", "over midnight", "28T22:00", Some("29T00:00"), Some(("29T00:00", None)));
    // an hour, during which the clock goes from half past one to half past three
    told.meeting("moodle", "over the change", "29T00:30", Some("29T01:30"), Some(("29T01:30", None)));
    // its server crashed: nobody was seen to leave, and the end was noticed late
    told.meeting("moodle", "crashed", "29T10:00", None, Some(("29T12:00", Some("29T10:20"))));
    let recording = EventKind::RecordingSeen {
        meeting: Some(MeetingKey::new("moodle", "over midnight")),
        recording: "over midnight".into(),
        server: "bbb1".into(),
        participants: 1,
        seconds: 600,
        formats: vec!["presentation".to_owned()],
    };
    told.tell("29T12:30", recording);
    // begins half an hour before the period ends, and goes on
    told.meeting("moodle", "still running", "29T21:30", None, None);
    told.0
}

/// A page, as somebody reads it who has this cookie.
async fn page(lb: &Lb, cookie: &str, language: &str, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", lb.pages);
    let answer = fetch(Method::GET, &url, None, &[("cookie", cookie), ("accept-language", language)]).await.unwrap();
    (answer.status, answer.text())
}

async fn log_in(lb: &Lb, name: &str) -> String {
    let body = json!({ "name": name, "password": PASSWORD }).to_string();
    let url = format!("http://{}/api/v1/session", lb.pages);
    let answer = fetch(Method::POST, &url, Some(("application/json", Bytes::from(body))), &[]).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookie.unwrap().split(';').next().unwrap().to_owned()
}

/// A command on the same machine.
fn here(lb: &Lb, words: &[&str], input: &str) {
    let mut command = Command::new(lb_binary());
    command.args(words).current_dir(lb.folder.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// The rows of a table of the page, each cell as it is read.
fn rows(page: &str, id: &str) -> Vec<Vec<String>> {
    let table = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("there is no table {id}: {page}"));
    let table = table.split("</table>").next().unwrap();
    let body = table.split("<tbody>").nth(1).unwrap();
    let cells = |row: &str| {
        let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with(['h', 'd']));
        cells.map(|cell| text(cell.split_once('>').unwrap().1)).collect::<Vec<_>>()
    };
    body.split("<tr>").skip(1).map(cells).collect()
}

fn text(html: &str) -> String {
    let parts = html.split('<').enumerate();
    parts
        .map(|(place, part)| if place == 0 { part } else { part.split_once('>').map_or("", |(_, rest)| rest) })
        .collect::<String>()
        .trim()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn known_events_have_exactly_known_figures_on_the_page() {
    // the database is there before the balancer first sees it
    let mut lb = Lb::start("[store]\nurl = \"memory:\"\n").await;
    lb.kill();
    let store = SqliteStore::open(&lb.folder.path().join("lb.sqlite3")).unwrap();
    store.record(known()).await.unwrap();
    store.latest_events(1).await.unwrap();
    store.close().await;
    lb.configure(CONFIG);
    lb.restart().await;
    here(&lb, &["user", "create", "ana", "--role", "viewer", "--password-stdin"], PASSWORD);
    here(&lb, &["user", "create", "pia", "--partner", "ufrgs", "--password-stdin"], PASSWORD);
    let (ana, pia) = (log_in(&lb, "ana").await, log_in(&lb, "pia").await);

    let (status, read) = page(&lb, &ana, "en", &format!("/reports?{PERIOD}&integration=moodle")).await;
    assert_eq!(status, 200, "{read}");
    let first = ["2026-03-28", "1", "2", "1", "2:00:00", "2:00:00", "2", "90", "2", "1", "1", "0", "0", "2"];
    let second = ["2026-03-29", "3", "4", "2", "0:40:00", "1:00:00", "4", "170", "4", "1", "1", "1", "10", "0"];
    let total = ["All together", "4", "5", "3", "1:06:40", "2:00:00", "5", "260", "5", "1", "1", "1", "10", "2"];
    assert_eq!(rows(&read, "course"), [first, second, total]);
    let moodle = rows(&read, "totals");
    assert_eq!((moodle[0][0].as_str(), &moodle[0][1..], moodle.len()), ("moodle", &moodle[1][1..], 2));
    assert!(read.contains("<th scope=\"row\">create</th><th scope=\"row\"><code>checksumError</code></th><td>2</td>"));
    assert!(read.contains("2026-03-28 to 2026-03-29, time zone Europe/Berlin"), "{read}");
    assert!(read.len() < 100_000, "{}", read.len());
    // the two days before had nothing but the begin of one meeting
    let compared = read.split("id=\"compared-title\"").nth(1).unwrap();
    assert!(compared.contains("2026-03-26 to 2026-03-27"), "{compared}");
    assert!(compared.contains("<th scope=\"row\">Meetings</th><td>4</td><td>1</td><td>+3</td><td>+300 %</td>"));
    assert!(compared.contains("<th scope=\"row\">Participant-minutes</th><td>260</td><td>30</td><td>+230</td>"));
    // on the day of 23 hours there was no hour that began at two
    let week = read.split("<th scope=\"row\">02:00</th>").nth(1).unwrap();
    assert!(week.starts_with("<td>–</td><td>–</td><td>–</td><td>–</td><td>–</td><td>0</td><td>–</td></tr>"), "{week}");
    let at_one = read.split("<th scope=\"row\">01:00</th>").nth(1).unwrap();
    assert!(
        at_one.starts_with("<td>–</td><td>–</td><td>–</td><td>–</td><td>–</td><td>0</td><td>30</td></tr>"),
        "{at_one}"
    );

    // the downloads are of the same
    let csv = read.split("href=\"").find(|part| part.contains("format=csv")).unwrap().split('"').next().unwrap();
    let (status, csv) = page(&lb, &ana, "en", &csv.replace("&#38;", "&")).await;
    assert_eq!(status, 200);
    assert!(
        csv.contains("total,,,2026-03-27T23:00:00.000Z,2026-03-29T22:00:00.000Z,4,5,3,4000,7200,5,0,260,5,1,1,1,10,2,"),
        "{csv}"
    );

    // by server and router, all websites together
    let (_, read) = page(&lb, &ana, "pt-BR", &format!("/reports?{PERIOD}&by=router&router=default&compare=none")).await;
    assert!(read.contains("<html lang=\"pt-BR\">") && read.contains("Relatório de uso"), "{read}");
    assert_eq!(rows(&read, "totals")[0][..3], ["default", "5", "6"]);
    let (_, read) = page(&lb, &ana, "en", &format!("/reports?{PERIOD}&by=server&server=bbb2")).await;
    assert!(read.contains("Nothing happened in this period."), "{read}");

    // a partner's manager sees what is the partner's
    let (_, read) = page(&lb, &pia, "en", &format!("/reports?{PERIOD}")).await;
    assert_eq!(rows(&read, "totals").len(), 2);
    assert!(!read.contains("portal") && rows(&read, "totals")[1][1] == "4", "{read}");
    let (status, read) = page(&lb, &pia, "en", &format!("/reports?{PERIOD}&integration=portal")).await;
    assert_eq!(status, 404, "{read}");
    assert!(read.contains("is not yours to see") && !read.contains("id=\"totals\""), "{read}");
    let (_, read) = page(&lb, &ana, "en", &format!("/reports?{PERIOD}")).await;
    assert_eq!(
        rows(&read, "totals").iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["moodle", "portal", "All together"]
    );

    // what cannot be is said on a page
    for (query, status, words) in [
        ("from=2026-03-29&last=2026-03-28", 400, "The period ends before it begins."),
        ("from=2026-02-30&last=2026-03-28", 400, "“2026-02-30” is no date."),
        ("period=always", 400, "There is no period always."),
        ("zone=%3Cscript%3E", 400, "There is no time zone &#60;script&#62;."),
        ("by=user", 400, "There are no groups by user."),
        ("step=minute", 400, "A period cannot be cut into minute."),
        ("from=2000-01-01&last=2025-12-31&step=hour", 400, "more than 10000 steps"),
        ("integration=nobody", 404, "One of the names is not known"),
    ] {
        let (found, read) = page(&lb, &ana, "en", &format!("/reports?{query}")).await;
        assert_eq!(found, status, "{query}");
        assert!(read.contains(words) && read.contains("<form"), "{query}: {read}");
    }
    let (status, _) = page(&lb, "", "en", "/reports").await;
    assert_eq!(status, 303);
}
