//! [`Standing`]: the few numbers of a server that it is ranked by, together in one line of the processor's cache.

use super::FleetServer;
use crate::clock::Timestamp;
use crate::server::ExpectedLine;

/// What one server is ranked by. It answers as the [`FleetServer`] does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    // NaN where it is not known
    cpu: f64,
    cpu_at: Timestamp,
    max_age_ms: u64,
    cpu_per_user: f64,
    expected: ExpectedLine,
    users: u32,
    meetings: u32,
}

impl Standing {
    pub(super) fn of(server: &FleetServer) -> Self {
        let rule = &server.rules.expected;
        Self {
            // too old at any time, or at none yet
            cpu: server.cpu(server.measured.cpu_at).unwrap_or(f64::NAN),
            cpu_at: server.measured.cpu_at,
            max_age_ms: u64::try_from(rule.max_age.as_millis()).unwrap_or(u64::MAX),
            cpu_per_user: rule.cpu_per_user,
            expected: server.expected.line(),
            users: server.users(),
            meetings: server.expected_meetings(),
        }
    }

    /// CPU in use with what the expected users will cost, per cent; NaN where it is not known.
    pub(crate) fn expected_cpu(&self, now: Timestamp) -> f64 {
        if now.as_millis().saturating_sub(self.cpu_at.as_millis()) > self.max_age_ms {
            return f64::NAN;
        }
        self.cpu + self.expected.users(now) * self.cpu_per_user
    }

    /// Users that it has or is about to have.
    pub(crate) fn expected_users(&self, now: Timestamp) -> f64 {
        f64::from(self.users) + self.expected.users(now)
    }

    /// Meetings that it has or is about to have.
    pub(crate) fn expected_meetings(&self) -> u32 {
        self.meetings
    }
}
