//! [`LineChart`]: courses over time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::axis::{Plot, ticks};
use super::drawing::{Drawing, Svg};
use super::scale::{Scale, all_whole, highest};
use super::sparkline::{area, course};
use super::thin::{Point, thin};
use super::writing::Writing;
use super::{WIDTH, mark};

/// So many points have a mark each, which tells its figure; of more, only some have one.
const MARKS: usize = 40;

/// So much room is left at either side, for half a mark.
const EDGE: f64 = 5.0;

/// Courses over time.
#[derive(Debug)]
pub(crate) struct LineChart<'a> {
    /// What it shows, for those who do not see it; the caption says the same.
    pub(crate) title: &'a str,
    /// What is to be seen in it.
    pub(crate) description: &'a str,
    /// The begin, in milliseconds since 1970.
    pub(crate) from: i64,
    /// The end.
    pub(crate) until: i64,
    /// The clock that times are shown by.
    pub(crate) zone: &'a TimeZone,
    /// How numbers and times are written.
    pub(crate) writing: &'a Writing,
    /// Whether what is under the lines is filled.
    pub(crate) filled: bool,
    /// The highest figure there can be, where it is known: 100 for per cent.
    pub(crate) top: Option<f64>,
    /// The courses.
    pub(crate) series: Vec<LineSeries<'a>>,
}

/// One course.
#[derive(Debug)]
pub(crate) struct LineSeries<'a> {
    /// What it is of.
    pub(crate) name: &'a str,
    /// Milliseconds since 1970, in their order, and the figure then; nothing where it is not known.
    pub(crate) points: Vec<(i64, Option<f64>)>,
}

impl LineChart<'_> {
    /// Draws it, `height` units high; it is 720 wide.
    pub(crate) fn draw(&self, height: f64) -> Svg {
        let (plot, mut drawing) = (Plot { height }, Drawing::default());
        drawing.svg("lines", [0.0, 0.0, WIDTH, height], self.title, self.description);
        let figures = || self.series.iter().flat_map(|series| series.points.iter().map(|(_, figure)| figure));
        let scale = Scale::to(self.top.unwrap_or_else(|| highest(figures())), all_whole(figures()));
        plot.lines(&mut drawing, &scale);
        for tick in ticks(self.from, self.until, self.zone, self.writing) {
            plot.word(&mut drawing, self.x(tick.at), &tick.label);
        }
        for (number, series) in self.series.iter().enumerate() {
            self.course(&mut drawing, plot, &scale, number, series);
        }
        plot.figures(&mut drawing, &scale, self.writing);
        drawing.close("svg");
        drawing.done()
    }

    fn course(&self, drawing: &mut Drawing, plot: Plot, scale: &Scale, number: usize, series: &LineSeries<'_>) {
        let place = |(at, figure): &(i64, Option<f64>)| {
            let figure = figure.filter(|figure| figure.is_finite());
            (self.x(*at), figure.map(|figure| plot.y(scale, figure)))
        };
        let points: Vec<Point> = series.points.iter().map(place).collect();
        let thinned = thin(&points, (WIDTH / 2.0) as usize);
        let path = course(&thinned);
        if path.is_empty() {
            return;
        }
        let class = mark::class_of(number);
        if self.filled {
            drawing.empty("path", &[("class", &format!("area {class}")), ("d", &area(&thinned, plot.ground()))]);
        }
        drawing.empty(
            "path",
            &[
                ("class", &format!("line {class}")),
                ("stroke-dasharray", &mark::dashes(number)),
                ("vector-effect", &"non-scaling-stroke"),
                ("d", &path),
            ],
        );
        // with one course alone nothing has to be told apart
        let few = points.len() <= MARKS;
        if few || self.series.len() > 1 {
            let every = if few { 1 } else { points.len() / 6 };
            let marked = points.iter().zip(&series.points).skip(if few { 0 } else { every / 2 }).step_by(every.max(1));
            for ((x, y), (at, figure)) in marked {
                let (Some(y), Some(figure)) = (y, figure) else { continue };
                mark::point(drawing, number, (*x, *y), Some(&self.said(series.name, *at, *figure)));
            }
        }
    }

    fn said(&self, name: &str, at: i64, figure: f64) -> String {
        let moment = Timestamp::from_millisecond(at).map(|at| self.writing.moment(&at.to_zoned(self.zone.clone())));
        format!("{name}, {}: {}", moment.unwrap_or_default(), self.writing.number(figure))
    }

    fn x(&self, at: i64) -> f64 {
        let length = self.until.saturating_sub(self.from).max(1) as f64;
        let share = at.saturating_sub(self.from) as f64 / length;
        EDGE + share.clamp(0.0, 1.0) * (WIDTH - 2.0 * EDGE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::language::Language;
    use super::*;

    const HOUR: i64 = 3_600_000;
    static UTC: TimeZone = TimeZone::UTC;

    fn chart<'a>(series: Vec<LineSeries<'a>>) -> LineChart<'a> {
        let (from, until) = (0, 24 * HOUR);
        LineChart {
            title: "Users <b>",
            description: "Between 0 and 8",
            from,
            until,
            zone: &UTC,
            writing: Writing::of(Language::English),
            filled: false,
            top: None,
            series,
        }
    }

    #[test]
    fn a_course_breaks_where_nothing_is_known() {
        let points = vec![
            (0, Some(8.0)),
            (6 * HOUR, Some(4.0)),
            (12 * HOUR, None),
            (18 * HOUR, Some(0.0)),
            (24 * HOUR, Some(8.0)),
        ];
        let svg = chart(vec![LineSeries { name: "users", points }]).draw(150.0).to_string();
        assert!(svg.contains("d=\"M5 22L182.5 72M537.5 122L715 22\""), "{svg}");
        assert!(svg.contains("<title>Users &#60;b&#62;</title><desc>Between 0 and 8</desc>"), "{svg}");
        assert!(svg.contains("<title>users, 1 Jan 06:00: 4</title>"), "{svg}");
        assert_eq!(svg.matches("class=\"mark s0\"").count(), 4);
    }

    #[test]
    fn several_courses_differ_in_more_than_colour() {
        let points = |by: f64| (0..=24).map(|hour| (hour * HOUR, Some(hour as f64 * by))).collect();
        let series = (0..3).map(|by| LineSeries { name: "x", points: points(f64::from(by)) }).collect();
        let svg = chart(series).draw(240.0).to_string();
        for (class, dashes) in [("line s0", "none"), ("line s1", "7 3"), ("line s2", "2 3")] {
            assert!(svg.contains(&format!("class=\"{class}\" stroke-dasharray=\"{dashes}\"")), "{svg}");
        }
    }

    #[test]
    fn a_year_of_hours_stays_small_and_what_is_no_number_is_a_gap() {
        let points = (0..8760).map(|i| (i * 24 * HOUR / 8760, Some((i % 97) as f64))).collect();
        assert!(chart(vec![LineSeries { name: "x", points }]).draw(240.0).to_string().len() < 20_000);
        let odd = vec![(0, Some(f64::NAN)), (i64::MAX, Some(f64::INFINITY)), (i64::MIN, None)];
        let svg = chart(vec![LineSeries { name: "x", points: odd }]).draw(240.0).to_string();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(chart(Vec::new()).draw(240.0).to_string().ends_with("</svg>"));
    }
}
