//! [`WeekView`]: a period by weekday and hour.

use lb_core::report::Table;

use super::charts::Picture;
use super::figure::Figure;
use super::period::Period;
use super::tables::Maker;
use crate::pages::chart::{HeatChart, Svg, Week};
use crate::pages::words::fill;

/// The pictures of the week, with a table of the same figures.
#[derive(Clone, Debug)]
pub(crate) struct WeekView {
    pub(crate) pictures: Vec<Picture>,
    /// For each picture: what it is of, and the hours, each with the days from Monday.
    pub(crate) tables: Vec<(String, Vec<HourView>)>,
    pub(crate) days: [&'static str; 7],
}

/// A row: the hour, and the figure on each day.
#[derive(Clone, Debug)]
pub(crate) struct HourView {
    pub(crate) name: String,
    pub(crate) cells: [String; 7],
}

impl WeekView {
    /// Of a table that is cut into hours.
    pub(super) fn of(maker: &Maker<'_>, hours: &Table) -> Self {
        let w = &maker.words.reports;
        let views = [
            (Figure::Minutes, w.week_minutes, week(hours, maker.period, Figure::Minutes, |a, b| a + b)),
            (Figure::PeakUsers, w.week_users, week(hours, maker.period, Figure::PeakUsers, f64::max)),
        ];
        let days = *maker.writing().weekdays();
        let pictures = views.iter().map(|(figure, title, week)| {
            let description = said(maker, *figure, week, &days);
            let chart = HeatChart { title, description: &description, writing: maker.writing(), week };
            Picture { caption: (*title).to_owned(), drawing: chart.draw(), legend: Svg::default() }
        });
        let tables = views.iter().map(|(figure, title, week)| ((*title).to_owned(), rows(maker, *figure, week)));
        Self { pictures: pictures.collect(), tables: tables.collect(), days }
    }
}

/// What happened in each hour of each weekday; nothing where the period has no such hour, or it has not come yet.
fn week(hours: &Table, period: &Period, figure: Figure, together: impl Fn(f64, f64) -> f64) -> Week {
    let mut week: Week = [[None; 24]; 7];
    for (step, figures) in hours.steps.iter().zip(&hours.in_steps) {
        let at = period.at(step.from);
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
        let hour = usize::try_from(at.hour()).unwrap_or_default();
        let Some(cell) = week.get_mut(day).and_then(|day| day.get_mut(hour)).filter(|_| step.from <= hours.made_at)
        else {
            continue;
        };
        let more = figure.of(figures).unwrap_or_default();
        *cell = Some(cell.map_or(more, |before| together(before, more)));
    }
    week
}

fn said(maker: &Maker<'_>, figure: Figure, week: &Week, days: &[&str; 7]) -> String {
    let cells = week.iter().zip(days).flat_map(|(hours, day)| {
        hours.iter().enumerate().filter_map(move |(hour, figure)| Some((*day, hour, (*figure)?)))
    });
    match cells.filter(|cell| cell.2 > 0.0).max_by(|a, b| a.2.total_cmp(&b.2)) {
        Some((day, hour, most)) => {
            let most = figure.written(most, maker.language);
            fill(maker.words.reports.week_says, &[&most, &day, &format!("{hour:02}:00")])
        }
        None => maker.words.reports.week_nothing.to_owned(),
    }
}

fn rows(maker: &Maker<'_>, figure: Figure, week: &Week) -> Vec<HourView> {
    let cell = |hour: usize, day: usize| {
        let known = week.get(day).and_then(|day| day.get(hour).copied().flatten());
        known.map_or_else(|| "–".to_owned(), |value| figure.written(value, maker.language))
    };
    let row = |hour| HourView { name: format!("{hour:02}:00"), cells: std::array::from_fn(|day| cell(hour, day)) };
    (0..24).map(row).collect()
}
