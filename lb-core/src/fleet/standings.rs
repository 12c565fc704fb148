//! [`Standings`]: what ranking reads of all servers, beside them, so that it walks through memory and not after pointers.

use std::sync::Arc;

use imbl::Vector;

use super::atlas::{Atlas, Overlap};
use super::standing::Standing;
use super::{FleetServer, Servers};
use crate::position::{UnitVector, chord_of_km};

/// The [`Standing`] of each server, cell by cell of the [`Atlas`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Standings {
    // stays while nobody moves, comes or goes
    atlas: Arc<Atlas>,
    // one for each cell, one for each member: a change of one server copies one cell
    cells: Vector<Arc<[Standing]>>,
}

/// All servers at so many kilometres from a place, or nearer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circle {
    pub(super) centre: UnitVector,
    pub(super) chord_squared: f64,
}

impl Circle {
    /// The circle around `centre`, which is in it however few the kilometres.
    pub(crate) fn new(centre: UnitVector, km: f64) -> Self {
        let chord = chord_of_km(km);
        Self { centre, chord_squared: chord * chord }
    }

    /// The same, but if need be so large that `place` is in it.
    #[must_use]
    pub(crate) fn reaching(self, place: UnitVector) -> Self {
        Self { chord_squared: self.chord_squared.max(self.centre.chord_squared(place)), ..self }
    }
}

impl Standings {
    /// Of these servers, all of the fleet, in its order.
    pub(super) fn of(servers: &Servers) -> Self {
        let positions = servers.iter().map(|server| server.server.position);
        Self::on(Arc::new(Atlas::of(positions)), servers)
    }

    /// Of these servers, after it was of those `before`.
    pub(super) fn after(&self, before: &Servers, servers: &Servers) -> Self {
        let position = |server: &Arc<FleetServer>| server.server.position;
        let nobody_moved = before.iter().map(position).eq(servers.iter().map(position));
        if nobody_moved { Self::on(Arc::clone(&self.atlas), servers) } else { Self::of(servers) }
    }

    fn on(atlas: Arc<Atlas>, servers: &Servers) -> Self {
        let standing = |member: &u32| servers.get(*member as usize).map(|server| Standing::of(server));
        let cells = atlas.cells.iter().map(|cell| cell.members.iter().filter_map(standing).collect()).collect();
        Self { atlas, cells }
    }

    /// One server has changed, but not its place.
    pub(super) fn change(&mut self, index: usize, server: &FleetServer) {
        let Some((cell, at)) = self.atlas.slot(index) else { return };
        if let Some(standing) = self.cells.get_mut(cell).and_then(|cell| Arc::make_mut(cell).get_mut(at)) {
            *standing = Standing::of(server);
        }
    }

    /// The server nearest to `from` among those that have a position and are `eligible`, which is asked only of those that
    /// would be it. Of equally near ones the first.
    pub(crate) fn nearest(&self, from: UnitVector, eligible: impl FnMut(usize) -> bool) -> Option<usize> {
        self.atlas.nearest(from, eligible)
    }

