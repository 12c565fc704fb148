//! [`World`]: the servers on the map.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::ServerName;
use lb_core::server::ServerState;

use super::look::Look;
use super::order::Asked;
use crate::live::{ShownServer, View};
use crate::pages::assets;
use crate::pages::chart::Svg;
use crate::pages::map::{MapServer, MapWords, NetworkMap};

/// The servers on the map.
#[derive(Debug, Template)]
#[template(path = "dashboard/map.html")]
pub(super) struct World {
    /// Another for a map that is not everybody's, so that news of that one do not take its place.
    id: &'static str,
    map: Svg,
    /// The states that are on it, in a word, and how many servers are in each.
    states: Vec<(ServerState, &'static str, String)>,
    /// How many servers are nowhere on it, in words; empty where there is none.
    nowhere: String,
}

impl HtmlSafe for World {}

impl World {
    /// Whether it is not the one that everybody sees first.
    pub(super) fn is_own(&self) -> bool {
        self.id != "map"
    }

    /// The map of `view` as everybody sees it first.
    pub(super) fn of(view: &View<'_>) -> Self {
        Self::asked(view, &Asked::default())
    }

    /// The map that is asked for.
    pub(super) fn asked(view: &View<'_>, asked: &Asked) -> Self {
        let look = Look::of(view);
        let is_own = asked.has_own_map();
        // a link of a map that all share keeps nothing of what one of them asked for
        let addresses = if is_own { asked.clone() } else { Asked::default() };
        let chosen = view.present.server(&ServerName::from(asked.server.as_str())).map(|server| server.name.as_str());
        let servers: Vec<_> = view.present.servers().map(|server| mark(server, &addresses, look)).collect();
        let words = MapWords {
            servers: look.w.dashboard.servers_word,
            states: ServerState::ALL
                .into_iter()
                .map(|state| (state, look.w.states.of(state)))
                .collect::<BTreeMap<_, _>>(),
        };
        let land = assets::url("world.svg");
        let map = NetworkMap {
            land: &land,
            title: look.w.dashboard.map,
            description: look.w.dashboard.map_description,
            words: &words,
            servers: &servers,
            chosen,
            whole: asked.map == Asked::WORLD,
            person: None,
            ranked: &[],
        };
        let counts = ServerState::ALL.into_iter().map(|state| (state, view.present.totals.in_state(state)));
        let states = counts
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| (state, look.w.states.of(state), look.number(count)));
        let nowhere = servers.iter().filter(|server| server.position.is_none()).count();
        Self {
            id: if is_own { "own-map" } else { "map" },
            map: map.draw(),
            states: states.collect(),
            nowhere: match nowhere {
                0 => String::new(),
                many => format!("{} {}", look.w.dashboard.nowhere, look.number(many)),
            },
        }
    }
}

fn mark<'a>(server: &'a ShownServer, asked: &Asked, look: Look) -> MapServer<'a> {
    let (w, name) = (&look.w.dashboard, server.name.as_str());
    let figures =
        format!("{} {}, {} {}", look.number(server.meetings), w.meetings_word, look.number(server.users), w.users_word);
    MapServer {
        name,
        position: server.position,
        state: server.state,
        load: load(server),
        label: format!("{name}: {}, {figures}", look.w.states.of(server.state)),
        link: format!("{}#map-title", asked.address(&[("server", name), ("page", "")])),
    }
}

/// How much of it is in use: of the users that it is to be given, or else of its CPU.
fn load(server: &ShownServer) -> Option<f64> {
    let of_users = server.capacity.filter(|most| *most > 0).map(|most| f64::from(server.users) / f64::from(most));
    of_users.or_else(|| server.cpu.map(|cpu| f64::from(cpu) / 100.0))
}
