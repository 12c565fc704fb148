//! `lb router`: how meetings are placed.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::put::{FromFile, Thing};
use super::value::{Names, OrNone, TextOrNone, Weights};
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("policy", "/policy"),
    Column::at("radius km", "/radius_km").right().rank(1),
    Column::at("fallback", "/fallback").rank(2),
    Column::at("weights", "/weights").rank(4),
    Column::at("only", "/only_tags").rank(6),
    Column::at("canary", "/canary").rank(5),
    Column::at("managed", "/managed").rank(3),
];

const FIELDS: &[&str] = &[
    "policy",
    "radius_km",
    "weights",
    "fallback",
    "only_tags",
    "prefer_tags",
    "max_users",
    "max_cpu",
    "tie_break",
    "tie_within",
    "canary",
    "canary_share",
];

/// What is done with routers.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List routers
    #[command(after_help = "\
Examples:
  lb router list
  lb router list --json")]
    List(Listing),
    /// Show one router
    #[command(after_help = "\
Example:
  lb router show default")]
    Show {
        /// Its name
        name: String,
    },
    /// Make a router, or change what is said of it
    #[command(after_help = "\
Examples:
  lb router put default --policy least-users
  lb router put south --policy nearest-least-cpu --radius-km 800 --fallback default
  lb router put south --weights poa1=2,poa2=1
  lb router put south --fallback none
  lb router put south --only-tags campus --max-cpu 70 --fallback default
  lb router put default --canary tried --canary-share 0.1

What is not said stays as it is.")]
    Put(Box<Put>),
    /// Remove a router that no integration and no other router names
    #[command(after_help = "\
Examples:
  lb router remove south
  lb router remove south --yes")]
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

/// What can be said of a router.
#[derive(Debug, Args, Serialize)]
struct Fields {
    /// The placement policy, such as nearest-least-cpu or least-users
    #[arg(long, value_name = "POLICY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// How far from the nearest server others compete with it, kilometres
    #[arg(long, value_name = "KM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    radius_km: Option<f64>,
    /// Weights of servers in place of their own, as NAME=WEIGHT with commas, or none
    #[arg(long, value_name = "WEIGHTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
    /// The router that is asked where this one finds no server, or none
    #[arg(long, value_name = "ROUTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<TextOrNone>,
    /// Only servers that carry all of these tags, with commas, or none
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    only_tags: Option<Names>,
    /// Servers that carry all of these tags come first, with commas, or none
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    prefer_tags: Option<Names>,
    /// Leave out servers that have or expect so many users, or none
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_users: Option<OrNone<f64>>,
    /// Leave out servers of which so much CPU is in use or expected, per cent, or none
    #[arg(long, value_name = "PERCENT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_cpu: Option<OrNone<f64>>,
    /// The policy that chooses among servers that are alike, or none
    #[arg(long, value_name = "POLICY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tie_break: Option<TextOrNone>,
    /// How far from the best score servers are alike
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tie_within: Option<f64>,
    /// The router that places a share of the meetings in place of this one, or none
    #[arg(long, value_name = "ROUTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<TextOrNone>,
    /// How large that share is, 0 to 1
    #[arg(long, value_name = "SHARE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    canary_share: Option<f64>,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(listing) => desk.list(&listing, &Place::of(&["routers"]), COLUMNS).await,
            Self::Show { name } => desk.show(&at(&name), COLUMNS).await,
            Self::Put(put) => {
                let Put { name, file, fields } = *put;
                let thing = Thing { place: at(&name), what: format!("router {name}"), fields: FIELDS };
                desk.put(&thing, &file, &fields).await
            }
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove router {name}?"))?;
                }
                desk.remove(&at(&name), &format!("router {name}")).await
            }
        }
    }
}

fn at(name: &str) -> Place {
    Place::of(&["routers", name])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::Fake;

    #[test]
    fn a_router_is_made_of_what_is_said() {
        let made = json!({ "name": "south" });
        let fake = Fake::answering([(404, "", json!({ "title": "none" })), (201, "\"1\"", made)]);
        let said = ["--policy", "weighted", "--radius-km", "800", "--weights", "poa1=2", "--fallback", "none"];
        let (ran, asked) = fake.run(&[&["router", "put", "south"], &said[..]].concat());
        assert_eq!(ran.output(), "router south is created\n");
        let body = json!({ "policy": "weighted", "radius_km": 800.0, "weights": { "poa1": 2.0 }, "fallback": null });
        assert_eq!(asked[1].body, body);
    }
}
