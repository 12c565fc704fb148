//! How roll-ups are kept.

use std::time::Duration;

use super::{START, created, joined, meeting};
use crate::clock::Timestamp;
use crate::event::Event;
use crate::meeting::Meeting;
use crate::rng::SeededRng;
use crate::store::{
    EventStore, MeetingStore, PersonQuery, PseudonymKey, Replaces, RollupChange, RollupMarks, RollupPage, RollupPart,
    RollupStore,
};

const DAY: u64 = 24 * 3600;

fn page(day: u32, part: RollupPart, data: &[u8]) -> RollupPage {
    RollupPage { day, part, data: data.to_vec() }
}

async fn put(store: &impl RollupStore, pages: Vec<RollupPage>, done: Vec<u64>, state: &[u8]) {
    store.put_rollups(RollupChange { pages, done, state: state.to_vec() }).await.unwrap();
}

async fn all(store: &impl RollupStore) -> Vec<RollupPage> {
    store.rollup_pages(&RollupPart::ALL, 0..u32::MAX).await.unwrap()
}

async fn marked(store: &impl RollupStore) -> Vec<u32> {
    store.rollup_marks().await.unwrap().marks.into_iter().map(|(_, day)| day).collect()
}

/// Nothing is made of events by the store itself.
pub async fn a_new_store_has_no_rollups(store: &(impl MeetingStore + RollupStore)) {
    assert_eq!(store.rollup_state().await, Ok(None));
    assert_eq!((all(store).await, store.last_event().await), (vec![], Ok(0)));
    assert_eq!(store.rollup_marks().await, Ok(RollupMarks::default()));
}

/// A change takes pages, marks and state at once; a page without anything is none.
pub async fn pages_are_put_in_the_place_of_those_before(store: &(impl MeetingStore + RollupStore)) {
    use RollupPart::{Names, Places, Quarters, Summary};
    let places = page(0, Places, b"places");
    let first =
        vec![places.clone(), page(20_000, Quarters, b"a"), page(20_000, Names, b"b"), page(20_001, Summary, b"c")];
    put(store, first, vec![], b"one").await;
    assert_eq!(store.rollup_state().await, Ok(Some(b"one".to_vec())));
    put(store, vec![page(20_000, Quarters, b"new"), page(20_000, Names, b"")], vec![], b"two").await;
    let mut kept = all(store).await;
    kept.sort_by_key(|page| (page.day, page.part));
    assert_eq!(kept, [places, page(20_000, Quarters, b"new"), page(20_001, Summary, b"c")]);
    assert_eq!(store.rollup_state().await, Ok(Some(b"two".to_vec())));
    let some = store.rollup_pages(&[Quarters, Names], 20_000..20_001).await.unwrap();
    assert_eq!(some, [page(20_000, Quarters, b"new")]);
    assert_eq!(store.rollup_pages(&[Summary], 20_000..20_001).await, Ok(vec![]));
}

/// A day that is marked again while it is made anew stays marked.
pub async fn a_mark_stays_until_it_is_done(store: &(impl MeetingStore + RollupStore)) {
    store.mark_rollups(20_000..20_003).await.unwrap();
    let marks = store.rollup_marks().await.unwrap();
    assert_eq!((marks.days, marked(store).await), (3, vec![20_000, 20_001, 20_002]));
    store.mark_rollups(20_001..20_002).await.unwrap();
    let done = marks.marks.iter().map(|(number, _)| *number).take(2).collect();
    put(store, vec![], done, b"state").await;
    assert_eq!(marked(store).await, [20_002, 20_001]);
    store.mark_rollups(20_001..20_002).await.unwrap();
    assert_eq!(store.rollup_marks().await.unwrap().days, 2);
}

/// What somebody was erased from is made anew.
pub async fn an_erasure_marks_the_days_that_it_changed(store: &(impl MeetingStore + EventStore + RollupStore)) {
    let room = meeting("a", 1, "bbb1");
    let at = |days: u64, event: Event| Event { at: START + Duration::from_secs(days * DAY), ..event };
    let events = vec![
        at(0, created(&room)),
        at(0, joined(&room, "Ana")),
        at(1, joined(&room, "Bob")),
        at(2, joined(&room, "Ana")),
    ];
    store_events(store, events).await;
    let (query, key) = (PersonQuery::new(None, None, Some("Ana".to_owned())), PseudonymKey::draw(&SeededRng::new(1)));
    let erased = store.erase_person(&query.unwrap(), &key, None, 100).await.unwrap();
    let first = u32::try_from(START.as_millis() / (DAY * 1000)).unwrap();
    assert_eq!(erased.events, 2);
    let mut days = marked(store).await;
    days.sort_unstable();
    assert_eq!(days, [first, first + 2]);
    // whom there is nothing of
    store.erase_person(&PersonQuery::new(None, None, Some("Eva".to_owned())).unwrap(), &key, None, 100).await.unwrap();
    assert_eq!(marked(store).await.len(), 2);
}

/// Also those that say that they happened earlier than others.
pub async fn events_are_read_in_the_order_in_which_they_were_stored(store: &(impl MeetingStore + RollupStore)) {
    let room = meeting("a", 1, "bbb1");
    let at = |millis: u64, event: Event| Event { at: Timestamp::from_millis(millis), ..event };
    let events = vec![at(9, created(&room)), at(3, joined(&room, "Ana")), at(5, joined(&room, "Bob"))];
    store_events(store, events.clone()).await;
    let found = store.events_behind(0, 100).await.unwrap();
    let numbers: Vec<_> = found.iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted() && numbers[0] > 0, "{numbers:?}");
    assert_eq!(found.into_iter().map(|(_, event)| event).collect::<Vec<_>>(), events);
    assert_eq!(store.last_event().await, Ok(numbers[2]));
    let later = store.events_behind(numbers[0], 1).await.unwrap();
    assert_eq!(later, [(numbers[1], events[1].clone())]);
    assert_eq!(store.events_behind(numbers[2], 100).await, Ok(vec![]));
}

async fn store_events(store: &impl MeetingStore, events: Vec<Event>) {
    let carrier: Meeting = meeting("carrier", 1, "bbb9");
    store.adopt(carrier, Replaces::Nothing, events).await.unwrap();
}
