//! One person's data, as administrators get it and erase it.

use super::*;
use crate::balancer::Actor;
use crate::event::{Administered, Event, EventKind};
use crate::store::{EventCursor, EventStore, PersonQuery};

fn words(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind.word()).collect()
}

#[test]
fn a_person_is_shown_with_their_stays_and_erased_without_being_named_in_the_audit_log() {
    let network = Network::of(1);
    network.create("moodle", "room-1");
    let params = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER"), ("userID", "u-1")];
    let query = network.call("moodle", "join", &params).location().query().unwrap().to_owned();
    network.servers.with("bbb1", |bbb| bbb.handle(network.clock.now(), "join", &query, None)).unwrap();
    let go_on = || {
        network.pass(10);
        network.refresh();
        network.follow();
    };
    go_on();
    network.servers.with("bbb1", |bbb| bbb.leave("room-1", 1)).unwrap();
    go_on();

    let by = Actor::new("bob", None);
    let person = PersonQuery::new(Some("moodle".into()), Some("u-1".to_owned()), None).unwrap();
    let page = block_on(network.balancer.export_person(&person, None, 100, &by)).unwrap();
    assert_eq!(words(&page.events), ["user-left", "user-entered", "user-joined"]);
    assert_eq!((page.next, block_on(network.balancer.count_person(&person))), (None, Ok(2)));
    let newest = EventCursor { at: network.clock.now() + Duration::from_secs(1), id: 0 };
    let later = block_on(network.balancer.export_person(&person, Some(newest), 100, &by)).unwrap();
    assert_eq!(
        words(&later.events),
        ["user-left", "user-entered", "user-joined"],
        "it is no first page and has it all"
    );
    assert_eq!(block_on(network.balancer.erase_person(&person, &by)), Ok(2));
    assert_eq!(block_on(network.balancer.count_person(&person)), Ok(0));
    let stored = block_on(network.store.events(&Default::default(), None, 100)).unwrap().events;
    let all = format!("{stored:?}");
    assert!(all.contains("anonymous-") && !all.contains("Ana") && !all.contains("u-1"), "{all}");
    let told = network.events().into_iter().filter_map(|kind| match kind {
        EventKind::Administered { by, how, subject, changes, .. } => {
            Some((by, how, subject.to_string(), changes.len()))
        }
        _ => None,
    });
    let told: Vec<_> = told.filter(|(by, ..)| by == "bob").collect();
    let somebody = "person of moodle".to_owned();
    assert_eq!(
        told,
        [
            ("bob".to_owned(), Administered::Exported, somebody.clone(), 0),
            ("bob".to_owned(), Administered::Exported, somebody.clone(), 0),
            ("bob".to_owned(), Administered::Erased, somebody, 1),
        ]
    );
}
