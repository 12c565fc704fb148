//! The report of docs/placement.md: every workload with every policy, and how far each is from what cannot be beaten; then the
//! same in other circumstances.
//!
//! | file | what |
//! |---|---|
//! | `recipe` | what it is made of, and what cannot be |
//! | `head.md` | what stands before all figures |
//! | `tables` | the figures |
//! | `verdict` | ours beside the peers' rules |
//! | `holm` | how certain many comparisons are together |

mod holm;
mod recipe;
mod tables;
mod verdict;

use std::fmt::Write;
use std::path::Path;

use lb_core::simulation::workload::Workload;

use self::recipe::{Recipe, Variation};
use self::tables::{listed, overview, table};
use super::destination::Destination;
use super::mean::{counted, mean_text};
use super::play::{Played, play};
use super::plot;
use super::source::Source;
use super::wish::of_file;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// Whom the report is about: how each workload goes with it is told in words.
const OURS: &str = "predictive";

const HEAD: &str = include_str!("head.md");

/// Writes the report beside its recipe: `placement.toml` makes `placement.md`, and the plots in `placement/`.
pub(super) fn run(path: &Path, world: &mut World<'_>) -> Result<Outcome, Failure> {
    // the page and the folder of the plots bear its name with other ends
    if path.extension().is_none_or(|end| end != "toml") {
        return Err(Failure::Usage(format!("{}: the file of a report is called NAME.toml", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(|error| of_file("read", path, error))?;
    let recipe = Recipe::read(&text).map_err(|problem| Failure::Usage(format!("{}: {problem}", path.display())))?;
    let wish = recipe.wish()?;
    let varied = recipe.variations.iter().map(|variation| Ok((variation, recipe.wish_of(variation)?)));
    let varied = varied.collect::<Result<Vec<_>, Failure>>()?;
    for source in varied.iter().flat_map(|(_, varied)| &varied.sources).chain(&wish.sources) {
        source.check()?;
    }
    // what cannot be written is better known before the minutes that it takes
    let page = path.with_extension("md");
    let written = Destination::open(&page)?;
    let folder = path.with_extension("");
    std::fs::create_dir_all(&folder).map_err(|error| of_file("make", &folder, error))?;
    let picture = |source: &Source| Destination::open(&folder.join(format!("{}.svg", source.name())));
    let pictures = wish.sources.iter().map(picture).collect::<Result<Vec<_>, Failure>>()?;

    let played = play(&wish)?;
    let varied = varied.into_iter().map(|(variation, wish)| Ok((variation, play(&wish)?)));
    let varied = varied.collect::<Result<Vec<_>, Failure>>()?;
    for (workload, picture) in played.workloads.iter().zip(pictures) {
        picture.write(&plot::drawn_of(workload, &recipe.drawn))?;
    }
    let stem = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    written.write(&whole(&recipe, &played, &varied, &stem))?;
    writeln!(world.output, "written: {}, with the plots in {}/", page.display(), folder.display())?;
    Ok(Outcome::Done)
}

fn whole(recipe: &Recipe, played: &Played, varied: &[(&Variation, Played)], stem: &str) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## All workloads at a glance\n\n");
    page.push_str(&overview(&recipe.policies, played));
    let _ = write!(page, "\n## Where `{OURS}` hurts fewer people than each peer's rule, and where not\n\n");
    page.push_str(&verdict::written(&recipe.peers, &played.workloads));
    page.push_str(&verdict::far(&played.workloads));
    if !varied.is_empty() {
        page.push_str("\n## The same in other circumstances\n");
    }
    for (variation, played) in varied {
        let seeds = recipe.seeds_of(variation);
        let _ = write!(page, "\n### {}\n\n{}\n", variation.name, variation.about.trim());
        let _ = write!(page, "{} of each policy, {}.\n\n", counted(seeds.len(), "run"), seeds_of(seeds));
        page.push_str(&overview(&recipe.policies_of(variation), played));
        page.push('\n');
        page.push_str(&verdict::written(&recipe.peers, &played.workloads));
    }
    for workload in &played.workloads {
        let about = Workload::ALL.iter().find(|known| known.name() == workload.name).map_or("", |known| known.about());
        let _ = write!(
            page,
            "\n## {}\n\n{about}\n{}, {}; {} of each policy, {}. No placement whatever has fewer than **{}** suffered user-minutes.\n\n",
            workload.name,
            counted(workload.servers, "server"),
            workload.history(),
            counted(workload.seeds, "run"),
            seeds_of(&recipe.seeds),
            mean_text(&workload.bounds()),
        );
        table(&mut page, workload);
        let _ = write!(page, "\n![Servers over time: {}]({stem}/{}.svg)\n", workload.name, workload.name);
    }
    page
}

/// `seed 7`, `seeds 1 to 10`.
fn seeds_of(seeds: &[u64]) -> String {
    format!("seed{} {}", if seeds.len() == 1 { "" } else { "s" }, listed(seeds))
}
