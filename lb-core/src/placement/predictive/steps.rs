//! The time ahead in steps: short ones first, for that is when meetings fill up, 150 minutes in all.

/// How many steps there are.
pub(super) const STEPS: usize = 16;

/// How long each is, minutes.
pub(super) const MINUTES: [f32; STEPS] =
    [2.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0, 10.0, 10.0, 10.0, 15.0, 15.0, 30.0, 30.0];

/// The middle of each, minutes from now.
pub(super) const MIDDLES: [f32; STEPS] =
    [1.0, 3.0, 5.0, 7.5, 10.5, 14.0, 18.0, 22.5, 27.5, 35.0, 45.0, 55.0, 67.5, 82.5, 105.0, 135.0];

/// One figure for each step.
pub(super) type Course = [f32; STEPS];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_begins_where_the_one_before_ends() {
        let mut begin = 0.0;
        for (minutes, middle) in MINUTES.iter().zip(MIDDLES) {
            assert!((begin + minutes / 2.0 - middle).abs() < 1e-6);
            begin += minutes;
        }
        assert!((begin - 150.0).abs() < 1e-6);
    }
}
