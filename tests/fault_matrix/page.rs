//! The tables of `docs/failure-behaviour.md`: written from what was observed.

use std::path::Path;

use super::rules::Cell;
use super::trouble::{Call, Trouble};

const BEGIN: &str = "<!-- tables: begin -->\n";
const END: &str = "<!-- tables: end -->\n";

/// The tables in Markdown.
pub fn tables(observed: &[(Trouble, Vec<(Call, Cell)>)]) -> String {
    let mut text = String::new();
    for call in Call::ALL {
        text += &format!("\n### {}\n\n", call.words());
        text += "| the server | the website reads | when | the server got it | stored afterwards |\n|---|---|---|---|---|\n";
        for (trouble, cells) in observed {
            for (_, cell) in cells.iter().filter(|(of, _)| *of == call) {
                let Cell { reads, when, got, stored } = cell;
                text += &format!("| {} | {reads} | {when} | {got} | {stored} |\n", trouble.words());
            }
        }
    }
    text + "\n"
}

/// Compares the tables with those of the page; writes them there instead where the environment asks for it.
pub fn compare(tables: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/failure-behaviour.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the tables begin");
    let (written, after) = rest.split_once(END).expect("where the tables end");
    if std::env::var_os("LB_WRITE_DOCS").is_some() {
        std::fs::write(&path, [before, BEGIN, tables, END, after].concat()).expect("the page can be written");
        return;
    }
    let differs = |(old, new): &(&str, &str)| old != new;
    let first = written.lines().zip(tables.lines()).find(differs);
    assert!(
        written == tables,
        "docs/failure-behaviour.md says otherwise, first here: {first:?}\nIf the new behaviour is meant: \
         LB_WRITE_DOCS=1 cargo test --test fault_matrix"
    );
}
