//! [`RankChart`]: figures by group, one under the other.

use super::WIDTH;
use super::drawing::{At, Drawing, Svg, isolated};
use super::scale::highest;
use super::writing::Writing;

/// How high one row is: its name, and the bar under it.
const ROW: f64 = 40.0;

/// The longest name, in characters; the rest is cut, and stands in the table.
const NAME: usize = 48;

/// Figures by group, one under the other, in the order given.
#[derive(Debug)]
pub(crate) struct RankChart<'a> {
    /// What it shows, for those who do not see it; the caption says the same.
    pub(crate) title: &'a str,
    /// What is to be seen in it.
    pub(crate) description: &'a str,
    /// How numbers are written.
    pub(crate) writing: &'a Writing,
    /// The groups.
    pub(crate) rows: Vec<Rank<'a>>,
}

/// The figure of one group.
#[derive(Debug)]
pub(crate) struct Rank<'a> {
    /// Its name: whatever somebody gave it.
    pub(crate) name: &'a str,
    /// How much.
    pub(crate) figure: f64,
}

impl RankChart<'_> {
    /// Draws it: 40 units for each group, 720 wide.
    pub(crate) fn draw(&self) -> Svg {
        let mut drawing = Drawing::default();
        let height = self.rows.len().max(1) as f64 * ROW;
        drawing.svg("ranks", [0.0, 0.0, WIDTH, height], self.title, self.description);
        let figures: Vec<_> = self.rows.iter().map(|row| Some(row.figure)).collect();
        let top = highest(&figures).max(f64::MIN_POSITIVE);
        for (place, row) in self.rows.iter().enumerate() {
            let y = place as f64 * ROW;
            drawing.text("text", &[("x", &0), ("y", &At(y + 20.0))], &isolated(&cut(row.name)));
            let figure = self.writing.number(row.figure);
            let right: [super::drawing::Attribute<'_>; 4] =
                [("class", &"figure"), ("x", &WIDTH), ("y", &At(y + 20.0)), ("text-anchor", &"end")];
            drawing.text("text", &right, &figure);
            let share = if row.figure.is_finite() { (row.figure / top).clamp(0.0, 1.0) } else { 0.0 };
            let [y, height] = [At(y + 27.0), At(6.0)];
            drawing.empty("rect", &[("class", &"rail"), ("x", &0), ("y", &y), ("width", &WIDTH), ("height", &height)]);
            let width = At(share * WIDTH);
            drawing
                .empty("rect", &[("class", &"bar s0"), ("x", &0), ("y", &y), ("width", &width), ("height", &height)]);
        }
        drawing.close("svg");
        drawing.done()
    }
}

fn cut(name: &str) -> String {
    let mut letters = name.chars();
    let mut short: String = letters.by_ref().take(NAME).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::super::super::language::Language;
    use super::*;

    #[test]
    fn the_largest_is_as_wide_as_the_chart_and_names_are_only_text() {
        let long = "ã".repeat(100);
        let rows = vec![
            Rank { name: "</svg><script>\u{202e}", figure: 2000.0 },
            Rank { name: &long, figure: 500.0 },
            Rank { name: "none", figure: 0.0 },
            Rank { name: "odd", figure: f64::NAN },
        ];
        let svg =
            RankChart { title: "t", description: "", writing: Writing::of(Language::English), rows }.draw().to_string();
        assert!(svg.contains("viewBox=\"0 0 720 160\""), "{svg}");
        let bars: Vec<_> =
            svg.split("bar s0\" x=\"0\" y=\"").skip(1).map(|rest| rest.split("width=\"").nth(1).unwrap()).collect();
        let widths: Vec<_> = bars.iter().map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(widths, ["720", "180", "0", "0"]);
        assert!(svg.contains("\u{2068}&#60;/svg&#62;&#60;script&#62;\u{202e}\u{2069}</text>"), "{svg}");
        assert!(svg.contains(&format!("{}…\u{2069}", "ã".repeat(NAME))), "{svg}");
        assert!(svg.contains(">2,000</text>"));
    }
}
