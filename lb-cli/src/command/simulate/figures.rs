//! Means over seeds, with the half of their 95 % confidence intervals.

use serde_json::{Map, Value};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::play::{CLAIRVOYANT, PlayedWorkload, Run};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Overloaded,
    OverloadedShare,
    AboveBound,
    AboveClairvoyant,
    P99,
    Peak,
    Imbalance,
    Latency,
    Refused,
    Moved,
}

impl Figure {
    pub(super) const ALL: [Self; 10] = [
        Self::Overloaded,
        Self::OverloadedShare,
        Self::AboveBound,
        Self::AboveClairvoyant,
        Self::P99,
        Self::Peak,
        Self::Imbalance,
        Self::Latency,
        Self::Refused,
        Self::Moved,
    ];

    /// Its name in a row.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::OverloadedShare => "overloaded_share",
            Self::AboveBound => "above_bound",
            Self::AboveClairvoyant => "above_clairvoyant",
            Self::P99 => "p99",
            Self::Peak => "peak",
            Self::Imbalance => "imbalance",
            Self::Latency => "latency",
            Self::Refused => "refused",
            Self::Moved => "moved",
        }
    }

    /// What one run has, where the clairvoyant had so many overloaded user-minutes by the same seed; `None` where there is no
    /// such thing.
    fn of(self, run: &Run, clairvoyant: Option<f64>) -> Option<f64> {
        let measures = &run.measures;
        let overloaded = measures.overloaded_user_minutes;
        Some(match self {
            Self::Overloaded => overloaded,
            Self::OverloadedShare if measures.user_minutes > 0.0 => 100.0 * overloaded / measures.user_minutes,
            Self::OverloadedShare => return None,
            Self::AboveBound => overloaded - run.bound,
            Self::AboveClairvoyant => overloaded - clairvoyant?,
            Self::P99 => measures.p99_utilisation,
            Self::Peak => measures.peak_utilisation,
            Self::Imbalance => measures.imbalance,
            Self::Latency => return measures.mean_latency_ms,
            Self::Refused => measures.refused as f64,
            Self::Moved => measures.moved as f64,
        })
    }

    /// How many digits stand behind the point.
    fn decimals(self) -> usize {
        match self {
            Self::OverloadedShare => 2,
            Self::P99 | Self::Peak | Self::Imbalance | Self::Latency => 1,
            Self::Overloaded | Self::AboveBound | Self::AboveClairvoyant | Self::Refused | Self::Moved => 0,
        }
    }

    /// The mean alone.
    pub(super) fn short(self, mean: Mean) -> String {
        number_to(mean.mean, self.decimals())
    }

    /// The mean, and how sure it is.
    pub(super) fn text(self, mean: Mean) -> String {
        mean.text_to(self.decimals())
    }
}

/// A mean, and how far from it the true one may be: half of the 95 % confidence interval by Student's t. Absent where one run
/// tells nothing of that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) mean: f64,
    pub(super) half: Option<f64>,
}

impl Mean {
    /// Of these; `None` of none.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let half = StudentsT::new(0.0, 1.0, count - 1.0).ok().map(|student| {
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
            student.inverse_cdf(0.975) * (variance / count).sqrt()
        });
        Some(Self { mean, half })
    }

    fn text_to(self, decimals: usize) -> String {
        let mean = number_to(self.mean, decimals);
        match self.half {
            // all are the same
            None | Some(0.0) => mean,
            Some(half) => format!("{mean} ± {}", number_to(half, decimals)),
        }
    }

    /// Whether it is above nothing beyond chance.
    pub(super) fn is_certainly_above_zero(self) -> bool {
        self.mean > 0.0 && self.half.is_some_and(|half| self.mean > half)
    }
}

/// The mean of overloaded user-minutes.
pub(super) fn mean_text(values: &[f64]) -> String {
    Mean::of(values).map_or("-".to_owned(), |mean| Figure::Overloaded.text(mean))
}

