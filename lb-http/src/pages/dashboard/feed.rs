//! [`Happened`]: what happened last, one sentence each.

use askama::Template;
use lb_core::MeetingKey;
use lb_core::event::EventKind;
use lb_core::recording::RecordingId;
use lb_core::server::{Reason, ServerName, ServerState};

use super::look::Look;
use super::placed::placed;
use crate::live::{FeedItem, View};
use crate::pages::numbers;
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::words::fill;

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
    sign: Sign,
    what: Sentence,
    why: Sentence,
    /// When, as HTML.
    at: String,
}

/// The shape and colour before it.
#[derive(Clone, Copy, Debug)]
enum Sign {
    State(ServerState),
    /// A word of `parts/notice.html`.
    Kind(&'static str),
}

impl Happened {
    /// What happened last in `view`.
    pub(super) fn of(view: &View<'_>) -> Self {
        let look = Look::of(view);
        Self { look, items: view.feed().take(SHOWN).filter_map(|item| shown(item, look)).collect() }
    }
}

fn shown(item: &FeedItem, look: Look) -> Option<Item> {
    let (sign, what, why) = of_servers(&item.kind, look)
        .or_else(|| of_meetings(&item.kind, look))
        .or_else(|| of_network(item, look))?;
    Some(Item { sign, what, why, at: numbers::time(item.at) })
}

type Said = (Sign, Sentence, Sentence);

fn name(server: &ServerName) -> Part<'_> {
    Part::Server(server.as_str())
}

fn whose(meeting: &MeetingKey) -> Part<'_> {
    Part::Name(meeting.integration.as_str())
}

fn of_servers(kind: &EventKind, look: Look) -> Option<Said> {
    let (w, states) = (&look.w.feed, &look.w.states);
    let nothing = Sentence::default;
    Some(match kind {
        EventKind::ServerStateChanged { server, from, to, reasons } => {
            let text = if from.is_some() { w.state } else { w.new_server };
            let why = reasons.iter().map(|reason| states.why(&Reason::from(reason.as_str())));
            let what = sentence(text, &[name(server), Part::Words(states.of(*to).to_owned())]);
            (Sign::State(*to), what, Sentence::joined(why, "; "))
        }
        EventKind::ServerDropped { server } => {
            (Sign::State(ServerState::Gone), sentence(w.dropped, &[name(server)]), nothing())
        }
        EventKind::ServerConfirmedDown { server } => {
            (Sign::Kind("critical"), sentence(w.confirmed_down, &[name(server)]), nothing())
        }
        EventKind::MeetingsReleased { server } => {
            (Sign::Kind("news"), sentence(w.released, &[name(server)]), nothing())
        }
        EventKind::FreezeBegan { suspended, servers } => {
            let counts = [suspended, servers].map(|count| Part::Words(look.number(*count)));
            (Sign::Kind("critical"), sentence(w.freeze, &counts), nothing())
        }
        EventKind::FreezeEnded => (Sign::Kind("good"), Sentence::of(w.freeze_over), nothing()),
        EventKind::MonitorFailed { problem } => {
            (Sign::Kind("warning"), Sentence::of(w.monitor_failed), sentence("{}", &[Part::Name(problem)]))
        }
        EventKind::MonitorRecovered => (Sign::Kind("good"), Sentence::of(w.monitor_back), nothing()),
        EventKind::StoreFailed { problem } => {
            (Sign::Kind("critical"), Sentence::of(w.store_failed), sentence("{}", &[Part::Name(problem)]))
        }
        EventKind::StoreRecovered => (Sign::Kind("good"), Sentence::of(w.store_back), nothing()),
        _ => return None,
    })
}

