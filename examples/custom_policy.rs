//! A placement policy of one's own: the server whose name comes first in the alphabet, as long as it has few users. It keeps the
//! contract, and lives through simulated days beside others.

use std::{error::Error, sync::Arc, time::Duration};

use lb::core::placement::{Candidate, LeastCpu, PlacementPolicy, PlacementRequest};
use lb::core::simulation::workload::{Size, Workload};
use lb::core::simulation::{Clairvoyant, Player, bound, simulate};

#[derive(Debug)]
struct FillUp {
    users: f64,
}

impl PlacementPolicy for FillUp {
    fn name(&self) -> &str {
        "fill-up"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let full = |server: &&_| lb::core::fleet::FleetServer::expected_users(server, request.now) >= self.users;
        let (has_room, is_full) =
            (request.eligible_servers().filter(move |server| !full(server)), request.eligible_servers().filter(full));
        Box::new(has_room.chain(is_full).map(|server| {
            let score = server.expected_users(request.now);
            Candidate { server, score, reason: format!("filled up to {} users, has {score:.0}", self.users) }
        }))
    }
}

/// Its contract, then days of an open service with it and with others. `BalancerBuilder::policy` makes its name known to routers;
/// then `lb explain` and the metrics tell of it as of any other.
fn main() -> Result<(), Box<dyn Error>> {
    let fill_up = || Arc::new(FillUp { users: 150.0 }) as Arc<dyn PlacementPolicy>;
    lb_core::testkit::policy::every_clause(&*fill_up());
    println!("fill-up keeps the contract: hand it to BalancerBuilder::policy or router");
    let size = Size { warm_up: Duration::ZERO, ..Workload::OpenService.size_for(6) };
    for seed in 1..=2 {
        let day = Workload::OpenService.scenario(seed, &size)?;
        println!("day {seed}: overloaded user-minutes, and peak utilisation");
        for policy in [fill_up(), Arc::new(LeastCpu), Arc::new(Clairvoyant::of(&day)?)] {
            let measures = simulate(&day, &Player::new(Arc::clone(&policy)))?.measures;
            let (overloaded, peak) = (measures.overloaded_user_minutes, measures.peak_utilisation);
            println!("{:>12} {overloaded:>8.0} {peak:>6.1} %", policy.name());
        }
        println!("{:>12} {:>8.0}", "the bound", bound(&day)?.overloaded_user_minutes);
    }
    Ok(())
}
