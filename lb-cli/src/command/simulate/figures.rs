//! Means over seeds, with the half of their 95 % confidence intervals.

use lb_core::simulation::Measures;
use serde_json::{Map, Value};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::play::PlayedWorkload;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Overloaded,
    OverloadedShare,
    P99,
    Peak,
    Imbalance,
    Latency,
    Refused,
    Moved,
}

impl Figure {
    pub(super) const ALL: [Self; 8] = [
        Self::Overloaded,
        Self::OverloadedShare,
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
            Self::P99 => "p99",
            Self::Peak => "peak",
            Self::Imbalance => "imbalance",
            Self::Latency => "latency",
            Self::Refused => "refused",
            Self::Moved => "moved",
        }
    }

    /// What one run has; `None` where there is no such thing.
    pub(super) fn of(self, measures: &Measures) -> Option<f64> {
        Some(match self {
            Self::Overloaded => measures.overloaded_user_minutes,
            Self::OverloadedShare if measures.user_minutes > 0.0 => {
                100.0 * measures.overloaded_user_minutes / measures.user_minutes
            }
            Self::OverloadedShare => return None,
            Self::P99 => measures.p99_utilisation,
            Self::Peak => measures.peak_utilisation,
            Self::Imbalance => measures.imbalance,
            Self::Latency => return measures.mean_latency_ms,
            Self::Refused => measures.refused as f64,
            Self::Moved => measures.moved as f64,
        })
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

    pub(super) fn text(self) -> String {
        match self.half {
            Some(half) => format!("{} ± {}", number(self.mean), number(half)),
            None => number(self.mean),
        }
    }
}

pub(super) fn mean_text(values: &[f64]) -> String {
    Mean::of(values).map_or("-".to_owned(), Mean::text)
}

/// Large ones whole with thousands apart, small ones with what matters of them.
pub(super) fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        return if value == value.round() { format!("{value:.0}") } else { format!("{value:.2}") };
    }
    let digits = format!("{:.0}", value.abs());
    let first = digits.len() % 3;
    let mut text = digits.get(..first).unwrap_or_default().to_owned();
    for group in digits.as_bytes().get(first..).unwrap_or_default().chunks(3) {
        if !text.is_empty() {
            text.push(',');
        }
        text.extend(group.iter().map(|digit| char::from(*digit)));
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// What came of one policy.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) policy: String,
    pub(super) figures: Vec<(Figure, Option<Mean>)>,
}

impl Line {
    pub(super) fn mean(&self, figure: Figure) -> Option<Mean> {
        self.figures.iter().find(|(known, _)| *known == figure).and_then(|(_, mean)| *mean)
    }

    pub(super) fn as_row(&self) -> Value {
        let figures = self.figures.iter().map(|(figure, mean)| {
            let text = mean.map_or("-".to_owned(), |mean| {
                if *figure == Figure::OverloadedShare { format!("{:.2} %", mean.mean) } else { mean.text() }
            });
            (figure.key().to_owned(), Value::String(text))
        });
        let mut row: Map<_, _> = figures.collect();
        row.insert("policy".to_owned(), Value::String(self.policy.clone()));
        Value::Object(row)
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
    let mut lines: Vec<_> = names
        .into_iter()
        .map(|name| {
            let of = |figure: Figure| {
                let runs = workload.runs.iter().filter(|run| run.policy == name);
                let values: Vec<_> = runs.filter_map(|run| figure.of(&run.measures)).collect();
                (figure, Mean::of(&values))
            };
            Line { policy: name.to_owned(), figures: Figure::ALL.map(of).into() }
        })
        .collect();
    let overloaded = |line: &Line| line.mean(Figure::Overloaded).map_or(f64::INFINITY, |mean| mean.mean);
    lines.sort_by(|a, b| overloaded(a).total_cmp(&overloaded(b)));
    lines
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
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (0.126, "0.13"),
            (12.0, "12"),
            (99.994, "99.99"),
            (123.4, "123"),
            (1234.0, "1,234"),
            (-9_876_543.0, "-9,876,543"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
