//! The map: servers, where the user is, and the ways to the candidates.

use std::collections::BTreeMap;

use lb_core::balancer::{Balancer, Explanation};
use lb_core::fleet::FleetServer;
use lb_core::server::ServerState;

use super::question::Question;
use crate::pages::frame::Frame;
use crate::pages::map::{MapServer, MapWords, NetworkMap, RANGE_KM};
use crate::pages::marked::marked;

/// To how many candidates a way is drawn.
const WAYS: usize = 8;

/// What is drawn, and what is said below it.
pub(super) struct Drawn {
    /// SVG.
    pub(super) svg: String,
    /// HTML.
    pub(super) says: String,
}

impl Drawn {
    /// `None` where no server has a place.
    pub(super) fn new(
        balancer: &Balancer,
        frame: &Frame,
        question: &Question,
        told: &Explanation,
        placed: Option<&str>,
    ) -> Option<Self> {
        let w = &frame.w.explain;
        let (fleet, now) = (balancer.fleet(), balancer.now());
        let shown: Vec<&FleetServer> = fleet.servers().iter().map(|server| &**server).filter(|one| !one.gone).collect();
        if shown.iter().all(|server| server.server.position.is_none()) {
            return None;
        }
        let rank = |name: &str| told.candidates.iter().position(|one| one.server.as_str() == name);
        let servers: Vec<_> = shown
            .iter()
            .map(|member| {
                let name = member.server.name.as_str();
                let state = frame.w.states.of(member.state());
                let ranked = rank(name).map(|rank| format!(", {} {}", w.rank, rank + 1)).unwrap_or_default();
                MapServer {
                    name,
                    position: member.server.position,
                    state: member.state(),
                    load: member.expected_cpu(now).map(|cpu| cpu / 100.0),
                    label: format!("{name}: {state}{ranked}"),
                    link: format!("{}#map", question.around(name)),
                }
            })
            .collect();
        let states: BTreeMap<_, _> =
            ServerState::ALL.into_iter().map(|state| (state, frame.w.states.of(state))).collect();
        let words = MapWords { servers: w.servers, states };
        let chosen = Some(question.server.as_str()).filter(|name| !name.is_empty()).or(placed);
        let chosen = chosen.filter(|name| shown.iter().any(|one| one.server.name.as_str() == *name));
        let ranked: Vec<&str> = told.candidates.iter().take(WAYS).map(|one| one.server.as_str()).collect();
        let land = frame.asset("world.svg");
        let map = NetworkMap {
            land: &land,
            title: w.map_title,
            description: w.map_plain,
            words: &words,
            servers: &servers,
            chosen,
            whole: false,
            person: told.whereabouts.position.map(|position| (position, w.user_here)),
            ranked: &ranked,
        };
        let says = match chosen {
            Some(name) => marked(w.map_hint, &[&RANGE_KM, &name]),
            None => marked(w.map_plain, &[]),
        };
        Some(Self { svg: map.draw().to_string(), says })
    }
}
