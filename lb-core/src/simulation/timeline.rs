//! [`Timeline`]: all that people do in a scenario, in its order, whoever places their meetings.

use super::server::units;
use super::{Costs, Scenario, SimulatedPerson};

/// What happens. Of what happens in the same millisecond, the first named comes first: who goes makes room for who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Happens {
    /// A camera is switched off.
    CameraOff,
    /// Somebody goes.
    Goes,
    /// The meeting ends; nobody is in it any more.
    Ends,
    /// The meeting is created.
    Created,
    /// Somebody comes.
    Comes,
    /// A camera is switched on.
    CameraOn,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    /// Milliseconds after the scenario's begin.
    pub(super) at: u64,
    pub(super) what: Happens,
    /// Which, by its place in the scenario.
    pub(super) meeting: u32,
    /// Who, by the place in the meeting; 0 where it is about nobody.
    pub(super) person: u32,
}

/// Who is in a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    pub(super) users: u32,
    pub(super) moderators: u32,
    pub(super) voices: u32,
    pub(super) cameras: u32,
}

impl Crowd {
    /// `person` does something, in its order.
    pub(super) fn take(&mut self, what: Happens, person: &SimulatedPerson) {
        match what {
            Happens::Comes => {
                self.users += 1;
                self.moderators += u32::from(person.moderator);
                self.voices += u32::from(person.voice);
            }
            Happens::Goes => {
                self.users -= 1;
                self.moderators -= u32::from(person.moderator);
                self.voices -= u32::from(person.voice);
            }
            Happens::CameraOn => self.cameras += 1,
            Happens::CameraOff => self.cameras -= 1,
            Happens::Created | Happens::Ends => {}
        }
    }

    /// The work that it makes.
    pub(super) fn work(self, costs: &Costs) -> i64 {
        units(costs.of(self.users, self.voices, self.cameras))
    }
}

/// All that happens before the scenario's end, in order.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) steps: Vec<Step>,
    /// How long all people together are in their meetings while it is measured, milliseconds.
    pub(super) people_ms: u64,
}

/// From when until when somebody is in a meeting, milliseconds after the scenario's begin; empty where never.
pub(super) fn presence(scenario: &Scenario, meeting: usize, person: usize) -> (u64, u64) {
    let (begins, ends) = life(scenario, meeting);
    let Some(person) = scenario.meetings.get(meeting).and_then(|meeting| meeting.people.get(person)) else {
        return (0, 0);
    };
    (begins + u64::from(person.comes), (begins + u64::from(person.goes)).min(ends))
}

/// From when until when there is a meeting, milliseconds after the scenario's begin: a millisecond at least.
pub(super) fn life(scenario: &Scenario, meeting: usize) -> (u64, u64) {
    let Some(meeting) = scenario.meetings.get(meeting) else { return (0, 0) };
    let begins = meeting.at.since(scenario.begins).as_millis() as u64;
    (begins, begins + (meeting.length.as_millis() as u64).max(1))
}

impl Timeline {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let (measured, end) = (scenario.measured_from.as_millis() as u64, scenario.length.as_millis() as u64);
        let mut steps = Vec::new();
        let mut people_ms = 0;
        for (number, meeting) in scenario.meetings.iter().enumerate() {
            let mut happens = |at, what, person: usize| {
                if at < end {
                    steps.push(Step { at, what, meeting: number as u32, person: person as u32 });
                }
            };
            let (begins, ends) = life(scenario, number);
            happens(begins, Happens::Created, 0);
            happens(ends, Happens::Ends, 0);
            for (who, person) in meeting.people.iter().enumerate() {
                let (comes, goes) = presence(scenario, number, who);
                if comes >= goes {
                    continue;
                }
                people_ms += goes.min(end).saturating_sub(comes.max(measured));
                happens(comes, Happens::Comes, who);
                happens(goes, Happens::Goes, who);
                let on = (begins + u64::from(person.camera.0)).max(comes);
                let off = (begins + u64::from(person.camera.1)).min(goes);
                if on < off {
                    happens(on, Happens::CameraOn, who);
                    happens(off, Happens::CameraOff, who);
                }
            }
        }
        steps.sort_unstable();
        Self { steps, people_ms }
    }
}
