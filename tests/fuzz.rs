//! Everything that comes from outside, in every shape: the saved inputs of `tests/corpora`, changes of them, and bytes that are
//! nothing. What must hold is in the bodies; fuzzers call the same.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::fs;
use std::path::Path;

use lb_core::testkit::fuzz::{request, xml};
use lb_http::fuzz::{nagios, perfdata};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

/// A body, and the folder of its saved inputs.
type Body = (fn(&[u8]), &'static str);

const BODIES: [Body; 4] = [(request, "request"), (xml, "xml"), (perfdata, "perfdata"), (nagios, "nagios")];

/// What is put into inputs: pieces of the grammars, where their readers turn.
const PIECES: [&str; 40] = [
    "&",
    "=",
    "checksum=",
    "&checksum=",
    "meetingID=",
    "name=",
    "%",
    "%00",
    "%c3",
    "+",
    "?",
    "/",
    "//",
    "\n\n",
    "<a>",
    "</a>",
    "<a/>",
    "<",
    ">",
    "&amp;",
    "&#65;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "<!DOCTYPE a>",
    "'",
    "''",
    ";",
    "U",
    "e9",
    ".",
    "-",
    ",",
    "\"",
    "{",
    "}",
    "null",
    "\u{202e}é",
];

/// The saved inputs of a folder by name. Those of the Nagios readers are joined by answers of real ones.
fn corpus(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/corpora").join(folder)];
    if folder == "nagios" {
        folders.push(root.join("lb-http/tests/fixtures/nagios"));
    }
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut inputs: Vec<_> = files.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    inputs.sort();
    inputs
}

/// One change of an input.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Cut(Index, Index),
    Repeat(Index, Index),
    Insert(Index, &'static str),
    Splice(Index, Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), place()).prop_map(|(from, to)| Change::Cut(from, to)),
        (place(), place()).prop_map(|(from, to)| Change::Repeat(from, to)),
        (place(), proptest::sample::select(PIECES.to_vec())).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (place(), place(), place()).prop_map(|(at, other, from)| Change::Splice(at, other, from)),
    ]
}

impl Change {
    fn apply(&self, input: &mut Vec<u8>, corpus: &[(String, Vec<u8>)]) {
        let places = input.len() + 1;
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(places), to.index(places));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Set(at, byte) => {
                let at = at.index(places);
                input.splice(at..(at + 1).min(input.len()), [*byte]);
            }
            Self::Cut(from, to) => drop(input.drain(range(from, to))),
            Self::Repeat(from, to) => {
                let range = range(from, to);
                let part = input[range.clone()].to_vec();
                input.splice(range.end..range.end, part);
            }
            Self::Insert(at, piece) => drop(input.splice(at.index(places)..at.index(places), piece.bytes())),
            Self::Splice(at, other, from) => {
                let (_, other) = other.get(corpus);
                input.truncate(at.index(places));
                input.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}

fn runner(cases: u32) -> TestRunner {
    let config =
        Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() };
    TestRunner::new(config)
}

#[test]
fn every_saved_input_is_read_as_it_must_be() {
    for (body, folder) in BODIES {
        let corpus = corpus(folder);
        assert!(corpus.len() > 10, "{folder}");
        for (name, input) in corpus {
            println!("{name}");
            body(&input);
        }
    }
}

#[test]
fn whatever_is_changed_in_a_saved_input_it_is_read_as_it_must_be() {
    for (body, folder) in BODIES {
        let corpus = corpus(folder);
        let inputs = (any::<Index>(), prop::collection::vec(change(), 1..6));
        let read = |(seed, changes): (Index, Vec<Change>)| {
            let mut input = seed.get(&corpus).1.clone();
            changes.iter().for_each(|change| change.apply(&mut input, &corpus));
            body(&input);
            Ok(())
        };
        runner(1500).run(&inputs, read).unwrap_or_else(|error| panic!("{folder}: {error}"));
    }
}

#[test]
fn bytes_that_are_nothing_are_read_as_it_must_be() {
    for (body, folder) in BODIES {
        let read = |bytes: Vec<u8>| {
            body(&bytes);
            Ok(())
        };
        let any_bytes = prop::collection::vec(any::<u8>(), 0..300);
        runner(500).run(&any_bytes, read).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let pieces = prop::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40);
        let pieces = pieces.prop_map(|pieces| pieces.concat().into_bytes());
        runner(1500).run(&pieces, read).unwrap_or_else(|error| panic!("{folder}: {error}"));
    }
}