/// Whole, with thousands apart.
pub(super) fn number(value: f64) -> String {
    number_to(value, 0)
}

/// With so many digits behind the point, and thousands apart.
fn number_to(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let first = whole.len() % 3;
    let mut text = whole.get(..first).unwrap_or_default().to_owned();
    for group in whole.as_bytes().get(first..).unwrap_or_default().chunks(3) {
        if !text.is_empty() {
            text.push(',');
        }
        text.extend(group.iter().map(|digit| char::from(*digit)));
    }
    text.push_str(rest);
    // nothing is not less than nothing
    let is_nothing = !text.contains(|digit: char| ('1'..='9').contains(&digit));
    if value < 0.0 && !is_nothing { format!("-{text}") } else { text }
}

/// What came of one policy.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) policy: String,
    pub(super) rank: Rank,
    pub(super) figures: Vec<(Figure, Option<Mean>)>,
}

impl Line {
    pub(super) fn mean(&self, figure: Figure) -> Option<Mean> {
        self.figures.iter().find(|(known, _)| *known == figure).and_then(|(_, mean)| *mean)
    }

    pub(super) fn as_row(&self) -> Value {
        let figures = self.figures.iter().map(|(figure, mean)| {
            // how sure the share is, the first figure says
            let text = |mean| if *figure == Figure::OverloadedShare { figure.short(mean) } else { figure.text(mean) };
            (figure.key().to_owned(), Value::String(mean.map_or("-".to_owned(), text)))
        });
        let mut row: Map<_, _> = figures.collect();
        row.insert("policy".to_owned(), Value::String(self.policy.clone()));
        row.insert("rank".to_owned(), Value::String(self.rank.mark().to_owned()));
        Value::Object(row)
    }
}

/// How a policy stands among those that do not know the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// None has fewer overloaded user-minutes in the mean.
    Fewest,
    /// By chance the fewest might be its own: seed by seed the difference has zero in its 95 % interval.
    MaybeFewest,
    /// It certainly has more, or knows the future.
    Other,
}

impl Rank {
    fn mark(self) -> &'static str {
        match self {
            Self::Fewest => "*",
            Self::MaybeFewest => "~",
            Self::Other => "",
        }
    }
}

/// A line for each policy, the one with the fewest overloaded user-minutes first.
pub(super) fn lines(workload: &PlayedWorkload) -> Vec<Line> {
    let mut names: Vec<&str> = Vec::new();
    for run in &workload.runs {
        if !names.contains(&run.policy.as_str()) {
            names.push(&run.policy);
        }
    }
    let seer = workload.overloaded(CLAIRVOYANT);
    let mut lines: Vec<_> = names
        .into_iter()
        .map(|name| {
            let of = |figure: Figure| {
                let runs = workload.runs.iter().filter(|run| run.policy == name).enumerate();
                let values: Vec<_> = runs.filter_map(|(seed, run)| figure.of(run, seer.get(seed).copied())).collect();
                (figure, Mean::of(&values))
            };
            Line { policy: name.to_owned(), rank: Rank::Other, figures: Figure::ALL.map(of).into() }
        })
        .collect();
    let overloaded = |line: &Line| line.mean(Figure::Overloaded).map_or(f64::INFINITY, |mean| mean.mean);
    lines.sort_by(|a, b| overloaded(a).total_cmp(&overloaded(b)));
    rank(&mut lines, workload);
    lines
}

