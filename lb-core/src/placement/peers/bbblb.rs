//! [`Bbblb`]: the rule of BBBLB, as it was designed and as it was built.

use std::collections::HashMap;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::least;
use super::polls::{Polled, Polls};
use crate::clock::Timestamp;
use crate::fleet::FleetServer;
use crate::placement::{Candidate, Learner, Placed, PlacementPolicy, PlacementRequest};
use crate::server::ServerName;

const PERIOD: Duration = Duration::from_secs(30);
const DECAY: Duration = Duration::from_secs(30 * 60);
const MEETING: f64 = 5.0;
const VOICE: f64 = 0.5;
const VIDEO: f64 = 0.5;
/// What one user who is still to come counts as: a user, with audio, and one in ten with video.
const TO_COME: f64 = 1.0 + VOICE + 0.1 * VIDEO;
/// Users that a meeting is expected to have without a hint, and the most that a hint makes of them.
const EXPECTED: (u32, u32) = (20, 100);

/// The least sum over the meetings of a server:
///
/// ```text
/// g       = max(20, min(size hint, 100)) × (1 − age / 30 min)
/// reserve = g × (1 + 0.5 + 0.1 × 0.5)
/// meeting = 5 + users + 0.5 × voice + 0.5 × video + reserve
/// load    = Σ meeting + the load of each meeting created since + joins since
/// ```
///
/// A meeting that is created counts, before its server is called, as one with 2 users, 2 voices and 2 videos: 40 without a
/// hint. So creates between two polls spread. The polls every 30 s replace what was added. Source: the documentation of
/// BBBLB and what it does when it is run.
///
/// Its defect, [as built](Self::as_built): the decay compares milliseconds with seconds, and so never happens. Every meeting
/// carries its whole reserve to its end, and servers with many small old meetings count as the fullest.
#[derive(Debug)]
pub struct Bbblb {
    name: &'static str,
    polls: Polls,
    // what hints added beyond a create without one, by server, since not much longer than a period
    hinted: ArcSwap<HashMap<ServerName, Vec<(Timestamp, f64)>>>,
}

impl Bbblb {
    /// As it was designed: the reserve declines to nothing in 30 minutes.
    pub fn as_designed() -> Self {
        Self { name: "bbblb", polls: Polls::new(PERIOD, |server, _| sum(server, decayed)), hinted: ArcSwap::default() }
    }

    /// As it was built: the reserve stays.
    pub fn as_built() -> Self {
        let polls = Polls::new(PERIOD, |server, _| sum(server, |_| 1.0));
        Self { name: "bbblb-as-built", polls, hinted: ArcSwap::default() }
    }

    /// What was placed since the poll, as loads.
    fn created(&self, server: &FleetServer, polled: &Polled) -> f64 {
        let hinted = self.hinted.load();
        let added = hinted.get(&server.server.name).into_iter().flatten();
        let added: f64 = added.filter(|(at, _)| *at >= polled.asked_at).map(|(_, added)| added).sum();
        new_meeting(None) * polled.since.creates as f64 + added
    }
}

/// Which part of the reserve a meeting of this age still has.
fn decayed(age: Duration) -> f64 {
    (1.0 - age.as_secs_f64() / DECAY.as_secs_f64()).max(0.0)
}

fn reserve(hint: Option<u32>) -> f64 {
    let (least, most) = EXPECTED;
    f64::from(hint.unwrap_or(0).min(most).max(least)) * TO_COME
}

fn present(users: f64, voice: f64, video: f64) -> f64 {
    users + VOICE * voice + VIDEO * video
}

/// The load of a meeting that is being created.
fn new_meeting(hint: Option<u32>) -> f64 {
    MEETING + present(2.0, 2.0, 2.0) + reserve(hint)
}

fn sum(server: &FleetServer, left: fn(Duration) -> f64) -> f64 {
    let Some(list) = &server.list else {
        let [voice, video] = [server.audio(), server.video()].map(|count| f64::from(count.unwrap_or(0)));
        return MEETING * f64::from(server.meetings()) + present(f64::from(server.users()), voice, video);
    };
    let meetings = list.running().map(|meeting| {
        let age = list.asked_at.since(Timestamp::from_millis(meeting.create_time));
        let [users, voice, video] = [meeting.users, meeting.audio, meeting.video].map(f64::from);
        MEETING + present(users, voice, video) + left(age) * reserve(meeting.size_hint)
    });
    meetings.sum()
}

