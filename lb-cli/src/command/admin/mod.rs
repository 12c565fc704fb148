//! The commands that administer a running balancer through its `/api/v1`, one file for each noun.
//!
//! | | |
//! |---|---|
//! | [`Administration`] | which balancer, and how answers are told: the same for all |
//! | [`Desk`] | what a command has at hand: the balancer, the output |
//! | [`Listing`] | what every list can do |
//! | `put`, `value` | how a thing is made or changed |
//!
//! A noun is a file with its verbs: an enum that clap reads, which is a [`Task`]. `partner` is the one to imitate.

mod apply;
mod audit;
mod desk;
mod doctor;
mod event;
mod explain;
mod export;
#[cfg(test)]
pub(crate) mod fake;
mod import;
mod integration;
mod listing;
mod meeting;
mod partner;
mod password;
mod person;
mod plan;
mod put;
mod recording;
mod report;
mod router;
mod server;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod token;
mod trace;
mod user;
mod value;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lb_core::Secret;
use url::Url;

pub(crate) use self::desk::Desk;
pub(crate) use self::listing::{Listing, Watch};
use crate::client::{Client, Target, target::url_of};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// All nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Administer {
    /// Servers: who they are, and what they may be used for
    Server(Noun<server::Verb>),
    /// The whole network on one screen: the worst servers, alarms, the busiest integrations
    #[command(after_help = "\
Examples:
  lb status
  lb status --watch
  lb status --watch=10 --profile production
  lb status --json | jq .status.alarms")]
    Status(Single<status::Status>),
    /// The websites that may use the balancer, and their secrets
    Integration(Noun<integration::Verb>),
    /// What integrations may do, and how much of it
    Plan(Noun<plan::Verb>),
    /// Institutions: they own integrations and may lend servers
    Partner(Noun<partner::Verb>),
    /// The people who run the network
    User(Noun<user::Verb>),
    /// What programs show instead of a password
    Token(Noun<token::Verb>),
    /// What happened: meetings, refused calls, servers that changed their state
    Event(Noun<event::Verb>),
    /// What administrators did: who, from where, and what is other than before
    Audit(Noun<audit::Verb>),
    /// One person's data: shown, and erased
    Person(Noun<person::Verb>),
    /// What the configuration of a running balancer says
    #[command(after_help = "\
Examples:
  lb settings
  lb settings store
  lb settings --changed --json")]
    Settings(Single<settings::Settings>),
    /// How meetings are placed
    Router(Noun<router::Verb>),
    /// The recordings of all servers
    Recording(Noun<recording::Verb>),
    /// Take over what another balancer has
    Import(Noun<import::Verb>),
    /// The meetings that run
    Meeting(Noun<meeting::Verb>),
    /// Tell where a meeting would go now, and why
    #[command(after_help = "\
Examples:
  lb explain --integration moodle
  lb explain --integration moodle --forwarded-for 192.0.2.7 --meeting-id room-1
  lb explain --integration moodle --latitude -30.03 --longitude -51.20 --json | jq .candidates[0]

Nothing is changed by it.")]
    Explain(Single<explain::Explain>),
    /// Meetings, participants, minutes and peaks of a period
    #[command(after_help = "\
Examples:
  lb report
  lb report --from 2026-03-01 --until 2026-04-01 --zone America/Sao_Paulo --step day
  lb report --from 2026-01-01 --until 2027-01-01 --step month --by partner --csv > 2026.csv
  lb report --integration moodle --by server --json | jq .total

What each figure means: docs/usage-reports.md.")]
    Report(Single<report::Report>),
    /// Make the network what a file says, after showing what that changes
    #[command(after_help = "\
Examples:
  lb apply -f network.toml --dry-run
  lb apply -f network.toml
  lb apply -f network.toml --prune --yes
  lb export --profile old --secrets | lb apply -f - --profile new --yes

