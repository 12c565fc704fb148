//! [`Table`]: a report that was made.

use std::collections::BTreeMap;

use super::steps::Steps;
use super::{By, Figures, ReportQuery, Span, Step, Zone};
use crate::clock::Timestamp;

/// A report.
///
/// Totals are computed and not added up where figures cannot be added: people and names that are in several steps, and peaks
/// that were not at the same moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The begin of the period.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// The moment of the report: what runs is counted until then.
    pub made_at: Timestamp,
    /// Where days begin.
    pub zone: Zone,
    /// What the period is cut into.
    pub step: Step,
    /// What there is a group for each of.
    pub by: By,
    /// The steps; one, the whole period, where it is not cut.
    pub steps: Vec<Span>,
    /// Each group in each step, those in which something was; by group, then by step.
    pub rows: Vec<Row>,
    /// Each group in the whole period, by name.
    pub groups: Vec<Row>,
    /// All groups together in each step.
    pub in_steps: Vec<Figures>,
    /// All groups in the whole period.
    pub total: Figures,
}

/// The figures of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name; absent for what belongs to none: of no partner, on no server.
    pub group: Option<String>,
    /// The number of the step; absent for the whole period.
    pub step: Option<usize>,
    /// The figures.
    pub figures: Figures,
}

/// The figures of a group in a step, or in the whole period.
pub(super) type CellOf<G> = ((G, Option<u32>), Figures);

impl Table {
    /// Puts figures in their order.
    pub(super) fn of(
        (query, steps): (ReportQuery, Steps),
        cells: impl IntoIterator<Item = CellOf<Option<String>>>,
        (in_steps, total): (Vec<Figures>, Figures),
        now: Timestamp,
    ) -> Self {
        let (mut rows, mut groups) = (BTreeMap::new(), BTreeMap::new());
        for ((group, step), figures) in cells {
            match step {
                Some(step) => rows.insert((group, step), figures),
                None => groups.insert((group, 0), figures),
            };
        }
        let row = |((group, step), figures): ((_, u32), _)| Row { group, step: Some(step as usize), figures };
        let ReportQuery { from, until, zone, step, by, .. } = query;
        Self {
            from,
            until,
            made_at: now,
            zone,
            step,
            by,
            rows: rows.into_iter().map(row).collect(),
            groups: groups.into_iter().map(row).map(|row| Row { step: None, ..row }).collect(),
            in_steps,
            total,
            steps: steps.into_spans(),
        }
    }
}
