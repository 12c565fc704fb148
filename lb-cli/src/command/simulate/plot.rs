//! The utilisation of every server over time as an SVG: a row for each server, time from left to right, the fuller the darker,
//! red above 80 %. A herd shows as one dark row among pale ones.

use std::fmt::Write;

use lb_core::simulation::{Course, OVERLOAD};

use super::play::{PlayedWorkload, Run};

/// The width of the time, and what stands left and right of it.
const WIDTH: usize = 960;
const LEFT: usize = 16;
/// So many cells a row has at most: each is the largest of its minutes.
const CELLS: usize = 480;
/// The rows of one policy are so high together at most, and one is so high at most.
const ROWS: usize = 240;
const ROW: usize = 12;
const HEADING: usize = 34;

/// From nothing to 80 %, then above it.
const COOL: [&str; 6] = ["#f1f5f9", "#d7e5f2", "#b3d0e8", "#82b1d8", "#4b8bc2", "#1f62a0"];
const HOT: [&str; 3] = ["#f2a33c", "#df4a32", "#9d1226"];

/// The courses of all runs of a workload that have one, one below the other.
pub(super) fn drawn(workload: &PlayedWorkload) -> String {
    courses(workload, |_| true)
}

/// The same of these policies alone, in their order.
pub(super) fn drawn_of(workload: &PlayedWorkload, policies: &[String]) -> String {
    courses(workload, |policy| policies.iter().any(|known| known == policy))
}

fn courses(workload: &PlayedWorkload, wanted: impl Fn(&str) -> bool) -> String {
    let runs = workload.runs.iter().filter(|run| wanted(&run.policy));
    let courses: Vec<_> = runs.filter_map(|run| Some((&workload.name, run, run.course.as_ref()?))).collect();
    let heights: Vec<_> =
        courses.iter().map(|(_, _, course)| HEADING + row_height(course) * course.servers.len()).collect();
    let height = heights.iter().sum::<usize>() + 56;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        WIDTH + 2 * LEFT
    );
    let mut top = 8;
    for ((name, run, course), height) in courses.iter().zip(&heights) {
        panel(&mut svg, name, run, course, top);
        top += height;
    }
    legend(&mut svg, top + 20);
    svg.push_str("</svg>\n");
    svg
}

fn row_height(course: &Course) -> usize {
    (ROWS / course.servers.len().max(1)).clamp(1, ROW)
}

fn panel(svg: &mut String, name: &str, run: &Run, course: &Course, top: usize) {
    let high = row_height(course);
    let overloaded = super::figures::number(run.measures.overloaded_user_minutes);
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#171b22\"><tspan font-weight=\"600\">{}</tspan> {name}, seed {}: {overloaded} overloaded user-minutes, peak {:.0} %</text>",
        top + 18,
        run.policy,
        run.seed,
        run.measures.peak_utilisation,
    );
    let minutes = course.utilisation.iter().map(Vec::len).max().unwrap_or(0);
    let together = minutes.div_ceil(CELLS).max(1);
    let cells = minutes.div_ceil(together).max(1);
    let wide = WIDTH as f64 / cells as f64;
    for (number, row) in course.utilisation.iter().enumerate() {
        let y = top + 26 + number * high;
        let mut begun = (0, colour(&[]));
        let colours = row.chunks(together).map(colour).chain([""]);
        for (cell, colour) in colours.enumerate() {
            if colour != begun.1 {
                if !begun.1.is_empty() && cell > begun.0 {
                    let (x, width) = (LEFT as f64 + begun.0 as f64 * wide, (cell - begun.0) as f64 * wide);
                    let _ = write!(
                        svg,
                        "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{high}\" fill=\"{}\"/>",
                        begun.1
                    );
                }
                begun = (cell, colour);
            }
        }
        svg.push('\n');
    }
}

/// The colour of some minutes: of the fullest of them. Those in which it did not serve have none.
fn colour(minutes: &[Option<f32>]) -> &'static str {
    let Some(most) = minutes.iter().flatten().copied().reduce(f32::max) else { return "" };
    let most = f64::from(most);
    let step = |of: f64, colours: &[&'static str]| -> &'static str {
        let index = (of * colours.len() as f64) as usize;
        colours.get(index.min(colours.len() - 1)).copied().unwrap_or_default()
    };
    if most > OVERLOAD { step((most - OVERLOAD) / 60.0, &HOT) } else { step(most / OVERLOAD, &COOL) }
}

fn legend(svg: &mut String, top: usize) {
    let mut x = LEFT;
    let steps = ["0 %", "", "", "", "", "80 %", "over 80 %", "100 %", "120 %"];
    for (colour, word) in COOL.iter().chain(&HOT).zip(steps) {
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{top}\" width=\"24\" height=\"12\" fill=\"{colour}\"/>");
        if !word.is_empty() {
            let _ = writeln!(svg, "<text x=\"{x}\" y=\"{}\" font-size=\"11\" fill=\"#4f5968\">{word}</text>", top + 26);
        }
        x += if word.starts_with("over") || word == "80 %" { 64 } else { 34 };
    }
}