impl PlacementPolicy for Bbblb {
    fn name(&self) -> &str {
        self.name
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let (polled, words) = (self.polls.at(request.now), self.polls.at(request.now));
        let load = move |server: &FleetServer| {
            let polled = polled(server);
            polled.load + self.created(server, &polled) + polled.since.joins as f64
        };
        least(request, load, move |server, _| {
            let polled = words(server);
            let (created, joins) = (self.created(server, &polled), polled.since.joins);
            format!("least load: {:.1} by its last poll, {created:.1} created and {joins} joins since", polled.load)
        })
    }

    fn placed(&self, placed: &Placed<'_>) {
        let added = new_meeting(placed.hints.size) - new_meeting(None);
        if added <= 0.0 {
            return;
        }
        // a server's list that is older than this is no news to anybody
        let oldest = placed.now.before(PERIOD * 4);
        self.hinted.rcu(|hinted| {
            let mut next: HashMap<_, _> = HashMap::clone(hinted);
            next.values_mut().for_each(|added: &mut Vec<_>| added.retain(|(at, _)| *at >= oldest));
            next.retain(|_, added| !added.is_empty());
            next.entry(placed.server.clone()).or_default().push((placed.now, added));
            next
        });
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(&self.polls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Listed, Site, scores};
    use super::*;

    #[test]
    fn a_new_meeting_counts_40_without_a_hint_and_up_to_164_with_one() {
        for (hint, expected) in [(None, 40.0), (Some(5), 40.0), (Some(40), 71.0), (Some(1000), 164.0)] {
            assert!((new_meeting(hint) - expected).abs() < 1e-9, "{hint:?}");
        }
    }

    #[test]
    fn the_reserve_declines_in_half_an_hour_as_designed_and_never_as_built() {
        let meeting = Listed { users: 10, audio: 6, video: 2, ..Listed::default() };
        let mut site = Site::new(&["new", "quarter", "half", "old"]);
        for (name, minutes_old) in [("new", 0), ("quarter", 15), ("half", 30), ("old", 300)] {
            site.list(name, &[Listed { minutes_old, size_hint: Some(40), ..meeting }]);
        }
        // 5 + 10 + 3 + 1 = 19, and a reserve of 40 × 1.55 = 62
        let expected = [("half", 19.0), ("old", 19.0), ("quarter", 50.0), ("new", 81.0)];
        assert_eq!(scores(&Bbblb::as_designed(), &site), expected);
        assert_eq!(scores(&Bbblb::as_built(), &site), ["half", "new", "old", "quarter"].map(|name| (name, 81.0)));
    }

    #[test]
    fn creates_and_joins_count_until_the_next_poll() {
        let policy = Bbblb::as_designed();
        let old = Listed { users: 40, minutes_old: 60, ..Listed::default() };
        let mut site = Site::new(&["a", "b"]);
        site.list("a", &[]).list("b", &[old]).observed_by(&policy);
        site.place(&policy, "a", "room-1").join("a").join("a");
        assert_eq!(scores(&policy, &site), [("a", 42.0), ("b", 45.0)]);
        site.hinting(60).place(&policy, "a", "lecture");
        // 5 + 4 + 60 × 1.55 = 102 more
        assert_eq!(scores(&policy, &site), [("b", 45.0), ("a", 144.0)]);
        site.pass(30).list("a", &[Listed::default()]).list("b", &[old]).observed_by(&policy);
        assert_eq!(scores(&policy, &site), [("a", 36.0), ("b", 45.0)], "5 and 31 for who is still to come");
    }

    #[test]
    fn what_hints_added_is_kept_for_no_longer_than_it_counts() {
        let policy = Bbblb::as_designed();
        let mut site = Site::new(&["a", "b"]);
        site.hinting(60);
        for _ in 0..100 {
            site.pass(30).place(&policy, "a", "room").place(&policy, "b", "room");
        }
        assert!(policy.hinted.load().values().all(|added| added.len() <= 5), "{:?}", policy.hinted);
    }
}
