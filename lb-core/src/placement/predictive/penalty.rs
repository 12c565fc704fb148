//! What a placement costs people: [`Penalty`].

use super::sizes::Sizes;
use super::steps::{Course, MINUTES, STEPS};

/// How bad it is for a user when their server is loaded: `(CPU / limit)⁸ + ease × (CPU / limit)²`.
///
/// The eighth power is next to nothing at half the load and 1 at the limit. From there on it goes straight on, `8 × (CPU /
/// limit) − 7`: who is overloaded already is not much worse off for more, and what will hardly be must not outweigh what
/// will. The square tells apart servers that are all far from the limit.
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
}

impl Penalty {
    fn of(&self, cpu: f32) -> f32 {
        let load = cpu.max(0.0) / self.limit;
        let steep = if load > 1.0 { 8.0 * load - 7.0 } else { load.powi(8) };
        steep + self.ease * load * load
    }

    /// What it adds to the penalties of all users of the server, the new ones among them, over the life of a meeting, for
    /// each minute of each of its own users: the mean over the sizes that it may turn out to have.
    pub(super) fn added(&self, sizes: &Sizes, burden: &Burden) -> f32 {
        let before = burden.cpu.map(|cpu| self.of(cpu));
        let (mut added, mut user_minutes) = (0.0, 1e-3);
        for (chance, life) in sizes {
            let mut with = burden.cpu;
            with.iter_mut().zip(life.work).for_each(|(cpu, work)| *cpu = self.of(*cpu + burden.rate * work));
            for step in 0..STEPS {
                let (alive, own) = (chance * life.alive[step] * MINUTES[step], life.users[step]);
                // written so that it cannot come out below nothing
                added += alive * (own * with[step] + burden.users[step] * (with[step] - before[step]));
                user_minutes += alive * own;
            }
        }
        let added = added / user_minutes;
        if added.is_finite() { added } else { f32::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::super::forecast::Life;
    use super::*;

    fn life(users: f32, work: f32) -> Sizes {
        [(0.25, Life { alive: [1.0; STEPS], users: [users; STEPS], work: [work; STEPS] }); 4]
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
