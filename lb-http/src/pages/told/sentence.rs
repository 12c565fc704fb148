//! A sentence for each event, in the reader's language; and what the balancer says of it beside that, in its own words.

use lb_core::MeetingKey;
use lb_core::callback::CallbackKind;
use lb_core::event::{Ended, EventKind, Found, Role};
use lb_core::recording::RecordingId;

use crate::pages::marked::marked;
use crate::pages::words::{HappeningWords, Words};

/// A sentence for `kind`, as HTML.
pub(super) fn sentence(w: &Words, kind: &EventKind) -> String {
    use EventKind as Kind;
    let (t, states) = (&w.happenings, &w.states);
    let of = |text: &str, meeting: &MeetingKey, server: &dyn std::fmt::Display| {
        marked(text, &[&meeting.meeting_id, &meeting.integration, server])
    };
    match kind {
        Kind::MeetingCreated { meeting, name, server, .. } => {
            let called = if name.is_empty() { meeting.meeting_id.as_str() } else { name };
            marked(t.meeting_created, &[&called, &meeting.integration, server])
        }
        Kind::MeetingAdopted { meeting, server, how: Found::Listed, .. } => of(t.meeting_listed, meeting, server),
        Kind::MeetingAdopted { meeting, server, how: Found::ExpiredClaim, .. } => {
            of(t.meeting_claimed, meeting, server)
        }
        Kind::MeetingEnded { meeting, server, how, most_users, .. } => {
            let (id, integration) = (&meeting.meeting_id, &meeting.integration);
            let ended = marked(t.meeting_ended, &[id, integration, server, &end(t, *how)]);
            match most_users {
                0 => ended,
                most => format!("{ended} {}", marked(t.most_users, &[most])),
            }
        }
        Kind::UserJoined { meeting, server, name, role, .. } => {
            let (id, integration) = (&meeting.meeting_id, &meeting.integration);
            marked(t.user_joined, &[name, id, integration, server, &as_what(t, *role)])
        }
        Kind::UserEntered { meeting, server, name, role, .. } => {
            let (id, integration) = (&meeting.meeting_id, &meeting.integration);
            marked(t.user_entered, &[name, id, integration, server, &as_what(t, *role)])
        }
        Kind::UserLeft { meeting, server, .. } => of(t.user_left, meeting, server),
        Kind::ServerStateChanged { server, from: Some(from), to, .. } => {
            marked(t.server_changed, &[server, &states.of(*from), &states.of(*to)])
        }
        Kind::ServerStateChanged { server, from: None, to, .. } => marked(t.server_new, &[server, &states.of(*to)]),
        Kind::ServerDropped { server } => marked(t.server_dropped, &[server]),
        Kind::CallRefused { call, integration: Some(whose), key, .. } => marked(t.call_refused, &[call, whose, key]),
        Kind::CallRefused { call, integration: None, key, .. } => marked(t.stranger_refused, &[call, key]),
        Kind::SecretsSearched { outcome, .. } => marked(t.secrets_searched, &[&outcome.as_str()]),
        Kind::Administered { by, how, subject, .. } => {
            marked(t.administered, &[by, &w.audit.thing(subject), &w.audit.how(*how)])
        }
        Kind::ConfigurationReloaded { .. } => marked(t.reloaded, &[]),
        Kind::ConfigurationRefused { .. } => marked(t.reload_refused, &[]),
        Kind::CallAnswered { call, took, .. } => marked(t.call_answered, &[call, &took.as_millis()]),
        Kind::ServerFailed { server, call, .. } => marked(t.server_failed, &[server, call]),
        Kind::LastResort { meeting, server } => of(t.last_resort, meeting, server),
        Kind::StrayNoted { meeting, server } => on(t.stray_noted, server, meeting),
        Kind::StrayEnded { meeting, server } => on(t.stray_ended, server, meeting),
        Kind::ServerConfirmedDown { server } => marked(t.confirmed_down, &[server]),
        Kind::MeetingsReleased { server } => marked(t.released, &[server]),
        Kind::FreezeBegan { suspended, servers } => marked(t.freeze_began, &[suspended, servers]),
        Kind::FreezeEnded => marked(t.freeze_ended, &[]),
        Kind::MeetingPlacedAfresh { meeting, from, server, .. } => {
            marked(t.placed_afresh, &[&meeting.meeting_id, &meeting.integration, server, from])
        }
        Kind::CopyInUse { meeting, server, users } => {
            marked(t.copy_in_use, &[server, &meeting.meeting_id, &meeting.integration, users])
        }
        Kind::CallbackDelivered { meeting, kind, host, .. } => callback(t, t.callback_delivered, host, meeting, *kind),
        Kind::CallbackFailed { meeting, kind, host, given_up, .. } => {
            let text = if *given_up { t.callback_given_up } else { t.callback_failed };
            callback(t, text, host, meeting, *kind)
        }
        Kind::CallbackRefused { meeting, server, .. } => on(t.callback_refused, server, meeting),
        Kind::HookRegistered { server, .. } => marked(t.hook_registered, &[server]),
        Kind::HookForged { server } => marked(t.hook_forged, &[server]),
        Kind::RecordingSeen { meeting, recording, server, .. } => film(t.recording_seen, meeting, recording, server),
        Kind::RecordingPublished { meeting, recording, server } => {
            film(t.recording_published, meeting, recording, server)
        }
        Kind::RecordingUnpublished { meeting, recording, server } => {
            film(t.recording_unpublished, meeting, recording, server)
        }
        Kind::RecordingDeleted { meeting, recording, server } => film(t.recording_deleted, meeting, recording, server),
        Kind::RecordingUpdated { meeting, recording, server } => film(t.recording_updated, meeting, recording, server),
        Kind::MonitorFailed { .. } => marked(t.monitor_failed, &[]),
        Kind::MonitorRecovered => marked(t.monitor_recovered, &[]),
        Kind::PolicyFenced { router, policy, .. } => marked(t.policy_fenced, &[policy, router]),
        Kind::PolicyBack { router, policy } => marked(t.policy_back, &[policy, router]),
        Kind::PolicyForgot { router, policy, .. } => marked(t.policy_forgot, &[policy, router]),
        Kind::StoreFailed { .. } => marked(t.store_failed, &[]),
        Kind::StoreRecovered => marked(t.store_recovered, &[]),
        other => marked(t.other, &[&other.word()]),
    }
}

