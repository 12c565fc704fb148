//! [`Matching`]: which of the names and peaks that are kept of a day are those of the groups that are asked for.

use std::collections::HashMap;

use super::names::HowMany;
use super::places::{ByPlace, Kind, Places};
use super::summary::{PeakOf, Summary};

/// Finds what a [`Summary`] says of groups of places, and of all that are in a group.
///
/// Peaks of several places cannot be added up. But where a group has just those places of a day that a partner, a server and so
/// on has, its peaks are those that are kept. Names of several places of one integration cannot be added up either: where a
/// group has more than one place of it and not all, there is no answer.
#[derive(Debug)]
pub(super) struct Matching {
    groups: usize,
    group_of: ByPlace<Option<u32>>,
    // by kind, the one of it that a place is of
    kinds: [ByPlace<u32>; Kind::ALL.len()],
    // how many there are of each
    many: [usize; Kind::ALL.len()],
    // the parts that groups have of integrations
    part_of: ByPlace<Option<u32>>,
    parts: Vec<(u32, u32)>,
}

/// Whose the peaks of a day are that are kept.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    of_all: Targets,
    // by kind and the one of it
    of: [Vec<Targets>; Kind::ALL.len()],
}

/// Groups that are the same: one at most, and all of them.
#[derive(Clone, Copy, Debug, Default)]
struct Targets {
    group: Option<u32>,
    is_all: bool,
}

/// Places of a day that are taken together.
#[derive(Clone, Copy, Debug, Default)]
struct Together {
    places: u32,
    // the one of each kind that they all are of
    of: [Option<u32>; Kind::ALL.len()],
}

/// Places of an integration that are taken together.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    places: u32,
    // of the last of them
    names: u32,
}

impl Matching {
    pub(super) fn new(places: &Places, group_of: ByPlace<Option<u32>>, groups: usize) -> Self {
        let mut many = [0; Kind::ALL.len()];
        let mut count = many.iter_mut();
        let kinds = Kind::ALL.map(|kind| {
            let mut numbers = HashMap::new();
            let one_of = places.each(|_, place| {
                let next = numbers.len() as u32;
                *numbers.entry(place.of(kind).map(str::to_owned)).or_insert(next)
            });
            if let Some(count) = count.next() {
                *count = numbers.len();
            }
            one_of
        });
        let (mut parts, mut numbers) = (Vec::new(), HashMap::new());
        let [integrations, ..] = &kinds;
        let part_of = places.each(|number, _| {
            let part = group_of.get(number).flatten().zip(integrations.get(number))?;
            Some(*numbers.entry(part).or_insert_with(|| {
                parts.push(part);
                (parts.len() - 1) as u32
            }))
        });
        Self { groups, group_of, kinds, many, part_of, parts }
    }

    /// The group of a place; nothing where there is no such place.
    pub(super) fn group_of(&self, place: u32) -> Option<Option<u32>> {
        self.group_of.get(place)
    }

    /// Whether no integration is in two groups, and so no name.
    pub(super) fn names_add_up(&self) -> bool {
        let mut integrations: Vec<u32> = self.parts.iter().map(|(_, integration)| *integration).collect();
        integrations.sort_unstable();
        integrations.windows(2).all(|two| two.first() != two.last())
    }

    /// Where the peaks of each group are kept, and those of all, of a day with meetings or people at these places; `None` where
    /// they are not.
    pub(super) fn peaks(&self, lasts: impl Iterator<Item = u32>) -> Option<Sources> {
        let mut sizes = self.many.map(|many| vec![0_u32; many]);
        let mut groups = vec![Together::default(); self.groups];
        let (mut all, mut places) = (Together::default(), 0);
        for place in lasts {
            places += 1;
            let of = self.kinds.each_ref().map(|one_of| one_of.get(place));
            for (sizes, one) in sizes.iter_mut().zip(of) {
                *sizes.get_mut(one? as usize)? += 1;
            }
            if let Some(group) = self.group_of.get(place)? {
                groups.get_mut(group as usize)?.add(of);
                all.add(of);
            }
        }
        let nobody = Targets::default();
        let mut sources = Sources { of_all: nobody, of: self.many.map(|many| vec![nobody; many]) };
        let groups = (0..).map(Some).zip(&groups).chain([(None, &all)]);
        for (group, together) in groups.filter(|(_, together)| together.places > 0) {
            let mut same = together.of.iter().zip(&sizes).zip(&mut sources.of).filter_map(|((one, sizes), targets)| {
                let one = (*one)? as usize;
                (sizes.get(one) == Some(&together.places)).then(|| targets.get_mut(one))?
            });
            let source = if together.places == places { Some(&mut sources.of_all) } else { same.next() };
            source?.add(group);
        }
        Some(sources)
    }

    /// The groups whose peak this is, all of them included (no group).
    pub(super) fn targets(&self, sources: &Sources, of: PeakOf) -> impl Iterator<Item = Option<u32>> + use<> {
        let targets = match of {
            None => Some(sources.of_all),
            Some((kind, place)) => {
                let one = self.kinds.get(kind as usize).and_then(|one_of| one_of.get(place));
                sources.of.get(kind as usize).zip(one).and_then(|(of, one)| of.get(one as usize)).copied()
            }
        };
        let Targets { group, is_all } = targets.unwrap_or_default();
        group.map(Some).into_iter().chain(is_all.then_some(None))
    }

    /// How many different names there were, if it is kept.
    pub(super) fn names(&self, day: &Summary) -> Option<HowMany> {
        let [integrations, ..] = &self.kinds;
        let [many, ..] = self.many;
        let (mut parts, mut asked) = (vec![Part::default(); self.parts.len()], vec![Part::default(); many]);
        let mut whole = vec![Part::default(); many];
        for cell in day.cells.iter().filter(|cell| cell.names > 0) {
            let integration = integrations.get(cell.place)? as usize;
            whole.get_mut(integration)?.places += 1;
            if let Some(part) = self.part_of.get(cell.place)? {
                parts.get_mut(part as usize)?.add(cell.names);
                asked.get_mut(integration)?.add(cell.names);
            }
        }
        for (place, names) in &day.names {
            whole.get_mut(integrations.get(*place)? as usize)?.names = *names;
        }
        let mut groups = vec![0; self.groups];
        for (part, (group, integration)) in parts.iter().zip(&self.parts) {
            *groups.get_mut(*group as usize)? += part.names_of(whole.get(*integration as usize)?)?;
        }
        let all = asked.iter().zip(&whole).map(|(part, whole)| part.names_of(whole)).sum::<Option<u64>>()?;
        let groups = (0..).zip(groups).filter(|(_, names)| *names > 0).collect();
        Some(HowMany { groups, all })
    }
}

impl Targets {
    fn add(&mut self, group: Option<u32>) {
        match group {
            Some(group) => self.group = Some(group),
            None => self.is_all = true,
        }
    }
}

impl Together {
    fn add(&mut self, of: [Option<u32>; Kind::ALL.len()]) {
        if self.places == 0 {
            self.of = of;
        }
        for (ours, theirs) in self.of.iter_mut().zip(of) {
            *ours = ours.filter(|ours| theirs == Some(*ours));
        }
        self.places += 1;
    }
}

impl Part {
    fn add(&mut self, names: u32) {
        self.places += 1;
        self.names = names;
    }

    /// How many different names it has, if that can be said.
    fn names_of(&self, whole: &Self) -> Option<u64> {
        match self.places {
            0 => Some(0),
            1 => Some(self.names.into()),
            places if places == whole.places => Some(whole.names.into()),
            _ => None,
        }
    }
}
