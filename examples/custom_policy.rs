//! A placement policy of one's own in all that policies are for: routers, `explain`, the fence, and the simulator.
//!
//! `fill-up` fills one server after the other, so that the last ones can be switched off. Does that hurt?

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lb::core::api::ApiRequest;
use lb::core::balancer::{Balancer, ExplainRequest};
use lb::core::checksum::{Algorithm, sign};
use lb::core::fleet::FleetServer;
use lb::core::gateway::ScriptedServers;
use lb::core::network::{Integration, Network, Refinements, Router};
use lb::core::placement::{self, Candidate, PlacementPolicy, PlacementRequest};
use lb::core::simulation::workload::{Size, Workload};
use lb::core::simulation::{Player, bound, simulate};
use lb::core::source::StaticServers;
use lb::core::{ManualClock, SeededRng};

/// The server whose name comes first in the alphabet, as long as it has few users; then the one with the fewest.
#[derive(Clone, Debug)]
struct FillUp {
    users: f64,
}

impl PlacementPolicy for FillUp {
    fn name(&self) -> &str {
        "fill-up"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let users = |server: &FleetServer| server.expected_users(request.now);
        let (has_room, mut full): (Vec<_>, Vec<_>) =
            request.eligible_servers().partition(|server| users(server) < self.users);
        full.sort_by(|a, b| users(a).total_cmp(&users(b)));
        Box::new(has_room.into_iter().chain(full).enumerate().map(move |(place, server)| Candidate {
            server,
            score: place as f64,
            reason: format!("filled up to {} users, has {:.0}", self.users, users(server)),
        }))
    }
}

/// One with a mistake: nobody thought of servers without a capacity.
#[derive(Debug)]
struct Careless;

impl PlacementPolicy for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        Box::new(request.eligible_servers().map(|server| {
            let capacity = f64::from(server.server.capacity.unwrap_or_default());
            let score = server.expected_users(request.now) / capacity;
            Candidate { server, score, reason: "the emptiest".to_owned() }
        }))
    }
}

/// Routers name the policies, as they name ours, and refine them in the same ways.
async fn in_the_balancer() -> Result<(), Box<dyn Error>> {
    let clock = Arc::new(ManualClock::default());
    let gateway = Arc::new(ScriptedServers::new(clock.clone()));
    let servers = StaticServers::new(["bbb1", "bbb2", "bbb3"].map(|name| gateway.add(name, "its-secret")));
    let refinements = Refinements { max_users: Some(150.0), ..Refinements::default() };
    let network = Network::new([
        Router { policy: "fill-up".to_owned(), refinements, ..Router::new("thrifty") }.into(),
        Router { policy: "careless".to_owned(), fallback: Some("thrifty".into()), ..Router::new("hasty") }.into(),
        Integration { router: "thrifty".into(), ..Integration::new("moodle", "one-secret") }.into(),
        Integration { router: "hasty".into(), ..Integration::new("canvas", "another-secret") }.into(),
    ])?;
    let balancer = Balancer::builder(gateway, clock, Arc::new(SeededRng::new(1)))
        .policy("fill-up", Arc::new(|_| Arc::new(FillUp { users: 100.0 })))
        .policy("careless", Arc::new(|_| Arc::new(Careless)))
        .network(network)
        .build();
    balancer.refresh(&servers).await;

    println!("explained:");
    for candidate in balancer.explain(&ExplainRequest::new("moodle")).await?.candidates {
        println!("  {} by {}: {}", candidate.server, candidate.policy, candidate.reason);
    }

    // a policy that does wrong costs nobody a meeting
    let query = "name=Algebra&meetingID=room-1";
    let checksum = sign(Algorithm::Sha256, "create", query, &"another-secret".into());
    let reply =
        balancer.handle(&ApiRequest::get(&format!("/bigbluebutton/api/create?{query}&checksum={checksum}"))).await;
    println!("created: {}", String::from_utf8_lossy(&reply.body.to_bytes()).contains("SUCCESS"));
    for alarm in balancer.alarms() {
        println!("alarm: {alarm}");
    }
    Ok(())
}

/// A day of a small school, after two days of which `predictive` may learn.
fn in_the_simulator() -> Result<(), Box<dyn Error>> {
    let workload = Workload::SchoolDay;
    let size = Size { warm_up: Duration::from_secs(2 * 24 * 3600), ..workload.size_for(4) };
    let scenario = workload.scenario(1, &size)?;
    println!("\n{}, {} servers, {} meetings", scenario.name, scenario.servers.len(), scenario.meetings.len());
    println!("{:<12} {:>20} {:>8} {:>8} {:>8}", "policy", "suffered user-min", "of all", "p99 %", "peak %");
    let ours = ["least-users", "predictive"];
    let ours = ours.map(|name| placement::named(&Router { policy: name.to_owned(), ..Router::new("simulated") }));
    let own: Arc<dyn PlacementPolicy> = Arc::new(FillUp { users: 100.0 });
    for policy in ours.into_iter().flatten().chain([own]) {
        let measures = simulate(&scenario, &Player::new(Arc::clone(&policy)))?.measures;
        let suffered = measures.suffered_user_minutes();
        let share = 100.0 * suffered / measures.user_minutes;
        let (p99, peak) = (measures.p99_utilisation, measures.peak_utilisation);
        println!("{:<12} {suffered:>20.0} {share:>6.2} % {p99:>8.1} {peak:>8.1}", policy.name());
    }
    println!("no placement has fewer than {:.0}", bound(&scenario)?.suffered_user_minutes);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    lb_core::testkit::policy::every_clause(&FillUp { users: 100.0 });
    println!("fill-up keeps the contract");
    in_the_balancer().await?;
    in_the_simulator()
}
