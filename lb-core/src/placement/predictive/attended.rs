//! [`Attended`]: how a running meeting was attended so far.

use super::forecast::{Forecast, Seen};
use super::record::{Lesson, MOST_USERS};
use super::work::voices;
use crate::clock::Timestamp;
use crate::fleet::ListedMeeting;

/// It has filled up to the last moment that brought more than a tenth above the users of the last such moment.
const GROWTH: f32 = 1.1;

/// One that is older when it is first seen was not seen from its beginning, minutes.
const BEGINNING: f32 = 3.0;

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
    // whether it was seen from its beginning: else nobody knows how it filled up
    whole: bool,
    most_users: u32,
    most_cameras: u32,
    // users × minutes until now
    user_minutes: f32,
    // the users, their age and their user-minutes, when it was last seen to grow
    grown: (u32, f32, f32),
}

impl Attended {
    /// One that is first seen at `now`.
    pub(super) fn new(
        forecast: Forecast,
        room: Option<u64>,
        server: u64,
        (began, now): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            whole: minutes(now, began) <= BEGINNING,
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

    /// This meeting, where it was placed afresh: the same people go on.
    pub(super) fn on(&self, server: u64, forecast: Forecast) -> Self {
        Self { forecast, server, answered: true, ..self.clone() }
    }

    /// Takes in what a list shows of it, as far as that can be.
    pub(super) fn see(&mut self, listed: &ListedMeeting, now: Timestamp) -> Seen {
        let (users, cameras) = (listed.users.min(MOST_USERS), listed.video.min(MOST_USERS));
        let age = minutes(now, self.began);
        self.user_minutes += self.seen.users * minutes(now, self.at);
        self.at = now;
        self.most_users = self.most_users.max(users);
        self.most_cameras = self.most_cameras.max(cameras);
        if users as f32 > self.grown.0 as f32 * GROWTH {
            self.grown = (users, age, self.user_minutes);
        }
        let voices = voices(users, listed.audio);
        self.seen = Seen { age, users: users as f32, cameras: cameras as f32, voices };
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
        let filling = (self.whole && users >= 3).then(|| age - user_minutes / users as f32);
        let cameras = self.whole.then_some(self.most_cameras);
        Lesson { users: most_users.max(self.most_users), minutes, cameras, filling }
    }
}

/// The minutes from `earlier` to `later`.
pub(super) fn minutes(later: Timestamp, earlier: Timestamp) -> f32 {
    later.since(earlier).as_secs_f32() / 60.0
}
