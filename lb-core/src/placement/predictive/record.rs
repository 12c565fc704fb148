//! [`Record`]: what is known of the meetings of one kind, and the [`Lesson`] that a finished one is.

use serde::{Deserialize, Serialize};

use super::spread::Spread;

/// More users, or cameras, are not believed of one meeting, whatever its server says.
pub(super) const MOST_USERS: u32 = 20_000;

/// What a finished meeting teaches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lesson {
    /// The most users at once.
    pub(super) users: u32,
    /// How long it was, minutes.
    pub(super) minutes: f32,
    /// The most cameras at once; `None` where the lists did not show it from its beginning.
    pub(super) cameras: Option<u32>,
    /// How fast it filled up, minutes; `None` where it was not seen to.
    pub(super) filling: Option<f32>,
}

/// No meeting teaches a greater length, minutes: 30 days.
const LONGEST: f32 = 30.0 * 24.0 * 60.0;

impl Lesson {
    fn log_users(&self) -> f32 {
        (self.users.min(MOST_USERS) as f32).ln_1p()
    }

    fn log_minutes(&self) -> f32 {
        self.minutes.clamp(0.5, LONGEST).ln()
    }

    fn log_cameras(&self) -> Option<f32> {
        self.cameras.map(|cameras| (cameras.min(MOST_USERS) as f32).ln_1p())
    }

    fn log_filling(&self) -> Option<f32> {
        self.filling.map(|minutes| minutes.clamp(0.2, 60.0).ln())
    }
}

/// The figures of the meetings of one room, of one integration at one hour of the week, of one integration, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// When the last one ended, hours since 1970.
    pub(super) last: u32,
    /// Most users at once, plus one.
    pub(super) users: Spread,
    /// Length in minutes.
    pub(super) minutes: Spread,
    /// Most cameras at once, plus one.
    pub(super) cameras: Spread,
    /// Minutes until some two thirds of the users were there.
    pub(super) filling: Spread,
}

impl Record {
    /// What is believed before the first meeting: a class of 10 or 20 for an hour, whose people take some ten minutes to come,
    /// but twice or half of any of that would be no surprise.
    pub(super) const PRIOR: Self = Self {
        last: 0,
        users: Spread::believed(2.7, 0.4),
        minutes: Spread::believed(4.2, 0.4),
        cameras: Spread::believed(1.4, 0.5),
        filling: Spread::believed(2.2, 0.4),
    };

    pub(super) fn learn(&mut self, lesson: &Lesson, memory: u16, hour: u32) {
        self.last = self.last.max(hour);
        self.users.learn(lesson.log_users(), memory);
        self.minutes.learn(lesson.log_minutes(), memory);
        lesson.log_cameras().into_iter().for_each(|figure| self.cameras.learn(figure, memory));
        lesson.log_filling().into_iter().for_each(|figure| self.filling.learn(figure, memory));
    }

    /// Takes in how far a meeting strayed from the mean of its `room`, which has met before: what is learnt are variances.
    pub(super) fn learn_straying(&mut self, room: &Record, lesson: &Lesson, memory: u16) {
        let stray = |room: Spread, learnt: &mut Spread, figure: f32| {
            let count = f32::from(room.count);
            if count > 0.0 {
                // the mean of so few is off itself
                learnt.learn(((figure - room.mean).powi(2) * count / (count + 1.0)).min(4.0), memory);
            }
        };
        stray(room.users, &mut self.users, lesson.log_users());
        stray(room.minutes, &mut self.minutes, lesson.log_minutes());
        lesson.log_cameras().into_iter().for_each(|figure| stray(room.cameras, &mut self.cameras, figure));
        lesson.log_filling().into_iter().for_each(|figure| stray(room.filling, &mut self.filling, figure));
    }

    /// This, weighing no more than so many meetings.
    pub(super) fn of_at_most(&self, meetings: usize) -> Record {
        let most =
            |spread: Spread| Spread { count: spread.count.min(meetings.try_into().unwrap_or(u16::MAX)), ..spread };
        Record {
            last: self.last,
            users: most(self.users),
            minutes: most(self.minutes),
            cameras: most(self.cameras),
            filling: most(self.filling),
        }
    }

    /// This, drawn towards `wider`.
    pub(super) fn within(&self, wider: &Record, doubt: f32) -> Record {
        Record {
            last: self.last,
            users: self.users.within(wider.users, doubt),
            minutes: self.minutes.within(wider.minutes, doubt),
            cameras: self.cameras.within(wider.cameras, doubt),
            filling: self.filling.within(wider.filling, doubt),
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        [self.users, self.minutes, self.cameras, self.filling].iter().all(Spread::is_sound)
    }
}
