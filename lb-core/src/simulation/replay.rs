//! What a real network lived through, lived through again: stored events to a [`Scenario`].
//!
//! | | |
//! |---|---|
//! | `lines` | lines of JSON to events |
//! | `incarnation` | the events of one meeting, gathered |
//! | `priors` | who has voice and a camera, which no event tells |
//! | `bad` | why events are no scenario |
//!
//! Events may come in any order: those of the administration come newest first. What no event tells is left open or set by
//! rule: nobody has a position, and voices and cameras are shared out as is usual for a meeting of its size. Outages of the
//! real network are not replayed: its servers are whichever are given.

mod bad;
mod incarnation;
mod lines;
mod priors;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use self::bad::{BadReplay, Repaired};
use self::incarnation::{Incarnation, Lived};
pub use self::lines::{Line, ReadEvent, read};
use super::{Scenario, SimulatedMeeting, SimulatedServer};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::InternalMeetingId;

/// More meetings and stays in them are refused: they would not fit into memory.
pub const MOST_STAYS: usize = 5_000_000;
/// Meetings of one key that overlap by no more than this overlap because an end was noticed late.
const NOTICED_LATE: Duration = Duration::from_secs(120);
/// More time is not lived through.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// A time in which nothing happens but one event is still so long.
const SHORTEST: Duration = Duration::from_secs(60);

/// A real network's time as a scenario.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// From the first event of a meeting to the last. It measures all of it; a caller may say otherwise.
    pub scenario: Scenario,
    /// What was missing in the events, and was put right.
    pub repaired: Repaired,
}

/// The scenario of `events` on `servers`.
///
/// # Errors
/// [`BadReplay`] where there is no meeting or no server, or where events contradict each other in a way that no real network
/// makes them; it names the line, where they were [read] from one.
pub fn replay(
    events: impl Iterator<Item = impl Into<ReadEvent>>,
    servers: Vec<SimulatedServer>,
) -> Result<Replayed, BadReplay> {
    let mut names = BTreeSet::new();
    if let Some(twice) = servers.iter().find(|server| !names.insert(&server.name)) {
        return Err(BadReplay::SameServer { name: twice.name.clone() });
    }
    let mut repaired = Repaired::default();
    let (incarnations, span) = gather(events.map(Into::into), &mut repaired)?;
    // where there is no event there is often no server either, and that is not what is wrong
    if servers.is_empty() {
        return Err(BadReplay::NoServers);
    }
    let meetings = meetings(incarnations, span, &mut repaired)?;
    if meetings.is_empty() {
        return Err(BadReplay::NoMeetings);
    }
    let scenario = Scenario {
        name: "replay".to_owned(),
        begins: span.0,
        length: span.1.since(span.0).max(SHORTEST),
        servers,
        meetings,
        ..Scenario::default()
    };
    Ok(Replayed { scenario, repaired })
}

/// Servers of strength 1 with the names that `events` tell, as far as nothing better is known of them.
pub fn servers<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<SimulatedServer> {
    let names: BTreeSet<_> = events.into_iter().filter_map(|event| event.kind.server()).cloned().collect();
    let server = |name| SimulatedServer { name, position: None, strength: 1.0, capacity: None, tags: Vec::new() };
    names.into_iter().map(server).collect()
}

/// The first and the last moment that an event tells of.
type Span = (Timestamp, Timestamp);

/// Events by the meeting that they are of, and from when until when they are.
fn gather(
    events: impl Iterator<Item = ReadEvent>,
    repaired: &mut Repaired,
) -> Result<(BTreeMap<InternalMeetingId, Incarnation>, Span), BadReplay> {
    let mut all: BTreeMap<InternalMeetingId, Incarnation> = BTreeMap::new();
    let mut span: Option<((Timestamp, Line), (Timestamp, Line))> = None;
    let (mut heard, mut held) = (false, 0);
    for ReadEvent { event: Event { at, kind }, line } in events {
        heard = true;
        let (EventKind::MeetingCreated { meeting, internal_id, .. }
        | EventKind::MeetingAdopted { meeting, internal_id, .. }
        | EventKind::MeetingEnded { meeting, internal_id, .. }
        | EventKind::UserEntered { meeting, internal_id, .. }
        | EventKind::UserLeft { meeting, internal_id, .. }) = &kind
        else {
            continue;
        };
        held += 1;
        if held > MOST_STAYS * 2 {
            return Err(BadReplay::TooMuch);
        }
        let told = (at, line);
        span = Some(span.map_or((told, told), |(first, last)| (first.min(told), last.max(told))));
        let known = all.entry(internal_id.clone()).or_insert_with(|| Incarnation::new(meeting.clone(), line));
        if known.key != *meeting {
            return Err(BadReplay::TwoKeys { line, meeting: known.key.clone(), other: meeting.clone() });
        }
        known.hear((at, line), &kind, repaired)?;
    }
    let nothing = if heard { BadReplay::NoMeetings } else { BadReplay::Empty };
    let ((first, first_line), (last, last_line)) = span.ok_or(nothing)?;
    if last.since(first) > LONGEST {
        return Err(BadReplay::TooLong { first, first_line, last, last_line });
    }
    Ok((all, (first, last)))
}

/// The meetings by their begin, never two of one key at once.
fn meetings(
    incarnations: BTreeMap<InternalMeetingId, Incarnation>,
    span: Span,
    repaired: &mut Repaired,
) -> Result<Vec<SimulatedMeeting>, BadReplay> {
    let mut begun = Vec::with_capacity(incarnations.len());
    for (id, incarnation) in incarnations {
        if incarnation.is_breakout() {
            repaired.breakouts += 1;
            continue;
        }
        begun.push((incarnation.begins(&id, span.0)?, incarnation));
    }
    begun.sort_by(|(a, one), (b, other)| (&one.key, a.at, a.created).cmp(&(&other.key, b.at, b.created)));
    let next: Vec<_> =
        begun.iter().skip(1).map(|(begin, next)| Some((next.key.clone(), *begin))).chain([None]).collect();
    let mut meetings = Vec::with_capacity(begun.len());
    for ((begin, incarnation), next) in begun.into_iter().zip(next) {
        let next = next.filter(|(key, _)| *key == incarnation.key).map(|(_, begin)| begin);
        let mut lived: Lived = incarnation.lived(begin, next.map(|next| next.at), span.1, repaired)?;
        if let Some(next) = next.filter(|next| next.at < lived.until) {
            if lived.until.since(next.at) > NOTICED_LATE {
                return Err(BadReplay::TwoAtOnce { line: next.line, meeting: lived.key });
            }
            repaired.overlapping += 1;
            lived.until = next.at;
        }
        if lived.from < lived.until {
            meetings.push(priors::meeting(lived));
        }
    }
    meetings.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    Ok(meetings)
}
