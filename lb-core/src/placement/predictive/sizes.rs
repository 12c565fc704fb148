//! [`Sizes`]: what a meeting may turn out to be.

use super::forecast::Life;

/// How it goes on if it turns out so large, each with its chance.
pub(super) type Sizes = [(f32, Life); CHANCES.len()];

/// The sizes that are weighed: with which chance, and how many deviations of the logarithm from the middle. Their mean is 0
/// and their deviation nearly 1, as they should be, but they reach further up than down: most meetings are small, and one of a
/// hundred is a crowd.
pub(super) const CHANCES: [(f32, f32); 4] = [(0.5, -0.8), (0.4, 0.5), (0.09, 2.0), (0.01, 3.0)];

/// Nobody is prepared for more users in one meeting than this unless more are expected or there: it is half as many again as
/// BBB's rule of thumb has for a whole server of 8 cores.
pub(super) const LARGEST: f32 = 300.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chances_are_one_together_and_reach_as_far_as_a_deviation() {
        let sum = |of: fn(f32) -> f32| CHANCES.iter().map(|(chance, far)| chance * of(*far)).sum::<f32>();
        assert!((sum(|_| 1.0) - 1.0).abs() < 1e-6);
        assert!(sum(|far| far).abs() < 0.05 && (sum(|far| far * far) - 1.0).abs() < 0.15);
    }
}
