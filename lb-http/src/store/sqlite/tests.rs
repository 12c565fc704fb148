mod accounts;
mod event_queries;
mod network;
mod opening;
mod person;
mod probe;
mod remember;
mod reports;
mod sealing;
mod trouble;
mod upgrade;

use std::ops::Deref;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, poll_immediate};
use lb_core::callback::{
    CallbackKind, CallbackUrl, CallbackUrls, Callbacks, Delivery, DeliveryId, LONGEST_ANALYTICS, Message,
};
use lb_core::event::{Event, EventKind, Role};
use lb_core::server::{AdministratorWord, Server};
use lb_core::store::KeptServer;
use lb_core::{Passwords, Position, Timestamp};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// A store in a directory of its own, which goes with it.
struct Disposable {
    store: SqliteStore,
    dir: TempDir,
}

impl Disposable {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&dir.path().join("lb.sqlite3")).unwrap();
        Self { store, dir }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("lb.sqlite3")
    }

    /// Drops the store and opens its file again.
    fn reopened(self) -> Self {
        let Self { store, dir } = self;
        drop(store);
        let store = SqliteStore::open(&dir.path().join("lb.sqlite3")).unwrap();
        Self { store, dir }
    }

    /// The database as another program sees it.
    fn seen_from_outside(&self) -> Connection {
        Connection::open_with_flags(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    /// Runs statements on the writer's own connection.
    async fn execute(&self, sql: &'static str) {
        let job = move |work: &mut job::Work<'_>| Ok(work.database().execute_batch(sql)?);
        self.writer.run(job).await.unwrap();
    }
}

impl Deref for Disposable {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

// a runtime with neither timers nor sockets: the store needs none of them
fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

mod contract {
    use super::{Disposable, run};

    lb_core::store_contract!(run = run, make = async || Disposable::new());
    lb_core::fleet_store_contract!(run = run, make = async || Disposable::new());
    lb_core::network_store_contract!(run = run, make = async || Disposable::new());
    lb_core::account_store_contract!(run = run, make = async || Disposable::new());
    lb_core::course_store_contract!(run = run, make = async || Disposable::new());
    lb_core::hook_store_contract!(run = run, make = async || Disposable::new());
    lb_core::recording_store_contract!(run = run, make = async || Disposable::new());
    lb_core::event_store_contract!(run = run, make = async || Disposable::new());
    lb_core::rollup_store_contract!(run = run, make = async || Disposable::new());
    lb_core::policy_store_contract!(run = run, make = async || Disposable::new());
}

/// Makes the writer stand still while `meanwhile` queues its jobs, then lets it go on; answers what came of `meanwhile`.
async fn while_the_writer_stands_still<F: Future>(store: &SqliteStore, meanwhile: F) -> F::Output {
    let ((entered, enters), (open, opened)) = (channel(), channel());
    let mut standing = pin!(store.writer.run(move |_: &mut job::Work<'_>| {
        let _ = entered.send(());
        let _ = opened.recv_timeout(PATIENCE);
        Ok(())
    }));
    assert!(poll_immediate(&mut standing).await.is_none());
    enters.recv_timeout(PATIENCE).unwrap();
    // tokio would let a task queue only some jobs at a time
    let mut meanwhile = pin!(tokio::task::unconstrained(meanwhile));
    let early = poll_immediate(&mut meanwhile).await;
    open.send(()).unwrap();
    standing.await.unwrap();
    match early {
        Some(output) => output,
        None => meanwhile.await,
    }
}

/// Asks again and again until `ask` answers something.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what} did not happen within {PATIENCE:?}");
        tokio::task::yield_now().await;
    }
}

fn token(n: usize) -> ClaimToken {
    ClaimToken::from(format!("token-{n}"))
}

fn claim(n: usize) -> Claim {
    Claim {
        key: MeetingKey::new("moodle", format!("meeting-{n}")),
        server: "bbb1".into(),
        passwords: Passwords { attendee: "attendee-pw".into(), moderator: "moderator-pw".into() },
        voice_bridge: 70_000,
        token: token(n),
        expires: Timestamp::from_millis(20_000),
        supersedes: None,
        callbacks: None,
    }
}

