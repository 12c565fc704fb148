//! How stored events are read, forgotten and anonymised.
//!
//! Every clause stores its events with a change: what is only recorded need not be found at once.

use std::time::Duration;

use super::{START, created, ended, joined, meeting};
use crate::clock::Timestamp;
use crate::event::{Administered, Event, EventKind, Found, Role, SeenBy, Subject};
use crate::meeting::{Meeting, MeetingKey};
use crate::network::IntegrationName;
use crate::rng::SeededRng;
use crate::store::{
    EventFilter, EventStore, MeetingHistory, MeetingQuery, MeetingStore, PersonQuery, PseudonymKey, Replaces, SentUser,
};

/// Stores `events`, durably.
async fn store_events(store: &impl MeetingStore, events: Vec<Event>) {
    let number = store.latest_events(usize::MAX).await.unwrap().len();
    store.adopt(meeting(&format!("carrier-{number}"), 1, "bbb9"), Replaces::Nothing, events).await.unwrap();
}

fn at(seconds: u64) -> Timestamp {
    START + Duration::from_secs(seconds)
}

fn moved(event: Event, seconds: u64) -> Event {
    Event { at: at(seconds), ..event }
}

fn confirmed_down(server: &str, seconds: u64) -> Event {
    Event { at: at(seconds), kind: EventKind::ServerConfirmedDown { server: server.into() } }
}

async fn found(store: &impl EventStore, filter: EventFilter) -> Vec<Event> {
    store.events(&filter, None, 100).await.unwrap().events
}

/// Every event is on one page, and the last page says that it is the last.
pub async fn pages_of_events_follow_each_other_newest_first(store: &(impl MeetingStore + EventStore)) {
    assert_eq!(store.events(&EventFilter::default(), None, 10).await, Ok(Default::default()));
    // some at the same moment, some stored late
    let times = [5, 5, 5, 9, 7, 7, 1, 9];
    let events: Vec<_> = (0..).zip(times).map(|(n, time)| confirmed_down(&format!("bbb{n}"), time)).collect();
    store_events(store, events.clone()).await;
    let mut newest_first: Vec<_> = events.into_iter().rev().collect();
    newest_first.sort_by_key(|event| std::cmp::Reverse(event.at));
    for limit in [1, 2, 3, 8, 9] {
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = store.events(&EventFilter::default(), after, limit).await.unwrap();
            assert!(page.events.len() == limit || page.next.is_none());
            read.extend(page.events);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, newest_first, "pages of {limit}");
    }
    assert_eq!(store.events(&EventFilter::default(), None, 0).await, Ok(Default::default()));
}

