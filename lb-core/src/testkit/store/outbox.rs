//! What becomes of deliveries.

use std::collections::HashSet;
use std::time::Duration;

use super::{START, callbacks, claim, ended, meeting, token};
use crate::callback::{CallbackKind, CallbackUrl, CallbackUrls, Callbacks, Delivery, DeliveryId, Message};
use crate::meeting::MeetingKey;
use crate::store::{
    Lane, MeetingStore, OUTBOX_ANALYTICS, OUTBOX_ANALYTICS_OF_ONE, OUTBOX_HOOKS_OF_ONE, OUTBOX_LANES_OF_ONE,
    OUTBOX_OF_A_HOOK, OUTBOX_OF_ONE, OUTBOX_PLACES, OUTBOX_RESERVED, Replaces, Settled,
};

const HOUR: Duration = Duration::from_secs(3600);

/// The two deliveries of the meeting `id` of `moodle` under the callback `callback`.
fn deliveries(callback: &str, id: &str) -> Vec<Delivery> {
    callbacks(callback).deliveries(&MeetingKey::new("moodle", id), true)
}

async fn due(store: &dyn MeetingStore) -> Vec<Delivery> {
    let mut due = store.due(START, 100, 100, &HashSet::new()).await.unwrap();
    due.sort_by(|a, b| a.id.cmp(&b.id));
    due
}

/// A delivery is due with all that it says until it is settled, and however often it is handed in, it is taken once.
pub async fn a_delivery_waits_until_it_is_settled_and_is_known_from_then_on(store: &dyn MeetingStore) {
    let both = deliveries("c1", "a");
    assert_eq!(store.knows(&"c1".into()).await, Ok(false));
    for _again in 0..2 {
        store.enqueue(both.clone()).await.unwrap();
        assert_eq!(due(store).await, both);
        assert_eq!(store.waiting(&"moodle".into()).await, Ok(2));
        assert_eq!(store.waiting(&"portal".into()).await, Ok(0));
    }
    assert_eq!(store.knows(&"c1".into()).await, Ok(true));
    for (delivery, how) in both.iter().zip([Settled::Delivered, Settled::GivenUp]) {
        store.settle(&delivery.id, how, START, vec![ended(&meeting("a", 1, "bbb1"))]).await.unwrap();
    }
    store.settle(&both[0].id, Settled::Delivered, START, vec![ended(&meeting("a", 1, "bbb1"))]).await.unwrap();
    store.retry(&both[0].id, START, vec![ended(&meeting("a", 1, "bbb1"))]).await.unwrap();
    assert_eq!(store.latest_events(9).await.map(|events| events.len()), Ok(2), "what does not wait is left alone");
    store.enqueue(both).await.unwrap();
    assert_eq!(due(store).await, []);
    assert_eq!(store.waiting(&"moodle".into()).await, Ok(0));
    assert_eq!(store.knows(&"c1".into()).await, Ok(true));
    assert_eq!(store.knows(&"c".into()).await, Ok(false));
}

/// After a failure a delivery is due at the time said and not before, and the failure is counted.
pub async fn a_delivery_that_failed_is_due_again_later(store: &dyn MeetingStore) {
    let [first, second] = deliveries("c1", "a").try_into().unwrap();
    store.enqueue(vec![first.clone(), second.clone()]).await.unwrap();
    store.retry(&first.id, START + HOUR, vec![ended(&meeting("a", 1, "bbb1"))]).await.unwrap();
    assert_eq!(due(store).await, vec![second.clone()]);
    let later = store.due(START + HOUR, 9, 9, &HashSet::new()).await.unwrap();
    assert_eq!(later, [second, Delivery { failures: 1, ..first }], "the longest due comes first");
    assert_eq!(store.latest_events(9).await.map(|events| events.len()), Ok(1));
}

/// Claims and meetings come back with their callbacks, also where a website asked for none and where nobody knows any.
pub async fn the_callbacks_of_a_meeting_and_of_a_claim_are_kept(store: &dyn MeetingStore) {
    let none_asked_for = Callbacks { id: "c9".into(), urls: CallbackUrls::default() };
    for (id, callbacks) in [("a", Some(callbacks("c1"))), ("b", Some(none_asked_for)), ("c", None)] {
        let mut claim = claim(&format!("t-{id}"), id, "bbb1");
        claim.callbacks = callbacks.clone();
        store.claim(claim.clone()).await.unwrap();
        let kept = store.claims().await.unwrap();
        assert_eq!(kept.iter().map(|kept| (**kept).clone()).collect::<Vec<_>>(), [claim.clone()]);
        let mut meeting = meeting(id, 1, "bbb1");
        meeting.callbacks = callbacks;
        let held = store.confirm(&claim.token, meeting.clone(), vec![]).await.unwrap();
        assert_eq!(*held, meeting);
    }
}

