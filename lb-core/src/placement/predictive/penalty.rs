//! What a placement costs people: [`Penalty`].

use super::forecast::Life;
use super::steps::{Course, MINUTES, STEPS};

/// How bad it is for a user when their server is loaded: `(CPU / limit)⁸ + ease × (CPU / limit)²`.
///
/// The eighth power is next to nothing at half the load, 1 at the limit, and 6 when the server is full. The square tells
/// apart servers that are all far from the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalty {
    /// From where on a server counts as overloaded, per cent of its CPU.
    pub limit: f32,
    /// How much the square weighs.
    pub ease: f32,
}

impl Default for Penalty {
    fn default() -> Self {
        Self { limit: 80.0, ease: 0.05 }
    }
}

/// What is expected of a server without the meeting that is to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burden {
    pub(super) cpu: Course,
    pub(super) users: Course,
    /// Per cent of its CPU for each unit of work.
    pub(super) rate: f32,
    /// How far the work may be off: a variance.
    pub(super) off: Course,
}

impl Penalty {
    fn of(&self, cpu: f32, off: f32) -> f32 {
        let k = super::knobs();
        let square = k.ease * (cpu.max(0.0) / self.limit).powi(2);
        if k.form > 0.5 {
            let d = cpu - k.limit;
            return (d + (d * d + 4.0 * (off * k.spread + k.sigma * k.sigma)).sqrt()) / 16.0 + square;
        }
        let x = (cpu.max(0.0) + k.margin * off.sqrt()) / k.limit;
        x.powf(k.power) + square
    }

    /// What it adds to the penalties of all users of the server, the new ones among them, over the life of a meeting, for
    /// each minute of each of its own users.
    pub(super) fn added(&self, lives: &[(f32, Life)], burden: &Burden) -> f32 {
        let (mut all, mut user_minutes) = (0.0, 1e-3);
        let rate2 = burden.rate * burden.rate;
        let mut before = [0.0; STEPS];
        for step in 0..STEPS {
            before[step] = self.of(burden.cpu[step], rate2 * burden.off[step]);
        }
        for (p, life) in lives {
        let mut added = 0.0;
        for step in 0..STEPS {
            let (alive, own) = (life.alive[step] * MINUTES[step], life.users[step]);
            let (cpu, users) = (burden.cpu[step], burden.users[step]);
            let with = self.of(cpu + burden.rate * life.work[step], rate2 * (burden.off[step] + life.off[step]));
            // written so that it cannot come out below nothing
            added += alive * (own * with + super::knobs().users * users * (with - before[step]));
            user_minutes += p * alive * own;
        }
        all += p * added;
        }
        let added = all / user_minutes;
        if added.is_finite() { added } else { f32::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(users: f32, work: f32) -> Life {
        Life { alive: [1.0; STEPS], users: [users; STEPS], work: [work; STEPS] }
    }

    fn burden(cpu: f32, users: f32, rate: f32) -> Burden {
        Burden { cpu: [cpu; STEPS], users: [users; STEPS], rate }
    }

    #[test]
    fn more_load_is_never_better_and_the_same_meeting_hurts_a_small_server_more() {
        let penalty = Penalty::default();
        let mut before = 0.0;
        for cpu in 0..150 {
            let added = penalty.added(&life(20.0, 8.0), &burden(cpu as f32, 50.0, 1.0));
            assert!(added > before, "at {cpu}");
            before = added;
        }
        let at = |users, rate| penalty.added(&life(20.0, 8.0), &burden(60.0, users, rate));
        assert!(at(50.0, 2.0) > at(50.0, 1.0) && at(100.0, 1.0) > at(50.0, 1.0));
    }

    #[test]
    fn it_is_one_at_the_limit_and_never_infinite() {
        let penalty = Penalty { ease: 0.0, ..Penalty::default() };
        assert!((penalty.added(&life(20.0, 0.0), &burden(80.0, 50.0, 1.0)) - 1.0).abs() < 1e-3);
        let worst = penalty.added(&life(1e9, 1e18), &burden(1e9, 1e9, 1e9));
        assert!(worst.is_finite());
    }
}
