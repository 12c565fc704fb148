//! Where our policy hurts fewer people than each peer's rule, and where not: computed, whatever comes out.

use std::fmt::Write;

use super::super::mean::{chance, counted, mean_text};
use super::super::play::{CLAIRVOYANT, PlayedWorkload};
use super::{OURS, holm};

/// How ours does beside a peer in one workload.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    /// It has fewer suffered user-minutes; how much of the peer's share it spares, per cent.
    Fewer(f64),
    /// It has more; by how much of the peer's, per cent, if the peer has any.
    More(Option<f64>),
    /// The difference may be chance; how much fewer it has in the mean, per cent of the peer's, if the peer has any.
    Open(Option<f64>),
    /// Neither has any.
    None,
}

impl Verdict {
    /// Seed by seed, where `certain` says whether the difference is more than chance.
    fn of((ours, peer): &Pair, certain: bool) -> Self {
        let sum = |of: &[f64]| of.iter().sum::<f64>();
        let (spared, had) = (sum(peer) - sum(ours), sum(peer));
        let share = |of: f64| (had > 0.0).then(|| 100.0 * of / had);
        match share(spared) {
            Some(share) if certain && spared > 0.0 => Self::Fewer(share),
            _ if certain && spared < 0.0 => Self::More(share(-spared)),
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

/// What ours and a peer had, by seed.
type Pair = (Vec<f64>, Vec<f64>);

/// A verdict on each pair, certain only as far as all of them are together.
fn judged(pairs: &[Pair]) -> Vec<Verdict> {
    let chances: Vec<_> = pairs
        .iter()
        .map(|(ours, peer)| chance(&peer.iter().zip(ours).map(|(peer, ours)| peer - ours).collect::<Vec<_>>()))
        .collect();
    pairs.iter().zip(holm::certain(&chances)).map(|(pair, certain)| Verdict::of(pair, certain)).collect()
}

/// How ours does beside each peer in each workload.
pub(super) fn written(peers: &[String], workloads: &[PlayedWorkload]) -> String {
    let pair = |peer: &String, workload: &PlayedWorkload| (workload.suffered(OURS), workload.suffered(peer));
    let pairs: Vec<Pair> =
        peers.iter().flat_map(|peer| workloads.iter().map(move |workload| pair(peer, workload))).collect();
    let all = judged(&pairs);
    let count = |wanted: fn(&Verdict) -> bool| all.iter().filter(|verdict| wanted(verdict)).count();
    let mut page = format!(
        "Suffered user-minutes of `{OURS}` beside those of the rules of other programs, in {}: certainly fewer in {}, certainly\n\
         **more** in {}, uncertain in {} (with the difference of the means behind it); neither has any in {}.\n\n| beside |",
        counted(all.len(), "comparison"),
        count(|it| matches!(it, Verdict::Fewer(_))),
        count(|it| matches!(it, Verdict::More(_))),
        count(|it| matches!(it, Verdict::Open(_))),
        count(|it| matches!(it, Verdict::None)),
    );
    heading(&mut page, workloads);
    for (peer, verdicts) in peers.iter().zip(all.chunks(workloads.len().max(1))) {
        let _ = write!(page, "| `{peer}` |");
        verdicts.iter().for_each(|verdict| cell(&mut page, &verdict.text()));
        page.push('\n');
    }
    page
}

/// How far ours is from what can be.
pub(super) fn far(workloads: &[PlayedWorkload]) -> String {
    let mut page = String::from("\nHow far it is from what can be, in suffered user-minutes:\n\n| |");
    heading(&mut page, workloads);
    for (name, policy) in [(format!("`{OURS}`"), OURS), ("the clairvoyant".to_owned(), CLAIRVOYANT)] {
        let _ = write!(page, "| {name} |");
        workloads.iter().for_each(|workload| cell(&mut page, &mean_text(&workload.suffered(policy))));
        page.push('\n');
    }
    page.push_str("| the bound |");
    workloads.iter().for_each(|workload| cell(&mut page, &mean_text(&workload.bounds())));
    page.push('\n');
    page
}

/// The rest of a heading: a column for each workload.
fn heading(page: &mut String, workloads: &[PlayedWorkload]) {
    workloads.iter().for_each(|workload| cell(page, &workload.name));
    page.push_str("\n|---|");
    workloads.iter().for_each(|_| cell(page, "---:"));
    page.push('\n');
}

fn cell(page: &mut String, text: &str) {
    let _ = write!(page, " {text} |");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_where_it_is_certain_in_whichever_direction_it_is() {
        let peer = [100.0, 200.0, 300.0];
        let told = |ours: [f64; 3]| judged(&[(ours.to_vec(), peer.to_vec())])[0].text();
        assert_eq!(told([50.0, 150.0, 250.0]), "25 % fewer");
        assert_eq!(told([150.0, 250.0, 350.0]), "**25 % more**");
        assert_eq!(told([0.0, 300.0, 250.0]), "uncertain (8 % fewer)");
        assert_eq!(told(peer), "uncertain");
        let judge = |ours: &[f64], peer: &[f64]| judged(&[(ours.to_vec(), peer.to_vec())])[0];
        let none = [0.0; 3];
        assert_eq!(judge(&none, &none), Verdict::None);
        assert_eq!(judge(&[50.0, 51.0, 52.0], &none).text(), "**more** than none");
        assert_eq!(judge(&[5.0], &[100.0]), Verdict::Open(Some(95.0)), "one seed makes nothing certain");
        assert_eq!(judge(&[], &peer), Verdict::Open(Some(100.0)));
    }

    #[test]
    fn what_is_certain_alone_may_not_be_among_many() {
        // t = 4.5 with 2 degrees of freedom: p = 0.046
        let close = (vec![0.0; 3], vec![4.5 - 3_f64.sqrt(), 4.5, 4.5 + 3_f64.sqrt()]);
        let clear = (vec![0.0; 3], vec![1000.0, 1001.0, 1002.0]);
        assert_eq!(judged(std::slice::from_ref(&close)), [Verdict::Fewer(100.0)]);
        let many = judged(&[close.clone(), clear, close]);
        assert_eq!(many, [Verdict::Open(Some(100.0)), Verdict::Fewer(100.0), Verdict::Open(Some(100.0))]);
    }
}
