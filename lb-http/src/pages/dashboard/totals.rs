//! [`Totals`]: the load of the whole network, and its course over the last day.

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::course::{Point, Sample};
use lb_core::server::ServerState;

use super::look::Look;
use crate::live::View;
use crate::pages::chart::{Svg, sparkline};
use crate::pages::words::fill;

/// Points of a course: half an hour each.
const POINTS: usize = 48;

/// The load of the whole network.
#[derive(Debug, Template)]
#[template(path = "dashboard/totals.html")]
pub(super) struct Totals {
    pub(super) tiles: Vec<Tile>,
}

/// One figure.
#[derive(Debug)]
pub(super) struct Tile {
    pub(super) label: &'static str,
    pub(super) figure: String,
    /// What stands behind it, smaller.
    pub(super) unit: String,
    pub(super) note: String,
    /// Its course; nothing where it has none.
    pub(super) course: Option<Svg>,
    /// Whether somebody should look at it.
    pub(super) kind: &'static str,
}

impl HtmlSafe for Totals {}

impl Totals {
    /// The load in `view`.
    pub(super) fn of(view: &View<'_>) -> Self {
        let (look, totals) = (Look::of(view), &view.present.totals);
        let w = &look.w.dashboard;
        let now = totals.now;
        let points = view.present.course.totals(view.present.at);
        let figures =
            |of: fn(&Sample) -> Option<u32>| points.iter().map(|point| of(&point.sample).map(f64::from)).collect();
        let counted = |label, of: fn(&Sample) -> Option<u32>, note: Option<String>| {
            let course: Vec<_> = figures(of);
            let most = course.iter().flatten().copied().fold(0.0, f64::max).max(of(&now).map_or(0.0, f64::from));
            let (figure, most) = (look.count(of(&now)), look.decimal(Some(most), 0));
            let title = format!("{label}, {}", fill(w.course, &[&figure, &most]));
            Tile {
                label,
                note: note.unwrap_or_else(|| fill(w.peak, &[&most])),
                course: Some(sparkline(&thinned(&course, POINTS), None, &title)),
                figure,
                unit: String::new(),
                kind: "",
            }
        };
        let share = |of: Option<u32>| {
            let users = now.users.filter(|users| *users > 0)?;
            let share = 100.0 * f64::from(of?) / f64::from(users);
            Some(fill(w.of_users, &[&look.decimal(Some(share), 0)]))
        };
        let (all, serving) = (totals.servers - totals.in_state(ServerState::Recording), totals.serving());
        let servers = Tile {
            label: w.servers,
            figure: look.number(serving),
            unit: format!("/ {}", look.number(all)),
            note: w.take_meetings.to_owned(),
            course: None,
            kind: if all > 0 && serving == 0 { "is-critical" } else { "" },
        };
        let pending = Tile {
            label: w.pending_long,
            figure: look.number(totals.pending),
            unit: String::new(),
            note: w.pending_note.to_owned(),
            course: None,
            kind: "",
        };
        let tiles = vec![
            servers,
            counted(w.meetings, |sample| sample.meetings, None),
            counted(w.users, |sample| sample.users, None),
            counted(w.with_audio, |sample| sample.audio, share(now.audio)),
            counted(w.with_video, |sample| sample.video, share(now.video)),
            cpu(&now, &points, look),
            pending,
        ];
        Self { tiles }
    }
}

fn cpu(now: &Sample, points: &[Point], look: Look) -> Tile {
    let w = &look.w.dashboard;
    let course: Vec<_> = points.iter().map(|point| point.sample.cpu).collect();
    let most = course.iter().flatten().copied().fold(0.0, f64::max);
    let figure = look.decimal(now.cpu, 0);
    let title = format!("{}, {}", w.cpu_mean, fill(w.course, &[&figure, &look.decimal(Some(most), 0)]));
    Tile {
        label: w.cpu_mean,
        unit: if now.cpu.is_some() { "%".to_owned() } else { String::new() },
        note: fill(w.memory_mean, &[&look.decimal(now.memory, 0)]),
        course: Some(sparkline(&thinned(&course, POINTS), Some(100.0), &title)),
        figure,
        kind: "",
    }
}

/// The same in `points` at most, each the mean of what is known of its time.
pub(super) fn thinned(course: &[Option<f64>], points: usize) -> Vec<Option<f64>> {
    if course.len() <= points {
        return course.to_vec();
    }
    let mean = |part: &[Option<f64>]| {
        let known: Vec<_> = part.iter().flatten().copied().collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    // counted from the end, so that a point stays what it is while others go at the other end
    let mut thin: Vec<_> = course.rchunks(course.len().div_ceil(points)).map(mean).collect();
    thin.reverse();
    thin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_made_thin_without_filling_its_gaps() {
        let day: Vec<_> = (0..1440).map(|minute| (minute >= 720).then_some(f64::from(minute))).collect();
        let thin = thinned(&day, POINTS);
        assert_eq!(thin.len(), 48);
        assert!(thin.iter().take(24).all(Option::is_none));
        assert_eq!(thin.last().copied().flatten(), Some((1410.0 + 1439.0) / 2.0));
        assert_eq!(thinned(&[None, Some(1.0)], POINTS), [None, Some(1.0)]);
    }
}
