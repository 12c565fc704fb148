//! [`Report`]: the fold and the tally together.

use super::hearing::Hearing;
use super::steps::Steps;
use super::tally::Tally;
use super::{BadReportQuery, Incarnation, Limits, Owners, ReportQuery, Table, TooMuch};
use crate::clock::Timestamp;
use crate::event::Event;

/// The [words](crate::event::EventKind::word) of the events that reports are made of.
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
pub struct Report(Hearing<Tally>);

impl Report {
    /// A report of nothing yet.
    ///
    /// # Errors
    /// [`BadReportQuery`].
    pub fn new(query: ReportQuery, owners: Owners, limits: Limits) -> Result<Self, BadReportQuery> {
        let steps = Steps::of(&query)?;
        Ok(Self(Hearing::new(Tally::new(query, steps, owners, limits), limits)))
    }

    /// What is heard for it.
    pub(crate) fn hearing(&mut self) -> &mut Hearing<Tally> {
        &mut self.0
    }

    /// Takes note of an event.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn add(&mut self, event: &Event) -> Result<(), TooMuch> {
        self.0.add(event)
    }

    /// The meetings that were heard of since this was last asked, and perhaps not for the first time: their events from before
    /// the period are wanted, in any order.
    pub fn unknown(&mut self) -> Vec<Incarnation> {
        self.0.unknown()
    }

    /// The recordings that were heard of since this was last asked: whether they were seen before the period is wanted.
    pub fn unknown_recordings(&mut self) -> Vec<Incarnation> {
        self.0.unknown_recordings()
    }

    /// The meetings of which the events after the period could say what was in it: those events are wanted, oldest first.
    pub fn unfinished(&self) -> Vec<Incarnation> {
        self.0.unfinished()
    }

    /// Whether the events after the period could say more of this meeting.
    pub fn is_unfinished(&self, incarnation: &Incarnation) -> bool {
        self.0.is_unfinished(incarnation)
    }

    /// Takes what was added for all there is of its integrations. Those of others may follow, from the begin of the period on.
    /// What runs, runs until `now`.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn close(&mut self, now: Timestamp) -> Result<(), TooMuch> {
        self.0.close(now)
    }

    /// The table. What runs, runs until `now`.
    ///
    /// # Errors
    /// [`TooMuch`]: the report is too large.
    pub fn finish(self, now: Timestamp) -> Result<Table, TooMuch> {
        Ok(self.0.finish(now)?.finish(now))
    }
}
