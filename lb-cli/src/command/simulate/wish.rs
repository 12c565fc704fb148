//! [`Simulate`]: what was said on the command line; [`Wish`]: what it means.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use lb_core::network::Router;
use lb_core::placement::{self, PlacementPolicy};
use lb_core::simulation::workload::{self, Workload};

use super::otherwise::{COSTS, Otherwise, Strengths, cost};
use super::play::CLAIRVOYANT;
use super::replay;
use super::source::Source;
use crate::outcome::Failure;

/// More seeds than this are refused.
const MOST_SEEDS: u64 = 1000;

#[derive(Debug, clap::Args)]
pub(crate) struct Simulate {
    /// What people do, of those below (otherwise all); may be said several times
    #[arg(long, value_name = "NAME", value_parser = workload::NAMES, hide_possible_values = true)]
    pub(crate) workload: Vec<String>,
    /// Who places the meetings, of those below (otherwise all); may be said several times
    #[arg(long, value_name = "NAME", value_parser = policies(), hide_possible_values = true)]
    pub(crate) policy: Vec<String>,
    /// Which chances: one seed, or from-to
    #[arg(long, value_name = "SEEDS", default_value = "1-3", value_parser = seeds)]
    pub(crate) seeds: RangeInclusive<u64>,
    /// How many servers, with as many users as they can well serve
    #[arg(long, value_name = "N", conflicts_with = "replay")]
    pub(crate) servers: Option<usize>,
    /// How many users at once, at the most, are aimed at
    #[arg(long, value_name = "N", conflicts_with = "replay")]
    pub(crate) users: Option<usize>,
    /// Days before what is measured, to learn in (otherwise what suits the workload; none of a replay)
    #[arg(long, value_name = "DAYS")]
    pub(crate) warm_up: Option<u64>,
    /// How strong servers are beside each other
    #[arg(long, value_enum, default_value_t, conflicts_with = "replay")]
    pub(crate) strengths: Strengths,
    /// What something costs, of those below, per cent of a server's CPU; may be said several times
    #[arg(long, value_name = "NAME=PER-CENT", value_parser = cost)]
    pub(crate) cost: Vec<(String, f64)>,
    /// Live through the events of a real network instead, one on each line
    #[arg(long, value_name = "FILE", conflicts_with = "workload")]
    pub(crate) replay: Option<PathBuf>,
    /// How many servers the replay has, all alike (otherwise those of the events)
    #[arg(long, value_name = "N", requires = "replay")]
    pub(crate) replay_servers: Option<usize>,
    /// Draw the utilisation of every server over time, for the first seed
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) plot: Option<PathBuf>,
    /// Show every run as JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Write every run as CSV, for a spreadsheet
    #[arg(long)]
    pub(crate) csv: bool,
    /// Write the report that this file describes, with its plots, beside it
    #[arg(long, value_name = "FILE.toml", exclusive = true)]
    pub(crate) report: Option<PathBuf>,
}

/// What stands below the help: examples, and all names.
pub(crate) fn after_help() -> String {
    let wrapped = |names: &[&str]| {
        let mut lines = vec![String::new()];
        for name in names {
            match lines.last_mut() {
                Some(line) if line.len() + name.len() < 74 => *line = format!("{line} {name}"),
                _ => lines.push(format!(" {name}")),
            }
        }
        lines.join("\n ")
    };
    let policies: Vec<_> = placement::NAMES.into_iter().chain([CLAIRVOYANT]).collect();
    format!(
        "\
Examples:
  lb simulate --workload school-day --policy predictive --policy scalelite
  lb simulate --workload flash --seeds 7 --plot flash.svg
  lb event list --limit 1000000 --json | jq -c '.items[]' > events.jsonl
  lb simulate --replay events.jsonl --policy least-cpu --policy predictive
  lb simulate --workload university --strengths equal --cost view=0.06
  lb simulate --report docs/placement.toml   (makes docs/placement.md)

Workloads:
 {}

What has a cost (a view is a camera that goes out to one other user):
 {}

Policies, and the reference that knows the future:
 {}",
        wrapped(&workload::NAMES),
        wrapped(&COSTS),
        wrapped(&policies),
    )
}