The file has the tables [plans.NAME], [partners.NAME], [routers.NAME], [[integrations]] and [[servers]] of the
configuration. All of it is applied, or nothing; applied again, it changes nothing.")]
    Apply(Single<apply::Apply>),
    /// Write the network as a file that apply reads
    #[command(after_help = "\
Examples:
  lb export > network.toml
  (umask 077 && lb export --secrets > network.toml)
  lb export --json")]
    Export(Single<export::Export>),
}

/// A noun, and what is to be done with it.
#[derive(Debug, Args)]
pub(crate) struct Noun<V: Subcommand> {
    #[command(flatten)]
    administration: Administration,
    #[command(subcommand)]
    verb: V,
}

/// A command without verbs.
#[derive(Debug, Args)]
pub(crate) struct Single<A: Args> {
    #[command(flatten)]
    administration: Administration,
    #[command(flatten)]
    args: A,
}

/// Which balancer is administered, and how it is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which balancer (otherwise the one of this machine)")]
pub(crate) struct Administration {
    /// The URL of a balancer (otherwise LB_URL)
    #[arg(long, global = true, value_name = "URL", value_parser = url_of, conflicts_with_all = ["profile", "socket", "config"])]
    pub(crate) url: Option<Url>,
    /// The API token to show there, or - to read it from standard input (otherwise LB_TOKEN)
    #[arg(long, global = true, value_name = "TOKEN", value_parser = token)]
    pub(crate) token: Option<Secret>,
    /// The balancer of this name in ~/.config/lb/profiles.toml
    #[arg(long, global = true, value_name = "NAME", conflicts_with_all = ["socket", "config"])]
    pub(crate) profile: Option<String>,
    /// The local socket of a balancer (otherwise LB_SOCKET, lb.sock, /run/lb/lb.sock, /var/lib/lb/lb.sock)
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "config")]
    pub(crate) socket: Option<PathBuf>,
    /// The balancer that runs with this configuration
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Show what the balancer answers as JSON
    #[arg(long, global = true, help_heading = "Options")]
    pub(crate) json: bool,
}

fn token(text: &str) -> Result<Secret, &'static str> {
    if text.is_empty() { Err("a token is not empty") } else { Ok(Secret::from(text)) }
}

/// Something that is done with a running balancer.
pub(crate) trait Task {
    /// Does it.
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure>;
}

/// Does what was asked for.
pub(crate) fn run(command: Administer, world: &mut World<'_>) -> Result<Outcome, Failure> {
    match command {
        Administer::Apply(single) => single.run(world),
        Administer::Export(single) => single.run(world),
        Administer::Server(noun) => noun.run(world),
        Administer::Import(noun) => noun.run(world),
        Administer::Status(single) => single.run(world),
        Administer::Integration(noun) => noun.run(world),
        Administer::Plan(noun) => noun.run(world),
        Administer::Partner(noun) => noun.run(world),
        Administer::User(noun) => noun.run(world),
        Administer::Token(noun) => noun.run(world),
        Administer::Event(noun) => noun.run(world),
        Administer::Audit(noun) => noun.run(world),
        Administer::Person(noun) => noun.run(world),
        Administer::Settings(single) => single.run(world),
        Administer::Router(noun) => noun.run(world),
        Administer::Recording(noun) => noun.run(world),
        Administer::Meeting(noun) => noun.run(world),
        Administer::Explain(single) => single.run(world),
        Administer::Report(single) => single.run(world),
    }
}

impl<V: Subcommand + Task> Noun<V> {
    fn run(self, world: &mut World<'_>) -> Result<Outcome, Failure> {
        at_desk(&self.administration, self.verb, world)
    }
}

impl<A: Args + Task> Single<A> {
    fn run(self, world: &mut World<'_>) -> Result<Outcome, Failure> {
        at_desk(&self.administration, self.args, world)
    }
}

fn at_desk(said: &Administration, task: impl Task, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let target = Target::of(said, world)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Client::open(target).await?;
        task.run(&mut Desk { client, world, json: said.json }).await
    })
}
