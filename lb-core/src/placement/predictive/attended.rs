//! [`Attended`]: how a running meeting was attended so far.

use super::forecast::{Forecast, Seen};
use super::record::Lesson;
use super::work::voices;
use crate::clock::Timestamp;
use crate::fleet::ListedMeeting;

/// It has filled up to the last moment that brought more than a tenth above the users of the last such moment.
const GROWTH: f32 = 1.1;

/// How a running meeting was attended so far, as the lists showed it.
#[derive(Clone, Debug)]
pub(super) struct Attended {
    /// What was expected of it when it was first seen.
    pub(super) forecast: Forecast,
    /// The hash of its room; `None` for breakout rooms and those of nobody.
    pub(super) room: Option<u64>,
    /// The hash of the server that listed it.
    pub(super) server: u64,
    /// When it began, wherever it was held first.
    pub(super) began: Timestamp,
    /// When a list last showed it.
    pub(super) at: Timestamp,
    /// What that list showed.
    pub(super) seen: Seen,
    /// Whether its server answered then.
    pub(super) answered: bool,
    most_users: u32,
    most_cameras: u32,
    // users × minutes until now
    user_minutes: f32,
    // the users, their age and their user-minutes, when it was last seen to grow
    grown: (u32, f32, f32),
}

impl Attended {
    pub(super) fn new(forecast: Forecast, room: Option<u64>, server: u64, began: Timestamp) -> Self {
        Self {
            forecast,
            room,
            server,
            began,
            at: began,
            seen: Seen::nothing(),
            answered: true,
            most_users: 0,
            most_cameras: 0,
            user_minutes: 0.0,
            grown: (0, 0.0, 0.0),
        }
    }

    /// Takes in what a list shows of it.
    pub(super) fn see(&mut self, listed: &ListedMeeting, now: Timestamp) -> Seen {
        let age = minutes(now, self.began);
        self.user_minutes += self.seen.users * minutes(now, self.at);
        self.at = now;
        self.most_users = self.most_users.max(listed.users);
        self.most_cameras = self.most_cameras.max(listed.video);
        if listed.users as f32 > self.grown.0 as f32 * GROWTH {
            self.grown = (listed.users, age, self.user_minutes);
        }
        let voices = voices(listed.users, listed.audio);
        self.seen = Seen { age, users: listed.users as f32, cameras: listed.video as f32, voices };
        self.seen
    }

    /// What it will bring with it at once if it is placed afresh now, because its server does not answer or lists it no more, and
    /// nobody told of its end. `None` while it is where it was.
    pub(super) fn stranded(&self, now: Timestamp) -> Option<Seen> {
        let is_there = self.at == now && self.answered;
        (!is_there).then(|| Seen { age: minutes(now, self.began), ..self.seen })
    }

    /// What it teaches, now that it has ended.
    pub(super) fn lesson(&self, most_users: u32, minutes: f32) -> Lesson {
        let (users, age, user_minutes) = self.grown;
        // had all come at once, the user-minutes would be users × age: what is missing is what filling up took
        let filling = (users >= 3).then(|| age - user_minutes / users as f32);
        let cameras = Some(self.most_cameras);
        Lesson { users: most_users.max(self.most_users), minutes, cameras, filling }
    }
}

/// The minutes from `earlier` to `later`.
pub(super) fn minutes(later: Timestamp, earlier: Timestamp) -> f32 {
    later.since(earlier).as_secs_f32() / 60.0
}
