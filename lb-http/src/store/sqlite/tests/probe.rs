//! How often a balancer tries whether its store can be written to.

use std::sync::Mutex;

use lb_core::balancer::Balancer;
use lb_core::event::Observer;
use lb_core::gateway::ScriptedServers;
use lb_core::source::StaticServers;
use lb_core::{ManualClock, SeededRng, Server};

use super::*;

#[derive(Debug, Default)]
struct Told(Mutex<Vec<&'static str>>);

impl Observer for Told {
    fn observe(&self, event: &Event) {
        if matches!(event.kind, EventKind::StoreFailed { .. } | EventKind::StoreRecovered) {
            self.0.lock().unwrap().push(event.kind.word());
        }
    }
}

#[test]
fn a_good_store_is_written_to_once_in_five_seconds_and_one_in_trouble_each_time_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&dir.path().join("lb.sqlite3")).unwrap());
    let (clock, told) = (Arc::new(ManualClock::default()), Arc::new(Told::default()));
    clock.advance(Duration::from_secs(1000));
    let servers: Arc<ScriptedServers> = Arc::new(ScriptedServers::new(clock.clone()));
    let server: Server = servers.add("bbb1", "secret");
    let balancer = Balancer::builder(servers, clock.clone(), Arc::new(SeededRng::new(1)))
        .store(Arc::clone(&store))
        .observer(told.clone())
        .build();
    run(async {
        balancer.refresh(&StaticServers::new([server])).await;
        let before = store.commits();
        for _ in 0..10 {
            assert_eq!(balancer.troubles().await, [""; 0]);
            balancer.settle_expired().await.unwrap();
        }
        assert_eq!(store.commits() - before, 1);
        clock.advance(Duration::from_secs(5));
        assert_eq!(balancer.troubles().await, [""; 0]);
        assert_eq!(store.commits() - before, 2);

        let quick = store.writer.run(|work| Ok(work.database().execute_batch("PRAGMA busy_timeout = 1")?));
        quick.await.unwrap();
        let other = Connection::open(dir.path().join("lb.sqlite3")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_eq!(balancer.troubles().await, [""; 0], "it was good a moment ago");
        clock.advance(Duration::from_secs(5));
        for _ in 0..3 {
            assert_eq!(balancer.troubles().await.len(), 1);
        }
        assert!(balancer.store_failing());
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(balancer.troubles().await, [""; 0], "no time has passed");
        assert!(!balancer.store_failing());
    });
    assert_eq!(*told.0.lock().unwrap(), ["store-failed", "store-recovered"]);
}
