//! What is said of each thing that happened to a meeting.

use crate::event::{Ended, EventKind, Found};
use crate::journal::{Entry, Noted};

/// A sentence for an event of a meeting or of its server.
pub(super) fn of_event(kind: &EventKind) -> String {
    match kind {
        EventKind::MeetingCreated { server, placement, .. } => {
            let attempt = match placement.attempt {
                0 | 1 => String::new(),
                nth => format!(" This was attempt {nth}: the servers before it gave no usable answer."),
            };
            let by = if placement.policy.is_empty() { String::new() } else { format!(" by {}", placement.policy) };
            let score = placement.score.map(|score| format!(", score {score:.2}")).unwrap_or_default();
            let reason = if placement.reason.is_empty() { String::new() } else { format!(": {}", placement.reason) };
            format!("It was created on {server}{by}{score}{reason}.{attempt}")
        }
        EventKind::MeetingAdopted { server, how: Found::ExpiredClaim, .. } => {
            format!("{server} was asked what had become of a create without an answer, and has the meeting.")
        }
        EventKind::MeetingAdopted { server, how: Found::Listed, .. } => {
            format!("{server} listed it with this balancer's stamp: it was taken up.")
        }
        EventKind::MeetingEnded { server, how, most_users, .. } => {
            let learnt = match how {
                Ended::Unlisted => format!("two lists in a row of {server} lacked it"),
                Ended::NotFound => format!("{server} said that it has no such meeting"),
                Ended::Replaced => format!("{server} has a new one in its place"),
                Ended::ServerDown => format!("{server} is down"),
                Ended::Callback => format!("{server} called back, and was asked"),
            };
            match most_users {
                0 => format!("It has ended: {learnt}."),
                1 => format!("It has ended: {learnt}. There was 1 user in it."),
                most => format!("It has ended: {learnt}. There were up to {most} users in it."),
            }
        }
        EventKind::MeetingPlacedAfresh { from, server, .. } => {
            format!("{from} is confirmed down: it was created anew on {server}.")
        }
        EventKind::LastResort { server, .. } => {
            format!("No server was well: {server}, which has a WARNING, took it as the last resort.")
        }
        EventKind::StrayNoted { server, .. } => {
            format!("{server} gave no usable answer to its create and may hold a copy that nobody is sent to.")
        }
        EventKind::StrayEnded { server, .. } => format!("The copy on {server} that nobody was sent to was ended."),
        EventKind::CopyInUse { server, users, .. } => {
            format!("{server} came back with a copy of it and {users} users in that: it is left to end by itself.")
        }
        EventKind::CallbackDelivered { kind, host, failures, .. } => {
            let after = if *failures > 0 { format!(", after {failures} tries in vain") } else { String::new() };
            format!("{host} was told: {}{after}.", kind.as_str())
        }
        EventKind::CallbackFailed { kind, host, problem, given_up, .. } => {
            let host = if host.is_empty() { "The website" } else { host };
            let then = if *given_up { "it is not tried again" } else { "it is tried again" };
            format!("{host} could not be told ({}): {problem}; {then}.", kind.as_str())
        }
        EventKind::RecordingSeen { server, formats, .. } if formats.is_empty() => {
            format!("{server} has its recording and works on it.")
        }
        EventKind::RecordingSeen { server, formats, .. } => {
            format!("{server} has its recording: {}.", formats.join(", "))
        }
        EventKind::RecordingPublished { server, .. } => format!("Its recording on {server} can be played."),
        EventKind::RecordingUnpublished { server, .. } => format!("Its recording on {server} was taken back."),
        EventKind::RecordingDeleted { server, .. } => format!("Its recording on {server} is deleted."),
        EventKind::RecordingUpdated { server, .. } => format!("Its recording on {server} was changed."),
        EventKind::ServerStateChanged { server, from, to, reasons } => {
            let before = from.map(|from| format!(", was {}", from.as_str())).unwrap_or_default();
            let because = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
            format!("Its server {server} is {}{before}{because}.", to.as_str())
        }
        EventKind::ServerConfirmedDown { server } => format!("Its server {server} is confirmed down."),
        EventKind::MeetingsReleased { server } => {
            format!("An administrator gave the meetings of its server {server} free.")
        }
        EventKind::ServerDropped { server } => format!("Its server {server} is gone."),
        other => format!("{}.", other.word()),
    }
}

/// A sentence for what was noted.
pub(super) fn of_note(entry: &Entry) -> String {
    let times = |what: &str| match entry.times {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    let server = entry.server.as_ref().map_or("the balancer", |server| server.as_str());
    match &entry.what {
        Noted::Call { call, key, success, took } => {
            let often = if entry.times > 1 { format!(", {} times", entry.times) } else { String::new() };
            let how = match (success, key.is_empty()) {
                (true, true) => "done".to_owned(),
                (true, false) => format!("done, {key}"),
                (false, _) => format!("refused, {key}"),
            };
            let longest = if entry.times > 1 { "at most " } else { "" };
            format!("The website called {call}{often}: {how}, by {server} in {longest}{} ms.", took.as_millis())
        }
        Noted::Seen { least, most } if least == most => {
            format!("Seen in {} of {server} with {most} users.", times("list"))
        }
        Noted::Seen { least, most } => format!("Seen in {} of {server} with {least} to {most} users.", times("list")),
        Noted::Missed => format!("Missed in {} of {server}.", times("list")),
    }
}
