//! The recordings of a simulated server: how meetings leave them, how they go on with time, and what tests do with them.

mod calls;
mod filter;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use super::SimulatedBbb;
use super::recording::{SimulatedFormat, SimulatedRecording, SimulatedRecordingState as State};
use crate::clock::Timestamp;

/// Recordings that one simulated server holds; meetings that end leave no further ones.
const MOST_RECORDINGS: usize = 100_000;

pub(super) struct Recordings {
    by_id: BTreeMap<String, SimulatedRecording>,
    /// What happens by itself, by time and then in the order in which it was decided.
    steps: BTreeMap<(Timestamp, u64), (String, State)>,
    decided: u64,
    delay: Duration,
    lag: Duration,
    formats: Vec<SimulatedFormat>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            steps: BTreeMap::new(),
            decided: 0,
            delay: Duration::ZERO,
            lag: Duration::ZERO,
            formats: vec![SimulatedFormat::Presentation],
        }
    }
}

impl Recordings {
    pub(super) fn get(&self, record_id: &str) -> Option<&SimulatedRecording> {
        self.by_id.get(record_id)
    }

    pub(super) fn get_mut(&mut self, record_id: &str) -> Option<&mut SimulatedRecording> {
        self.by_id.get_mut(record_id)
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.steps.first_key_value().map(|((at, _), _)| *at)
    }

    fn decide(&mut self, at: Timestamp, record_id: &str, to: State) {
        self.decided += 1;
        self.steps.insert((at, self.decided), (record_id.to_owned(), to));
    }
}

impl SimulatedBbb {
    /// The same server, whose recordings are published `delay` after the end of their meeting: half of it they are
    /// processing, half of it processed. BBB's own take about as long as the meeting.
    #[must_use]
    pub fn with_recording_delay(mut self, delay: Duration) -> Self {
        self.recordings.delay = delay;
        self
    }

    /// The same server, whose recordings are made in these formats.
    #[must_use]
    pub fn with_recording_formats(mut self, formats: impl IntoIterator<Item = SimulatedFormat>) -> Self {
        self.recordings.formats = formats.into_iter().collect();
        self
    }

    /// The same server, where getRecordings shows the old state for so long after publishRecordings and deleteRecordings
    /// were answered.
    #[must_use]
    pub fn with_publish_lag(mut self, lag: Duration) -> Self {
        self.recordings.lag = lag;
        self
    }

    /// All recordings in the order of their ids, whatever their state.
    pub fn recordings(&self) -> impl Iterator<Item = &SimulatedRecording> {
        self.recordings.by_id.values()
    }

    /// The recording with this recordID.
    pub fn recording(&self, record_id: &str) -> Option<&SimulatedRecording> {
        self.recordings.get(record_id)
    }

    /// The recording with this recordID, to be changed past the API. Nobody is told; a state changes better with
    /// [`set_recording_state`](Self::set_recording_state).
    pub fn recording_mut(&mut self, record_id: &str) -> Option<&mut SimulatedRecording> {
        self.recordings.get_mut(record_id)
    }

    /// Somebody puts a recording in past the API. One with the same recordID is replaced. Nobody is told.
    pub fn put_recording(&mut self, recording: SimulatedRecording) {
        self.recordings.by_id.insert(recording.record_id.clone(), recording);
    }

    /// A recording gets another state past the API. Who is to be told is told; where it was not yet published before and now
    /// is, websites hear that it is ready. Returns whether there is one.
    pub fn set_recording_state(&mut self, record_id: &str, state: State) -> bool {
        self.recordings.get(record_id).is_some() && {
            self.change(record_id, state);
            true
        }
    }

    /// Somebody removes a recording past the API: it is gone without a trace, and nobody is told. Returns whether there was
    /// one.
    pub fn remove_recording(&mut self, record_id: &str) -> bool {
        self.recordings.by_id.remove(record_id).is_some()
    }

    /// A meeting that records has ended.
    pub(super) fn leave_recording(&mut self, now: Timestamp, key: &str, rooms: Vec<String>) {
        let Some(meeting) = self.meetings.get(key).filter(|meeting| meeting.records) else { return };
        if self.recordings.by_id.len() >= MOST_RECORDINGS {
            return;
        }
        let end_time = now.as_millis().max(meeting.create_time);
        let mut recording = SimulatedRecording::of(meeting, end_time, self.recordings.formats.clone());
        recording.breakout_rooms = rooms;
        let id = recording.record_id.clone();
        self.put_recording(recording);
        let delay = self.recordings.delay;
        self.recordings.decide(now + delay / 2, &id, State::Processed);
        self.recordings.decide(now + delay, &id, State::Published);
        self.process_recordings();
    }

    /// Whatever is due happens.
    pub(super) fn process_recordings(&mut self) {
        while let Some(due) = self.recordings.steps.first_entry().filter(|step| step.key().0 <= self.now) {
            let (id, to) = due.remove();
            let from = self.recordings.get(&id).map(|recording| recording.state);
            let goes_on = match from {
                Some(State::Processing) => matches!(to, State::Processed | State::Published),
                Some(State::Processed) => to == State::Published,
                // what was published, taken back or deleted meanwhile does not begin anew
                Some(State::Published | State::Unpublished) => to != State::Processed,
                Some(State::Deleted) | None => false,
            };
            if goes_on {
                self.change(&id, to);
            }
        }
    }

    /// A website has asked for another state.
    fn change_later(&mut self, record_id: &str, to: State) {
        if self.recordings.lag.is_zero() {
            self.change(record_id, to);
        } else {
            self.recordings.decide(self.now + self.recordings.lag, record_id, to);
        }
    }

    fn change(&mut self, record_id: &str, to: State) {
        let Some(recording) = self.recordings.get_mut(record_id).filter(|recording| recording.state != to) else {
            return;
        };
        let is_first = to == State::Published && matches!(recording.state, State::Processing | State::Processed);
        recording.state = to;
        if is_first {
            for format in recording.formats.clone() {
                self.tell_of_recording(record_id, "rap-publish-ended", Some(format));
                self.call_of_format(record_id);
            }
        }
        match to {
            State::Processing | State::Processed => {}
            State::Published => self.tell_of_recording(record_id, "rap-published", None),
            State::Unpublished => self.tell_of_recording(record_id, "rap-unpublished", None),
            State::Deleted => self.tell_of_recording(record_id, "rap-deleted", None),
        }
    }
}

/// Milliseconds that processing took, as answers tell it: a tenth of the meeting.
pub(super) fn processing_time(recording: &SimulatedRecording) -> u64 {
    recording.duration() / 10
}
