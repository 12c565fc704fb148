//! How long the simulator takes for a school day of 500 servers with 50,000 users at once, on one core:
//!
//! ```sh
//! cargo build --release --example simulated_day
//! taskset -c 0 target/release/examples/simulated_day [POLICY …]
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use lb::core::network::Router;
use lb::core::placement;
use lb::core::simulation::workload::{Size, Workload};
use lb::core::simulation::{Player, Scenario, simulate};

const SERVERS: usize = 500;
const USERS: usize = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let policies = if named.is_empty() {
        ["nearest-least-cpu", "scalelite", "predictive"].map(str::to_owned).to_vec()
    } else {
        named
    };
    let size = Size { servers: SERVERS, users: USERS, warm_up: Duration::ZERO, ..Workload::SchoolDay.size() };
    let started = Instant::now();
    let scenario = Workload::SchoolDay.scenario(1, &size)?;
    println!(
        "{SERVERS} servers, {} meetings, {} people, {} of them at once at the most; made in {:.2} s",
        scenario.meetings.len(),
        scenario.meetings.iter().map(|meeting| meeting.people.len()).sum::<usize>(),
        most_at_once(&scenario),
        started.elapsed().as_secs_f64()
    );
    for name in policies {
        let router = Router { policy: name.clone(), ..Router::new("simulated") };
        let policy = placement::named(&router).ok_or_else(|| format!("there is no policy {name:?}"))?;
        let started = Instant::now();
        let measures = simulate(&scenario, &Player::new(policy))?.measures;
        let took = started.elapsed().as_secs_f64();
        println!(
            "{name}: {took:.2} s for {} placements, {:.0} user-minutes",
            measures.placements, measures.user_minutes
        );
    }
    Ok(())
}

/// How many people are in meetings at the fullest moment.
fn most_at_once(scenario: &Scenario) -> i64 {
    let mut changes: Vec<(u64, i64)> = Vec::new();
    for meeting in &scenario.meetings {
        let (begins, length) = (meeting.at.as_millis(), meeting.length.as_millis() as u64);
        for person in meeting.people.iter().filter(|person| person.comes < person.goes) {
            changes.push((begins + u64::from(person.comes), 1));
            changes.push((begins + u64::from(person.goes).min(length), -1));
        }
    }
    changes.sort_unstable();
    let mut there = 0;
    changes
        .into_iter()
        .map(|(_, change)| {
            there += change;
            there
        })
        .max()
        .unwrap_or(0)
}
