//! [`Recipe`]: what a report is made of, as its file says.

use std::collections::BTreeMap;

use lb_core::simulation::workload::{Size, Workload};
use serde::Deserialize;

use super::super::otherwise::{Otherwise, Strengths};
use super::super::play::CLAIRVOYANT;
use super::super::source::Source;
use super::super::wish::{Wish, days, policy, workloads};
use super::OURS;
use crate::outcome::Failure;

/// What a report is made of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    pub(super) seeds: Vec<u64>,
    pub(super) policies: Vec<String>,
    workloads: Vec<String>,
    /// The rules of other programs.
    pub(super) peers: Vec<String>,
    /// Of which policies the servers are drawn.
    pub(super) drawn: Vec<String>,
    /// How many servers each workload has; absent: its usual number.
    servers: Option<usize>,
    /// The same workloads in other circumstances.
    #[serde(default)]
    pub(super) variations: Vec<Variation>,
}

/// The same workloads, where something is otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Variation {
    /// What stands above it.
    pub(super) name: String,
    /// What is otherwise, and why one wants to know, in sentences for people.
    pub(super) about: String,
    /// Absent: those of the whole report.
    seeds: Option<Vec<u64>>,
    /// Absent: ours, the peers' rules and the clairvoyant.
    policies: Option<Vec<String>>,
    /// Days of history; absent: what suits each workload.
    warm_up: Option<u64>,
    /// How many users there are, as a share of the usual ones; absent: all.
    users: Option<f64>,
    #[serde(default)]
    strengths: Strengths,
    #[serde(default)]
    costs: BTreeMap<String, f64>,
}

impl Recipe {
    /// As `text` has it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let recipe: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        recipe.problem().map_or(Ok(recipe), Err)
    }

    /// All workloads as they usually are.
    pub(super) fn wish(&self) -> Result<Wish, Failure> {
        let source = |workload| Source::Made(workload, self.size(workload), Otherwise::default());
        Ok(Wish {
            sources: workloads(&self.workloads)?.into_iter().map(source).collect(),
            policies: self.policies.clone(),
            seeds: self.seeds.clone(),
            course: !self.drawn.is_empty(),
        })
    }

    /// All workloads in other circumstances.
    pub(super) fn wish_of(&self, variation: &Variation) -> Result<Wish, Failure> {
        let source = |workload| {
            let mut size = self.size(workload);
            size.warm_up = variation.warm_up.map_or(size.warm_up, days);
            size.users = (size.users as f64 * variation.users.unwrap_or(1.0)).round() as usize;
            Source::Made(workload, size, variation.otherwise())
        };
        Ok(Wish {
            sources: workloads(&self.workloads)?.into_iter().map(source).collect(),
            policies: self.policies_of(variation),
            seeds: self.seeds_of(variation).to_vec(),
            course: false,
        })
    }

    /// Who places the meetings of a variation.
    pub(super) fn policies_of(&self, variation: &Variation) -> Vec<String> {
        let usual = || self.peers.iter().map(String::as_str).chain([OURS, CLAIRVOYANT]).map(str::to_owned).collect();
        variation.policies.clone().unwrap_or_else(usual)
    }

    pub(super) fn seeds_of<'a>(&'a self, variation: &'a Variation) -> &'a [u64] {
        variation.seeds.as_deref().unwrap_or(&self.seeds)
    }

    fn size(&self, workload: Workload) -> Size {
        self.servers.map_or_else(|| workload.size(), |servers| workload.size_for(servers))
    }

    /// Why no report can be made of it.
    fn problem(&self) -> Option<String> {
        if self.workloads.is_empty() {
            return Some("workloads are needed".to_owned());
        }
        let lists = [("workload", &self.workloads), ("peer", &self.peers), ("drawn policy", &self.drawn)];
        let names: Vec<_> = self.variations.iter().map(|variation| variation.name.clone()).collect();
        lists
            .into_iter()
            .chain([("variation", &names)])
            .find_map(|(what, list)| Some(format!("the {what} {:?} stands there twice", doubled(list)?)))
            .or_else(|| problem_of(&self.seeds, &self.policies))
            .or_else(|| {
                let all = self.peers.iter().chain(&self.drawn).map(String::as_str).chain([OURS, CLAIRVOYANT]);
                missing(all, &self.policies)
            })
            .or_else(|| {
                let problem = |it: &Variation| Some(format!("the variation {:?}: {}", it.name, self.problem_in(it)?));
                self.variations.iter().find_map(problem)
            })
    }

    fn problem_in(&self, variation: &Variation) -> Option<String> {
        let policies = self.policies_of(variation);
        let users = variation.users.filter(|share| !(*share > 0.0 && *share <= 10.0));
        problem_of(self.seeds_of(variation), &policies)
            .or_else(|| missing(self.peers.iter().map(String::as_str).chain([OURS, CLAIRVOYANT]), &policies))
            .or_else(|| users.map(|share| format!("there cannot be {share} of the users: above 0 to 10")))
            .or_else(|| variation.otherwise().problem())
    }
}

impl Variation {
    fn otherwise(&self) -> Otherwise {
        Otherwise { strengths: self.strengths, costs: self.costs.clone() }
    }
}

/// Why nothing can be played with these.
fn problem_of(seeds: &[u64], policies: &[String]) -> Option<String> {
    if seeds.is_empty() || policies.is_empty() {
        return Some("seeds and policies are needed".to_owned());
    }
    if let Some(seed) = doubled(seeds) {
        return Some(format!("the seed {seed} stands there twice, which makes the figures surer than they are"));
    }
    if let Some(name) = doubled(policies) {
        return Some(format!("the policy {name:?} stands there twice"));
    }
    let unknown = policies.iter().find(|name| *name != CLAIRVOYANT && policy(name).is_err());
    unknown.map(|name| format!("there is no policy {name:?}"))
}

fn missing<'a>(mut needed: impl Iterator<Item = &'a str>, policies: &[String]) -> Option<String> {
    let missing = needed.find(|name| !policies.iter().any(|policy| policy == name));
    missing.map(|name| format!("{name:?} must stand among the policies"))
}

/// The first that stands there a second time.
fn doubled<T: PartialEq>(list: &[T]) -> Option<&T> {
    list.iter()
        .enumerate()
        .find(|(place, one)| list.iter().take(*place).any(|earlier| earlier == *one))
        .map(|(_, one)| one)
}