fn meeting(n: usize) -> Meeting {
    Meeting {
        key: MeetingKey::new("moodle", format!("meeting-{n}")),
        internal_id: format!("internal-{n}").into(),
        create_time: u64::MAX,
        server: "bbb1".into(),
        name: "Física".to_owned(),
        passwords: Passwords { attendee: "attendee-pw".into(), moderator: "moderator-pw".into() },
        voice_bridge: Some(70_000),
        records: true,
        created_at: Timestamp::from_millis(1),
        parameters: vec![("welcome".to_owned(), "Olá".to_owned())],
        superseded: Vec::new(),
        callbacks: None,
    }
}

fn joined(name: &str) -> Event {
    let meeting = meeting(1);
    let kind = EventKind::UserJoined {
        meeting: meeting.key,
        internal_id: meeting.internal_id,
        server: meeting.server,
        name: name.to_owned(),
        user_id: None,
        role: Role::Moderator,
    };
    Event { at: Timestamp::from_millis(1_767_225_600_000), kind }
}

fn count(database: &Connection, table: &str) -> i64 {
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// A claim as it is found after a restart: nobody creates any more, so anybody may settle it.
fn orphaned(claim: Claim) -> Claim {
    Claim { expires: Timestamp::default(), ..claim }
}

#[test]
fn claims_meetings_strays_events_and_the_fleet_survive_a_restart() {
    let stray =
        Stray { key: meeting(3).key, server: "bbb2".into(), since: Timestamp::from_millis(5), superseded: None };
    let mut server = Server::new("bbb1", "https://bbb1.example.org", "secret").unwrap();
    server.position = Position::try_new(-30.033_1, -51.2);
    let record = FleetRecord {
        good_at: Timestamp::from_millis(9),
        servers: vec![KeptServer { word: AdministratorWord::Draining, ..KeptServer::new(server) }],
    };
    let awaited: std::collections::BTreeMap<ServerName, AdministratorWord> =
        [("bbb9".into(), AdministratorWord::Draining)].into();
    let mut store = Disposable::new();
    run(async {
        store.claim(claim(1)).await.unwrap();
        store.claim(claim(2)).await.unwrap();
        store.confirm(&token(2), meeting(2), vec![joined("a")]).await.unwrap();
        store.claim(claim(4)).await.unwrap();
        store.release(&token(4)).await.unwrap();
        store.adopt(meeting(5), Replaces::Nothing, vec![]).await.unwrap();
        store.forget(&meeting(5).key, &meeting(5).internal_id, vec![joined("b")]).await.unwrap();
        store.note_stray(stray.clone(), vec![]).await.unwrap();
        store.save_fleet(record.clone()).await.unwrap();
        store.save_awaited_words([("bbb8".into(), AdministratorWord::ForceEnabled)].into()).await.unwrap();
        store.save_awaited_words(awaited.clone()).await.unwrap();
        store.record(vec![joined("c")]).await.unwrap();
    });
    assert_eq!(count(&store.seen_from_outside(), "claims"), 1, "a claim that was settled leaves no row");
    for _restart in 0..2 {
        store = store.reopened();
        run(async {
            assert_eq!(store.claims().await, Ok(vec![orphaned(claim(1)).into()]));
            assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(vec![meeting(2).into()]));
            assert_eq!(store.strays().await, Ok(vec![stray.clone()]));
            assert_eq!(store.latest_events(10).await, Ok(["c", "b", "a"].map(joined).to_vec()));
            assert_eq!(store.load_fleet().await, Ok(Some(record.clone())));
            assert_eq!(store.load_awaited_words().await, Ok(awaited.clone()), "in place of those before");
        });
    }
    run(async {
        let held = store.confirm(&token(1), meeting(1), vec![]).await;
        assert_eq!(held, Ok(meeting(1).into()), "a token is good after a restart too");
    });
}

