//! A few servers whose lists, placements and figures a test writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::fleet::{Fleet, ListedMeeting, MeetingList, PackedXml};
use crate::meeting::MeetingKey;
use crate::placement::fixture::NOW;
use crate::placement::{MeetingHints, Placed, PlacementPolicy, PlacementRequest};
use crate::server::{HostStatus, Server};
use crate::source::{MonitorReport, ReportedServer};

/// A meeting in a list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Listed {
    pub(super) users: u32,
    pub(super) moderators: u32,
    pub(super) audio: u32,
    pub(super) video: u32,
    pub(super) size_hint: Option<u32>,
    pub(super) minutes_old: u64,
}

/// The servers, at a moment that only a test moves.
#[derive(Debug)]
pub(super) struct Site {
    names: Vec<&'static str>,
    fleet: Fleet,
    now: Timestamp,
    meeting: String,
    hints: MeetingHints,
}

impl Site {
    pub(super) fn new(names: &[&'static str]) -> Self {
        let reported = names.iter().map(|name| ReportedServer {
            host: HostStatus::Up,
            ..ReportedServer::unwatched(Server::new(*name, "https://bbb.example.org", "secret").unwrap())
        });
        let report = MonitorReport::of(reported.collect::<Vec<_>>());
        let fleet = Fleet::default().with_report(report, &BTreeMap::new(), &Arc::default(), NOW).unwrap();
        let hints = MeetingHints::default();
        Self { names: names.into(), fleet, now: NOW, meeting: "room".to_owned(), hints }
    }

    pub(super) fn pass(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now + Duration::from_secs(seconds);
        self
    }

    /// The meeting that is asked for from now on.
    pub(super) fn meeting(&mut self, id: &str) -> &mut Self {
        id.clone_into(&mut self.meeting);
        self
    }

    /// Creates hint at this size from now on.
    pub(super) fn hinting(&mut self, size: u32) -> &mut Self {
        self.hints.size = Some(size);
        self
    }

    pub(super) fn list(&mut self, name: &str, meetings: &[Listed]) -> &mut Self {
        let now = self.now;
        let meetings = meetings.iter().enumerate().map(|(number, listed)| ListedMeeting {
            internal_id: format!("i{number}").as_str().into(),
            meeting_id: format!("m{number}").as_str().into(),
            create_time: now.before(Duration::from_secs(listed.minutes_old * 60)).as_millis(),
            users: listed.users,
            moderators: listed.moderators,
            audio: listed.audio,
            video: listed.video,
            size_hint: listed.size_hint,
            ended: false,
            breakout: false,
            parent: None,
            voice_bridge: None,
            stamp: None,
            people: Box::default(),
            xml: PackedXml::new(""),
        });
        let list = Arc::new(MeetingList::new(now, meetings.collect()));
        self.change(name, |server| server.take_list(list, |_| None, "g", now))
    }

    pub(super) fn weigh(&mut self, name: &str, weight: f64) -> &mut Self {
        self.change(name, |server| Arc::make_mut(&mut server.server).weight = Some(weight))
    }

    pub(super) fn cpu(&mut self, name: &str, per_cent: f64) -> &mut Self {
        let now = self.now;
        self.change(name, |server| (server.measured.cpu, server.measured.cpu_at) = (Some(per_cent), now))
    }

    pub(super) fn memory(&mut self, name: &str, per_cent: f64) -> &mut Self {
        self.change(name, |server| server.measured.memory = Some(per_cent))
    }

    pub(super) fn place(&mut self, policy: &dyn PlacementPolicy, name: &str, id: &str) -> &mut Self {
        let (key, now) = (MeetingKey::new("moodle", id), self.now);
        policy.placed(&Placed { server: &name.into(), meeting: &key, hints: self.hints, now });
        self.change(name, |server| server.place(key, None, now))
    }

    pub(super) fn join(&mut self, name: &str) -> &mut Self {
        self.fleet.server(&name.into()).unwrap().count_join();
        self
    }

    pub(super) fn observed_by(&mut self, policy: &dyn PlacementPolicy) -> &mut Self {
        policy.learner().unwrap().observe(&self.fleet, self.now);
        self
    }

    /// The names in the order in which the policy ranks them.
    pub(super) fn order(&self, policy: &dyn PlacementPolicy) -> Vec<&'static str> {
        self.ranked(policy).into_iter().map(|(name, _)| name).collect()
    }

    fn ranked(&self, policy: &dyn PlacementPolicy) -> Vec<(&'static str, f64)> {
        let meeting = MeetingKey::new("moodle", self.meeting.as_str());
        let (fleet, hints, now) = (&self.fleet, self.hints, self.now);
        let request = PlacementRequest { fleet, eligible: &|_| true, position: None, meeting: &meeting, hints, now };
        let name = |ranked: &str| self.names.iter().copied().find(|name| *name == ranked).unwrap();
        let ranked = policy.rank(&request);
        ranked.map(|candidate| (name(candidate.server.server.name.as_str()), candidate.score)).collect()
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut crate::fleet::FleetServer)) -> &mut Self {
        self.fleet = self.fleet.with_server(&name.into(), self.now, change).unwrap();
        self
    }
}

/// All servers with their scores, best first.
pub(super) fn scores(policy: &dyn PlacementPolicy, site: &Site) -> Vec<(&'static str, f64)> {
    site.ranked(policy)
}
