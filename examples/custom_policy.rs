//! A placement policy of one's own: the server whose name comes first in the alphabet, as long as it has few users.

use lb::core::placement::{Candidate, PlacementPolicy, PlacementRequest};

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

fn main() {
    lb_core::testkit::policy::every_clause(&FillUp { users: 100.0 });
    println!("fill-up keeps the contract: hand it to BalancerBuilder::router");
}
