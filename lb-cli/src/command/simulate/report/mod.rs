//! The report of docs/placement.md: every workload with every policy, and how far each is from what cannot be beaten.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use lb_core::simulation::workload::Workload;
use serde::Deserialize;

use super::figures::{Figure, Line, lines, mean_text, number};
use super::play::{CLAIRVOYANT, Played, PlayedWorkload, play};
use super::plot;
use super::wish::{Simulate, Source, Wish, of_file, workloads};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// Whom the report is about: how each workload goes with them is told in words.
const OURS: &str = "predictive";

/// What a report is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    seeds: Vec<u64>,
    policies: Vec<String>,
    workloads: Vec<String>,
    /// The rules of other programs.
    peers: Vec<String>,
    /// Of which policies the servers are drawn.
    drawn: Vec<String>,
}

/// Writes the report beside its recipe: `placement.toml` makes `placement.md`, and the plots in `placement/`.
pub(super) fn run(path: &Path, args: &Simulate, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| of_file("read", path, error))?;
    let recipe: Recipe =
        toml::from_str(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    if recipe.seeds.is_empty() || recipe.policies.is_empty() {
        return Err(Failure::Usage(format!("{}: seeds and policies are needed", path.display())));
    }
    let workloads = workloads(&recipe.workloads)?;
    let wish = Wish {
        sources: workloads.iter().map(|workload| Source::Made(*workload, workload.size())).collect(),
        policies: recipe.policies.clone(),
        seeds: recipe.seeds.clone(),
        course: !recipe.drawn.is_empty(),
    };
    let played = play(&wish)?;
    let folder = path.with_extension("");
    std::fs::create_dir_all(&folder).map_err(|error| of_file("make", &folder, error))?;
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

const HEAD: &str = include_str!("report_head.md");

fn written(recipe: &Recipe, played: &Played, stem: &str) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## All workloads at a glance\n\n");
    page.push_str(&overview(recipe, played));
    page.push_str("\n## Where `predictive` hurts fewer people, and where not\n\n");
    for workload in &played.workloads {
        let _ = writeln!(page, "* **{}**: {}", workload.name, verdict(recipe, workload));
    }
    for workload in &played.workloads {
        let about = Workload::ALL.iter().find(|known| known.name() == workload.name).map_or("", |known| known.about());
        let seeds = number(workload.seeds as f64);
        let _ = write!(
            page,
            "\n## {}\n\n{about} {} servers, seeds {}, {seeds} runs of each policy. No placement whatever has fewer than **{}** \
             overloaded user-minutes.\n\n",
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

/// Against whom it is better, and against whom not, seed by seed: the difference is believed where its 95 % interval has no zero.
fn verdict(recipe: &Recipe, workload: &PlayedWorkload) -> String {
    let of = |name: &str| -> Vec<f64> {
        workload.runs.iter().filter(|run| run.policy == name).map(|run| run.measures.overloaded_user_minutes).collect()
    };
    let ours = of(OURS);
    let (mut fewer, mut more, mut alike) = (Vec::new(), Vec::new(), Vec::new());
    for peer in &recipe.peers {
        let differences: Vec<_> = of(peer).iter().zip(&ours).map(|(peer, ours)| peer - ours).collect();
        let Some(mean) = super::figures::Mean::of(&differences) else { continue };
        let half = mean.half.unwrap_or(f64::INFINITY);
        let name = format!("`{peer}`");
        match mean.mean {
            difference if difference.abs() <= half => alike.push(name),
            difference if difference > 0.0 => fewer.push(name),
            _ => more.push(name),
        }
    }
    let part = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    let parts: Vec<_> =
        [part("fewer than", &fewer), part("**more** than", &more), part("no certain difference from", &alike)]
            .into_iter()
            .flatten()
            .collect();
    let means = [("it", OURS), ("the clairvoyant", CLAIRVOYANT)]
        .map(|(who, name)| format!("{who} has {}", mean_text(&of(name))))
        .join(", ");
    format!("{}. In overloaded user-minutes {means}, the bound is {}.", parts.join("; "), mean_text(&workload.bounds()))
}

fn table(page: &mut String, workload: &PlayedWorkload) {
    page.push_str("| policy | overloaded user-minutes | of all | p99 % | peak % | imbalance | ms | refused | moved |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for line in lines(workload) {
        let text = |figure: Figure| cell(&line, figure);
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            line.policy,
            text(Figure::Overloaded),
            text(Figure::OverloadedShare),
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
    match (figure, line.mean(figure)) {
        (_, None) => "–".to_owned(),
        (Figure::OverloadedShare, Some(mean)) => format!("{:.2} %", mean.mean),
        (Figure::Overloaded, Some(mean)) => mean.text(),
        (_, Some(mean)) if mean.mean.abs() < 100.0 => format!("{:.1}", mean.mean),
        (_, Some(mean)) => number(mean.mean),
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
