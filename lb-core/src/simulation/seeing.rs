//! What the balancer sees: polls of each server in turn, and the fleet that they are taken over into.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::play::Play;
use super::server::{Place, TrueMeeting, TrueServer};
use super::timeline::Crowd;
use super::{Player, Scenario, SimulatedMeeting, SimulatedServer, SimulationError};
use crate::clock::Timestamp;
use crate::fleet::{Fleet, FleetServer, ListedMeeting, PackedXml, Stamp};
use crate::meeting::MeetingKey;
use crate::server::{Failed, HostStatus, Load, Server};
use crate::source::{MonitorReport, ReportedServer};

/// Whose stamp the meetings bear: no meeting is made past the balancer.
const GUID: &str = "simulation";

/// Polls that go round all servers, each at its own time within the period.
#[derive(Debug)]
pub(super) struct Rounds {
    period: u64,
    servers: u64,
    round: u64,
    server: u64,
}

impl Rounds {
    pub(super) fn of(servers: usize, period: Duration) -> Self {
        Self { period: period.as_millis() as u64, servers: servers as u64, round: 0, server: 0 }
    }

    /// When the next one is.
    pub(super) fn next(&self) -> u64 {
        self.round * self.period + self.server * self.period / self.servers
    }

    /// Whose turn it is; the next is another's.
    pub(super) fn take(&mut self) -> usize {
        let server = self.server;
        self.server += 1;
        if self.server == self.servers {
            (self.round, self.server) = (self.round + 1, 0);
        }
        server as usize
    }
}

/// The fleet before the first poll: all servers answer and are idle.
pub(super) fn first_sight(scenario: &Scenario, player: &Player) -> Result<Fleet, SimulationError> {
    let now = scenario.begins;
    let reported = |server: &SimulatedServer| {
        let mut facts = Server::new(server.name.clone(), "https://bbb.example.org", "secret").ok()?;
        (facts.position, facts.capacity, facts.tags) = (server.position, server.capacity, server.tags.clone());
        facts.weight = Some(server.strength);
        let mut load = load(&TrueServer::new(server, &scenario.costs), None);
        load.cpu_at = now;
        Some(ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(facts) })
    };
    let report = MonitorReport::of(scenario.servers.iter().filter_map(reported).collect::<Vec<_>>());
    Fleet::default()
        .with_report(report, &BTreeMap::new(), &player.rules, now)
        .map_err(|refused| SimulationError::Scenario { scenario: scenario.name.clone(), problem: refused.to_string() })
}

/// What a monitor finds, where the CPU's mean is `cpu`.
fn load(server: &TrueServer, cpu: Option<f64>) -> Load {
    Load {
        cpu: Some(cpu.unwrap_or_else(|| server.utilisation().min(100.0))),
        memory: Some(server.memory()),
        meetings: Some(server.meetings),
        users: Some(server.users),
        ..Load::default()
    }
}

impl Play<'_> {
    /// A server is asked for its meetings.
    pub(super) fn list(&mut self, server: usize) -> Result<(), SimulationError> {
        let (now, index) = (self.clock(), self.in_fleet[server]);
        let is_lost = self.luck.f64() < self.player.sight.loss;
        if self.servers[server].is_dead() {
            self.fleet.change_server(index, now, |server| server.failed(Failed::Refused, now));
            let is_known = || self.fleet.is_confirmed_down(&self.scenario.servers[server].name, now);
            if !self.servers[server].lost.is_empty() && is_known() {
                self.place_lost(server)?;
            }
        } else if is_lost {
            self.fleet.change_server(index, now, |server| server.failed(Failed::Unanswered, now));
        } else {
            self.take_list(server, now);
            let seen = &mut self.servers[server];
            seen.lists = seen.lists.saturating_add(1);
            // it is back without them: two lists in a row say so
            if seen.lists >= 2 && !seen.lost.is_empty() {
                self.place_lost(server)?;
            }
        }
        Ok(())
    }

    fn take_list(&mut self, number: usize, now: Timestamp) {
        let Self { scenario, fleet, servers, meetings, held, .. } = self;
        let server = &mut servers[number];
        let changed = std::mem::take(&mut server.changed);
        let forgot = std::mem::take(&mut server.forgot);
        fleet.change_server(self.in_fleet[number], now, |server: &mut FleetServer| {
            let mut list = server.list.take().map(Arc::unwrap_or_clone).unwrap_or_default();
            if forgot || !changed.is_empty() {
                list = list.again(now, |listed| {
                    if forgot {
                        listed.clear();
                    }
                    for &which in &changed {
                        let which = which as usize;
                        bring_up_to_date(
                            listed,
                            &mut meetings[which],
                            &scenario.meetings[which],
                            number,
                            scenario.begins,
                        );
                    }
                });
            }
            list.asked_at = now;
            let list = Arc::new(list);
            let users_in = |key: &MeetingKey| {
                let meeting = &meetings[*held.get(key)? as usize];
                let id = meeting.internal_id.as_ref().filter(|_| meeting.place == Place::On(number))?;
                list.find(id).map(|listed| listed.users)
            };
            server.answered();
            server.take_list(Arc::clone(&list), users_in, GUID, now);
        });
    }

    /// The monitor reports a server.
    pub(super) fn report(&mut self, number: usize) {
        let now = self.clock();
        if self.luck.f64() < self.player.sight.loss {
            return;
        }
        let server = &mut self.servers[number];
        server.settle(self.now, &mut self.tally);
        let load = (!server.is_dead()).then(|| {
            let cpu = server.take_report();
            Load { cpu_at: now, ..load(server, cpu) }
        });
        self.fleet.change_server(self.in_fleet[number], now, |server| match load {
            Some(load) => {
                (server.host, server.host_down_since) = (HostStatus::Up, None);
                server.take_load(load);
            }
            None => {
                server.host = HostStatus::Down;
                server.host_down_since.get_or_insert(now);
            }
        });
    }
}

/// Makes the list of the server `on` show `meeting` as it is now.
fn bring_up_to_date(
    listed: &mut Vec<ListedMeeting>,
    meeting: &mut TrueMeeting,
    simulated: &SimulatedMeeting,
    on: usize,
    begins: Timestamp,
) {
    meeting.changed = false;
    let Some(id) = meeting.internal_id.clone() else { return };
    let place = listed.binary_search_by(|listed| listed.internal_id.cmp(&id));
    if meeting.place != Place::On(on) {
        if let Ok(place) = place {
            listed.remove(place);
        }
        return;
    }
    meeting.most_seen = meeting.most_seen.max(meeting.crowd.users);
    let Crowd { users, moderators, voices: audio, cameras: video } = meeting.crowd;
    match place {
        Ok(place) => {
            let known = &mut listed[place];
            (known.users, known.moderators, known.audio, known.video) = (users, moderators, audio, video);
        }
        Err(place) => {
            let create_time = (begins + Duration::from_millis(meeting.since)).as_millis();
            let key = &simulated.key;
            let institution = key.integration.as_str().to_owned();
            let new = ListedMeeting {
                internal_id: id,
                meeting_id: key.meeting_id.clone(),
                create_time,
                users,
                moderators,
                audio,
                video,
                size_hint: simulated.hints.size,
                ended: false,
                breakout: false,
                parent: None,
                voice_bridge: None,
                stamp: Some(Stamp { guid: GUID.to_owned(), institution }),
                people: Box::default(),
                xml: PackedXml::new(""),
            };
            listed.insert(place, new);
        }
    }
}
