//! How loaded a server is: what was measured ([`Load`]) and what placed meetings will yet bring ([`ExpectedLoad`]).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::meeting::{ClaimToken, MeetingKey};

/// What was measured on a server. Absent is not known, which is not the same as nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// CPU in use, per cent, 0 to 100.
    pub cpu: Option<f64>,
    /// When the CPU figure was taken, by the balancer's clock.
    pub cpu_at: Timestamp,
    /// Memory in use, per cent, 0 to 100.
    pub memory: Option<f64>,
    /// Disk in use, per cent, 0 to 100.
    pub disk: Option<f64>,
    /// Meetings that run.
    pub meetings: Option<u32>,
    /// Users in them.
    pub users: Option<u32>,
    /// Users with audio.
    pub audio: Option<u32>,
    /// Users with video.
    pub video: Option<u32>,
}

/// How a meeting that was just placed counts before anyone is seen in it.
///
/// `reserve = max(0, expected_users × (1 − age / ramp) − users seen)`: a new meeting counts its expected users at once,
/// declining linearly to nothing, and never less than what is really there. So a burst of creates between two polls
/// spreads. (The idea of a declining reserve is BBBLB's; the linear form and the units are our own.)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpectedLoadRule {
    /// Users that a new meeting counts as.
    pub expected_users: f64,
    /// How long it takes to decline to nothing.
    pub ramp: Duration,
    /// What one user costs, per cent of a server's CPU.
    pub cpu_per_user: f64,
    /// A CPU figure older than this counts as unknown.
    pub max_age: Duration,
}

impl Default for ExpectedLoadRule {
    fn default() -> Self {
        Self {
            expected_users: 15.0,
            ramp: Duration::from_secs(15 * 60),
            cpu_per_user: 0.35,
            max_age: Duration::from_secs(60),
        }
    }
}

impl ExpectedLoadRule {
    fn reserve(&self, age: Duration, users_seen: u32) -> f64 {
        if self.ramp.is_zero() {
            return 0.0;
        }
        let left = 1.0 - age.as_secs_f64() / self.ramp.as_secs_f64();
        (self.expected_users * left - f64::from(users_seen)).max(0.0)
    }
}

/// A meeting young enough to count as more than what is seen in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct YoungMeeting {
    pub(crate) key: MeetingKey,
    /// The claim that it was placed for: two calls that want the same meeting each have a place until one is overtaken.
    pub(crate) claim: Option<ClaimToken>,
    pub(crate) placed_at: Timestamp,
    pub(crate) users_seen: u32,
    /// Whether a list of the server has shown it: then it is in the measured number of meetings too.
    pub(crate) listed: bool,
}

/// The load that placed meetings will yet bring to one server.
///
/// The sum is kept as a straight line (its value at one moment and its slope), so that ranking a server costs the same
/// however many meetings it was given. Between two recomputations the line is exact until the first young meeting's
/// reserve reaches zero, and a little too low after that.
#[derive(Clone, Debug, Default)]
pub struct ExpectedLoad {
    young: Vec<YoungMeeting>,
    line: ExpectedLine,
    unlisted: u32,
}

/// That straight line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ExpectedLine {
    as_of: Timestamp,
    users: f64,
    users_per_ms: f64,
}

impl ExpectedLine {
    /// Users that are expected beside those seen.
    pub(crate) fn users(self, now: Timestamp) -> f64 {
        let elapsed = now.as_millis().saturating_sub(self.as_of.as_millis()) as f64;
        (self.users - self.users_per_ms * elapsed).max(0.0)
    }
}

impl ExpectedLoad {
    /// Users that are expected beside those seen.
    pub fn users(&self, now: Timestamp) -> f64 {
        self.line.users(now)
    }

    /// How those go down.
    pub(crate) fn line(&self) -> ExpectedLine {
        self.line
    }

    /// Meetings placed that no list has shown yet.
    pub fn meetings(&self) -> u32 {
        self.unlisted
    }

    /// Counts a meeting from now on.
    pub(crate) fn add(&mut self, key: MeetingKey, claim: Option<ClaimToken>, now: Timestamp, rule: &ExpectedLoadRule) {
        self.young.push(YoungMeeting { key, claim, placed_at: now, users_seen: 0, listed: false });
        self.recompute(now, rule);
    }

