//! The tables of a report.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::figures::{Figure, Line, lines};
use super::super::play::{CLAIRVOYANT, Played, PlayedWorkload};

/// The suffered user-minutes of each policy in each workload, as a share of all, and how long policies could learn.
pub(super) fn overview(policies: &[String], played: &Played) -> String {
    let mut text = String::from(
        "Suffered user-minutes, per cent of all user-minutes; the fewest of each column are bold.\n\n| policy |",
    );
    for workload in &played.workloads {
        let _ = write!(text, " {} |", workload.name);
    }
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(played.workloads.len()));
    text.push('\n');
    let shares: Vec<BTreeMap<String, f64>> = played.workloads.iter().map(shares).collect();
    for policy in policies {
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
    text.push_str("\n| *days of history* |");
    for workload in &played.workloads {
        let _ = write!(text, " *{}* |", workload.history.as_secs_f64() / 86_400.0);
    }
    text.push('\n');
    text
}

fn shares(workload: &PlayedWorkload) -> BTreeMap<String, f64> {
    let lines = lines(workload);
    lines.iter().filter_map(|line| Some((line.policy.clone(), line.mean(Figure::SufferedShare)?.mean))).collect()
}

/// What came of each policy in one workload.
pub(super) fn table(page: &mut String, workload: &PlayedWorkload) {
    page.push_str("| policy | suffered user-minutes | % of all | over the bound | over the clairvoyant | of them overloaded | p99 % | peak % | imbalance % | latency ms | refused | moved |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for line in lines(workload) {
        let text = |figure: Figure| cell(&line, figure);
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            line.policy,
            text(Figure::Suffered),
            text(Figure::SufferedShare),
            text(Figure::AboveBound),
            text(Figure::AboveClairvoyant),
            text(Figure::Overloaded),
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
        Some(mean) if figure == Figure::Suffered => figure.text(mean),
        Some(mean) => figure.short(mean),
    }
}

/// `1, 2, 4`, or `1 to 10`.
pub(super) fn listed(seeds: &[u64]) -> String {
    let in_a_row = seeds.windows(2).all(|pair| matches!(pair, [one, next] if one + 1 == *next));
    match seeds {
        [first, _, .., last] if in_a_row => format!("{first} to {last}"),
        _ => seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}
