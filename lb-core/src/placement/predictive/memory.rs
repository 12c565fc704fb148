//! [`Memory`]: what was learnt of meetings, from the single room up to all of them.

use sha2::{Digest, Sha256};

use super::estimate::Estimates;
use super::forecast::Forecast;
use super::record::{Lesson, Record};
use super::table::Table;
use crate::clock::Timestamp;
use crate::meeting::MeetingKey;
use crate::placement::MeetingHints;

/// Rooms that are remembered at most.
pub(super) const MOST_ROOMS: usize = 20_000;
/// Hours of the week that are remembered at most, of all integrations together.
pub(super) const MOST_HOURS: usize = 12_000;
/// Integrations that are remembered at most.
pub(super) const MOST_INTEGRATIONS: usize = 1_000;

/// How many meetings of a room, of an hour, of an integration, of all weigh; older ones fade.
const MEMORIES: [u16; 4] = [6, 30, 200, 1000];
/// With so many meetings one weighs as much as the wider kind that it belongs to: an hour, an integration, all
/// (of which integrations are counted). Of a room it is [learnt](Estimates).
const DOUBTS: [f32; 3] = [6.0, 10.0, 10.0];
/// A meeting counts to the hour that it is ten minutes before: classes are opened a little early.
const EARLY_MILLIS: u64 = 10 * 60_000;

/// What was learnt of meetings. A clone shares all that stays the same, so that it can be changed beside its readers.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    pub(super) rooms: Table,
    pub(super) hours: Table,
    pub(super) integrations: Table,
    pub(super) all: Record,
    /// How alike the meetings of one room are: variances.
    pub(super) alike: Record,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            rooms: Table::new(MOST_ROOMS, MEMORIES[0]),
            hours: Table::new(MOST_HOURS, MEMORIES[1]),
            integrations: Table::new(MOST_INTEGRATIONS, MEMORIES[2]),
            all: Record::default(),
            alike: Record::default(),
        }
    }
}

impl Memory {
    /// What is expected of a meeting of this key, created at `now`.
    pub(super) fn forecast(&self, meeting: &MeetingKey, hints: &MeetingHints, now: Timestamp) -> Forecast {
        let room = self.rooms.get(room_key(meeting)).copied().unwrap_or_default();
        let integration = meeting.integration.as_str();
        let estimates = Estimates::of_room(&room, &self.of_integration(integration, now), &self.alike);
        Forecast::of(&estimates, hints)
    }

    /// What is expected of a meeting of which nothing is known but whose it is.
    pub(super) fn forecast_of_integration(&self, integration: &str, now: Timestamp) -> Forecast {
        Forecast::of(&Estimates::of_kind(&self.of_integration(integration, now)), &MeetingHints::default())
    }

    /// What is expected of any meeting.
    pub(super) fn forecast_of_any(&self) -> Forecast {
        Forecast::of(&Estimates::of_kind(&self.of_all()), &MeetingHints::default())
    }

    fn of_all(&self) -> Record {
        // a new integration is like the others as far as there are others, however often those have met
        self.all.of_at_most(self.integrations.len()).within(&Record::PRIOR, DOUBTS[2])
    }

    fn of_integration(&self, integration: &str, now: Timestamp) -> Record {
        let hour = self.hours.get(hour_key(integration, now)).copied().unwrap_or_default();
        let whole = self.integrations.get(integration_key(integration)).copied().unwrap_or_default();
        hour.within(&whole.within(&self.of_all(), DOUBTS[1]), DOUBTS[0])
    }

    /// Takes in what a meeting teaches that began at `began`.
    pub(super) fn learn(&mut self, meeting: &MeetingKey, began: Timestamp, lesson: &Lesson) {
        let hour = u32::try_from(began.as_millis() / 3_600_000).unwrap_or(u32::MAX);
        let integration = meeting.integration.as_str();
        let room = room_key(meeting);
        if let Some(known) = self.rooms.get(room) {
            self.alike.learn_straying(known, lesson, MEMORIES[3]);
        }
        self.rooms.learn(room, lesson, hour);
        self.hours.learn(hour_key(integration, began), lesson, hour);
        self.integrations.learn(integration_key(integration), lesson, hour);
        self.all.learn(lesson, MEMORIES[3], hour);
    }
}

/// What a room is remembered by. A hash, so that every record is equally small, and no name is kept.
pub(super) fn room_key(meeting: &MeetingKey) -> u64 {
    hash(b'r', meeting.integration.as_str(), meeting.meeting_id.as_str().as_bytes())
}

/// What a server is remembered by.
pub(super) fn server_key(name: &str) -> u64 {
    hash(b's', name, b"")
}

fn integration_key(integration: &str) -> u64 {
    hash(b'i', integration, b"")
}

fn hour_key(integration: &str, at: Timestamp) -> u64 {
    hash(b'h', integration, &[hour_of_week(at)])
}