#[test]
fn callbacks_and_deliveries_survive_a_restart_and_no_url_stays_once_it_is_delivered() {
    let urls = |name: &str| CallbackUrls {
        ended: CallbackUrl::parse(&format!("https://lms.example/{name}")),
        ..Default::default()
    };
    let callbacks = |name: &str| Callbacks { id: name.into(), urls: urls(name) };
    let with = |n: usize, name: &str| Meeting { callbacks: Some(callbacks(name)), ..meeting(n) };
    let claimed = Claim { callbacks: Some(callbacks("c0")), ..claim(0) };
    let mut store = Disposable::new();
    run(async {
        store.claim(claimed.clone()).await.unwrap();
        for (n, name) in [(1, "c1"), (2, "c2"), (3, "c3")] {
            store.adopt(with(n, name), Replaces::Nothing, vec![]).await.unwrap();
        }
        for n in [2, 3] {
            store.forget(&meeting(n).key, &meeting(n).internal_id, vec![]).await.unwrap();
        }
        let delivered = callbacks("c3").deliveries(&meeting(3).key, false).remove(0);
        store.settle(&delivered.id, Settled::Delivered, Timestamp::from_millis(5), vec![]).await.unwrap();
    });
    store = store.reopened();
    run(async {
        assert_eq!(store.claims().await, Ok(vec![orphaned(claimed).into()]));
        assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(vec![with(1, "c1").into()]));
        let waiting = callbacks("c2").deliveries(&meeting(2).key, false);
        assert_eq!(store.due(Timestamp::default(), 9, 9, &HashSet::new()).await, Ok(waiting));
        assert_eq!(store.knows(&"c3".into()).await, Ok(true));
    });
    let outside = store.seen_from_outside();
    let text = |query: &str| outside.query_row(query, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(
        text("SELECT group_concat(callback || ' ' || host || ' ' || url, '; ') FROM deliveries ORDER BY callback"),
        "c2 lms.example https://lms.example/c2?recordingmarks=false; c3 lms.example "
    );
}

#[test]
fn what_is_to_be_told_survives_a_restart_and_does_not_stay_once_it_is_delivered() {
    let delivery = |callback: &str, kind: CallbackKind, message: Message| Delivery {
        id: DeliveryId { callback: callback.into(), kind },
        meeting: meeting(1).key,
        url: CallbackUrl::parse("https://lms.example/h").unwrap(),
        message,
        failures: 0,
    };
    let long = Message::Analytics { body: "x".repeat(LONGEST_ANALYTICS).into() };
    let all: Vec<_> = (0..20).map(|n| delivery(&format!("c{n}"), CallbackKind::Analytics, long.clone())).collect();
    let mut store = Disposable::new();
    run(store.enqueue(all.clone())).unwrap();
    store = store.reopened();
    let due = run(store.due(Timestamp::default(), 99, 99, &HashSet::new())).unwrap();
    assert!((16..20).contains(&due.len()), "{}: no more is read at once than is good", due.len());
    assert!(due.iter().all(|due| all.contains(due)));
    for delivery in &all {
        run(store.settle(&delivery.id, Settled::Delivered, Timestamp::from_millis(5), vec![])).unwrap();
    }
    let outside = store.seen_from_outside();
    let kept: i64 = outside
        .query_row("SELECT count(*) FROM deliveries WHERE message IS NOT NULL OR url <> ''", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0);
}

#[test]
fn what_was_answered_is_in_the_files_at_that_moment() {
    let store = Disposable::new();
    run(store.claim(claim(1))).unwrap();
    run(store.adopt(meeting(2), Replaces::Nothing, vec![joined("a")])).unwrap();
    // the files as a power cut would leave them now
    let after = tempfile::tempdir().unwrap();
    for name in ["lb.sqlite3", "lb.sqlite3-wal"] {
        std::fs::copy(store.dir.path().join(name), after.path().join(name)).unwrap();
    }
    let found = SqliteStore::open(&after.path().join("lb.sqlite3")).unwrap();
    assert_eq!(run(found.claims()), Ok(vec![orphaned(claim(1)).into()]));
    assert_eq!(run(found.meetings_of(&"moodle".into())), Ok(vec![meeting(2).into()]));
    assert_eq!(run(found.latest_events(9)), Ok(vec![joined("a")]));
}

