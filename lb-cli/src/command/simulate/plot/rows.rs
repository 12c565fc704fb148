//! A row for each server: the fuller the darker, another colour above 80 %, and hatched where it is dead, which is not idle.

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
    let mut dead = String::new();
    // hatching is not stretched with the cells
    let wide = WIDTH as f64 / window.cells as f64;
    for (number, row) in course.utilisation.iter().enumerate() {
        let y = number * high;
        let mut cell = 0;
        let shades: Vec<_> = window.cells(row).map(shade).collect();
        for same in shades.chunk_by(|one, next| one == next) {
            let many = same.len();
            if let Some(path) = same.first().copied().flatten().and_then(|shade| paths.get_mut(shade)) {
                let _ = write!(path, "M{cell} {y}h{many}v{high}h-{many}z");
            } else {
                let (x, many) = (LEFT as f64 + cell as f64 * wide, many as f64 * wide);
                let _ = write!(dead, "M{x:.1} {}h{many:.1}v{high}h-{many:.1}z", top + y);
            }
            cell += many;
        }
    }
    let _ = writeln!(svg, "<g transform=\"{}\" shape-rendering=\"crispEdges\">", window.placed(top));
    for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        let _ = writeln!(svg, "<path class=\"s{shade}\" d=\"{path}\"/>");
    }
    let _ = writeln!(svg, "</g>");
    if !dead.is_empty() {
        let _ = writeln!(svg, "<path class=\"dead\" d=\"{dead}\"/>");
    }
    let (count, height) = (course.servers.len(), high * course.servers.len());
    let _ = writeln!(svg, "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{height}\" class=\"frame\"/>");
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
