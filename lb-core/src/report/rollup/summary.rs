//! [`Summary`]: a whole day in one block, with the names and peaks that are asked for most.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Counts};
use super::course::{Both, Peaks};
use super::places::{Kind, Place, Places};
use super::quarter::Quarter;
use super::quarters::{Quarters, Unreadable};

/// A day of UTC. A partner, a server and so on is told by any of its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Summary {
    /// By place.
    pub(super) cells: Vec<Whole>,
    /// How many different names each integration had.
    pub(super) names: Vec<(u32, u32)>,
    /// The most there were at once.
    pub(super) peaks: Vec<(PeakOf, Both)>,
}

/// What a peak is of: of all, or of one of a kind, which is told by any of its places.
pub(super) type PeakOf = Option<(Kind, u32)>;

/// The most there were at once in each quarter of a day.
pub(super) type PeaksOfDay = Vec<(u32, Vec<(PeakOf, Both)>)>;

/// What was at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whole {
    pub(super) place: u32,
    pub(super) counts: Counts,
    /// How many different names.
    pub(super) names: u32,
}

impl Summary {
    /// The page of the day that begins with `first`, of its quarters and their `peaks`. Behind the summary are the names of each
    /// place, by their `numbers`, which few reports need.
    ///
    /// # Errors
    /// [`Unreadable`]: it cannot be written.
    pub(super) fn pack(
        first: Quarter,
        quarters: &Quarters,
        peaks: &PeaksOfDay,
        places: &Places,
        numbers: &HashMap<u64, u32>,
    ) -> Result<Vec<u8>, Unreadable> {
        let mut cells: BTreeMap<u32, Cell> = BTreeMap::new();
        for ((quarter, place), cell) in &quarters.cells {
            let whole = cells.entry(*place).or_default();
            whole.counts.add(&cell.counts, quarter.saturating_sub(first));
            whole.names.extend(&cell.names);
        }
        let mut of_integrations: BTreeMap<&str, (u32, BTreeSet<u64>)> = BTreeMap::new();
        for (number, cell) in &mut cells {
            cell.names.sort_unstable();
            cell.names.dedup();
            if let Some(place) = places.place(*number).filter(|_| !cell.names.is_empty()) {
                let (_, names) =
                    of_integrations.entry(place.integration.as_str()).or_insert((*number, BTreeSet::new()));
                names.extend(&cell.names);
            }
        }
        let mut most: BTreeMap<PeakOf, Both> = BTreeMap::new();
        for (of, there) in peaks.iter().flat_map(|(_, peaks)| peaks) {
            let known = most.entry(*of).or_default();
            *known = [known[0].max(there[0]), known[1].max(there[1])];
        }
        let names = cells.values().flat_map(|cell| &cell.names).filter_map(|name| numbers.get(name).copied());
        let names: Vec<u32> = names.collect();
        let whole = |(place, cell): (u32, Cell)| Whole { place, counts: cell.counts, names: cell.names.len() as u32 };
        let summary = Self {
            cells: cells.into_iter().map(whole).collect(),
            names: of_integrations.into_values().map(|(place, names)| (place, names.len() as u32)).collect(),
            peaks: most.into_iter().collect(),
        };
        Ok(postcard::to_extend(&names, postcard::to_allocvec(&summary)?)?)
    }

    /// What is on a page, and the names behind it.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub(super) fn unpack(page: &[u8]) -> Result<(Self, NamesOfPlaces<'_>), Unreadable> {
        let (summary, rest) = postcard::take_from_bytes(page)?;
        Ok((summary, NamesOfPlaces(rest)))
    }
}

/// The numbers of the names of each place, those of one behind those of the place before.
#[derive(Clone, Copy, Debug)]
pub(super) struct NamesOfPlaces<'a>(&'a [u8]);

impl NamesOfPlaces<'_> {
    /// # Errors
    /// [`Unreadable`].
    pub(super) fn unpack(self) -> Result<Vec<u32>, Unreadable> {
        Ok(postcard::from_bytes(self.0)?)
    }
}

/// The peaks of all, and of each partner, server and so on, quarter by quarter.
pub(super) fn peaks(first: Quarter, quarters: &Quarters, places: &Places) -> PeaksOfDay {
    let mut found: BTreeMap<u32, Vec<(PeakOf, Both)>> = BTreeMap::new();
    for kind in Kind::ALL {
        let (groups, one_of) = groups_by(quarters, places, |place| place.of(kind));
        let mut peaks = Peaks::new(one_of.len());
        for (quarter, course) in &quarters.courses {
            let of_quarter = found.entry(quarter.saturating_sub(first)).or_default();
            peaks.quarter(
                course,
                |place| groups.get(&place).copied(),
                |group, most| match group {
                    Some(group) => {
                        of_quarter.extend(one_of.get(group as usize).map(|place| (Some((kind, *place)), most)));
                    }
                    // all are the same with each kind
                    None if kind == Kind::Integration => of_quarter.push((None, most)),
                    None => {}
                },
            );
        }
    }
    found.into_iter().collect()
}

/// The group of each place that is told of, and one place of each group.
fn groups_by<'a>(
    quarters: &Quarters,
    places: &'a Places,
    name: impl Fn(&'a Place) -> Option<&'a str>,
) -> (HashMap<u32, u32>, Vec<u32>) {
    let mut groups: HashMap<Option<&str>, u32> = HashMap::new();
    let (mut group_of, mut one_of) = (HashMap::new(), Vec::new());
    for (_, number) in quarters.cells.keys() {
        if let (false, Some(place)) = (group_of.contains_key(number), places.place(*number)) {
            let next = groups.len() as u32;
            let group = *groups.entry(name(place)).or_insert(next);
            if group == next {
                one_of.push(*number);
            }
            group_of.insert(*number, group);
        }
    }
    (group_of, one_of)
}
