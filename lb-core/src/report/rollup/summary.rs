//! A whole day in one block, with the peaks that are asked for most.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::course::{Both, Peaks};
use super::places::{Place, Places};
use super::quarter::Quarter;
use super::quarters::Quarters;

/// What a peak is of. An integration or a server is told by any of its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PeakOf {
    All,
    IntegrationOf(u32),
    ServerOf(u32),
}

/// A day of UTC.
pub(super) struct Day {
    /// By place.
    pub(super) cells: BTreeMap<u32, Cell>,
    pub(super) peaks: Vec<(PeakOf, Both)>,
}

impl Day {
    /// The day that begins with `first`, of its quarters.
    pub(super) fn of(first: Quarter, quarters: &Quarters, places: &Places) -> Self {
        let mut cells: BTreeMap<u32, Cell> = BTreeMap::new();
        for ((quarter, place), cell) in &quarters.cells {
            let whole = cells.entry(*place).or_default();
            whole.counts.add(&cell.counts, quarter.saturating_sub(first));
            whole.names.extend(&cell.names);
        }
        for cell in cells.values_mut() {
            cell.names.sort_unstable();
            cell.names.dedup();
        }
        let mut peaks = Vec::new();
        let integrations = peaks_by(quarters, places, |place| Some(place.integration.as_str()));
        let servers = peaks_by(quarters, places, |place| place.server.as_ref().map(|server| server.as_str()));
        for (place, most) in integrations {
            peaks.push((place.map_or(PeakOf::All, PeakOf::IntegrationOf), most));
        }
        for (place, most) in servers {
            peaks.extend(place.map(|place| (PeakOf::ServerOf(place), most)));
        }
        Self { cells, peaks }
    }
}

/// The peaks of each group of places, which is told by one of them, and of all.
fn peaks_by<'a>(
    quarters: &Quarters,
    places: &'a Places,
    group: impl Fn(&'a Place) -> Option<&'a str>,
) -> BTreeMap<Option<u32>, Both> {
    let mut groups: HashMap<Option<&str>, u32> = HashMap::new();
    let mut group_of: HashMap<u32, u32> = HashMap::new();
    let mut one_of = Vec::new();
    for (_, number) in quarters.cells.keys() {
        if let (false, Some(place)) = (group_of.contains_key(number), places.place(*number)) {
            let next = groups.len() as u32;
            let group = *groups.entry(group(place)).or_insert(next);
            if group == next {
                one_of.push(*number);
            }
            group_of.insert(*number, group);
        }
    }
    let mut peaks = Peaks::new(groups.len());
    let mut found: BTreeMap<Option<u32>, Both> = BTreeMap::new();
    for course in quarters.courses.values() {
        peaks.quarter(
            course,
            |place| group_of.get(&place).copied(),
            |group, most| {
                let place = group.and_then(|group| one_of.get(group as usize).copied());
                let known = found.entry(place).or_default();
                *known = [known[0].max(most[0]), known[1].max(most[1])];
            },
        );
    }
    found
}
