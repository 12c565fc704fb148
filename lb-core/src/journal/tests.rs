use std::borrow::Cow;
use std::time::Duration;

use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn key(id: &str) -> MeetingKey {
    MeetingKey::new("moodle", id)
}

fn call(journal: &Journal, id: &str, seconds: u64, word: &'static str, messages: &'static str) {
    let kind = EventKind::CallAnswered {
        call: word.into(),
        integration: Some("moodle".into()),
        meeting: Some(key(id)),
        server: None,
        key: messages.into(),
        success: messages.is_empty(),
        took: Duration::from_millis(seconds),
    };
    journal.observe(&Event { at: at(seconds), kind });
}

fn times(journal: &Journal, id: &str) -> Vec<(u64, u64, u32)> {
    let seconds = |moment: Timestamp| moment.as_millis() / 1000;
    let entries = journal.of(&key(id)).entries;
    entries.iter().map(|entry| (seconds(entry.at), seconds(entry.until), entry.times)).collect()
}

#[test]
fn lists_that_show_the_meeting_are_one_entry_and_one_that_lacks_it_is_another() {
    let journal = Journal::default();
    for (second, users) in [(1, Some(3)), (2, Some(5)), (3, Some(4)), (4, None), (5, None), (6, Some(4))] {
        journal.listed(&key("a"), &"bbb1".into(), at(second), users);
    }
    journal.listed(&key("a"), &"bbb2".into(), at(7), Some(4));
    assert_eq!(times(&journal, "a"), [(1, 3, 3), (4, 5, 2), (6, 6, 1), (7, 7, 1)]);
    assert_eq!(journal.of(&key("a")).entries[0].what, Noted::Seen { least: 3, most: 5 });
}

#[test]
fn calls_that_are_the_same_are_one_entry_also_where_lists_come_in_between() {
    let journal = Journal::default();
    for second in 1..100 {
        call(&journal, "a", second, "isMeetingRunning", "");
        journal.listed(&key("a"), &"bbb1".into(), at(second), Some(1));
    }
    call(&journal, "a", 100, "join", "permissionDenied");
    call(&journal, "a", 101, "join", "");
    assert_eq!(times(&journal, "a"), [(1, 99, 99), (1, 99, 99), (100, 100, 1), (101, 101, 1)]);
    let longest = journal.of(&key("a")).entries[0].what.clone();
    let expected = Noted::call("isMeetingRunning".into(), Cow::Borrowed(""), true, Duration::from_millis(99));
    assert_eq!(longest, expected);
}

#[test]
fn one_meeting_has_so_many_entries_and_the_oldest_goes() {
    let journal = Journal::default();
    for second in 0..100 {
        call(&journal, "a", second, if second % 2 == 0 { "join" } else { "end" }, ["", "x", "y"][second as usize % 3]);
    }
    let notes = journal.of(&key("a"));
    assert!(notes.entries.len() <= OF_ONE, "{}", notes.entries.len());
    for second in 100..400 {
        let server = format!("bbb{second}");
        journal.listed(&key("b"), &server.as_str().into(), at(second), None);
    }
    let notes = journal.of(&key("b"));
    assert_eq!((notes.entries.len(), notes.dropped, notes.entries[0].at), (OF_ONE, 236, at(336)));
}

#[test]
fn the_meeting_that_was_not_touched_for_longest_goes_for_a_call_and_none_goes_for_a_list() {
    let journal = Journal::default();
    call(&journal, "first", 0, "create", "");
    for number in 0..3 * MEETINGS as u64 {
        call(&journal, &number.to_string(), number, "create", "");
        if number % 100 == 0 {
            journal.listed(&key("first"), &"bbb1".into(), at(number), Some(1));
        }
    }
    let count = |shard: &Mutex<Shard>| shard.lock().unwrap().meetings.len();
    assert_eq!(journal.shards.iter().map(count).sum::<usize>(), MEETINGS);
    assert_eq!(journal.of(&key("first")).entries.len(), 2, "its lists kept it");
    assert_eq!(journal.of(&key("0")), Notes::default());
    journal.listed(&key("new"), &"bbb1".into(), at(0), Some(1));
    assert_eq!(journal.of(&key("new")), Notes::default());
}

#[test]
fn all_entries_together_are_bounded() {
    let journal = Journal::default();
    for number in 0..4000_u64 {
        for round in 0..OF_ONE as u64 {
            let server = format!("bbb{round}");
            call(&journal, &number.to_string(), round, "create", "");
            journal.listed(&key(&number.to_string()), &server.as_str().into(), at(round), None);
        }
    }
    let count = |shard: &Mutex<Shard>| {
        let shard = shard.lock().unwrap();
        let there: usize = shard.meetings.iter().map(|(_, notes)| notes.entries.len()).sum();
        assert_eq!(shard.entries, there, "they are counted right");
        there
    };
    let all: usize = journal.shards.iter().map(count).sum();
    assert!(all <= ENTRIES && all > ENTRIES / 2, "{all}");
}

#[test]
fn what_is_too_long_is_not_kept() {
    let journal = Journal::default();
    let long = "é".repeat(LONGEST_ID);
    call(&journal, &long, 1, "create", "");
    assert_eq!(journal.of(&key(&long)), Notes::default());
    let Noted::Call { key, .. } = Noted::call("end".into(), Cow::Owned("é".repeat(40)), false, Duration::ZERO) else {
        panic!("a call")
    };
    assert_eq!(key.len(), 48);
}