/// What the balancer, a policy or a server says of it, in English; may be empty.
pub(super) fn detail(kind: &EventKind) -> String {
    match kind {
        EventKind::MeetingCreated { placement, .. } => {
            let said = [placement.policy.as_str(), placement.reason.as_str()];
            said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ")
        }
        EventKind::ServerStateChanged { reasons, .. } => reasons.join("; "),
        EventKind::CallRefused { reason, address, .. } => {
            let address = address.map(|address| address.to_string()).unwrap_or_default();
            let said = [reason.as_ref(), address.as_str()];
            said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
        }
        EventKind::ConfigurationReloaded { changes, .. } => changes.join("; "),
        EventKind::ConfigurationRefused { problems } => problems.join("; "),
        EventKind::ServerFailed { problem, .. }
        | EventKind::CallbackFailed { problem, .. }
        | EventKind::CallbackRefused { problem, .. }
        | EventKind::MonitorFailed { problem }
        | EventKind::PolicyForgot { problem, .. }
        | EventKind::StoreFailed { problem } => problem.clone(),
        EventKind::PolicyFenced { misconduct, .. } => misconduct.to_string(),
        EventKind::RecordingSeen { formats, .. } => formats.join(", "),
        _ => String::new(),
    }
}

fn end(t: &HappeningWords, how: Ended) -> &'static str {
    match how {
        Ended::Unlisted => t.unlisted,
        Ended::NotFound => t.not_found,
        Ended::Replaced => t.replaced,
        Ended::ServerDown => t.server_down,
        Ended::Callback => t.called_back,
    }
}

fn as_what(t: &HappeningWords, role: Role) -> &'static str {
    match role {
        Role::Moderator => t.moderator,
        Role::Attendee => t.attendee,
    }
}

fn on(text: &str, server: &dyn std::fmt::Display, meeting: &MeetingKey) -> String {
    marked(text, &[server, &meeting.meeting_id, &meeting.integration])
}

fn callback(t: &HappeningWords, text: &str, host: &str, meeting: &MeetingKey, kind: CallbackKind) -> String {
    let host = if host.is_empty() { t.the_website } else { host };
    let what = match kind {
        CallbackKind::Ended | CallbackKind::MetaEnded => t.told_ended,
        CallbackKind::RecordingReady => t.told_recording,
        CallbackKind::Analytics => t.told_analytics,
        CallbackKind::Hook => t.told_hook,
    };
    marked(text, &[&host, &meeting.meeting_id, &meeting.integration, &what])
}

/// Of a recording: its meeting tells people more than its id.
fn film(text: &str, meeting: &Option<MeetingKey>, id: &RecordingId, server: &dyn std::fmt::Display) -> String {
    let which = match meeting {
        Some(meeting) => format!("{} ({})", meeting.meeting_id, meeting.integration),
        None => id.to_string(),
    };
    marked(text, &[&which, server])
}
