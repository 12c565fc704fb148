//! [`Atlas`]: where the servers stand, in cells of neighbours, so that the nearest one is found without a look at all.
//!
//! The servers with a position are halved along the longest side of the box around them, and the halves again, until a few
//! dozen are left in each cell: a k-d tree of which only the leaves are kept. A cell knows how far its members are from
//! its middle at most. So one look at each cell tells which of them can hold the nearest server, or one within a circle.
//! All ways are straight ones through the globe, which are as long as each other where the great circles are.

use super::standings::Circle;
use crate::position::{Position, UnitVector};

/// As many servers share a cell: looking at all cells then costs what looking into a few does, for thousands of servers.
pub(super) const CELL: usize = 64;

/// What numbers that were rounded may be off by: some micrometres on the globe.
const ROUNDED: f64 = 1e-12;

/// Where the servers stand. Servers are known by their place in the fleet.
#[derive(Clone, Debug, Default)]
pub(super) struct Atlas {
    pub(super) cells: Vec<Cell>,
    /// The cell of each server, and its place among the cell's members.
    slots: Vec<(u32, u32)>,
}

/// Some servers that are neighbours, or that have no position.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// In the order of the fleet.
    pub(super) members: Vec<u32>,
    /// Where each of them is; empty where they have no position.
    places: Vec<UnitVector>,
    middle: UnitVector,
    // how far a member is from the middle at most; NaN where they have no position
    reach: f64,
}

/// How a cell and a circle lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlap {
    Apart,
    Partly,
    Inside,
}

impl Atlas {
    /// Of servers at `positions`, which come in the order of the fleet.
    pub(super) fn of(positions: impl Iterator<Item = Option<Position>>) -> Self {
        let (mut placed, mut nowhere) = (Vec::new(), Vec::new());
        for (index, position) in (0..).zip(positions) {
            match position.and_then(UnitVector::of) {
                Some(place) => placed.push((place, index)),
                None => nowhere.push(index),
            }
        }
        let mut slots = vec![(0, 0); placed.len() + nowhere.len()];
        let mut cells = Vec::with_capacity(slots.len().div_ceil(CELL) + 1);
        split(&mut placed, &mut |neighbours: &mut [(UnitVector, u32)]| cells.push(Cell::around(neighbours)));
        cells.extend(nowhere.chunks(CELL).map(Cell::nowhere));
        for (number, cell) in (0..).zip(&cells) {
            for (at, member) in (0..).zip(&cell.members) {
                if let Some(slot) = slots.get_mut(*member as usize) {
                    *slot = (number, at);
                }
            }
        }
        Self { cells, slots }
    }

    /// The cell of a server, and its place among the cell's members.
    pub(super) fn slot(&self, server: usize) -> Option<(usize, usize)> {
        self.slots.get(server).map(|(cell, at)| (*cell as usize, *at as usize))
    }

    /// The server nearest to `from` among those that have a position and are `eligible`, which is asked only of those that
    /// would be it. Of equally near ones the first.
    pub(super) fn nearest(&self, from: UnitVector, mut eligible: impl FnMut(usize) -> bool) -> Option<usize> {
        let least = |cell: &Cell| cell.least_squared(from);
        // the cell that begins next to it most probably has it; then there is little to look for in the others
        let first = self.cells.iter().enumerate().filter(|(_, cell)| cell.has_places());
        let first = first.min_by(|(_, a), (_, b)| least(a).total_cmp(&least(b)))?.0;
        let others = (0..self.cells.len()).filter(|number| *number != first);
        let mut best: Option<(f64, u32)> = None;
        for cell in std::iter::once(first).chain(others).filter_map(|number| self.cells.get(number)) {
            if best.is_some_and(|(way, _)| least(cell) > way) {
                continue;
            }
            for (place, &member) in cell.places.iter().zip(&cell.members) {
                let way = from.chord_squared(*place);
                let nearer = best.is_none_or(|(least, first)| way < least || (way <= least && member < first));
                if nearer && eligible(member as usize) {
                    best = Some((way, member));
                }
            }
        }
        best.map(|(_, member)| member as usize)
    }
}

impl Cell {
    fn around(neighbours: &mut [(UnitVector, u32)]) -> Self {
        neighbours.sort_unstable_by_key(|(_, index)| *index);
        let places: Vec<_> = neighbours.iter().map(|(place, _)| *place).collect();
        let middle = [0, 1, 2].map(|axis| places.iter().map(|place| place.0[axis]).sum::<f64>() / places.len() as f64);
        let middle = UnitVector(middle);
        let reach = places.iter().map(|place| middle.chord_squared(*place)).fold(0.0, f64::max).sqrt();
        Self { members: neighbours.iter().map(|(_, index)| *index).collect(), places, middle, reach }
    }

    fn nowhere(members: &[u32]) -> Self {
        Self { members: members.into(), places: Vec::new(), middle: UnitVector([0.0; 3]), reach: f64::NAN }
    }

    fn has_places(&self) -> bool {
        !self.places.is_empty()
    }

    /// No member is nearer to `from`: the square of the straight way.
    fn least_squared(&self, from: UnitVector) -> f64 {
        let way = (from.chord_squared(self.middle).sqrt() - self.reach - ROUNDED).max(0.0);
        way * way
    }

    /// How it and a circle lie.
    pub(super) fn overlap(&self, circle: Circle) -> Overlap {
        let (way, chord) = (circle.centre.chord_squared(self.middle).sqrt(), circle.chord_squared.sqrt());
        if !self.has_places() || way - self.reach - ROUNDED > chord {
            Overlap::Apart
        } else if way + self.reach + ROUNDED <= chord {
            Overlap::Inside
        } else {
            Overlap::Partly
        }
    }

    /// Whether the member at this place is in the circle.
    pub(super) fn is_within(&self, at: usize, circle: Circle) -> bool {
        self.places.get(at).is_some_and(|place| circle.centre.chord_squared(*place) <= circle.chord_squared)
    }
}

/// Halves until a cell can hold what is left.
fn split(servers: &mut [(UnitVector, u32)], found: &mut impl FnMut(&mut [(UnitVector, u32)])) {
    if servers.len() <= CELL {
        if !servers.is_empty() {
            found(servers);
        }
        return;
    }
    let side = |axis: usize| {
        let numbers = servers.iter().map(|(place, _)| place.0[axis]);
        numbers.clone().fold(f64::MIN, f64::max) - numbers.fold(f64::MAX, f64::min)
    };
    let sides = [side(0), side(1), side(2)];
    let axis = (0..3).max_by(|&a, &b| sides[a].total_cmp(&sides[b])).unwrap_or(0);
    // all cells but the last are full
    let middle = servers.len().div_ceil(CELL) / 2 * CELL;
    servers.select_nth_unstable_by(middle, |(a, _), (b, _)| a.0[axis].total_cmp(&b.0[axis]));
    let (less, more) = servers.split_at_mut(middle);
    split(less, found);
    split(more, found);
}
