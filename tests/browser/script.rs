//! [`Script`]: a program for Node that drives the browser and asks for what happens behind the pages, line by line.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The browser, as Debian installs it.
const CHROMIUM: &str = "/usr/bin/chromium";

/// How long a story may take, browser and all.
const PATIENCE: Duration = Duration::from_secs(300);

/// The folder of the scripts and of what npm has installed for them.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// Where screenshots are left for people to look at.
fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots")
}

/// One story under way. It is killed when this is dropped, and its browser ends with it.
pub struct Script {
    name: String,
    child: Child,
    questions: Lines<BufReader<ChildStdout>>,
    answers: ChildStdin,
}

impl Script {
    /// Starts the story `name` in front of the pages at `base`.
    pub fn start(name: &str, base: &str, variables: &[(&str, &str)]) -> Self {
        assert!(
            Path::new(CHROMIUM).exists(),
            "these tests drive Chromium, and {CHROMIUM} is missing; as root: apt-get install -y chromium"
        );
        for package in ["playwright-core", "axe-core"] {
            let there = folder().join("node_modules").join(package).is_dir();
            assert!(there, "{package} is not installed: npm ci --prefix tests/browser (tests/run does it)");
        }
        std::fs::create_dir_all(screenshots()).expect("a folder for screenshots");
        let mut command = Command::new("node");
        command.arg(format!("stories/{name}.mjs")).current_dir(folder());
        command.env("LB_BASE", base).env("CHROMIUM", CHROMIUM).env("SCREENSHOTS", screenshots());
        command.envs(variables.iter().copied()).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("node runs");
        let questions = BufReader::new(child.stdout.take().expect("its output")).lines();
        let answers = child.stdin.take().expect("its input");
        Self { name: name.to_owned(), child, questions, answers }
    }

    /// Answers its questions until it ends, which must be well.
    pub async fn play(mut self, answer: impl AsyncFnMut(&Value) -> Value) {
        let mut cries = self.child.stderr.take().expect("its errors");
        let mut cried = String::new();
        let name = self.name.clone();
        let listening = async {
            // what is no text ends it
            let _ = cries.read_to_string(&mut cried).await;
        };
        let played = async { tokio::join!(self.converse(answer), listening).0 };
        let ended = tokio::time::timeout(PATIENCE, played).await;
        let status = match ended {
            Ok(()) => self.child.wait().await.expect("a child"),
            Err(_) => panic!("{name} does not end\n{cried}"),
        };
        assert!(status.success(), "{name}: {status}\n{cried}");
    }

    async fn converse(&mut self, mut answer: impl AsyncFnMut(&Value) -> Value) {
        while let Some(line) = self.questions.next_line().await.expect("text") {
            let question = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{}: {error}: {line}", self.name));
            let mut told = answer(&question).await.to_string();
            told.push('\n');
            // a story that has ended meanwhile says why by its exit code
            let _ = self.answers.write_all(told.as_bytes()).await;
        }
    }
}
