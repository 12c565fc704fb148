//! A year of ten million events in SQLite: how long it takes to roll them up, and to answer.
//!
//! The database takes some minutes to be made. `LB_BENCH_REPORTS` names a file that is made where it is not there, and used
//! again; `LB_BENCH_EVENTS` is how many events it has.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use lb_core::balancer::Balancer;
use lb_core::event::{Ended, Event, EventKind, Placement, Role, SeenBy};
use lb_core::gateway::ScriptedServers;
use lb_core::report::{By, Filter, ReportQuery, Step, Zone};
use lb_core::store::{MeetingStore, RollupStore, Stores};
use lb_core::{ManualClock, MeetingKey, SeededRng, Timestamp};
use lb_http::store::sqlite::SqliteStore;
use tokio::runtime::Runtime;

const EVENTS: u64 = 10_000_000;
const INTEGRATIONS: u64 = 50;
const PARTNERS: u64 = 8;
const SERVERS: u64 = 20;
/// Of each meeting, with two events of its own and three of each.
const PEOPLE: u64 = 10;
const OF_A_MEETING: u64 = 2 + 3 * PEOPLE;
/// People of each website.
const KNOWN: u64 = 4000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

fn begin() -> u64 {
    Zone::utc().moment("2025-01-01").unwrap().as_millis()
}

/// A number that comes of others by chance.
fn chance(of: u64, salt: u64, below: u64) -> u64 {
    let mixed = (of ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 17) % below
}

/// The events of one day, as they happen: most between eight and twenty-two o'clock.
fn day(number: u64, meetings: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for meeting in 0..meetings {
        let one = number * meetings + meeting;
        let website = chance(one, 1, INTEGRATIONS);
        let (key, id) = (MeetingKey::new(format!("website-{website}"), "room"), format!("{one:024x}"));
        let (internal_id, server) =
            (|| id.as_str().into(), || format!("bbb{}", chance(one, 2, SERVERS)).as_str().into());
        let created = begin() + number * DAY + 8 * 60 * MINUTE + chance(one, 3, 13 * 60 * MINUTE);
        let length = 20 * MINUTE + chance(one, 4, 80 * MINUTE);
        let mut tell = |at: u64, kind| events.push(Event { at: Timestamp::from_millis(at), kind });
        let kind = EventKind::MeetingCreated {
            meeting: key.clone(),
            internal_id: internal_id(),
            name: "Introduction to linear algebra".to_owned(),
            server: server(),
            records: false,
            placement: Placement { policy: "least-cpu".to_owned(), attempt: 1, ..Placement::default() },
            parameters: Vec::new(),
            router: Some("default".into()),
            partner: Some(format!("partner-{}", website % PARTNERS).as_str().into()),
        };
        tell(created, kind);
        for person in 0..PEOPLE {
            let who = chance(one * PEOPLE + person, 5, KNOWN);
            let came = created + chance(one * PEOPLE + person, 6, length / 2);
            let (name, user_id) = (format!("Student {website}-{who}"), format!("u-{who}"));
            let (meeting, role, seen_by) = (|| key.clone(), Role::Attendee, SeenBy::List);
            let user = || format!("stay-{person}").as_str().into();
            tell(
                came.saturating_sub(5000).max(created),
                EventKind::UserJoined {
                    meeting: meeting(),
                    internal_id: internal_id(),
                    server: server(),
                    name: name.clone(),
                    user_id: Some(user_id.clone()),
                    role,
                },
            );
            let (external_user_id, user_of_it) = (user_id, user());
            let (internal, on) = (internal_id(), server());
            let entered = EventKind::UserEntered {
                meeting: meeting(),
                internal_id: internal,
                server: on,
                user: user_of_it,
                external_user_id,
                name,
                role,
                seen_by,
            };
            tell(came, entered);
            let (meeting, internal_id, server, user, until) = (meeting(), internal_id(), server(), user(), None);
            let left = EventKind::UserLeft { meeting, internal_id, server, user, until, seen_by };
            tell(came + length / 3, left);
        }
        let (meeting, internal_id, server, how) = (key.clone(), internal_id(), server(), Ended::Callback);
        let (until, most_users) = (None, PEOPLE as u32);
        tell(created + length, EventKind::MeetingEnded { meeting, internal_id, server, how, until, most_users });
    }
    events.sort_by_key(|event| event.at);
    events
}

/// Stores a year of events, if the store has none.
async fn fill(store: &SqliteStore) {
    if store.last_event().await.unwrap() > 0 {
        return;
    }
    let events = std::env::var("LB_BENCH_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    let (started, meetings) = (Instant::now(), events / 365 / OF_A_MEETING + 1);
    for number in 0..365 {
        // clears no stray, and takes events along
        let nobody = MeetingKey::new("nobody", "nothing");
        store.clear_stray(&nobody, &"bbb1".into(), day(number, meetings)).await.unwrap();
    }
    eprintln!("stored {} events in {:.0?}", store.last_event().await.unwrap(), started.elapsed());
}

fn balancer(store: &Arc<SqliteStore>) -> Balancer {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(begin() + 366 * DAY)));
    let servers = Arc::new(ScriptedServers::new(clock.clone()));
    let (stores, rng) = (Stores::one(Arc::clone(store)), Arc::new(SeededRng::new(1)));
    Balancer::builder(servers, clock, rng).stores(stores).build()
}

fn reports(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let named = std::env::var("LB_BENCH_REPORTS").ok();
    let path = named.as_ref().map_or_else(|| dir.path().join("lb.sqlite3"), |name| Path::new(name).to_owned());
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let balancer = balancer(&store);
    runtime.block_on(async {
        fill(&store).await;
        let started = Instant::now();
        while balancer.roll_up().await.unwrap() {}
        eprintln!("rolled up in {:.0?}", started.elapsed());
    });
    let zone = |name: &str| Zone::named(name).unwrap();
    let mut group = criterion.benchmark_group("a year");
    for (name, step, by, zone) in [
        ("whole", Step::Whole, By::Nothing, zone("UTC")),
        ("by server", Step::Whole, By::Server, zone("UTC")),
        ("by integration and month", Step::Month, By::Integration, zone("America/Sao_Paulo")),
        ("by partner and month", Step::Month, By::Partner, zone("America/Sao_Paulo")),
        ("by integration and day", Step::Day, By::Integration, zone("America/Sao_Paulo")),
    ] {
        let (from, until) = (zone.moment("2025-01-01").unwrap(), zone.moment("2026-01-01").unwrap());
        let query = ReportQuery { from, until, zone, step, by, filter: Filter::default() };
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(runtime.block_on(balancer.report(query.clone())).unwrap()));
        });
    }
    group.finish();
    drop(balancer);
    runtime.block_on(store.close());
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5)).sample_size(10);
    targets = reports
}
criterion_main!(benches);
