//! [`Ranking`]: the servers by what placing a meeting on them costs, the first in one pass and without a list of them.

use std::sync::Arc;

use super::Predictive;
use super::forecast::{Forecast, Life};
use super::memory::room_key;
use super::outlook::Outlook;
use super::penalty::{Burden, Penalty};
use super::sizes::Sizes;
use super::work::Work;
use crate::fleet::FleetServer;
use crate::placement::PlacementRequest;

/// Of a step that the meeting lives to see with less than this probability people are told nothing.
const TOLD: f32 = 0.1;

/// Yields the eligible servers, the one that costs least first; of equal ones the first by name.
pub(in crate::placement) struct Ranking<'a, C> {
    request: &'a PlacementRequest<'a>,
    outlook: Arc<Outlook>,
    forecast: Forecast,
    life: Life,
    sizes: Sizes,
    work: Work,
    penalty: Penalty,
    /// What a server costs, from the penalty that is added there.
    cost: C,
    // by place in the fleet; made when a second one is asked for
    rest: Option<std::vec::IntoIter<(f32, usize)>>,
    first: Option<usize>,
}

impl<'a, C: Fn(&FleetServer, f32) -> f32> Ranking<'a, C> {
    pub(in crate::placement) fn new(policy: &Predictive, request: &'a PlacementRequest<'a>, cost: C) -> Self {
        let forecast = policy.mind.memory.load().forecast(request.meeting, &request.hints, request.now);
        let outlook = policy.mind.outlook.load_full();
        let seen = outlook.seen(room_key(request.meeting));
        let (life, sizes) = (forecast.life(&seen, &policy.work), forecast.sizes(&seen, &policy.work));
        Self {
            request,
            outlook,
            forecast,
            life,
            sizes,
            work: policy.work,
            penalty: policy.penalty,
            cost,
            rest: None,
            first: None,
        }
    }

    /// All eligible servers with their costs, by place in the fleet.
    fn costs(&self) -> impl Iterator<Item = (f32, usize)> {
        let mut slot = 0;
        self.request.fleet.servers().iter().enumerate().filter_map(move |(place, server)| {
            if !(self.request.eligible)(server) {
                return None;
            }
            let found = self.outlook.find(&server.server.name, slot);
            // both are by name
            slot = found.map_or(slot, |found| found + 1);
            let burden = self.outlook.burden(server, found, &self.work, self.request.now);
            Some(((self.cost)(server, self.penalty.added(&self.sizes, &burden)), place))
        })
    }

    fn best(&self) -> Option<(f32, usize)> {
        self.costs().reduce(|best, next| if next.0 < best.0 { next } else { best })
    }

    fn others(&self) -> std::vec::IntoIter<(f32, usize)> {
        let mut others: Vec<_> = self.costs().filter(|(_, place)| Some(*place) != self.first).collect();
        others.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        others.into_iter()
    }

    /// What is expected, for people.
    pub(in crate::placement) fn words(&self, server: &FleetServer) -> String {
        let burden =
            self.outlook.burden(server, self.outlook.find(&server.server.name, 0), &self.work, self.request.now);
        let room = match self.forecast.meetings {
            0 => "a new room".to_owned(),
            1 => "this room: 1 meeting".to_owned(),
            meetings => format!("this room: {meetings} meetings"),
        };
        let now = match server.cpu(self.request.now) {
            Some(cpu) => format!("CPU {cpu:.0} % now"),
            None => format!("CPU unknown, reckoned {:.0} %", burden.cpu[0]),
        };
        format!(
            "expects {:.0} users for {:.0} min ({room}); {now}, at most {:.0} % while it lasts",
            self.forecast.users(),
            self.forecast.minutes(),
            most(&self.life, &burden)
        )
    }
}

/// The most CPU while the meeting lasts.
fn most(life: &Life, burden: &Burden) -> f32 {
    let steps = life.alive.iter().zip(&life.work).zip(&burden.cpu).filter(|((alive, _), _)| **alive >= TOLD);
    let most = steps.map(|((_, work), cpu)| cpu + burden.rate * work).fold(0.0, f32::max);
    if most > 0.0 { most } else { burden.cpu[0] }
}

impl<'a, C: Fn(&FleetServer, f32) -> f32> Iterator for Ranking<'a, C> {
    type Item = (&'a FleetServer, f32);

    fn next(&mut self) -> Option<Self::Item> {
        let (cost, place) = if self.first.is_none() {
            let best = self.best()?;
            self.first = Some(best.1);
            best
        } else {
            if self.rest.is_none() {
                self.rest = Some(self.others());
            }
            self.rest.as_mut()?.next()?
        };
        Some((self.request.fleet.servers().get(place)?, cost))
    }
}
