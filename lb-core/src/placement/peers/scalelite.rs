//! [`Scalelite`]: the rule of Scalelite, BigBlueButton's own load balancer.

use std::time::Duration;

use super::polls::Polls;
use super::{least, multiplier};
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::placement::{Candidate, Learner, PlacementPolicy, PlacementRequest};

const PERIOD: Duration = Duration::from_secs(60);
const YOUNG: Duration = Duration::from_secs(15 * 60);
/// A young meeting counts as no fewer attendees.
const AT_LEAST: u32 = 15;

/// The least sum over the meetings of a server, times its multiplier:
///
/// ```text
/// attendees = participantCount + moderatorCount          (moderators count twice)
/// meeting   = max(attendees, 15) in its first 15 minutes, then attendees
/// load      = multiplier × (Σ meeting + creates since + joins since)
/// ```
///
/// The multiplier is 1 / [`weight`](crate::Server::weight), or 1. Source: the documentation of Scalelite and what it does when it is run.
///
/// Its defect: the sum is found by a poll every 60 s, and each poll overwrites it. A meeting that is created in between
/// counts as 1 until then, so all creates of a minute go to the server that was the emptiest by a few users; and what creates
/// and joins have added is forgotten by the next poll, come who may.
#[derive(Debug)]
pub struct Scalelite {
    polls: Polls,
}

impl Default for Scalelite {
    fn default() -> Self {
        Self { polls: Polls::new(PERIOD, attendees) }
    }
}

fn attendees(server: &FleetServer, _: Timestamp) -> f64 {
    let Some(list) = &server.list else { return f64::from(server.users()) };
    let meetings = list.running().map(|meeting| {
        let attendees = meeting.users.saturating_add(meeting.moderators);
        let age = list.asked_at.since(Timestamp::from_millis(meeting.create_time));
        f64::from(if age < YOUNG { attendees.max(AT_LEAST) } else { attendees })
    });
    meetings.sum()
}

impl PlacementPolicy for Scalelite {
    fn name(&self) -> &str {
        "scalelite"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let (load, words) = (self.polls.at(request.now), self.polls.at(request.now));
        let load = move |server: &FleetServer| {
            let polled = load(server);
            multiplier(server) * (polled.load + (polled.since.creates + polled.since.joins) as f64)
        };
        least(request, load, move |server, _| {
            let polled = words(server);
            format!(
                "least load: {} by its last poll, {} creates and {} joins since, times {:.2}",
                polled.load,
                polled.since.creates,
                polled.since.joins,
                multiplier(server)
            )
        })
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(&self.polls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Listed, Site, scores};
    use super::*;

    const MINUTE: u64 = 60;

    #[test]
    fn moderators_count_twice_and_young_meetings_as_fifteen() {
        let old = Listed { users: 8, moderators: 2, minutes_old: 15, ..Listed::default() };
        let young = Listed { minutes_old: 14, ..old };
        let large = Listed { users: 14, moderators: 2, ..young };
        let mut site = Site::new(&["a", "b", "c", "d"]);
        for (name, meetings) in [("a", &[old][..]), ("b", &[young]), ("c", &[large, old]), ("d", &[])] {
            site.list(name, meetings);
        }
        assert_eq!(scores(&Scalelite::default(), &site), [("d", 0.0), ("a", 10.0), ("b", 15.0), ("c", 26.0)]);
    }

    #[test]
    fn a_weaker_server_counts_more() {
        let meeting = Listed { users: 30, minutes_old: 60, ..Listed::default() };
        let mut site = Site::new(&["strong", "weak"]);
        site.weigh("strong", 2.0).weigh("weak", 0.5);
        site.list("strong", &[meeting]).list("weak", &[meeting]);
        assert_eq!(scores(&Scalelite::default(), &site), [("strong", 15.0), ("weak", 60.0)]);
    }

    #[test]
    fn each_create_and_join_adds_one_until_the_next_poll_a_minute_later() {
        let policy = Scalelite::default();
        let large = Listed { users: 50, minutes_old: 60, ..Listed::default() };
        let mut site = Site::new(&["busy", "idle"]);
        site.list("busy", &[large]).list("idle", &[]).observed_by(&policy);
        for room in 0..40 {
            assert_eq!(scores(&policy, &site)[0], ("idle", f64::from(room)), "the herd goes where it was emptiest");
            site.place(&policy, "idle", &format!("room-{room}"));
        }
        site.join("idle").join("idle");
        assert_eq!(scores(&policy, &site), [("idle", 42.0), ("busy", 50.0)]);
        // lists that come in the same minute are none of its polls
        site.pass(50).list("idle", &[Listed::default(); 40]).list("busy", &[large]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("idle", 42.0), ("busy", 50.0)]);
        // and those of the next overwrite all that it added
        site.pass(10).list("idle", &[Listed::default(); 40]).list("busy", &[large]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("busy", 50.0), ("idle", 600.0)]);
        site.pass(20 * MINUTE).list("idle", &[Listed { minutes_old: 21, ..Listed::default() }; 40]);
        assert_eq!(scores(&policy, &site), [("idle", 0.0), ("busy", 50.0)], "forgotten, though all may yet come");
    }
}
