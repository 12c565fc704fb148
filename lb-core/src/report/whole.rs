//! [`Report`]: the fold and the tally together.

use std::collections::HashMap;
use std::time::Duration;

use super::steps::Steps;
use super::tally::{Home, Tally};
use super::{BadReportQuery, Fold, Incarnation, Limits, Owners, ReportQuery, Table, TooMuch};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::InternalMeetingId;
use crate::server::ServerName;

/// The [words](EventKind::word) of the events that reports are made of.
pub const READ: &[&str] = &[
    "meeting-created",
    "meeting-adopted",
    "meeting-ended",
    "user-joined",
    "user-entered",
    "user-left",
    "call-refused",
    "recording-seen",
];

/// A report while its events come.
///
/// It is given the events of its period oldest first, and after each of them, or after some, what [`unknown`](Self::unknown)
/// and [`unknown_recordings`](Self::unknown_recordings) ask for. When the period is over, it is given what
/// [`unfinished`](Self::unfinished) asks for.
///
/// ```
/// use lb_core::Timestamp;
/// use lb_core::report::{By, Filter, Limits, Owners, Report, ReportQuery, Step, Zone};
///
/// let zone = Zone::named("America/Sao_Paulo")?;
/// let (from, until) = (zone.moment("2026-03-01")?, zone.moment("2026-04-01")?);
/// let query = ReportQuery { from, until, zone, step: Step::Day, by: By::Integration, filter: Filter::default() };
/// let report = Report::new(query, Owners::default(), Limits::default())?;
/// let table = report.finish(Timestamp::from_millis(1_780_000_000_000))?;
/// assert_eq!((table.steps.len(), table.steps[0].label.as_str()), (31, "2026-03-01"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Report {
    fold: Fold,
    tally: Tally,
    limits: Limits,
    recordings: HashMap<Incarnation, Recorded>,
    unknown_recordings: Vec<Incarnation>,
}

/// A recording as it was seen for the first time.
#[derive(Debug)]
struct Recorded {
    at: Timestamp,
    server: ServerName,
    lasted: Duration,
}

impl Report {
    /// A report of nothing yet.
    ///
    /// # Errors
    /// [`BadReportQuery`].
    pub fn new(query: ReportQuery, owners: Owners, limits: Limits) -> Result<Self, BadReportQuery> {
        let steps = Steps::of(&query)?;
        Ok(Self {
            fold: Fold::new(limits),
            tally: Tally::new(query, steps, owners, limits),
            limits,
            recordings: HashMap::new(),
            unknown_recordings: Vec::new(),
        })
    }

    /// Takes note of an event.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn add(&mut self, event: &Event) -> Result<(), TooMuch> {
        let at = event.at;
        if event.kind.integration().is_none_or(|integration| !self.tally.wants(integration)) {
            return Ok(());
        }
        match &event.kind {
            EventKind::CallRefused { call, integration: Some(integration), key, .. } => {
                self.tally.refused(integration, at, call, key)
            }
            EventKind::RecordingSeen { meeting: Some(meeting), recording, server, seconds, .. } => {
                let which = (meeting.integration.clone(), InternalMeetingId::from(recording.as_str()));
                let seen = Recorded { at, server: server.clone(), lasted: Duration::from_secs(*seconds) };
                match self.recordings.get_mut(&which) {
                    Some(known) if at < known.at => *known = seen,
                    Some(_) => {}
                    None => {
                        self.unknown_recordings.push(which.clone());
                        self.recordings.insert(which, seen);
                    }
                }
                TooMuch::unless(self.recordings.len(), self.limits.recordings, "recordings")
            }
            _ if at >= self.tally.steps().until() => {
                self.fold.hear_later(event);
                Ok(())
            }
            _ => {
                self.fold.hear(event)?;
                while let Some(held) = self.fold.settle(at) {
                    self.tally.meeting(&held, at)?;
                }
                Ok(())
            }
        }
    }

    /// The meetings that were heard of since this was last asked, and perhaps not for the first time: their events from before
    /// the period are wanted, in any order.
    pub fn unknown(&mut self) -> Vec<Incarnation> {
        self.fold.unknown()
    }

    /// The recordings that were heard of since this was last asked: whether they were seen before the period is wanted.
    pub fn unknown_recordings(&mut self) -> Vec<Incarnation> {
        std::mem::take(&mut self.unknown_recordings)
    }

    /// The meetings of which the events after the period could say what was in it: those events are wanted, oldest first.
    pub fn unfinished(&self) -> Vec<Incarnation> {
        self.fold.unfinished()
    }

    /// Whether the events after the period could say more of this meeting.
    pub fn is_unfinished(&self, incarnation: &Incarnation) -> bool {
        self.fold.is_unfinished(incarnation)
    }

    /// Takes what was added for all there is of its integrations. Those of others may follow, from the begin of the period on.
    /// What runs, runs until `now`.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn close(&mut self, now: Timestamp) -> Result<(), TooMuch> {
        let fold = std::mem::replace(&mut self.fold, Fold::new(self.limits));
        for held in fold.finish(now) {
            self.tally.meeting(&held, now)?;
        }
        Ok(())
    }

    /// The table. What runs, runs until `now`.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn finish(mut self, now: Timestamp) -> Result<Table, TooMuch> {
        self.close(now)?;
        for ((integration, _), Recorded { at, server, lasted }) in &self.recordings {
            let home = Home { integration, partner: None, router: None, server: Some(server) };
            self.tally.recording(home, *at, *lasted)?;
        }
        Ok(self.tally.finish(now))
    }
}
