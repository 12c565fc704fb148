//! `lb server`: the servers of the network.

mod columns;
mod drain;
mod fields;
#[cfg(test)]
mod tests;

use clap::{Args, Subcommand};
use serde_json::Value;

use self::columns::{COLUMNS, SERVICES, SHEET};
pub(super) use self::fields::FIELDS;
use self::fields::{Fields, SHOWN_ONLY};
use super::integration::secret;
use super::put::{FromFile, Thing};
use super::{Desk, Listing, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::render::line;

/// What is done with servers.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List servers with their state and load
    #[command(after_help = "\
Examples:
  lb server list
  lb server list --state suspended
  lb server list --tag gpu --watch")]
    List(List),
    /// Show one server: its state and why, its services, and who says what of it
    #[command(after_help = "\
Example:
  lb server show bbb1")]
    Show {
        /// Its name
        name: String,
    },
    /// Write a server down, or change what is said of it
    #[command(after_help = "\
Examples:
  lb server put bbb1 --api-url https://bbb1.example.org/bigbluebutton/ --secret - < secret.txt
  lb server put bbb1 --capacity 200 --tags gpu,large
  lb server put bbb1 --capacity none
  lb server put bbb2 -f bbb2.json --word force-disabled

What is not said stays as it is. Where no monitor knows the servers, a new one needs a URL and a secret. Where one does, its
name is the monitor's, and what is said here goes over what the monitor says.")]
    Put(Put),
    /// Take a server away; its meetings go on until they end
    #[command(after_help = "\
Examples:
  lb server remove bbb1
  lb server remove bbb1 --yes

Drain it first, and no meeting is on it: lb server drain bbb1 --wait")]
    Remove {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Use it whatever its services say
    #[command(after_help = "\
Example:
  lb server force-enable bbb1")]
    ForceEnable {
        /// Its name
        name: String,
    },
    /// Give it no new meetings
    #[command(after_help = "\
Example:
  lb server force-disable bbb1")]
    ForceDisable {
        /// Its name
        name: String,
    },
    /// Use it as its services say
    #[command(after_help = "\
Example:
  lb server automatic bbb1")]
    Automatic {
        /// Its name
        name: String,
    },
    /// Give it no new meetings, and disable it when its last one has ended
    #[command(after_help = "\
Examples:
  lb server drain bbb1
  lb server drain bbb1 --wait && ssh bbb1 apt-get dist-upgrade

With --wait it returns when the last meeting has ended. It may be interrupted, and said again.")]
    Drain {
        /// Its name
        name: String,
        /// Return when its last meeting has ended
        #[arg(long)]
        wait: bool,
    },
    /// Use it again after it was drained
    #[command(after_help = "\
Example:
  lb server undrain bbb1")]
    Undrain {
        /// Its name
        name: String,
    },
    /// Give the meetings of one that does not answer free: created again, they go to other servers
    #[command(after_help = "\
Example:
  lb server release bbb1")]
    Release {
        /// Its name
        name: String,
    },
    /// Show its secret; the audit log says who asked
    #[command(after_help = "\
Example:
  lb server reveal bbb1")]
    Reveal {
        /// Its name
        name: String,
    },
    /// Say that the many servers that fell silent at once are down
    #[command(after_help = "\
Example:
  lb server lift-freeze

Each that stays silent is then taken for down after the usual time.")]
    LiftFreeze,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those in this state, such as enabled, warning, critical, draining or suspended
    #[arg(long)]
    state: Option<String>,
    /// Those that carry this tag
    #[arg(long)]
    tag: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Put {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FromFile,
    #[command(flatten)]
    fields: Fields,
    /// Its secret, as bbb-conf --secret shows it, or - to read it from standard input
    #[arg(long, value_name = "SECRET", value_parser = secret::given)]
    secret: Option<lb_core::Secret>,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        match self {
            Self::List(List { state, tag, listing }) => {
                let place = Place::of(&["servers"]).with_some("state", state).with_some("tag", tag);
                desk.list(&listing, &place, COLUMNS).await
            }
            Self::Show { name } => show(desk, &name).await,
            Self::Put(put) => put.run(desk).await,
            Self::Remove { name, yes } => {
                if !yes {
                    desk.confirm(&format!("Take server {name} away?"))?;
                }
                desk.remove(&at(&name), &format!("server {name}")).await
            }
            Self::ForceEnable { name } => say(desk, &name, "force-enable", "is used whatever its services say").await,
            Self::ForceDisable { name } => say(desk, &name, "force-disable", "gets no new meetings").await,
            Self::Automatic { name } => say(desk, &name, "automatic", "is used as its services say").await,
            Self::Drain { name, wait: false } => {
                let what = "gets no new meetings, and is disabled when its last one has ended";
                say(desk, &name, "drain", what).await
            }
            Self::Drain { name, wait: true } => drain::to_its_end(desk, &name).await,
            Self::Undrain { name } => say(desk, &name, "undrain", "is used again").await,
            Self::Release { name } => {
                say(desk, &name, "release", "has given its meetings free: created again, they go to other servers")
                    .await
            }
            Self::Reveal { name } => {
                let shown = desk.client.post(&Place::of(&["servers", &name, "reveal"]), None).await?.json()?;
                let secret = line(shown["secret"].as_str().unwrap_or_default());
                desk.tell(&shown, |_| format!("{secret}\n"))
            }
            Self::LiftFreeze => {
                let answer = desk.client.post(&Place::of(&["freeze", "lift"]), None).await?;
                let lifted = answer.json()?["lifted"] == true;
                let sentence = if lifted { "the freeze is lifted" } else { "there is no freeze" };
                desk.done(&answer, sentence)
            }
        }
    }
}

impl Put {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let Self { name, file, fields, secret } = self;
        let mut given = desk.given(&file, &fields)?;
        // so that what was shown can be given back
        given.retain(|field, _| !SHOWN_ONLY.contains(&field.as_str()));
        if let Some(secret) = &secret {
            given.insert("secret".to_owned(), secret::read(secret, desk)?.into());
        }
        let thing = Thing { place: at(&name), what: format!("server {name}"), fields: FIELDS };
        desk.put(&thing, &FromFile::default(), &Value::Object(given)).await
    }
}

async fn show(desk: &mut Desk<'_, '_>, name: &str) -> Result<Outcome, Failure> {
    let server = desk.client.get(&at(name)).await?.json()?;
    let services = server.pointer("/status/services").and_then(Value::as_array).cloned().unwrap_or_default();
    desk.tell(&server, |sheet| {
        let mut text = sheet.sheet(SHEET, &server);
        if !services.is_empty() {
            text.push('\n');
            text.push_str(&sheet.table(SERVICES, &services));
        }
        text
    })
}

async fn say(desk: &mut Desk<'_, '_>, name: &str, word: &str, what: &str) -> Result<Outcome, Failure> {
    let answer = desk.client.post(&Place::of(&["servers", name, word]), None).await?;
    desk.done(&answer, &format!("server {name} {what}"))
}

fn at(name: &str) -> Place {
    Place::of(&["servers", name])
}
