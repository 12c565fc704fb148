//! How hooks are kept.

use std::time::Duration;

use super::START;
use crate::callback::CallbackUrl;
use crate::hook::{HookId, HookWish, MOST_HOOKS};
use crate::meeting::MeetingKey;
use crate::network::IntegrationName;
use crate::store::{EndedMeeting, HookAdded, HookStore};

fn wish(integration: &str, url: &str) -> HookWish {
    let url = CallbackUrl::kept(url.to_owned());
    HookWish { integration: integration.into(), url, meeting: None, events: Vec::new() }
}

async fn added(store: &dyn HookStore, wish: HookWish) -> HookId {
    match store.add_hook(wish).await {
        Ok(HookAdded::Added(id)) => id,
        other => panic!("not added: {other:?}"),
    }
}

async fn wishes(store: &dyn HookStore, integration: &str) -> Vec<HookWish> {
    store.hooks_of(&integration.into()).await.unwrap().iter().map(|hook| hook.wish.clone()).collect()
}

/// A hook comes back with all that its website wants, in the order in which they were made, and to its website alone.
pub async fn a_hook_is_its_integrations_alone(store: &dyn HookStore) {
    let full = HookWish {
        meeting: Some("Física, \"A\"".into()),
        events: vec!["user-joined".to_owned(), "rap-published".to_owned()],
        ..wish("moodle", "https://lms.example?a='b'&c=\"é\"")
    };
    let first = added(store, full.clone()).await;
    let second = added(store, wish("moodle", "http://lms.example/2")).await;
    let others = added(store, wish("portal", "http://lms.example/2")).await;
    assert!(first < second && second < others);
    assert_eq!(wishes(store, "moodle").await, [full, wish("moodle", "http://lms.example/2")]);
    assert_eq!(wishes(store, "nobody").await, []);
    assert_eq!(store.remove_hook(&"portal".into(), first).await, Ok(false));
    assert_eq!(wishes(store, "moodle").await.len(), 2, "another's hook stays");
}

/// A second hook for the same URL is the first one, whatever else it wants.
pub async fn a_url_has_one_hook(store: &dyn HookStore) {
    let first = added(store, wish("moodle", "http://lms.example/")).await;
    let again = HookWish { meeting: Some("room".into()), ..wish("moodle", "http://lms.example/") };
    assert_eq!(store.add_hook(again).await, Ok(HookAdded::Known(first)));
    assert_eq!(wishes(store, "moodle").await, [wish("moodle", "http://lms.example/")]);
}

/// A hook is taken away once, and its number is never given again.
pub async fn a_number_is_given_once(store: &dyn HookStore) {
    let integration = IntegrationName::from("moodle");
    let first = added(store, wish("moodle", "http://lms.example/")).await;
    assert_eq!(store.remove_hook(&integration, first).await, Ok(true));
    assert_eq!(store.remove_hook(&integration, first).await, Ok(false));
    assert_eq!(wishes(store, "moodle").await, []);
    assert_ne!(added(store, wish("moodle", "http://lms.example/")).await, first);
}

/// An integration has a bounded number of hooks, and one that has them all keeps none from others.
pub async fn an_integration_has_so_many_hooks_and_no_more(store: &dyn HookStore) {
    for number in 0..MOST_HOOKS {
        added(store, wish("moodle", &format!("http://lms.example/{number}"))).await;
    }
    assert_eq!(store.add_hook(wish("moodle", "http://lms.example/more")).await, Ok(HookAdded::Full));
    assert!(matches!(store.add_hook(wish("moodle", "http://lms.example/7")).await, Ok(HookAdded::Known(_))));
    added(store, wish("portal", "http://lms.example/more")).await;
}

/// Whose a meeting was is known after its end, for its server only, until it is forgotten.
pub async fn whose_an_ended_meeting_was_is_known_for_a_while(store: &dyn HookStore) {
    let ended = |id: &str, seconds: u64| EndedMeeting {
        internal_id: id.into(),
        key: MeetingKey::new("moodle", "room \"1\""),
        server: "bbb1".into(),
        at: START + Duration::from_secs(seconds),
    };
    store.note_ended(ended("a", 0)).await.unwrap();
    store.note_ended(ended("b", 60)).await.unwrap();
    store.note_ended(ended("b", 90)).await.unwrap();
    let find = async |id: &str, server: &str| store.ended_meeting(&id.into(), &server.into()).await.unwrap();
    assert_eq!(find("a", "bbb1").await, Some(ended("a", 0)));
    assert_eq!(find("b", "bbb1").await, Some(ended("b", 90)), "what was learnt last");
    assert_eq!((find("a", "bbb2").await, find("c", "bbb1").await), (None, None));
    store.forget_ended(START + Duration::from_secs(60)).await.unwrap();
    assert_eq!((find("a", "bbb1").await, find("b", "bbb1").await.is_some()), (None, true));
}
