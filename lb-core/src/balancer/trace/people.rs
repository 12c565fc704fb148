//! Who came and went, counted: a trace is about the meeting, and names nobody.

use std::time::Duration;

use super::TraceEntry;
use crate::event::{Event, EventKind, Role};

/// People who come or go within this time of the first of them are one entry.
const TOGETHER: Duration = Duration::from_secs(300);

/// The entries of `events`, in order; people who come or go one after the other are one.
pub(super) fn counted(mut events: Vec<Event>) -> Vec<TraceEntry> {
    // the newest comes first, and of one moment the last
    events.reverse();
    events.sort_by_key(|event| event.at);
    let mut entries: Vec<TraceEntry> = Vec::with_capacity(events.len().min(1024));
    let mut moderators = 0_u32;
    for event in events {
        let moderator = match &event.kind {
            EventKind::UserJoined { role, .. } | EventKind::UserEntered { role, .. } => Some(*role == Role::Moderator),
            EventKind::UserLeft { .. } => Some(false),
            _ => None,
        };
        let entry = TraceEntry::stored(event);
        let Some(moderator) = moderator else {
            entries.push(entry);
            continue;
        };
        match entries.last_mut().filter(|last| is_same(last, &entry)) {
            Some(last) => {
                moderators += u32::from(moderator);
                (last.times, last.until) = (last.times.saturating_add(1), entry.until);
                last.says = says(last, moderators);
            }
            None => {
                moderators = u32::from(moderator);
                entries.push(TraceEntry { says: says(&entry, moderators), ..entry });
            }
        }
    }
    entries
}

fn is_same(last: &TraceEntry, next: &TraceEntry) -> bool {
    (last.word, &last.server, &last.internal_id) == (next.word, &next.server, &next.internal_id)
        && next.at.since(last.at) < TOGETHER
}

fn says(entry: &TraceEntry, moderators: u32) -> String {
    let server = entry.server.as_ref().map_or("its server", |server| server.as_str());
    let people = if entry.times == 1 { "1 person".to_owned() } else { format!("{} people", entry.times) };
    let role = match moderators {
        0 => String::new(),
        1 if entry.times == 1 => ", a moderator".to_owned(),
        1 => ", 1 of them a moderator".to_owned(),
        many => format!(", {many} of them moderators"),
    };
    match entry.word {
        "user-joined" => format!("The website sent {people} to it on {server}{role}."),
        "user-entered" => format!("{people} came in on {server}{role}."),
        _ => format!("{people} left it on {server}."),
    }
}
