//! [`ReportQuery`]: what a report is asked for.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Zone;
use crate::clock::Timestamp;
use crate::network::{IntegrationName, Network, PartnerName, RouterName};
use crate::server::ServerName;

/// What a report is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportQuery {
    /// The begin of the period.
    pub from: Timestamp,
    /// Its end: the period is over before it.
    pub until: Timestamp,
    /// Where days begin.
    pub zone: Zone,
    /// What the period is cut into.
    pub step: Step,
    /// What there is a group for each of.
    pub by: By,
    /// What is counted.
    pub filter: Filter,
}

macro_rules! word_type {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$of])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().copied().find(|known| known.as_str() == text);
                found.ok_or_else(|| format!("must be one of: {}", [$($word),+].join(", ")))
            }
        }
    };
}

word_type! {
    /// What a period is cut into. The steps are those of the clock and the calendar of the zone; the first and the last may be
    /// cut off by the period's ends.
    Step {
        /// From one full hour to the next.
        Hour = "hour",
        /// From midnight to midnight: 23 or 25 hours where the clocks change.
        Day = "day",
        /// From Monday to Sunday.
        Week = "week",
        /// From the first of a month on.
        Month = "month",
        /// From the first of January, April, July or October on.
        Quarter = "quarter",
        /// From the first of January on.
        Year = "year",
        /// Nothing: the period is one step.
        #[default]
        Whole = "whole",
    }
}

word_type! {
    /// What there is a group for each of.
    By {
        /// Each website.
        #[default]
        Integration = "integration",
        /// The institutions that own them.
        Partner = "partner",
        /// Where meetings were held.
        Server = "server",
        /// What placed them.
        Router = "router",
        /// All is one group.
        Nothing = "nothing",
    }
}

/// What is counted: what fits each part that is said. An empty set lets nothing pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these integrations.
    pub integrations: Option<BTreeSet<IntegrationName>>,
    /// Of these partners.
    pub partners: Option<BTreeSet<PartnerName>>,
    /// On these servers. Refused calls are on none.
    pub servers: Option<BTreeSet<ServerName>>,
    /// Placed by these routers; of recordings and refused calls, by those that their integrations have now.
    pub routers: Option<BTreeSet<RouterName>>,
}

/// Whose an integration is now, for events that do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Its partner.
    pub partner: Option<PartnerName>,
    /// Its router.
    pub router: Option<RouterName>,
}

/// Whose each integration is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners(HashMap<IntegrationName, Owner>);

impl Owners {
    /// As `network` says.
    pub fn of(network: &Network) -> Self {
        let integrations = network.integrations().iter();
        let owner = |one: &crate::Integration| Owner { partner: one.partner.clone(), router: Some(one.router.clone()) };
        Self(integrations.map(|one| (one.name.clone(), owner(one))).collect())
    }

    /// Whose `integration` is; nobody's where it is there no more.
    pub(super) fn owner(&self, integration: &IntegrationName) -> Owner {
        self.0.get(integration).cloned().unwrap_or_default()
    }
}

impl FromIterator<(IntegrationName, Owner)> for Owners {
    fn from_iter<I: IntoIterator<Item = (IntegrationName, Owner)>>(owners: I) -> Self {
        Self(owners.into_iter().collect())
    }
}

/// A report is asked for that there is none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadReportQuery {
    /// The period is empty.
    #[error("the period ends before it begins")]
    Empty,
    /// Too many steps.
    #[error("the period has more than {0} steps: ask for longer steps or a shorter period")]
    TooManySteps(usize),
}
