//! [`Making`]: meetings and stays to cells and courses.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::tally::Home;
use super::super::{Held, Incarnation};
use super::cell::{Cell, Counts};
use super::course::{Course, Step};
use super::people::People;
use super::places::Places;
use super::quarter::{Quarter, begin, quarter_of};
use super::quarters::Quarters;
use super::state::NameKey;
use crate::clock::Timestamp;
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;

/// A meeting that goes on behind the quarters that were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    integration: IntegrationName,
    internal_id: InternalMeetingId,
    /// When something was last known to begin in it.
    pub(crate) heard: Timestamp,
}

impl Open {
    pub(crate) fn incarnation(&self) -> Incarnation {
        (self.integration.clone(), self.internal_id.clone())
    }
}

/// Makes the quarters of a time.
#[derive(Debug)]
pub(crate) struct Making {
    range: Range<Quarter>,
    places: Places,
    key: NameKey,
    names: HashMap<(u32, u64), u64>,
    cells: BTreeMap<(Quarter, u32), Cell>,
    steps: Vec<Step>,
    open: Vec<Open>,
    reaches: Quarter,
}

/// What was made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Which quarters.
    pub(crate) range: Range<Quarter>,
    /// What was in them.
    pub(crate) quarters: Quarters,
    /// The places, new ones included.
    pub(crate) places: Places,
    /// The meetings that go on behind them.
    pub(crate) open: Vec<Open>,
    /// Up to which quarter stays last that began in them.
    pub(crate) reaches: Quarter,
}

impl Making {
    pub(crate) fn new(range: Range<Quarter>, places: Places, key: NameKey) -> Self {
        let (names, cells, steps, open) = Default::default();
        let reaches = range.end;
        Self { range, places, key, names, cells, steps, open, reaches }
    }

    pub(crate) fn until(&self) -> Timestamp {
        begin(self.range.end)
    }

    pub(crate) fn made(self) -> Made {
        let Self { range, places, mut cells, steps, open, reaches, .. } = self;
        for cell in cells.values_mut() {
            cell.names.sort_unstable();
            cell.names.dedup();
        }
        let courses = Course::of(steps, range.start, range.end);
        Made { range, quarters: Quarters { cells, courses }, places, open, reaches }
    }

    /// Takes note of a meeting and of who was in it.
    pub(crate) fn meeting(&mut self, held: &Held, now: Timestamp) {
        let home = Home {
            integration: &held.integration,
            partner: held.partner.as_ref(),
            router: held.router.as_ref(),
            server: held.server.as_ref(),
        };
        let place = self.places.number(home);
        let end = self.until();
        let mut goes_on = false;
        if let Some(lifetime) = held.lifetime {
            let (from, until) = (lifetime.from, lifetime.until.unwrap_or(now).max(lifetime.from));
            goes_on = from < end && until > end;
            let ended = lifetime.until.map(|until| until.since(from).as_millis() as u64);
            self.at(from, place, |counts| {
                counts.begun += 1;
                if let Some(length) = ended {
                    counts.ended += 1;
                    counts.length += length;
                    counts.longest = counts.longest.max(length);
                }
            });
            for quarter in self.touched(from, until).filter(|quarter| begin(*quarter) > from) {
                self.cell(quarter, place).counts.running += 1;
            }
            self.lasts(place, from, until, [1, 0]);
        }
        let mut people: HashMap<u64, Vec<Range<Quarter>>> = HashMap::new();
        for stay in &held.stays {
            goes_on |= stay.from < end && stay.until > end;
            let touched = self.touched(stay.from, stay.until);
            people.entry(stay.person).or_default().push(quarters(stay.from, stay.until));
            if quarter_of(stay.from) >= self.range.start {
                self.reaches = self.reaches.max(quarters(stay.from, stay.until).end);
            }
            if touched.is_empty() {
                continue;
            }
            let name = self.name(place, home.integration, stay.name);
            for quarter in touched {
                let (from, until) = (stay.from.max(begin(quarter)), stay.until.min(begin(quarter + 1)));
                let cell = self.cell(quarter, place);
                cell.counts.time += until.since(from).as_millis() as u64;
                cell.names.push(name);
            }
            self.lasts(place, stay.from, stay.until, [0, 1]);
        }
        self.people(place, people, |counts| &mut counts.seen);
        let mut people: HashMap<u64, Vec<Range<Quarter>>> = HashMap::new();
        for sent in &held.sent {
            people.entry(sent.person).or_default().push(quarters(sent.at, sent.at));
        }
        self.people(place, people, |counts| &mut counts.sent);
        if goes_on {
            let began = held.lifetime.map(|lifetime| lifetime.from);
            let heard = held.stays.iter().map(|stay| stay.from).chain(began).max().unwrap_or_default();
            let (integration, internal_id) = (held.integration.clone(), held.internal_id.clone());
            self.open.push(Open { integration, internal_id, heard });
        }
    }

