//! [`Scale`]: from nought to a round number, in round steps.

/// Which figure is how high.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    /// The figures at which a line is drawn, from nought up.
    pub(super) lines: Vec<f64>,
    top: f64,
}

/// How many lines there are above nought, at most.
const LINES: f64 = 4.0;

impl Scale {
    /// A scale that has room for `highest`, whole numbers only where all are `whole`.
    pub(super) fn to(highest: f64, whole: bool) -> Self {
        let highest = if highest.is_finite() && highest > 0.0 { highest.min(1e15) } else { 1.0 };
        let rough = highest / LINES;
        let unit = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|round| round * unit).into_iter().find(|step| *step >= rough * 0.999);
        let mut step = step.unwrap_or(rough);
        if whole {
            step = if step > 2.0 && step < 3.0 { 3.0 } else { step.round().max(1.0) };
        }
        let count = (highest / step - 1e-9).ceil().max(1.0);
        let lines = (0..=count as u32).map(|line| f64::from(line) * step).collect();
        Self { lines, top: count * step }
    }

    /// How high `figure` is, from 0 to 1.
    pub(super) fn share(&self, figure: f64) -> f64 {
        (figure / self.top).clamp(0.0, 1.0)
    }
}

/// The largest of what is known.
pub(super) fn highest<'a>(figures: impl IntoIterator<Item = &'a Option<f64>>) -> f64 {
    figures.into_iter().flatten().copied().filter(|figure| figure.is_finite()).fold(0.0, f64::max)
}

/// Whether all that is known is whole.
pub(super) fn all_whole<'a>(figures: impl IntoIterator<Item = &'a Option<f64>>) -> bool {
    figures.into_iter().flatten().all(|figure| figure.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_round_few_and_above_all_figures() {
        for (highest, whole, lines) in [
            (0.0, true, vec![0.0, 1.0]),
            (1.0, true, vec![0.0, 1.0]),
            (3.0, true, vec![0.0, 1.0, 2.0, 3.0]),
            (7.0, true, vec![0.0, 2.0, 4.0, 6.0, 8.0]),
            (9.0, true, vec![0.0, 3.0, 6.0, 9.0]),
            (100.0, false, vec![0.0, 25.0, 50.0, 75.0, 100.0]),
            (0.7, false, vec![0.0, 0.2, 0.4, 0.6, 0.8]),
            (1234.0, true, vec![0.0, 500.0, 1000.0, 1500.0]),
        ] {
            let scale = Scale::to(highest, whole);
            let same = scale.lines.iter().zip(&lines).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(same && scale.lines.len() == lines.len(), "{highest}: {:?}", scale.lines);
        }
        for highest in [1e-9, 0.3, 17.0, 99.9, 1e6 + 1.0, 7.7e12, 1e30, f64::INFINITY, f64::NAN, -5.0] {
            let scale = Scale::to(highest, false);
            assert!((2..=6).contains(&scale.lines.len()), "{highest}: {:?}", scale.lines);
            assert!(scale.share(highest.min(1e15)) <= 1.0 || highest.is_nan());
        }
    }
}
