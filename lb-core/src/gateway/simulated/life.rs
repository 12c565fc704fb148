//! What happens in meetings past the API: users leave, have media, and meetings end.

use super::SimulatedBbb;
use super::hook_event::UserEvent;
use super::meeting::SimulatedUser;
use crate::clock::Timestamp;

/// Users of the past that one meeting remembers, where it keeps events.
const MOST_PAST_USERS: usize = 20_000;

impl SimulatedBbb {
    /// Time passes: what ended long enough ago vanishes, recordings go on. Every call does so first.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = now;
        self.forget_gone(now);
        self.process_recordings();
    }

    /// When something happens by itself next, other than meetings that vanish from the lists: a recording is processed or
    /// published. [`advance`](Self::advance) makes it happen.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.recordings.next_due()
    }

    /// The last `count` users of a meeting leave it. Returns how many did.
    pub fn leave(&mut self, id: &str, count: usize) -> usize {
        let Some(key) = self.find(id) else { return 0 };
        let Some(meeting) = self.meetings.get_mut(&key) else { return 0 };
        let leaving = count.min(meeting.users.len());
        let mut left = meeting.users.split_off(meeting.users.len() - leaving);
        left.iter_mut().for_each(|user| user.left_at = Some(self.now));
        if meeting.keeps_events() {
            let room = MOST_PAST_USERS.saturating_sub(meeting.past_users.len());
            meeting.past_users.extend(left.iter().take(room).cloned());
        }
        for user in &left {
            self.media_changed(&key, user, (user.voice, user.video), (false, false));
            self.tell_of_user(&key, UserEvent::Left, user);
        }
        leaving
    }

    /// The first `voices` users of a meeting have audio and the first `videos` a camera; the others have not.
    pub fn set_media(&mut self, id: &str, voices: usize, videos: usize) {
        let Some(key) = self.find(id) else { return };
        let Some(meeting) = self.meetings.get_mut(&key) else { return };
        let mut changed = Vec::new();
        for (index, user) in meeting.users.iter_mut().enumerate() {
            let (before, after) = ((user.voice, user.video), (index < voices, index < videos));
            (user.voice, user.video) = after;
            if before != after && self.hooks.has_any() {
                changed.push((user.clone(), before, after));
            }
        }
        for (user, before, after) in changed {
            self.media_changed(&key, &user, before, after);
        }
    }

    /// A meeting ends on its own, its breakout rooms with it: nobody called end. Returns whether one that lived was found.
    pub fn end(&mut self, now: Timestamp, id: &str) -> bool {
        self.advance(now);
        let Some(key) = self.find(id) else { return false };
        self.end_meeting(now, &key, false)
    }

    /// BBB restarts: all meetings are gone without a trace. Recordings stay, and hooks too unless
    /// [`with_hooks_lost_at_restart`](Self::with_hooks_lost_at_restart) said otherwise.
    pub fn restart(&mut self) {
        while let Some((_, meeting)) = self.meetings.pop_first() {
            self.last_gone = self.last_gone.max(Some(meeting.create_time));
        }
        self.bridges.clear();
        self.lingering.clear();
        self.hooks.restart();
    }

    pub(super) fn end_meeting(&mut self, now: Timestamp, key: &str, forcibly: bool) -> bool {
        let Some(meeting) = self.meetings.get_mut(key).filter(|meeting| meeting.ended_at.is_none()) else {
            return false;
        };
        meeting.ended_at = Some(now);
        meeting.forcibly_ended = forcibly;
        let present = std::mem::take(&mut meeting.users);
        if meeting.keeps_events() {
            let room = MOST_PAST_USERS.saturating_sub(meeting.past_users.len());
            let left = |user| SimulatedUser { left_at: Some(now), ..user };
            meeting.past_users.extend(present.into_iter().take(room).map(left));
        }
        self.bridges.remove(&meeting.voice_bridge);
        // a room's end is part of its parent's: its recording is there when the parent's names it
        let rooms = self.meetings().filter(|room| self.has_breakouts && room.is_room_of(key));
        let rooms: Vec<_> = rooms.map(|room| room.internal_id.clone()).collect();
        rooms.iter().for_each(|room| {
            self.end_meeting(now, room, forcibly);
        });
        self.call_of_end(key);
        self.tell_of_meeting(key, "meeting-ended");
        self.leave_recording(now, key, rooms);
        self.lingering.push_back((now + self.linger, key.to_owned()));
        self.forget_gone(now);
        true
    }

    fn forget_gone(&mut self, now: Timestamp) {
        while let Some((_, key)) = self.lingering.pop_front_if(|(until, _)| *until <= now) {
            if let Some(meeting) = self.meetings.remove(&key) {
                self.last_gone = self.last_gone.max(Some(meeting.create_time));
            }
        }
    }

    fn media_changed(&mut self, key: &str, user: &SimulatedUser, before: (bool, bool), after: (bool, bool)) {
        let voice = (before.0 != after.0).then_some(UserEvent::Voice(after.0));
        let camera = (before.1 != after.1).then_some(UserEvent::Camera(after.1));
        for event in [voice, camera].into_iter().flatten() {
            self.tell_of_user(key, event, user);
        }
    }
}
