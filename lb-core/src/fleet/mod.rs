//! The [`Fleet`]: the immutable snapshot of all servers, their health and load, that every decision is taken on.
//!
//! A fleet is never changed. What happens (a report of the monitor, a list of meetings, an answer or its absence, a
//! placement) makes a new one that shares all that stayed the same, and [`LiveFleet`] puts it behind one atomic pointer.

mod atlas;
mod freeze;
mod listed;
mod live;
mod member;
mod packed;
mod person;
mod report;
mod rooms;
mod sent;
mod standing;
mod standings;

use std::sync::Arc;

use imbl::Vector;

pub use self::freeze::Freeze;
pub(crate) use self::listed::attendees;
pub use self::listed::{ListedMeeting, MeetingList, Stamp};
pub use self::live::LiveFleet;
pub use self::member::{FleetRules, FleetServer};
pub use self::packed::PackedXml;
pub use self::person::{Attendee, PersonKey};
pub use self::report::ReportRefused;
use self::rooms::Rooms;
pub use self::sent::Sent;
pub(crate) use self::standing::Standing;
pub(crate) use self::standings::{Circle, Standings};

use crate::clock::Timestamp;
use crate::position::Position;
use crate::server::ServerName;

/// Servers by name, each once. Who clones them, or changes one, shares all that stays the same.
pub type Servers = Vector<Arc<FleetServer>>;

/// All servers as they are known at one moment.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    servers: Servers,
    monitor: MonitorNews,
    freeze: Freeze,
    rooms: Rooms,
    // of the servers as they are
    standings: Standings,
}

/// What the last polls of the monitor brought.
#[derive(Clone, Debug, Default)]
pub struct MonitorNews {
    /// When a poll was last good; `None` if none ever was.
    pub good_at: Option<Timestamp>,
    /// Since when polls fail, and why; `None` while they are good.
    pub trouble: Option<(Timestamp, String)>,
}

impl Fleet {
    /// The server called `name`.
    pub fn server(&self, name: &ServerName) -> Option<&Arc<FleetServer>> {
        self.servers.get(self.index_of(name)?)
    }

    /// All servers, by name.
    pub fn servers(&self) -> &Servers {
        &self.servers
    }

    /// What servers are ranked by.
    pub(crate) fn standings(&self) -> &Standings {
        &self.standings
    }

    /// The running breakout rooms that `id` may mean, by their meetingID or their internal id, each with the server that lists
    /// it. It costs what is found, however many servers and rooms there are.
    pub fn rooms_called<'f>(&'f self, id: &'f str) -> impl Iterator<Item = (&'f ServerName, &'f ListedMeeting)> {
        self.rooms
            .called(id)
            .filter_map(|(server, room)| Some((server, self.server(server)?.list.as_ref()?.find(room)?)))
    }

    /// What the last polls of the monitor brought.
    pub fn monitor(&self) -> &MonitorNews {
        &self.monitor
    }

    /// Whether servers that do not answer are believed to be down.
    pub fn freeze(&self) -> Freeze {
        self.freeze
    }

    /// Whether a server is surely down: suspended, and for longer than [`HealthRules::down_after`] either refusing
    /// connections or down in the monitor, unless so many fell silent at once that the trouble is [our own](Freeze). An
    /// administrator's word needs none of that.
    ///
    /// Its meetings may be placed afresh. One that the fleet does not have, though the monitor has been heard, cannot be
    /// asked either.
    ///
    /// [`HealthRules::down_after`]: crate::server::HealthRules::down_after
    pub fn is_confirmed_down(&self, name: &ServerName, now: Timestamp) -> bool {
        let Some(server) = self.server(name) else { return self.monitor.good_at.is_some() };
        let Some(suspended) = server.reachability.suspended_since() else { return false };
        if server.released {
            return true;
        }
        let evidence = [server.reachability.refusing_since(), server.host_down_since].into_iter().flatten().min();
        let judged_since = self.freeze.lifted_at().unwrap_or_default().max(suspended);
        self.freeze.since().is_none()
            && evidence.is_some_and(|since| now.since(since.max(judged_since)) > server.rules.health.down_after)
    }

    /// The fleet after `change` of one server; `None` if it has no such server.
    #[must_use]
    pub fn with_server(
        &self,
        name: &ServerName,
        now: Timestamp,
        change: impl FnOnce(&mut FleetServer),
    ) -> Option<Fleet> {
        let index = self.index_of(name)?;
        let before = self.servers.get(index)?;
        let mut server = FleetServer::clone(before);
        change(&mut server);
        server.judge();
        let turned = before.is_suspended() != server.is_suspended();
        let mut fleet = self.clone();
        fleet.rooms.change(name, before.list.as_deref(), server.list.as_deref());
        fleet.servers.set(index, Arc::new(server));
        fleet.restand(index, before.server.position);
        if turned {
            fleet.freeze = self.freeze.after(&self.servers, &fleet.servers, now);
        }
        Some(fleet)
    }

    /// Changes one server in place: what [`with_server`](Self::with_server) does without copying anything, for whoever has the
    /// fleet to itself and lists no breakout rooms.
    pub(crate) fn change_server(&mut self, index: usize, now: Timestamp, change: impl FnOnce(&mut FleetServer)) {
        let Some(server) = self.servers.get_mut(index).map(Arc::make_mut) else { return };
        let (reachability, position) = (server.reachability, server.server.position);
        change(server);
        server.judge();
        if reachability.suspended_since().is_some() != server.is_suspended() {
            let mut before = self.servers.clone();
            if let Some(server) = before.get_mut(index).map(Arc::make_mut) {
                server.reachability = reachability;
            }
            self.freeze = self.freeze.after(&before, &self.servers, now);
        }
        self.restand(index, position);
    }

    /// Takes over what a server is ranked by now that it has changed; before, it was at `position`.
    fn restand(&mut self, index: usize, position: Option<Position>) {
        match self.servers.get(index) {
            Some(server) if server.server.position == position => self.standings.change(index, server),
            _ => self.standings = Standings::of(&self.servers),
        }
    }

    /// The fleet after an administrator said that what does not answer is down.
    #[must_use]
    pub fn with_freeze_lifted(&self, now: Timestamp) -> Fleet {
        Fleet { freeze: self.freeze.lifted(now), ..self.clone() }
    }

    /// The fleet without one server.
    #[must_use]
    pub fn without(&self, name: &ServerName) -> Fleet {
        let mut fleet = self.clone();
        fleet.rooms.change(name, self.server(name).and_then(|server| server.list.as_deref()), None);
        fleet.servers.retain(|server| server.server.name != *name);
        fleet.standings = self.standings.after(&self.servers, &fleet.servers);
        fleet
    }

    /// The fleet after a poll of the monitor that failed: the servers stay, the trouble is noted.
    #[must_use]
    pub fn with_monitor_trouble(&self, problem: String, now: Timestamp) -> Fleet {
        let since = self.monitor.trouble.as_ref().map_or(now, |(since, _)| *since);
        let monitor = MonitorNews { trouble: Some((since, problem)), ..self.monitor.clone() };
        Fleet { monitor, ..self.clone() }
    }

    pub(crate) fn index_of(&self, name: &ServerName) -> Option<usize> {
        self.servers.binary_search_by(|server| server.server.name.cmp(name)).ok()
    }
}
