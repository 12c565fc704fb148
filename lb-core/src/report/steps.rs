//! The steps of a period: cut first, counted then.

use super::{BadReportQuery, ReportQuery, Step};
use crate::clock::Timestamp;

/// How many steps a report has at most: the hours of a year are fewer.
pub(super) const MOST_STEPS: usize = 10_000;

/// A time from a moment on and before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// How people call it: `2026-03-01`, `2026-W09`, `2026-03`, `2026-Q1`, `2026`; empty for a whole period.
    pub label: String,
}

/// The steps of a period, in their order, without a gap.
#[derive(Clone, Debug)]
pub(super) struct Steps(Vec<Span>);

impl Steps {
    pub(super) fn of(query: &ReportQuery) -> Result<Self, BadReportQuery> {
        if query.from >= query.until {
            return Err(BadReportQuery::Empty);
        }
        let mut steps: Vec<Span> = Vec::new();
        let mut from = query.from;
        while from < query.until {
            if steps.len() == MOST_STEPS {
                return Err(BadReportQuery::TooManySteps(MOST_STEPS));
            }
            let next = if query.step == Step::Whole { None } else { query.zone.next(query.step, from) };
            let until = next.filter(|next| *next > from).unwrap_or(query.until).min(query.until);
            steps.push(Span { from, until, label: query.zone.label(query.step, from) });
            from = until;
        }
        Ok(Self(steps))
    }

    pub(super) fn until(&self) -> Timestamp {
        self.0.last().map(|last| last.until).unwrap_or_default()
    }

    pub(super) fn spans(&self) -> &[Span] {
        &self.0
    }

    pub(super) fn into_spans(self) -> Vec<Span> {
        self.0
    }

    /// The step that `at` is in.
    pub(super) fn at(&self, at: Timestamp) -> Option<u32> {
        let place = self.0.partition_point(|step| step.until <= at);
        self.0.get(place).filter(|step| step.from <= at).map(|_| place as u32)
    }

    /// The steps in which what lasts from `from` until `until` is: those that it begins in, or that it lasts into. With each
    /// the milliseconds of it.
    pub(super) fn touched(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = (u32, u64)> {
        let first = self.0.partition_point(|step| step.until <= from);
        let later = self.0.iter().enumerate().skip(first);
        let touched = later.take_while(move |(_, step)| step.from < until || step.from <= from);
        touched.map(move |(place, step)| {
            let lasts = until.min(step.until).since(from.max(step.from));
            (place as u32, lasts.as_millis() as u64)
        })
    }
}
