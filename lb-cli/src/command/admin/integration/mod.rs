//! `lb integration`: the websites that may use the balancer.

mod fields;
mod made;
pub(super) mod secret;
#[cfg(test)]
mod tests;

use clap::{Args, Subcommand};
use serde_json::Value;

use self::fields::Fields;
use super::doctor::Doctor;
use super::put::{FromFile, Put, Thing};
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Cell, Column, Ink, text};

const COLUMNS: &[Column] = &[
    Column::at("name", "/name"),
    Column::made("state", state),
    Column::at("display name", "/display_name").rank(4),
    Column::at("partner", "/partner").rank(2),
    Column::at("plan", "/plan").rank(1),
    Column::at("router", "/router").rank(3),
    Column::made("secrets", count_of_secrets).right().rank(5),
    Column::at("managed", "/managed").rank(6),
];

const SHEET: &[Column] = &[
    Column::at("name", "/name"),
    Column::at("display name", "/display_name"),
    Column::made("state", state),
    Column::at("partner", "/partner"),
    Column::at("plan", "/plan"),
    Column::at("router", "/router"),
    Column::made("position", position),
    Column::at("required tags", "/required_tags"),
    Column::at("preferred tags", "/preferred_tags"),
    Column::at("forbidden tags", "/forbidden_tags"),
    Column::at("callback hosts", "/callback_hosts"),
    Column::made("rules of creates", |one| rules(&one["create"])),
    Column::made("rules of joins", |one| rules(&one["join"])),
    Column::made("secrets", secrets),
    Column::at("managed by the file", "/managed"),
];

/// What is done with integrations.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List integrations
    #[command(after_help = "\
Examples:
  lb integration list
  lb integration list --partner ufrgs --plan school
  lb integration list --text moodle --json")]
    List(List),
    /// Show one integration, without its secrets
    #[command(after_help = "\
Example:
  lb integration show moodle")]
    Show {
        /// Its name
        name: String,
    },
    /// Make an integration and show its secret, this once
    #[command(after_help = "\
Examples:
  lb integration create moodle
  lb integration create moodle --plan school --partner ufrgs --position=-30.03,-51.2
  lb integration create moodle --secret - < secret.txt

It is refused if there is one of this name. A website that comes from another balancer keeps its secret with --secret -.")]
    Create(Create),
    /// Make an integration, or change what is said of it
    #[command(after_help = "\
Examples:
  lb integration put moodle --plan university
  lb integration put moodle --required-tags gpu --callback-hosts moodle.example.org
  lb integration put moodle --create-rules '{\"forced\": {\"record\": \"false\"}}'
  lb integration put moodle -f moodle.json

What is not said stays as it is; its secrets always do.")]
    Put(Change),
    /// Remove an integration; its meetings go on, but nobody can join them any more
    #[command(after_help = "\
Examples:
  lb integration remove moodle
  lb integration remove moodle --yes")]
    Remove {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Let it use the balancer
    #[command(after_help = "\
Example:
  lb integration activate moodle")]
    Activate {
        /// Its name
        name: String,
    },
    /// Refuse its calls from the next one on; its meetings go on
    #[command(after_help = "\
Example:
  lb integration deactivate moodle")]
    Deactivate {
        /// Its name
        name: String,
    },
    /// Find out why its calls are refused, and what else is wrong with it
    #[command(after_help = "\
Examples:
  lb integration doctor moodle
  lb integration doctor moodle --json | jq -r '.refused_calls[0].sentence'

Of a wrong checksum it tells which of the usual mistakes makes the very one that was sent.")]
    Doctor(Doctor),
    /// Rotate and show its secrets
    #[command(subcommand)]
    Secret(secret::Verb),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those of this partner
    #[arg(long)]
    partner: Option<String>,
    /// Those with this plan
    #[arg(long)]
    plan: Option<String>,
    /// Those with this router
    #[arg(long)]
    router: Option<String>,
    /// Those whose name, or what people call them, has this text
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FromFile,
    #[command(flatten)]
    fields: Fields,
    /// The secret it has already, or - to read it from standard input (otherwise one is drawn)
    #[arg(long, value_name = "SECRET", value_parser = secret::given)]
    secret: Option<lb_core::Secret>,
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FromFile,
    #[command(flatten)]
    fields: Fields,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(List { partner, plan, router, text, listing }) => {
                let place = Place::of(&["integrations"]).with_some("partner", partner).with_some("plan", plan);
                let place = place.with_some("router", router).with_some("text", text);
                desk.list(&listing, &place, COLUMNS).await
            }
            Self::Show { name } => desk.show(&at(&name), SHEET).await,
            Self::Create(create) => made::create(&create, desk).await,
            Self::Put(Change { name, file, fields }) => {
                let what = format!("integration {name}");
                let thing = Thing { place: at(&name), what: what.clone(), fields: fields::FIELDS };
                match desk.put_silently(&thing, &file, &fields).await? {
                    Put::Same(present) => desk.tell(&present, |_| format!("{what} is so already\n")),
                    Put::Changed(answer) => desk.done(&answer, &format!("{what} is changed")),
                    Put::Created(answer) => made::tell(&name, &answer, desk).await,
                }
            }
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove integration {name} with its secrets?"))?;
                }
                desk.remove(&at(&name), &format!("integration {name}")).await
            }
            Self::Activate { name } => {
                let answer = desk.client.post(&Place::of(&["integrations", &name, "activate"]), None).await?;
                desk.done(&answer, &format!("integration {name} is active"))
            }
            Self::Deactivate { name } => {
                let answer = desk.client.post(&Place::of(&["integrations", &name, "deactivate"]), None).await?;
                desk.done(&answer, &format!("integration {name} is not active"))
            }
            Self::Doctor(doctor) => doctor.run(desk).await,
            Self::Secret(verb) => verb.run(desk).await,
        }
    }
}

fn at(name: &str) -> Place {
    Place::of(&["integrations", name])
}

fn state(one: &Value) -> Cell {
    let active = one["active"].as_bool().unwrap_or_default();
    let (text, ink) = if active { ("active", Ink::Good) } else { ("not active", Ink::Bad) };
    Cell { text: text.to_owned(), ink }
}

fn position(one: &Value) -> Cell {
    let degrees = |name| one["position"][name].as_f64();
    let both = degrees("latitude").zip(degrees("longitude"));
    Cell::plain(both.map_or("-".to_owned(), |(latitude, longitude)| format!("{latitude},{longitude}")))
}

fn rules(rules: &Value) -> Cell {
    let kinds = rules.as_object().into_iter().flatten();
    let said = kinds.filter(|(_, rule)| text(rule) != "-").map(|(kind, rule)| format!("{kind}: {}", text(rule)));
    let said: Vec<_> = said.collect();
    Cell::plain(if said.is_empty() { "-".to_owned() } else { said.join("; ") })
}

fn count_of_secrets(one: &Value) -> Cell {
    Cell::plain(one["secrets"].as_array().map_or(0, Vec::len).to_string())
}

fn secrets(one: &Value) -> Cell {
    let secrets = one["secrets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |secret: &Value| {
        let label = secret["label"].as_str().filter(|label| !label.is_empty()).unwrap_or("(no label)");
        match &secret["expires_at"] {
            Value::Null => label.to_owned(),
            end => format!("{label} until {}", text(end)),
        }
    };
    Cell::plain(secrets.iter().map(one).collect::<Vec<_>>().join(", "))
}
