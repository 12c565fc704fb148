//! What a scenario must be to be lived through, and eyes to see with.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Costs, Scenario, Sight, SimulatedMeeting, SimulationError};
use crate::position::Position;

/// No scenario is longer.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Nothing costs more, per cent of the reference server.
const DEAREST: f64 = 1000.0;

/// No server is stronger than so many reference servers.
const STRONGEST: f64 = 1e6;

pub(super) fn scenario(scenario: &Scenario) -> Result<(), SimulationError> {
    problem(scenario)
        .map_or(Ok(()), |problem| Err(SimulationError::Scenario { scenario: scenario.name.clone(), problem }))
}

pub(super) fn sight(sight: &Sight) -> Result<(), SimulationError> {
    let a_second = Duration::from_secs(1);
    for (what, period) in [("the monitor reports", sight.monitor), ("lists come", sight.list)] {
        if period < a_second || period > LONGEST {
            return Err(SimulationError::Sight(format!("{what} every {period:?}")));
        }
    }
    if !(0.0..=1.0).contains(&sight.loss) {
        return Err(SimulationError::Sight(format!("a share of {} of the polls is lost", sight.loss)));
    }
    Ok(())
}

fn problem(scenario: &Scenario) -> Option<String> {
    if scenario.length.is_zero() || scenario.length > LONGEST {
        return Some(format!("it is {:?} long, which is not between nothing and a year", scenario.length));
    }
    if scenario.measured_from >= scenario.length {
        return Some(format!("it is measured from {:?} on and {:?} long", scenario.measured_from, scenario.length));
    }
    costs(&scenario.costs).or_else(|| servers(scenario)).or_else(|| outages(scenario)).or_else(|| meetings(scenario))
}

fn costs(costs: &Costs) -> Option<String> {
    let Costs { idle, meeting, user, voice, camera, view } = *costs;
    let named = [("idle", idle), ("meeting", meeting), ("user", user), ("voice", voice), ("camera", camera)];
    let bad = |(_, cost): &(&str, f64)| !(0.0..=DEAREST).contains(cost);
    let (name, cost) = named.into_iter().chain([("view", view)]).find(bad)?;
    Some(format!("the cost {name} is {cost} % of a server"))
}

fn servers(scenario: &Scenario) -> Option<String> {
    if scenario.servers.is_empty() {
        return Some("it has no servers".to_owned());
    }
    let mut names = HashSet::new();
    scenario.servers.iter().find_map(|server| {
        let name = &server.name;
        if !(server.strength > 0.0 && server.strength <= STRONGEST) {
            return Some(format!("the server {name} has the strength {}", server.strength));
        }
        if misplaced(server.position) {
            return Some(format!("the server {name} is nowhere on the globe"));
        }
        (!names.insert(name)).then(|| format!("two servers are called {name}"))
    })
}

fn outages(scenario: &Scenario) -> Option<String> {
    scenario.outages.iter().find_map(|outage| {
        let Some(server) = scenario.servers.get(outage.server) else {
            return Some(format!("an outage is of the server {} of {}", outage.server + 1, scenario.servers.len()));
        };
        let (from, until) = (outage.from, outage.until);
        (until < from || from > scenario.length)
            .then(|| format!("the server {} is out from {from:?} until {until:?}", server.name))
    })
}

fn meetings(scenario: &Scenario) -> Option<String> {
    let end = scenario.begins + scenario.length;
    let mut earlier = scenario.begins;
    let mut ends = HashMap::new();
    scenario.meetings.iter().find_map(|meeting| {
        let key = &meeting.key;
        if meeting.at < scenario.begins || meeting.at >= end {
            return Some(format!("the meeting {key} is created outside of its time"));
        }
        if meeting.at < earlier {
            return Some(format!("the meeting {key} stands behind one that is created later"));
        }
        earlier = meeting.at;
        if meeting.length > LONGEST {
            return Some(format!("the meeting {key} is {:?} long", meeting.length));
        }
        if ends.insert(key, meeting.at + meeting.length).is_some_and(|end| meeting.at < end) {
            return Some(format!("the meeting {key} is there twice at once"));
        }
        people(meeting)
    })
}

fn people(meeting: &SimulatedMeeting) -> Option<String> {
    let key = &meeting.key;
    if misplaced(meeting.position) || meeting.people.iter().any(|person| misplaced(person.position)) {
        return Some(format!("somebody in the meeting {key} is nowhere on the globe"));
    }
    let backwards =
        meeting.people.iter().find(|person| person.goes < person.comes || person.camera.1 < person.camera.0)?;
    Some(format!(
        "somebody in the meeting {key} comes at {} ms and goes at {} ms, with a camera from {} ms until {} ms",
        backwards.comes, backwards.goes, backwards.camera.0, backwards.camera.1
    ))
}

fn misplaced(position: Option<Position>) -> bool {
    position.is_some_and(|position| Position::try_new(position.latitude, position.longitude).is_none())
}
