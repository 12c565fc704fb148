//! Changes that may wait in memory while the database cannot be written to.

use super::*;
use crate::store::WhenUnavailable;

/// A store whose changes may wait, and another program that has locked its database.
fn locked() -> (Disposable, Connection) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_with(&dir.path().join("lb.sqlite3"), WhenUnavailable::Remember).unwrap();
    let store = Disposable { store, dir };
    run(store.execute("PRAGMA busy_timeout = 1"));
    let other = Connection::open(store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (store, other)
}

async fn works_again(store: &SqliteStore) {
    until("the store works again", async || store.check().await.ok()).await;
    assert_eq!(store.unwritten(), 0);
}

#[test]
fn what_was_done_in_memory_is_in_the_database_in_the_end_and_in_its_order() {
    let (store, other) = locked();
    let stray =
        Stray { key: meeting(5).key, server: "bbb2".into(), since: Timestamp::from_millis(5), superseded: None };
    run(async {
        assert_eq!(store.claim(claim(1)).await, Ok(ClaimOutcome::Claimed));
        assert_eq!(store.confirm(&token(1), meeting(1), vec![joined("a")]).await, Ok(meeting(1).into()));
        store.claim(claim(2)).await.unwrap();
        store.confirm(&token(2), meeting(2), vec![joined("b")]).await.unwrap();
        assert_eq!(store.forget(&meeting(2).key, &meeting(2).internal_id, vec![]).await, Ok(true));
        store.claim(claim(3)).await.unwrap();
        store.release(&token(3)).await.unwrap();
        store.claim(claim(4)).await.unwrap();
        store.note_stray(stray.clone(), vec![]).await.unwrap();
        let unready = store.check().await;
        assert!(matches!(&unready, Err(StoreError::Unavailable(why)) if why.contains("locked")), "{unready:?}");
        assert!(store.unwritten() > 0);
        assert_eq!(count(&store.seen_from_outside(), "meetings"), 0);
        other.execute_batch("ROLLBACK").unwrap();
        works_again(&store).await;
        store.adopt(meeting(6), Replaces::Nothing, vec![joined("c")]).await.unwrap();
    });
    let store = store.reopened();
    run(async {
        assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(vec![meeting(1).into(), meeting(6).into()]));
        assert_eq!(store.claims().await, Ok(vec![orphaned(claim(4)).into()]));
        assert_eq!(store.strays().await, Ok(vec![stray.clone()]));
        assert_eq!(store.latest_events(9).await, Ok(["c", "b", "a"].map(joined).to_vec()));
    });
}

#[test]
fn claims_fence_in_memory_as_they_do_in_the_database() {
    let (store, _other) = locked();
    run(async {
        store.claim(claim(1)).await.unwrap();
        let second = Claim { token: token(9), server: "bbb2".into(), ..claim(1) };
        assert_eq!(store.claim(second).await, Ok(ClaimOutcome::Pending(claim(1).into())));
        assert_eq!(store.confirm(&token(9), meeting(1), vec![]).await, Err(StoreError::Fenced));
        store.confirm(&token(1), meeting(1), vec![]).await.unwrap();
        let third = Claim { token: token(9), ..claim(1) };
        assert_eq!(store.claim(third).await, Ok(ClaimOutcome::Held(meeting(1).into())));
        let anothers = Claim { key: MeetingKey::new("portal", "meeting-1"), token: token(8), ..claim(1) };
        assert_eq!(store.claim(anothers).await, Ok(ClaimOutcome::Occupied));
    });
}

#[test]
fn a_change_too_large_for_a_full_disk_waits_and_no_later_one_overtakes_it() {
    let (store, other) = locked();
    other.execute_batch("ROLLBACK").unwrap();
    let mut large = meeting(1);
    large.parameters = vec![("welcome".to_owned(), "x".repeat(100_000))];
    run(async {
        works_again(&store).await;
        store.execute("PRAGMA max_page_count = 1").await;
        store.adopt(large.clone(), Replaces::Nothing, vec![]).await.unwrap();
        // its row would fit, and must not be deleted before it is there
        assert_eq!(store.forget(&large.key, &large.internal_id, vec![]).await, Ok(true));
        assert!(store.unwritten() >= 2);
        store.execute("PRAGMA max_page_count = 1000000").await;
        works_again(&store).await;
    });
    assert_eq!(count(&store.seen_from_outside(), "meetings"), 0);
}

#[test]
fn when_many_changes_wait_no_create_is_let_in_any_more_and_those_under_way_are_finished() {
    let (store, other) = locked();
    run(async {
        let outcomes = join_all((0..later::CAPACITY).map(|n| store.claim(claim(n)))).await;
        let let_in = outcomes.iter().filter(|outcome| **outcome == Ok(ClaimOutcome::Claimed)).count();
        assert_eq!(let_in, later::CAPACITY - 1000);
        let refused = outcomes.last().unwrap();
        assert!(
            matches!(refused, Err(StoreError::Unavailable(why)) if why.contains("too many changes wait in memory")),
            "{refused:?}"
        );
        // two changes each: the meeting and its event
        let store = &store;
        let confirm = async |n| store.confirm(&token(n), meeting(n), vec![joined("a")]).await;
        let finished = join_all((0..500).map(confirm)).await;
        assert!(finished.iter().all(Result::is_ok));
        let beyond = store.confirm(&token(500), meeting(500), vec![]).await;
        assert!(matches!(beyond, Err(StoreError::Unavailable(_))), "{beyond:?}");
        assert_eq!(store.find(&claim(500).key).await, Ok(Some(Entry::Claimed(claim(500).into()))), "as before");
        assert_eq!(store.unwritten(), later::CAPACITY);
        other.execute_batch("ROLLBACK").unwrap();
        works_again(&store).await;
        assert_eq!(store.claim(claim(later::CAPACITY)).await, Ok(ClaimOutcome::Claimed));
    });
    let outside = store.seen_from_outside();
    assert_eq!((count(&outside, "meetings"), count(&outside, "events")), (500, 500));
    assert_eq!(count(&outside, "claims"), (later::CAPACITY - 1000 - 500 + 1) as i64);
}

#[test]
fn the_fleet_is_not_kept_in_memory() {
    let (store, _other) = locked();
    let record = FleetRecord { good_at: Timestamp::from_millis(9), servers: vec![] };
    assert!(matches!(run(store.save_fleet(record)), Err(StoreError::Unavailable(_))));
    assert_eq!(store.unwritten(), 0);
}
