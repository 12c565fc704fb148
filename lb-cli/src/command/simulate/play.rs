//! Playing every scenario with every policy, on all cores.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use lb_core::Timestamp;
use lb_core::simulation::{Clairvoyant, Course, Measures, Player, Scenario, bound, simulate};
use rayon::prelude::*;

use super::mean::counted;
use super::source::Source;
use super::wish::{Wish, policy};
use crate::outcome::Failure;

/// The name of the reference that knows everything.
pub(super) const CLAIRVOYANT: &str = "clairvoyant";

/// All that was played.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) workloads: Vec<PlayedWorkload>,
}

/// What came of one workload, with each policy and seed.
#[derive(Debug)]
pub(super) struct PlayedWorkload {
    pub(super) name: String,
    pub(super) servers: usize,
    pub(super) seeds: usize,
    /// How long policies that learn could learn before what is measured.
    pub(super) history: Duration,
    /// When the measured time begins.
    pub(super) begins: Timestamp,
    /// By seed, then as the policies were named.
    pub(super) runs: Vec<Run>,
}

/// One scenario with one policy.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) policy: String,
    pub(super) seed: u64,
    /// No placement has fewer suffered user-minutes.
    pub(super) bound: f64,
    pub(super) measures: Measures,
    pub(super) course: Option<Course>,
}

impl PlayedWorkload {
    pub(super) fn heading(&self) -> String {
        format!(
            "{}: {}, {}, {}",
            self.name,
            counted(self.servers, "server"),
            counted(self.seeds, "seed"),
            self.history()
        )
    }

    /// `14 days of history`.
    pub(super) fn history(&self) -> String {
        let hours = self.history.as_secs() / 3600;
        match (hours / 24, hours % 24) {
            (0, 0) => "no history".to_owned(),
            (days, 0) => format!("{} of history", counted(usize::try_from(days).unwrap_or(usize::MAX), "day")),
            _ => format!("{} of history", counted(usize::try_from(hours).unwrap_or(usize::MAX), "hour")),
        }
    }

    /// The suffered user-minutes of a policy, by seed; none, where it was not played.
    pub(super) fn suffered(&self, policy: &str) -> Vec<f64> {
        let runs = self.runs.iter().filter(|run| run.policy == policy);
        runs.map(|run| run.measures.suffered_user_minutes()).collect()
    }

    /// The bound of each seed.
    pub(super) fn bounds(&self) -> Vec<f64> {
        let first = self.runs.first().map(|run| run.policy.as_str());
        self.runs.iter().filter(|run| Some(run.policy.as_str()) == first).map(|run| run.bound).collect()
    }
}

/// Plays all of it. A bar on standard error shows how far it is, where somebody looks.
pub(super) fn play(wish: &Wish) -> Result<Played, Failure> {
    let runs = wish.sources.len() * wish.seeds.len() * wish.policies.len();
    let bar = ProgressBar::new(runs as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} runs, {eta} left  {msg}") {
        bar.set_style(style);
    }
    let workloads = wish.sources.iter().map(|source| {
        bar.set_message(source.name());
        let seeds: Vec<_> = wish.seeds.par_iter().map(|seed| of_seed(wish, source, *seed, &bar)).collect();
        let mut played = PlayedWorkload {
            name: source.name(),
            servers: 0,
            seeds: wish.seeds.len(),
            history: Duration::ZERO,
            begins: Timestamp::default(),
            runs: Vec::new(),
        };
        for one in seeds {
            let (stage, runs) = one?;
            (played.servers, played.history, played.begins) = (stage.servers, stage.history, stage.begins);
            played.runs.extend(runs);
        }
        Ok(played)
    });
    let workloads = workloads.collect::<Result<_, Failure>>();
    bar.finish_and_clear();
    Ok(Played { workloads: workloads? })
}

/// What all runs of a seed have in common.
struct Stage {
    servers: usize,
    history: Duration,
    begins: Timestamp,
}

fn of_seed(wish: &Wish, source: &Source, seed: u64, bar: &ProgressBar) -> Result<(Stage, Vec<Run>), Failure> {
    let scenario = source.scenario(seed)?;
    let bound = bound(&scenario).map_err(|error| Failure::Failed(error.to_string()))?.suffered_user_minutes;
    let course = wish.course && wish.seeds.first() == Some(&seed);
    let runs = wish.policies.par_iter().map(|name| {
        let played = run(&scenario, name, seed, bound, course);
        bar.inc(1);
        played
    });
    let runs = runs.collect::<Result<_, _>>()?;
    let history = scenario.measured_from;
    Ok((Stage { servers: scenario.servers.len(), history, begins: scenario.begins + history }, runs))
}

fn run(scenario: &Scenario, name: &str, seed: u64, bound: f64, course: bool) -> Result<Run, Failure> {
    let player = match name {
        CLAIRVOYANT => {
            Player::new(Arc::new(Clairvoyant::of(scenario).map_err(|error| Failure::Failed(error.to_string()))?))
        }
        name => Player::new(policy(name)?),
    };
    let player = player.seeded(seed);
    let player = if course { player.with_course() } else { player };
    let outcome = simulate(scenario, &player).map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(Run { policy: name.to_owned(), seed, bound, measures: outcome.measures, course: outcome.course })
}
