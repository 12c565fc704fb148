//! [`Forecast`]: what is expected of one meeting, and how its users will come and its end draw near.

use super::estimate::{Estimate, Estimates};
use super::sizes::{CHANCES, LARGEST, Sizes};
use super::steps::{Course, MIDDLES, STEPS};
use super::work::Work;
use crate::placement::MeetingHints;

/// How far a hint of the size is off, a variance of logarithms: by two thirds, more or less, for hints lie. So much it weighs
/// beside what is known of the room: much for a new one, next to nothing for one that has met often.
const HINT_OFF: f32 = 0.25;

/// People may come so many times later, or earlier, than those of such meetings usually do, without being fewer, or more, in
/// all: they wait for the bell, or for their teacher.
const LATE: f32 = 3.0;
/// Whatever the age, at least so large a share of the people may be there who will come: who come together at once are not
/// the first of very many.
const TOGETHER: f32 = 0.2;

/// How many of something are expected, and how sure that is.
#[derive(Clone, Copy, Debug)]
struct Crowd {
    /// The mean.
    expected: f32,
    /// How much the expectation weighs beside what is seen: as if so many had been seen.
    sure: f32,
}

impl Crowd {
    fn of(estimate: Estimate) -> Self {
        let variance = estimate.variance().clamp(0.005, 1.5);
        let expected = ((estimate.mean + variance / 2.0).clamp(0.0, 12.0).exp() - 1.0).max(0.5);
        // the shape of the gamma distribution with this spread
        Self { expected, sure: 1.0 / (variance.exp() - 1.0) }
    }

    /// How many are still to come, where `seen` are there. `least` and `most` are the shares of all that should be there by
    /// now: what lies between them tells nothing. Beyond them sizes are taken to be spread like a gamma distribution, and
    /// people to come by chance, so that the expectation gives way as more is seen.
    fn coming(&self, seen: f32, least: f32, most: f32) -> f32 {
        let filled = (seen / self.expected).max(least).min(most);
        (self.sure + seen) / (self.sure / self.expected + filled) * (1.0 - filled)
    }
}

/// What is expected of one meeting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forecast {
    crowd: Crowd,
    cameras: Crowd,
    /// Nobody more is let in.
    most: f32,
    /// Half of such meetings are shorter, minutes.
    half: f32,
    /// How alike their lengths are: the steepness of the log-logistic distribution.
    alike: f32,
    /// It is ended then at the latest, minutes.
    longest: f32,
    /// Minutes until 63 % of the users are there.
    filling: f32,
    /// The share of those to come who come by each step: the same at any age, and reckoned once.
    come: Course,
    /// Earlier meetings of its room that this stands on.
    pub(super) meetings: u16,
}

/// How a meeting will go on, for each step ahead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    /// With which probability it still runs.
    pub(super) alive: Course,
    /// Its users if it runs.
    pub(super) users: Course,
    /// What it costs if it runs.
    pub(super) work: Course,
}

/// What is seen of a meeting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Its age, minutes.
    pub(super) age: f32,
    pub(super) users: f32,
    pub(super) cameras: f32,
    /// The share of its users with audio.
    pub(super) voices: f32,
}

impl Seen {
    /// Nothing: it is only about to begin.
    pub(super) fn nothing() -> Self {
        Self { voices: super::work::voices(0, 0), ..Self::default() }
    }
}

impl Forecast {
    /// What is known and what the hints say, together.
    pub(super) fn of(known: &Estimates, hints: &MeetingHints) -> Self {
        let users = hints.size.map_or(known.users, |size| known.users.told((size as f32).ln_1p(), HINT_OFF));
        let most = hints.max_participants.map_or(f32::INFINITY, |most| most as f32);
        let mut crowd = Crowd::of(users);
        crowd.expected = crowd.expected.min(most);
        let mut cameras = Crowd::of(known.cameras);
        cameras.expected = cameras.expected.min(crowd.expected);
        let deviation = known.minutes.variance().sqrt().clamp(0.06, 1.2);
        let filling = known.filling.mean.clamp(-1.6, 4.1).exp();
        Self {
            crowd,
            cameras,
            most,
            half: known.minutes.mean.clamp(-1.0, 8.0).exp(),
            alike: std::f32::consts::PI / (3.0_f32.sqrt() * deviation),
            longest: hints.duration.map_or(f32::INFINITY, |duration| duration.as_secs_f32() / 60.0),
            filling,
            come: MIDDLES.map(|ahead| filled(ahead, filling)),
            meetings: known.meetings,
        }
    }

    /// The users that are expected at its fullest.
    pub(super) fn users(&self) -> f32 {
        self.crowd.expected
    }

    /// How long it is expected to be, minutes.
    pub(super) fn minutes(&self) -> f32 {
        self.half.min(self.longest)
    }

    /// The share of its users that has come by `age`.
    fn filled(&self, age: f32) -> f32 {
        filled(age, self.filling)
    }

    /// The odds of having ended by `age`.
    fn over(&self, age: f32) -> f32 {
        (age.max(0.01) / self.half).powf(self.alike).min(1e15)
    }

    /// How it goes on from what is seen.
    pub(super) fn life(&self, seen: &Seen, work: &Work) -> Life {
        self.life_of(seen, work, 1.0)
    }

