//! The charts of a report.

use lb_core::report::{By, Figures, Step};

use super::figure::Figure;
use super::tables::Maker;
use crate::pages::chart::{BarChart, BarSeries, Legend, LineChart, LineSeries, Rank, RankChart, Svg, Writing};
use crate::pages::words::fill;

/// A chart with what stands around it.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) caption: String,
    pub(crate) drawing: Svg,
    pub(crate) legend: Svg,
}

/// More steps than these are a line and no bars.
const BARS: usize = 62;

/// So many groups have a colour of their own; the others have one together.
const COLOURS: usize = 5;

/// So many groups are ranked.
const RANKED: usize = 12;

const HEIGHT: f64 = 230.0;

impl Maker<'_> {
    /// How it went, where the period is cut.
    pub(super) fn courses(&self) -> Vec<Picture> {
        if self.table.step == Step::Whole || self.table.steps.len() < 2 {
            return Vec::new();
        }
        let mut pictures = vec![
            self.course("m", Figure::Meetings),
            self.course("p", Figure::Participants),
            self.course("t", Figure::Minutes),
            self.peaks(),
        ];
        if self.table.total.recordings > 0 {
            pictures.push(self.course("f", Figure::Recordings));
        }
        if self.table.total.refused_calls() > 0 {
            pictures.push(self.course("r", Figure::Refused));
        }
        pictures
    }

    /// Groups by what they have used.
    pub(super) fn ranks(&self) -> Vec<Picture> {
        if self.table.by == By::Nothing || self.table.groups.len() < 2 {
            return Vec::new();
        }
        [Figure::Minutes, Figure::Meetings].into_iter().map(|figure| self.rank(figure)).collect()
    }

    fn rank(&self, figure: Figure) -> Picture {
        let mut groups: Vec<(String, f64)> = self
            .table
            .groups
            .iter()
            .map(|row| (self.group(row.group.as_deref()), value(figure, &row.figures)))
            .collect();
        groups.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown = groups.len().min(RANKED);
        let all = groups.len();
        let description = fill(self.words.reports.rank_says, &[&shown, &all]);
        let rows = groups.iter().take(RANKED).map(|(name, figure)| Rank { name, figure: *figure }).collect();
        let caption = fill(self.words.reports.ranked, &[&figure.word(self.words), &self.group_head().to_lowercase()]);
        let chart = RankChart { title: &caption, description: &description, writing: self.writing(), rows };
        Picture { drawing: chart.draw(), caption, legend: Svg::default() }
    }

    /// One figure in each step. What can be added is shown by group.
    fn course(&self, id: &str, figure: Figure) -> Picture {
        let caption = figure.word(self.words).to_owned();
        let all: Vec<f64> = self.table.in_steps.iter().map(|figures| value(figure, figures)).collect();
        let most = all.iter().copied().fold(0.0, f64::max);
        let total = figure.said(&self.table.total, self.language);
        let description = fill(self.words.reports.chart_says, &[&total, &figure.written(most, self.language)]);
        if all.len() > BARS {
            let points = self.at_steps(&all);
            let series = vec![LineSeries { name: &caption, points }];
            let drawing = self.line(&caption, &description, series, true);
            return Picture { drawing, caption, legend: Svg::default() };
        }
        let steps: Vec<String> = self.table.steps.iter().map(|step| self.named(step)).collect();
        let words: Vec<String> = self.table.steps.iter().map(|step| self.short(step)).collect();
        // people who were in meetings of two groups are two in both: what is shown upon each other is the sum
        let parts = if matches!(figure, Figure::Meetings | Figure::Minutes) { self.parts(figure) } else { Vec::new() };
        let bars = |figures: &[f64]| figures.iter().map(|figure| Some(*figure)).collect();
        let series = if parts.len() > 1 {
            parts.iter().map(|(name, figures)| BarSeries { name, figures: bars(figures) }).collect()
        } else {
            vec![BarSeries { name: &caption, figures: bars(&all) }]
        };
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        let id = format!("bars-{id}");
        let chart = BarChart {
            id: &id,
            title: &caption,
            description: &description,
            writing: self.writing(),
            stacked: true,
            steps: &steps,
            words: &words,
            series,
        };
        Picture { drawing: chart.draw(HEIGHT), legend: Legend::Bars(&id).of(&names), caption }
    }

    /// The figure of the largest groups, and of all others together, in each step.
    fn parts(&self, figure: Figure) -> Vec<(String, Vec<f64>)> {
        if self.table.by == By::Nothing || self.table.groups.len() < 2 {
            return Vec::new();
        }
        // by the same figure in each chart: a group has one colour on the whole page
        let mut groups: Vec<_> =
            self.table.groups.iter().map(|row| (value(Figure::Minutes, &row.figures), &row.group)).collect();
        groups.sort_by(|a, b| b.0.total_cmp(&a.0));
        let own = if groups.len() > COLOURS + 1 { COLOURS } else { groups.len() };
        let mut parts: Vec<(String, Vec<f64>)> = groups
            .iter()
            .take(own)
            .map(|(_, name)| (self.group(name.as_deref()), vec![0.0; self.table.steps.len()]))
            .collect();
        if own < groups.len() {
            parts.push((self.words.reports.others.to_owned(), vec![0.0; self.table.steps.len()]));
        }
        for row in &self.table.rows {
            let place = groups.iter().take(own).position(|(_, name)| **name == row.group).unwrap_or(own);
            let step = row.step.unwrap_or(usize::MAX);
            if let Some(sum) = parts.get_mut(place).and_then(|(_, steps)| steps.get_mut(step)) {
                *sum += value(figure, &row.figures);
            }
        }
        parts
    }

    fn peaks(&self) -> Picture {
        let w = &self.words.reports;
        let of = |figure: Figure| self.table.in_steps.iter().map(|figures| value(figure, figures)).collect::<Vec<_>>();
        let series = [Figure::PeakUsers, Figure::PeakMeetings]
            .map(|figure| LineSeries { name: figure.word(self.words), points: self.at_steps(&of(figure)) });
        let said = |figure: Figure| figure.said(&self.table.total, self.language);
        let description = fill(w.peaks_say, &[&said(Figure::PeakUsers), &said(Figure::PeakMeetings)]);
        let drawing = self.line(w.peaks, &description, series.into(), false);
        let legend = Legend::Lines.of(&[w.peak_users, w.peak_meetings]);
        Picture { caption: w.peaks.to_owned(), drawing, legend }
    }

    /// Each figure in the middle of its step.
    fn at_steps(&self, figures: &[f64]) -> Vec<(i64, Option<f64>)> {
        let steps = self.table.steps.iter().zip(figures);
        let now = self.table.made_at;
        // what has not come yet is not known
        let known = steps.map(|(step, figure)| {
            let middle = (step.from.as_millis() + step.until.as_millis()) / 2;
            (i64::try_from(middle).unwrap_or_default(), (step.from <= now).then_some(*figure))
        });
        known.collect()
    }

    fn line(&self, title: &str, description: &str, series: Vec<LineSeries<'_>>, filled: bool) -> Svg {
        let millis = |at: lb_core::Timestamp| i64::try_from(at.as_millis()).unwrap_or_default();
        let (from, until) = (millis(self.table.from), millis(self.table.until));
        let (zone, writing) = (&self.period.clock(), self.writing());
        LineChart { title, description, from, until, zone, writing, filled, top: None, series }.draw(HEIGHT)
    }

    pub(super) fn writing(&self) -> &'static Writing {
        Writing::of(self.language)
    }
}

fn value(figure: Figure, figures: &Figures) -> f64 {
    figure.of(figures).unwrap_or_default()
}
