//! [`Spread`]: what a figure usually is, and how far it strays.

use serde::{Deserialize, Serialize};

/// Mean and variance of the logarithms of a figure, the later ones weighing more.
///
/// Logarithms, because sizes and lengths stray by factors: twice as many is as far off as half as many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Spread {
    /// How many figures it is of; it stops at the memory's length.
    pub(super) count: u16,
    pub(super) mean: f32,
    pub(super) variance: f32,
}

impl Spread {
    /// What is believed before anything was seen.
    pub(super) const fn believed(mean: f32, variance: f32) -> Self {
        Self { count: 0, mean, variance }
    }

    /// Takes in a figure's logarithm. The first `memory` ones weigh alike; after that each new one weighs 1 / `memory`, and
    /// the old ones fade.
    pub(super) fn learn(&mut self, figure: f32, memory: u16) {
        if !figure.is_finite() {
            return;
        }
        self.count = self.count.saturating_add(1).min(memory.max(1));
        let weight = 1.0 / f32::from(self.count);
        let before = figure - self.mean;
        self.mean += weight * before;
        self.variance += weight * (before * (figure - self.mean) - self.variance);
    }

    /// This, drawn towards `wider`: with n figures it weighs n / (n + `doubt`). So one who was seen often speaks for itself,
    /// and one who was not is like all others.
    pub(super) fn within(self, wider: Spread, doubt: f32) -> Spread {
        let count = f32::from(self.count);
        let own = count / (count + doubt);
        let between = |own_figure: f32, wider: f32| own * own_figure + (1.0 - own) * wider;
        Spread {
            count: self.count,
            mean: between(self.mean, wider.mean),
            variance: between(self.variance, wider.variance),
        }
    }

    /// Whether it can be reckoned with: what was kept may be anything.
    pub(super) fn is_sound(&self) -> bool {
        self.mean.is_finite() && self.mean.abs() < 30.0 && (0.0..100.0).contains(&self.variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_and_the_variance_are_those_of_the_figures_and_the_old_ones_fade() {
        let mut spread = Spread::default();
        for figure in [1.0, 2.0, 3.0, 4.0] {
            spread.learn(figure, 10);
        }
        assert!((spread.mean - 2.5).abs() < 1e-5 && (spread.variance - 1.25).abs() < 1e-5, "{spread:?}");
        for _ in 0..100 {
            spread.learn(9.0, 10);
        }
        assert!((spread.mean - 9.0).abs() < 0.01 && spread.variance < 0.1 && spread.count == 10, "{spread:?}");
        spread.learn(f32::NAN, 10);
        assert!(spread.is_sound());
    }

    #[test]
    fn one_that_was_seen_often_speaks_for_itself_and_a_new_one_is_like_the_others() {
        let wider = Spread::believed(2.0, 1.0);
        assert_eq!(Spread::default().within(wider, 3.0), wider);
        let mut own = Spread::default();
        (0..3).for_each(|_| own.learn(4.0, 8));
        let drawn = own.within(wider, 3.0);
        assert!((drawn.mean - 3.0).abs() < 1e-6 && (drawn.variance - 0.5).abs() < 1e-6);
    }
}
