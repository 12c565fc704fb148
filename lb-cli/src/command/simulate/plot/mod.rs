//! The utilisation of every server over time as an SVG. For each policy two pictures, one below the other, over the same time:
//! a row for each server, the fuller the darker, orange and red above 80 %, hatched where it is dead; and from the least to the most used server as a
//! band, with the 80 % line. A herd shows as a few red rows among pale ones, and as a broad band.
//!
//! | file | what |
//! |---|---|
//! | `window` | which part of the time is drawn, and its marks |
//! | `rows` | the rows |
//! | `band` | the band |
//! | `look` | colours, by day and by night, and the legend |

mod band;
mod look;
mod rows;
#[cfg(test)]
mod tests;
mod window;

use std::fmt::Write;

use lb_core::simulation::Course;

use self::window::Window;
use super::mean::{counted, number};
use super::play::{PlayedWorkload, Run};

/// What stands left and right of the time, and how wide the time is at most.
const LEFT: usize = 60;
const RIGHT: usize = 44;
const WIDTH: usize = 960;
/// What stands above the first policy, and above and below the pictures of each.
const TITLE: usize = 78;
const HEADING: usize = 30;
const MARKS: usize = 30;
/// Between the rows and the band.
const BETWEEN: usize = 6;

/// The courses of all runs of a workload that have one, one below the other.
pub(super) fn drawn(workload: &PlayedWorkload) -> String {
    courses(workload, |_| true)
}

/// The same of these policies alone.
pub(super) fn drawn_of(workload: &PlayedWorkload, policies: &[String]) -> String {
    courses(workload, |policy| policies.iter().any(|known| known == policy))
}

/// One policy's: what is drawn, and where.
struct Panel<'a> {
    run: &'a Run,
    course: &'a Course,
    window: &'a Window,
    /// Which it is, from 0 on.
    number: usize,
    top: usize,
}

fn courses(workload: &PlayedWorkload, wanted: impl Fn(&str) -> bool) -> String {
    let runs = workload.runs.iter().filter(|run| wanted(&run.policy));
    let courses: Vec<_> = runs.filter_map(|run| Some((run, run.course.as_ref()?))).collect();
    let window = Window::of(courses.iter().map(|(_, course)| *course), workload.begins);
    let high = |course: &Course| HEADING + rows::height(course) + BETWEEN + band::HEIGHT + MARKS;
    let height = TITLE + courses.iter().map(|(_, course)| high(course)).sum::<usize>();
    let most = courses.iter().flat_map(|(_, course)| course.utilisation.iter().flatten().flatten());
    let scale = band::Scale::up_to(most.copied().fold(0.0, f32::max));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n{}",
        LEFT + WIDTH + RIGHT,
        look::STYLE
    );
    svg.push_str(look::HATCH);
    let seed = courses.first().map(|(run, _)| run.seed).unwrap_or_default();
    let name = escaped(&workload.name);
    let _ = writeln!(svg, "<title>{name}: the utilisation of every server over time, with each policy</title>");
    let _ = writeln!(svg, "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>");
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"28\" font-size=\"17\"><tspan class=\"strong\">{name}</tspan> <tspan class=\"dim\" font-size=\"13\">utilisation of {}, {}, seed {seed}</tspan></text>",
        counted(workload.servers, "server"),
        if window.is_whole { "over time (UTC)" } else { "in the busy hours (UTC); the figures are of the whole time" },
    );
    look::legend(&mut svg, 42);
    let mut top = TITLE;
    for (number, (run, course)) in courses.iter().enumerate() {
        let panel = Panel { run, course, window: &window, number, top };
        panel.draw(&mut svg, &scale);
        top += high(course);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Panel<'_> {
    fn draw(&self, svg: &mut String, scale: &band::Scale) {
        let Self { run, course, window, top, .. } = self;
        let measures = &run.measures;
        let share = if measures.user_minutes > 0.0 {
            format!(" ({:.1} %)", 100.0 * measures.suffered_user_minutes() / measures.user_minutes)
        } else {
            String::new()
        };
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{}\"><tspan class=\"strong\">{}</tspan> <tspan class=\"dim\">{} suffered user-minutes{share}, peak {:.0} %</tspan></text>",
            top + 20,
            escaped(&run.policy),
            number(measures.suffered_user_minutes()),
            measures.peak_utilisation,
        );
        let rows = top + HEADING;
        let band = rows + rows::height(course) + BETWEEN;
        window.grid(svg, rows, band + band::HEIGHT);
        rows::draw(svg, course, window, rows);
        band::draw(svg, self, scale, band);
    }
}

/// As text of XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
