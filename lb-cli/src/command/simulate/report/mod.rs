//! The report of docs/placement.md: every workload with every policy, and how far each is from what cannot be beaten.
//! `head.md` stands before all figures, `verdict` compares ours with the peers' rules.

mod verdict;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use lb_core::simulation::workload::{Size, Workload};
use serde::Deserialize;

use super::figures::{Figure, Line, lines, mean_text, number};
use super::play::{CLAIRVOYANT, Played, PlayedWorkload, play};
use super::plot;
use super::wish::{Simulate, Source, Wish, of_file, policy, workloads};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// Whom the report is about: how each workload goes with them is told in words.
const OURS: &str = "predictive";

/// What a report is made of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    seeds: Vec<u64>,
    policies: Vec<String>,
    workloads: Vec<String>,
    /// The rules of other programs.
    peers: Vec<String>,
    /// Of which policies the servers are drawn.
    drawn: Vec<String>,
    /// How many servers each workload has; absent: its usual number.
    servers: Option<usize>,
}

/// Writes the report beside its recipe: `placement.toml` makes `placement.md`, and the plots in `placement/`.
pub(super) fn run(path: &Path, args: &Simulate, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| of_file("read", path, error))?;
    let recipe: Recipe =
        toml::from_str(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    if let Some(problem) = recipe.problem() {
        return Err(Failure::Usage(format!("{}: {problem}", path.display())));
    }
    let workloads = workloads(&recipe.workloads)?;
    let wish = Wish {
        sources: workloads.iter().map(|workload| Source::Made(*workload, recipe.size(*workload))).collect(),
        policies: recipe.policies.clone(),
        seeds: recipe.seeds.clone(),
        course: !recipe.drawn.is_empty(),
    };
    // what cannot be written is better known before the minutes that it takes
    let folder = path.with_extension("");
    std::fs::create_dir_all(&folder).map_err(|error| of_file("make", &folder, error))?;
    let played = play(&wish)?;
    for workload in &played.workloads {
        let picture = folder.join(format!("{}.svg", workload.name));
        let drawn = plot::drawn_of(workload, &recipe.drawn);
        std::fs::write(&picture, drawn).map_err(|error| of_file("write", &picture, error))?;
    }
    let page = path.with_extension("md");
    let stem = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    std::fs::write(&page, written(&recipe, &played, &stem)).map_err(|error| of_file("write", &page, error))?;
    if args.json {
        writeln!(world.output, "{:#}", super::as_json(&played))?;
    } else {
        writeln!(world.output, "written: {}, with the plots in {}/", page.display(), folder.display())?;
    }
    Ok(Outcome::Done)
}

impl Recipe {
    fn size(&self, workload: Workload) -> Size {
        self.servers.map_or_else(|| workload.size(), |servers| workload.size_for(servers))
    }

    /// Why no report can be made of it.
    fn problem(&self) -> Option<String> {
        if self.seeds.is_empty() || self.policies.is_empty() {
            return Some("seeds and policies are needed".to_owned());
        }
        let twice = |(place, one): (usize, &String)| self.policies.iter().take(place).any(|earlier| earlier == one);
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        if seeds.windows(2).any(|pair| matches!(pair, [one, next] if one == next)) {
            return Some("a seed stands there twice, which makes the figures surer than they are".to_owned());
        }
        if let Some((_, name)) = self.policies.iter().enumerate().find(|one| twice(*one)) {
            return Some(format!("the policy {name:?} stands there twice"));
        }
        if let Some(name) = self.policies.iter().find(|name| *name != CLAIRVOYANT && policy(name).is_err()) {
            return Some(format!("there is no policy {name:?}"));
        }
        let needed = [OURS.to_owned(), CLAIRVOYANT.to_owned()];
        let missing = needed.iter().chain(&self.peers).chain(&self.drawn).find(|name| !self.policies.contains(name));
        missing.map(|name| format!("{name:?} must stand among the policies"))
    }
}

const HEAD: &str = include_str!("head.md");

