//! [`Legend`]: which colour, pattern and shape is which.

use super::drawing::{Drawing, Svg};
use super::mark;

/// What the names stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Legend<'a> {
    /// Lines with points.
    Lines,
    /// Bars of the chart of that id.
    Bars(&'a str),
}

impl Legend<'_> {
    /// A list of names, each beside its sign; nothing for one, which the caption names.
    pub(crate) fn of(self, names: &[&str]) -> Svg {
        let mut drawing = Drawing::default();
        if names.len() < 2 {
            return drawing.done();
        }
        drawing.open("ul", &[("class", &"legend")]);
        for (series, name) in names.iter().enumerate() {
            drawing.open("li", &[]);
            drawing
                .open("svg", &[("viewBox", &"0 0 26 12"), ("width", &26), ("height", &12), ("aria-hidden", &"true")]);
            match self {
                Self::Lines => {
                    let class = format!("line {}", mark::class_of(series));
                    drawing.empty(
                        "path",
                        &[("class", &class), ("stroke-dasharray", &mark::dashes(series)), ("d", &"M0 6h26")],
                    );
                    mark::point(&mut drawing, series, (13.0, 6.0), None);
                }
                Self::Bars(id) => {
                    let class = if mark::filling(id, series).is_some() { "edge" } else { "bar" };
                    let class = format!("{class} {}", mark::class_of(series));
                    let fill = mark::filling(id, series).unwrap_or_else(|| "none".to_owned());
                    let place = [("x", 6), ("y", 0), ("width", 14), ("height", 12)];
                    let [x, y, width, height] =
                        place.each_ref().map(|(name, value)| (*name, value as &dyn std::fmt::Display));
                    drawing.empty("rect", &[("class", &class), ("fill", &fill), x, y, width, height]);
                }
            }
            drawing.close("svg");
            drawing.text("bdi", &[], name);
            drawing.close("li");
        }
        drawing.close("ul");
        drawing.done()
    }
}