/// All that can be named: the policies, and the reference that knows everything.
fn policies() -> PossibleValuesParser {
    PossibleValuesParser::new(placement::NAMES.into_iter().chain([CLAIRVOYANT]))
}

/// One seed, or several: `7`, `1-10`.
fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let number =
        |text: &str| text.trim().parse::<u64>().map_err(|_| format!("{text:?} is no seed: a number, or from-to"));
    let (from, to) = match text.split_once('-') {
        Some((from, to)) => (number(from)?, number(to)?),
        None => (number(text)?, number(text)?),
    };
    if from > to {
        return Err(format!("the first seed, {from}, is above the last, {to}"));
    }
    if to - from >= MOST_SEEDS {
        return Err(format!("{text} are too many: {MOST_SEEDS} at most"));
    }
    Ok(from..=to)
}

/// What is to be simulated.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) sources: Vec<Source>,
    pub(super) policies: Vec<String>,
    pub(super) seeds: Vec<u64>,
    /// Whether the course of the first seed is wanted, of the first source alone.
    pub(super) course: bool,
}

impl Wish {
    pub(super) fn of(args: &Simulate) -> Result<Self, Failure> {
        let otherwise = Otherwise { strengths: args.strengths, costs: args.cost.iter().cloned().collect() };
        let sources = match &args.replay {
            Some(path) => {
                let mut scenario = replay::scenario(path, args.replay_servers)?;
                scenario.measured_from = days(args.warm_up.unwrap_or(0));
                if scenario.measured_from >= scenario.length {
                    let given = args.warm_up.unwrap_or(0);
                    return Err(Failure::Usage(format!(
                        "--warm-up {given}: the events are over before, nothing would be measured"
                    )));
                }
                vec![Source::Replayed(Arc::new(otherwise.made_of(scenario)))]
            }
            None => workloads(&distinct(&args.workload))?
                .into_iter()
                .map(|workload| made(workload, args, &otherwise))
                .collect(),
        };
        sources.iter().try_for_each(Source::check)?;
        if args.plot.is_some() && sources.len() > 1 {
            return Err(Failure::Usage("--plot draws one workload: name it by --workload".to_owned()));
        }
        let policies = if args.policy.is_empty() { all_policies() } else { distinct(&args.policy) };
        Ok(Self { sources, policies, seeds: args.seeds.clone().collect(), course: args.plot.is_some() })
    }
}

/// Each once, where it stands first: who says something twice means it once.
fn distinct(names: &[String]) -> Vec<String> {
    let first = |(place, name): &(usize, &String)| !names.iter().take(*place).any(|earlier| earlier == *name);
    names.iter().enumerate().filter(first).map(|(_, name)| name.clone()).collect()
}

/// The workloads of these names; all, where none is named.
pub(super) fn workloads(names: &[String]) -> Result<Vec<Workload>, Failure> {
    if names.is_empty() {
        return Ok(Workload::ALL.to_vec());
    }
    names.iter().map(|name| workload::named(name).map_err(|error| Failure::Usage(error.to_string()))).collect()
}

fn made(workload: Workload, args: &Simulate, otherwise: &Otherwise) -> Source {
    let mut size = args.servers.map_or_else(|| workload.size(), |servers| workload.size_for(servers));
    size.users = args.users.unwrap_or(size.users);
    size.warm_up = args.warm_up.map_or(size.warm_up, days);
    Source::Made(workload, size, otherwise.clone())
}

/// So many of them.
pub(super) fn days(days: u64) -> Duration {
    Duration::from_secs(days.saturating_mul(24 * 3600))
}

pub(super) fn all_policies() -> Vec<String> {
    placement::NAMES.iter().copied().chain([CLAIRVOYANT]).map(str::to_owned).collect()
}

/// A new policy of that name, as a router without parameters has it.
pub(super) fn policy(name: &str) -> Result<Arc<dyn PlacementPolicy>, Failure> {
    let router = Router { policy: name.to_owned(), ..Router::new("simulated") };
    placement::named(&router).ok_or_else(|| Failure::Usage(format!("there is no policy {name:?}")))
}

/// What cannot be read or written of a file.
pub(super) fn of_file(what: &str, path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::Failed(format!("cannot {what} {}: {error}", path.display()))
}
