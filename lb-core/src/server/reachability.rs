//! Whether a server answers us: learnt from real calls and from the balancer's own getMeetings polls.
//!
//! ```text
//!               answered                      answered (successes in a row reached)
//!              ┌───────┐          ┌────────────────────────────────────────────────────────┐
//!              ▼       │          ▼                                                        │
//!           ┌────────────────────────┐  failed (failures in a row reached)   ┌─────────────┴──────────────┐
//!  start ──▶│ answering { failures } ├──────────────────────────────────────▶│ suspended { since, answers } │
//!           └────────────────────────┘                                       └────────────────────────────┘
//!              │       ▲                                                        │                      ▲
//!              └───────┘                                                        └──────────────────────┘
//!               failed                                                     failed: the answers count from zero again
//! ```
//!
//! Beside it goes since when nothing but refused connections came of the calls: a machine that refuses them holds no
//! meeting, one that only hangs may.

use std::time::Duration;

use crate::clock::Timestamp;

/// How many failures suspend a server, how many answers bring it back, and when it is believed to be down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthRules {
    /// Failures in a row that suspend it; at least 1.
    pub failures: u32,
    /// Answers in a row that bring it back; at least 1.
    pub successes: u32,
    /// How long a suspended server must refuse connections, or be down in the monitor, before it is
    /// [confirmed down](crate::fleet::Fleet::is_confirmed_down).
    pub down_after: Duration,
    /// How often one website's call may try whether a suspended server answers again.
    pub trial_every: Duration,
}

impl Default for HealthRules {
    fn default() -> Self {
        Self { failures: 3, successes: 2, down_after: Duration::from_secs(60), trial_every: Duration::from_secs(10) }
    }
}

/// Whether a server answers us. See the module for the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reachability {
    phase: Phase,
    refusing_since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Answering { failures: u32 },
    Suspended { since: Timestamp, answers: u32, tried: Timestamp },
}

impl Default for Phase {
    /// A server is believed to answer until it fails.
    fn default() -> Self {
        Self::Answering { failures: 0 }
    }
}

/// How a call failed, as far as it tells whether the machine is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The call never reached the server: its connection was refused, or none came about.
    Refused,
    /// The server took the connection and gave no usable answer.
    Unanswered,
}

impl Reachability {
    /// The server answered a call, whatever it said.
    #[must_use]
    pub fn answered(self, rules: &HealthRules) -> Self {
        let phase = match self.phase {
            Phase::Suspended { since, answers, tried } if answers + 1 < rules.successes => {
                Phase::Suspended { since, answers: answers + 1, tried }
            }
            _ => Phase::Answering { failures: 0 },
        };
        Self { phase, refusing_since: None }
    }

    /// A call to the server failed: refused, no answer within its deadline, or no answer that could be read.
    #[must_use]
    pub fn failed(self, how: Failed, now: Timestamp, rules: &HealthRules) -> Self {
        let phase = match self.phase {
            Phase::Answering { failures } if failures + 1 >= rules.failures => {
                Phase::Suspended { since: now, answers: 0, tried: now }
            }
            Phase::Answering { failures } => Phase::Answering { failures: failures + 1 },
            Phase::Suspended { since, tried, .. } => Phase::Suspended { since, answers: 0, tried },
        };
        let refusing_since = match how {
            Failed::Refused => self.refusing_since.or(Some(now)),
            Failed::Unanswered => None,
        };
        Self { phase, refusing_since }
    }

    /// Since when the server is suspended; `None` while it answers.
    pub fn suspended_since(self) -> Option<Timestamp> {
        match self.phase {
            Phase::Suspended { since, .. } => Some(since),
            Phase::Answering { .. } => None,
        }
    }

    /// Since when every call was refused; `None` where the last one was not.
    pub fn refusing_since(self) -> Option<Timestamp> {
        self.refusing_since
    }

    /// Takes the turn to try a suspended server with a website's call: one in each [`HealthRules::trial_every`]. `None` if it
    /// is not suspended, or the turn is taken.
    #[must_use]
    pub fn tried(self, now: Timestamp, rules: &HealthRules) -> Option<Self> {
        match self.phase {
            Phase::Suspended { since, answers, tried } if now.since(tried) >= rules.trial_every => {
                Some(Self { phase: Phase::Suspended { since, answers, tried: now }, ..self })
            }
            _ => None,
        }
    }

    /// True if nothing is held against the server: one more answer changes nothing.
    pub fn is_spotless(self) -> bool {
        self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: fn() -> HealthRules = HealthRules::default;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn failing(mut server: Reachability, how: Failed, times: &[u64]) -> Reachability {
        for &time in times {
            server = server.failed(how, at(time), &RULES());
        }
        server
    }

    #[test]
    fn three_failures_in_a_row_suspend_and_two_answers_in_a_row_bring_back() {
        let rules = RULES();
        let mut server = failing(Reachability::default(), Failed::Unanswered, &[5, 5]);
        assert_eq!(server.suspended_since(), None);
        server = failing(server.answered(&rules), Failed::Unanswered, &[5, 5]);
        assert_eq!(server.suspended_since(), None, "the answer in between counts");
        server = failing(server, Failed::Unanswered, &[5]);
        assert_eq!(server.suspended_since(), Some(at(5)));
        server = failing(server.answered(&rules), Failed::Unanswered, &[9]).answered(&rules);
        assert_eq!(server.suspended_since(), Some(at(5)), "one answer is not enough, and the beginning stays");
        assert!(server.answered(&rules).is_spotless());
    }

    #[test]
    fn refusing_begins_with_the_first_refusal_and_ends_with_any_other_outcome() {
        let server = failing(Reachability::default(), Failed::Refused, &[1, 2, 3, 4]);
        assert_eq!((server.refusing_since(), server.suspended_since()), (Some(at(1)), Some(at(3))));
        assert_eq!(failing(server, Failed::Unanswered, &[5]).refusing_since(), None);
        assert_eq!(
            failing(failing(server, Failed::Unanswered, &[5]), Failed::Refused, &[6]).refusing_since(),
            Some(at(6))
        );
        assert_eq!(server.answered(&RULES()).refusing_since(), None);
    }

    #[test]
    fn a_suspended_server_is_tried_once_in_each_interval() {
        let rules = RULES();
        assert_eq!(Reachability::default().tried(at(1_000_000), &rules), None, "it answers: no trial is needed");
        let server = failing(Reachability::default(), Failed::Unanswered, &[0, 0, 0]);
        assert_eq!(server.tried(at(9_999), &rules), None);
        let tried = server.tried(at(10_000), &rules).unwrap();
        assert_eq!(tried.tried(at(19_999), &rules), None);
        assert!(tried.tried(at(20_000), &rules).is_some());
    }
}
