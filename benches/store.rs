//! The two stores with 10,000 meetings in them. SQLite is on disk, with a commit that waits for the disk.
#![allow(missing_docs, reason = "a benchmark")]

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt;
use lb_core::event::{Ended, Event, EventKind, Placement};
use lb_core::store::{ClaimOutcome, InMemoryStore, MeetingStore};
use lb_core::{Claim, ClaimToken, Meeting, MeetingKey, Passwords, Timestamp};
use lb_http::store::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const HELD: u64 = 10_000;
const SERVERS: u64 = 50;
const INTEGRATIONS: u64 = 10;
const AT_ONCE: u64 = 64;

/// Numbers of meetings that no run before has used.
static NEXT: AtomicU64 = AtomicU64::new(HELD);

fn key(number: u64) -> MeetingKey {
    MeetingKey::new(format!("site-{}", number % INTEGRATIONS), format!("room-{number}"))
}

fn passwords() -> Passwords {
    Passwords { attendee: "aaaaaaaaaaaa".into(), moderator: "mmmmmmmmmmmm".into() }
}

fn claim(number: u64) -> Claim {
    Claim {
        key: key(number),
        server: format!("bbb{}", number % SERVERS).into(),
        passwords: passwords(),
        voice_bridge: 70_000 + (number % 10_000) as u32,
        token: ClaimToken::from(format!("{number:024}")),
        expires: Timestamp::from_millis(2_000_000_000_000),
        supersedes: None,
        callbacks: None,
    }
}

fn meeting(number: u64) -> Meeting {
    Meeting {
        key: key(number),
        internal_id: format!("{number:040x}-1800000000000").into(),
        create_time: 1_800_000_000_000,
        server: format!("bbb{}", number % SERVERS).into(),
        name: "Introduction to linear algebra".to_owned(),
        passwords: passwords(),
        voice_bridge: Some(70_000 + (number % 10_000) as u32),
        records: true,
        created_at: Timestamp::from_millis(1_800_000_000_000),
        parameters: vec![("name".to_owned(), "Introduction to linear algebra".to_owned())],
        superseded: Vec::new(),
        callbacks: None,
    }
}

fn created(meeting: &Meeting) -> Event {
    let kind = EventKind::MeetingCreated {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        name: meeting.name.clone(),
        server: meeting.server.clone(),
        records: true,
        placement: Placement { policy: "least-cpu".to_owned(), attempt: 1, ..Placement::default() },
        parameters: meeting.parameters.clone(),
        router: Some("default".into()),
        partner: None,
    };
    Event { at: meeting.created_at, kind }
}

/// All that a create asks of the store.
async fn create(store: &dyn MeetingStore, number: u64) {
    let claim = claim(number);
    let token = claim.token.clone();
    assert_eq!(store.claim(claim).await, Ok(ClaimOutcome::Claimed));
    let meeting = meeting(number);
    let event = created(&meeting);
    store.confirm(&token, meeting, vec![event]).await.expect("confirmed");
}

async fn forget(store: &dyn MeetingStore, number: u64) {
    let meeting = meeting(number);
    let kind = EventKind::MeetingEnded {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        server: meeting.server.clone(),
        how: Ended::Unlisted,
        until: None,
        most_users: 5,
    };
    let event = Event { at: meeting.created_at, kind };
    assert_eq!(store.forget(&meeting.key, &meeting.internal_id, vec![event]).await, Ok(true));
}

async fn filled(store: Arc<dyn MeetingStore>) -> Arc<dyn MeetingStore> {
    for first in (0..HELD).step_by(250) {
        all_at_once(&store, first..first + 250, |store, number| async move { create(&*store, number).await }).await;
    }
    store
}

async fn all_at_once<F: Future<Output = ()> + Send + 'static>(
    store: &Arc<dyn MeetingStore>,
    numbers: impl Iterator<Item = u64>,
    task: impl Fn(Arc<dyn MeetingStore>, u64) -> F,
) {
    let tasks: Vec<_> = numbers.map(|number| tokio::spawn(task(Arc::clone(store), number))).collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

fn next(count: u64) -> std::ops::Range<u64> {
    let first = NEXT.fetch_add(count, Ordering::Relaxed);
    first..first + count
}

fn stores(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder: TempDir = tempfile::tempdir().expect("a folder");
    let sqlite = SqliteStore::open(&folder.path().join("lb.sqlite3")).expect("a database");
    let memory = runtime.block_on(filled(Arc::new(InMemoryStore::new())));
    let sqlite = runtime.block_on(filled(Arc::new(sqlite)));
    for (name, store) in [("memory", memory), ("sqlite", sqlite)] {
        one_store(criterion, &runtime, name, &store);
    }
}

fn one_store(criterion: &mut Criterion, runtime: &Runtime, name: &str, store: &Arc<dyn MeetingStore>) {
    let mut group = criterion.benchmark_group(format!("store/{name}"));
    let present = key(4_711);
    group.bench_function("find", |bencher| {
        bencher.iter(|| store.find(black_box(&present)).now_or_never());
    });
    let integration = "site-3".into();
    group.bench_function("meetings-of-one-with-1000", |bencher| {
        bencher.iter(|| store.meetings_of(black_box(&integration)).now_or_never());
    });
    group.throughput(Throughput::Elements(1));
    // what is created is forgotten again outside the time that is measured, so that the store stays as large as it is
    group.bench_function("create-one-after-the-other", |bencher| {
        bencher.iter_custom(|count| {
            let numbers = next(count);
            let took = runtime.block_on(async {
                let started = Instant::now();
                for number in numbers.clone() {
                    create(&**store, number).await;
                }
                started.elapsed()
            });
            forget_all(runtime, store, numbers);
            took
        });
    });
    group.bench_function("forget-one-after-the-other", |bencher| {
        bencher.iter_custom(|count| {
            let numbers = next(count);
            runtime.block_on(in_batches(store, numbers.clone(), |store, number| async move {
                create(&*store, number).await;
            }));
            runtime.block_on(async {
                let started = Instant::now();
                for number in numbers {
                    forget(&**store, number).await;
                }
                started.elapsed()
            })
        });
    });
    group.throughput(Throughput::Elements(AT_ONCE));
    group.bench_function("create-64-at-once", |bencher| {
        bencher.iter_custom(|count| {
            let numbers = next(count * AT_ONCE);
            let took = runtime.block_on(async {
                let started = Instant::now();
                for first in numbers.clone().step_by(AT_ONCE as usize) {
                    let batch = first..first + AT_ONCE;
                    all_at_once(store, batch, |store, number| async move { create(&*store, number).await }).await;
                }
                started.elapsed()
            });
            forget_all(runtime, store, numbers);
            took
        });
    });
    group.finish();
}

fn forget_all(runtime: &Runtime, store: &Arc<dyn MeetingStore>, numbers: std::ops::Range<u64>) {
    runtime.block_on(in_batches(store, numbers, |store, number| async move { forget(&*store, number).await }));
}

async fn in_batches<F: Future<Output = ()> + Send + 'static>(
    store: &Arc<dyn MeetingStore>,
    numbers: std::ops::Range<u64>,
    task: impl Fn(Arc<dyn MeetingStore>, u64) -> F,
) {
    for first in numbers.clone().step_by(250) {
        all_at_once(store, first..(first + 250).min(numbers.end), &task).await;
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2)).sample_size(10);
    targets = stores
}
criterion_main!(benches);
