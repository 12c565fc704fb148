//! A row for each server: the fuller the darker, and another colour above 80 %.

use std::fmt::Write;

use lb_core::simulation::{Course, OVERLOAD};

use super::look::{COOL, HOT};
use super::window::Window;
use super::{LEFT, WIDTH};

/// The rows of one policy are so high together at most, and one is so high at most.
const ROWS: usize = 180;
const ROW: usize = 9;

pub(super) fn height(course: &Course) -> usize {
    row(course) * course.servers.len()
}

fn row(course: &Course) -> usize {
    (ROWS / course.servers.len().max(1)).clamp(1, ROW)
}

/// Draws them below `top`: all cells of one colour are one path, which is short.
pub(super) fn draw(svg: &mut String, course: &Course, window: &Window, top: usize) {
    let high = row(course);
    let mut paths = vec![String::new(); COOL + HOT];
    for (number, row) in course.utilisation.iter().enumerate() {
        let y = number * high;
        let mut begun: (usize, Option<usize>) = (0, None);
        let shades = window.cells(row).map(shade).chain([None]);
        for (cell, shade) in shades.enumerate() {
            if shade != begun.1 {
                if let Some(path) = begun.1.and_then(|shade| paths.get_mut(shade)) {
                    let wide = cell - begun.0;
                    let _ = write!(path, "M{} {y}h{wide}v{high}h-{wide}z", begun.0);
                }
                begun = (cell, shade);
            }
        }
    }
    let _ = writeln!(svg, "<g transform=\"{}\" shape-rendering=\"crispEdges\">", window.placed(top));
    for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        let _ = writeln!(svg, "<path class=\"s{shade}\" d=\"{path}\"/>");
    }
    let (count, height) = (course.servers.len(), high * course.servers.len());
    let _ = writeln!(svg, "</g><rect x=\"{LEFT}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{height}\" class=\"frame\"/>");
    for (number, word) in [(0, "1".to_owned()), (count.saturating_sub(1), count.to_string())].into_iter().take(count) {
        let y = top + number * high + high / 2 + 4;
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{y}\" class=\"mark\" text-anchor=\"end\">{word}</text>", LEFT - 8);
    }
    turned(svg, "server", top + height / 2);
}

/// A word at the left, from below to above.
pub(super) fn turned(svg: &mut String, word: &str, y: usize) {
    let _ = writeln!(
        svg,
        "<text transform=\"translate(20 {y}) rotate(-90)\" class=\"mark\" text-anchor=\"middle\">{word}</text>"
    );
}

/// The shade of some minutes: that of the fullest of them. Those in which it did not serve have none.
fn shade(minutes: &[Option<f32>]) -> Option<usize> {
    let most = f64::from(minutes.iter().flatten().copied().reduce(f32::max)?);
    let step = |of: f64, count: usize| ((of * count as f64) as usize).min(count - 1);
    // 20 % to each hot one
    Some(if most > OVERLOAD { COOL + step((most - OVERLOAD) / 60.0, HOT) } else { step(most / OVERLOAD, COOL) })
}
