//! [`BarChart`]: figures by step, beside or upon each other.

use super::axis::Plot;
use super::drawing::{At, Drawing, Svg};
use super::scale::{Scale, all_whole, highest};
use super::writing::Writing;
use super::{WIDTH, mark};

/// How many words stand below, at most.
const WORDS: usize = 7;

/// From one to the next there are so many steps: hours that people think in, and weeks of days.
const EVERY: [usize; 9] = [1, 2, 3, 4, 6, 7, 12, 14, 24];

/// Figures by step. For more than some hundred steps a [`LineChart`](super::LineChart) is better.
#[derive(Debug)]
pub(crate) struct BarChart<'a> {
    /// Unique on the page, of letters and digits: patterns are named by it.
    pub(crate) id: &'a str,
    /// What it shows, for those who do not see it; the caption says the same.
    pub(crate) title: &'a str,
    /// What is to be seen in it.
    pub(crate) description: &'a str,
    /// How numbers are written.
    pub(crate) writing: &'a Writing,
    /// Upon each other and not beside: where together they are something.
    pub(crate) stacked: bool,
    /// The steps, as they are called where one is pointed at.
    pub(crate) steps: &'a [String],
    /// The same, below the chart; some of them are left out.
    pub(crate) words: &'a [String],
    /// What is shown of each.
    pub(crate) series: Vec<BarSeries<'a>>,
}

/// One figure of each step.
#[derive(Debug)]
pub(crate) struct BarSeries<'a> {
    /// What it is.
    pub(crate) name: &'a str,
    /// How much, for each step; nothing where it is not known.
    pub(crate) figures: Vec<Option<f64>>,
}

impl BarChart<'_> {
    /// Draws it, `height` units high; it is 720 wide.
    pub(crate) fn draw(&self, height: f64) -> Svg {
        let (plot, mut drawing) = (Plot { height }, Drawing::default());
        drawing.svg("bars", [0.0, 0.0, WIDTH, height], self.title, self.description);
        mark::patterns(&mut drawing, self.id, self.series.len());
        let all = || self.series.iter().flat_map(|series| &series.figures);
        let top = if self.stacked { highest(&self.heights()) } else { highest(all()) };
        let scale = Scale::to(top, all_whole(all()));
        plot.lines(&mut drawing, &scale);
        let slot = WIDTH / self.steps.len().max(1) as f64;
        let needed = self.steps.len().div_ceil(WORDS).max(1);
        let every = EVERY.into_iter().find(|every| *every >= needed).unwrap_or(needed);
        for (step, word) in self.steps.iter().enumerate() {
            let left = step as f64 * slot;
            if step % every == 0 {
                let word = self.words.get(step).unwrap_or(word);
                plot.word(&mut drawing, left + slot / 2.0, word);
            }
            self.bars(&mut drawing, plot, &scale, (step, word), left, slot);
        }
        plot.figures(&mut drawing, &scale, self.writing);
        drawing.close("svg");
        drawing.done()
    }

    fn bars(
        &self,
        drawing: &mut Drawing,
        plot: Plot,
        scale: &Scale,
        (step, word): (usize, &str),
        left: f64,
        slot: f64,
    ) {
        let beside = if self.stacked { 1 } else { self.series.len().max(1) };
        // many narrow bars stand close, few wide ones do not become walls
        let room = if slot < 4.0 { slot } else { (slot * 0.72).min(56.0 * beside as f64) };
        let width = room / beside as f64;
        let mut below = 0.0;
        for (number, series) in self.series.iter().enumerate() {
            let Some(figure) = series.figures.get(step).copied().flatten().filter(|figure| *figure > 0.0) else {
                continue;
            };
            let place = if self.stacked { 0 } else { number };
            let x = left + (slot - room) / 2.0 + place as f64 * width;
            let (y, ground) = (plot.y(scale, below + figure), plot.y(scale, below));
            if self.stacked {
                below += figure;
            }
            let class = mark::class_of(number);
            let fill = mark::filling(self.id, number);
            let class = if fill.is_some() { format!("edge {class}") } else { format!("bar {class}") };
            let fill = fill.unwrap_or_else(|| "none".to_owned());
            drawing.open(
                "rect",
                &[
                    ("class", &class),
                    ("fill", &fill),
                    ("x", &At(x)),
                    ("y", &At(y)),
                    ("width", &At((width - gap(width)).max(0.5))),
                    ("height", &At((ground - y).max(0.5))),
                ],
            );
            let name = if self.series.len() > 1 { format!("{word}, {}", series.name) } else { word.to_owned() };
            drawing.text("title", &[], &format!("{name}: {}", self.writing.number(figure)));
            drawing.close("rect");
        }
    }

    fn heights(&self) -> Vec<Option<f64>> {
        let of = |step: usize| self.series.iter().filter_map(move |series| series.figures.get(step).copied().flatten());
        (0..self.steps.len()).map(|step| Some(of(step).filter(|figure| *figure > 0.0).sum())).collect()
    }
}

fn gap(width: f64) -> f64 {
    if width < 4.0 { 0.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::super::language::Language;
    use super::*;

    fn chart(stacked: bool, steps: &[String], series: Vec<BarSeries<'_>>) -> String {
        let (id, title, description) = ("m", "Meetings", "");
        BarChart {
            id,
            title,
            description,
            writing: Writing::of(Language::Portuguese),
            stacked,
            steps,
            words: steps,
            series,
        }
        .draw(150.0)
        .to_string()
    }

    fn series(name: &str, figures: impl IntoIterator<Item = f64>) -> BarSeries<'_> {
        BarSeries { name, figures: figures.into_iter().map(Some).collect() }
    }

    #[test]
    fn a_bar_is_as_high_as_its_figure_and_nought_has_none() {
        let steps = ["a", "b", "c"].map(str::to_owned);
        let svg = chart(false, &steps, vec![series("x", [4.0, 0.0, 2.0])]);
        assert!(svg.contains("y=\"22\" width=\"55\" height=\"100\"><title>a: 4</title>"), "{svg}");
        assert!(svg.contains("y=\"72\" width=\"55\" height=\"50\"><title>c: 2</title>"), "{svg}");
        assert_eq!(svg.matches("<rect class=\"bar s0\"").count(), 2);
    }

    #[test]
    fn upon_each_other_they_are_as_high_as_together() {
        let steps = ["a".to_owned()];
        let svg = chart(true, &steps, vec![series("x", [3.0]), series("y", [1.0])]);
        assert!(svg.contains("y=\"47\" width=\"55\" height=\"75\"><title>a, x: 3</title>"), "{svg}");
        assert!(
            svg.contains("fill=\"url(#m-p1)\" x=\"332\" y=\"22\" width=\"55\" height=\"25\"><title>a, y: 1</title>"),
            "{svg}"
        );
        assert!(svg.contains("<pattern id=\"m-p1\""), "{svg}");
    }

    #[test]
    fn many_steps_have_few_words() {
        let steps: Vec<String> = (0..365).map(|day| format!("d{day}")).collect();
        let svg = chart(false, &steps, vec![series("x", (0..365).map(f64::from))]);
        assert_eq!(svg.matches("<text x=").count(), 7);
        let none = chart(true, &[], Vec::new());
        assert!(none.ends_with("</svg>") && !none.contains("NaN"), "{none}");
    }
}
