//! [`Figures`]: what is told of one group in one step, and how it is added up.

use std::collections::BTreeMap;
use std::time::Duration;

/// How often calls were refused: by call, and by BBB's messageKey.
pub type Refusals = BTreeMap<(String, String), u64>;

/// What happened in one group and one step, or in several together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Meetings that began.
    pub meetings: u64,
    /// Meetings that were there: that began, or had begun before and not ended.
    pub meetings_running: u64,
    /// Of those that began, how many have ended.
    pub meetings_ended: u64,
    /// How long those took, together.
    pub length: Duration,
    /// How long the longest of them took.
    pub longest: Duration,
    /// Different people of each meeting, added up.
    pub participants: u64,
    /// How many of them are from join calls, because nobody was ever seen in their meeting.
    pub participants_from_joins: u64,
    /// The time of all stays.
    pub time: Duration,
    /// Different names of each integration, added up.
    pub unique_names: u64,
    /// The most meetings at the same time.
    pub peak_meetings: u64,
    /// The most users at the same time.
    pub peak_users: u64,
    /// Recordings that were seen for the first time.
    pub recordings: u64,
    /// How long the meetings were that they are of.
    pub recorded: Duration,
    /// Refused calls.
    pub refused: Refusals,
}

impl Figures {
    /// The average length of the meetings that began and have ended; absent where there is none.
    pub fn average(&self) -> Option<Duration> {
        let millis = u64::try_from(self.length.as_millis()).unwrap_or(u64::MAX);
        Some(Duration::from_millis(millis.checked_div(self.meetings_ended)?))
    }

    /// The time of all stays in minutes, to a hundredth.
    pub fn participant_minutes(&self) -> f64 {
        minutes(self.time)
    }

    /// How long the meetings of the recordings were in minutes, to a hundredth.
    pub fn recording_minutes(&self) -> f64 {
        minutes(self.recorded)
    }

    /// All refused calls.
    pub fn refused_calls(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Adds another group of the same step: all but names and peaks, which cannot be added.
    pub(super) fn add_group(&mut self, other: &Self) {
        self.meetings += other.meetings;
        self.meetings_running += other.meetings_running;
        self.meetings_ended += other.meetings_ended;
        self.length += other.length;
        self.longest = self.longest.max(other.longest);
        self.participants += other.participants;
        self.participants_from_joins += other.participants_from_joins;
        self.time += other.time;
        self.recordings += other.recordings;
        self.recorded += other.recorded;
        for (refusal, times) in &other.refused {
            *self.refused.entry(refusal.clone()).or_default() += times;
        }
    }
}

fn minutes(time: Duration) -> f64 {
    (time.as_secs_f64() / 60.0 * 100.0).round() / 100.0
}
