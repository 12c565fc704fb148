//! The map of the network: servers on Natural Earth's coastline, sized by load, coloured and shaped by state.
//!
//! [`NetworkMap`] draws it. The coastline is no part of it: `assets/world.svg` is loaded once, and drawn by reference.

mod groups;
mod projection;
mod shape;
mod view;

use std::collections::BTreeMap;
use std::fmt::Display;

use lb_core::Position;
use lb_core::server::ServerState;

use self::groups::{Group, groups};
use self::projection::{Spot, project, ring};
use self::shape::{outline, severity};
use self::view::View;
use super::chart::{At, Drawing, Svg};

/// How far from the chosen server the circle is.
pub(crate) const RANGE_KM: f64 = 300.0;

/// A server to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct MapServer<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Where it is; not drawn where that is not known.
    pub(crate) position: Option<Position>,
    /// What it may be used for.
    pub(crate) state: ServerState,
    /// How much of it is in use, from 0 to 1, if that is known.
    pub(crate) load: Option<f64>,
    /// What is said of it: name, state, figures.
    pub(crate) label: String,
    /// Where its mark leads to: the page with it as the chosen one.
    pub(crate) link: String,
}

/// The words of the map.
#[derive(Clone, Debug)]
pub(crate) struct MapWords<'a> {
    /// As in `12 servers`.
    pub(crate) servers: &'a str,
    /// Each state in a word.
    pub(crate) states: BTreeMap<ServerState, &'a str>,
}

/// The map.
#[derive(Clone, Debug)]
pub(crate) struct NetworkMap<'a> {
    /// The address of the coastline, with its hash.
    pub(crate) land: &'a str,
    /// What it shows, for those who do not see it.
    pub(crate) title: &'a str,
    /// What is to be seen in it.
    pub(crate) description: &'a str,
    /// Words.
    pub(crate) words: &'a MapWords<'a>,
    /// What is drawn.
    pub(crate) servers: &'a [MapServer<'a>],
    /// The server whose 300 km are shown.
    pub(crate) chosen: Option<&'a str>,
    /// The whole world, and not only where servers are.
    pub(crate) whole: bool,
    /// Where somebody is that a server is looked for, and what is said of that.
    pub(crate) person: Option<(Position, &'a str)>,
    /// Servers in the order in which one would be taken for that person, from the first on.
    pub(crate) ranked: &'a [&'a str],
}

