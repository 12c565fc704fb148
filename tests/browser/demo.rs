//! [`Demo`]: `lb demo`, as a newcomer starts it, with its day of history.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::harness::lb_binary;
use super::script::Script;

const PATIENCE: Duration = Duration::from_secs(60);

/// Its network is the same at each run.
const SEED: &str = "7";

/// The demo under way. It ends with this.
pub struct Demo {
    child: Child,
    base: String,
    password: String,
}

impl Demo {
    /// Starts it, and reads off its lines where its pages are and how to log in.
    pub async fn start() -> Self {
        let binary = tokio::task::spawn_blocking(lb_binary).await.expect("it is built");
        let mut command = Command::new(binary);
        command.args(["demo", "--seed", SEED]).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("lb runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let shown = async {
            while let Some(line) = lines.next_line().await.expect("text") {
                if let Some((base, password)) = line.strip_prefix("pages").and_then(parsed) {
                    return (base, password);
                }
            }
            panic!("it shows no pages");
        };
        let (base, password) = tokio::time::timeout(PATIENCE, shown).await.expect("it starts");
        // a pipe that nobody reads would stop it
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, base, password }
    }

    /// Plays the story `name` before it.
    pub async fn play(self, name: &str) {
        let script = Script::start(name, &self.base, &[("LB_PASSWORD", &self.password)]);
        script.play(async |question| panic!("a demo answers nothing: {question}")).await;
        drop(self.child);
    }
}

/// `http://ADDRESS/ (log in as NAME, password PASSWORD)`
fn parsed(line: &str) -> Option<(String, String)> {
    let (url, rest) = line.trim().split_once(' ')?;
    let password = rest.strip_suffix(')')?.split_once(", password ")?.1;
    Some((url.trim_end_matches('/').to_owned(), password.to_owned()))
}
