//! One person's events among many others.

use lb_core::store::PersonQuery;

use super::super::event_person::find_among;
use super::*;

#[test]
fn a_person_is_found_however_little_is_looked_at_at_once() {
    let store = Disposable::new();
    let at = |n: u64| Timestamp::from_millis(1_767_225_600_000 + n);
    let events: Vec<_> =
        (0..60).map(|n| Event { at: at(n / 2), ..joined(if n % 7 == 0 { "Ana \"A\" 山" } else { "Ana" }) }).collect();
    run(async {
        store.record(events.clone()).await.unwrap();
        assert_eq!(store.latest_events(100).await.unwrap().len(), 60);
    });
    let database = store.seen_from_outside();
    let query = PersonQuery::new(None, None, Some("Ana \"A\" 山".to_owned())).unwrap();
    let mut expected: Vec<_> = events.iter().filter(|event| query.fits(event)).cloned().collect();
    expected.reverse();
    for (limit, looked_at) in [(1, 1), (2, 3), (100, 7), (3, 100)] {
        let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let (found, next) = find_among(&database, &query, after, (limit, looked_at)).unwrap();
            assert!(found.len() <= limit);
            read.extend(found.into_iter().map(|(_, event)| event));
            (after, pages) = (next, pages + 1);
            assert!(pages <= 70, "it goes on for ever");
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, expected, "{limit} of {looked_at}");
    }
}

#[test]
fn an_erased_name_is_nowhere_in_the_file() {
    let store = Disposable::new();
    let query = PersonQuery::new(None, None, Some("Zoraide Quintanilha".to_owned())).unwrap();
    let erased = run(async {
        store.record(vec![joined("Zoraide Quintanilha"), joined("Ana")]).await.unwrap();
        assert_eq!(store.latest_events(10).await.unwrap().len(), 2);
        let key = PseudonymKey::draw(&crate::rng::SystemRng);
        store.erase_person(&query, &key, None, 100).await.unwrap()
    });
    assert_eq!((erased.events, erased.next), (1, None));
    let path = store.path();
    let Disposable { store, dir } = store;
    run(store.close());
    let bytes = std::fs::read(&path).unwrap();
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(!has(b"Zoraide") && has(b"Ana"));
    drop(dir);
}
