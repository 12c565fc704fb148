//! `lb simulate`: lives through days of made-up or real meetings with several policies, and compares what came of them.
//!
//! | file | what |
//! |---|---|
//! | `wish` | what is to be simulated, as it was said |
//! | `play` | doing it, on all cores |
//! | `source` | what is lived through |
//! | `otherwise` | servers and costs that are not the usual ones |
//! | `figures` | what is compared, and who is the best |
//! | `mean` | means over seeds, and how sure they are |
//! | `sheet` | every run as CSV |
//! | `destination` | files to be written when all is done |
//! | `plot` | the utilisation of every server over time, drawn |
//! | `replay` | a file of stored events |
//! | `report` | the report of docs/placement.md |

mod destination;
mod figures;
mod mean;
mod otherwise;
mod play;
mod plot;
mod replay;
mod report;
mod sheet;
mod source;
mod wish;

use serde_json::{Value, json};

use self::destination::Destination;
use self::figures::{Figure, Line, lines};
use self::mean::mean_text;
use self::play::{CLAIRVOYANT, Played, play};
use self::wish::Wish;
pub(crate) use self::wish::{Simulate, after_help};
use crate::outcome::{Failure, Outcome};
use crate::render::line;
use crate::table::{Cell, Column, Ink, Sheet};
use crate::world::World;

/// What stands in the table. The measures are explained in docs/placement.md.
const COLUMNS: &[Column] = &[
    Column::made("policy", policy),
    Column::made("suffered user-min", |row| figure(row, Figure::Suffered)).right(),
    Column::made("% of all", |row| figure(row, Figure::SufferedShare)).right().rank(1),
    Column::made("over bound", |row| figure(row, Figure::AboveBound)).right().rank(4),
    Column::made("over clairvoyant", |row| figure(row, Figure::AboveClairvoyant)).right().rank(3),
    Column::made("overloaded", |row| figure(row, Figure::Overloaded)).right().rank(5),
    Column::made("p99 %", |row| figure(row, Figure::P99)).right().rank(6),
    Column::made("peak %", |row| figure(row, Figure::Peak)).right().rank(2),
    Column::made("imbalance %", |row| figure(row, Figure::Imbalance)).right().rank(9),
    Column::made("latency ms", |row| figure(row, Figure::Latency)).right().rank(10),
    Column::made("refused", |row| figure(row, Figure::Refused)).right().rank(7),
    Column::made("moved", |row| figure(row, Figure::Moved)).right().rank(8),
];

pub(crate) fn run(args: &Simulate, world: &mut World<'_>) -> Result<Outcome, Failure> {
    if let Some(recipe) = &args.report {
        return report::run(recipe, world);
    }
    let wish = Wish::of(args)?;
    let picture = args.plot.as_deref().map(Destination::open).transpose()?;
    let played = play(&wish)?;
    if let Some(picture) = picture {
        // there is one workload: more are refused
        picture.write(&played.workloads.first().map(plot::drawn).unwrap_or_default())?;
    }
    if args.json {
        writeln!(world.output, "{:#}", as_json(&played))?;
    } else if args.csv {
        sheet::csv(&played, &mut world.output)?;
    } else {
        as_text(&played, world)?;
        if let Some(path) = &args.plot {
            writeln!(world.output, "drawn: {}", path.display())?;
        }
    }
    Ok(Outcome::Done)
}

fn policy(row: &Value) -> Cell {
    let (name, mark) = (row["policy"].as_str().unwrap_or_default(), row["rank"].as_str().unwrap_or_default());
    let ink = match mark {
        "*" => Ink::Good,
        _ if name == CLAIRVOYANT => Ink::Dim,
        _ => Ink::Plain,
    };
    Cell { text: format!("{name} {mark}").trim_end().to_owned(), ink }
}

fn figure(row: &Value, figure: Figure) -> Cell {
    let text = row[figure.key()].as_str().unwrap_or("-").to_owned();
    Cell { ink: if text == "-" { Ink::Dim } else { Ink::Plain }, text }
}

/// A table for each workload, the policy that hurt the fewest first.
fn as_text(played: &Played, world: &mut World<'_>) -> Result<(), Failure> {
    let sheet = Sheet { width: world.columns(), colours: world.colours() };
    for workload in &played.workloads {
        let lines = lines(workload);
        let rows: Vec<Value> = lines.iter().map(Line::as_row).collect();
        writeln!(world.output, "{}", sheet.dim(&line(&workload.heading())))?;
        write!(world.output, "{}", sheet.table(COLUMNS, &rows))?;
        let bound = mean_text(&workload.bounds());
        writeln!(
            world.output,
            "{}\n",
            sheet.dim(&format!("no placement whatever has fewer suffered user-minutes than {bound}"))
        )?;
    }
    for text in LEGEND.iter().chain(marks(played)) {
        writeln!(world.output, "{}", sheet.dim(text))?;
    }
    Ok(())
}

/// What stands below the tables: what is counted …
const LEGEND: &[&str] = &[
    "suffered: by people on a server over 80 % of its CPU (overloaded), in a meeting",
    "that found no server, or in one that was lost with its server",
];

/// … and what the marks say, which depends on how many seeds there are.
fn marks(played: &Played) -> &'static [&'static str] {
    match played.workloads.iter().map(|workload| workload.seeds).max() {
        None | Some(0 | 1) => &["* the fewest, ~ as few (one seed: how certain that is cannot be told)"],
        _ => &[
            "means over the seeds, ± half of the 95 % confidence interval; * the fewest,",
            "~ maybe as few: zero is in the 95 % interval of the difference, seed by seed",
        ],
    }
}

fn as_json(played: &Played) -> Value {
    let workloads = played.workloads.iter().map(|workload| {
        json!({
            "workload": workload.name,
            "servers": workload.servers,
            "runs": workload.runs.iter().map(|run| json!({
                "policy": run.policy,
                "seed": run.seed,
                "bound": run.bound,
                "suffered_user_minutes": run.measures.suffered_user_minutes(),
                "measures": run.measures,
            })).collect::<Vec<_>>(),
        })
    });
    Value::Array(workloads.collect())
}
