use super::*;

/// A meeting whose row does not fit on the pages that a full database has left.
fn large_meeting(n: usize) -> Meeting {
    let mut meeting = meeting(n);
    meeting.parameters = vec![("welcome".to_owned(), "x".repeat(100_000))];
    meeting
}

/// No page more than there are: the disk is full.
async fn fill(store: &Disposable) {
    store.execute("PRAGMA max_page_count = 1").await;
}

async fn make_space(store: &Disposable) {
    store.execute("PRAGMA max_page_count = 1000000").await;
}

#[test]
fn a_change_that_finds_the_disk_full_is_not_acknowledged_and_is_made_once_there_is_space() {
    let store = Disposable::new();
    run(async {
        store.adopt(meeting(1), Replaces::Nothing, vec![]).await.unwrap();
        store.claim(claim(2)).await.unwrap();
        fill(&store).await;
        let refused = store.confirm(&token(2), large_meeting(2), vec![joined("a")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert_eq!(store.find(&claim(2).key).await, Ok(Some(Entry::Claimed(claim(2).into()))), "as before");
        let refused = store.adopt(large_meeting(3), Replaces::Nothing, vec![]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert_eq!(store.find(&meeting(3).key).await, Ok(None));
        assert_eq!(store.meetings_on(&"bbb1".into()).await, Ok(vec![meeting(1).into()]), "reads go on");
        make_space(&store).await;
        assert_eq!(store.check().await, Ok(()));
        let held = store.confirm(&token(2), large_meeting(2), vec![joined("a")]).await;
        assert_eq!(held, Ok(large_meeting(2).into()));
        store.adopt(large_meeting(3), Replaces::Nothing, vec![]).await.unwrap();
    });
    let store = store.reopened();
    run(async {
        let meetings = vec![meeting(1).into(), large_meeting(2).into(), large_meeting(3).into()];
        assert_eq!(store.meetings_of(&"moodle".into()).await, Ok(meetings));
        assert_eq!(store.claims().await, Ok(vec![]));
        assert_eq!(store.latest_events(9).await, Ok(vec![joined("a")]), "stored once");
    });
}

#[test]
fn one_change_too_large_for_the_disk_does_not_undo_the_small_ones_beside_it() {
    let store = Disposable::new();
    run(async {
        store.adopt(meeting(1), Replaces::Nothing, vec![]).await.unwrap();
        fill(&store).await;
        let together = async {
            let small = async { tokio::join!(store.claim(claim(2)), store.claim(claim(3))) };
            tokio::join!(
                small,
                store.adopt(large_meeting(4), Replaces::Nothing, vec![]),
                store.adopt(meeting(5), Replaces::Nothing, vec![])
            )
        };
        let (claims, large, adopted) = while_the_writer_stands_still(&store, together).await;
        assert_eq!(claims, (Ok(ClaimOutcome::Claimed), Ok(ClaimOutcome::Claimed)));
        assert!(matches!(large, Err(StoreError::Unavailable(_))), "{large:?}");
        assert_eq!(adopted, Ok(meeting(5).into()));
    });
    let outside = store.seen_from_outside();
    assert_eq!((count(&outside, "claims"), count(&outside, "meetings")), (2, 2));
}

#[test]
fn a_commit_that_fails_at_its_end_changes_nothing_but_for_the_jobs_that_are_not_to_blame() {
    let store = Disposable::new();
    run(async {
        // a constraint that only COMMIT looks at
        let owed = "CREATE TABLE owed (claim TEXT REFERENCES claims (token) DEFERRABLE INITIALLY DEFERRED)";
        store.execute(owed).await;
        let bad = store.writer.run(|work| {
            work.index.adopt(meeting(9), &Replaces::Nothing)?;
            work.transaction()?.execute("INSERT INTO owed VALUES ('nobody')", [])?;
            Ok(())
        });
        let together = async { tokio::join!(store.claim(claim(1)), bad, store.claim(claim(2))) };
        let before = store.commits();
        let (first, bad, second) = while_the_writer_stands_still(&store, together).await;
        assert_eq!((first, second), (Ok(ClaimOutcome::Claimed), Ok(ClaimOutcome::Claimed)));
        assert!(matches!(bad, Err(StoreError::Unavailable(_))), "{bad:?}");
        assert_eq!(store.find(&meeting(9).key).await, Ok(None));
        assert_eq!(store.commits() - before, 2, "each alone");
    });
    let outside = store.seen_from_outside();
    assert_eq!((count(&outside, "claims"), count(&outside, "owed")), (2, 0));
}

#[test]
fn while_another_program_writes_changes_are_refused_and_what_needs_no_change_is_answered() {
    let store = Disposable::new();
    run(async {
        store.execute("PRAGMA busy_timeout = 1").await;
        store.adopt(meeting(1), Replaces::Nothing, vec![]).await.unwrap();
        let other = Connection::open(store.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        store.record(vec![joined("a")]).await.unwrap();
        let together = async {
            let changes = async { tokio::join!(store.claim(claim(2)), store.check()) };
            tokio::join!(changes, store.claim(claim(1)), store.latest_events(9))
        };
        let (changes, held, events) = while_the_writer_stands_still(&store, together).await;
        assert!(matches!(changes.0, Err(StoreError::Unavailable(_))), "{:?}", changes.0);
        assert!(matches!(changes.1, Err(StoreError::Unavailable(_))), "{:?}", changes.1);
        assert_eq!(held, Ok(ClaimOutcome::Held(meeting(1).into())));
        assert_eq!(events, Ok(vec![]), "not written yet");
        assert_eq!(store.claims().await, Ok(vec![]));
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(store.claim(claim(2)).await, Ok(ClaimOutcome::Claimed));
        assert_eq!(store.latest_events(9).await, Ok(vec![joined("a")]), "it waited, and was written once");
        assert_eq!(store.dropped_events(), 0);
    });
}

#[test]
fn who_waits_for_a_claim_is_not_woken_by_a_confirm_that_failed() {
    let store = Disposable::new();
    run(async {
        store.claim(claim(1)).await.unwrap();
        let token = token(1);
        let mut waiting = store.settled(&token);
        assert_eq!(poll_immediate(&mut waiting).await, None);
        fill(&store).await;
        assert!(store.confirm(&token, large_meeting(1), vec![]).await.is_err());
        assert_eq!(poll_immediate(&mut waiting).await, None);
        make_space(&store).await;
        store.confirm(&token, large_meeting(1), vec![]).await.unwrap();
        assert_eq!(poll_immediate(&mut waiting).await, Some(()));
    });
}

#[test]
fn an_event_that_cannot_be_read_hides_no_other() {
    let store = Disposable::new();
    run(async {
        store.record(["a", "b", "c"].map(joined).to_vec()).await.unwrap();
        store.latest_events(9).await.unwrap();
        store.execute("UPDATE events SET event = 'of-a-later-version' WHERE id = 2").await;
        assert_eq!(store.latest_events(9).await, Ok(vec![joined("c"), joined("a")]));
    });
}

#[test]
fn trouble_is_over_when_a_whole_create_can_be_written_and_trying_leaves_nothing_behind() {
    let store = Disposable::new();
    run(async {
        store.adopt(meeting(1), Replaces::Nothing, vec![joined("a")]).await.unwrap();
        // as where a disk has room for little: the cheapest write alone works
        let trigger = "CREATE TRIGGER full BEFORE INSERT ON meetings BEGIN SELECT raise(FAIL, 'full'); END";
        store.execute(trigger).await;
        assert_eq!(store.check().await, Ok(()));
        store.execute("DROP TRIGGER full").await;
        fill(&store).await;
        assert!(store.adopt(large_meeting(2), Replaces::Nothing, vec![]).await.is_err());
        make_space(&store).await;
        store.execute(trigger).await;
        assert!(store.check().await.is_err());
        store.execute("DROP TRIGGER full").await;
        assert_eq!(store.check().await, Ok(()));
    });
    let outside = store.seen_from_outside();
    assert_eq!(["claims", "meetings", "events"].map(|table| count(&outside, table)), [0, 1, 1]);
}
