//! What is compared of each policy, as means over seeds, and which policy is the best.

use serde_json::{Map, Value};

use super::mean::{Mean, number_to};
use super::play::{CLAIRVOYANT, PlayedWorkload, Run};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    /// User-minutes on overloaded servers, refused and lost: what counts.
    Suffered,
    SufferedShare,
    AboveBound,
    AboveClairvoyant,
    /// Those on overloaded servers alone.
    Overloaded,
    P99,
    Peak,
    Imbalance,
    Latency,
    Refused,
    Moved,
}

impl Figure {
    pub(super) const ALL: [Self; 11] = [
        Self::Suffered,
        Self::SufferedShare,
        Self::AboveBound,
        Self::AboveClairvoyant,
        Self::Overloaded,
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
            Self::Suffered => "suffered",
            Self::SufferedShare => "suffered_share",
            Self::Overloaded => "overloaded",
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

    /// What one run has, where the clairvoyant had so many suffered user-minutes by the same seed; `None` where there is no
    /// such thing.
    fn of(self, run: &Run, clairvoyant: Option<f64>) -> Option<f64> {
        let measures = &run.measures;
        let suffered = measures.suffered_user_minutes();
        Some(match self {
            Self::Suffered => suffered,
            Self::SufferedShare if measures.user_minutes > 0.0 => 100.0 * suffered / measures.user_minutes,
            Self::SufferedShare => return None,
            Self::AboveBound => suffered - run.bound,
            Self::AboveClairvoyant => suffered - clairvoyant?,
            Self::Overloaded => measures.overloaded_user_minutes,
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
            Self::SufferedShare => 2,
            Self::P99 | Self::Peak | Self::Imbalance | Self::Latency => 1,
            Self::Suffered
            | Self::AboveBound
            | Self::AboveClairvoyant
            | Self::Overloaded
            | Self::Refused
            | Self::Moved => 0,
        }
    }

    /// The mean alone.
    pub(super) fn short(self, mean: Mean) -> String {
        number_to(mean.mean, self.decimals())
    }

    /// The mean, and how sure it is.
    pub(super) fn text(self, mean: Mean) -> String {
        mean.text(self.decimals())
    }
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
            // how sure all of it is, the first figure says
            let text = |mean| if *figure == Figure::Suffered { figure.text(mean) } else { figure.short(mean) };
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
    /// None has fewer suffered user-minutes in the mean.
    Fewest,
    /// By chance the fewest might be its own: seed by seed the difference has zero in its 95 % interval, which is of this one
    /// comparison alone.
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

/// A line for each policy, the one with the fewest suffered user-minutes first.
pub(super) fn lines(workload: &PlayedWorkload) -> Vec<Line> {
    let mut names: Vec<&str> = Vec::new();
    for run in &workload.runs {
        if !names.contains(&run.policy.as_str()) {
            names.push(&run.policy);
        }
    }
    let seer = workload.suffered(CLAIRVOYANT);
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
    let suffered = |line: &Line| line.mean(Figure::Suffered).map_or(f64::INFINITY, |mean| mean.mean);
    lines.sort_by(|a, b| suffered(a).total_cmp(&suffered(b)));
    rank(&mut lines, workload);
    lines
}

/// Marks the best of the lines, which are in order, and those that may be as good.
fn rank(lines: &mut [Line], workload: &PlayedWorkload) {
    let mut guessing = lines.iter_mut().filter(|line| line.policy != CLAIRVOYANT);
    let Some(best) = guessing.next() else { return };
    best.rank = Rank::Fewest;
    let least = workload.suffered(&best.policy);
    for line in guessing {
        let more: Vec<_> = workload.suffered(&line.policy).iter().zip(&least).map(|(one, least)| one - least).collect();
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

    /// What each policy had by each seed, where nobody could have fewer than 10.
    fn workload(had: &[(&str, &[f64])]) -> PlayedWorkload {
        // one of them refused, whom none may forget
        let measures = |suffered| lb_core::simulation::Measures {
            user_minutes: 1000.0,
            overloaded_user_minutes: suffered - 1.0,
            refused_user_minutes: 1.0,
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
        PlayedWorkload {
            name: "test".to_owned(),
            servers: 1,
            seeds,
            history: Default::default(),
            begins: Default::default(),
            runs: runs.collect(),
        }
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
        assert_eq!((mean(Figure::SufferedShare), best.as_row()["rank"].as_str().unwrap()), (20.0, "*"));
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