/// A filter lets pass what fits every part of it.
pub async fn events_are_found_by_all_that_is_said_of_them(store: &(impl MeetingStore + EventStore)) {
    let (a, b) = (meeting("a", 1, "bbb1"), meeting("b", 1, "bbb2"));
    let of_portal = Meeting { key: MeetingKey::new("portal", "a"), internal_id: "portal-a".into(), ..a.clone() };
    let all = [
        moved(created(&a), 0),
        moved(created(&b), 10),
        moved(joined(&a, "Ana"), 20),
        moved(created(&of_portal), 30),
        confirmed_down("bbb1", 40),
        moved(ended(&a), 50),
        Event {
            at: at(60),
            kind: EventKind::RecordingPublished {
                meeting: Some(MeetingKey::new("school", "c")),
                recording: "rec-c".into(),
                server: "bbb3".into(),
            },
        },
    ];
    store_events(store, all.to_vec()).await;
    let any = EventFilter::default;
    let kinds = |kinds: &[&str]| kinds.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (filter, places) in [
        (any(), vec![6, 5, 4, 3, 2, 1, 0]),
        (EventFilter { internal_id: Some("rec-c".into()), ..any() }, vec![6]),
        (EventFilter { integration: Some("moodle".into()), ..any() }, vec![5, 2, 1, 0]),
        (EventFilter { integration: Some("portal".into()), meeting_id: Some("b".into()), ..any() }, vec![]),
        (EventFilter { meeting_id: Some("a".into()), ..any() }, vec![5, 3, 2, 0]),
        (EventFilter { internal_id: Some(a.internal_id.clone()), ..any() }, vec![5, 2, 0]),
        (EventFilter { internal_id: Some(a.internal_id.clone()), kinds: kinds(&["user-joined"]), ..any() }, vec![2]),
        (EventFilter { server: Some("bbb1".into()), ..any() }, vec![5, 4, 3, 2, 0]),
        (EventFilter { kinds: kinds(&["meeting-created", "server-confirmed-down"]), ..any() }, vec![4, 3, 1, 0]),
        (EventFilter { kinds: kinds(&["meeting-created"]), integration: Some("moodle".into()), ..any() }, vec![1, 0]),
        (EventFilter { kinds: kinds(&["meeting-ended"]), server: Some("bbb2".into()), ..any() }, vec![]),
        (EventFilter { kinds: kinds(&["no-such-event"]), ..any() }, vec![]),
        (EventFilter { from: Some(at(10)), until: Some(at(40)), ..any() }, vec![3, 2, 1]),
        (EventFilter { from: Some(at(10)), integration: Some("moodle".into()), ..any() }, vec![5, 2, 1]),
    ] {
        let expected: Vec<_> = places.into_iter().map(|place| all[place].clone()).collect();
        assert_eq!(found(store, filter.clone()).await, expected, "{filter:?}");
    }
    let ended_or_created =
        EventFilter { kinds: kinds(&["meeting-ended", "meeting-created", "meeting-created"]), ..any() };
    let first = store.events(&ended_or_created, None, 2).await.unwrap();
    let second = store.events(&ended_or_created, first.next, 2).await.unwrap();
    let places = |places: [usize; 2]| places.map(|place| all[place].clone()).to_vec();
    assert_eq!((first.events, second.events), (places([5, 3]), places([1, 0])));
}

/// What was administered is found by who did it, and by what it was done to.
pub async fn what_was_administered_is_found_by_whom_and_of_what(store: &(impl MeetingStore + EventStore)) {
    let administered = |by: &str, how, subject, seconds| {
        let kind = EventKind::Administered { by: by.to_owned(), address: None, how, subject, changes: Vec::new() };
        Event { at: at(seconds), kind }
    };
    let (plan, server) = (|| Subject::new("plan", "bbb1"), || Subject::new("server", "bbb1"));
    let all = [
        administered("ana", Administered::Added, plan(), 0),
        moved(created(&meeting("a", 1, "bbb1")), 10),
        administered("bia", Administered::Drained, server(), 20),
        administered("ana", Administered::FreezeLifted, Subject::new("freeze", ""), 30),
        administered("ana (token t1)", Administered::Undrained, server(), 40),
        confirmed_down("bbb1", 50),
    ];
    store_events(store, all.to_vec()).await;
    let any = EventFilter::default;
    let text = |text: &str| Some(text.to_owned());
    let kinds = || vec!["administered".to_owned()];
    for (filter, places) in [
        (EventFilter { kinds: kinds(), ..any() }, vec![4, 3, 2, 0]),
        (EventFilter { without_administered: true, ..any() }, vec![5, 1]),
        (EventFilter { without_administered: true, kinds: kinds(), ..any() }, vec![]),
        (EventFilter { by: text("ana"), ..any() }, vec![4, 3, 0]),
        (EventFilter { by: text("ana"), kinds: kinds(), from: Some(at(1)), until: Some(at(40)), ..any() }, vec![3]),
        (EventFilter { by: text("nobody"), ..any() }, vec![]),
        (EventFilter { subject_kind: text("server"), ..any() }, vec![4, 2]),
        (EventFilter { subject_name: text("bbb1"), ..any() }, vec![4, 2, 0]),
        (EventFilter { subject_name: text(""), ..any() }, vec![3]),
        (EventFilter { subject_kind: text("plan"), subject_name: text("bbb1"), ..any() }, vec![0]),
        (EventFilter { by: text("ana"), subject_kind: text("server"), subject_name: text("bbb1"), ..any() }, vec![4]),
        (EventFilter { by: text("ana"), kinds: vec!["meeting-created".to_owned()], ..any() }, vec![]),
    ] {
        let expected: Vec<_> = places.into_iter().map(|place| all[place].clone()).collect();
        assert_eq!(found(store, filter.clone()).await, expected, "{filter:?}");
    }
}

