//! What BBB tells of a meeting that has ended: who was there, and when.

use serde_json::{Map, Value, json};

use super::meeting::{SimulatedMeeting, SimulatedUser};
use crate::clock::Timestamp;

impl SimulatedMeeting {
    /// The body of the analytics callback, once it has ended.
    pub(super) fn analytics(&self) -> Value {
        let (start, end) = (Timestamp::from_millis(self.create_time), self.ended_at.unwrap_or_default());
        let attendees: Vec<_> = self.past_users.iter().map(|user| attendee(user, end)).collect();
        let mut metadata: Map<_, _> =
            self.metadata.iter().map(|(key, value)| (key.replace('-', "_"), value.as_str().into())).collect();
        metadata.insert("is_breakout".into(), self.breakout.is_some().to_string().into());
        metadata.insert("meeting_name".into(), self.name.as_str().into());
        json!({
            "version": "1.0",
            "meeting_id": self.meeting_id,
            "internal_meeting_id": self.internal_id,
            "data": {
                "metadata": metadata,
                "duration": end.since(start).as_secs(),
                "start": date(start),
                "finish": date(end),
                "attendees": attendees,
                "files": [],
                "polls": [],
            },
        })
    }
}

fn attendee(user: &SimulatedUser, end: Timestamp) -> Value {
    let (joined, left) = (user.joined_at, user.left_at.unwrap_or(end));
    json!({
        "ext_user_id": user.user_id,
        "name": user.full_name,
        "moderator": user.moderator,
        "joins": [date(joined)],
        "leaves": [date(left)],
        "duration": left.since(joined).as_secs(),
        "recent_talking_time": "",
        "engagement": { "chats": 0, "talks": 0, "raisehand": 0, "emojis": 0, "poll_votes": 0, "talk_time": 0 },
        "sessions": [{ "joins": [date(joined)], "lefts": [date(left)] }],
    })
}

/// `2023-11-14T22:13:20.000+00:00`; empty where no calendar reaches.
fn date(at: Timestamp) -> String {
    let date = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    date.map(|date| date.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_with_milliseconds_and_offset() {
        assert_eq!(date(Timestamp::from_millis(1_700_000_000_007)), "2023-11-14T22:13:20.007+00:00");
        assert_eq!(date(Timestamp::from_millis(1_700_000_000_000)), "2023-11-14T22:13:20.000+00:00");
        assert_eq!(date(Timestamp::from_millis(u64::MAX)), "");
    }
}
