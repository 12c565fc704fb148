//! [`Cell`]: what happened at one place in one block of quarters.

use serde::{Deserialize, Serialize};

use super::people::People;

/// What can be added up; times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Meetings that began.
    pub(super) begun: u32,
    /// How many of those have ended,
    pub(super) ended: u32,
    /// how long they took together,
    pub(super) length: u64,
    /// and how long the longest of them.
    pub(super) longest: u64,
    /// Meetings that had begun before the block and had not ended at its begin.
    pub(super) running: u32,
    /// The time of all stays.
    pub(super) time: u64,
    /// Who was there.
    pub(super) seen: People,
    /// Who was sent to meetings that nobody was ever seen in.
    pub(super) sent: People,
    /// Recordings that were seen for the first time.
    pub(super) recordings: u32,
    /// How long the meetings were that they are of.
    pub(super) recorded: u64,
    /// Refused calls, by the number of call and key.
    pub(super) refused: Vec<(u32, u32)>,
}

/// What happened at one place in one block of quarters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) counts: Counts,
    /// Who was there, by hashes of their names; each once, in rising order.
    pub(super) names: Vec<u64>,
}

impl Counts {
    /// Whether there may have been a meeting or somebody.
    pub(super) fn lasts(&self) -> bool {
        self.begun > 0 || self.running > 0 || self.time > 0
    }

    /// Counts one refused call more.
    pub(super) fn refuse(&mut self, kind: u32, times: u32) {
        match self.refused.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += times,
            None => self.refused.push((kind, times)),
        }
    }

    /// Adds a block that begins `later` quarters after this one and is a part of it.
    pub(super) fn add(&mut self, other: &Self, later: u32) {
        self.begun += other.begun;
        self.ended += other.ended;
        self.length += other.length;
        self.longest = self.longest.max(other.longest);
        if later == 0 {
            self.running += other.running;
        }
        self.time += other.time;
        self.seen.add(&other.seen, later);
        self.sent.add(&other.sent, later);
        self.recordings += other.recordings;
        self.recorded += other.recorded;
        for (kind, times) in &other.refused {
            self.refuse(*kind, *times);
        }
    }
}
