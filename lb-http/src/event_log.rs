//! [`EventLog`]: events as lines of the log.

use lb_core::event::{Event, EventKind, Observer};

/// Writes events to the log: one line for each call at debug, one for each change of state at info.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventLog;

impl Observer for EventLog {
    fn observe(&self, event: &Event) {
        let word = event.kind.word();
        match &event.kind {
            EventKind::CallAnswered { call, integration, server, key, success, took, .. } => {
                tracing::debug!(
                    %call,
                    integration = integration.as_ref().map(tracing::field::display),
                    server = server.as_ref().map(tracing::field::display),
                    key = %key,
                    success,
                    ms = took.as_millis() as u64,
                    "call"
                );
            }
            EventKind::CallRefused { call, integration, key, reason, address, hint } => {
                let (address, hint) =
                    (address.map(tracing::field::display), hint.as_ref().map(tracing::field::display));
                let integration = integration.as_ref().map(tracing::field::display);
                tracing::info!(%call, integration, key = %key, reason = %reason, address, hint, "{word}");
            }
            EventKind::SecretsSearched { address, outcome, waited } => {
                let address = address.map(tracing::field::display);
                tracing::debug!(address, outcome = outcome.as_str(), ms = waited.as_millis() as u64, "{word}");
            }
            EventKind::Administered { by, address, how, subject, changes } => {
                let (address, which) = (address.map(tracing::field::display), subject.to_string());
                let changes = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                tracing::info!(by, address, how = how.as_str(), which, changes, "{word}");
            }
            EventKind::ConfigurationReloaded { changes, held_back } => {
                let changes = if changes.is_empty() { "none".to_owned() } else { changes.join("; ") };
                tracing::info!(changes, "{word}");
                for key in held_back {
                    tracing::warn!(key, "changed, and takes effect at the next start");
                }
            }
            EventKind::ConfigurationRefused { problems } => {
                for problem in problems {
                    tracing::error!(problem, "{word}: all stays as it was");
                }
            }
            EventKind::ServerStateChanged { server, from, to, reasons } => {
                let (from, reasons) = (from.map(tracing::field::display), reasons.join("; "));
                tracing::info!(%server, from, %to, reasons, "{word}");
            }
            EventKind::ServerFailed { server, call, problem, first: true } => {
                tracing::warn!(%server, %call, problem, "{word}");
            }
            EventKind::ServerFailed { server, call, problem, first: false } => {
                tracing::debug!(%server, %call, problem, "{word}");
            }
            EventKind::HookRegistered { server, again } => tracing::info!(%server, again, "{word}"),
            EventKind::HookForged { server } => {
                tracing::warn!(%server, "{word}: is its secret right?");
            }
            EventKind::MonitorFailed { problem } => tracing::warn!(problem, "{word}"),
            EventKind::PolicyFenced { router, policy, misconduct, until } => {
                let (problem, seconds) = (misconduct.to_string(), until.since(event.at).as_secs());
                tracing::error!(%router, policy, problem, seconds, "{word}: others place the router's meetings meanwhile");
            }
            EventKind::PolicyBack { router, policy } => tracing::info!(%router, policy, "{word}"),
            EventKind::PolicyForgot { router, policy, problem } => {
                tracing::warn!(%router, policy, problem, "{word}: it goes on with what it knows");
            }
            EventKind::StoreFailed { problem } => tracing::error!(problem, "{word}"),
            EventKind::MeetingCreated { meeting, server, placement, .. } => {
                tracing::info!(%meeting, %server, policy = placement.policy, reason = placement.reason, attempt = placement.attempt, "{word}");
            }
            EventKind::ServerConfirmedDown { server } => {
                tracing::error!(%server, "{word}: its meetings are placed afresh when they are created again");
            }
            EventKind::FreezeBegan { suspended, servers } => {
                tracing::error!(suspended, servers, "{word}: so many fell silent at once that none is taken for down");
            }
            EventKind::MeetingPlacedAfresh { meeting, from, server, .. } => {
                tracing::warn!(%meeting, %from, %server, "{word}");
            }
            EventKind::CopyInUse { meeting, server, users } => {
                tracing::warn!(%meeting, %server, users, "{word}: it is left to end by itself");
            }
            EventKind::CallbackDelivered { meeting, kind, host, failures } => {
                tracing::info!(%meeting, kind = kind.as_str(), host, failures, "{word}");
            }
            EventKind::CallbackFailed { meeting, kind, host, problem, given_up } => {
                tracing::warn!(%meeting, kind = kind.as_str(), host, problem, given_up, "{word}");
            }
            // the first list of a server has thousands
            EventKind::RecordingSeen { recording, meeting, server, .. } => {
                tracing::debug!(%recording, meeting = meeting.as_ref().map(tracing::field::display), %server, "{word}");
            }
            EventKind::RecordingPublished { recording, meeting, server }
            | EventKind::RecordingUnpublished { recording, meeting, server }
            | EventKind::RecordingDeleted { recording, meeting, server }
            | EventKind::RecordingUpdated { recording, meeting, server } => {
                tracing::info!(%recording, meeting = meeting.as_ref().map(tracing::field::display), %server, "{word}");
            }
            // strangers can cause it: no warning
            EventKind::CallbackRefused { meeting, kind, server, problem } => {
                tracing::info!(%meeting, kind = kind.as_str(), %server, problem, "{word}");
            }
            // one for each join call, or for each user, and those are told at debug
            EventKind::UserEntered { meeting, server, .. }
            | EventKind::UserLeft { meeting, server, .. }
            | EventKind::UserJoined { meeting, server, .. } => tracing::debug!(%meeting, %server, "{word}"),
            kind => {
                let meeting = kind.meeting().map(tracing::field::display);
                tracing::info!(meeting, server = kind.server().map(tracing::field::display), "{word}");
            }
        }
    }
}
