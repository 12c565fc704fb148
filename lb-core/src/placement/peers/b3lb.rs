//! [`B3lb`]: the rule of B3LB.

use std::time::Duration;

use super::polls::Polls;
use crate::placement::draw::Draws;
use crate::placement::{Candidate, Learner, PlacementPolicy, PlacementRequest, Scan};

const PERIOD: Duration = Duration::from_secs(15);
const MEETING: f64 = 30.0;
/// What a create adds until the next poll: a meeting with one attendee.
const CREATE: f64 = MEETING + 1.0;

/// The least load, with the CPU in a polynomial that rises steeply as it fills:
///
/// ```text
/// load = int(attendees + 30 × meetings + 5000/6 × (x + x² + x³ + x⁴ + x⁵)) + 31 × creates since
/// ```
///
/// where x is the CPU in use, 0 to 1. Polled every 15 s; of equal servers any is taken, by a draw that a meeting repeats. Source: the
/// documentation of B3LB and what it does when it is run. It takes the higher of the CPU's means over 10 s and 60 s; here x is
/// the figure of the monitor. Servers whose CPU is unknown come last.
///
/// Its defect: a lecture of 300 and a talk of two both add 31, and attendees weigh nothing beside the CPU of the last poll,
/// which knows of nobody who is still to come. Servers of different strength fill to the same percentage.
#[derive(Debug)]
pub struct B3lb {
    polls: Polls,
}

impl Default for B3lb {
    fn default() -> Self {
        Self { polls: Polls::new(PERIOD, |server, now| load(server.users(), server.meetings(), server.cpu(now))) }
    }
}

/// The load that a poll finds; the CPU in per cent.
fn load(attendees: u32, meetings: u32, cpu: Option<f64>) -> f64 {
    let x = (cpu.unwrap_or(0.0) / 100.0).clamp(0.0, 1.0);
    let powers: f64 = (1..=5).map(|power| x.powi(power)).sum();
    (f64::from(attendees) + MEETING * f64::from(meetings) + 5000.0 / 6.0 * powers).floor()
}

impl PlacementPolicy for B3lb {
    fn name(&self) -> &str {
        "b3lb"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let (draws, polled) = (Draws::of(request.meeting), self.polls.at(request.now));
        let mut scan = Scan::default();
        Box::new(std::iter::from_fn(move || {
            let (server, (unknown, load, _)) = scan.next(request, |server| {
                let polled = polled(server);
                let load = polled.load + CREATE * polled.since.creates as f64;
                Some((server.cpu(request.now).is_none(), load, draws.number(&server.server.name)))
            })?;
            let created = polled(server).since.creates;
            let cpu = if unknown { ", its CPU unknown" } else { "" };
            let reason = format!("least load: {load}, {created} creates since its last poll among it{cpu}");
            Some(Candidate { server, score: if unknown { f64::INFINITY } else { load }, reason })
        }))
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(&self.polls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Listed, Site, scores};
    use super::*;

    #[test]
    fn the_polynomial_is_that_of_the_table() {
        for (cpu, expected) in [(0.0, 0.0), (12.34, 117.0), (50.0, 807.0), (80.0, 2241.0), (100.0, 4166.0)] {
            assert_eq!(load(0, 0, Some(cpu)), expected, "{cpu} %");
        }
        assert_eq!(load(25, 2, Some(50.0)), 892.0, "25 + 60 + 807.29");
        assert_eq!(load(0, 0, Some(400.0)), 4166.0);
    }

    #[test]
    fn each_create_adds_31_until_the_next_poll() {
        let policy = B3lb::default();
        let mut site = Site::new(&["a", "b"]);
        site.cpu("a", 50.0).cpu("b", 55.0).list("a", &[Listed { users: 10, ..Listed::default() }]).list("b", &[]);
        site.observed_by(&policy);
        // 55 %: 5000/6 × (0.55 + 0.3025 + 0.166375 + 0.09150625 + 0.0503284…) = 967.25
        assert_eq!(scores(&policy, &site), [("a", 847.0), ("b", 967.0)]);
        for room in ["room-1", "room-2", "room-3", "room-4"] {
            site.place(&policy, "a", room);
        }
        assert_eq!(scores(&policy, &site), [("b", 967.0), ("a", 971.0)]);
        site.pass(20).list("a", &[Listed { users: 10, ..Listed::default() }]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("a", 847.0), ("b", 967.0)]);
    }

    #[test]
    fn of_equal_servers_each_meeting_draws_its_own() {
        let mut site = Site::new(&["a", "b", "c"]);
        let mut firsts = [0, 0, 0];
        for (room, names) in (0..300).map(|room| (room, ["a", "b", "c"])) {
            let first = site.meeting(&format!("room-{room}")).order(&B3lb::default()).swap_remove(0);
            firsts[names.iter().position(|name| *name == first).unwrap()] += 1;
        }
        // 100 each; the standard deviation is 8
        assert!(firsts.iter().all(|count| (68..132).contains(count)), "{firsts:?}");
    }

    #[test]
    fn who_has_no_cpu_figure_comes_last() {
        let mut site = Site::new(&["a", "b"]);
        site.cpu("b", 99.0);
        assert_eq!(scores(&B3lb::default(), &site)[0].0, "b");
        assert_eq!(scores(&B3lb::default(), &site)[1], ("a", f64::INFINITY));
    }
}
