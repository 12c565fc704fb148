//! [`ReportView`]: a report in JSON.

use lb_core::report::{Figures, Row, Span, Table};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::moment::Moment;

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// The begin of the period.
    from: Moment,
    /// Its end, which is no part of it.
    until: Moment,
    /// The moment of the report: what runs is counted until then.
    made_at: Moment,
    #[schema(example = "America/Sao_Paulo")]
    zone: String,
    #[schema(example = "day")]
    step: &'static str,
    #[schema(example = "integration")]
    by: &'static str,
    /// Each group in each step in which something was.
    rows: Vec<RowView>,
    /// Each group in the whole period.
    groups: Vec<RowView>,
    /// All groups together, in each step.
    steps: Vec<RowView>,
    /// All groups in the whole period. Neither people nor names nor peaks of steps or groups can be added up to it.
    total: FiguresView,
}

/// The figures of a group, in a step or in the whole period.
#[derive(Debug, Serialize, ToSchema)]
struct RowView {
    /// The name of the group; null: of none, or all of them.
    group: Option<String>,
    /// The step, such as 2026-03-01, 2026-W09, 2026-03, 2026-Q1 or 2026; null where the period is not cut.
    step: Option<String>,
    /// The begin of the step or the period.
    from: Moment,
    /// Its end.
    until: Moment,
    #[serde(flatten)]
    figures: FiguresView,
}

/// What happened in one group and one step, or in several together.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FiguresView {
    /// Meetings that began.
    meetings: u64,
    /// Meetings that were there: that began, or had begun before and not ended.
    meetings_running: u64,
    /// Of those that began, how many have ended.
    meetings_ended: u64,
    /// How long those took on average; null where there are none.
    average_seconds: Option<u64>,
    /// How long the longest of them took; null where there are none.
    longest_seconds: Option<u64>,
    /// Different people of each meeting, added up.
    participants: u64,
    /// How many of them are from join calls, because nobody was ever seen in their meeting.
    participants_from_joins: u64,
    /// The time of all stays, to a hundredth of a minute.
    participant_minutes: f64,
    /// Different names of each integration, added up.
    unique_names: u64,
    /// The most meetings at the same time.
    peak_meetings: u64,
    /// The most users at the same time.
    peak_users: u64,
    /// Recordings that were seen for the first time.
    recordings: u64,
    /// How long the meetings were that they are of, to a hundredth of a minute.
    recording_minutes: f64,
    /// Refused calls.
    refused_calls: u64,
    /// The same by call and reason.
    refused: Vec<RefusedView>,
}

/// Refused calls of one kind.
#[derive(Debug, Serialize, ToSchema)]
struct RefusedView {
    #[schema(example = "create")]
    call: String,
    /// BBB's messageKey.
    #[schema(example = "checksumError")]
    key: String,
    calls: u64,
}

impl From<&Figures> for FiguresView {
    fn from(figures: &Figures) -> Self {
        let average = figures.average();
        let kinds = figures.refused.iter();
        let refused =
            kinds.map(|((call, key), calls)| RefusedView { call: call.clone(), key: key.clone(), calls: *calls });
        Self {
            meetings: figures.meetings,
            meetings_running: figures.meetings_running,
            meetings_ended: figures.meetings_ended,
            average_seconds: average.map(|length| length.as_secs()),
            longest_seconds: average.map(|_| figures.longest.as_secs()),
            participants: figures.participants,
            participants_from_joins: figures.participants_from_joins,
            participant_minutes: figures.participant_minutes(),
            unique_names: figures.unique_names,
            peak_meetings: figures.peak_meetings,
            peak_users: figures.peak_users,
            recordings: figures.recordings,
            recording_minutes: figures.recording_minutes(),
            refused_calls: figures.refused_calls(),
            refused: refused.collect(),
        }
    }
}

impl From<&Table> for ReportView {
    fn from(table: &Table) -> Self {
        let whole = Span { from: table.from, until: table.until, label: String::new() };
        let row = |row: &Row| {
            let step = row.step.and_then(|step| table.steps.get(step)).unwrap_or(&whole);
            view(row.group.clone(), step, &row.figures)
        };
        let in_steps = table.steps.iter().zip(&table.in_steps).map(|(step, figures)| view(None, step, figures));
        Self {
            from: table.from.into(),
            until: table.until.into(),
            made_at: table.made_at.into(),
            zone: table.zone.name().to_owned(),
            step: table.step.as_str(),
            by: table.by.as_str(),
            rows: table.rows.iter().map(row).collect(),
            groups: table.groups.iter().map(row).collect(),
            steps: in_steps.collect(),
            total: (&table.total).into(),
        }
    }
}

fn view(group: Option<String>, step: &Span, figures: &Figures) -> RowView {
    let label = Some(step.label.clone()).filter(|label| !label.is_empty());
    RowView { group, step: label, from: step.from.into(), until: step.until.into(), figures: figures.into() }
}
