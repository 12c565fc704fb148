//! [`KnownServer`]: what a policy may know of a server, as a test writes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::NOW;
use crate::fleet::{Fleet, FleetServer, ListedMeeting, MeetingList, PackedXml};
use crate::meeting::MeetingKey;
use crate::position::Position;
use crate::server::{HostStatus, Load, Server, ServerName};
use crate::source::{MonitorReport, ReportedServer};

/// What is known of one server, whether it can be or not: a monitor may report anything.
#[derive(Clone, Debug, Default)]
pub struct KnownServer {
    /// Where it stands.
    pub position: Option<Position>,
    /// CPU as the monitor reports it just now, per cent.
    pub cpu: Option<f64>,
    /// Memory as the monitor reports it, per cent.
    pub memory: Option<f64>,
    /// Users as the monitor counts them.
    pub users: Option<u32>,
    /// Meetings as the monitor counts them.
    pub meetings: Option<u32>,
    /// The most users it is to be given.
    pub capacity: Option<u32>,
    /// How much it is to be given.
    pub weight: Option<f64>,
    /// What it lists itself, just now; absent: it never answered.
    pub listed: Option<Vec<KnownMeeting>>,
    /// Meetings placed on it since the list.
    pub creates: u32,
    /// Users sent to it since the list.
    pub joins: u32,
}

/// A meeting that a server lists.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownMeeting {
    /// Users in it.
    pub users: u32,
    /// Moderators among them.
    pub moderators: u32,
    /// Users with audio.
    pub audio: u32,
    /// Users with video.
    pub video: u32,
    /// How long it has been running, minutes.
    pub minutes: u32,
    /// What its website said of its size.
    pub size_hint: Option<u32>,
}

/// By how much the load of one server rises.
#[derive(Clone, Copy, Debug)]
pub enum More {
    /// Per cent of CPU, on one whose CPU is known.
    Cpu(f64),
    /// Users, in a meeting if it lists any.
    Users(u32),
    /// Meetings with nobody in them.
    Meetings(u32),
}

impl KnownServer {
    /// The same with more load.
    #[must_use]
    pub fn with(&self, more: More) -> Self {
        let mut server = self.clone();
        match more {
            More::Cpu(per_cent) => server.cpu = self.cpu.map(|cpu| cpu + per_cent),
            More::Users(users) => {
                server.users = Some(self.users.unwrap_or(0).saturating_add(users));
                if let Some(meeting) = server.listed.as_mut().and_then(|listed| listed.first_mut()) {
                    meeting.users = meeting.users.saturating_add(users);
                }
            }
            More::Meetings(meetings) => {
                server.meetings = Some(self.meetings.unwrap_or(0).saturating_add(meetings));
                if let Some(listed) = &mut server.listed {
                    listed.extend((0..meetings).map(|_| KnownMeeting::default()));
                }
            }
        }
        server
    }

    fn reported(&self, name: ServerName) -> Option<ReportedServer> {
        let mut server = Server::new(name, "https://bbb.example.org", "secret").ok()?;
        (server.position, server.capacity, server.weight) = (self.position, self.capacity, self.weight);
        let load = Load {
            cpu: self.cpu,
            cpu_at: NOW,
            memory: self.memory,
            users: self.users,
            meetings: self.meetings,
            ..Load::default()
        };
        Some(ReportedServer { host: HostStatus::Up, load, ..ReportedServer::unwatched(server) })
    }

    fn play(&self, server: &mut FleetServer) {
        if let Some(listed) = &self.listed {
            let meetings = listed.iter().enumerate().map(|(number, meeting)| meeting.listed(number)).collect();
            server.take_list(Arc::new(MeetingList::new(NOW, meetings)), |_| None, "testkit", NOW);
        }
        for number in 0..self.creates {
            server.place(MeetingKey::new("website", format!("new-{number}").as_str()), None, NOW);
        }
        (0..self.joins).for_each(|_| server.count_join());
    }
}

impl KnownMeeting {
    fn listed(&self, number: usize) -> ListedMeeting {
        ListedMeeting {
            internal_id: format!("i{number}").as_str().into(),
            meeting_id: format!("m{number}").as_str().into(),
            create_time: NOW.before(Duration::from_secs(u64::from(self.minutes) * 60)).as_millis(),
            users: self.users,
            moderators: self.moderators,
            audio: self.audio,
            video: self.video,
            size_hint: self.size_hint,
            ended: false,
            breakout: false,
            parent: None,
            voice_bridge: None,
            stamp: None,
            people: Box::default(),
            xml: PackedXml::new(""),
        }
    }
}

/// The fleet of `servers`, under these names.
pub fn fleet_of<'a>(servers: impl IntoIterator<Item = (ServerName, &'a KnownServer)>) -> Fleet {
    let servers: Vec<_> = servers.into_iter().collect();
    let reported = servers.iter().filter_map(|(name, known)| known.reported(name.clone()));
    let report = MonitorReport::of(reported.collect::<Vec<_>>());
    let fleet = Fleet::default().with_report(report, &BTreeMap::new(), &Arc::default(), NOW).unwrap_or_default();
    servers.iter().fold(fleet, |fleet, (name, known)| {
        let next = fleet.with_server(name, NOW, |server| known.play(server));
        next.unwrap_or(fleet)
    })
}