/// Weekday × 24 + hour, UTC: a timetable is as regular by any clock, but for the weeks after summer time begins or ends.
fn hour_of_week(at: Timestamp) -> u8 {
    let hours = at.as_millis().saturating_add(EARLY_MILLIS) / 3_600_000;
    (hours % (7 * 24)) as u8
}

fn hash(kind: u8, name: &str, rest: &[u8]) -> u64 {
    let hash = Sha256::new_with_prefix([kind]).chain_update(name).chain_update([0]).chain_update(rest).finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY_NINE: Timestamp = Timestamp::from_millis(1_767_603_600_000);
    const WEEK: std::time::Duration = std::time::Duration::from_secs(7 * 24 * 3600);

    fn lesson(users: u32, minutes: f32) -> Lesson {
        Lesson { users, minutes, cameras: Some(users / 10), filling: Some(3.0) }
    }

    fn weekly(memory: &mut Memory, room: &str, users: u32, minutes: f32) {
        for week in 0..4 {
            memory.learn(&MeetingKey::new("moodle", room), MONDAY_NINE + WEEK * week, &lesson(users, minutes));
        }
    }

    fn forecast(memory: &Memory, integration: &str, room: &str, hints: MeetingHints) -> Forecast {
        memory.forecast(&MeetingKey::new(integration, room), &hints, MONDAY_NINE + WEEK * 5)
    }

    #[test]
    fn the_size_and_the_length_of_a_weekly_room_are_learnt() {
        let mut memory = Memory::default();
        let cold = forecast(&memory, "moodle", "lecture", MeetingHints::default());
        assert!((10.0..30.0).contains(&cold.users()) && (45.0..90.0).contains(&cold.minutes()), "{cold:?}");
        weekly(&mut memory, "lecture", 200, 90.0);
        weekly(&mut memory, "talk", 2, 15.0);
        let lecture = forecast(&memory, "moodle", "lecture", MeetingHints::default());
        assert!((150.0..230.0).contains(&lecture.users()) && (75.0..95.0).contains(&lecture.minutes()), "{lecture:?}");
        let talk = forecast(&memory, "moodle", "talk", MeetingHints::default());
        assert!(talk.users() < 5.0 && talk.minutes() < 22.0, "{talk:?}");
        assert_eq!((lecture.meetings, cold.meetings), (4, 0));
    }

    #[test]
    fn a_new_room_is_like_those_of_its_integration_at_its_hour() {
        let mut memory = Memory::default();
        for room in 0..40 {
            let began = MONDAY_NINE + WEEK * (room % 4);
            memory.learn(&MeetingKey::new("school", format!("r{room}")), began, &lesson(60, 45.0));
            let evening = began + WEEK / 14;
            memory.learn(&MeetingKey::new("school", format!("e{room}")), evening, &lesson(4, 20.0));
        }
        let users = |integration: &str, at| {
            memory.forecast(&MeetingKey::new(integration, "new"), &MeetingHints::default(), at).users()
        };
        let (morning, evening) = (users("school", MONDAY_NINE), users("school", MONDAY_NINE + WEEK / 14));
        assert!(morning > 35.0 && evening < 12.0, "{morning} {evening}");
        let early = MONDAY_NINE.before(std::time::Duration::from_secs(300));
        assert!((users("school", early) - morning).abs() < 1e-3, "five minutes early is the same hour");
        assert!((evening..morning).contains(&users("school", MONDAY_NINE + WEEK / 7 * 2)));
    }

    #[test]
    fn hints_are_evidence_and_caps_are_caps() {
        let mut memory = Memory::default();
        let hint = |memory: &Memory, room, size| {
            forecast(memory, "moodle", room, MeetingHints { size, ..MeetingHints::default() }).users()
        };
        let (large, unsaid, small) =
            (hint(&memory, "new", Some(200)), hint(&memory, "new", None), hint(&memory, "new", Some(3)));
        assert!(large > 3.0 * unsaid && small < 0.6 * unsaid, "{large} {unsaid} {small}");
        weekly(&mut memory, "class", 20, 45.0);
        let (told, known) = (hint(&memory, "class", Some(200)), hint(&memory, "class", None));
        assert!(told > known && told < known * 1.5, "it has lied four times: {told} {known}");
        let capped = MeetingHints {
            max_participants: Some(5),
            size: Some(100_000),
            duration: Some(std::time::Duration::from_secs(600)),
        };
        let capped = forecast(&memory, "moodle", "class", capped);
        assert!(capped.users() <= 5.0 && capped.minutes() <= 10.0, "{capped:?}");
    }

    #[test]
    fn memory_stays_bounded_under_a_million_rooms() {
        let mut memory = Memory::default();
        for room in 0..1_000_000_u64 {
            // tables are filled by hashes: this one is as good as any
            memory.rooms.learn(room.wrapping_mul(0x9E37_79B9_7F4A_7C15), &lesson(10, 30.0), (room / 1000) as u32);
        }
        assert!((MOST_ROOMS * 9 / 10..=MOST_ROOMS).contains(&memory.rooms.len()));
    }
}
