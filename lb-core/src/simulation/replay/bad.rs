//! [`BadReplay`], why events are no scenario, and [`Repaired`], what was put right.

use std::fmt;

use super::Line;
use crate::clock::Timestamp;
use crate::event::UserId;
use crate::meeting::MeetingKey;
use crate::server::ServerName;

/// Why events are no scenario. Each is a sentence for people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadReplay {
    /// A line is no event.
    #[error("line {number}: {problem}")]
    Line {
        /// Which, from 1 on.
        number: usize,
        /// What is wrong.
        problem: String,
    },
    /// A line cannot be read.
    #[error("line {number} cannot be read: {error}")]
    Unreadable {
        /// Which, from 1 on.
        number: usize,
        /// Why.
        error: std::io::Error,
    },
    /// There is no event, or none of a meeting.
    #[error("there are no events of meetings or of people in them")]
    Empty,
    /// No event is of a meeting, or of none that was for any time.
    #[error("there is no meeting in the events: nothing could be placed")]
    NoMeetings,
    /// There is more than fits into memory.
    #[error("there are more than {} people in meetings; take a shorter time", super::MOST_STAYS)]
    TooMuch,
    /// There is no server.
    #[error("there are no servers to place meetings on")]
    NoServers,
    /// Two servers have one name.
    #[error("two servers are called {name}")]
    SameServer {
        /// The name.
        name: ServerName,
    },
    /// One incarnation is of two meetings.
    #[error("{line}meetings {meeting} and {other} have the same internal id")]
    TwoKeys {
        /// Where that is told.
        line: Line,
        /// The one.
        meeting: MeetingKey,
        /// The other.
        other: MeetingKey,
    },
    /// An incarnation begins at two moments.
    #[error("{line}meeting {meeting} is created twice with the same internal id")]
    TwoBegins {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
    },
    /// A meeting of which no begin is told began within the time of the events.
    #[error(
        "{line}something happens in meeting {meeting}, which never was: neither its create is among the events, nor does its \
         internal id say that it was created before them (were they chosen by kind?)"
    )]
    NeverWas {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
    },
    /// A meeting ends before it begins.
    #[error("{line}meeting {meeting} ends before it begins")]
    EndsFirst {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
    },
    /// Somebody is in a meeting before it begins.
    #[error("{line}user {user} comes into meeting {meeting} before it begins")]
    ComesFirst {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
        /// Who.
        user: UserId,
    },
    /// Somebody leaves where they never came.
    #[error("{line}user {user} leaves meeting {meeting} and never came into it")]
    NeverCame {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
        /// Who.
        user: UserId,
    },
    /// Somebody leaves before they came.
    #[error("{line}user {user} leaves meeting {meeting} before they came")]
    GoesFirst {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
        /// Who.
        user: UserId,
    },
    /// An event tells of a moment that was still to come.
    #[error("{line}what happened in meeting {meeting} is told before it happened: at {}, told at {}", moment(*.until), moment(*.told))]
    ToldFirst {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
        /// When it is said to have happened.
        until: Timestamp,
        /// When that was told.
        told: Timestamp,
    },
    /// More time lies between the events than is lived through.
    #[error("from {} ({}first event) until {} ({}last one) is more than {} days",
        moment(*.first), in_words(*.first_line), moment(*.last), in_words(*.last_line), super::LONGEST.as_secs() / 86_400)]
    TooLong {
        /// The first moment that is told of.
        first: Timestamp,
        /// Where that is told.
        first_line: Line,
        /// The last.
        last: Timestamp,
        /// Where that is told.
        last_line: Line,
    },
    /// Two meetings of one key are at once.
    #[error("{line}meeting {meeting} begins again while it still runs")]
    TwoAtOnce {
        /// Where that is told.
        line: Line,
        /// Which.
        meeting: MeetingKey,
    },
}

/// A moment for people, in UTC.
fn moment(at: Timestamp) -> String {
    let known = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    known.map_or_else(|| format!("{} ms after 1970", at.as_millis()), |moment| moment.to_string())
}

/// Of which line something is, in the middle of a sentence.
fn in_words(line: Line) -> String {
    line.number().map_or_else(String::new, |number| format!("line {number}, the "))
}

/// What real life leaves out of events, or tells twice, and how often it was put right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// Events that stood there twice, or told again what was known: counted once.
    pub repeated: usize,
    /// Meetings that began before the events do: they begin with the first event.
    pub begun_before: usize,
    /// Meetings without an end that others of their key followed, or that everybody had left: they end there.
    pub unended: usize,
    /// Meetings that still ran at the last event: they end there.
    pub running: usize,
    /// Stays without an end: they end with their meeting.
    pub unleft: usize,
    /// Stays that began after the end of their meeting was told: left out.
    pub after_end: usize,
    /// Meetings whose end was noticed after the next of their key had begun: they end there.
    pub overlapping: usize,
    /// Breakout rooms: left out, because their people are counted in the room that they belong to.
    pub breakouts: usize,
}

impl Repaired {
    /// Each count, and what is counted: one, and several.
    fn counts(&self) -> [(usize, &'static str, &'static str); 8] {
        [
            (self.repeated, "event told again", "events told again"),
            (self.begun_before, "meeting begun before the first event", "meetings begun before the first event"),
            (self.unended, "meeting without an end", "meetings without an end"),
            (self.running, "meeting still running at the last event", "meetings still running at the last event"),
            (self.unleft, "person who never left", "people who never left"),
            (self.after_end, "person who came after the end", "people who came after the end"),
            (self.overlapping, "end noticed after the next begin", "ends noticed after the next begin"),
            (self.breakouts, "breakout room left out", "breakout rooms left out"),
        ]
    }

    /// Whether all was as it should be.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.counts().into_iter().filter(|(count, ..)| *count > 0);
        let told: Vec<_> =
            told.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect();
        f.write_str(if told.is_empty() { "nothing" } else { "" })?;
        f.write_str(&told.join(", "))
    }
}