impl NetworkMap<'_> {
    /// Draws it, up to twice as wide as high. Servers whose place is not known are not in it.
    pub(crate) fn draw(&self) -> Svg {
        let placed: Vec<(&MapServer<'_>, Position)> =
            self.servers.iter().filter_map(|server| Some((server, server.position?))).collect();
        let view = self.view(&placed);
        let spots: Vec<Spot> = placed.iter().map(|(_, position)| view.spot(project(*position))).collect();
        let mut drawing = Drawing::default();
        let View { left, top, width, height } = view;
        let shown = [left, top, width, height].map(|part| At(part).to_string()).join(" ");
        drawing
            .open("svg", &[("class", &"world"), ("viewBox", &shown), ("role", &"group"), ("aria-label", &self.title)]);
        drawing.text("desc", &[], self.description);
        let [x, y, wide, high] = [left, top, width, height].map(At);
        drawing.empty("rect", &[("class", &"sea"), ("x", &x), ("y", &y), ("width", &wide), ("height", &high)]);
        for turn in view.turns() {
            let land = format!("{}#land", self.land);
            drawing.empty("use", &[("class", &"land"), ("href", &land), ("x", &At(turn)), ("aria-hidden", &"true")]);
        }
        let number = |name: &str| placed.iter().position(|(server, _)| server.name == name);
        let chosen = self.chosen.and_then(number);
        if let Some((number, (_, position))) = chosen.and_then(|number| Some((number, placed.get(number)?))) {
            let spot = spots.get(number).copied().unwrap_or_default();
            reach(&mut drawing, "reach", &ring(*position, RANGE_KM, spot));
        }
        // a module draws the circle of what is pointed at in here
        reach(&mut drawing, "reach pointed", "");
        let (apart, crowd): (Vec<usize>, Vec<usize>) =
            (0..placed.len()).partition(|number| chosen == Some(*number) || self.rank(&placed, *number).is_some());
        self.lines(&mut drawing, &view, &placed, &spots);
        let crowded: Vec<Spot> = crowd.iter().filter_map(|number| spots.get(*number).copied()).collect();
        for group in groups(&crowded, view.dot()) {
            match group {
                Group::One(place, spot) => {
                    let number = crowd.get(place).copied().unwrap_or_default();
                    self.server(&mut drawing, &view, &placed, number, spot, chosen);
                }
                Group::Many(places, spot) => {
                    let states = places.iter().filter_map(|place| placed.get(*crowd.get(*place)?));
                    self.many(&mut drawing, &view, states.map(|(server, _)| server.state), spot);
                }
            }
        }
        for number in apart {
            let spot = spots.get(number).copied().unwrap_or_default();
            self.server(&mut drawing, &view, &placed, number, spot, chosen);
        }
        self.person(&mut drawing, &view);
        drawing.close("svg");
        drawing.done()
    }

    fn view(&self, placed: &[(&MapServer<'_>, Position)]) -> View {
        if self.whole {
            return View::WORLD;
        }
        let places = placed.iter().map(|(_, position)| *position).chain(self.person.map(|(position, _)| position));
        let chosen = placed.iter().find(|(server, _)| self.chosen == Some(server.name));
        let around = chosen
            .into_iter()
            .flat_map(|(_, centre)| [0.0, 90.0, 180.0, 270.0].map(|bearing| centre.going(bearing, RANGE_KM)));
        View::of(&places.chain(around).map(project).collect::<Vec<_>>())
    }

    fn rank(&self, placed: &[(&MapServer<'_>, Position)], number: usize) -> Option<usize> {
        let (server, _) = placed.get(number)?;
        self.ranked.iter().position(|name| *name == server.name)
    }

    /// From the person to the servers that would be taken, the first one stronger.
    fn lines(&self, drawing: &mut Drawing, view: &View, placed: &[(&MapServer<'_>, Position)], spots: &[Spot]) {
        let Some((person, _)) = self.person else { return };
        let (x, y) = view.spot(project(person));
        for (rank, name) in self.ranked.iter().enumerate() {
            let number = placed.iter().position(|(server, _)| server.name == *name);
            let Some((to_x, to_y)) = number.and_then(|number| spots.get(number)) else { continue };
            let line = format!("M{} {}L{} {}", At(x), At(y), At(*to_x), At(*to_y));
            let class = if rank == 0 { "way first" } else { "way" };
            drawing.empty("path", &[("class", &class), ("vector-effect", &"non-scaling-stroke"), ("d", &line)]);
        }
    }

    fn server(
        &self,
        drawing: &mut Drawing,
        view: &View,
        placed: &[(&MapServer<'_>, Position)],
        number: usize,
        spot: Spot,
        chosen: Option<usize>,
    ) {
        let Some((server, position)) = placed.get(number) else { return };
        let is_chosen = chosen == Some(number);
        let class = format!("server state-{}{}", server.state, if is_chosen { " chosen" } else { "" });
        let current: &dyn Display = if is_chosen { &"true" } else { &"false" };
        drawing.open(
            "a",
            &[
                ("class", &class),
                ("href", &server.link),
                ("aria-label", &server.label),
                ("aria-current", current),
                ("data-latitude", &position.latitude),
                ("data-longitude", &position.longitude),
            ],
        );
        drawing.text("title", &[], &server.label);
        drawing.open("g", &[("transform", &at_dots(spot, view.dot()))]);
        drawing.open("g", &[("class", &"mark")]);
        drawing.empty("circle", &[("class", &"hit"), ("r", &13)]);
        let load = server.load.filter(|load| load.is_finite()).unwrap_or_default().clamp(0.0, 1.0);
        // the surface and not the width says how much
        let size = format!("scale({:.2})", 0.7 + 0.7 * load.sqrt());
        let (class, outline) = (if server.load.is_some() { "shape" } else { "shape unknown" }, outline(server.state));
        let shape: [(&'static str, &dyn Display); 5] = [
            ("class", &class),
            ("transform", &size),
            ("fill-rule", &"evenodd"),
            ("vector-effect", &"non-scaling-stroke"),
            ("d", &outline),
        ];
        drawing.empty("path", &shape);
        if let Some(rank) = self.rank(placed, number) {
            drawing.text(
                "text",
                &[("class", &"rank"), ("x", &0), ("y", &-16), ("text-anchor", &"middle")],
                &(rank + 1).to_string(),
            );
        } else if is_chosen {
            drawing.text(
                "text",
                &[("class", &"name"), ("x", &0), ("y", &-18), ("text-anchor", &"middle")],
                server.name,
            );
        }
        drawing.close("g");
        drawing.close("g");
        drawing.close("a");
    }

    /// A ring of the states, each as long as its share, around the number; the worst one beside.
    fn many(&self, drawing: &mut Drawing, view: &View, states: impl Iterator<Item = ServerState>, spot: Spot) {
        let mut counts: BTreeMap<ServerState, usize> = BTreeMap::new();
        states.for_each(|state| *counts.entry(state).or_default() += 1);
        let count: usize = counts.values().sum();
        let word = |state: &ServerState| self.words.states.get(state).copied().unwrap_or(state.as_str());
        let parts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {}", word(state))).collect();
        let label = format!("{count} {}: {}", self.words.servers, parts.join(", "));
        drawing.open(
            "g",
            &[("class", &"many"), ("role", &"img"), ("aria-label", &label), ("transform", &at_dots(spot, view.dot()))],
        );
        drawing.text("title", &[], &label);
        drawing.open("g", &[("class", &"mark")]);
        let radius = 13.0 + 3.0 * (count.max(1) as f64).log10();
        drawing.empty("circle", &[("class", &"ground"), ("r", &At(radius + 2.5))]);
        let mut before = 0.0;
        for (state, of) in &counts {
            let share = *of as f64 / count.max(1) as f64 * 100.0;
            let dashes = format!("{share:.2} {:.2}", 100.0 - share);
            let class = format!("arc state-{state}");
            let begin = format!("{:.2}", 25.0 - before);
            let (radius, all) = (At(radius), 100);
            drawing.empty(
                "circle",
                &[
                    ("class", &class),
                    ("r", &radius),
                    ("pathLength", &all),
                    ("stroke-dasharray", &dashes),
                    ("stroke-dashoffset", &begin),
                ],
            );
            before += share;
        }
        drawing.text("text", &[("class", &"count"), ("y", &4.5), ("text-anchor", &"middle")], &count.to_string());
        let worst = counts.keys().copied().max_by_key(|state| severity(*state));
        if let Some(worst) = worst.filter(|worst| severity(*worst) > severity(ServerState::Draining)) {
            let (class, place) =
                (format!("server state-{worst}"), format!("translate({0} -{0}) scale(.7)", At(radius * 0.8)));
            drawing.open("g", &[("class", &class), ("transform", &place)]);
            drawing.empty("path", &[("class", &"shape"), ("fill-rule", &"evenodd"), ("d", &outline(worst))]);
            drawing.close("g");
        }
        drawing.close("g");
        drawing.close("g");
    }

    fn person(&self, drawing: &mut Drawing, view: &View) {
        let Some((position, label)) = self.person else { return };
        let place = at_dots(view.spot(project(position)), view.dot());
        drawing.open("g", &[("class", &"person"), ("role", &"img"), ("aria-label", &label), ("transform", &place)]);
        drawing.text("title", &[], label);
        drawing.open("g", &[("class", &"mark")]);
        // a pin whose point is the place
        let pin = "M0 0C-3-7-8-10-8-16a8 8 0 0 1 16 0C8-10 3-7 0 0zM-3-16a3 3 0 1 0 6 0a3 3 0 1 0-6 0z";
        drawing.empty("path", &[("class", &"shape"), ("fill-rule", &"evenodd"), ("d", &pin)]);
        drawing.close("g");
        drawing.close("g");
    }
}

fn reach(drawing: &mut Drawing, class: &str, path: &str) {
    let of: [(&'static str, &dyn Display); 4] =
        [("class", &class), ("vector-effect", &"non-scaling-stroke"), ("aria-hidden", &"true"), ("d", &path)];
    drawing.empty("path", &of);
}

/// At a spot, in dots from there on.
fn at_dots((x, y): Spot, dot: f64) -> String {
    format!("translate({} {}) scale({dot:.4})", At(x), At(y))
}

#[cfg(test)]
mod tests;
