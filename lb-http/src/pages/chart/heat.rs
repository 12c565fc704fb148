//! [`HeatChart`]: figures by weekday and hour.

use super::WIDTH;
use super::drawing::{At, Drawing, Svg};
use super::scale::highest;
use super::writing::Writing;

/// A figure for each hour of each day of the week, from Monday; nothing where there was no such hour.
pub(crate) type Week = [[Option<f64>; 24]; 7];

/// How many shades there are beside nought.
const SHADES: usize = 6;

/// The colours of the stylesheet for them, nought included: of its ten those that differ clearly.
const COLOURS: [usize; SHADES + 1] = [0, 2, 3, 5, 6, 7, 9];

const LEFT: f64 = 48.0;
const SIDE: f64 = (WIDTH - LEFT) / 24.0;
const ROW: f64 = 26.0;
/// The hours below, and under these the shades with their figures.
const BELOW: f64 = 60.0;

/// Figures by weekday and hour: the more, the darker and larger.
#[derive(Debug)]
pub(crate) struct HeatChart<'a> {
    /// What it shows, for those who do not see it; the caption says the same.
    pub(crate) title: &'a str,
    /// What is to be seen in it.
    pub(crate) description: &'a str,
    /// How numbers and days are written.
    pub(crate) writing: &'a Writing,
    /// The figures.
    pub(crate) week: &'a Week,
}

impl HeatChart<'_> {
    /// Draws it.
    pub(crate) fn draw(&self) -> Svg {
        let mut drawing = Drawing::default();
        let ground = 7.0 * ROW;
        drawing.svg("heat", [0.0, 0.0, WIDTH, ground + BELOW], self.title, self.description);
        let top = highest(self.week.iter().flatten());
        for (day, (hours, name)) in self.week.iter().zip(self.writing.weekdays()).enumerate() {
            let y = day as f64 * ROW;
            drawing.text("text", &[("x", &0), ("y", &At(y + ROW - 8.0))], name);
            for (hour, figure) in hours.iter().enumerate() {
                let middle = (LEFT + (hour as f64 + 0.5) * SIDE, y + ROW / 2.0);
                let Some(figure) = figure.filter(|figure| figure.is_finite()) else { continue };
                let said = format!("{name} {hour:02}:00: {}", self.writing.number(figure));
                cell(&mut drawing, middle, shade(figure, top), Some(&said));
            }
        }
        for hour in (0..24).step_by(4) {
            let (x, y) = (LEFT + f64::from(hour) * SIDE, ground + 18.0);
            drawing.text("text", &[("x", &At(x)), ("y", &At(y))], &format!("{hour:02}:00"));
        }
        self.shades(&mut drawing, top, ground + 44.0);
        drawing.close("svg");
        drawing.done()
    }

    /// Which shade is how much.
    fn shades(&self, drawing: &mut Drawing, top: f64, y: f64) {
        if top <= 0.0 {
            return;
        }
        for shade in 1..=SHADES {
            let x = LEFT + (shade - 1) as f64 * 4.0 * SIDE;
            cell(drawing, (x + 10.0, y), shade, None);
            let until = self.writing.short(round_up(top * shade as f64 / SHADES as f64, top));
            drawing.text("text", &[("x", &At(x + 24.0)), ("y", &At(y + 5.0))], &format!("≤ {until}"));
        }
    }
}

/// Large figures need no decimals in a legend.
fn round_up(figure: f64, top: f64) -> f64 {
    if top >= 20.0 { figure.ceil() } else { (figure * 100.0).ceil() / 100.0 }
}

/// From 0, nothing, to the darkest.
fn shade(figure: f64, top: f64) -> usize {
    if figure <= 0.0 || top <= 0.0 {
        return 0;
    }
    ((figure / top * SHADES as f64 - 1e-9).ceil() as usize).clamp(1, SHADES)
}

/// The more, the larger: seen without colours too.
fn cell(drawing: &mut Drawing, (x, y): (f64, f64), shade: usize, title: Option<&str>) {
    let size = if shade == 0 { 3.0 } else { 10.0 + 14.0 * (shade - 1) as f64 / (SHADES - 1) as f64 };
    let [x, y, side] = [At(x - size / 2.0), At(y - size / 2.0), At(size)];
    let class = format!("h{}", COLOURS[shade.min(SHADES)]);
    drawing.open("rect", &[("class", &class), ("x", &x), ("y", &y), ("width", &side), ("height", &side), ("rx", &1.5)]);
    if let Some(title) = title {
        drawing.text("title", &[], title);
    }
    drawing.close("rect");
}

#[cfg(test)]
mod tests {
    use super::super::super::language::Language;
    use super::*;

    #[test]
    fn each_hour_has_the_shade_of_its_figure_and_an_unknown_one_none() {
        let mut week: Week = [[Some(0.0); 24]; 7];
        week[0][8] = Some(1200.0);
        week[5][23] = Some(100.0);
        week[6][2] = None;
        let svg = HeatChart { title: "t", description: "d", writing: Writing::of(Language::Portuguese), week: &week }
            .draw()
            .to_string();
        assert!(svg.contains("<rect class=\"h9\" x=\"274\" y=\"1\" width=\"24\" height=\"24\" rx=\"1.5\"><title>seg 08:00: 1.200</title>"), "{svg}");
        assert!(svg.contains("class=\"h2\"") && svg.contains("<title>sáb 23:00: 100</title>"), "{svg}");
        assert!(!svg.contains("dom 02:00"));
        assert_eq!(svg.matches("class=\"h0\"").count(), 7 * 24 - 3);
        assert!(svg.contains("≤ 1,2k"));
    }

    #[test]
    fn a_week_of_nothing_has_no_shades() {
        let svg = HeatChart {
            title: "t",
            description: "",
            writing: Writing::of(Language::Portuguese),
            week: &[[None; 24]; 7],
        }
        .draw();
        assert!(!svg.to_string().contains("rect"), "{svg}");
        assert_eq!([shade(0.0, 0.0), shade(5.0, 5.0), shade(0.1, 5.0), shade(-3.0, 5.0)], [0, 6, 1, 0]);
    }
}
