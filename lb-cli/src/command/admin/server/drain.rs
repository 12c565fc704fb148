//! Draining a server to its end.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::super::Desk;
use crate::client::Place;
use crate::outcome::{Failure, Outcome};

/// How long the balancer is asked to wait, seconds.
const WAIT: u64 = 30;

/// The least time between two questions.
const PAUSE: Duration = Duration::from_secs(1);

/// Drains the server called `name` and returns when its last meeting has ended. That the balancer does not answer for a while,
/// because it is being restarted, is told and does not end it.
pub(super) async fn to_its_end(desk: &mut Desk<'_, '_>, name: &str) -> Result<Outcome, Failure> {
    desk.client.post(&Place::of(&["servers", name, "drain"]), None).await?;
    let place = Place::of(&["servers", name, "drained"]).with("wait", WAIT);
    let mut told = Value::Null;
    loop {
        let asked = Instant::now();
        let answer = desk.client.get(&place).await.and_then(|answer| answer.json());
        let present = match answer {
            Ok(present) => present,
            Err(refusal) if refusal.status.is_none_or(|status| status.is_server_error()) => {
                eprintln!("{}", refusal.sentence);
                sleep(PAUSE * 2).await;
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        if present["drained"] == true {
            return desk.tell(&present, |_| format!("server {name} is drained\n"));
        }
        if !matches!(present["word"].as_str(), Some("draining" | "force-disabled")) {
            return Err(Failure::Failed(format!("server {name} is not drained any more: somebody has said otherwise")));
        }
        let left = json!([present["meetings"], present["users"]]);
        if left != told && !desk.json {
            let (meetings, users) = (&present["meetings"], &present["users"]);
            writeln!(desk.world.output, "server {name} has {meetings} meetings left, with {users} users")?;
            desk.world.output.flush()?;
            told = left;
        }
        sleep(PAUSE.saturating_sub(asked.elapsed())).await;
    }
}
