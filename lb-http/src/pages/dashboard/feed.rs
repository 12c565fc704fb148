//! [`Happened`]: what happened last, one sentence each.

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::event::EventKind;
use lb_core::server::ServerState;

use super::look::Look;
use super::placed::placed;
use crate::live::{FeedItem, View};
use crate::pages::numbers;
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::told::{Told, why};

/// As many stand on the page.
const SHOWN: usize = 40;

/// What happened last, newest first.
#[derive(Debug, Template)]
#[template(path = "dashboard/feed.html")]
pub(super) struct Happened {
    look: Look,
    items: Vec<Item>,
}

/// One thing that happened, as it stands on the page.
#[derive(Debug)]
struct Item {
    /// The state that a server turned to; its shape stands before the sentence.
    state: Option<ServerState>,
    /// A word of `parts/notice.html`, whose shape stands there else.
    kind: &'static str,
    what: Sentence,
    /// How often; empty where it was once.
    times: String,
    why: Sentence,
    /// When, as HTML.
    at: String,
}

impl HtmlSafe for Happened {}

impl Happened {
    /// What happened last in `view`.
    pub(super) fn of(view: &View<'_>) -> Self {
        let look = Look::of(view);
        Self { look, items: view.feed().take(SHOWN).map(|item| shown(item, look)).collect() }
    }
}

fn shown(item: &FeedItem, look: Look) -> Item {
    let told = Told::of(look, &item.kind);
    let what = match &item.kind {
        // who did it is for the audit log
        EventKind::Administered { how, subject, .. } => {
            let how = Part::Words(look.w.audit.how(*how).to_owned());
            sentence("{}: {}", &[Part::Name(&look.w.audit.thing(subject)), how])
        }
        _ => Sentence::written(told.sentence),
    };
    let state = match &item.kind {
        EventKind::ServerStateChanged { to, .. } => Some(*to),
        _ => None,
    };
    Item {
        state,
        kind: told.tone.strip_prefix("is-").unwrap_or(told.tone),
        what,
        times: if item.times > 1 { format!("× {}", look.number(item.times)) } else { String::new() },
        why: match &item.kind {
            EventKind::MeetingCreated { placement, .. } => placed(placement, look),
            kind => why(kind, look).unwrap_or(told.detail),
        },
        at: numbers::time(item.at),
    }
}
