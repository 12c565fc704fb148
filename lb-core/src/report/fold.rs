//! [`Fold`]: events to meetings and stays.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::incarnation::{Gathering, Held, hash};
use super::{Limits, TooMuch};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;

/// For so long after its end a meeting is held open for what comes late: its end was a mistake, or somebody's leaving is told
/// afterwards. What comes later still changes no figure.
pub const LINGER: Duration = Duration::from_secs(24 * 3600);

/// Whose, and which: what a meeting is known by to reports.
pub type Incarnation = (IntegrationName, InternalMeetingId);

/// Makes meetings of events.
///
/// Events of a period are to come oldest first; those from before it, that [`unknown`](Self::unknown) asks for, may come in
/// any order.
#[derive(Debug)]
pub struct Fold {
    limits: Limits,
    open: HashMap<Incarnation, Gathering>,
    // stays and join calls of those that are open
    size: usize,
    // those that have ended and are held open still, and when their end was told
    ended: VecDeque<(Timestamp, Incarnation)>,
    // hashes of those that are over and done with
    settled: HashSet<u64>,
    unknown: Vec<Incarnation>,
}

impl Fold {
    /// Knows of no meeting.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: HashMap::new(),
            size: 0,
            ended: VecDeque::new(),
            settled: HashSet::new(),
            unknown: Vec::new(),
        }
    }

    /// Takes note of an event. Those that are of no meeting say nothing here.
    ///
    /// # Errors
    /// [`TooMuch`]: more people are in meetings at once than may be held.
    pub fn hear(&mut self, event: &Event) -> Result<(), TooMuch> {
        let Some(incarnation) = of(&event.kind).filter(|incarnation| !self.settled.contains(&hash(incarnation))) else {
            return Ok(());
        };
        let is_new = !self.open.contains_key(&incarnation);
        let meeting = self.open.entry(incarnation.clone()).or_default();
        let (size, had_ended) = (meeting.size(), meeting.has_ended());
        meeting.hear(event.at, &event.kind);
        self.size = self.size + meeting.size() - size;
        // one that is found again had begun before
        if is_new && !matches!(event.kind, EventKind::MeetingCreated { .. }) {
            self.unknown.push(incarnation.clone());
        }
        if meeting.has_ended() && !had_ended {
            self.ended.push_back((event.at, incarnation));
        }
        TooMuch::unless(self.size, self.limits.stays, "stays at the same time")?;
        TooMuch::unless(self.settled.len() + self.open.len(), self.limits.meetings, "meetings")
    }

    /// The meetings that were heard of since this was last asked, and not of their begin: what was before should be looked up.
    pub fn unknown(&mut self) -> Vec<Incarnation> {
        std::mem::take(&mut self.unknown)
    }

    /// Takes note of an event from after the period. Those of meetings that began then are passed over.
    pub fn hear_later(&mut self, event: &Event) {
        if let Some(meeting) = of(&event.kind).and_then(|incarnation| self.open.get_mut(&incarnation)) {
            let size = meeting.size();
            meeting.hear_later(event.at, &event.kind);
            self.size = self.size + meeting.size() - size;
        }
    }

    /// The meetings of which later events could say more.
    pub fn unfinished(&self) -> Vec<Incarnation> {
        let open = self.open.iter().filter(|(_, meeting)| meeting.is_unfinished());
        open.map(|(incarnation, _)| incarnation.clone()).collect()
    }

    /// Whether later events could say more of this meeting.
    pub fn is_unfinished(&self, incarnation: &Incarnation) -> bool {
        self.open.get(incarnation).is_some_and(Gathering::is_unfinished)
    }

    /// A meeting that ended so long before `now` that nothing more is to come of it. To be called until there is none.
    pub fn settle(&mut self, now: Timestamp) -> Option<Held> {
        while self.ended.front().is_some_and(|(told, _)| *told + LINGER < now) {
            let (_, incarnation) = self.ended.pop_front()?;
            let Some(meeting) = self.open.remove(&incarnation) else { continue };
            self.size -= meeting.size();
            self.settled.insert(hash(&incarnation));
            let held = meeting.held(incarnation, now);
            if held.is_some() {
                return held;
            }
        }
        None
    }

    /// All that are left, as they are at `now`.
    pub fn finish(self, now: Timestamp) -> impl Iterator<Item = Held> {
        self.open.into_iter().filter_map(move |(incarnation, meeting)| meeting.held(incarnation, now))
    }
}

/// The meeting that an event tells something of that reports want to know.
fn of(kind: &EventKind) -> Option<Incarnation> {
    match kind {
        EventKind::MeetingCreated { meeting, internal_id, .. }
        | EventKind::MeetingAdopted { meeting, internal_id, .. }
        | EventKind::MeetingEnded { meeting, internal_id, .. }
        | EventKind::UserJoined { meeting, internal_id, .. }
        | EventKind::UserEntered { meeting, internal_id, .. }
        | EventKind::UserLeft { meeting, internal_id, .. } => Some((meeting.integration.clone(), internal_id.clone())),
        _ => None,
    }
}
