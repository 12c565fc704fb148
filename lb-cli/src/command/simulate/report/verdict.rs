//! Where our policy hurts fewer people than each peer's rule, and where not: computed, whatever comes out.

use std::fmt::Write;

use super::super::figures::{Mean, mean_text};
use super::super::play::{CLAIRVOYANT, PlayedWorkload};
use super::{OURS, Recipe};

/// How ours does beside a peer in one workload.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    /// It has fewer overloaded user-minutes; how much of the peer's share it spares, per cent.
    Fewer(f64),
    /// It has more; by how much of the peer's, per cent, if the peer has any.
    More(Option<f64>),
    /// Seed by seed the difference may be zero; how much fewer it has in the mean, per cent of the peer's, if the peer has any.
    Open(Option<f64>),
    /// Neither has any.
    None,
}

impl Verdict {
    /// Seed by seed. A difference is believed where its 95 % interval has no zero.
    fn of(ours: &[f64], peer: &[f64]) -> Self {
        let differences: Vec<_> = peer.iter().zip(ours).map(|(peer, ours)| peer - ours).collect();
        let (Some(spared), Some(had)) = (Mean::of(&differences), Mean::of(peer)) else { return Self::Open(None) };
        let share = |of: f64| (had.mean > 0.0).then(|| 100.0 * of / had.mean);
        let other = Mean { mean: -spared.mean, ..spared };
        match share(spared.mean) {
            Some(share) if spared.is_certainly_above_zero() => Self::Fewer(share),
            _ if other.is_certainly_above_zero() => Self::More(share(other.mean)),
            _ if peer.iter().chain(ours).all(|had| *had == 0.0) => Self::None,
            share => Self::Open(share),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Fewer(share) => format!("{share:.0} % fewer"),
            Self::More(Some(share)) => format!("**{share:.0} % more**"),
            Self::More(None) => "**more** than none".to_owned(),
            Self::Open(Some(fewer)) if fewer.abs() >= 0.5 => {
                format!("uncertain ({:.0} % {})", fewer.abs(), if fewer > 0.0 { "fewer" } else { "more" })
            }
            Self::Open(_) => "uncertain".to_owned(),
            Self::None => "neither has any".to_owned(),
        }
    }
}

/// The chapter.
pub(super) fn written(recipe: &Recipe, workloads: &[PlayedWorkload]) -> String {
    let verdict =
        |workload: &PlayedWorkload, peer: &str| Verdict::of(&workload.overloaded(OURS), &workload.overloaded(peer));
    let all: Vec<_> =
        workloads.iter().flat_map(|workload| recipe.peers.iter().map(move |peer| verdict(workload, peer))).collect();
    let count = |wanted: fn(&Verdict) -> bool| all.iter().filter(|verdict| wanted(verdict)).count();
    let mut page = format!("\n## Where `{OURS}` hurts fewer people than each peer's rule, and where not\n\n");
    let _ = write!(
        page,
        "Overloaded user-minutes of `{OURS}` beside those of the rules of other programs. A difference is told where its 95 % interval, seed\n\
         by seed, leaves out zero; else it is *uncertain*, and what it is in the mean stands behind it. Of {} comparisons `{OURS}` has\n\
         certainly fewer in {}, certainly **more** in {}; {} are uncertain, and in {} neither has any.\n\n| beside |",
        all.len(),
        count(|it| matches!(it, Verdict::Fewer(_))),
        count(|it| matches!(it, Verdict::More(_))),
        count(|it| matches!(it, Verdict::Open(_))),
        count(|it| matches!(it, Verdict::None)),
    );
    row(&mut page, workloads, |workload| workload.name.clone());
    page.push_str("|---|");
    row(&mut page, workloads, |_| "---:".to_owned());
    for peer in &recipe.peers {
        let _ = write!(page, "| `{peer}` |");
        row(&mut page, workloads, |workload| verdict(workload, peer).text());
    }
    page.push_str("\nHow far it is from what can be, in overloaded user-minutes:\n\n| |");
    row(&mut page, workloads, |workload| workload.name.clone());
    page.push_str("|---|");
    row(&mut page, workloads, |_| "---:".to_owned());
    for (name, policy) in [(format!("`{OURS}`"), OURS), ("the clairvoyant".to_owned(), CLAIRVOYANT)] {
        let _ = write!(page, "| {name} |");
        row(&mut page, workloads, |workload| mean_text(&workload.overloaded(policy)));
    }
    page.push_str("| the bound |");
    row(&mut page, workloads, |workload| mean_text(&workload.bounds()));
    page
}

/// The rest of a row: a cell for each workload.
fn row(page: &mut String, workloads: &[PlayedWorkload], cell: impl Fn(&PlayedWorkload) -> String) {
    for workload in workloads {
        let _ = write!(page, " {} |", cell(workload));
    }
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_where_it_is_certain_in_whichever_direction_it_is() {
        let peer = [100.0, 200.0, 300.0];
        let told = |ours: [f64; 3]| Verdict::of(&ours, &peer).text();
        assert_eq!(told([50.0, 150.0, 250.0]), "25 % fewer");
        assert_eq!(told([150.0, 250.0, 350.0]), "**25 % more**");
        assert_eq!(told([0.0, 300.0, 250.0]), "uncertain (8 % fewer)");
        assert_eq!(told(peer), "uncertain");
        let none = [0.0; 3];
        assert_eq!(Verdict::of(&none, &none), Verdict::None);
        assert_eq!(Verdict::of(&[5.0, 6.0, 7.0], &none).text(), "**more** than none");
        assert_eq!(Verdict::of(&[5.0], &[100.0]), Verdict::Open(Some(95.0)), "one seed makes nothing certain");
        assert_eq!(Verdict::of(&[], &peer), Verdict::Open(None));
    }
}
