//! [`Incarnation`]: the events of one meeting, and [`Lived`], what they tell of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{BadReplay, Line, Repaired};
use crate::api::Params;
use crate::clock::Timestamp;
use crate::event::{EventKind, Role, UserId};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::placement::MeetingHints;

/// Clocks of servers and of the balancer differ by less, and so does the order in which things are learnt.
const SKEW: Duration = Duration::from_secs(60);
/// So long after its last user has gone BBB ends a meeting (`meetingExpireWhenLastUserLeftInMinutes`, 1).
const EMPTY: Duration = Duration::from_secs(60);
/// So long BBB waits for a first user (`meetingExpireIfNoUserJoinedInMinutes`, 5).
const NOBODY_CAME: Duration = Duration::from_secs(300);

/// One incarnation of a meeting while its events are gathered, in whatever order they come.
#[derive(Debug)]
pub(super) struct Incarnation {
    pub(super) key: MeetingKey,
    /// Where it is first told of.
    line: Line,
    created: Option<(Timestamp, Line, MeetingHints)>,
    adopted: Option<(Timestamp, Line)>,
    is_breakout: bool,
    /// When its first end was told, when that was, and where it is told.
    end: Option<(Timestamp, Timestamp, Line)>,
    people: BTreeMap<UserId, Vec<Step>>,
}

/// Somebody came, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    told: Timestamp,
    went: Option<Timestamp>,
    moderator: bool,
    line: Line,
}

/// When a meeting began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin {
    /// When, as far as the events reach.
    pub(super) at: Timestamp,
    /// When its server says that it was created.
    pub(super) created: Option<u64>,
    /// Whether that was before the events.
    before: bool,
    /// Where it is told.
    pub(super) line: Line,
}

/// A meeting as it was.
#[derive(Debug)]
pub(super) struct Lived {
    pub(super) key: MeetingKey,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) hints: MeetingHints,
    /// By when they came.
    pub(super) stays: Vec<Stay>,
}

/// One person's time in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stay {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) moderator: bool,
}

impl Incarnation {
    pub(super) fn new(key: MeetingKey, line: Line) -> Self {
        Self { key, line, created: None, adopted: None, is_breakout: false, end: None, people: BTreeMap::new() }
    }

    pub(super) fn is_breakout(&self) -> bool {
        self.is_breakout
    }

    /// Takes note of an event of it, told at a moment and on a line.
    pub(super) fn hear(
        &mut self,
        (at, line): (Timestamp, Line),
        kind: &EventKind,
        repaired: &mut Repaired,
    ) -> Result<(), BadReplay> {
        match kind {
            EventKind::MeetingCreated { parameters, .. } => {
                let params: Params = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                self.is_breakout |= params.get("isBreakout") == Some("true");
                match self.created.replace((at, line, MeetingHints::read(&params))) {
                    Some((before, ..)) if before != at => {
                        return Err(BadReplay::TwoBegins { line, meeting: self.key.clone() });
                    }
                    Some(_) => repaired.repeated += 1,
                    None => {}
                }
            }
            EventKind::MeetingAdopted { .. } => {
                self.adopted = Some(self.adopted.map_or((at, line), |known| known.min((at, line))));
            }
            EventKind::MeetingEnded { until, .. } => {
                repaired.repeated += usize::from(self.end.is_some());
                let end = (at, self.happened(*until, at, line)?, line);
                self.end = Some(self.end.map_or(end, |known| known.min(end)));
            }
            EventKind::UserEntered { user, role, .. } => {
                let moderator = *role == Role::Moderator;
                self.people.entry(user.clone()).or_default().push(Step { told: at, went: None, moderator, line });
            }
            EventKind::UserLeft { user, until, .. } => {
                let went = Some(self.happened(*until, at, line)?);
                self.people.entry(user.clone()).or_default().push(Step { told: at, went, moderator: false, line });
            }
            _ => {}
        }
        Ok(())
    }

    /// When something happened that was told at `told`, where it was noticed late: `until`.
    fn happened(&self, until: Option<Timestamp>, told: Timestamp, line: Line) -> Result<Timestamp, BadReplay> {
        match until {
            Some(until) if until > told + SKEW => {
                Err(BadReplay::ToldFirst { line, meeting: self.key.clone(), until, told })
            }
            until => Ok(until.unwrap_or(told)),
        }
    }