    /// Shows `visit` all servers, or those in a circle, by their place in the fleet, in no order.
    pub(crate) fn visit(&self, circle: Option<Circle>, mut visit: impl FnMut(usize, &Standing)) {
        for (cell, standings) in self.atlas.cells.iter().zip(&self.cells) {
            let overlap = circle.map_or(Overlap::Inside, |circle| cell.overlap(circle));
            if overlap == Overlap::Apart {
                continue;
            }
            for (at, (&member, standing)) in cell.members.iter().zip(standings.iter()).enumerate() {
                let within = |circle: Circle| cell.is_within(at, circle);
                if overlap == Overlap::Inside || circle.is_none_or(within) {
                    visit(member as usize, standing);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::Timestamp;
    use crate::fleet::{Fleet, FleetRules};
    use crate::meeting::MeetingKey;
    use crate::position::Position;
    use crate::server::{ExpectedLoadRule, HostStatus, Load, Server, ServerName};
    use crate::source::{MonitorReport, ReportedServer};

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    /// What happens to a fleet.
    #[derive(Clone, Debug)]
    enum Change {
        Reported(Vec<(Option<Position>, Option<f64>)>),
        Placed(prop::sample::Index),
        Measured(prop::sample::Index, Load),
        Moved(prop::sample::Index, Option<Position>),
        Removed(prop::sample::Index),
        Judged(f64),
    }

    fn position() -> impl Strategy<Value = Option<Position>> {
        let number = prop_oneof![9 => -90.0..90.0, 1 => Just(f64::NAN)];
        prop::option::weighted(
            0.8,
            (number, -180.0..180.0).prop_map(|(latitude, longitude)| Position { latitude, longitude }),
        )
    }

    fn change() -> impl Strategy<Value = Change> {
        let cpu = || prop::option::of(prop_oneof![4 => 0.0..100.0, 1 => Just(f64::NAN)]);
        let age = prop_oneof![Just(0), Just(60_000), Just(60_001), 0_u64..100_000];
        let load = (cpu(), age, 0_u32..9, 0_u32..9).prop_map(|(cpu, age, users, meetings)| Load {
            cpu,
            cpu_at: NOW.before(Duration::from_millis(age)),
            users: Some(users),
            meetings: Some(meetings),
            ..Load::default()
        });
        prop_oneof![
            1 => prop::collection::vec((position(), cpu()), 1..200).prop_map(Change::Reported),
            8 => any::<prop::sample::Index>().prop_map(Change::Placed),
            4 => (any::<prop::sample::Index>(), load).prop_map(|(index, load)| Change::Measured(index, load)),
            2 => (any::<prop::sample::Index>(), position()).prop_map(|(index, position)| Change::Moved(index, position)),
            1 => any::<prop::sample::Index>().prop_map(Change::Removed),
            1 => (0.0..2.0).prop_map(Change::Judged),
        ]
    }

    fn after(fleet: &Fleet, change: Change, rules: &Arc<FleetRules>) -> Option<Fleet> {
        let name = |index: prop::sample::Index| -> Option<ServerName> {
            let count = fleet.servers().len();
            (count > 0).then(|| fleet.servers()[index.index(count)].server.name.clone())
        };
        match change {
            Change::Reported(servers) => {
                let reported = servers.into_iter().enumerate().map(|(number, (position, cpu))| {
                    let mut server = Server::new(format!("s{number}"), "https://bbb.example.org", "secret").unwrap();
                    server.position = position;
                    let load = Load { cpu, cpu_at: NOW, ..Load::default() };
                    ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) }
                });
                let report = MonitorReport::of(reported.collect::<Vec<_>>());
                fleet.with_report(report, &Default::default(), rules, NOW).ok()
            }
            Change::Placed(index) => {
                let key = MeetingKey::new("moodle", "room");
                fleet.with_server(&name(index)?, NOW, |server| server.place(key, None, NOW))
            }
            Change::Measured(index, load) => fleet.with_server(&name(index)?, NOW, |server| server.measured = load),
            Change::Moved(index, position) => {
                fleet.with_server(&name(index)?, NOW, |server| Arc::make_mut(&mut server.server).position = position)
            }
            Change::Removed(index) => Some(fleet.without(&name(index)?)),
            Change::Judged(cpu_per_user) => {
                let expected = ExpectedLoadRule { cpu_per_user, ..ExpectedLoadRule::default() };
                Some(fleet.judged_by(&Arc::new(FleetRules { expected, ..FleetRules::clone(rules) })))
            }
        }
    }

    /// A number's bits, or nothing where it is none.
    fn bits(number: f64) -> Option<u64> {
        (!number.is_nan()).then(|| number.to_bits())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn whatever_happens_they_answer_as_the_servers_do(
            changes in prop::collection::vec(change(), 1..30),
            from in (-90.0..90.0, -180.0..180.0),
            (km, seconds, divisor) in (0.0..20_000.0, 0_u64..120, 1_usize..4),
        ) {
            let (rules, now) = (Arc::default(), NOW + Duration::from_secs(seconds));
            let from = UnitVector::of(Position { latitude: from.0, longitude: from.1 }).unwrap();
            let mut fleet = after(&Fleet::default(), Change::Reported(vec![(None, None); 70]), &rules).unwrap();
            for change in changes {
                fleet = after(&fleet, change, &rules).unwrap_or(fleet);
                let servers = fleet.servers();
                let mut seen = vec![0; servers.len()];
                fleet.standings().visit(None, |index, standing| {
                    let server = &servers[index];
                    seen[index] += 1;
                    assert_eq!(bits(standing.expected_cpu(now)), server.expected_cpu(now).map(f64::to_bits));
                    assert_eq!(standing.expected_users(now).to_bits(), server.expected_users(now).to_bits());
                    assert_eq!(standing.expected_meetings(), server.expected_meetings());
                });
                prop_assert!(seen.iter().all(|times| *times == 1), "each once: {:?}", seen);
                let place = |index: usize| UnitVector::of(servers[index].server.position?);
                let way = |index: usize| Some((from.chord_squared(place(index)?), index));
                let eligible = |index: usize| index.is_multiple_of(divisor);
                let nearest = (0..servers.len()).filter(|index| eligible(*index)).filter_map(way).min_by(|a, b| a.partial_cmp(b).unwrap());
                prop_assert_eq!(fleet.standings().nearest(from, eligible), nearest.map(|(_, index)| index));
                let circle = Circle::new(from, km);
                let mut within = Vec::new();
                fleet.standings().visit(Some(circle), |index, _| within.push(index));
                within.sort_unstable();
                let expected: Vec<_> = (0..servers.len())
                    .filter(|index| way(*index).is_some_and(|(way, _)| way <= circle.chord_squared))
                    .collect();
                prop_assert_eq!(within, expected);
            }
        }
    }
}