#[test]
fn an_operator_reads_the_tables_while_the_store_is_open() {
    let store = Disposable::new();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![joined("Ana")])).unwrap();
    let outside = store.seen_from_outside();
    let text = |query: &str| outside.query_row(query, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(text("SELECT server || ' ' || voice_bridge || ' ' || name FROM meetings"), "bbb1 70000 Física");
    assert_eq!(text("SELECT parameters ->> 'welcome' FROM meetings"), "Olá");
    assert_eq!(
        text("SELECT event || ' ' || integration || '/' || meeting_id FROM events"),
        "user-joined moodle/meeting-1"
    );
    assert_eq!(text("SELECT internal_id || ' ' || server FROM events"), "internal-1 bbb1");
    assert_eq!(text("SELECT data FROM events"), r#"{"name":"Ana","role":"moderator","user_id":null}"#);
    assert_eq!(text("SELECT datetime(at / 1000, 'unixepoch') FROM events"), "2026-01-01 00:00:00");
}

#[test]
fn changes_that_wait_together_share_a_commit() {
    let store = Disposable::new();
    let before = store.commits();
    let claims = join_all((0..200).map(|n| store.claim(claim(n))));
    let outcomes = run(while_the_writer_stands_still(&store, claims));
    assert!(outcomes.iter().all(|outcome| *outcome == Ok(ClaimOutcome::Claimed)));
    assert_eq!(store.commits() - before, 1);
    let adopted =
        run(join_all((0..200).map(|n| store.adopt(meeting(n), Replaces::Claim(token(n)), vec![joined("a")]))));
    assert!(adopted.iter().all(Result::is_ok));
    assert!(store.commits() - before < 50, "{} commits", store.commits() - before);
    assert_eq!(count(&store.seen_from_outside(), "meetings"), 200);
}

#[test]
fn more_changes_than_the_queue_has_places_for_wait_and_are_all_made() {
    let store = Disposable::new();
    let claims = join_all((0..3000).map(|n| store.claim(claim(n))));
    let outcomes = run(while_the_writer_stands_still(&store, claims));
    assert!(outcomes.iter().all(|outcome| *outcome == Ok(ClaimOutcome::Claimed)));
    assert_eq!(run(store.claims()).unwrap().len(), 3000);
}

#[test]
fn a_change_that_changes_nothing_writes_nothing() {
    let store = Disposable::new();
    run(async {
        store.adopt(meeting(1), Replaces::Nothing, vec![]).await.unwrap();
        let before = store.commits();
        assert!(matches!(store.claim(claim(1)).await, Ok(ClaimOutcome::Held(_))));
        assert_eq!(store.forget(&meeting(1).key, &"another".into(), vec![joined("a")]).await, Ok(false));
        assert_eq!(store.release(&token(9)).await, Ok(()));
        assert_eq!(store.commits(), before);
    });
}

#[test]
fn recorded_events_are_written_by_themselves_within_seconds() {
    let store = Disposable::new();
    run(store.record(vec![joined("a"), joined("b")])).unwrap();
    let outside = store.seen_from_outside();
    run(until("writing", async || (count(&outside, "events") == 2).then_some(())));
}

#[test]
fn recorded_events_beyond_the_bound_are_dropped_and_counted() {
    let store = Disposable::new();
    let record = async {
        store.record(vec![joined("first"); buffer::CAPACITY - 1]).await.unwrap();
        store.record(vec![joined("last"), joined("too many"), joined("too many")]).await.unwrap();
        store.record(vec![joined("too many")]).await.unwrap();
    };
    run(while_the_writer_stands_still(&store, record));
    assert_eq!(store.dropped_events(), 3);
    assert_eq!(run(store.latest_events(1)), Ok(vec![joined("last")]));
    assert_eq!(count(&store.seen_from_outside(), "events"), buffer::CAPACITY as i64);
    run(store.record(vec![joined("again")])).unwrap();
    assert_eq!(run(store.latest_events(1)), Ok(vec![joined("again")]), "there are places again");
}

#[test]
fn a_closed_store_has_written_everything_refuses_changes_and_still_answers_from_memory() {
    let store = Disposable::new();
    run(async {
        store.adopt(meeting(1), Replaces::Nothing, vec![]).await.unwrap();
        store.record(vec![joined("a")]).await.unwrap();
        store.close().await;
        store.close().await;
        assert!(matches!(store.claim(claim(2)).await, Err(StoreError::Unavailable(_))));
        assert!(matches!(store.record(vec![joined("b")]).await, Err(StoreError::Unavailable(_))));
        assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
        assert!(matches!(store.find(&meeting(1).key).await, Ok(Some(Entry::Held(_)))));
    });
    let again = SqliteStore::open(&store.path()).unwrap();
    assert_eq!(run(again.latest_events(9)), Ok(vec![joined("a")]));
}

#[test]
fn debug_shows_no_password() {
    let store = Disposable::new();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    run(store.claim(claim(2))).unwrap();
    let shown = format!("{:?}", store.store);
    assert!(shown.contains("meeting-1") && !shown.contains("-pw"), "{shown}");
}