/// The callbacks of a meeting are due when it is forgotten, and not once more when a callback says the same.
pub async fn a_meeting_that_is_forgotten_leaves_its_callbacks_once(store: &dyn MeetingStore) {
    let held = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    assert_eq!(store.forget(&held.key, &"another".into(), vec![]).await, Ok(false));
    assert_eq!(due(store).await, [], "it goes on");
    let own = callbacks("a-1").deliveries(&held.key, false);
    assert_eq!(store.forget(&held.key, &held.internal_id, vec![]).await, Ok(true));
    assert_eq!(due(store).await, own);
    store.enqueue(deliveries("a-1", "a")).await.unwrap();
    assert_eq!(due(store).await, own, "whoever learnt of it first");

    // the other way round
    let held = store.adopt(meeting("b", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    store.enqueue(deliveries("b-1", "b")).await.unwrap();
    for delivery in deliveries("b-1", "b") {
        store.settle(&delivery.id, Settled::Delivered, START, vec![]).await.unwrap();
    }
    assert_eq!(store.forget(&held.key, &held.internal_id, vec![]).await, Ok(true));
    assert_eq!(due(store).await, own, "its website has been told");
}

/// The callbacks of an incarnation are due when another takes its place, and not where it is only known better.
pub async fn a_meeting_that_is_replaced_leaves_its_callbacks_once(store: &dyn MeetingStore) {
    let old = store.adopt(meeting("a", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let itself = Replaces::Incarnation(old.internal_id.clone());
    store.adopt(meeting("a", 1, "bbb1"), itself.clone(), vec![]).await.unwrap();
    assert_eq!(due(store).await, []);
    store.adopt(meeting("a", 2, "bbb1"), itself.clone(), vec![]).await.unwrap();
    assert_eq!(due(store).await, callbacks("a-1").deliveries(&old.key, false));
    assert!(store.adopt(meeting("a", 3, "bbb1"), itself, vec![]).await.is_err());
    store.claim(claim("t1", "b", "bbb1")).await.unwrap();
    store.adopt(meeting("b", 1, "bbb1"), Replaces::Claim(token("t1")), vec![]).await.unwrap();
    assert_eq!(due(store).await.len(), 2, "a claim has not ended");
}

/// A create that came to nothing has nothing delivered, whoever hands it in.
pub async fn what_was_never_told_of_is_never_delivered(store: &dyn MeetingStore) {
    store.never(&"c1".into(), START).await.unwrap();
    assert_eq!(store.knows(&"c1".into()).await, Ok(true));
    store.enqueue(deliveries("c1", "a")).await.unwrap();
    assert_eq!(due(store).await, []);
    store.enqueue(deliveries("c2", "a")).await.unwrap();
    store.never(&"c2".into(), START).await.unwrap();
    assert_eq!(due(store).await, deliveries("c2", "a"), "what waits is not touched");
}

/// A create that came to nothing, as it seemed, and whose meeting was found and acknowledged later: its end is told.
pub async fn a_meeting_that_comes_to_be_held_is_told_of_after_all(store: &dyn MeetingStore) {
    for id in ["a-1", "b-1"] {
        store.never(&id.into(), START).await.unwrap();
    }
    store.claim(claim("t1", "a", "bbb1")).await.unwrap();
    store.confirm(&token("t1"), meeting("a", 1, "bbb1"), vec![]).await.unwrap();
    store.adopt(meeting("b", 1, "bbb1"), Replaces::Nothing, vec![]).await.unwrap();
    let mut own = Vec::new();
    for id in ["a", "b"] {
        let held = meeting(id, 1, "bbb1");
        assert_eq!(store.knows(&format!("{id}-1").as_str().into()).await, Ok(false));
        assert_eq!(store.forget(&held.key, &held.internal_id, vec![]).await, Ok(true));
        own.extend(callbacks(&format!("{id}-1")).deliveries(&held.key, false));
    }
    assert_eq!(due(store).await, own);
}

/// However much is due to one host, each of the others has its share.
pub async fn a_host_with_many_keeps_none_from_the_others(store: &dyn MeetingStore) {
    let to = |number: usize, host: &str| {
        let urls =
            CallbackUrls { ended: CallbackUrl::parse(&format!("https://{host}/{number}")), ..Default::default() };
        let callbacks = Callbacks { id: format!("{host}-{number}").into(), urls };
        callbacks.deliveries(&MeetingKey::new("moodle", format!("room-{number}")), false)
    };
    store.enqueue((0..50).flat_map(|number| to(number, "slow.example")).collect()).await.unwrap();
    store.enqueue([to(1, "b.example"), to(1, "c.example")].concat()).await.unwrap();
    let due = store.due(START, 100, 3, &HashSet::new()).await.unwrap();
    let hosts: HashSet<_> = due.iter().map(|delivery| delivery.url.host()).collect();
    assert_eq!((due.len(), hosts.len()), (5, 3));
    assert_eq!(store.due(START, 2, 3, &HashSet::new()).await.map(|due| due.len()), Ok(2));
}

/// What was settled a while ago is forgotten; what waits is not, however old.
pub async fn only_what_was_settled_long_ago_is_forgotten(store: &dyn MeetingStore) {
    for (callback, at) in [("c1", START), ("c2", START + HOUR)] {
        store.enqueue(deliveries(callback, "a")).await.unwrap();
        for delivery in deliveries(callback, "a") {
            store.settle(&delivery.id, Settled::Delivered, at, vec![]).await.unwrap();
        }
    }
    store.never(&"c3".into(), START).await.unwrap();
    store.enqueue(deliveries("c4", "a")).await.unwrap();
    store.enqueue(vec![other("c1", Message::Analytics { body: "{}".into() })]).await.unwrap();
    store
        .settle(&other("c1", Message::Analytics { body: "{}".into() }).id, Settled::Delivered, START, vec![])
        .await
        .unwrap();
    for kind in CallbackKind::ENDS {
        store.forget_settled(kind, START + HOUR, 500).await.unwrap();
    }
    let mut known = Vec::new();
    for callback in ["c1", "c2", "c3", "c4"] {
        known.push(store.knows(&callback.into()).await.unwrap());
    }
    assert_eq!(known, [false, true, false, true]);
    assert_eq!(due(store).await, deliveries("c4", "a"));
    let analytics = || other("c1", Message::Analytics { body: "{}".into() });
    store.enqueue(vec![analytics()]).await.unwrap();
    assert_eq!(due(store).await, deliveries("c4", "a"), "other kinds are remembered for as long as they are");
    store.forget_settled(CallbackKind::Analytics, START + HOUR, 500).await.unwrap();
    store.enqueue(vec![analytics()]).await.unwrap();
    assert_eq!(due(store).await, [vec![analytics()], deliveries("c4", "a")].concat());
}

/// A delivery of another kind than the end of a meeting.
fn other(callback: &str, message: Message) -> Delivery {
    let kind = match &message {
        Message::Ended => CallbackKind::Ended,
        Message::RecordingReady { .. } => CallbackKind::RecordingReady,
        Message::Analytics { .. } => CallbackKind::Analytics,
        Message::Hook { .. } => CallbackKind::Hook,
    };
    let url = CallbackUrl::parse("https://lms.example/h?a='b'&c=é").unwrap();
    let id = DeliveryId { callback: callback.into(), kind };
    Delivery { id, meeting: MeetingKey::new("moodle", "a"), url, message, failures: 0 }
}

/// Whatever a website is to be told comes back as it was, and says nothing of the end of its meeting.
pub async fn every_message_comes_back_as_it_was(store: &dyn MeetingStore) {
    let hook = Message::Hook { hook: "3".into(), event: "[{\"a\":\"é\\n\"}]".into(), timestamp: u64::MAX };
    let all = vec![
        other("c1", Message::RecordingReady { record_id: "abc-1".into() }),
        other("c1", Message::Analytics { body: "{\"n\":\"é'\"}".into() }),
        other("c1", hook),
    ];
    store.never(&"c1".into(), START).await.unwrap();
    store.enqueue(all.clone()).await.unwrap();
    assert_eq!(due(store).await, all, "the end alone is never told");
    store.enqueue([other("c2", Message::RecordingReady { record_id: "abc-1".into() })].into()).await.unwrap();
    assert_eq!(store.knows(&"c2".into()).await, Ok(false));
    for delivery in &all {
        store.settle(&delivery.id, Settled::Delivered, START, vec![]).await.unwrap();
    }
    assert_eq!(due(store).await.len(), 1);
}

/// One delivery of `integration`, named by what it says and `number`.
fn of_one(integration: &str, number: usize, message: Message) -> Delivery {
    let callback = format!("{integration}-{number:06}");
    let mut delivery = other(&callback, message);
    if let Message::Hook { hook, .. } = &delivery.message {
        delivery.id.callback = format!("hook-{hook}-{number:032}").into();
    }
    delivery.meeting = MeetingKey::new(integration, "a");
    delivery
}

fn hook(hook: usize) -> Message {
    Message::Hook { hook: hook.to_string().into(), event: "[]".into(), timestamp: 7 }
}

async fn waiting(store: &dyn MeetingStore) -> usize {
    store.due(START, usize::MAX, usize::MAX, &HashSet::new()).await.unwrap().len()
}

/// Analytics are long: fewer of them may wait, and of one integration fewer yet.
pub async fn more_analytics_than_there_are_places_for_are_dropped(store: &dyn MeetingStore) {
    let analytics = |integration: usize, count: usize| -> Vec<_> {
        let name = format!("i{integration:03}");
        (0..count).map(|number| of_one(&name, number, Message::Analytics { body: "{}".into() })).collect()
    };
    assert_eq!(store.enqueue(analytics(0, OUTBOX_ANALYTICS_OF_ONE + 5)).await, Ok(5));
    for integration in 1..OUTBOX_ANALYTICS / OUTBOX_ANALYTICS_OF_ONE {
        assert_eq!(store.enqueue(analytics(integration, OUTBOX_ANALYTICS_OF_ONE)).await, Ok(0));
    }
    assert_eq!(store.enqueue(analytics(999, 1)).await, Ok(1));
    assert_eq!(store.enqueue(deliveries("e1", "a")).await, Ok(0));
    assert_eq!(waiting(store).await, OUTBOX_ANALYTICS + 2);
}

/// The outbox has a bound, and each integration one of its own; the last places are for ends and recordings.
pub async fn more_deliveries_than_there_are_places_for_are_dropped(store: &dyn MeetingStore) {
    // hooks of as many integrations as it takes
    let integrations = (OUTBOX_PLACES - OUTBOX_RESERVED) / OUTBOX_HOOKS_OF_ONE;
    for integration in 0..integrations {
        let one = |number: usize| {
            let own = integration * 100 + number / OUTBOX_OF_A_HOOK;
            of_one(&format!("i{integration:03}"), number, hook(own))
        };
        assert_eq!(store.enqueue((0..OUTBOX_HOOKS_OF_ONE + 5).map(one).collect()).await, Ok(5));
    }
    assert_eq!(store.enqueue(vec![of_one("late", 1, hook(99_999))]).await, Ok(1));
    let ends = |callback: &str, count: usize| -> Vec<_> {
        (0..count / 2).flat_map(|number| deliveries(&format!("{callback}{number:06}"), "a")).collect()
    };
    assert_eq!(store.enqueue(ends("c", OUTBOX_RESERVED + 4)).await, Ok(4));
    assert_eq!(store.enqueue(vec![of_one("late", 2, Message::Ended)]).await, Ok(1));
    let dropped = format!("c{:06}", OUTBOX_RESERVED / 2);
    assert_eq!(store.knows(&dropped.as_str().into()).await, Ok(false), "dropped, not settled");
    store.settle(&ends("c", 2)[0].id, Settled::Delivered, START, vec![]).await.unwrap();
    assert_eq!(store.enqueue(vec![of_one("late", 2, Message::Ended)]).await, Ok(0));
}

/// One integration never has all places, whatever it is told.
pub async fn an_integration_has_so_many_places_and_no_more(store: &dyn MeetingStore) {
    let ready = |number: usize| of_one("moodle", number, Message::RecordingReady { record_id: "r".into() });
    assert_eq!(store.enqueue((0..OUTBOX_OF_ONE + 3).map(ready).collect()).await, Ok(3));
    assert_eq!(store.enqueue(vec![of_one("portal", 1, Message::Ended)]).await, Ok(0));
    assert_eq!(store.enqueue(vec![ready(0)]).await, Ok(0), "what waits is not dropped");
}

/// One hook with many deliveries takes no places from others, and gets places again when some are settled.
pub async fn a_hook_has_so_many_places_and_no_more(store: &dyn MeetingStore) {
    let one = |own: usize, number: usize| of_one("moodle", number, hook(own));
    assert_eq!(store.enqueue((0..OUTBOX_OF_A_HOOK + 5).map(|number| one(1, number)).collect()).await, Ok(5));
    assert_eq!(store.enqueue(vec![one(1, 9999)]).await, Ok(1));
    assert_eq!(store.enqueue(vec![one(11, 1), one(10, 1)]).await, Ok(0), "another's number may begin like it");
    store.settle(&one(1, 3).id, Settled::Delivered, START, vec![]).await.unwrap();
    assert_eq!(store.enqueue(vec![one(1, 9998), one(1, 9997)]).await, Ok(1));
    assert_eq!(waiting(store).await, OUTBOX_OF_A_HOOK + 2);
}

/// What a hook is told comes in the order in which it was taken; one that failed keeps back those behind it, and no others.
pub async fn a_hook_is_told_in_order(store: &dyn MeetingStore) {
    let one = |own: usize, number: usize| of_one("moodle", number, hook(own));
    // names say nothing of the order
    let own: Vec<_> = [7, 3, 9, 1].map(|number| one(1, number)).into();
    store.enqueue(own.clone()).await.unwrap();
    store.enqueue(vec![one(2, 1)]).await.unwrap();
    let due = async |at| store.due(at, 100, 100, &HashSet::new()).await.unwrap();
    assert_eq!(due(START).await, [own.clone(), vec![one(2, 1)]].concat());
    store.retry(&own[0].id, START + HOUR, vec![]).await.unwrap();
    assert_eq!(due(START).await, [one(2, 1)]);
    store.enqueue(vec![one(1, 5)]).await.unwrap();
    assert_eq!(due(START).await, [one(2, 1)]);
    let later: Vec<_> = due(START + HOUR).await.into_iter().map(|delivery| delivery.id).collect();
    let expected = [one(2, 1), own[0].clone(), own[1].clone(), own[2].clone(), own[3].clone(), one(1, 5)];
    assert_eq!(later, expected.map(|delivery| delivery.id));
    let lane = Lane::of(&own[0].id, &"moodle".into(), "lms.example");
    store.settle(&own[0].id, Settled::Delivered, START, vec![]).await.unwrap();
    assert_eq!(store.due_in(&lane, START + HOUR, 2).await, Ok(own[1..3].to_vec()), "the next at once");
}

/// A website with hosts without number keeps none from the others, and not all of its own at the same time.
pub async fn an_integration_with_many_hosts_keeps_none_from_the_others(store: &dyn MeetingStore) {
    let to = |integration: &str, number: usize| {
        let mut one = of_one(integration, number, Message::Ended);
        one.url = CallbackUrl::parse(&format!("https://h{number}.example/")).unwrap();
        one
    };
    store.enqueue((0..200).map(|number| to("many", number)).collect()).await.unwrap();
    store.enqueue(vec![to("few", 1)]).await.unwrap();
    let due = store.due(START, 100, 100, &HashSet::new()).await.unwrap();
    assert_eq!(due.len(), OUTBOX_LANES_OF_ONE + 1);
    let next = store.due(START, 2, 100, &HashSet::new()).await.unwrap();
    assert!(
        next.iter().any(|due| due.meeting.integration.as_str() == "few"),
        "each has a turn before another's second"
    );
    let lane = |due: &Delivery| Lane::of(&due.id, &due.meeting.integration, &due.url.host());
    let busy: HashSet<_> = due.iter().map(lane).collect();
    assert_eq!(store.due(START, 100, 100, &busy).await, Ok(vec![]));
    let half: HashSet<_> = due.iter().take(5).map(lane).collect();
    let rest = store.due(START, 100, 100, &half).await.unwrap();
    assert!(rest.iter().all(|due| !half.contains(&lane(due))) && rest.len() < OUTBOX_LANES_OF_ONE + 1);
    // what failed has its turn before what comes later
    for due in &due {
        store.retry(&due.id, START + HOUR / 3600, vec![]).await.unwrap();
    }
    store.due(START + HOUR, 1, 1, &HashSet::new()).await.unwrap();
    store.enqueue((200..300).map(|number| to("few", number)).collect()).await.unwrap();
    let tried = store.due(START + HOUR, 100, 100, &HashSet::new()).await.unwrap();
    assert!(tried.iter().any(|again| again.id == to("few", 1).id), "a new one does not pass it");
}

/// Long lists of what was settled are forgotten bit by bit.
pub async fn so_much_is_forgotten_at_once_and_no_more(store: &dyn MeetingStore) {
    for number in 0..5 {
        let one = of_one("moodle", number, hook(1));
        store.enqueue(vec![one.clone()]).await.unwrap();
        store.settle(&one.id, Settled::Delivered, START, vec![]).await.unwrap();
    }
    let mut forgotten = Vec::new();
    for _ in 0..3 {
        forgotten.push(store.forget_settled(CallbackKind::Hook, START + HOUR, 3).await.unwrap());
    }
    assert_eq!(forgotten, [3, 2, 0]);
}

/// What nobody waits for is there soon.
pub async fn what_is_handed_in_without_waiting_is_taken(store: &dyn MeetingStore) {
    let both = deliveries("c1", "a");
    store.enqueue_soon(both.clone());
    // whatever comes behind it finds it
    assert_eq!(due(store).await, both);
}
