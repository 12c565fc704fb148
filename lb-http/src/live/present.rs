//! [`Present`]: all that a dashboard shows at one moment, and when each part of it changed last.

use std::sync::Arc;

use lb_core::balancer::Balancer;
use lb_core::course::{Course, Sample};
use lb_core::fleet::Fleet;
use lb_core::server::ServerState;
use lb_core::{ServerName, Timestamp};

use super::alarm::ShownAlarm;
use super::feed::{Feed, FeedItem};
use super::server::ShownServer;

/// The picture of one moment. What it took over from the one before it shares with it.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// Counted up with each picture that this process makes.
    pub(crate) seq: u64,
    /// When it was made.
    pub(crate) at: Timestamp,
    pub(crate) totals: Totals,
    /// Every server, by name.
    pub(super) rows: Vec<Arc<Row>>,
    /// What an operator should look at.
    pub(super) alarms: Vec<ShownAlarm>,
    /// What happened last, newest first.
    pub(super) feed: Vec<Arc<FeedItem>>,
    /// How the load went.
    pub(crate) course: Arc<Course>,
    pub(super) changed: ChangedAt,
}

/// The network as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Totals {
    /// All servers.
    pub(crate) servers: usize,
    /// How many of them are in each state, in the order of [`ServerState::ALL`].
    pub(crate) by_state: [usize; ServerState::ALL.len()],
    /// Meetings and users as far as servers told: those of servers that are silent are not among them.
    pub(crate) now: Sample,
    /// Meetings that were placed and that no list has shown yet.
    pub(crate) pending: u32,
    /// Calls to servers that are under way.
    pub(crate) under_way: u32,
    /// Whether a monitor is asked.
    pub(crate) monitored: bool,
    /// When it, or the network's own list of servers, was last good, to ten seconds.
    pub(crate) monitor_good_at: Option<Timestamp>,
    /// When the network was sampled last for its course.
    pub(crate) sampled_at: Option<Timestamp>,
}

/// One server, and when it changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) server: ShownServer,
    /// The number of the picture in which it last changed at all.
    pub(super) changed: u64,
    /// The same of its state.
    pub(super) turned: u64,
}

/// The number of the picture in which each part last changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ChangedAt {
    pub(super) totals: u64,
    pub(super) alarms: u64,
    pub(super) feed: u64,
    /// Which server is in which state.
    pub(super) map: u64,
    /// Which servers there are.
    pub(super) table: u64,
}

/// Parts of the picture, without the rows of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) totals: bool,
    pub(crate) alarms: bool,
    pub(crate) feed: bool,
    /// Which server is in which state.
    pub(crate) map: bool,
    /// Which servers there are.
    pub(crate) table: bool,
}

impl Parts {
    /// Whether there is none.
    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// These and those.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            totals: self.totals || other.totals,
            alarms: self.alarms || other.alarms,
            feed: self.feed || other.feed,
            map: self.map || other.map,
            table: self.table || other.table,
        }
    }
}

impl Present {
    /// The picture of now, after the one `before`.
    pub(super) fn of(
        balancer: &Balancer,
        feed: &Feed,
        certificate_until: Option<Timestamp>,
        monitored: bool,
        before: Option<&Self>,
    ) -> Self {
        let (now, fleet, course) = (balancer.now(), balancer.fleet(), balancer.course());
        let seq = before.map_or(1, |before| before.seq + 1);
        let sampled_at = course.last_step();
        let servers = fleet.servers().iter().map(|server| ShownServer::of(server, balancer, sampled_at, now));
        let rows: Vec<_> =
            servers.map(|server| row(server, before.map(|before| &*before.rows).unwrap_or_default(), seq)).collect();
        let mut alarms: Vec<_> = balancer.alarms().into_iter().map(ShownAlarm::Network).collect();
        alarms.extend(certificate_until.and_then(|until| ShownAlarm::of_certificate(until, now)));
        alarms.extend(feed.limits_hit(now));
        let totals = Totals::of(&fleet, &rows, &course, monitored, now);
        let mut present =
            Self { seq, at: now, totals, rows, alarms, feed: feed.shown(), course, changed: ChangedAt::default() };
        present.changed = present.changed_since(before);
        present
    }

