//! [`Window`]: which part of the time is drawn, and in which cells.

use std::fmt::Write;

use lb_core::Timestamp;
use lb_core::simulation::Course;

use super::{LEFT, WIDTH};

/// So many cells there are at most.
const CELLS: usize = 480;
/// Before the first and after the last minute in which all servers together do more than this share of the most that they ever
/// do, nothing is drawn: one server that is full in the night would else make half of the picture empty …
const QUIET: f64 = 0.25;
/// … but for so many minutes.
const MARGIN: usize = 30;
/// What the marks of time may be apart, minutes, and how many there may be.
const STEPS: [u64; 11] = [1, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 7 * 1440];
const MOST_MARKS: u64 = 14;

/// Which minutes are drawn, in cells of some minutes each.
#[derive(Debug)]
pub(super) struct Window {
    /// The first minute, and the one behind the last.
    first: usize,
    last: usize,
    /// How many minutes a cell has.
    together: usize,
    /// How many cells there are.
    pub(super) cells: usize,
    /// Whether nothing is left out.
    pub(super) is_whole: bool,
    /// When the first minute of the courses begins, minutes since 1970.
    begins: u64,
}

impl Window {
    /// The minutes in which there is something to be seen in these: from when on until when much is done.
    pub(super) fn of<'a>(courses: impl Iterator<Item = &'a Course>, begins: Timestamp) -> Self {
        let rows: Vec<_> = courses.flat_map(|course| &course.utilisation).collect();
        let minutes = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let mut done = vec![0.0; minutes];
        for row in rows {
            done.iter_mut().zip(row).for_each(|(done, mean)| *done += mean.map_or(0.0, f64::from));
        }
        let quiet = QUIET * done.iter().copied().fold(0.0, f64::max);
        let is_busy = |done: &f64| *done > quiet;
        let first = done.iter().position(is_busy).unwrap_or(0);
        let last = done.iter().rposition(is_busy).unwrap_or(minutes);
        let (first, last) = (first.saturating_sub(MARGIN), last.saturating_add(MARGIN + 1).min(minutes));
        let together = (last - first).div_ceil(CELLS).max(1);
        let cells = (last - first).div_ceil(together).max(1);
        let is_whole = first == 0 && last == minutes;
        Self { first, last, together, cells, is_whole, begins: begins.as_millis() / 60_000 }
    }

    /// What places pictures whose width is in cells at the left edge of the time, below `top`.
    pub(super) fn placed(&self, top: usize) -> String {
        format!("translate({LEFT} {top}) scale({:.4} 1)", WIDTH as f64 / self.cells as f64)
    }

    /// The minutes of each cell of a server.
    pub(super) fn cells<'a>(&self, row: &'a [Option<f32>]) -> impl Iterator<Item = &'a [Option<f32>]> + use<'a> {
        row.get(self.first..self.last.min(row.len())).unwrap_or_default().chunks(self.together)
    }

    /// Lines and words for the time of the day, from `top` to `bottom`.
    pub(super) fn grid(&self, svg: &mut String, top: usize, bottom: usize) {
        let (from, until) = (self.begins + self.first as u64, self.begins + self.last as u64);
        let fits = |step: &&u64| (until - from) / **step < MOST_MARKS;
        let Some(step) = STEPS.iter().find(fits).or(STEPS.last()) else { return };
        for minute in (from.div_ceil(*step)..=until / step).map(|mark| mark * step) {
            let cell = (minute - from) as f64 / self.together as f64;
            let x = LEFT as f64 + (cell * WIDTH as f64 / self.cells as f64).round();
            let word = moment(minute, *step);
            let _ = writeln!(
                svg,
                "<path d=\"M{x} {}V{}\" class=\"tick\"/><text x=\"{x}\" y=\"{}\" class=\"mark\" text-anchor=\"middle\">{word}</text>",
                top,
                bottom + 4,
                bottom + 16,
            );
        }
    }
}

/// How a mark is called.
fn moment(minute: u64, step: u64) -> String {
    let known = i64::try_from(minute * 60).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
    let form = if step < 1440 { "%H:%M" } else { "%-d %b" };
    known.map(|moment| moment.strftime(form).to_string()).unwrap_or_default()
}