    /// The same for the sizes that it may turn out to have.
    pub(super) fn sizes(&self, seen: &Seen, work: &Work) -> Sizes {
        let variance = (1.0 / self.crowd.sure).ln_1p();
        // the middle of a log-normal distribution is so far below its mean
        let times = |far: f32| (far * variance.sqrt() - variance / 2.0).exp();
        let largest = (LARGEST / self.crowd.expected).max(1.0);
        CHANCES.map(|(chance, far)| (chance, self.life_of(seen, work, times(far).min(largest))))
    }

    /// The same where so many times as many are still to come as are expected to.
    fn life_of(&self, seen: &Seen, work: &Work, times: f32) -> Life {
        let least = self.filled(seen.age / LATE) * self.filled(seen.age);
        let most = self.filled(seen.age * LATE).max(TOGETHER);
        let coming = times * self.crowd.coming(seen.users, least, most);
        let cameras_coming = self.cameras.coming(seen.cameras, least, most);
        let most_users = self.most.max(seen.users);
        let now = 1.0 + self.over(seen.age);
        let mut life = Life { alive: [0.0; STEPS], users: [0.0; STEPS], work: [0.0; STEPS] };
        let steps = life.alive.iter_mut().zip(&mut life.users).zip(&mut life.work).zip(MIDDLES).zip(self.come);
        for ((((alive, users_then), work_then), ahead), come) in steps {
            let age = seen.age + ahead;
            if age < self.longest {
                *alive = now / (1.0 + self.over(age));
            }
            *users_then = (seen.users + coming * come).min(most_users);
            let cameras = (seen.cameras + cameras_coming * come).min(*users_then);
            *work_then = work.of(*users_then, *users_then * seen.voices, cameras);
        }
        life
    }
}

/// The share of a meeting's users that has come by `age`, where 63 % come within `filling`.
fn filled(age: f32, filling: f32) -> f32 {
    1.0 - (-age / filling).exp()
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::*;

    fn of(record: &Record, hints: &MeetingHints) -> Forecast {
        Forecast::of(&Estimates::of_kind(record), hints)
    }

    fn class() -> Forecast {
        of(&Record::PRIOR, &MeetingHints::default())
    }

    fn seen(age: f32, users: f32) -> Seen {
        Seen { age, users, cameras: 0.0, voices: 0.7 }
    }

    #[test]
    fn what_is_seen_takes_the_place_of_what_was_expected() {
        let users_in_half_an_hour = |seen: &Seen| class().life(seen, &Work::default()).users[8];
        let fresh = users_in_half_an_hour(&Seen::nothing());
        assert!((class().users() * 0.9..class().users() * 1.1).contains(&fresh), "{fresh}");
        let crowded = users_in_half_an_hour(&seen(3.0, 100.0));
        assert!(crowded > 110.0, "100 in three minutes: more will come, {crowded}");
        let opened = users_in_half_an_hour(&seen(1.0, 1.0));
        assert!(opened > 0.8 * class().users(), "the teacher is there, and the class will come: {opened}");
        let late = users_in_half_an_hour(&seen(40.0, 100.0));
        assert!((99.9..106.0).contains(&late), "all are there: {late}");
        let lonely = users_in_half_an_hour(&seen(45.0, 2.0));
        assert!(lonely < 3.0, "nobody will come any more: {lonely}");
    }

    #[test]
    fn a_meeting_at_the_end_of_its_time_is_expected_to_end() {
        let alike = Record { minutes: super::super::spread::Spread::believed(45.0_f32.ln(), 0.01), ..Record::PRIOR };
        let forecast = of(&alike, &MeetingHints::default());
        let alive = |age| forecast.life(&seen(age, 20.0), &Work::default()).alive;
        assert!(alive(5.0)[7] > 0.95 && alive(5.0)[10] < 0.3, "{:?}", alive(5.0));
        assert!(alive(44.0)[4] < 0.1, "{:?}", alive(44.0));
        let short = MeetingHints { duration: Some(std::time::Duration::from_secs(1200)), ..MeetingHints::default() };
        let short = of(&alike, &short).life(&Seen::nothing(), &Work::default());
        assert!(short.alive[6] > 0.9 && short.alive[7] == 0.0);
    }

    #[test]
    fn whatever_is_seen_and_recorded_the_figures_are_figures() {
        use super::super::spread::Spread;
        for mean in [-30.0, 0.0, 30.0] {
            for variance in [0.0, 1.0, 99.0] {
                let spread = Spread::believed(mean, variance);
                let record = Record { last: 0, users: spread, minutes: spread, cameras: spread, filling: spread };
                for hints in [MeetingHints::default(), MeetingHints { size: Some(u32::MAX), ..Default::default() }] {
                    let forecast = of(&record, &hints);
                    for seen in [Seen::nothing(), seen(0.0, 0.0), seen(1e7, 4e9), seen(0.0, 4e9)] {
                        let life = forecast.life(&seen, &Work::default());
                        for step in 0..STEPS {
                            assert!((0.0..=1.0).contains(&life.alive[step]), "{forecast:?} {life:?}");
                            assert!(life.users[step].is_finite() && life.work[step].is_finite(), "{life:?}");
                        }
                    }
                }
            }
        }
    }
}
