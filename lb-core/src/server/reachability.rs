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

use crate::clock::Timestamp;

/// How many failures suspend a server and how many answers bring it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthRules {
    /// Failures in a row that suspend it; at least 1.
    pub failures: u32,
    /// Answers in a row that bring it back; at least 1.
    pub successes: u32,
}

impl Default for HealthRules {
    fn default() -> Self {
        Self { failures: 3, successes: 2 }
    }
}

/// Whether a server answers us. See the module for the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachability(Inner);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inner {
    Answering { failures: u32 },
    Suspended { since: Timestamp, answers: u32 },
}

impl Default for Reachability {
    /// A server is believed to answer until it fails.
    fn default() -> Self {
        Self(Inner::Answering { failures: 0 })
    }
}

impl Reachability {
    /// The server answered a call, whatever it said.
    #[must_use]
    pub fn answered(self, rules: &HealthRules) -> Self {
        Self(match self.0 {
            Inner::Answering { .. } => Inner::Answering { failures: 0 },
            Inner::Suspended { answers, .. } if answers + 1 >= rules.successes => Inner::Answering { failures: 0 },
            Inner::Suspended { since, answers } => Inner::Suspended { since, answers: answers + 1 },
        })
    }

    /// A call to the server failed: refused, no answer within its deadline, or no answer that could be read.
    #[must_use]
    pub fn failed(self, now: Timestamp, rules: &HealthRules) -> Self {
        Self(match self.0 {
            Inner::Answering { failures } if failures + 1 >= rules.failures => {
                Inner::Suspended { since: now, answers: 0 }
            }
            Inner::Answering { failures } => Inner::Answering { failures: failures + 1 },
            Inner::Suspended { since, .. } => Inner::Suspended { since, answers: 0 },
        })
    }

    /// Since when the server is suspended; `None` while it answers.
    pub fn suspended_since(self) -> Option<Timestamp> {
        match self.0 {
            Inner::Suspended { since, .. } => Some(since),
            Inner::Answering { .. } => None,
        }
    }

    /// True if nothing is held against the server: one more answer changes nothing.
    pub fn is_spotless(self) -> bool {
        self.0 == Inner::Answering { failures: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_suspend_and_two_answers_in_a_row_bring_back() {
        let rules = HealthRules::default();
        let now = Timestamp::from_millis(5);
        let mut server = Reachability::default();
        server = server.failed(now, &rules).failed(now, &rules);
        assert_eq!(server.suspended_since(), None);
        server = server.answered(&rules).failed(now, &rules).failed(now, &rules);
        assert_eq!(server.suspended_since(), None, "the answer in between counts");
        server = server.failed(now, &rules);
        assert_eq!(server.suspended_since(), Some(now));
        server = server.answered(&rules).failed(Timestamp::from_millis(9), &rules).answered(&rules);
        assert_eq!(server.suspended_since(), Some(now), "one answer is not enough, and the beginning stays");
        assert!(server.answered(&rules).is_spotless());
    }
}