/// Marks the best of the lines, which are in order, and those that may be as good.
fn rank(lines: &mut [Line], workload: &PlayedWorkload) {
    let mut guessing = lines.iter_mut().filter(|line| line.policy != CLAIRVOYANT);
    let Some(best) = guessing.next() else { return };
    best.rank = Rank::Fewest;
    let least = workload.overloaded(&best.policy);
    for line in guessing {
        let more: Vec<_> =
            workload.overloaded(&line.policy).iter().zip(&least).map(|(one, least)| one - least).collect();
        let same = more.iter().all(|more| *more == 0.0);
        // one seed alone tells no more than that they are the same
        let is_open = more.len() > 1 && Mean::of(&more).is_some_and(|mean| !mean.is_certainly_above_zero());
        if same || is_open {
            line.rank = Rank::MaybeFewest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_its_students_interval_and_one_value_has_none() {
        let mean = Mean::of(&[4.0, 6.0, 8.0]).unwrap();
        // t(0.975, 2) = 4.3027, standard deviation 2
        assert!((mean.mean - 6.0).abs() < 1e-12 && (mean.half.unwrap() - 4.3027 * 2.0 / 3_f64.sqrt()).abs() < 1e-3);
        assert_eq!(Mean::of(&[5.0]), Some(Mean { mean: 5.0, half: None }));
        assert_eq!(Mean::of(&[]), None);
    }

    #[test]
    fn numbers_have_thousands_apart_and_as_many_digits_as_their_figure() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (-0.3, 0, "0"),
            (0.126, 2, "0.13"),
            (12.0, 1, "12.0"),
            (999.96, 1, "1,000.0"),
            (1234.0, 0, "1,234"),
            (-9_876_543.0, 0, "-9,876,543"),
        ] {
            assert_eq!(number_to(value, decimals), text);
        }
        let mean = Mean { mean: 1234.6, half: Some(55.5) };
        assert_eq!(Figure::Overloaded.text(mean), "1,235 ± 56");
        assert_eq!(Figure::Peak.text(Mean { half: Some(0.0), ..mean }), "1,234.6");
    }

    /// What each policy had by each seed, where nobody could have fewer than 10.
    fn workload(had: &[(&str, &[f64])]) -> PlayedWorkload {
        let measures = |overloaded| lb_core::simulation::Measures {
            user_minutes: 1000.0,
            overloaded_user_minutes: overloaded,
            ..Default::default()
        };
        let seeds = had.first().map_or(0, |(_, all)| all.len());
        let runs = (0..seeds).flat_map(|seed| {
            had.iter().map(move |(policy, all)| Run {
                policy: (*policy).to_owned(),
                seed: seed as u64,
                bound: 10.0,
                measures: measures(all[seed]),
                course: None,
            })
        });
        PlayedWorkload { name: "test".to_owned(), servers: 1, seeds, begins: Default::default(), runs: runs.collect() }
    }

    #[test]
    fn the_best_is_marked_and_who_may_be_as_good_and_how_far_all_are_from_what_can_be() {
        let lines = lines(&workload(&[
            ("worse", &[310.0, 410.0, 510.0]),
            ("alike", &[90.0, 230.0, 310.0]),
            ("best", &[100.0, 200.0, 300.0]),
            (CLAIRVOYANT, &[20.0, 20.0, 20.0]),
        ]));
        let told: Vec<_> = lines.iter().map(|line| (line.policy.as_str(), line.rank)).collect();
        let expected =
            [(CLAIRVOYANT, Rank::Other), ("best", Rank::Fewest), ("alike", Rank::MaybeFewest), ("worse", Rank::Other)];
        assert_eq!(told, expected);
        let best = &lines[1];
        let mean = |figure| best.mean(figure).unwrap().mean;
        assert_eq!((mean(Figure::AboveBound), mean(Figure::AboveClairvoyant)), (190.0, 180.0));
        assert_eq!((mean(Figure::OverloadedShare), best.as_row()["rank"].as_str().unwrap()), (20.0, "*"));
    }

    #[test]
    fn one_seed_makes_nobody_alike_but_who_is_the_same() {
        let lines = lines(&workload(&[("one", &[5.0]), ("same", &[5.0]), ("other", &[6.0])]));
        assert_eq!(
            lines.iter().map(|line| line.rank).collect::<Vec<_>>(),
            [Rank::Fewest, Rank::MaybeFewest, Rank::Other]
        );
        assert_eq!(lines[0].mean(Figure::AboveClairvoyant), None);
    }
}
