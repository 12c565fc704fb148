//! [`Journal`]: what is known of each meeting and not stored: single calls, and what the lists of its server showed.
//!
//! It is written for every call and every list, read by who asks what became of one meeting, and gone with the process.
//!
//! | bound | |
//! |---|---|
//! | entries of one meeting | [`OF_ONE`]; the oldest goes |
//! | meetings | [`MEETINGS`]; for a call the one goes that was not touched for longest; a list begins none where there is no room |
//! | entries of all | [`ENTRIES`]; the same |
//! | one entry | some 120 bytes, 48 more for a messageKey that is no known one |
//! | ids | [`LONGEST_ID`] bytes; nothing is noted of longer ones |
//!
//! That is 32 MiB at the very most. Calls that are the same in a row are one entry, and so are lists. The meetings are spread
//! over [`SHARDS`] locks, each held for one note.

mod entry;
mod recent;

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use self::entry::{Entry, Noted};
pub(crate) use self::recent::Recent;

use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::MeetingKey;
use crate::server::ServerName;

/// Entries of one meeting.
const OF_ONE: usize = 64;

/// Meetings that there are entries of.
const MEETINGS: usize = 10_000;

/// Entries of all meetings together.
const ENTRIES: usize = 131_072;

/// The longest meetingID that is noted of, in bytes: 256 characters, as long as BBB lets one be.
const LONGEST_ID: usize = 1024;

/// How many locks share the meetings.
const SHARDS: usize = 16;

/// How far back what goes on is looked for: a website that asks every few seconds and lists in between are two entries.
const LOOK_BACK: usize = 4;

/// Notes of all meetings. See the module for its bounds.
#[derive(Debug)]
pub(crate) struct Journal {
    // each held for one note or one look, never across an await
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    meetings: Recent<MeetingKey, Notes>,
    entries: usize,
}

/// What was noted of one meeting.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Notes {
    /// In the order in which each began.
    pub(crate) entries: VecDeque<Entry>,
    /// How many older ones had to go.
    pub(crate) dropped: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl Journal {
    /// Takes in what an event tells, if it is a call about a meeting.
    pub(crate) fn observe(&self, event: &Event) {
        if let EventKind::CallAnswered { call, meeting: Some(meeting), server, key, success, took, .. } = &event.kind {
            let what = Noted::call(call.clone(), key.clone(), *success, *took);
            self.note(meeting, Entry::new(event.at, server.clone(), what), true);
        }
    }

    /// A list of `server`, asked for at `at`, shows the meeting with so many `users`, or lacks it.
    pub(crate) fn listed(&self, meeting: &MeetingKey, server: &ServerName, at: Timestamp, users: Option<u32>) {
        let what = users.map_or(Noted::Missed, |users| Noted::Seen { least: users, most: users });
        self.note(meeting, Entry::new(at, Some(server.clone()), what), false);
    }

    /// What was noted of a meeting.
    pub(crate) fn of(&self, meeting: &MeetingKey) -> Notes {
        self.shard(meeting).meetings.get(meeting).cloned().unwrap_or_default()
    }

    fn shard(&self, meeting: &MeetingKey) -> MutexGuard<'_, Shard> {
        let place = self.hasher.hash_one(meeting) as usize % SHARDS;
        self.shards[place].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes `entry`. Where there is no room for one more meeting, another goes if it `makes_room`.
    fn note(&self, meeting: &MeetingKey, entry: Entry, makes_room: bool) {
        if meeting.meeting_id.as_str().len() <= LONGEST_ID {
            self.shard(meeting).note(meeting, entry, makes_room);
        }
    }
}

impl Shard {
    fn note(&mut self, meeting: &MeetingKey, entry: Entry, makes_room: bool) {
        if self.meetings.get(meeting).is_none() && !makes_room && !self.has_room() {
            return;
        }
        let notes = self.meetings.touch(meeting);
        let before = notes.entries.len();
        notes.note(entry);
        self.entries = self.entries + notes.entries.len() - before;
        while self.meetings.len() > MEETINGS / SHARDS || self.entries > ENTRIES / SHARDS {
            let Some(gone) = self.meetings.remove_oldest() else { return };
            self.entries = self.entries.saturating_sub(gone.entries.len());
        }
    }

    fn has_room(&self) -> bool {
        self.meetings.len() < MEETINGS / SHARDS && self.entries < ENTRIES / SHARDS
    }
}

impl Notes {
    fn note(&mut self, entry: Entry) {
        for earlier in self.entries.iter_mut().rev().take(LOOK_BACK) {
            if earlier.merge(&entry) {
                return;
            }
            if earlier.stands_before(&entry) {
                break;
            }
        }
        if self.entries.len() >= OF_ONE {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }
}

#[cfg(test)]
mod tests;
