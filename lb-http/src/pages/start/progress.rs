//! What is done of the first steps, as the network shows it.

use lb_core::balancer::{MeetingSearch, RunningMeeting};
use lb_core::store::EventFilter;

use crate::rest::{Caller, Problem};
use crate::server::Service;

/// The website's id of the test meeting.
pub(super) const MEETING_ID: &str = "first-steps";

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Server,
    Integration,
    Meeting,
    Next,
}

impl Step {
    pub(super) const ALL: [Self; 4] = [Self::Server, Self::Integration, Self::Meeting, Self::Next];

    /// The word for it in the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Integration => "integration",
            Self::Meeting => "meeting",
            Self::Next => "next",
        }
    }

    /// The step of that word.
    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The one behind it.
    pub(super) fn following(self) -> Self {
        match self {
            Self::Server => Self::Integration,
            Self::Integration => Self::Meeting,
            Self::Meeting | Self::Next => Self::Next,
        }
    }
}

/// What is there.
pub(super) struct Progress {
    /// Servers of the fleet that hold meetings.
    pub(super) servers: usize,
    /// Those that take meetings now.
    pub(super) serving: usize,
    pub(super) integrations: usize,
    /// The test meeting, if it runs.
    pub(super) meeting: Option<RunningMeeting>,
    /// Whether there was any meeting yet.
    pub(super) had_meeting: bool,
}

impl Progress {
    pub(super) async fn look(service: &Service, caller: &Caller) -> Result<Self, Problem> {
        let balancer = &service.setup.load().balancer;
        let (fleet, network) = (balancer.fleet(), balancer.network());
        let states = || fleet.servers().iter().filter(|server| !server.gone).map(|server| server.state());
        let search = MeetingSearch { text: Some(MEETING_ID.to_owned()), ..MeetingSearch::within(caller.reach()) };
        let running = balancer.running_meetings(&search, None, 100).await?.meetings;
        let created = EventFilter { kinds: vec!["meeting-created".to_owned()], ..EventFilter::default() };
        let meeting = running.into_iter().find(|running| running.meeting.key.meeting_id.as_str() == MEETING_ID);
        Ok(Self {
            servers: states().count(),
            serving: states().filter(|state| state.takes_new_meetings()).count(),
            integrations: network.integrations().iter().len(),
            had_meeting: meeting.is_some() || !balancer.events(&created, None, 1).await?.events.is_empty(),
            meeting,
        })
    }

    /// Whether a step needs nothing any more.
    pub(super) fn is_done(&self, step: Step) -> bool {
        match step {
            Step::Server => self.servers > 0,
            Step::Integration => self.integrations > 0,
            Step::Meeting => self.had_meeting,
            Step::Next => false,
        }
    }

    /// The first step that is not done.
    pub(super) fn first_open(&self) -> Step {
        Step::ALL.into_iter().find(|step| !self.is_done(*step)).unwrap_or(Step::Next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_that_is_not_done_comes_first_and_the_end_is_never_done() {
        let progress = |servers, integrations, had_meeting| {
            Progress { servers, serving: servers, integrations, meeting: None, had_meeting }.first_open()
        };
        assert_eq!(progress(0, 0, false), Step::Server);
        assert_eq!(progress(0, 3, true), Step::Server);
        assert_eq!(progress(1, 0, false), Step::Integration);
        assert_eq!(progress(1, 1, false), Step::Meeting);
        assert_eq!(progress(1, 1, true), Step::Next);
        for step in Step::ALL {
            assert_eq!(Step::named(step.word()), Some(step));
            assert!(step.following() > step || step == Step::Next);
        }
    }
}
