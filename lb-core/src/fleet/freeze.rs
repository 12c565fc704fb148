//! [`Freeze`]: when many servers fall silent at once, the trouble is our own, and no meeting is taken from them.

use std::sync::Arc;
use std::time::Duration;

use super::{FleetServer, Servers};
use crate::clock::Timestamp;

/// Fewer servers than this tell nothing of where the trouble is.
const FEWEST_SERVERS: usize = 4;

/// Suspensions within this time of each other count as one event.
const AT_ONCE: Duration = Duration::from_secs(60);

/// Whether servers that do not answer are believed to be down.
///
/// When half or more of at least four servers become suspended within one minute, the network between them and the balancer
/// is more likely to be at fault than they are: nothing is confirmed down until one of them answers again or an administrator
/// says so. The others then get their whole time anew to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freeze {
    since: Option<Timestamp>,
    lifted_at: Option<Timestamp>,
}

impl Freeze {
    /// Since when nothing is confirmed down; `None` while servers are judged one by one.
    pub fn since(self) -> Option<Timestamp> {
        self.since
    }

    /// When the last freeze ended.
    pub(super) fn lifted_at(self) -> Option<Timestamp> {
        self.lifted_at
    }

    /// An administrator says that what does not answer is down.
    pub(super) fn lifted(self, now: Timestamp) -> Self {
        if self.since.is_some() { Self { since: None, lifted_at: Some(now) } } else { self }
    }

    /// What follows where the monitor's servers have changed. That one of the silent ones has left it is no answer.
    pub(super) fn without_silent(self, servers: &Servers, now: Timestamp) -> Self {
        if servers.iter().filter(counts).filter_map(since).next().is_none() { self.lifted(now) } else { self }
    }

    /// What follows where one server became suspended or came back: `before` and `after` are all servers.
    pub(super) fn after(self, before: &Servers, after: &Servers, now: Timestamp) -> Self {
        if self.since.is_some() {
            let suspended = |servers: &Servers| servers.iter().filter_map(since).count();
            return if suspended(after) < suspended(before) { self.lifted(now) } else { self };
        }
        let all = after.iter().filter(counts).count();
        let at_once =
            after.iter().filter(counts).filter_map(since).filter(|&since| now.since(since) <= AT_ONCE).count();
        if all >= FEWEST_SERVERS && 2 * at_once >= all { Self { since: Some(now), ..self } } else { self }
    }
}

fn counts(server: &&Arc<FleetServer>) -> bool {
    !server.recording && !server.gone
}

fn since(server: &Arc<FleetServer>) -> Option<Timestamp> {
    server.reachability.suspended_since()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Fleet;
    use std::collections::BTreeMap;

    use crate::server::{AdministratorWord, Failed, Server};
    use crate::source::{MonitorReport, ReportedServer};

    fn fleet(count: usize) -> Fleet {
        let server = |number: usize| {
            let facts = Server::new(format!("bbb{number}"), "https://bbb.example.org", "secret").unwrap();
            Arc::new(FleetServer::new(facts, AdministratorWord::Automatic, Arc::default()))
        };
        Fleet { servers: (1..=count).map(server).collect(), ..Fleet::default() }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn silent(mut fleet: Fleet, number: usize, seconds: u64) -> Fleet {
        for _ in 0..3 {
            let name = format!("bbb{number}").into();
            fleet =
                fleet.with_server(&name, at(seconds), |server| server.failed(Failed::Refused, at(seconds))).unwrap();
        }
        fleet
    }

    fn answers(mut fleet: Fleet, number: usize, seconds: u64) -> Fleet {
        for _ in 0..2 {
            let name = format!("bbb{number}").into();
            fleet = fleet.with_server(&name, at(seconds), FleetServer::answered).unwrap();
        }
        fleet
    }

    #[test]
    fn half_of_four_servers_within_a_minute_freeze_and_the_first_return_lifts() {
        let one = silent(fleet(4), 1, 10);
        assert_eq!(one.freeze().since(), None);
        let two = silent(one, 2, 70);
        assert_eq!(two.freeze().since(), Some(at(70)));
        let down = |fleet: &Fleet, seconds| fleet.is_confirmed_down(&"bbb2".into(), at(seconds));
        assert!(!down(&two, 9_999));
        let back = answers(two, 1, 200);
        assert_eq!(back.freeze().since(), None);
        assert!(!down(&back, 260), "it gets its whole time anew");
        assert!(down(&back, 261));
    }

    #[test]
    fn servers_that_fail_one_after_the_other_are_judged_one_by_one() {
        let slowly = silent(silent(fleet(4), 1, 0), 2, 61);
        assert_eq!(slowly.freeze().since(), None);
        assert!(slowly.is_confirmed_down(&"bbb1".into(), at(61)));
    }

    #[test]
    fn of_three_servers_two_tell_nothing() {
        let both = silent(silent(fleet(3), 1, 0), 2, 0);
        assert_eq!(both.freeze().since(), None);
    }

    #[test]
    fn a_silent_server_that_leaves_the_monitor_is_no_return() {
        let frozen = silent(silent(fleet(4), 1, 0), 2, 0);
        let servers = frozen.servers().iter().filter(|server| server.server.name != "bbb2".into());
        let reported = servers.map(|server| ReportedServer::unwatched(Server::clone(&server.server)));
        let report = MonitorReport::of(reported.collect::<Vec<_>>());
        let next = frozen.with_report(report, &BTreeMap::new(), &Arc::default(), at(30)).unwrap();
        assert_eq!(next.freeze().since(), Some(at(0)));
        assert!(!next.is_confirmed_down(&"bbb1".into(), at(9_999)));
    }

    #[test]
    fn an_administrator_lifts_it() {
        let frozen = silent(silent(fleet(4), 1, 0), 2, 0);
        let lifted = frozen.with_freeze_lifted(at(100));
        assert_eq!(lifted.freeze().since(), None);
        assert!(lifted.is_confirmed_down(&"bbb1".into(), at(161)));
    }
}
