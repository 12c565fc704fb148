//! [`LeastCpu`], [`LeastUsers`], [`LeastMeetings`]: the least loaded server, by one measure.

use super::shortlist::{Number, Shortlist, standing_by_cpu};
use super::{Candidate, PlacementPolicy, PlacementRequest};
use crate::fleet::{FleetServer, Standing};

/// The least CPU in use, with what the expected users will cost. Servers whose CPU is unknown come last.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeastCpu;

/// The fewest users, with the expected ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeastUsers;

/// The fewest meetings, with the ones just placed.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeastMeetings;

impl PlacementPolicy for LeastCpu {
    fn name(&self) -> &str {
        "least-cpu"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut list = Shortlist::default();
        Box::new(std::iter::from_fn(move || {
            let server = list.next(request, None, |standing| standing_by_cpu(standing, request.now))?;
            let score = server.expected_cpu(request.now).unwrap_or(f64::INFINITY);
            Some(Candidate { server, score, reason: format!("least CPU: {}", cpu_words(server, request)) })
        }))
    }
}

impl PlacementPolicy for LeastUsers {
    fn name(&self) -> &str {
        "least-users"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut list = Shortlist::default();
        Box::new(std::iter::from_fn(move || {
            let users = |standing: &Standing| Number::new(standing.expected_users(request.now));
            let server = list.next(request, None, |standing| (users(standing), standing.expected_meetings()))?;
            let score = server.expected_users(request.now);
            let reason =
                format!("fewest users: {} and {:.0} expected", server.users(), score - f64::from(server.users()));
            Some(Candidate { server, score, reason })
        }))
    }
}

impl PlacementPolicy for LeastMeetings {
    fn name(&self) -> &str {
        "least-meetings"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let mut list = Shortlist::default();
        Box::new(std::iter::from_fn(move || {
            let users = |standing: &Standing| Number::new(standing.expected_users(request.now));
            let server = list.next(request, None, |standing| (standing.expected_meetings(), users(standing)))?;
            let meetings = server.expected_meetings();
            Some(Candidate { server, score: f64::from(meetings), reason: format!("fewest meetings: {meetings}") })
        }))
    }
}

/// The CPU of a server in words: measured, and what is expected beside it.
pub(super) fn cpu_words(server: &FleetServer, request: &PlacementRequest<'_>) -> String {
    match (server.cpu(request.now), server.expected_cpu(request.now)) {
        (Some(cpu), Some(with)) if with - cpu >= 0.05 => format!("{cpu:.1} % and {:.1} % expected", with - cpu),
        (Some(cpu), _) => format!("{cpu:.1} %"),
        (None, _) => "unknown".to_owned(),
    }
}
