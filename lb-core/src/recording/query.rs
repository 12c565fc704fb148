//! What is asked for of the recordings: [`RecordingQuery`].

use std::sync::Arc;

use super::{MetadataFilter, Recording, RecordingState};
use crate::meeting::MeetingId;
use crate::network::IntegrationName;

/// Which recordings are wanted: those that all of it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingQuery {
    /// Whose; `None`: those that are nobody's.
    pub owner: Option<IntegrationName>,
    /// Which of them.
    pub which: Which,
    /// In which states.
    pub states: States,
    /// With which metadata.
    pub metadata: Vec<MetadataFilter>,
    /// Which part of them; absent: all.
    pub page: Option<Page>,
}

impl RecordingQuery {
    /// All that `owner` has, in whatever state.
    pub fn all_of(owner: Option<IntegrationName>) -> Self {
        Self { owner, which: Which::All, states: States::ALL, metadata: Vec::new(), page: None }
    }

    /// Whether it wants `recording`, so far as states and metadata tell.
    pub(crate) fn takes(&self, recording: &Recording) -> bool {
        self.states.contain(recording.state)
            && (self.metadata.is_empty() || {
                let fields = recording.xml.unpack();
                let [_, _, raw, _] = fields.parts();
                self.metadata.iter().all(|filter| filter.may_take(raw)) && {
                    let metadata = fields.metadata();
                    self.metadata.iter().all(|filter| filter.takes(&metadata))
                }
            })
    }
}

/// Which of an owner's recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those whose ids begin with one of these. None is empty.
    BeginningWith(Vec<String>),
    /// Those of these meetings.
    OfMeetings(Vec<MeetingId>),
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many stand before it.
    pub offset: usize,
    /// How many it has at most.
    pub limit: usize,
}

impl Page {
    /// The most that a page has, as in BBB.
    pub const MOST: usize = 100;
}

/// A set of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct States(u8);

impl States {
    /// Every state.
    pub const ALL: Self = Self::of(&RecordingState::ALL);

    /// What getRecordings answers where it is asked for no state.
    pub const LISTED: Self = Self::of(&[RecordingState::Published, RecordingState::Unpublished]);

    /// These.
    pub const fn of(states: &[RecordingState]) -> Self {
        let (mut set, mut place) = (0, 0);
        while place < states.len() {
            set |= 1 << states[place] as u8;
            place += 1;
        }
        Self(set)
    }

    /// Reads a list with commas. Words that are no state stand for none.
    pub fn read(list: &str) -> Self {
        let mut set = 0;
        for word in list.split(',').map(str::trim) {
            set |= match RecordingState::named(word) {
                Some(state) => 1 << state as u8,
                None if word.eq_ignore_ascii_case("any") => Self::ALL.0,
                None => 0,
            };
        }
        Self(set)
    }

    /// Whether `state` is in it.
    pub const fn contain(self, state: RecordingState) -> bool {
        self.0 & (1 << state as u8) != 0
    }
}

/// What came of a [`RecordingQuery`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected {
    /// The recordings, newest first; those of the page where one was asked for.
    pub recordings: Vec<Arc<Recording>>,
    /// How many there are in all.
    pub total: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_in_any_case_and_unknown_ones_are_none() {
        use RecordingState::{Deleted, Processing, Published, Unpublished};
        assert_eq!(States::read("published, Unpublished,x"), States::of(&[Published, Unpublished]));
        assert_eq!((States::read("x"), States::read("deleted,ANY")), (States::of(&[]), States::ALL));
        assert!(States::LISTED.contain(Unpublished) && !States::LISTED.contain(Deleted));
        assert!(States::ALL.contain(Processing));
    }
}
