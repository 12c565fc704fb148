//! `lb integration secret`: an integration has several while one takes the place of another.

use std::io::Read;

use clap::{Args, Subcommand};
use hyper::Method;
use lb_core::Secret;
use serde_json::{Value, json};

use super::super::value::{Moment, OrNone};
use super::super::{Desk, Task};
use crate::client::{Place, Sent};
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::Column;

/// No secret is longer.
const LIMIT: u64 = 4096;

const COLUMNS: &[Column] =
    &[Column::at("label", "/label"), Column::at("secret", "/secret"), Column::at("until", "/expires_at")];

/// What is done with secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Draw one more secret and show it, this once; the others stay valid
    #[command(after_help = "\
Examples:
  lb integration secret add moodle 2027
  lb integration secret add moodle tests --expires 30d

To rotate: add one, give it to the website, then let the old one expire.")]
    Add {
        /// The integration
        name: String,
        /// What people call the secret
        label: String,
        /// Until when it is valid: a moment, a day, or a time from now such as 30d
        #[arg(long, value_name = "WHEN")]
        expires: Option<Moment>,
    },
    /// Let a secret be valid until another moment
    #[command(after_help = "\
Examples:
  lb integration secret expire moodle ''
  lb integration secret expire moodle '' --at 7d
  lb integration secret expire moodle 2027 --at none

The first secret of an integration has no label, which is ''.")]
    Expire {
        #[command(flatten)]
        which: Which,
        /// Until when: a moment, a day, a time from now such as 7d, now, or none for ever
        #[arg(long, value_name = "WHEN", default_value = "now")]
        at: OrNone<Moment>,
    },
    /// Forget a secret; the only one cannot be forgotten
    #[command(after_help = "\
Examples:
  lb integration secret remove moodle ''
  lb integration secret remove moodle 2027 --yes

The first secret of an integration has no label, which is ''.")]
    Remove {
        #[command(flatten)]
        which: Which,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show all secrets; the audit log says who asked
    #[command(after_help = "\
Example:
  lb integration secret reveal moodle")]
    Reveal {
        /// The integration
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The integration
    name: String,
    /// What people call the secret
    label: String,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::Add { name, label, expires } => {
                let body = json!({ "label": label, "expires_at": expires });
                let added = desk.client.post(&at(&name), Some(&body)).await?.json()?;
                let secret = line(added["secret"].as_str().unwrap_or_default());
                let told = format!("integration {name} has one more secret, which is shown this once:\n\n  {secret}\n");
                desk.tell(&added, |_| told)
            }
            Self::Expire { which: Which { name, label }, at: end } => {
                let body = json!({ "label": label, "expires_at": end });
                let sent = Sent { body: Some(&body), ..Sent::default() };
                let answer = desk.client.send(Method::PATCH, &at(&name), sent).await?;
                let end = serde_json::to_value(end).unwrap_or(Value::Null);
                let until = end.as_str().map_or("for ever".to_owned(), |end| format!("until {end}"));
                desk.done(&answer, &format!("secret \"{label}\" of integration {name} is valid {until}"))
            }
            Self::Remove { which: Which { name, label }, yes } => {
                if !yes {
                    desk.confirm(&format!("Remove secret \"{label}\" of integration {name}?"))?;
                }
                let place = at(&name).with("label", &label);
                desk.remove(&place, &format!("secret \"{label}\" of integration {name}")).await
            }
            Self::Reveal { name } => {
                let place = Place::of(&["integrations", &name, "reveal"]);
                let shown = desk.client.post(&place, None).await?.json()?;
                let secrets = shown["secrets"].as_array().map(Vec::as_slice).unwrap_or_default();
                desk.tell(&shown, |sheet| sheet.table(COLUMNS, secrets))
            }
        }
    }
}

fn at(name: &str) -> Place {
    Place::of(&["integrations", name, "secrets"])
}

/// A secret as an option takes it.
pub(crate) fn given(text: &str) -> Result<Secret, &'static str> {
    if text.is_empty() { Err("a secret is not empty") } else { Ok(Secret::from(text)) }
}

/// The secret that was given, or the one on standard input.
pub(crate) fn read(given: &Secret, desk: &mut Desk<'_, '_>) -> Result<String, Failure> {
    if given.expose() != "-" {
        return Ok(given.expose().to_owned());
    }
    let mut text = String::new();
    Read::take(&mut *desk.world.input, LIMIT).read_to_string(&mut text)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::Usage("--secret -: there is no secret on standard input".to_owned())),
        secret => Ok(secret.to_owned()),
    }
}
