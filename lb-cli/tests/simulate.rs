//! `lb simulate` as a user runs it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn simulate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lb"));
    command.arg("simulate").args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// What was said by a run that did what was asked for, and nothing on standard error: nobody looks.
fn said(command: &mut Command) -> String {
    let (code, output, errors) = run(command);
    assert_eq!((code, errors.as_str()), (0, ""), "{output}");
    output
}

/// The sentence of a run that was wrongly asked for.
fn refused(arguments: &[&str]) -> String {
    let (code, output, errors) = run(&mut simulate(arguments));
    assert_eq!((code, output.as_str()), (2, ""), "{arguments:?}: {errors}");
    errors
}

/// A small day with a policy that fills one server after the other, and one that does not.
const SMALL: [&str; 11] = [
    "--workload",
    "open-service",
    "--servers",
    "3",
    "--users",
    "60",
    "--warm-up",
    "0",
    "--policy",
    "least-users",
    "--policy=scalelite",
];

fn small(more: &[&str]) -> Command {
    simulate(&[&SMALL, more].concat())
}

#[test]
fn a_small_simulation_is_a_table_that_marks_the_best_and_says_what_nobody_can_beat() {
    // more than three servers can well bear
    let crowded = SMALL.map(|word| if word == "60" { "900" } else { word });
    let table = said(simulate(&crowded).args(["--seeds", "1-3", "--policy", "clairvoyant"]));
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "open-service: 3 servers, 3 seeds, no history");
    for title in ["POLICY", "SUFFERED USER-MIN", "OVER BOUND", "OVER CLAIRVOYANT", "PEAK %", "LATENCY MS", "REFUSED"] {
        assert!(lines[1].contains(title), "{table}");
    }
    let policies: Vec<_> = lines[2..5].iter().map(|line| line.split("  ").next().unwrap()).collect();
    assert!(policies.contains(&"clairvoyant") && policies.iter().any(|policy| policy.ends_with('*')), "{table}");
    assert!(lines[2..5].iter().any(|line| line.contains(" ± ")), "{table}");
    assert!(table.contains("no placement whatever has fewer suffered user-minutes than"), "{table}");
    assert!(table.contains("95 % confidence"), "{table}");
}

#[test]
fn output_and_help_fit_eighty_columns() {
    let table = said(small(&["--seeds", "1-2"]).env("COLUMNS", "80"));
    let longer = |text: &str, than| text.lines().find(|line| line.chars().count() > than).map(str::to_owned);
    assert_eq!(longer(&table, 80), None, "{table}");
    assert!(table.contains("SUFFERED USER-MIN") && table.contains("(no room for"), "{table}");
    let help = said(&mut simulate(&["--help"]));
    assert!(help.contains("Examples:\n  lb simulate --workload school-day"), "{help}");
    assert!(help.contains("\n  school-day university") && help.contains("predictive") && help.contains("clairvoyant"));
    assert_eq!(longer(&help, 110), None, "{help}");
    let (_, below) = help.split_once("Examples:").unwrap();
    assert_eq!(longer(below, 80), None, "{below}");
}

#[test]
fn two_runs_and_one_or_two_threads_give_the_same_byte_for_byte() {
    let with = |threads: &str| {
        said(small(&["--seeds", "1-2", "--policy=predictive", "--json"]).env("RAYON_NUM_THREADS", threads))
    };
    let once = with("1");
    assert_eq!(once, with("2"));
    assert_eq!(once, with("1"));
    let played: Value = serde_json::from_str(&once).unwrap();
    let runs = played[0]["runs"].as_array().unwrap();
    let told: Vec<_> =
        runs.iter().map(|run| (run["seed"].as_u64().unwrap(), run["policy"].as_str().unwrap())).collect();
    let policies = ["least-users", "scalelite", "predictive"];
    assert_eq!(told, [1, 2].map(|seed| policies.map(|policy| (seed, policy))).concat());
    let measures = &runs[0]["measures"];
    assert!(measures["user_minutes"].as_f64().unwrap() > 1000.0 && runs[0]["bound"].is_number(), "{measures}");
    assert_ne!(runs[0]["measures"], runs[3]["measures"], "another seed is another day");
}

