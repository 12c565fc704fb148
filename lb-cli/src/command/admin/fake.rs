//! A balancer that answers what a test tells it to, and a command line that speaks with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread::{self, JoinHandle};

use clap::FromArgMatches;
use serde_json::{Value, json};

use crate::args::Args;
use crate::command;
use crate::outcome::{Failure, Outcome};
use crate::world::{Terminal, World};

/// One request as it came.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Method and path, such as `GET /api/v1/partners`.
    pub(crate) line: String,
    /// The lines of its head, in lower case.
    pub(crate) head: Vec<String>,
    /// Its body; null without one.
    pub(crate) body: Value,
}

/// Status, `ETag` or nothing, body.
pub(crate) type Said = (u16, &'static str, Value);

/// A balancer that gives these answers, one for each request, in this order.
pub(crate) struct Fake {
    /// What `--url` or `--socket` leads to it.
    pub(crate) option: [String; 2],
    asked: JoinHandle<Vec<Asked>>,
}

impl Fake {
    /// At a port of its own.
    pub(crate) fn answering(answers: impl IntoIterator<Item = Said> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = thread::spawn(move || {
            let answers = Vec::from_iter(answers);
            answers.into_iter().map(|answer| serve(listener.accept().unwrap().0, &answer)).collect()
        });
        Self { option: ["--url".to_owned(), url], asked }
    }

    /// At a socket.
    pub(crate) fn at_socket(path: &Path, answers: impl IntoIterator<Item = Said> + Send + 'static) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let asked = thread::spawn(move || {
            // the first connection only looks whether anybody listens
            drop(listener.accept().unwrap());
            let answers = Vec::from_iter(answers);
            answers.into_iter().map(|answer| serve(listener.accept().unwrap().0, &answer)).collect()
        });
        Self { option: ["--socket".to_owned(), path.to_str().unwrap().to_owned()], asked }
    }

    /// Runs `lb` with this balancer, and what it was asked.
    pub(crate) fn run(self, line: &[&str]) -> (Ran, Vec<Asked>) {
        let ran = lb(&[line, &[&self.option[0], &self.option[1]]].concat(), &[], "");
        (ran, self.asked())
    }

    /// What it was asked, once it was asked for all its answers.
    pub(crate) fn asked(self) -> Vec<Asked> {
        self.asked.join().unwrap()
    }
}

fn serve(mut stream: impl Read + Write, (status, version, body): &Said) -> Asked {
    let mut reader = BufReader::new(&mut stream);
    let mut lines = (&mut reader).lines().map(Result::unwrap);
    let line = lines.next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut sent = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut sent).unwrap();
    let kind = if *status < 400 { "application/json" } else { "application/problem+json" };
    let version = if version.is_empty() { String::new() } else { format!("ETag: {version}\r\n") };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{version}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).unwrap();
    Asked { line, head, body: serde_json::from_slice(&sent).unwrap_or(Value::Null) }
}

/// How a run of `lb` ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) ended: Result<Outcome, Failure>,
    pub(crate) output: String,
}

impl Ran {
    /// What was said by a run that did what was asked for.
    pub(crate) fn output(self) -> String {
        assert!(matches!(self.ended, Ok(Outcome::Done)), "{:?}", self.ended);
        self.output
    }

    /// The sentence of a run that failed with exit code 1.
    pub(crate) fn failed(self) -> String {
        match self.ended {
            Err(Failure::Failed(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    }

    /// The sentence of a run that was wrongly asked for.
    pub(crate) fn usage(self) -> String {
        match self.ended {
            Err(Failure::Usage(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    }
}

/// Runs `lb` with these words, this environment and this standard input, in a pipe.
pub(crate) fn lb(words: &[&str], environment: &[(&str, &str)], input: impl AsRef<[u8]>) -> Ran {
    let matches = Args::definition().try_get_matches_from([&["lb"], words].concat());
    let args = Args::from_arg_matches(&matches.unwrap()).unwrap();
    let mut output = Vec::new();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut input = input.as_ref();
    let mut world = World { environment, input: &mut input, output: &mut output, terminal: Terminal::default() };
    let ended = command::run(args.command, &mut world);
    Ran { ended, output: String::from_utf8(output).unwrap() }
}

/// One page of a list.
pub(crate) fn page(items: Value, next: Option<&str>) -> Said {
    (200, "", json!({ "items": items, "next": next }))
}