/// Whoever may see some integrations only finds their events, page by page, and no other.
pub async fn events_of_some_integrations_are_found_together(store: &(impl MeetingStore + EventStore)) {
    let of = |integration: &str, id: &str, seconds| {
        let meeting = Meeting { key: MeetingKey::new(integration, id), ..meeting(id, 1, "bbb1") };
        moved(if seconds % 3 == 0 { joined(&meeting, "Ana") } else { created(&meeting) }, seconds)
    };
    let names = ["moodle", "portal", "school"];
    let mut all: Vec<_> = (0..30).map(|n| of(names[n as usize % 3], "a", n)).collect();
    all.push(of("moodle", "b", 31));
    all.push(confirmed_down("bbb1", 40));
    all.push(moved(of("portal", "a", 1), 31));
    store_events(store, all.clone()).await;
    let within = |names: &[&str]| Some(names.iter().map(|name| (*name).into()).collect());
    let any = EventFilter::default;
    for filter in [
        EventFilter { within: within(&["moodle", "portal", "none"]), ..any() },
        EventFilter { within: within(&["portal"]), ..any() },
        EventFilter { within: within(&[]), ..any() },
        EventFilter { within: within(&["moodle", "portal"]), integration: Some("portal".into()), ..any() },
        EventFilter { within: within(&["moodle", "portal"]), integration: Some("school".into()), ..any() },
        EventFilter { within: within(&["moodle", "portal"]), kinds: vec!["user-joined".to_owned()], ..any() },
        EventFilter {
            within: within(&["moodle", "portal"]),
            kinds: vec!["user-joined".to_owned(), "meeting-created".to_owned()],
            from: Some(at(5)),
            until: Some(at(29)),
            ..any()
        },
        EventFilter { within: within(&["moodle", "school"]), meeting_id: Some("a".into()), ..any() },
        EventFilter { within: within(&["moodle"]), server: Some("bbb1".into()), ..any() },
    ] {
        let wanted = |event: &&Event| {
            let (kind, integration) = (&event.kind, event.kind.integration());
            integration.is_some_and(|name| filter.within.as_ref().is_some_and(|within| within.contains(name)))
                && filter.integration.as_ref().is_none_or(|one| integration == Some(one))
                && filter.meeting_id.as_ref().is_none_or(|id| kind.meeting().map(|key| &key.meeting_id) == Some(id))
                && (filter.kinds.is_empty() || filter.kinds.iter().any(|word| word == kind.word()))
                && filter.from.is_none_or(|from| event.at >= from)
                && filter.until.is_none_or(|until| event.at < until)
        };
        let mut expected: Vec<_> = all.iter().rev().filter(wanted).cloned().collect();
        expected.sort_by_key(|event| std::cmp::Reverse(event.at));
        for limit in [1, 4, 100] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = store.events(&filter, after, limit).await.unwrap();
                assert!(page.events.len() <= limit);
                seen.extend(page.events);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{limit}: {filter:?}");
        }
    }
}

/// What comes while somebody reads page after page is on none of the pages behind.
pub async fn a_page_stays_where_it_is_while_events_come(store: &(impl MeetingStore + EventStore)) {
    let old: Vec<_> = (0..4).map(|n| confirmed_down("bbb1", n)).collect();
    store_events(store, old.clone()).await;
    let first = store.events(&EventFilter::default(), None, 2).await.unwrap();
    store_events(store, (10..20).map(|n| confirmed_down("bbb2", n)).collect()).await;
    let second = store.events(&EventFilter::default(), first.next, 2).await.unwrap();
    assert_eq!(second.events, [old[1].clone(), old[0].clone()]);
}

