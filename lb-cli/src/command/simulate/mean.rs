//! [`Mean`]: a mean over seeds, and how sure it is; and figures as people read them.

use statrs::distribution::{ContinuousCDF, StudentsT};

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
        let (mean, error) = mean_and_error(values)?;
        let half = student(values).map(|student| student.inverse_cdf(0.975) * error);
        Some(Self { mean, half })
    }

    /// With so many digits behind the point, and how sure it is.
    pub(super) fn text(self, decimals: usize) -> String {
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

/// The mean of whole figures, such as user-minutes, and how sure it is.
pub(super) fn mean_text(values: &[f64]) -> String {
    Mean::of(values).map_or("-".to_owned(), |mean| mean.text(0))
}

/// How likely a mean as far from zero as that of these comes by chance where the true one is zero: the two-sided t-test. One
/// value alone tells nothing.
pub(super) fn chance(differences: &[f64]) -> f64 {
    match (student(differences), mean_and_error(differences)) {
        // without any error it is as far as can be
        (Some(student), Some((mean, error))) if mean != 0.0 => 2.0 * student.cdf(-(mean.abs() / error)),
        _ => 1.0,
    }
}

/// The mean, and its standard error; `None` of none.
fn mean_and_error(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (count > 0.0).then(|| (mean, (variance / count).sqrt()))
}

/// Student's distribution for the mean of so many; `None` where there are too few.
fn student(values: &[f64]) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, values.len() as f64 - 1.0).ok()
}

/// `1 run`, `2 runs`.
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", self::number(number as f64), if number == 1 { "" } else { "s" })
}

/// Whole, with thousands apart.
pub(super) fn number(value: f64) -> String {
    number_to(value, 0)
}

/// With so many digits behind the point, and thousands apart.
pub(super) fn number_to(value: f64, decimals: usize) -> String {
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
        assert_eq!(mean.text(0), "1,235 ± 56");
        assert_eq!(Mean { half: Some(0.0), ..mean }.text(1), "1,234.6");
    }

    #[test]
    fn chance_is_that_of_the_t_test() {
        // t = 3 / (1 / √3) with 2 degrees of freedom: p = 0.0351 (and 4.3027 is where p = 0.05)
        assert!((chance(&[2.0, 3.0, 4.0]) - 0.0351).abs() < 1e-4);
        assert!((chance(&[4.3027 - 3_f64.sqrt(), 4.3027, 4.3027 + 3_f64.sqrt()]) - 0.05).abs() < 1e-4);
        assert_eq!(chance(&[-2.0, -3.0, -4.0]), chance(&[2.0, 3.0, 4.0]));
        assert_eq!((chance(&[5.0, 5.0]), chance(&[0.0, 0.0]), chance(&[5.0]), chance(&[])), (0.0, 1.0, 1.0, 1.0));
        assert_eq!(
            (counted(1, "run"), counted(0, "run"), counted(1200, "run")),
            ("1 run".to_owned(), "0 runs".to_owned(), "1,200 runs".to_owned())
        );
    }
}
