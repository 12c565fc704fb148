//! Reports over a database, of its events and of what is rolled up: the same figures as the statements of
//! `docs/usage-reports.md`.

use std::collections::BTreeMap;

use lb_core::balancer::Balancer;
use lb_core::event::{Ended, SeenBy};
use lb_core::gateway::ScriptedServers;
use lb_core::report::{By, Filter, ReportQuery, Step, Table, Zone};
use lb_core::store::Stores;
use lb_core::{ManualClock, RngExt, SeededRng};

use super::*;

const PAGE: &str = include_str!("../../../../../docs/usage-reports.md");

const MIDNIGHTS: &str = "(WITH RECURSIVE midnights(value) AS (
        SELECT min(began) / 86400000 + 1 FROM spans UNION ALL SELECT value + 1 FROM midnights WHERE value < 20700
    ) SELECT value FROM midnights)";

/// The statement that follows these words on the page.
fn statement(after: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(after).unwrap();
    let (_, rest) = rest.split_once("```sql\n").unwrap();
    rest.split_once("```").unwrap().0
}

/// Meetings, stays and late ends by chance, from February to April 2026, all over by June.
fn by_chance(seed: u64) -> Vec<Event> {
    let rng = SeededRng::new(seed);
    let below = |bound: u64| rng.number() % bound;
    let minute = |minutes: u64| Timestamp::from_millis(1_769_904_000_000 + minutes * 60_000);
    let mut events = Vec::new();
    for number in 0..150 {
        let integration = ["moodle", "portal", "school"][below(3) as usize];
        let (meeting, id) = (MeetingKey::new(integration, "room"), format!("m{number}"));
        let (begin, length) = (below(85 * 24 * 60), 1 + below([90, 90, 3 * 24 * 60][below(3) as usize]));
        let server = ["bbb1", "bbb2"][below(2) as usize];
        let (internal_id, at) = (|| id.as_str().into(), |minutes| minute(minutes));
        let created = EventKind::MeetingCreated {
            meeting: meeting.clone(),
            internal_id: internal_id(),
            name: "Room".to_owned(),
            server: server.into(),
            records: false,
            placement: lb_core::event::Placement::default(),
            parameters: Vec::new(),
            router: None,
            partner: None,
        };
        events.push(Event { at: at(begin), kind: created });
        for stay in 0..below(12) {
            let (enters, user) = (begin + below(length + 3), format!("stay {stay}"));
            let name = format!("person {}", below(20));
            let entered = EventKind::UserEntered {
                meeting: meeting.clone(),
                internal_id: internal_id(),
                server: server.into(),
                user: user.as_str().into(),
                external_user_id: name.clone(),
                name,
                role: Role::Attendee,
                seen_by: SeenBy::List,
            };
            events.push(Event { at: at(enters), kind: entered });
            if below(4) > 0 {
                let noticed = enters + below(length);
                let until = (below(3) == 0).then(|| at(noticed.saturating_sub(below(200))));
                let left = EventKind::UserLeft {
                    meeting: meeting.clone(),
                    internal_id: internal_id(),
                    server: server.into(),
                    user: user.as_str().into(),
                    until,
                    seen_by: SeenBy::List,
                };
                events.push(Event { at: at(noticed), kind: left });
            }
        }
        let until = (below(3) == 0).then(|| at(begin + length));
        let ended = EventKind::MeetingEnded {
            meeting: meeting.clone(),
            internal_id: internal_id(),
            server: server.into(),
            how: Ended::Unlisted,
            until,
            most_users: 0,
        };
        let noticed = if until.is_some() { begin + length + below(3000) } else { begin + length };
        events.push(Event { at: at(noticed), kind: ended });
    }
    events.sort_by_key(|event| event.at);
    events
}

async fn report(store: Stores, from: &str, until: &str, step: Step) -> Table {
    let zone = Zone::utc();
    let clock = Arc::new(ManualClock::new(zone.moment("2026-06-01").unwrap()));
    let servers = Arc::new(ScriptedServers::new(clock.clone()));
    let balancer = Balancer::builder(servers, clock, Arc::new(SeededRng::new(1))).stores(store).build();
    let (from, until) = (zone.moment(from).unwrap(), zone.moment(until).unwrap());
    let query = ReportQuery { from, until, zone, step, by: By::Integration, filter: Filter::default() };
    let of_events = balancer.report_of_events(query.clone()).await.unwrap();
    while balancer.roll_up().await.unwrap() {}
    let rolled_up = balancer.report(query).await.unwrap();
    assert_eq!(rolled_up, of_events);
    rolled_up
}

#[test]
fn a_report_says_what_the_statements_of_the_page_say() {
    for seed in [1, 2, 3] {
        run(async {
            let Disposable { store, dir } = Disposable::new();
            let path = dir.path().join("lb.sqlite3");
            let store = Arc::new(store);
            store.record(by_chance(seed)).await.unwrap();
            store.latest_events(1).await.unwrap();
            let stores = Stores::one(Arc::clone(&store));
            let outside = Connection::open(path).unwrap();

            let march = report(stores.clone(), "2026-03-01", "2026-04-01", Step::Whole).await;
            let mut asked = outside.prepare(statement("Participant-minutes, participants and unique names")).unwrap();
            let rows = asked.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?, row.get::<_, u32>(2)?, row.get::<_, u32>(3)?))
            });
            let expected: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
            let rows = march.groups.iter().map(|row| {
                let figures = &row.figures;
                let minutes = figures.participant_minutes().round();
                (row.group.clone().unwrap(), minutes, figures.participants as u32, figures.unique_names as u32)
            });
            let found: Vec<_> = rows.collect();
            assert_eq!((found.len(), &found), (3, &expected), "seed {seed}");

            let days = report(stores.clone(), "2026-02-01", "2026-05-01", Step::Day).await;
            // the library lacks what the program has
            let midnights = "generate_series((SELECT min(began) / 86400000 + 1 FROM spans), unixepoch() / 86400)";
            let peaks = statement("The most meetings and the most users");
            assert!(peaks.contains(midnights));
            let mut asked = outside.prepare(&peaks.replace(midnights, MIDNIGHTS)).unwrap();
            let rows =
                asked.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?)));
            let expected: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
            let found: Vec<_> = days.steps.iter().zip(&days.in_steps).collect();
            let mut compared = 0;
            for (day, meetings, users) in expected {
                if let Some((_, figures)) = found.iter().find(|(step, _)| step.label == day) {
                    assert_eq!(
                        (figures.peak_meetings as u32, figures.peak_users as u32),
                        (meetings, users),
                        "seed {seed}, {day}"
                    );
                    compared += usize::from(meetings > 1);
                }
            }
            assert!(compared > 20, "{compared} days on which something was");

            let months = report(stores, "2026-01-01", "2026-06-01", Step::Month).await;
            let mut asked = outside.prepare(statement("Meetings of each website, by month")).unwrap();
            let rows = asked
                .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?)));
            let expected: BTreeMap<_, _> =
                rows.unwrap().map(Result::unwrap).map(|(month, name, meetings)| ((name, month), meetings)).collect();
            let told = months.rows.iter().filter(|row| row.figures.meetings > 0);
            let found: BTreeMap<_, _> = told
                .map(|row| {
                    let month = months.steps[row.step.unwrap()].label.clone();
                    ((row.group.clone().unwrap(), month), row.figures.meetings as u32)
                })
                .collect();
            assert_eq!(found, expected, "seed {seed}");
        });
    }
}
