#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::collections::BTreeSet;

use lb_core::MeetingKey;
use lb_core::event::{Ended, EventKind, Placement};
use lb_core::server::ServerState;

use super::*;
use crate::pages::words::Words;

fn look(language: Language) -> Look {
    Look { w: Words::of(language), language }
}

fn created(name: &str) -> EventKind {
    EventKind::MeetingCreated {
        meeting: MeetingKey::new("moodle", "room-1"),
        internal_id: "abc-1".into(),
        name: name.to_owned(),
        server: "bbb1".into(),
        records: false,
        placement: Placement { policy: "nearest".to_owned(), reason: "12 km".to_owned(), ..Placement::default() },
        parameters: Vec::new(),
        router: None,
        partner: None,
    }
}

#[test]
fn an_event_is_told_in_both_languages_with_names_as_text() {
    let hostile = created("<script>alert(1)</script>\u{202e}");
    let english = Told::of(look(Language::English), &hostile);
    assert!(english.sentence.starts_with("Meeting <bdi>&#60;script&#62;"), "{}", english.sentence);
    assert!(english.sentence.ends_with(" of <bdi>moodle</bdi> was created on <bdi>bbb1</bdi>."));
    assert_eq!((english.detail.to_string().as_str(), english.tone), ("<bdi>nearest: 12 km</bdi>", "is-good"));
    let portuguese = Told::of(look(Language::Portuguese), &created(""));
    let said = "A reunião <bdi>room-1</bdi> de <bdi>moodle</bdi> foi criada em <bdi>bbb1</bdi>.";
    assert_eq!((portuguese.sentence.as_str(), portuguese.label), (said, "Reunião criada"));
    assert_eq!((portuguese.detail.to_string().as_str(), portuguese.spoken), ("carga desconhecida", "pt-BR"));
}

#[test]
fn an_end_says_how_it_was_learnt_and_a_state_what_was_before() {
    let w = look(Language::English);
    let ended = EventKind::MeetingEnded {
        meeting: MeetingKey::new("moodle", "room-1"),
        internal_id: "abc-1".into(),
        server: "bbb1".into(),
        how: Ended::ServerDown,
        until: None,
        most_users: 7,
    };
    let said = Told::of(w, &ended).sentence;
    assert!(said.contains("its server is down") && said.contains("at the same time: <bdi>7</bdi>."), "{said}");
    let state = |from, to| EventKind::ServerStateChanged {
        server: "bbb1".into(),
        from,
        to,
        reasons: vec!["CPU 97 %".to_owned(), "load".to_owned()],
    };
    let told = Told::of(w, &state(Some(ServerState::Enabled), ServerState::Critical));
    assert_eq!(told.sentence, "Server <bdi>bbb1</bdi> was <bdi>enabled</bdi> and is now <bdi>critical</bdi>.");
    assert_eq!((told.detail.to_string().as_str(), told.tone), ("<bdi>CPU 97 %; load</bdi>", "is-critical"));
    assert!(Told::of(w, &state(None, ServerState::Enabled)).sentence.contains("is new"));
}

#[test]
fn every_kind_that_is_offered_has_a_name_of_its_own_in_both_languages() {
    for language in [Language::English, Language::Portuguese] {
        let w = &Words::of(language).kinds;
        let names: BTreeSet<_> = KINDS.iter().map(|(word, _)| label(w, word)).collect();
        assert_eq!(names.len(), KINDS.len());
        assert!(!names.contains(label(w, "unheard-of")));
    }
}
