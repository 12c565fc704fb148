//! `lb simulate`: lives through days of made-up or real meetings with several policies, and compares what came of them.
//!
//! | file | what |
//! |---|---|
//! | `wish` | what is to be simulated, as it was said |
//! | `play` | doing it, on all cores |
//! | `figures` | means over seeds, and how sure they are |
//! | `plot` | the utilisation of every server over time, drawn |
//! | `replay` | a file of stored events |
//! | `report` | the report of docs/placement.md |

mod figures;
mod play;
mod plot;
mod replay;
mod report;
mod wish;

use serde_json::{Value, json};

use self::figures::{Figure, Line, lines};
use self::play::{CLAIRVOYANT, Played, play};
pub(crate) use self::wish::{Simulate, after_help};
use self::wish::{Wish, of_file};
use crate::outcome::{Failure, Outcome};
use crate::table::{Cell, Column, Ink, Sheet};
use crate::world::World;

/// What stands in the table. The measures are explained in docs/placement.md.
const COLUMNS: &[Column] = &[
    Column::made("policy", policy),
    Column::made("overloaded user-min", |row| figure(row, Figure::Overloaded)).right(),
    Column::made("% of all", |row| figure(row, Figure::OverloadedShare)).right().rank(1),
    Column::made("over bound", |row| figure(row, Figure::AboveBound)).right().rank(4),
    Column::made("over clairvoyant", |row| figure(row, Figure::AboveClairvoyant)).right().rank(3),
    Column::made("p99 %", |row| figure(row, Figure::P99)).right().rank(5),
    Column::made("peak %", |row| figure(row, Figure::Peak)).right().rank(2),
    Column::made("imbalance %", |row| figure(row, Figure::Imbalance)).right().rank(6),
    Column::made("latency ms", |row| figure(row, Figure::Latency)).right().rank(7),
    Column::made("refused", |row| figure(row, Figure::Refused)).right().rank(8),
    Column::made("moved", |row| figure(row, Figure::Moved)).right().rank(9),
];

pub(crate) fn run(args: &Simulate, world: &mut World<'_>) -> Result<Outcome, Failure> {
    if let Some(recipe) = &args.report {
        return report::run(recipe, args, world);
    }
    let wish = Wish::of(args)?;
    let played = play(&wish)?;
    if let Some(path) = &args.plot {
        // there is one: more are refused
        let drawn = played.workloads.first().map(plot::drawn).unwrap_or_default();
        std::fs::write(path, drawn).map_err(|error| of_file("write", path, error))?;
    }
    if args.json {
        writeln!(world.output, "{:#}", as_json(&played))?;
    } else if args.csv {
        as_csv(&played, world)?;
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
        writeln!(world.output, "{}", sheet.dim(&workload.heading()))?;
        write!(world.output, "{}", sheet.table(COLUMNS, &rows))?;
        let bound = figures::mean_text(&workload.bounds());
        writeln!(
            world.output,
            "{}\n",
            sheet.dim(&format!("no placement at all has fewer overloaded user-minutes than {bound}"))
        )?;
    }
    let certain = match played.workloads.iter().map(|workload| workload.seeds).max() {
        None | Some(0 | 1) => "* the fewest, ~ as few (one seed: how certain that is cannot be told)",
        _ => "* the fewest, ~ no certain difference from it, ± half of the 95 % confidence\ninterval over the seeds",
    };
    for line in certain.lines() {
        writeln!(world.output, "{}", sheet.dim(line))?;
    }
    Ok(())
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
                "measures": run.measures,
            })).collect::<Vec<_>>(),
        })
    });
    Value::Array(workloads.collect())
}

/// A line for each run, with all its measures.
fn as_csv(played: &Played, world: &mut World<'_>) -> Result<(), Failure> {
    let mut heading = false;
    for workload in &played.workloads {
        for run in &workload.runs {
            let measures = serde_json::to_value(&run.measures).unwrap_or_default();
            let measures: Vec<_> = measures.as_object().into_iter().flatten().collect();
            if !heading {
                let names: Vec<_> = measures.iter().map(|(name, _)| name.as_str()).collect();
                writeln!(world.output, "workload,policy,seed,bound,{}", names.join(","))?;
                heading = true;
            }
            let values: Vec<_> = measures
                .iter()
                .map(|(_, value)| if value.is_null() { String::new() } else { value.to_string() })
                .collect();
            let (name, policy, seed, bound) = (&workload.name, &run.policy, run.seed, run.bound);
            writeln!(world.output, "{name},{policy},{seed},{bound},{}", values.join(","))?;
        }
    }
    Ok(())
}