    pub(crate) fn recording(&mut self, home: Home<'_>, at: Timestamp, lasted: Duration) {
        let place = self.places.number(home);
        self.at(at, place, |counts| {
            counts.recordings += 1;
            counts.recorded += lasted.as_millis() as u64;
        });
    }

    pub(crate) fn refused(&mut self, integration: &IntegrationName, at: Timestamp, call: &str, key: &str) {
        let place = self.places.number(Home { integration, partner: None, router: None, server: None });
        let kind = self.places.refusal_number(call, key);
        self.at(at, place, |counts| counts.refuse(kind, 1));
    }

    fn at(&mut self, at: Timestamp, place: u32, count: impl FnOnce(&mut Counts)) {
        let quarter = quarter_of(at);
        if self.range.contains(&quarter) {
            count(&mut self.cell(quarter, place).counts);
        }
    }

    fn cell(&mut self, quarter: Quarter, place: u32) -> &mut Cell {
        self.cells.entry((quarter, place)).or_default()
    }

    /// Those to be made in which what lasts from `from` until `until` is.
    fn touched(&self, from: Timestamp, until: Timestamp) -> Range<Quarter> {
        let all = quarters(from, until);
        all.start.max(self.range.start)..all.end.min(self.range.end)
    }

    fn lasts(&mut self, place: u32, from: Timestamp, until: Timestamp, by: [i32; 2]) {
        let (from, until) = (from.max(begin(self.range.start)), until.min(self.until()));
        if from < until {
            self.steps.push((from, place, by));
            self.steps.push((until, place, by.map(|by| -by)));
        }
    }

    fn name(&mut self, place: u32, integration: &IntegrationName, name: u64) -> u64 {
        let key = &self.key;
        *self.names.entry((place, name)).or_insert_with(|| key.name(integration, name))
    }

    /// Counts each of the people of one meeting in the quarters that they were there.
    fn people(
        &mut self,
        place: u32,
        people: HashMap<u64, Vec<Range<Quarter>>>,
        of: impl Fn(&mut Counts) -> &mut People,
    ) {
        let range = self.range.clone();
        for mut there in people.into_values() {
            there.sort_unstable_by_key(|there| (there.start, there.end));
            let mut last: Option<Quarter> = None;
            for there in there {
                // what was counted with the stay before is counted
                let start = last.map_or(there.start, |last| there.start.max(last + 1));
                for quarter in start.max(range.start)..there.end.min(range.end) {
                    let before = if quarter > start { Some(quarter - 1) } else { last };
                    of(&mut self.cell(quarter, place).counts).came(before.map(|before| quarter - before));
                }
                last = last.max(there.end.checked_sub(1));
            }
        }
    }
}

/// Those in which what lasts from `from` until `until` is: the one that it begins in, and all that it lasts into.
fn quarters(from: Timestamp, until: Timestamp) -> Range<Quarter> {
    let first = quarter_of(from);
    let last = until.as_millis().checked_sub(1).map_or(0, |last| quarter_of(Timestamp::from_millis(last)));
    first..last.max(first).saturating_add(1)
}
