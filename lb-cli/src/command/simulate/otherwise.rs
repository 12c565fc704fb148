//! [`Otherwise`]: what is otherwise in a network than in the usual one: servers that are all alike, things that cost more.

use std::collections::BTreeMap;

use lb_core::simulation::{Costs, Scenario};
use serde::Deserialize;

/// What is otherwise; nothing by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Otherwise {
    pub(super) strengths: Strengths,
    pub(super) costs: BTreeMap<String, f64>,
}

/// How strong servers are beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Strengths {
    /// Half as strong as the usual one, as strong, or twice as strong, as each workload has them
    #[default]
    Mixed,
    /// All alike, and as strong together
    Equal,
}

/// What has a cost.
pub(super) const COSTS: [&str; 6] = ["idle", "meeting", "user", "voice", "camera", "view"];
/// Nothing costs more, per cent of a server.
const DEAREST: f64 = 1000.0;

/// `view=0.06`: what of a server's CPU something costs, per cent.
pub(super) fn cost(text: &str) -> Result<(String, f64), String> {
    let (name, cost) = text.split_once('=').ok_or("a cost is NAME=PER-CENT, such as view=0.06")?;
    let cost = cost.trim().parse().map_err(|_| format!("{cost:?} is no number"))?;
    match wrong(name.trim(), cost) {
        Some(problem) => Err(problem),
        None => Ok((name.trim().to_owned(), cost)),
    }
}

/// What cannot be of a cost.
fn wrong(name: &str, cost: f64) -> Option<String> {
    if !COSTS.contains(&name) {
        return Some(format!("nothing called {name:?} has a cost; there are {}", COSTS.join(", ")));
    }
    let possible = (0.0..=DEAREST).contains(&cost);
    (!possible).then(|| format!("{name} cannot cost {cost} % of a server: 0 to {DEAREST}"))
}

impl Otherwise {
    /// Why nothing can be so.
    pub(super) fn problem(&self) -> Option<String> {
        self.costs.iter().find_map(|(name, cost)| wrong(name, *cost))
    }

    /// The scenario, with what is otherwise in it.
    pub(super) fn made_of(&self, mut scenario: Scenario) -> Scenario {
        for (name, cost) in &self.costs {
            let Costs { idle, meeting, user, voice, camera, view } = &mut scenario.costs;
            match name.as_str() {
                "idle" => *idle = *cost,
                "meeting" => *meeting = *cost,
                "user" => *user = *cost,
                "voice" => *voice = *cost,
                "camera" => *camera = *cost,
                "view" => *view = *cost,
                _ => {}
            }
        }
        if self.strengths == Strengths::Equal {
            let whole: f64 = scenario.servers.iter().map(|server| server.strength).sum();
            let each = whole / scenario.servers.len().max(1) as f64;
            scenario.servers.iter_mut().for_each(|server| server.strength = each);
        }
        scenario
    }
}

#[cfg(test)]
mod tests {
    use lb_core::simulation::workload::Workload;

    use super::*;

    #[test]
    fn every_cost_can_be_another_and_nothing_else() {
        let usual = Costs::default();
        for name in COSTS {
            let (name, given) = cost(&format!("{name}=7.5")).unwrap();
            let costs = Otherwise { costs: [(name, given)].into(), ..Otherwise::default() };
            let made = costs.made_of(Scenario::default()).costs;
            let figures = |of: Costs| [of.idle, of.meeting, of.user, of.voice, of.camera, of.view];
            let other: Vec<_> = figures(made).into_iter().zip(figures(usual)).filter(|(now, was)| now != was).collect();
            assert!(matches!(other[..], [(7.5, _)]), "{costs:?}: {other:?}");
        }
        for (text, sentence) in [
            ("view", "a cost is NAME=PER-CENT"),
            ("screen=1", "nothing called \"screen\" has a cost; there are idle, meeting"),
            ("view=much", "\"much\" is no number"),
            ("view=-1", "view cannot cost -1 % of a server: 0 to 1000"),
            ("view=NaN", "view cannot cost NaN %"),
        ] {
            assert!(cost(text).unwrap_err().contains(sentence), "{text}: {:?}", cost(text));
        }
    }

    #[test]
    fn servers_that_are_alike_are_as_strong_together() {
        let usual = Workload::Flash.scenario(1, &Workload::Flash.size()).unwrap();
        let whole = |scenario: &Scenario| scenario.servers.iter().map(|server| server.strength).sum::<f64>();
        let equal = Otherwise { strengths: Strengths::Equal, ..Otherwise::default() }.made_of(usual.clone());
        assert!((whole(&equal) - whole(&usual)).abs() < 1e-9);
        assert!(equal.servers.iter().all(|server| server.strength == equal.servers[0].strength));
        assert!(usual.servers.iter().any(|server| server.strength != usual.servers[0].strength));
    }
}
