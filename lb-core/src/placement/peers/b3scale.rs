//! [`B3scale`]: the rule of b3scale.

use super::{least, multiplier};
use crate::fleet::FleetServer;
use crate::placement::{Candidate, PlacementPolicy, PlacementRequest};

/// Attendees that a meeting counts as, whoever is in it.
const MEETING: f64 = 15.0;

/// The least stress of a server:
///
/// ```text
/// stress = factor × max(15 × meetings, attendees)
/// ```
///
/// The factor is 1 / [`weight`](crate::Server::weight), or 1; of equal servers the first by name is taken. Attendees are the users listed, and those
/// who came and went since as far as webhooks tell: as an agent on each server would. Source: the documentation of
/// b3scale, where lists come every 10 to 20 s, as here.
///
/// Its defect: it counts a meeting only when its server has answered, so creates that arrive together go to one server.
/// Here a meeting counts from its placement on, which is kinder by the time that a server takes to answer. Media cost
/// nothing, and a meeting of 15 costs what an empty one does.
#[derive(Debug, Clone, Copy, Default)]
pub struct B3scale;

fn parts(server: &FleetServer) -> (f64, f64) {
    let created = server.sent().since(server.sent_before_list()).creates;
    (f64::from(server.meetings()) + created as f64, f64::from(server.users()))
}

impl PlacementPolicy for B3scale {
    fn name(&self) -> &str {
        "b3scale"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let stress = |server: &FleetServer| {
            let (meetings, attendees) = parts(server);
            multiplier(server) * (MEETING * meetings).max(attendees)
        };
        least(request, stress, |server, stress| {
            let (meetings, attendees) = parts(server);
            format!("least stress: {stress:.1} of {meetings} meetings and {attendees} attendees")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Listed, Site, scores};
    use super::*;

    #[test]
    fn stress_is_the_larger_of_fifteen_a_meeting_and_the_attendees() {
        let of = |users| Listed { users, ..Listed::default() };
        let mut site = Site::new(&["a", "b", "c", "d"]);
        site.list("a", &[of(40)]).list("b", &[of(2), of(3), of(4)]).list("c", &[]).weigh("d", 2.0);
        site.list("d", &[of(70)]);
        assert_eq!(scores(&B3scale, &site), [("c", 0.0), ("d", 35.0), ("a", 40.0), ("b", 45.0)]);
    }

    #[test]
    fn a_placement_counts_as_a_meeting_until_a_list_shows_it() {
        let mut site = Site::new(&["a", "b"]);
        site.list("a", &[]).list("b", &[]);
        site.place(&B3scale, "a", "room-1").place(&B3scale, "a", "room-2").join("a");
        assert_eq!(scores(&B3scale, &site), [("b", 0.0), ("a", 30.0)]);
        site.pass(10).list("a", &[Listed::default()]);
        assert_eq!(scores(&B3scale, &site), [("b", 0.0), ("a", 15.0)]);
    }
}
