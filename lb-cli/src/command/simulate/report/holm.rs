//! [`certain`]: which of many comparisons are certain, all of them together.

/// How likely it may be that any of those called certain is so by chance alone.
const ERROR: f64 = 0.05;

/// Of comparisons that come out by chance as likely as `chances` say, those that are certain.
///
/// Of forty comparisons by a 95 % interval each, two are taken for certain where there is nothing. Holm's method keeps the
/// chance of one such error among all of them below 5 %: the least likely must be below 5 % / 40, the next below 5 % / 39, and
/// so on until one is not (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
/// Statistics 6, 1979). It holds however the comparisons hang together.
pub(super) fn certain(chances: &[f64]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut certain = vec![false; chances.len()];
    for (done, place) in order.into_iter().enumerate() {
        if chances[place] > ERROR / (chances.len() - done) as f64 {
            break;
        }
        certain[place] = true;
    }
    certain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_held_against_how_many_are_left_and_the_first_that_fails_ends_it() {
        // 0.05 / 4 = 0.0125, / 3 = 0.0167, / 2 = 0.025
        assert_eq!(certain(&[0.01, 0.04, 0.03, 0.005]), [true, false, false, true]);
        assert_eq!(certain(&[0.02, 0.02, 0.02]), [false, false, false], "none alone would fail");
        assert_eq!(certain(&[0.04]), [true]);
        assert_eq!(certain(&[0.026, 0.0, 0.02]), [true, true, true]);
        assert_eq!(certain(&[]), [false; 0]);
    }
}
