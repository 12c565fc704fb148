//! One entry of what is known of a meeting, as people are told it.

use lb_core::Timestamp;
use lb_core::balancer::{Source, TraceEntry, TracedCall};

use crate::pages::dashboard::Look;
use crate::pages::marked::marked;
use crate::pages::sentence::Sentence;
use crate::pages::told::{Told, label};
use crate::pages::words::MeetingWords;

/// An entry.
pub(super) struct Row {
    pub(super) at: Timestamp,
    pub(super) until: Timestamp,
    pub(super) times: u32,
    pub(super) told: Told,
    /// Whether a restart forgets it.
    pub(super) is_remembered: bool,
}

impl Row {
    pub(super) fn of(entry: &TraceEntry, look: Look) -> Self {
        let told = match &entry.event {
            Some(kind) => Told::of(look, kind),
            None => counted(entry, look),
        };
        Self {
            at: entry.at,
            until: entry.until,
            times: entry.times,
            told,
            is_remembered: entry.source == Source::Memory,
        }
    }

    pub(super) fn lasted(&self) -> bool {
        self.times > 1 && self.until > self.at
    }
}

/// People who came or went, calls and lists.
fn counted(entry: &TraceEntry, look: Look) -> Told {
    let (words, w) = (look.w, &look.w.meetings);
    let server = entry.server.as_ref().map(ToString::to_string).unwrap_or_default();
    let many = entry.times > 1;
    let people = |one: &str, some: &str| match many {
        true => marked(some, &[&entry.times, &server]),
        false => marked(one, &[&server]),
    };
    let (tone, sentence) = match (entry.word, &entry.call, entry.users) {
        ("user-joined", ..) => ("is-quiet", people(w.sent_one, w.sent)),
        ("user-entered", ..) => ("is-news", people(w.entered_one, w.entered)),
        ("user-left", ..) => ("is-quiet", people(w.left_one, w.left)),
        ("missed", ..) => ("is-warning", marked(w.missed, &[&entry.times, &server])),
        (_, Some(call), _) => (if call.success { "is-quiet" } else { "is-warning" }, called(call, entry.times, w)),
        (_, _, Some((least, most))) if least == most => ("is-quiet", marked(w.seen, &[&entry.times, &server, &most])),
        (_, _, Some((least, most))) => ("is-quiet", marked(w.seen_range, &[&entry.times, &server, &least, &most])),
        _ => ("is-quiet", marked("{}", &[&entry.says])),
    };
    Told {
        label: label(&words.kinds, entry.word),
        tone,
        sentence,
        detail: Sentence::default(),
        spoken: look.language.tag(),
    }
}

fn called(call: &TracedCall, times: u32, w: &MeetingWords) -> String {
    let took = call.took.as_millis();
    match (call.success, times > 1) {
        (true, false) => marked(w.called, &[&call.call, &took]),
        (true, true) => marked(w.called_often, &[&call.call, &times, &took]),
        (false, false) => marked(w.refused, &[&call.call, &call.key]),
        (false, true) => marked(w.refused_often, &[&call.call, &times, &call.key]),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pages::language::Language;
    use crate::pages::words::Words;

    fn entry(word: &'static str, times: u32) -> TraceEntry {
        TraceEntry {
            at: Timestamp::from_millis(1),
            until: Timestamp::from_millis(2),
            times,
            source: Source::Memory,
            word,
            server: Some("bbb<1>".into()),
            internal_id: None,
            says: "It says".to_owned(),
            call: None,
            users: None,
            placement: None,
            event: None,
        }
    }

    fn said(entry: &TraceEntry, language: Language) -> String {
        Row::of(entry, Look { w: Words::of(language), language }).told.sentence
    }

    #[test]
    fn what_is_counted_is_told_in_the_language_of_the_page() {
        let sent = entry("user-joined", 3);
        let portuguese = "O site enviou <bdi>3</bdi> pessoas para ela em <bdi>bbb&#60;1&#62;</bdi>.";
        assert_eq!(said(&sent, Language::Portuguese), portuguese);
        let one = "A person came in on <bdi>bbb&#60;1&#62;</bdi>.";
        assert_eq!(said(&entry("user-entered", 1), Language::English), one);
        let call = TracedCall {
            call: "join".to_owned(),
            key: "limitReached".to_owned(),
            success: false,
            took: Duration::from_millis(7),
        };
        let look = Look { w: Words::of(Language::English), language: Language::English };
        let refused = TraceEntry { call: Some(call), ..entry("call", 2) };
        let told = Row::of(&refused, look).told;
        assert_eq!(told.tone, "is-warning");
        let english = "The website called <bdi>join</bdi> <bdi>2</bdi> times: refused, <bdi>limitReached</bdi>.";
        assert_eq!(told.sentence, english);
        let seen = TraceEntry { users: Some((2, 5)), ..entry("seen", 9) };
        assert!(said(&seen, Language::English).ends_with("; people: <bdi>2</bdi> to <bdi>5</bdi>."));
        assert_eq!(said(&entry("something new", 1), Language::English), "<bdi>It says</bdi>");
    }
}
