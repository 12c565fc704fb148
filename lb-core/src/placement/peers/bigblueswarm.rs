//! [`BigBlueSwarm`]: the rule of BigBlueSwarm.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer};
use crate::placement::{BadMemory, Candidate, FinishedMeeting, Learner, PlacementPolicy, PlacementRequest, Scan};
use crate::server::ServerName;

const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Figures kept of a server: one each 10 s.
const MOST_FIGURES: usize = 30;

/// The least of CPU and memory, both means of the last 5 minutes:
///
/// ```text
/// load = mean(CPU %) + mean(memory %)
/// ```
///
/// among the servers below both [limits](Limits). Source: the documentation of BigBlueSwarm. A server at a limit gets nothing there; here
/// those come last, so that nothing is refused that others would place. So do servers without a figure of the memory, and after them
/// those without one of the CPU.
///
/// Its defect: meetings and users are not counted at all, and a mean of 5 minutes hears of a new meeting long after. Whoever is
/// the emptiest gets every meeting for minutes, until it is the fullest.
#[derive(Debug, Default)]
pub struct BigBlueSwarm {
    limits: Limits,
    figures: Figures,
}

/// How full a server may be to get a meeting, per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Mean CPU below this.
    pub cpu: f64,
    /// Mean memory below this.
    pub memory: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu: 100.0, memory: 100.0 }
    }
}

impl BigBlueSwarm {
    /// With other limits.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// What was seen of each server in the last minutes, a few numbers for each server of the fleet.
#[derive(Debug, Default)]
struct Figures {
    kept: ArcSwap<HashMap<ServerName, Seen>>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    at: Timestamp,
    figures: VecDeque<(Timestamp, Figure)>,
    mean: Figure,
}

/// CPU and memory in per cent, as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Figure {
    cpu: Option<f64>,
    memory: Option<f64>,
}

impl Figure {
    fn of(server: &FleetServer, now: Timestamp) -> Self {
        let possible = |per_cent: &f64| per_cent.is_finite() && *per_cent >= 0.0;
        Self { cpu: server.cpu(now), memory: server.measured.memory.filter(possible) }
    }

    fn mean<'a>(figures: impl Iterator<Item = &'a Figure> + Clone) -> Self {
        let mean = |part: fn(&Figure) -> Option<f64>| {
            let known = figures.clone().filter_map(part);
            let (count, sum) = known.fold((0_u32, 0.0), |(count, sum), per_cent| (count + 1, sum + per_cent));
            (count > 0).then(|| sum / f64::from(count))
        };
        Self { cpu: mean(|figure| figure.cpu), memory: mean(|figure| figure.memory) }
    }
}

impl Seen {
    fn with(mut self, figure: Figure, now: Timestamp) -> Self {
        self.figures.push_back((now, figure));
        let old = |(at, _): &(Timestamp, Figure)| now.since(*at) >= WINDOW;
        while self.figures.len() > MOST_FIGURES || self.figures.front().is_some_and(old) {
            self.figures.pop_front();
        }
        Self { at: now, mean: Figure::mean(self.figures.iter().map(|(_, figure)| figure)), ..self }
    }
}

impl Learner for Figures {
    fn observe(&self, fleet: &Fleet, now: Timestamp) {
        let kept = self.kept.load_full();
        let next = fleet.servers().iter().map(|server| {
            let seen = kept.get(&server.server.name).cloned().unwrap_or_default();
            (server.server.name.clone(), seen.with(Figure::of(server, now), now))
        });
        self.kept.store(Arc::new(next.collect()));
    }

    fn ended(&self, _: &FinishedMeeting<'_>) {}

    fn keep(&self) -> Option<Vec<u8>> {
        None
    }

    fn recall(&self, _: &[u8]) -> Result<(), BadMemory> {
        // another rule kept it under this name: nothing in it is of use, and nothing is lost
        Ok(())
    }
}

impl PlacementPolicy for BigBlueSwarm {
    fn name(&self) -> &str {
        "bigblueswarm"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let kept = self.figures.kept.load_full();
        let mean = move |server: &FleetServer| {
            // whoever is not shown the fleet any more goes by the present
            let fresh = kept.get(&server.server.name).filter(|seen| request.now.since(seen.at) < WINDOW);
            fresh.map_or_else(|| Figure::of(server, request.now), |seen| seen.mean)
        };
        let mut scan = Scan::default();
        Box::new(std::iter::from_fn(move || {
            let (server, (no_cpu, no_memory, is_full, load)) = scan.next(request, |server| {
                let Figure { cpu, memory } = mean(server);
                let reached = |per_cent: Option<f64>, limit| per_cent.is_some_and(|per_cent| per_cent >= limit);
                let is_full = reached(cpu, self.limits.cpu) || reached(memory, self.limits.memory);
                Some((cpu.is_none(), memory.is_none(), is_full, cpu.unwrap_or(0.0) + memory.unwrap_or(0.0)))
            })?;
            let words = |per_cent: Option<f64>| per_cent.map_or("unknown".to_owned(), |mean| format!("{mean:.1} %"));
            let Figure { cpu, memory } = mean(server);
            let limit = if is_full { ", at its limit" } else { "" };
            let reason = format!("least CPU and memory: {} and {}{limit}", words(cpu), words(memory));
            Some(Candidate { server, score: if no_cpu && no_memory { f64::INFINITY } else { load }, reason })
        }))
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(&self.figures)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Site, scores};
    use super::*;

    #[test]
    fn the_means_of_five_minutes_decide() {
        let policy = BigBlueSwarm::default();
        let mut site = Site::new(&["a", "b"]);
        site.memory("a", 30.0).memory("b", 40.0);
        // a: 10, 20 and 60 %: 30 on average; b: always 25
        for cpu in [10.0, 20.0, 60.0] {
            site.pass(10).cpu("a", cpu).cpu("b", 25.0).observed_by(&policy);
        }
        assert_eq!(scores(&policy, &site), [("a", 60.0), ("b", 65.0)]);
        for _ in 0..30 {
            site.pass(10).cpu("a", 60.0).cpu("b", 25.0).observed_by(&policy);
        }
        assert_eq!(scores(&policy, &site), [("b", 65.0), ("a", 90.0)], "what was is forgotten after 5 minutes");
        let kept = policy.figures.kept.load();
        assert!(kept.values().all(|seen| seen.figures.len() <= MOST_FIGURES));
    }

    #[test]
    fn who_is_at_a_limit_or_unknown_comes_last() {
        let mut site = Site::new(&["full", "swapping", "fine", "halfway", "unknown"]);
        site.cpu("full", 95.0).memory("full", 1.0).cpu("swapping", 1.0).memory("swapping", 90.0);
        site.cpu("fine", 80.0).memory("fine", 80.0).cpu("halfway", 1.0);
        let policy = BigBlueSwarm::with_limits(Limits { cpu: 90.0, memory: 90.0 });
        assert_eq!(site.order(&policy), ["fine", "swapping", "full", "halfway", "unknown"]);
    }
}