    fn changed_since(&self, before: Option<&Self>) -> ChangedAt {
        let Some(before) = before else {
            return ChangedAt { totals: self.seq, alarms: self.seq, feed: self.seq, map: self.seq, table: self.seq };
        };
        let at = |same: bool, earlier: u64| if same { earlier } else { self.seq };
        let turned = self.rows.iter().any(|row| row.turned == self.seq) || self.rows.len() != before.rows.len();
        let names = |present: &Self| present.rows.iter().map(|row| row.server.name.clone()).collect::<Vec<_>>();
        ChangedAt {
            totals: at(self.totals == before.totals, before.changed.totals),
            alarms: at(self.alarms == before.alarms, before.changed.alarms),
            feed: at(self.feed == before.feed, before.changed.feed),
            map: at(!turned, before.changed.map),
            table: at(names(self) == names(before), before.changed.table),
        }
    }

    /// The parts that changed after the picture `seq`.
    pub(super) fn parts_since(&self, seq: u64) -> Parts {
        let ChangedAt { totals, alarms, feed, map, table } = self.changed;
        Parts { totals: totals > seq, alarms: alarms > seq, feed: feed > seq, map: map > seq, table: table > seq }
    }

    /// Every server, by name.
    pub(crate) fn servers(&self) -> impl ExactSizeIterator<Item = &ShownServer> {
        self.rows.iter().map(|row| &row.server)
    }

    /// The server called `name`.
    pub(crate) fn server(&self, name: &ServerName) -> Option<&ShownServer> {
        self.row(name).map(|row| &row.server)
    }

    pub(super) fn row(&self, name: &ServerName) -> Option<&Arc<Row>> {
        let place = self.rows.binary_search_by(|row| row.server.name.cmp(name)).ok()?;
        self.rows.get(place)
    }
}

/// The row of `server`: the one of before, where that is the same.
fn row(server: ShownServer, before: &[Arc<Row>], seq: u64) -> Arc<Row> {
    let earlier =
        before.binary_search_by(|row| row.server.name.cmp(&server.name)).ok().and_then(|place| before.get(place));
    match earlier {
        Some(earlier) if earlier.server == server => Arc::clone(earlier),
        Some(earlier) if earlier.server.state == server.state && earlier.server.reasons == server.reasons => {
            Arc::new(Row { server, changed: seq, turned: earlier.turned })
        }
        _ => Arc::new(Row { server, changed: seq, turned: seq }),
    }
}

impl Totals {
    fn of(fleet: &Fleet, rows: &[Arc<Row>], course: &Course, monitored: bool, now: Timestamp) -> Self {
        let count = |state| rows.iter().filter(|row| row.server.state == state).count();
        let sum = |of: fn(&ShownServer) -> u32| rows.iter().fold(0_u32, |sum, row| sum.saturating_add(of(&row.server)));
        let whole = Sample::of_all(fleet, now);
        Self {
            servers: rows.len(),
            by_state: ServerState::ALL.map(count),
            now: Sample { cpu: whole.cpu.map(f64::round), memory: whole.memory.map(f64::round), ..whole },
            pending: sum(|server| server.pending),
            under_way: sum(|server| server.answers.under_way),
            monitored,
            monitor_good_at: fleet.monitor().good_at.map(|at| Timestamp::from_millis(at.as_millis() / 10_000 * 10_000)),
            sampled_at: course.last_total(),
        }
    }

    /// How many servers are in that state.
    pub(crate) fn in_state(&self, state: ServerState) -> usize {
        ServerState::ALL.iter().zip(self.by_state).find(|(known, _)| **known == state).map_or(0, |(_, count)| count)
    }

    /// How many servers take new meetings.
    pub(crate) fn serving(&self) -> usize {
        ServerState::ALL
            .iter()
            .zip(self.by_state)
            .filter(|(state, _)| state.takes_new_meetings())
            .map(|(_, count)| count)
            .sum()
    }
}