/// Every event is on one page, the oldest first, and the last page says that it is the last.
pub async fn pages_for_reports_follow_each_other_oldest_first(store: &(impl MeetingStore + EventStore)) {
    assert_eq!(store.oldest_events(&EventFilter::default(), None, 10).await, Ok(Default::default()));
    // some at the same moment, some stored late
    let times = [5, 5, 5, 9, 7, 7, 1, 9];
    let mut events: Vec<_> = (0..).zip(times).map(|(n, time)| confirmed_down(&format!("bbb{n}"), time)).collect();
    store_events(store, events.clone()).await;
    events.sort_by_key(|event| event.at);
    for (filter, expected) in [
        (EventFilter::default(), &events[..]),
        (EventFilter { from: Some(at(5)), until: Some(at(9)), ..EventFilter::default() }, &events[1..6]),
    ] {
        for limit in [1, 2, 3, 8, 9] {
            let (mut read, mut after) = (Vec::new(), None);
            loop {
                let page = store.oldest_events(&filter, after, limit).await.unwrap();
                assert!(page.events.len() == limit || page.next.is_none());
                read.extend(page.events);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(read, expected, "pages of {limit}");
        }
    }
    assert_eq!(store.oldest_events(&EventFilter::default(), None, 0).await, Ok(Default::default()));
}

/// A filter lets pass what fits every part of it, for reports too.
pub async fn events_for_reports_are_found_by_all_that_is_said_of_them(store: &(impl MeetingStore + EventStore)) {
    let (a, b) = (meeting("a", 1, "bbb1"), meeting("b", 1, "bbb2"));
    let of_portal = Meeting { key: MeetingKey::new("portal", "a"), ..a.clone() };
    let all = [
        moved(created(&a), 0),
        moved(created(&b), 10),
        moved(joined(&a, "Ana"), 20),
        moved(created(&of_portal), 30),
        confirmed_down("bbb1", 40),
        moved(ended(&a), 50),
    ];
    store_events(store, all.to_vec()).await;
    let any = EventFilter::default;
    let kinds = |kinds: &[&str]| kinds.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (filter, places) in [
        (any(), vec![0, 1, 2, 3, 4, 5]),
        (EventFilter { integration: Some("moodle".into()), ..any() }, vec![0, 1, 2, 5]),
        (EventFilter { meeting_id: Some("a".into()), ..any() }, vec![0, 2, 3, 5]),
        (EventFilter { internal_id: Some(a.internal_id.clone()), ..any() }, vec![0, 2, 3, 5]),
        (EventFilter { server: Some("bbb2".into()), ..any() }, vec![1]),
        (EventFilter { kinds: kinds(&["meeting-ended", "meeting-created"]), ..any() }, vec![0, 1, 3, 5]),
        (EventFilter { kinds: kinds(&["no-such-event"]), ..any() }, vec![]),
        (
            EventFilter {
                internal_id: Some(a.internal_id.clone()),
                integration: Some("moodle".into()),
                kinds: kinds(&["user-joined", "meeting-ended"]),
                from: Some(at(21)),
                ..any()
            },
            vec![5],
        ),
    ] {
        let expected: Vec<_> = places.into_iter().map(|place| all[place].clone()).collect();
        assert_eq!(store.oldest_events(&filter, None, 100).await.unwrap().events, expected, "{filter:?}");
    }
}

/// Meetings are found that came to be in a period and had not ended at its end, whether or not they ended later.
pub async fn meetings_that_had_not_ended_at_a_moment_are_found(store: &(impl MeetingStore + EventStore)) {
    let [before, over, ends_later, runs] = [1, 2, 3, 4].map(|n| meeting("a", n, "bbb1"));
    // the same ids are another's, and that one ended
    let others = Meeting { key: MeetingKey::new("portal", "a"), ..runs.clone() };
    let adopted = meeting("b", 5, "bbb1");
    let found = EventKind::MeetingAdopted {
        meeting: adopted.key.clone(),
        internal_id: adopted.internal_id.clone(),
        server: "bbb1".into(),
        how: Found::Listed,
    };
    let adopted = Event { at: at(40), kind: found };
    let events = vec![
        moved(created(&before), 5),
        moved(created(&over), 10),
        moved(created(&ends_later), 20),
        moved(created(&runs), 30),
        moved(created(&others), 30),
        moved(ended(&others), 39),
        adopted.clone(),
        moved(ended(&over), 49),
        moved(ended(&ends_later), 50),
        moved(created(&meeting("c", 6, "bbb1")), 50),
    ];
    store_events(store, events).await;
    let unended = async |integration: Option<&str>, limit| {
        let (mut read, mut after) = (Vec::new(), None);
        let integration = integration.map(IntegrationName::from);
        loop {
            let page = store.unended(integration.as_ref(), at(6), at(50), after, limit).await.unwrap();
            read.extend(page.events);
            after = page.next;
            if after.is_none() {
                return read;
            }
        }
    };
    let expected = [moved(created(&ends_later), 20), moved(created(&runs), 30), adopted];
    for limit in [1, 2, 3, 100] {
        assert_eq!(unended(None, limit).await, expected, "pages of {limit}");
        assert_eq!(unended(Some("moodle"), limit).await, expected, "pages of {limit}");
        assert_eq!(unended(Some("portal"), limit).await, []);
    }
}

fn query(users: u32) -> MeetingQuery {
    MeetingQuery { integration: "moodle".into(), created_from: None, ended_before: None, users, limit: 100 }
}

async fn ids(store: &impl EventStore, query: MeetingQuery) -> Vec<String> {
    let found = store.meetings(&query).await.unwrap();
    found.into_iter().map(|history| history.meeting_id.as_str().to_owned()).collect()
}

/// A meeting is told with what its events say, a running one without an end.
pub async fn meetings_are_told_with_their_ends_users_and_parameters(store: &(impl MeetingStore + EventStore)) {
    let (over, running) = (meeting("a", 1, "bbb1"), meeting("a", 2, "bbb2"));
    let host = |mut event: Event| {
        if let EventKind::UserJoined { role, .. } = &mut event.kind {
            *role = Role::Moderator;
        }
        event
    };
    let events = vec![
        moved(created(&over), 0),
        moved(joined(&over, "Ana"), 7),
        moved(host(joined(&over, "<Bob>")), 5),
        moved(joined(&over, "Ana"), 9),
        moved(ended(&over), 60),
        moved(created(&running), 70),
    ];
    store_events(store, events).await;
    let user = |name: &str, role, seconds| SentUser { name: name.to_owned(), role, at: at(seconds) };
    let history = |meeting: &Meeting, created, ended: Option<u64>, users| MeetingHistory {
        meeting_id: meeting.key.meeting_id.clone(),
        internal_id: meeting.internal_id.clone(),
        name: meeting.name.clone(),
        created_at: at(created),
        ended_at: ended.map(at),
        server: meeting.server.clone(),
        users,
        parameters: meeting.parameters.clone(),
    };
    let users = vec![user("<Bob>", Role::Moderator, 5), user("Ana", Role::Attendee, 7), user("Ana", Role::Attendee, 9)];
    let expected = vec![history(&running, 70, None, vec![]), history(&over, 0, Some(60), users)];
    assert_eq!(store.meetings(&query(0)).await, Ok(expected));
}

/// Meetings are chosen by when they were created, when they ended and how many joins they had; the newest come first.
pub async fn meetings_are_chosen_by_day_users_and_number(store: &(impl MeetingStore + EventStore)) {
    let mut events = Vec::new();
    // number n is created at 10 n and has n joins; the last two are running
    for n in 0..6 {
        let held = meeting(&format!("m{n}"), n, "bbb1");
        events.push(moved(created(&held), 10 * n));
        events.extend((0..n).map(|join| moved(joined(&held, &format!("user {join}")), 10 * n + 1)));
        if n < 4 {
            events.push(moved(ended(&held), 10 * n + 5));
        }
    }
    store_events(store, events).await;
    assert_eq!(ids(store, query(0)).await, ["m5", "m4", "m3", "m2", "m1", "m0"]);
    assert_eq!(ids(store, query(1)).await, ["m5", "m4", "m3", "m2", "m1"]);
    assert_eq!(ids(store, query(4)).await, ["m5", "m4"]);
    assert_eq!(ids(store, query(u32::MAX)).await, [""; 0]);
    assert_eq!(ids(store, MeetingQuery { limit: 2, ..query(0) }).await, ["m5", "m4"]);
    assert_eq!(ids(store, MeetingQuery { limit: 0, ..query(0) }).await, [""; 0]);
    let (from, before) = (Some(at(10)), Some(at(35)));
    assert_eq!(ids(store, MeetingQuery { created_from: from, ..query(0) }).await, ["m5", "m4", "m3", "m2", "m1"]);
    assert_eq!(ids(store, MeetingQuery { ended_before: before, ..query(0) }).await, ["m2", "m1", "m0"]);
    let ended_later = Some(at(36));
    assert_eq!(ids(store, MeetingQuery { ended_before: ended_later, ..query(3) }).await, ["m3"]);
    let both = MeetingQuery { created_from: from, ended_before: before, limit: 1, ..query(1) };
    assert_eq!(ids(store, both).await, ["m2"]);
}

/// A meeting that was taken for ended and is found again is one meeting, which runs until it ends once more.
pub async fn a_meeting_that_is_found_again_is_told_once(store: &(impl MeetingStore + EventStore)) {
    let (held, other) = (meeting("a", 1, "bbb1"), meeting("b", 1, "bbb1"));
    let adopted = |meeting: &Meeting| EventKind::MeetingAdopted {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        server: "bbb1".into(),
        how: Found::Listed,
    };
    let again = Event { at: at(20), kind: adopted(&held) };
    let events = vec![
        moved(created(&held), 0),
        moved(ended(&held), 10),
        again,
        Event { at: at(30), kind: adopted(&other) },
        moved(joined(&other, "Ana"), 31),
    ];
    store_events(store, events).await;
    let told = async || {
        let found = store.meetings(&query(0)).await.unwrap();
        let told = found.into_iter().map(|one| (one.name, one.created_at, one.ended_at, one.users.len()));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told().await, [(String::new(), at(30), None, 1), (held.name.clone(), at(0), None, 0)]);
    store_events(store, vec![moved(ended(&held), 40)]).await;
    assert_eq!(told().await, [(String::new(), at(30), None, 1), (held.name.clone(), at(0), Some(at(40)), 0)]);
}

/// An integration reads of its own meetings, even where another's has the same ids.
pub async fn meetings_of_others_are_not_told(store: &(impl MeetingStore + EventStore)) {
    let own = meeting("a", 1, "bbb1");
    let others = Meeting { key: MeetingKey::new("portal", "a"), ..own.clone() };
    let events = vec![
        moved(created(&own), 0),
        moved(created(&others), 1),
        moved(joined(&others, "Bob"), 2),
        moved(ended(&others), 3),
    ];
    store_events(store, events).await;
    let found = store.meetings(&query(0)).await.unwrap();
    assert_eq!((found.len(), found[0].created_at, found[0].ended_at, found[0].users.len()), (1, at(0), None, 0));
    assert_eq!(store.meetings(&query(1)).await, Ok(vec![]));
}

/// What is older than a moment goes, the oldest first, no more at once than is allowed.
pub async fn old_events_are_forgotten_some_at_a_time(store: &(impl MeetingStore + EventStore)) {
    let events: Vec<_> = [3, 0, 1, 2, 4].map(|n| confirmed_down("bbb1", n)).to_vec();
    store_events(store, events).await;
    let left = async || {
        let left = found(store, EventFilter::default()).await;
        left.into_iter().map(|event| event.at.since(START).as_secs()).collect::<Vec<_>>()
    };
    assert_eq!(store.forget_before(at(3), 2).await, Ok(2));
    assert_eq!(left().await, [4, 3, 2]);
    assert_eq!(store.forget_before(at(3), 2).await, Ok(1));
    assert_eq!(store.forget_before(at(3), 2).await, Ok(0));
    assert_eq!(left().await, [4, 3]);
}

/// Names, ids and addresses in events of a period are replaced, once; all else stays.
pub async fn names_of_old_events_become_pseudonyms_once(store: &(impl MeetingStore + EventStore)) {
    let held = meeting("a", 1, "bbb1");
    let refused = EventKind::CallRefused {
        call: "create".into(),
        integration: Some("moodle".into()),
        key: "checksumError".into(),
        reason: "checksumError".into(),
        address: Some("192.0.2.7".parse().unwrap()),
        hint: None,
    };
    let refused = Event { at: at(3), kind: refused };
    let events = vec![
        moved(created(&held), 0),
        moved(joined(&held, "Ana"), 1),
        moved(joined(&held, "Ana"), 2),
        refused,
        moved(joined(&held, "Ana"), 9),
    ];
    store_events(store, events.clone()).await;
    let key = PseudonymKey::draw(&SeededRng::new(1));
    assert_eq!(store.oldest_name(at(1)).await, Ok(None));
    assert_eq!(store.oldest_name(at(9)).await, Ok(Some(at(1))));
    assert_eq!(store.anonymise(at(0), at(9), &key, 2).await, Ok(2));
    assert_eq!(store.anonymise(at(0), at(9), &key, 2).await, Ok(1));
    let left = found(store, EventFilter::default()).await;
    // done ones are not done again by another key
    let other = PseudonymKey::draw(&SeededRng::new(2));
    assert_eq!(store.anonymise(at(0), at(9), &other, 10).await, Ok(0));
    assert_eq!(store.oldest_name(at(9)).await, Ok(None));
    assert_eq!(found(store, EventFilter::default()).await, left);
    assert_eq!((&left[0], &left[4]), (&events[4], &events[0]), "later ones, and those without people");
    let pseudonym = |event: &Event| match &event.kind {
        EventKind::UserJoined { name, user_id, .. } => (name.clone(), user_id.clone()),
        other => panic!("{other:?}"),
    };
    let (name, user_id) = pseudonym(&left[3]);
    assert!(name.starts_with("anonymous-") && user_id.as_deref() == Some(name.as_str()), "{name} {user_id:?}");
    assert_eq!(pseudonym(&left[2]), (name, user_id), "the same person");
    assert!(matches!(left[1].kind, EventKind::CallRefused { address: None, .. }), "{:?}", left[1]);
    assert_eq!(left[1].at, at(3));
}

fn person(integration: Option<&str>, user_id: Option<&str>, name: Option<&str>) -> PersonQuery {
    PersonQuery::new(integration.map(Into::into), user_id.map(str::to_owned), name.map(str::to_owned)).unwrap()
}

fn entered(meeting: &Meeting, name: &str, id: &str) -> EventKind {
    EventKind::UserEntered {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        server: meeting.server.clone(),
        user: "stay-1".into(),
        external_user_id: id.to_owned(),
        name: name.to_owned(),
        role: Role::Attendee,
        seen_by: SeenBy::List,
    }
}

/// Two of the same name, one at two websites, and a meeting that is called as one of them.
fn people() -> Vec<Event> {
    let own = meeting("a", 1, "bbb1");
    let portal = Meeting { key: MeetingKey::new("portal", "a"), ..own.clone() };
    let mut named = created(&own);
    if let EventKind::MeetingCreated { parameters, .. } = &mut named.kind {
        parameters.push(("meta_teacher".to_owned(), "Ana \"A\" Ação".to_owned()));
    }
    let entered =
        |meeting: &Meeting, name: &str, id: &str, seconds| Event { at: at(seconds), kind: entered(meeting, name, id) };
    vec![
        moved(named, 0),
        moved(joined(&own, "Ana \"A\" Ação"), 1),
        entered(&own, "Ana \"A\" Ação", "u-1", 2),
        entered(&own, "Ana \"A\" Ação", "u-2", 3),
        entered(&portal, "Ana \"A\" Ação", "u-1", 4),
        entered(&own, "Ana", "u-3", 5),
        confirmed_down("u-1", 6),
    ]
}

/// Somebody is found by all that is said of them, a page at a time.
pub async fn events_of_a_person_are_found_by_id_name_and_integration(store: &(impl MeetingStore + EventStore)) {
    let all = people();
    store_events(store, all.clone()).await;
    let name = Some("Ana \"A\" Ação");
    for (query, places) in [
        (person(None, None, name), vec![4, 3, 2, 1, 0]),
        (person(None, Some("u-1"), None), vec![4, 2, 1]),
        (person(Some("moodle"), Some("u-1"), None), vec![2, 1]),
        (person(Some("moodle"), None, name), vec![3, 2, 1, 0]),
        (person(None, Some("u-2"), name), vec![3]),
        (person(None, Some("u-2"), Some("Ana")), vec![]),
        (person(None, None, Some("Ana")), vec![5]),
        (person(Some("school"), None, name), vec![]),
    ] {
        for limit in [1, 2, 100] {
            let (mut read, mut after) = (Vec::new(), None);
            loop {
                let page = store.events_of_person(&query, after, limit).await.unwrap();
                assert!(page.events.len() <= limit);
                read.extend(page.events);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let expected: Vec<_> = places.iter().map(|place| all[*place].clone()).collect();
            assert_eq!(read, expected, "{query:?}, pages of {limit}");
        }
    }
}

/// Who is erased is in no event any more, under no part of what was said; all else stays as it is.
pub async fn a_person_is_erased_page_by_page_and_nobody_else_is(store: &(impl MeetingStore + EventStore)) {
    let all = people();
    store_events(store, all.clone()).await;
    let (query, key) = (person(Some("moodle"), None, Some("Ana \"A\" Ação")), PseudonymKey::draw(&SeededRng::new(1)));
    let first = store.erase_person(&query, &key, None, 3).await.unwrap();
    assert_eq!(first.events, 3);
    let second = store.erase_person(&query, &key, first.next, 3).await.unwrap();
    assert_eq!((second.events, second.next), (1, None));
    assert_eq!(store.events_of_person(&query, None, 100).await.unwrap().events, []);
    let mut left = found(store, EventFilter::default()).await;
    left.reverse();
    assert_eq!((&left[4..], left.len()), (&all[4..], 7), "others, and the same name at another website");
    let text = format!("{:?}", &left[..4]);
    assert!(!text.contains("Ana") && !text.contains("u-1") && !text.contains("u-2"), "{text}");
    let ids = |event: &Event| match &event.kind {
        EventKind::UserJoined { user_id, .. } => user_id.clone(),
        EventKind::UserEntered { external_user_id, .. } => Some(external_user_id.clone()),
        other => panic!("{other:?}"),
    };
    assert!(ids(&left[1]).is_some_and(|id| id.starts_with("anonymous-")));
    assert_eq!(ids(&left[1]), ids(&left[2]), "one person on one day");
    assert_ne!(ids(&left[2]), ids(&left[3]), "another one");
    let EventKind::MeetingCreated { name, parameters, .. } = &left[0].kind else { panic!("{:?}", left[0]) };
    assert_eq!(name, &meeting("a", 1, "bbb1").name);
    let teacher = parameters.iter().find(|(key, _)| key == "meta_teacher").unwrap();
    assert!(teacher.1.starts_with("anonymous-"));
    // nobody is left to be anonymised among them
    assert_eq!(store.oldest_name(at(4)).await, Ok(None));
}