    /// When it began, where the first of all events was at `first`.
    pub(super) fn begins(&self, id: &InternalMeetingId, first: Timestamp) -> Result<Begin, BadReplay> {
        let created = id.as_str().rsplit_once('-').and_then(|(_, millis)| millis.parse().ok());
        let told = self.created.map(|(at, line, _)| (at, line)).into_iter().chain(self.adopted).min();
        if let Some((at, line)) = told {
            return Ok(Begin { at, created, before: false, line });
        }
        let line = self.line;
        let was_before = created.is_some_and(|created| created <= (first + SKEW).as_millis());
        let begin = Begin { at: first, created, before: true, line };
        was_before.then_some(begin).ok_or_else(|| BadReplay::NeverWas { line, meeting: self.key.clone() })
    }

    /// What it was. `next` is when the next meeting of its key began, `last` the moment of the last of all events.
    pub(super) fn lived(
        self,
        begin: Begin,
        next: Option<Timestamp>,
        last: Timestamp,
        repaired: &mut Repaired,
    ) -> Result<Lived, BadReplay> {
        let Self { key, created, end, people, .. } = self;
        let from = begin.at;
        if let Some((_, _, line)) = end.filter(|(told, end, _)| *told < from || *end + SKEW < from) {
            return Err(BadReplay::EndsFirst { line, meeting: key });
        }
        repaired.begun_before += usize::from(begin.before);
        let mut stays = Vec::with_capacity(people.len());
        for (user, steps) in people {
            steps_to_stays(&key, user, steps, begin, &mut stays, repaired)?;
        }
        let until = match end {
            Some((_, end, _)) => end.max(from),
            None => {
                let gone =
                    stays.iter().map(|(_, until, _)| *until).try_fold(None, |most, until| Some(most.max(Some(until?))));
                // absent while somebody is in it
                let left = gone.map(|gone: Option<Timestamp>| gone.map_or(from + NOBODY_CAME, |gone| gone + EMPTY));
                let until = left.into_iter().chain(next).chain([last]).min().unwrap_or(last).max(from);
                let runs = next.is_none() && until == last;
                *(if runs { &mut repaired.running } else { &mut repaired.unended }) += 1;
                until
            }
        };
        let mut kept = Vec::with_capacity(stays.len());
        for (came, went, moderator) in stays {
            if came >= until {
                repaired.after_end += 1;
                continue;
            }
            // who is there at the last event is there as their meeting is
            repaired.unleft += usize::from(went.is_none() && end.is_some());
            kept.push(Stay { from: came, until: went.unwrap_or(until).clamp(came, until), moderator });
        }
        kept.sort_unstable();
        let hints = created.map(|(_, _, hints)| hints).unwrap_or_default();
        Ok(Lived { key, from, until, hints, stays: kept })
    }
}

/// From when until when somebody was there; the end is absent where none is told.
type Told = (Timestamp, Option<Timestamp>, bool);

fn steps_to_stays(
    key: &MeetingKey,
    user: UserId,
    mut steps: Vec<Step>,
    begin: Begin,
    stays: &mut Vec<Told>,
    repaired: &mut Repaired,
) -> Result<(), BadReplay> {
    // of one moment, coming is before going
    steps.sort_unstable();
    let mut inside: Option<Step> = None;
    let before = stays.len();
    for step in steps {
        match (step.went, inside) {
            (None, None) if step.told + SKEW < begin.at => {
                return Err(BadReplay::ComesFirst { line: step.line, meeting: key.clone(), user });
            }
            (None, None) => inside = Some(step),
            (Some(went), Some(came)) if went + SKEW < came.told => {
                return Err(BadReplay::GoesFirst { line: step.line, meeting: key.clone(), user });
            }
            (Some(went), Some(came)) => {
                let from = came.told.max(begin.at);
                stays.push((from, Some(went.max(from)), came.moderator));
                inside = None;
            }
            (Some(went), None) if stays.len() == before && begin.before => {
                stays.push((begin.at, Some(went.max(begin.at)), false));
            }
            (Some(_), None) if stays.len() == before => {
                return Err(BadReplay::NeverCame { line: step.line, meeting: key.clone(), user });
            }
            (None, Some(_)) | (Some(_), None) => repaired.repeated += 1,
        }
    }
    stays.extend(inside.map(|came| (came.told.max(begin.at), None, came.moderator)));
    Ok(())
}
