//! What kinds of events are called, and how good they are.

use lb_core::event::EventKind;
use lb_core::server::ServerState;

use crate::pages::words::KindWords;

/// What the kind of an event is called in one language.
type Label = fn(&KindWords) -> &'static str;

/// Every kind of event that is kept and is nobody's administration, by its word, in the order in which pages offer them.
pub(crate) const KINDS: [(&str, Label); 25] = [
    ("meeting-created", |w| w.meeting_created),
    ("meeting-ended", |w| w.meeting_ended),
    ("meeting-adopted", |w| w.meeting_adopted),
    ("meeting-placed-afresh", |w| w.meeting_placed_afresh),
    ("last-resort", |w| w.last_resort),
    ("user-joined", |w| w.user_joined),
    ("user-entered", |w| w.user_entered),
    ("user-left", |w| w.user_left),
    ("call-refused", |w| w.call_refused),
    ("server-state-changed", |w| w.server_state_changed),
    ("server-confirmed-down", |w| w.server_confirmed_down),
    ("server-dropped", |w| w.server_dropped),
    ("meetings-released", |w| w.meetings_released),
    ("freeze-began", |w| w.freeze_began),
    ("freeze-ended", |w| w.freeze_ended),
    ("stray-noted", |w| w.stray_noted),
    ("stray-ended", |w| w.stray_ended),
    ("copy-in-use", |w| w.copy_in_use),
    ("callback-delivered", |w| w.callback_delivered),
    ("callback-failed", |w| w.callback_failed),
    ("recording-seen", |w| w.recording_seen),
    ("recording-published", |w| w.recording_published),
    ("recording-unpublished", |w| w.recording_unpublished),
    ("recording-deleted", |w| w.recording_deleted),
    ("recording-updated", |w| w.recording_updated),
];

/// What the kind of an event, or of an entry of a trace, is called.
pub(crate) fn label(w: &KindWords, word: &str) -> &'static str {
    match KINDS.iter().find(|(known, _)| *known == word) {
        Some((_, label)) => label(w),
        None => match word {
            "administered" => w.administered,
            "call" | "call-answered" => w.call,
            "seen" => w.seen,
            "missed" => w.missed,
            _ => w.other,
        },
    }
}

/// A class that says how good it is that this happened.
pub(crate) fn tone(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::MeetingCreated { .. } | EventKind::RecordingPublished { .. } | EventKind::FreezeEnded => "is-good",
        EventKind::ServerStateChanged { to, .. } => match to {
            ServerState::Enabled | ServerState::ForceEnabled => "is-good",
            ServerState::Critical | ServerState::Suspended => "is-critical",
            ServerState::Warning => "is-warning",
            _ => "is-quiet",
        },
        EventKind::ServerConfirmedDown { .. }
        | EventKind::FreezeBegan { .. }
        | EventKind::StoreFailed { .. }
        | EventKind::CallbackFailed { given_up: true, .. } => "is-critical",
        EventKind::MeetingPlacedAfresh { .. }
        | EventKind::LastResort { .. }
        | EventKind::StrayNoted { .. }
        | EventKind::CopyInUse { .. }
        | EventKind::CallRefused { .. }
        | EventKind::CallbackFailed { .. }
        | EventKind::CallbackRefused { .. }
        | EventKind::HookForged { .. }
        | EventKind::ServerFailed { .. }
        | EventKind::MonitorFailed { .. }
        | EventKind::PolicyFenced { .. }
        | EventKind::PolicyForgot { .. }
        | EventKind::ConfigurationRefused { .. } => "is-warning",
        EventKind::MonitorRecovered | EventKind::StoreRecovered | EventKind::PolicyBack { .. } => "is-good",
        EventKind::MeetingAdopted { .. } | EventKind::MeetingsReleased { .. } | EventKind::Administered { .. } => {
            "is-news"
        }
        _ => "is-quiet",
    }
}
