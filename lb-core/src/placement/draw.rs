//! [`Draws`]: chance that repeats itself, so that an explanation tells what a placement will do.
//!
//! Each server's number is drawn from the meeting and the server's name alone. So the order does not depend on who else is
//! eligible: when a server fails, those that are left keep theirs.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::meeting::MeetingKey;
use crate::server::ServerName;

/// One random number for each server, for one meeting.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    meeting: DefaultHasher,
}

impl Draws {
    /// The draws for `meeting`.
    pub(super) fn of(meeting: &MeetingKey) -> Self {
        let mut hasher = DefaultHasher::new();
        meeting.hash(&mut hasher);
        Self { meeting: hasher }
    }

    /// The number of `server`: uniform, greater than 0 and at most 1.
    pub(super) fn number(&self, server: &ServerName) -> f64 {
        let mut hasher = self.meeting.clone();
        server.hash(&mut hasher);
        // 53 bits are what a number between 0.5 and 1 can tell apart
        let steps = 1_u64 << 53;
        ((hasher.finish() >> 11) + 1) as f64 / steps as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_uniform_and_belong_to_one_meeting_and_one_server() {
        let number =
            |meeting: &str, server: &str| Draws::of(&MeetingKey::new("moodle", meeting)).number(&server.into());
        assert_eq!(number("room-1", "bbb1").to_bits(), number("room-1", "bbb1").to_bits());
        let mut tenths = [0_u32; 10];
        for meeting in 0..1000 {
            for server in 0..10 {
                let number = number(&format!("room-{meeting}"), &format!("bbb{server}"));
                assert!(number > 0.0 && number <= 1.0);
                tenths[((number * 10.0) as usize).min(9)] += 1;
            }
        }
        // 1000 each; the standard deviation is 30
        assert!(tenths.iter().all(|count| (880..1120).contains(count)), "{tenths:?}");
    }
}
