//! [`Draw`]: chance by a seed, and the distributions that the workloads need.

/// Draws the same for the same seed.
#[derive(Debug)]
pub(super) struct Draw(fastrand::Rng);

impl Draw {
    /// Chance for the part of a workload that `part` names: what one part draws changes nothing in another.
    pub(super) fn new(seed: u64, part: &str) -> Self {
        // FNV-1a, as its authors publish it: <http://www.isthe.com/chongo/tech/comp/fnv/>
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let start = seed.to_le_bytes().into_iter().chain(part.bytes()).fold(0xcbf2_9ce4_8422_2325, fnv);
        Self(fastrand::Rng::with_seed(start))
    }

    /// From 0, below 1, uniformly.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// Whether something happens that happens in the share `of` of cases.
    pub(super) fn happens(&mut self, of: f64) -> bool {
        self.unit() < of
    }

    /// From `least`, below `most`, uniformly.
    pub(super) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.unit()
    }

    /// A place in a list of `length`; 0 where it is empty.
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.0.usize(..length.max(1))
    }

    /// Any order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        self.0.shuffle(list);
    }

    /// The normal distribution (Box and Muller, "A note on the generation of random normal deviates", 1958).
    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// The log-normal distribution: half of the draws are below `median`; `sigma` is the deviation of the logarithm.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * self.normal(0.0, sigma).exp()
    }

    /// The exponential distribution, by inversion (Devroye, "Non-Uniform Random Variate Generation", 1986, II.2).
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// The Pareto distribution cut off at `highest`, by inversion (Devroye, as above, II.2).
    pub(super) fn pareto(&mut self, lowest: f64, highest: f64, shape: f64) -> f64 {
        let tail = (lowest / highest).powf(shape);
        lowest * (1.0 - self.unit() * (1.0 - tail)).powf(-1.0 / shape)
    }

    /// Which of `weights`, in proportion to them; the last where none weighs anything.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            last = place;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(of: impl FnMut(usize) -> f64) -> f64 {
        (0..50_000).map(of).sum::<f64>() / 50_000.0
    }

    #[test]
    fn what_is_drawn_has_the_mean_of_its_distribution() {
        let mut draw = Draw::new(1, "test");
        assert!((mean(|_| draw.normal(3.0, 2.0)) - 3.0).abs() < 0.05);
        assert!((mean(|_| draw.normal(0.0, 2.0).powi(2)) - 4.0).abs() < 0.1);
        assert!((mean(|_| draw.exponential(5.0)) - 5.0).abs() < 0.1);
        assert!((mean(|_| draw.log_normal(10.0, 0.5)) - 10.0 * 0.125_f64.exp()).abs() < 0.15);
        // shape 2 from 1, cut off at 10: (2 / 0.99) · (1 - 1/10)
        assert!((mean(|_| draw.pareto(1.0, 10.0, 2.0)) - 1.8 / 0.99).abs() < 0.02);
        assert!((mean(|_| draw.weighted([1.0, 0.0, 3.0].into_iter()) as f64) - 1.5).abs() < 0.02);
    }

    #[test]
    fn parts_and_seeds_draw_differently_and_each_the_same_again() {
        let first = |seed, part| Draw::new(seed, part).unit();
        assert_eq!(first(1, "rooms").to_bits(), first(1, "rooms").to_bits());
        assert_ne!(first(1, "rooms").to_bits(), first(2, "rooms").to_bits());
        assert_ne!(first(1, "rooms").to_bits(), first(1, "people").to_bits());
    }
}
