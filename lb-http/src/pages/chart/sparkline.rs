//! [`sparkline`]: a course in the size of a word.

use super::drawing::{At, Drawing, Svg};
use super::scale::highest;
use super::thin::{Point, thin};

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 28.0;
/// Free at the edges, for half a stroke and the dot at the end.
const EDGE: f64 = 3.0;

/// A course in the size of a word, oldest first, from nought to `top`, or to its own highest where there is no `top`. What is not
/// known is a gap. `title` is for those who do not see it, and should say the last figure and the highest.
pub(crate) fn sparkline(figures: &[Option<f64>], top: Option<f64>, title: &str) -> Svg {
    let mut drawing = Drawing::default();
    drawing.svg("sparkline", [0.0, 0.0, WIDTH, HEIGHT], title, "");
    let top = top.unwrap_or_else(|| highest(figures)).max(f64::MIN_POSITIVE);
    let step = (WIDTH - 2.0 * EDGE) / (figures.len().saturating_sub(1).max(1) as f64);
    let place = |(at, figure): (usize, &Option<f64>)| {
        let share = figure.filter(|figure| figure.is_finite()).map(|figure| (figure / top).clamp(0.0, 1.0));
        (EDGE + at as f64 * step, share.map(|share| HEIGHT - EDGE - share * (HEIGHT - 2.0 * EDGE)))
    };
    let points: Vec<Point> = figures.iter().enumerate().map(place).collect();
    let points = thin(&points, WIDTH as usize);
    let course = course(&points);
    if !course.is_empty() {
        drawing.empty("path", &[("class", &"area"), ("d", &area(&points, HEIGHT - EDGE))]);
        drawing.empty("path", &[("class", &"line"), ("vector-effect", &"non-scaling-stroke"), ("d", &course)]);
    }
    // the dot says that the last figure is of now: none, where that is not known
    if let Some((x, Some(y))) = points.last() {
        drawing.empty("circle", &[("class", &"dot"), ("cx", &At(*x)), ("cy", &At(*y)), ("r", &2.5)]);
    }
    drawing.close("svg");
    drawing.done()
}

/// The runs of points between gaps.
fn runs(points: &[Point]) -> impl Iterator<Item = Vec<(f64, f64)>> {
    let runs = points.split(|(_, y)| y.is_none());
    let known = |run: &[Point]| run.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect::<Vec<_>>();
    runs.map(known).filter(|run| !run.is_empty())
}

/// A line through all points, broken at gaps. A point between two gaps is a short stroke, so that it is seen.
pub(super) fn course(points: &[Point]) -> String {
    let mut path = String::new();
    for run in runs(points) {
        for (place, (x, y)) in run.iter().enumerate() {
            path += &format!("{}{} {}", if place == 0 { 'M' } else { 'L' }, At(*x), At(*y));
        }
        if run.len() == 1 {
            path += "h.1";
        }
    }
    path
}

/// What is under that line.
pub(super) fn area(points: &[Point], ground: f64) -> String {
    let mut path = String::new();
    for run in runs(points) {
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { continue };
        path += &format!("M{} {}", At(*first), At(ground));
        for (x, y) in &run {
            path += &format!("L{} {}", At(*x), At(*y));
        }
        path += &format!("L{} {}z", At(*last), At(ground));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_gap_and_not_nought() {
        let svg = sparkline(&[Some(0.0), Some(10.0), None, Some(5.0)], None, "users: 5 now, 10 at most").to_string();
        assert!(svg.contains("<title>users: 5 now, 10 at most</title>"), "{svg}");
        assert!(svg.contains("d=\"M3 25L41 3M117 14h.1\""), "{svg}");
        assert!(svg.contains("<circle class=\"dot\" cx=\"117\" cy=\"14\""), "{svg}");
    }

    #[test]
    fn a_course_that_is_not_known_now_has_no_dot_and_an_unknown_one_nothing() {
        assert!(!sparkline(&[Some(1.0), None], None, "x").to_string().contains("circle"));
        for nothing in [&[][..], &[None, None][..], &[Some(f64::NAN)][..]] {
            let svg = sparkline(nothing, None, "x");
            assert!(!svg.to_string().contains("path") && svg.to_string().ends_with("</svg>"), "{svg}");
        }
    }

    #[test]
    fn figures_over_the_top_stay_in_the_picture() {
        let svg = sparkline(&[Some(50.0), Some(300.0)], Some(100.0), "x").to_string();
        assert!(svg.contains("M3 14L117 3\""), "{svg}");
        assert!(sparkline(&[Some(0.0), Some(0.0)], None, "x").to_string().contains("M3 25L117 25"));
    }

    #[test]
    fn a_day_of_minutes_stays_small() {
        let minutes: Vec<_> = (0..1440).map(|minute| Some(f64::from(minute % 17))).collect();
        assert!(sparkline(&minutes, None, "x").to_string().len() < 8_000);
    }
}
