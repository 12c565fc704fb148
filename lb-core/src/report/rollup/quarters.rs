//! [`Quarters`]: cells and courses of some time, and the pages that those of a day are kept as.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Counts};
use super::course::Course;
use super::places::Places;
use super::quarter::{DAY, Quarter, first_of};
use super::state::NameKey;
use super::summary::{self, Summary};
use crate::store::{RollupPage, RollupPart};

/// Cells by quarter and place, and the course of each quarter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quarters {
    pub(super) cells: BTreeMap<(Quarter, u32), Cell>,
    pub(super) courses: BTreeMap<Quarter, Course>,
}

/// A page that is not what was kept: another version wrote it, or it is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl From<postcard::Error> for Unreadable {
    fn from(_: postcard::Error) -> Self {
        Self
    }
}

/// A cell on a page: names are told by their place on the page of names.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed {
    /// Which quarter of the day.
    pub(super) quarter: u32,
    pub(super) place: u32,
    pub(super) counts: Counts,
    pub(super) names: Vec<u32>,
}

impl Quarters {
    /// The pages of a day that they are [unpacked](Self::unpack) of.
    pub(crate) const PARTS: [RollupPart; 3] = [RollupPart::Quarters, RollupPart::Courses, RollupPart::Names];

    /// Puts what `made` has of `range` in the place of what is there.
    pub(crate) fn replace(&mut self, range: &Range<Quarter>, made: &Self) {
        self.cells.retain(|(quarter, _), _| !range.contains(quarter));
        self.courses.retain(|quarter, _| !range.contains(quarter));
        if range.is_empty() {
            return;
        }
        let cells = made.cells.range((range.start, 0)..(range.end, 0));
        self.cells.extend(cells.map(|(key, cell)| (*key, cell.clone())));
        self.courses.extend(made.courses.range(range.clone()).map(|(quarter, course)| (*quarter, course.clone())));
    }

    /// Adds all of `other`, of other quarters.
    pub(crate) fn extend(&mut self, other: Self) {
        self.cells.extend(other.cells);
        self.courses.extend(other.courses);
    }

    /// The pages of a day, of which the missing ones are empty.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub(crate) fn unpack(day: u32, pages: &[RollupPage]) -> Result<Self, Unreadable> {
        let of = |part| pages.iter().find(|page| (page.day, page.part) == (day, part)).map(|page| &page.data[..]);
        let names = names(of(RollupPart::Names));
        let mut quarters = Self::default();
        for packed in cells(of(RollupPart::Quarters))? {
            let names = packed.names(&names);
            let cell = Cell { counts: packed.counts, names };
            quarters.cells.insert((first_of(day).saturating_add(packed.quarter), packed.place), cell);
        }
        if let Some(bytes) = of(RollupPart::Courses) {
            let courses: Vec<(u32, Course)> = postcard::from_bytes(bytes)?;
            let courses = courses.into_iter().map(|(quarter, course)| (first_of(day).saturating_add(quarter), course));
            quarters.courses.extend(courses);
        }
        Ok(quarters)
    }

    /// All pages of a day; those without anything are to be taken away. With a summary where the day `is_whole`. Names are
    /// hidden by `hidden`, if any.
    ///
    /// # Errors
    /// [`Unreadable`]: they cannot be written.
    pub(crate) fn pack(
        &self,
        day: u32,
        places: &Places,
        is_whole: bool,
        hidden: Option<&NameKey>,
    ) -> Result<Vec<RollupPage>, Unreadable> {
        let mut names: Vec<u64> = self.cells.values().flat_map(|cell| cell.names.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        let numbers: HashMap<u64, u32> = names.iter().copied().zip(0..).collect();
        let pack = |quarter, place, cell: &Cell| Packed {
            quarter,
            place,
            counts: cell.counts.clone(),
            names: cell.names.iter().filter_map(|name| numbers.get(name).copied()).collect(),
        };
        let cells = self.cells.iter().map(|((quarter, place), cell)| pack(quarter % DAY, *place, cell));
        let courses: Vec<_> = self.courses.iter().map(|(quarter, course)| (quarter % DAY, course)).collect();
        let (summary, peaks) = if is_whole && *self != Self::default() {
            let peaks = summary::peaks(first_of(day), self, places);
            let summary = Summary::pack(first_of(day), self, &peaks, places, &numbers)?;
            (summary, if peaks.is_empty() { Vec::new() } else { postcard::to_allocvec(&peaks)? })
        } else {
            Default::default()
        };
        let hide = |name: u64| hidden.map_or(name, |key| key.hidden(name));
        let names = names.into_iter().flat_map(|name| hide(name).to_le_bytes()).collect();
        let cells: Vec<_> = cells.collect();
        let page = |part, data| RollupPage { day, part, data };
        Ok(vec![
            page(RollupPart::Quarters, if cells.is_empty() { Vec::new() } else { postcard::to_allocvec(&cells)? }),
            page(RollupPart::Courses, if courses.is_empty() { Vec::new() } else { postcard::to_allocvec(&courses)? }),
            page(RollupPart::Names, names),
            page(RollupPart::Summary, summary),
            page(RollupPart::Peaks, peaks),
        ])
    }

    /// A page of names with others in their place, which nobody can find out once `key` is dropped.
    pub(crate) fn hide_names(page: &RollupPage, key: &NameKey) -> RollupPage {
        let hidden = names(Some(&page.data)).into_iter().flat_map(|name| key.hidden(name).to_le_bytes());
        RollupPage { data: hidden.collect(), ..page.clone() }
    }
}

impl Packed {
    pub(super) fn names<'a>(&'a self, names: &'a [u64]) -> Vec<u64> {
        self.names.iter().filter_map(|number| names.get(*number as usize).copied()).collect()
    }
}

pub(super) fn cells(page: Option<&[u8]>) -> Result<Vec<Packed>, Unreadable> {
    Ok(page.map(postcard::from_bytes).transpose()?.unwrap_or_default())
}

pub(super) fn names(page: Option<&[u8]>) -> Vec<u64> {
    let (names, _) = page.unwrap_or_default().as_chunks::<8>();
    names.iter().map(|name| u64::from_le_bytes(*name)).collect()
}