#[test]
fn csv_has_a_line_for_each_run_and_a_plot_is_drawn_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let svg = dir.path().join("day.svg");
    let csv = said(&mut small(&["--seeds=4", "--csv", "--plot", svg.to_str().unwrap()]));
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(&lines[0][..4], ["workload", "policy", "seed", "bound"]);
    assert_eq!(&lines[1][..3], ["open-service", "least-users", "4"]);
    assert_eq!(&lines[2][..3], ["open-service", "scalelite", "4"]);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()) && lines.len() == 3, "{csv}");
    let drawn = fs::read_to_string(svg).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains(">scalelite</tspan>") && drawn.contains("seed 4"), "{drawn}");
}

#[test]
fn what_cannot_be_simulated_is_refused_in_a_sentence() {
    for (arguments, sentence) in [
        (&["--servers", "0"][..], "a workload cannot have 0 servers: 1 to 20000"),
        (&["--servers", "18446744073709551615"], "a workload cannot have 18446744073709551615 servers"),
        (&["--users", "0"], "a workload cannot have 0 users at once"),
        (&["--warm-up", "18446744073709551615"], "hours of warm-up"),
        (&["--warm-up", "NaN"], "invalid value 'NaN'"),
        (&["--seeds", "5-1"], "the first seed, 5, is above the last, 1"),
        (&["--seeds", "0-18446744073709551615"], "are too many: 1000 at most"),
        (&["--seeds", "some"], "\"some\" is no seed"),
        (&["--plot", "day.svg", "--workload", "flash"], "--plot draws one workload"),
    ] {
        let told = refused(&[&["--workload", "open-service", "--policy", "random"], arguments].concat());
        assert!(told.contains(sentence) && !told.contains("panicked"), "{arguments:?}: {told}");
    }
    assert!(refused(&["--workload", "holidays"]).contains("possible values: school-day"));
    assert!(refused(&["--policy", "best"]).contains("nearest-least-cpu"));
    assert!(
        refused(&["--workload", "flash", "--users", "599"])
            .contains("workload flash cannot have 599 users at once: 600")
    );
    // before the others are played, which would take long
    let late = ["--workload=school-day", "--workload=flash", "--servers=500", "--users=599", "--policy=predictive"];
    assert!(refused(&late).contains("workload flash cannot have 599 users at once: 15000 or more"));
    let (code, _, errors) = run(&mut small(&["--plot", "/nowhere/day.svg"]));
    assert!(code == 1 && errors.starts_with("cannot write /nowhere/day.svg: "), "{errors}");
}

