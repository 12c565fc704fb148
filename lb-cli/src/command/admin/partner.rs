//! `lb partner`: institutions.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::put::{FromFile, Thing};
use super::value::Names;
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("display name", "/display_name").rank(1),
    Column::at("servers", "/servers").rank(2),
    Column::at("contact", "/contact").rank(3),
    Column::at("managed", "/managed").rank(4),
];

/// What is done with partners.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List partners
    #[command(after_help = "\
Examples:
  lb partner list
  lb partner list --json | jq -r '.items[].name'")]
    List(Listing),
    /// Show one partner
    #[command(after_help = "\
Example:
  lb partner show ufrgs")]
    Show {
        /// Its name
        name: String,
    },
    /// Make a partner, or change what is said of it
    #[command(after_help = "\
Examples:
  lb partner put ufrgs --display-name 'Universidade Federal do Rio Grande do Sul' --contact noc@ufrgs.example
  lb partner put ufrgs --servers poa1,poa2
  lb partner put ufrgs --servers none
  lb partner put ufrgs -f ufrgs.json

What is not said stays as it is.")]
    Put(Put),
    /// Remove a partner that owns no integrations
    #[command(after_help = "\
Examples:
  lb partner remove ufrgs
  lb partner remove ufrgs --yes")]
    Remove {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Put {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FromFile,
    #[command(flatten)]
    fields: Fields,
}

/// What can be said of a partner.
#[derive(Debug, Args, Serialize)]
struct Fields {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// Whom to ask there
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    /// The servers that it lends, with commas, or none
    #[arg(long, value_name = "NAMES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<Names>,
}

const FIELDS: &[&str] = &["display_name", "contact", "servers"];

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(listing) => desk.list(&listing, &Place::of(&["partners"]), COLUMNS).await,
            Self::Show { name } => desk.show(&at(&name), COLUMNS).await,
            Self::Put(Put { name, file, fields }) => {
                let thing = Thing { place: at(&name), what: format!("partner {name}"), fields: FIELDS };
                desk.put(&thing, &file, &fields).await
            }
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove partner {name}?"))?;
                }
                desk.remove(&at(&name), &format!("partner {name}")).await
            }
        }
    }
}

fn at(name: &str) -> Place {
    Place::of(&["partners", name])
}
