//! [`Strength`]: how much CPU a server spends on the work that it is given.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::server::Server;

/// BBB's rule of thumb: so many users are for a server of the strength that work is told for.
const USERS_OF_ONE: f32 = 200.0;
/// A prior weighs as much as a few measurements at a good load: work squared, summed.
const PRIOR: f32 = 500.0;
/// Measured at a good load, so many measurements weigh; older ones fade.
const MEASUREMENTS: f32 = 2000.0;
/// That load.
const GOOD: f32 = 20.0;
/// Less work shows nothing: what an idle server does is its own affair.
const BUSY: f32 = 6.0;
/// More work than this nobody has in one server, whatever its list says: it would outweigh all that is true.
const ABSURD: f32 = 10_000.0;
/// How much a new difference between measured and reckoned weighs at the least; the first is taken as it is.
const SMOOTHING: f32 = 0.2;
/// Fewer measurements tell nothing of the strength: of a server that is busy for its users it could not be told whether it is
/// weak, or busy with something else.
const FEW: u32 = 8;
/// From here on more work does not show in the CPU.
const SATURATED: f32 = 97.0;

/// How much CPU a server spends on its work: least squares through zero, over its measurements, the later ones weighing
/// more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Strength {
    measurements: u32,
    // sums of work × CPU and of work squared
    cross: f32,
    square: f32,
    #[serde(skip)]
    offset: f32,
    // how many differences it is of
    #[serde(skip)]
    smoothed: u32,
    #[serde(skip)]
    measured_at: Timestamp,
    #[serde(skip)]
    work_before: Option<f32>,
}

/// How strong a server is beside the one that work is told for, as far as its operator says: by its capacity, else by its
/// weight, a hundredth of the capacity where it is not configured.
pub(super) fn told(server: &Server) -> f32 {
    let by_capacity = server.capacity.map(|capacity| capacity as f32 / USERS_OF_ONE);
    let by_weight = || server.weight.map(|weight| weight as f32 * 100.0 / USERS_OF_ONE);
    let told = by_capacity.or_else(by_weight).filter(|told| told.is_finite());
    told.unwrap_or(1.0).clamp(0.02, 100.0)
}

impl Strength {
    /// Per cent of CPU for each unit of work; `prior` is what is believed of a server that was not measured.
    pub(super) fn rate(&self, prior: f32) -> f32 {
        let rate = (self.cross + PRIOR * prior) / (self.square + PRIOR);
        if rate.is_finite() && self.measurements >= FEW { rate.clamp(prior / 20.0, prior * 20.0) } else { prior }
    }

    /// The rate by its own measurements, where they outweigh a prior.
    pub(super) fn learnt(&self) -> Option<f32> {
        (self.square > PRIOR && self.measurements >= FEW).then(|| self.cross / self.square).filter(|rate| *rate > 0.0)
    }

    /// Measured less reckoned CPU of late, smoothed.
    pub(super) fn offset(&self) -> f32 {
        self.offset
    }

    /// Takes in a figure of the CPU, if it is new, beside the work that the lists show now. Answers whether anything was learnt
    /// that is to be kept.
    pub(super) fn measure(&mut self, cpu: Option<f32>, at: Timestamp, work: f32, prior: f32) -> bool {
        // a figure of the CPU is of the time before it
        let work_then = (work + self.work_before.replace(work).unwrap_or(work)) / 2.0;
        let Some(cpu) = cpu.filter(|cpu| cpu.is_finite() && work_then.is_finite()) else {
            (self.offset, self.smoothed) = (0.0, 0);
            return false;
        };
        if at <= self.measured_at {
            return false;
        }
        self.measured_at = at;
        let teaches = cpu < SATURATED && (BUSY..ABSURD).contains(&work_then);
        if teaches {
            let weight = (work_then / GOOD).powi(2).min(1.0) / MEASUREMENTS;
            self.cross += work_then * cpu - self.cross * weight;
            self.measurements = self.measurements.saturating_add(1);
            self.square += work_then * work_then - self.square * weight;
        }
        let missed = cpu - self.rate(prior) * work_then;
        if cpu < SATURATED || missed > 0.0 {
            self.smoothed = self.smoothed.saturating_add(1);
            self.offset += (1.0 / self.smoothed as f32).max(SMOOTHING) * (missed - self.offset);
        }
        teaches
    }

    /// Whether it can be reckoned with: what was kept may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let sound = |sum: f32| (0.0..1e12).contains(&sum);
        sound(self.cross) && sound(self.square)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_strong_a_server_is_shows_in_its_cpu_under_work() {
        let mut strength = Strength::default();
        assert!((strength.rate(1.0) - 1.0).abs() < 1e-6);
        for second in 1..200_u64 {
            let work = 10.0 + (second % 40) as f32;
            strength.measure(Some(work * 0.5), Timestamp::from_millis(second * 1000), work, 1.0);
        }
        // the work lags behind, so it is not exact
        assert!((strength.rate(1.0) - 0.5).abs() < 0.02 && strength.learnt().is_some(), "{strength:?}");
        assert!(strength.offset().abs() < 2.0, "{strength:?}");
    }

    #[test]
    fn the_same_figure_teaches_once_and_a_full_server_nothing_but_that_it_is_full() {
        let mut strength = Strength::default();
        for _ in 0..1000 {
            strength.measure(Some(50.0), Timestamp::from_millis(1000), 10.0, 1.0);
        }
        assert!(strength.rate(1.0) < 1.3, "{strength:?}");
        let mut full = Strength::default();
        for second in 1..100 {
            full.measure(Some(100.0), Timestamp::from_millis(second * 1000), 300.0, 1.0);
            full.measure(Some(f32::NAN), Timestamp::from_millis(second * 1000), f32::INFINITY, 1.0);
        }
        assert!((full.rate(1.0) - 1.0).abs() < 1e-6, "{full:?}");
    }
}