fn recipe(dir: &Path, text: &str) -> String {
    let path = dir.join("small.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_report_that_cannot_be_made_is_refused_before_anything_is_played() {
    let dir = tempfile::tempdir().unwrap();
    let lines =
        ["seeds = [1, 2]", "policies = ['predictive', 'random', 'clairvoyant']", "peers = ['random']", "drawn = []"];
    for (line, instead, sentence) in [
        (0, "seeds = []", "seeds and policies are needed"),
        (0, "seeds = [1, 1]", "the seed 1 stands there twice"),
        (1, "policies = ['best']", "there is no policy \"best\""),
        (1, "policies = ['random', 'random']", "the policy \"random\" stands there twice"),
        (1, "policies = ['random', 'clairvoyant']", "\"predictive\" must stand among the policies"),
        (2, "peers = ['scalelite']", "\"scalelite\" must stand among the policies"),
        (2, "peers = ['random', 'random']", "the peer \"random\" stands there twice"),
        (2, "pears = []", "unknown field `pears`"),
        (3, "drawn = ['random', 'random']", "the drawn policy \"random\" stands there twice"),
    ] {
        let mut lines = lines;
        lines[line] = instead;
        let path = recipe(dir.path(), &(lines.join("\n") + "\nworkloads = ['flash']\n"));
        let told = refused(&["--report", &path]);
        assert!(told.contains("small.toml") && told.contains(sentence), "{told}");
    }
    let path = recipe(dir.path(), &(lines.join("\n") + "\nworkloads = ['holidays']\n"));
    assert!(refused(&["--report", &path]).contains("there is no workload \"holidays\""));
    let path = recipe(dir.path(), &(lines.join("\n") + "\nworkloads = ['flash', 'regional', 'flash']\n"));
    assert!(refused(&["--report", &path]).contains("the workload \"flash\" stands there twice"));
    let path = recipe(dir.path(), &(lines.join("\n") + "\nworkloads = []\n"));
    assert!(refused(&["--report", &path]).contains("workloads are needed"));
    for (variation, sentence) in [
        ("costs = { screen = 1.0 }", "the variation \"other\": nothing called \"screen\" has a cost"),
        ("seeds = [3, 3]", "the variation \"other\": the seed 3 stands there twice"),
        ("policies = ['random']", "the variation \"other\": \"predictive\" must stand among the policies"),
        ("users = 0.0", "the variation \"other\": there cannot be 0 of the users"),
        ("strengths = 'odd'", "unknown variant `odd`"),
        ("[[variations]]\nname = 'other'\nabout = ''", "the variation \"other\" stands there twice"),
    ] {
        let other = format!("\nworkloads = ['flash']\n[[variations]]\nname = 'other'\nabout = 'Odd.'\n{variation}\n");
        let told = refused(&["--report", &recipe(dir.path(), &(lines.join("\n") + &other))]);
        assert!(told.contains(sentence), "{told}");
    }
    assert!(!dir.path().join("small.md").exists());
    let page = dir.path().join("page.md");
    fs::write(&page, "seeds = []").unwrap();
    assert!(refused(&["--report", page.to_str().unwrap()]).contains("the file of a report is called NAME.toml"));
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_played() {
    let dir = tempfile::tempdir().unwrap();
    // a day of so many would take minutes
    let large = ["--workload=school-day", "--servers=500", "--policy=predictive", "--plot"];
    let (code, _, errors) = run(simulate(&large).arg(dir.path()));
    assert!(code == 1 && errors.starts_with("cannot write "), "{errors}");
    let text = "seeds = [1]\nworkloads = ['school-day']\nservers = 500\npolicies = ['predictive', 'clairvoyant']\n\
        peers = []\ndrawn = []\n";
    let path = recipe(dir.path(), text);
    fs::create_dir(dir.path().join("small.md")).unwrap();
    let (code, _, errors) = run(&mut simulate(&["--report", &path]));
    assert!(code == 1 && errors.contains("cannot write ") && errors.contains("small.md"), "{errors}");
    fs::remove_dir(dir.path().join("small.md")).unwrap();
    fs::create_dir_all(dir.path().join("small/school-day.svg")).unwrap();
    let (code, _, errors) = run(&mut simulate(&["--report", &path]));
    assert!(code == 1 && errors.contains("cannot write ") && errors.contains("school-day.svg"), "{errors}");
    assert!(!dir.path().join("small.md").exists(), "nothing is left of it");
}

#[test]
fn a_report_is_written_beside_its_recipe_with_plots_and_a_verdict_that_is_computed() {
    let dir = tempfile::tempdir().unwrap();
    let text = "seeds = [1, 2]\nworkloads = ['open-service']\nservers = 2\n\
        policies = ['predictive', 'scalelite', 'clairvoyant']\n\
        peers = ['scalelite']\ndrawn = ['scalelite', 'predictive']\n\
        [[variations]]\nname = 'On its first day'\nabout = 'Nothing is known.'\nwarm-up = 0\nseeds = [3]\n\
        [[variations]]\nname = 'All alike'\nabout = 'Equal.'\nstrengths = 'equal'\ncosts = { view = 0.06 }\nusers = 0.5\n";
    let path = recipe(dir.path(), text);
    let told = said(&mut simulate(&["--report", &path]));
    assert!(told.starts_with("written: ") && told.contains("small.md"), "{told}");
    let page = fs::read_to_string(dir.path().join("small.md")).unwrap();
    for words in [
        "--report docs/placement.toml",
        "## Where `predictive` hurts fewer people than each peer's rule, and where not",
        "in 1 comparison: certainly",
        "| `scalelite` |",
        "| the bound |",
        "2 servers, 2 days of history; 2 runs of each policy, seeds 1, 2.",
        "| *days of history* | *2* |",
        "### On its first day\n\nNothing is known.\n1 run of each policy, seed 3.\n",
        "| *days of history* | *0* |",
        "### All alike\n\nEqual.\n2 runs of each policy, seeds 1, 2.\n",
        "![",
        "(small/open-service.svg)",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // every row of a table has as many cells as its heading
    for table in page.split("\n\n").filter(|part| part.starts_with('|')) {
        let cells: Vec<_> =
            table.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count()).collect();
        assert!(cells.windows(2).all(|pair| pair[0] == pair[1]), "{cells:?}: {table}");
    }
    let drawn = fs::read_to_string(dir.path().join("small/open-service.svg")).unwrap();
    assert!(drawn.contains(">predictive</tspan>") && !drawn.contains(">clairvoyant</tspan>"), "{drawn}");
}