fn written(recipe: &Recipe, played: &Played, stem: &str) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## All workloads at a glance\n\n");
    page.push_str(&overview(recipe, played));
    page.push_str(&verdict::written(recipe, &played.workloads));
    for workload in &played.workloads {
        let about = Workload::ALL.iter().find(|known| known.name() == workload.name).map_or("", |known| known.about());
        let seeds = number(workload.seeds as f64);
        let _ = write!(
            page,
            "\n## {}\n\n{about}\n{} servers; {seeds} runs of each policy, seeds {}. No placement whatever has fewer than **{}** overloaded \
             user-minutes.\n\n",
            workload.name,
            workload.servers,
            listed(&recipe.seeds),
            mean_text(&workload.bounds()),
        );
        table(&mut page, workload);
        let _ = write!(page, "\n![Servers over time: {}]({stem}/{}.svg)\n", workload.name, workload.name);
    }
    page
}

/// The overloaded user-minutes of each policy in each workload, as a share of all.
fn overview(recipe: &Recipe, played: &Played) -> String {
    let mut text = String::from(
        "Overloaded user-minutes, per cent of all user-minutes; the fewest of each column are bold.\n\n| policy |",
    );
    for workload in &played.workloads {
        let _ = write!(text, " {} |", workload.name);
    }
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(played.workloads.len()));
    text.push('\n');
    let shares: Vec<BTreeMap<String, f64>> = played.workloads.iter().map(shares).collect();
    for policy in &recipe.policies {
        let _ = write!(text, "| `{policy}` |");
        for shares in &shares {
            let least = shares
                .iter()
                .filter(|(name, _)| *name != CLAIRVOYANT)
                .map(|(_, share)| *share)
                .fold(f64::INFINITY, f64::min);
            match shares.get(policy) {
                Some(share) if *policy != CLAIRVOYANT && *share <= least => {
                    let _ = write!(text, " **{share:.2}** |");
                }
                Some(share) => {
                    let _ = write!(text, " {share:.2} |");
                }
                None => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    let _ = write!(text, "| *nobody can have fewer* |");
    for workload in &played.workloads {
        let all: f64 = workload.runs.iter().map(|run| run.measures.user_minutes).sum();
        let bounds: f64 = workload.runs.iter().map(|run| run.bound).sum();
        let _ = write!(text, " *{:.2}* |", if all > 0.0 { 100.0 * bounds / all } else { 0.0 });
    }
    text.push('\n');
    text
}

fn shares(workload: &PlayedWorkload) -> BTreeMap<String, f64> {
    let lines = lines(workload);
    lines.iter().filter_map(|line| Some((line.policy.clone(), line.mean(Figure::OverloadedShare)?.mean))).collect()
}

fn table(page: &mut String, workload: &PlayedWorkload) {
    page.push_str("| policy | overloaded user-minutes | % of all | over the bound | over the clairvoyant | p99 % | peak % | imbalance % | latency ms | refused | moved |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for line in lines(workload) {
        let text = |figure: Figure| cell(&line, figure);
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            line.policy,
            text(Figure::Overloaded),
            text(Figure::OverloadedShare),
            text(Figure::AboveBound),
            text(Figure::AboveClairvoyant),
            text(Figure::P99),
            text(Figure::Peak),
            text(Figure::Imbalance),
            text(Figure::Latency),
            text(Figure::Refused),
            text(Figure::Moved),
        );
    }
}

fn cell(line: &Line, figure: Figure) -> String {
    match line.mean(figure) {
        None => "–".to_owned(),
        Some(mean) if figure == Figure::Overloaded => figure.text(mean),
        Some(mean) => figure.short(mean),
    }
}

/// `1, 2, 3`, or `1 to 10`.
fn listed(seeds: &[u64]) -> String {
    let in_a_row = seeds.windows(2).all(|pair| matches!(pair, [one, next] if one + 1 == *next));
    match seeds {
        [first, _, .., last] if in_a_row => format!("{first} to {last}"),
        _ => seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}
