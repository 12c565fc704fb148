//! [`Places`]: what cells are of, by number.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::super::tally::Home;
use crate::network::{IntegrationName, PartnerName, RouterName};
use crate::server::ServerName;

/// Numbers from here on are not kept: they are given while a report is made, and are another thing in the next.
const PASSING: u32 = 1 << 31;

/// What a meeting is of, as its first event says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) integration: IntegrationName,
    pub(super) partner: Option<PartnerName>,
    pub(super) router: Option<RouterName>,
    pub(super) server: Option<ServerName>,
}

/// What places may have in common. The first is the integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    Integration,
    Partner,
    Router,
    Server,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Integration, Self::Partner, Self::Router, Self::Server];
}

impl Place {
    /// The one of a kind that it is of, as its first event says.
    pub(super) fn of(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Integration => Some(self.integration.as_str()),
            Kind::Partner => self.partner.as_ref().map(|partner| partner.as_str()),
            Kind::Router => self.router.as_ref().map(|router| router.as_str()),
            Kind::Server => self.server.as_ref().map(|server| server.as_str()),
        }
    }

    pub(super) fn home(&self) -> Home<'_> {
        Home {
            integration: &self.integration,
            partner: self.partner.as_ref(),
            router: self.router.as_ref(),
            server: self.server.as_ref(),
        }
    }
}

/// Numbers things as they come.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Numbered<T> {
    kept: Vec<T>,
    passing: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), passing: Vec::new() }
    }
}

impl<T> Numbered<T> {
    fn get(&self, number: u32) -> Option<&T> {
        match number.checked_sub(PASSING) {
            Some(passing) => self.passing.get(passing as usize),
            None => self.kept.get(number as usize),
        }
    }
}

/// The places, and the kinds of refused calls, by number. What has a number keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Places {
    places: Numbered<Place>,
    /// Calls, and BBB's messageKeys.
    refusals: Numbered<(String, String)>,
    #[serde(skip)]
    known: HashMap<Place, u32>,
    #[serde(skip)]
    is_passing: bool,
}

impl Places {
    /// Those that were kept.
    ///
    /// # Errors
    /// The bytes are not what was kept.
    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let mut places: Self = postcard::from_bytes(bytes)?;
        places.known = (0..).zip(&places.places.kept).map(|(number, place)| (place.clone(), number)).collect();
        Ok(places)
    }

    /// As bytes.
    ///
    /// # Errors
    /// They cannot be written.
    pub(crate) fn pack(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The same, in which what is new gets numbers that are not kept.
    pub(crate) fn passing(mut self) -> Self {
        self.is_passing = true;
        self
    }

    /// These, with what has passing numbers in `other`.
    pub(crate) fn with_passing_of(mut self, other: &Self) -> Self {
        self.places.passing.clone_from(&other.places.passing);
        self.refusals.passing.clone_from(&other.refusals.passing);
        self
    }

    /// How many have numbers that are kept.
    pub(crate) fn len(&self) -> usize {
        self.places.kept.len() + self.refusals.kept.len()
    }

    pub(super) fn number(&mut self, home: Home<'_>) -> u32 {
        let place = Place {
            integration: home.integration.clone(),
            partner: home.partner.cloned(),
            router: home.router.cloned(),
            server: home.server.cloned(),
        };
        let (is_passing, places) = (self.is_passing, &mut self.places);
        *self.known.entry(place).or_insert_with_key(|place| add(places, is_passing, place.clone()))
    }

    pub(super) fn refusal_number(&mut self, call: &str, key: &str) -> u32 {
        let is = |(known_call, known_key): &(String, String)| known_call == call && known_key == key;
        // there are few
        if let Some(known) = self.refusals.kept.iter().position(is) {
            return known as u32;
        }
        if let Some(known) = self.refusals.passing.iter().position(is) {
            return PASSING + known as u32;
        }
        add(&mut self.refusals, self.is_passing, (call.to_owned(), key.to_owned()))
    }

    pub(super) fn place(&self, number: u32) -> Option<&Place> {
        self.places.get(number)
    }

    pub(super) fn refusal(&self, number: u32) -> Option<&(String, String)> {
        self.refusals.get(number)
    }

    /// What `of` says of each place, and of its number.
    pub(super) fn each<T>(&self, mut of: impl FnMut(u32, &Place) -> T) -> ByPlace<T> {
        let mut all = |from, places: &[Place]| (from..).zip(places).map(|(number, place)| of(number, place)).collect();
        ByPlace(Numbered { kept: all(0, &self.places.kept), passing: all(PASSING, &self.places.passing) })
    }
}

fn add<T>(numbered: &mut Numbered<T>, is_passing: bool, new: T) -> u32 {
    let (list, from) = if is_passing { (&mut numbered.passing, PASSING) } else { (&mut numbered.kept, 0) };
    list.push(new);
    from + (list.len() - 1) as u32
}

/// Something of each place.
#[derive(Debug)]
pub(super) struct ByPlace<T>(Numbered<T>);

impl<T: Copy> ByPlace<T> {
    pub(super) fn get(&self, number: u32) -> Option<T> {
        self.0.get(number).copied()
    }
}