fn of_meetings(kind: &EventKind, look: Look) -> Option<Said> {
    let w = &look.w.feed;
    Some(match kind {
        EventKind::MeetingCreated { meeting, name: called, server, placement, .. } => {
            let what = sentence(w.created, &[Part::Name(called), whose(meeting), name(server)]);
            (Sign::Kind("good"), what, placed(placement, look))
        }
        EventKind::MeetingAdopted { meeting, server, .. } => {
            let called = Part::Name(meeting.meeting_id.as_str());
            (Sign::Kind("news"), sentence(w.adopted, &[called, whose(meeting), name(server)]), Sentence::default())
        }
        EventKind::MeetingEnded { meeting, server, how, most_users, .. } => {
            let called = Part::Name(meeting.meeting_id.as_str());
            let people = (*most_users > 0).then(|| Sentence::of(&fill(w.up_to, &[&look.number(*most_users)])));
            let why = people.into_iter().chain([Sentence::of(w.how_ended(*how))]);
            (Sign::Kind("quiet"), sentence(w.ended, &[called, whose(meeting), name(server)]), Sentence::joined(why, "; "))
        }
        EventKind::MeetingPlacedAfresh { meeting, from, server, .. } => {
            let called = Part::Name(meeting.meeting_id.as_str());
            let what = sentence(w.afresh, &[called, whose(meeting), name(server), name(from)]);
            (Sign::Kind("warning"), what, Sentence::default())
        }
        EventKind::LastResort { meeting, server } => {
            (Sign::Kind("warning"), sentence(w.last_resort, &[name(server), whose(meeting)]), Sentence::default())
        }
        EventKind::CopyInUse { meeting, server, .. } => {
            (Sign::Kind("warning"), sentence(w.copy, &[name(server), whose(meeting)]), Sentence::default())
        }
        EventKind::StrayEnded { meeting, server } => {
            (Sign::Kind("news"), sentence(w.stray_ended, &[whose(meeting), name(server)]), Sentence::default())
        }
        EventKind::CallbackFailed { meeting, problem, given_up, .. } => {
            let why = [Some(sentence("{}", &[Part::Name(problem)])), given_up.then(|| Sentence::of(w.given_up))];
            (Sign::Kind("warning"), sentence(w.callback_failed, &[whose(meeting)]), Sentence::joined(why.into_iter().flatten(), "; "))
        }
        EventKind::RecordingPublished { meeting, recording, .. } => {
            recorded(w.published, meeting.as_ref(), recording, look)
        }
        EventKind::RecordingDeleted { meeting, recording, .. } => {
            recorded(w.recording_deleted, meeting.as_ref(), recording, look)
        }
        _ => return None,
    })
}

fn recorded(text: &str, meeting: Option<&MeetingKey>, recording: &RecordingId, look: Look) -> Said {
    let nobody = || Part::Words(look.w.feed.nobody.to_owned());
    let what = sentence(text, &[meeting.map_or_else(nobody, whose)]);
    (Sign::Kind("news"), what, sentence("{}", &[Part::Name(recording.as_str())]))
}

fn of_network(item: &FeedItem, look: Look) -> Option<Said> {
    let w = &look.w.feed;
    Some(match &item.kind {
        EventKind::CallRefused { call, integration, key, reason, .. } => {
            let reason = if reason.is_empty() { key } else { reason };
            let often = (item.times > 1).then(|| Part::Words(look.number(item.times)));
            let of = integration.as_ref().map(|integration| Part::Name(integration.as_str()));
            let text = match (&often, &of) {
                (None, None) => w.refused,
                (None, Some(_)) => w.refused_of,
                (Some(_), None) => w.refused_often,
                (Some(_), Some(_)) => w.refused_often_of,
            };
            let parts: Vec<_> = often.into_iter().chain([Part::Words(call.to_string())]).chain(of).collect();
            (Sign::Kind("warning"), sentence(text, &parts), Sentence::of(w.why_refused(reason)))
        }
        EventKind::Administered { how, subject, .. } => {
            let kind = Part::Words(w.kind(&subject.kind).to_owned());
            let what = sentence(w.administered, &[kind, Part::Name(&subject.name), Part::Words(w.how_administered(*how).to_owned())]);
            (Sign::Kind("news"), what, Sentence::default())
        }
        EventKind::ConfigurationReloaded { .. } => (Sign::Kind("news"), Sentence::of(w.reloaded), Sentence::default()),
        EventKind::ConfigurationRefused { .. } => {
            (Sign::Kind("warning"), Sentence::of(w.reload_refused), Sentence::default())
        }
        _ => return None,
    })
}