    /// Takes a meeting back: the one placed for `claim`, which was not created after all, or every one where none is named,
    /// because it has ended.
    pub(crate) fn remove(
        &mut self,
        key: &MeetingKey,
        claim: Option<&ClaimToken>,
        now: Timestamp,
        rule: &ExpectedLoadRule,
    ) {
        let before = self.young.len();
        let meant = |meeting: &YoungMeeting| {
            meeting.key == *key && claim.is_none_or(|claim| meeting.claim.as_ref() == Some(claim))
        };
        self.young.retain(|meeting| !meant(meeting));
        if self.young.len() != before {
            self.recompute(now, rule);
        }
    }

    /// Takes over what a list of the server shows: `seen` answers the users of a meeting, or `None` if it lists none.
    pub(crate) fn observe(
        &mut self,
        seen: impl Fn(&MeetingKey) -> Option<u32>,
        now: Timestamp,
        rule: &ExpectedLoadRule,
    ) {
        for meeting in &mut self.young {
            let users = seen(&meeting.key);
            meeting.listed = users.is_some();
            meeting.users_seen = users.unwrap_or(0);
        }
        self.young.retain(|meeting| now.since(meeting.placed_at) < rule.ramp || !meeting.listed);
        self.young.retain(|meeting| now.since(meeting.placed_at) < rule.ramp * 2);
        self.recompute(now, rule);
    }

    fn recompute(&mut self, now: Timestamp, rule: &ExpectedLoadRule) {
        let reserves = self.young.iter().map(|young| rule.reserve(now.since(young.placed_at), young.users_seen));
        let (count, users) =
            reserves.filter(|&reserve| reserve > 0.0).fold((0.0, 0.0), |(n, sum), r| (n + 1.0, sum + r));
        let users_per_ms =
            if rule.ramp.is_zero() { 0.0 } else { count * rule.expected_users / rule.ramp.as_millis() as f64 };
        self.line = ExpectedLine { as_of: now, users, users_per_ms };
        self.unlisted = self.young.iter().filter(|meeting| !meeting.listed).count() as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn key(id: &str) -> MeetingKey {
        MeetingKey::new("moodle", id)
    }

    #[test]
    fn a_new_meeting_counts_fifteen_users_and_declines_to_nothing() {
        let rule = ExpectedLoadRule::default();
        let start = Timestamp::from_millis(1_000_000);
        let mut expected = ExpectedLoad::default();
        expected.add(key("a"), None, start, &rule);
        assert_eq!(expected.users(start), 15.0);
        assert_eq!(expected.meetings(), 1);
        assert!((expected.users(start + 5 * MINUTE) - 10.0).abs() < 1e-9);
        assert_eq!(expected.users(start + 20 * MINUTE), 0.0);
    }

    #[test]
    fn users_seen_are_not_counted_twice_and_an_empty_listing_clears_nothing() {
        let rule = ExpectedLoadRule::default();
        let start = Timestamp::from_millis(1_000_000);
        let mut expected = ExpectedLoad::default();
        expected.add(key("a"), None, start, &rule);
        expected.add(key("b"), None, start, &rule);
        expected.observe(|key| (key.meeting_id.as_str() == "a").then_some(12), start, &rule);
        assert_eq!(expected.users(start), 3.0 + 15.0);
        assert_eq!(expected.meetings(), 1, "b is not listed yet");
        expected.observe(|_| Some(0), start, &rule);
        assert_eq!(expected.users(start), 30.0, "listed and empty");
        assert_eq!(expected.meetings(), 0);
        expected.observe(|_| Some(40), start, &rule);
        assert_eq!(expected.users(start), 0.0);
    }

    #[test]
    fn of_two_calls_that_want_the_same_meeting_each_takes_back_its_own_place() {
        let rule = ExpectedLoadRule::default();
        let [winner, overtaken] = ["a", "b"].map(|token| ClaimToken::from(token.to_owned()));
        let mut expected = ExpectedLoad::default();
        expected.add(key("a"), Some(winner), Timestamp::default(), &rule);
        expected.add(key("a"), Some(overtaken.clone()), Timestamp::default(), &rule);
        expected.remove(&key("a"), Some(&overtaken), Timestamp::default(), &rule);
        assert_eq!((expected.users(Timestamp::default()), expected.meetings()), (15.0, 1));
        expected.remove(&key("a"), None, Timestamp::default(), &rule);
        assert_eq!((expected.users(Timestamp::default()), expected.meetings()), (0.0, 0));
    }

    #[test]
    fn what_was_added_can_be_taken_back() {
        let rule = ExpectedLoadRule::default();
        let mut expected = ExpectedLoad::default();
        expected.add(key("a"), None, Timestamp::default(), &rule);
        expected.remove(&key("a"), None, Timestamp::default(), &rule);
        assert_eq!((expected.users(Timestamp::default()), expected.meetings()), (0.0, 0));
    }
}
