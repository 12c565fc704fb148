//! [`Tally`]: what adds up to the measures while the time goes by.

use super::Measures;

/// Utilisation is counted in tenths of a per cent up to 1000 %, and as one beyond that.
const TENTHS: usize = 10_000;

/// Where people are whose meeting there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    Placed,
    Refused,
    Lost,
}

#[derive(Debug)]
pub(super) struct Tally {
    // until when people were counted
    counted: u64,
    users: [u64; 3],
    user_ms: [u64; 3],
    // for each tenth of a per cent, how long servers were there
    utilisation_ms: Vec<u64>,
    pub(super) peak: f64,
    pub(super) overloaded_user_ms: u64,
    deviations: f64,
    minutes: u64,
    km_ms: f64,
    located_ms: u64,
    pub(super) placements: u64,
    pub(super) refused: u64,
    pub(super) moved: u64,
    pub(super) retried: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            counted: 0,
            users: [0; 3],
            user_ms: [0; 3],
            utilisation_ms: vec![0; TENTHS + 1],
            peak: 0.0,
            overloaded_user_ms: 0,
            deviations: 0.0,
            minutes: 0,
            km_ms: 0.0,
            located_ms: 0,
            placements: 0,
            refused: 0,
            moved: 0,
            retried: 0,
        }
    }

    /// Begins anew at the present moment. Who is where stays.
    pub(super) fn begin(&mut self) {
        *self = Self { counted: self.counted, users: self.users, ..Self::new() };
    }

    /// Counts everybody where they have been until `now`.
    pub(super) fn pass(&mut self, now: u64) {
        let time = now - self.counted;
        if time > 0 {
            self.user_ms.iter_mut().zip(self.users).for_each(|(sum, users)| *sum += users * time);
            self.counted = now;
        }
    }

    pub(super) fn come(&mut self, place: Whereabouts, users: u32) {
        self.users[place as usize] += u64::from(users);
    }

    pub(super) fn go(&mut self, place: Whereabouts, users: u32) {
        self.users[place as usize] -= u64::from(users);
    }

    /// A server was so much used for so long, with so many users on it.
    pub(super) fn used(&mut self, utilisation: f64, overloaded: bool, users: u32, time: u64) {
        let tenth = (utilisation * 10.0) as usize;
        self.utilisation_ms[tenth.min(TENTHS)] += time;
        self.peak = self.peak.max(utilisation);
        if overloaded {
            self.overloaded_user_ms += u64::from(users) * time;
        }
    }

    /// Somebody was so far from the server for so long.
    pub(super) fn distant(&mut self, km: f64, time: u64) {
        self.km_ms += km * time as f64;
        self.located_ms += time;
    }

    /// The servers that served were used like that in a minute.
    pub(super) fn minute(&mut self, utilisations: impl Iterator<Item = f64> + Clone) {
        let (count, sum) = utilisations.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        if count > 0.0 {
            let mean = sum / count;
            let variance = utilisations.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
            self.deviations += variance.sqrt();
            self.minutes += 1;
        }
    }

    fn p99(&self) -> f64 {
        let all: u64 = self.utilisation_ms.iter().sum();
        let wanted = (u128::from(all) * 99).div_ceil(100) as u64;
        let mut sum = 0;
        let reached = |time: &u64| {
            sum += time;
            sum >= wanted
        };
        match self.utilisation_ms.iter().position(reached) {
            // the upper end of the tenth, which nobody who was in it was above
            Some(tenth) if tenth < TENTHS => ((tenth + 1) as f64 / 10.0).min(self.peak),
            _ => self.peak,
        }
    }

    /// What all of it comes to, `people_ms` being what the scenario says.
    pub(super) fn measures(&self, people_ms: u64) -> Measures {
        let minutes = |ms: u64| ms as f64 / 60_000.0;
        let [placed, refused, lost] = self.user_ms.map(minutes);
        let mean_km = (self.located_ms > 0).then(|| self.km_ms / self.located_ms as f64);
        Measures {
            user_minutes: minutes(people_ms),
            placed_user_minutes: placed,
            refused_user_minutes: refused,
            lost_user_minutes: lost,
            overloaded_user_minutes: minutes(self.overloaded_user_ms),
            peak_utilisation: self.peak,
            p99_utilisation: self.p99(),
            imbalance: if self.minutes > 0 { self.deviations / self.minutes as f64 } else { 0.0 },
            mean_km,
            mean_latency_ms: mean_km.map(|km| Measures::LAST_MILE_MS + 2.0 * km / Measures::KM_PER_MS),
            placements: self.placements,
            refused: self.refused,
            moved: self.moved,
            retried: self.retried,
        }
    }
}
