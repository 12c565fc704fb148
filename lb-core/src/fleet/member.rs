//! [`FleetServer`]: one server with all that is known of it now.

use std::collections::HashSet;
use std::sync::Arc;

use imbl::OrdMap;

use super::listed::MeetingList;
use super::sent::{Sent, SentCounter};
use super::{Fleet, Servers};
use crate::clock::Timestamp;
use crate::meeting::{ClaimToken, MeetingId, MeetingKey};
use crate::network::TagRules;
use crate::server::{
    AdministratorWord, Evidence, ExpectedLoad, ExpectedLoadRule, Failed, HealthRules, HostStatus, Load, Reachability,
    Server, ServerState, Service,
};

/// How many users are heard of between two lists; beyond that they are counted without a look whether they were before.
const MOST_HEARD: usize = 10_000;

/// The rules that a fleet is judged by; the same for all its servers.
#[derive(Clone, Debug, Default)]
pub struct FleetRules {
    /// When a server is suspended and comes back.
    pub health: HealthRules,
    /// How a meeting counts before anyone is seen in it.
    pub expected: ExpectedLoadRule,
    /// Names of services that say nothing about load.
    pub ignored_services: Vec<String>,
}

impl Fleet {
    /// The same servers judged by `rules`.
    #[must_use]
    pub fn judged_by(&self, rules: &Arc<FleetRules>) -> Fleet {
        let servers: Servers = self.servers.iter().map(|server| Arc::new(server.judged_by(rules))).collect();
        let standings = self.standings.after(&self.servers, &servers);
        Fleet { servers, standings, ..self.clone() }
    }
}

/// One server with all that is known of it.
#[derive(Clone, Debug)]
pub struct FleetServer {
    /// Its facts.
    pub server: Arc<Server>,
    /// The administrator's word.
    pub word: AdministratorWord,
    /// Whether it only holds recordings.
    pub recording: bool,
    /// Whether the monitor's last good poll lacked it.
    pub gone: bool,
    /// The monitor's word on the machine.
    pub host: HostStatus,
    /// Since when the monitor finds the machine down; `None` while it does not.
    pub host_down_since: Option<Timestamp>,
    /// Whether an administrator gave its meetings free: they may be placed afresh although it may only be silent. Ends when
    /// it answers again.
    pub released: bool,
    /// Its services as the monitor last knew them.
    pub services: Arc<[Service]>,
    /// What the monitor measured.
    pub measured: Load,
    /// Whether it answers us.
    pub reachability: Reachability,
    /// What it listed last; `None` before the first answer.
    pub list: Option<Arc<MeetingList>>,
    /// What meetings placed on it will yet bring.
    pub expected: ExpectedLoad,
    /// Ids of running meetings that somebody made on it past this balancer.
    pub foreign: Arc<HashSet<MeetingId>>,
    /// Copies of meetings that are elsewhere now, with people in them: left to end by themselves.
    pub copies_in_use: Arc<HashSet<MeetingKey>>,
    /// When a meeting of it was last forgotten: a list that was asked for before may still show that one running.
    pub(crate) forgot_at: Timestamp,
    /// Whether it was told that it is confirmed down.
    pub(crate) told_down: bool,
    pub(super) state: ServerState,
    pub(super) reasons: Vec<String>,
    pub(super) rules: Arc<FleetRules>,
    // sums over the list, so that ranking a server does not walk its meetings
    listed_meetings: u32,
    listed_users: u32,
    listed_audio: u32,
    listed_video: u32,
    // users who came (1), went (-1) or did both (0) since the list, as webhooks tell
    heard: OrdMap<String, i8>,
    heard_users: i64,
    sent: SentCounter,
    sent_before_list: Sent,
}

impl FleetServer {
    /// A server of which only its facts are known.
    pub fn new(server: Server, word: AdministratorWord, rules: Arc<FleetRules>) -> Self {
        let mut member = Self {
            server: Arc::new(server),
            word,
            recording: false,
            gone: false,
            host: HostStatus::Undefined,
            host_down_since: None,
            released: false,
            services: Arc::default(),
            measured: Load::default(),
            reachability: Reachability::default(),
            list: None,
            expected: ExpectedLoad::default(),
            foreign: Arc::default(),
            copies_in_use: Arc::default(),
            forgot_at: Timestamp::default(),
            told_down: false,
            state: ServerState::Enabled,
            reasons: Vec::new(),
            rules,
            listed_meetings: 0,
            listed_users: 0,
            listed_audio: 0,
            listed_video: 0,
            heard: OrdMap::new(),
            heard_users: 0,
            sent: SentCounter::default(),
            sent_before_list: Sent::default(),
        };
        member.judge();
        member
    }

    /// What it may be used for now.
    pub fn state(&self) -> ServerState {
        self.state
    }

    /// Why it is in that state, for people; empty where nothing is wrong.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Users in meetings: those listed (where it never answered a list, those that the monitor counts), and those who came and
    /// went since.
    pub fn users(&self) -> u32 {
        let counted = if self.list.is_some() { self.listed_users } else { self.measured.users.unwrap_or(0) };
        let now = i64::from(counted) + self.heard_users;
        u32::try_from(now.max(0)).unwrap_or(u32::MAX)
    }

    /// Meetings that run, counted like [`users`](Self::users).
    pub fn meetings(&self) -> u32 {
        if self.list.is_some() { self.listed_meetings } else { self.measured.meetings.unwrap_or(0) }
    }

    /// Users with audio: those listed, or where it never answered a list, those that the monitor counts; `None` where nobody
    /// does.
    pub fn audio(&self) -> Option<u32> {
        if self.list.is_some() { Some(self.listed_audio) } else { self.measured.audio }
    }

    /// Users with video, counted like [`audio`](Self::audio).
    pub fn video(&self) -> Option<u32> {
        if self.list.is_some() { Some(self.listed_video) } else { self.measured.video }
    }

    /// Meetings that were placed on it and that no list has shown yet.
    pub fn pending_placements(&self) -> u32 {
        self.expected.meetings()
    }

    /// Users that it has or is about to have.
    pub fn expected_users(&self, now: Timestamp) -> f64 {
        f64::from(self.users()) + self.expected.users(now)
    }

    /// Meetings that it has or is about to have.
    pub fn expected_meetings(&self) -> u32 {
        self.meetings().saturating_add(self.expected.meetings())
    }

    /// CPU in use as measured, per cent; `None` where the figure is missing, too old, or none that a CPU can have.
    pub fn cpu(&self, now: Timestamp) -> Option<f64> {
        let possible = |cpu: &f64| cpu.is_finite() && *cpu >= 0.0;
        self.measured.cpu.filter(possible).filter(|_| now.since(self.measured.cpu_at) <= self.rules.expected.max_age)
    }

    /// CPU in use, per cent, with what the expected users will cost.
    pub fn expected_cpu(&self, now: Timestamp) -> Option<f64> {
        self.cpu(now).map(|cpu| cpu + self.expected.users(now) * self.rules.expected.cpu_per_user)
    }

    /// What was sent to it until now.
    pub fn sent(&self) -> Sent {
        self.sent.sent()
    }

    /// What had been sent to it when its last list was taken over. Nothing, where there is none.
    pub fn sent_before_list(&self) -> Sent {
        self.sent_before_list
    }

    /// Counts a user who was sent into one of its meetings.
    pub(crate) fn count_join(&self) {
        self.sent.count_join();
    }

    /// Whether one more meeting would stay within its capacity.
    pub fn has_room(&self, now: Timestamp) -> bool {
        self.server.capacity.is_none_or(|capacity| self.expected_users(now) < f64::from(capacity))
    }

    /// Whether it carries all of `tags`.
    pub fn carries(&self, tags: &[String]) -> bool {
        tags.iter().all(|tag| self.server.tags.contains(tag))
    }

    /// Whether it carries one of `tags`.
    pub fn carries_one_of(&self, tags: &[String]) -> bool {
        tags.iter().any(|tag| self.server.tags.contains(tag))
    }

    /// Whether its meetings may be those of an integration with these rules, whatever it prefers.
    pub fn is_allowed_by(&self, rules: &TagRules) -> bool {
        self.carries(&rules.required) && !self.carries_one_of(&rules.forbidden)
    }

    /// Whether `text` names it: by its name or by its address, alone or with the port.
    pub fn is_called(&self, text: &str) -> bool {
        let server = &self.server;
        let url = &server.api_url;
        let host = || url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(text));
        let authority = || url[url::Position::BeforeHost..url::Position::AfterPort].eq_ignore_ascii_case(text);
        server.name.as_str() == text || server.address.eq_ignore_ascii_case(text) || host() || authority()
    }

    /// Counts a meeting that was just placed on it.
    pub(crate) fn place(&mut self, key: MeetingKey, claim: Option<ClaimToken>, now: Timestamp) {
        self.expected.add(key, claim, now, &self.rules.expected);
        self.sent.count_create();
    }

    /// Takes a placement back.
    pub(crate) fn unplace(&mut self, key: &MeetingKey, claim: Option<&ClaimToken>, now: Timestamp) {
        self.expected.remove(key, claim, now, &self.rules.expected);
    }

    /// Takes over a new list of its meetings; `users_in` says how many users the list shows in a placed meeting, and `guid`
    /// which stamps are this balancer's.
    pub(crate) fn take_list(
        &mut self,
        list: Arc<MeetingList>,
        users_in: impl Fn(&MeetingKey) -> Option<u32>,
        guid: &str,
        now: Timestamp,
    ) {
        self.expected.observe(users_in, now, &self.rules.expected);
        // people in breakout rooms are in the parent meeting too
        let in_parents = list.running().filter(|meeting| !meeting.breakout);
        self.listed_users = in_parents.fold(0, |sum, meeting| sum.saturating_add(meeting.users));
        self.listed_meetings = list.running().count() as u32;
        // who speaks in a breakout room is not heard in the parent meeting
        self.listed_audio = list.running().fold(0, |sum, meeting| sum.saturating_add(meeting.audio));
        self.listed_video = list.running().fold(0, |sum, meeting| sum.saturating_add(meeting.video));
        self.foreign = Arc::new(
            list.running()
                .filter(|meeting| meeting.is_foreign(guid))
                .map(|meeting| meeting.meeting_id.clone())
                .collect(),
        );
        self.list = Some(list);
        // it knows better
        (self.heard, self.heard_users) = (OrdMap::new(), 0);
        self.sent_before_list = self.sent.sent();
    }

    /// Somebody came into a meeting, or left it, as a webhook tells. Who is heard of again counts once.
    pub(crate) fn hear_of(&mut self, user: &str, came: bool) {
        let before = self.heard.get(user).copied();
        let now = match (before.unwrap_or(0), came) {
            (0, true) => 1,
            (0, false) => -1,
            (1, false) | (-1, true) => 0,
            (known, _) => known,
        };
        self.heard_users += i64::from(now - before.unwrap_or(0));
        if before.is_some() || self.heard.len() < MOST_HEARD {
            self.heard.insert(user.to_owned(), now);
        }
    }

    /// A call was answered.
    pub(crate) fn answered(&mut self) {
        self.reachability = self.reachability.answered(&self.rules.health);
        if !self.is_suspended() {
            self.released = false;
            self.told_down = false;
        }
    }

    /// A call failed.
    pub(crate) fn failed(&mut self, how: Failed, now: Timestamp) {
        self.reachability = self.reachability.failed(how, now, &self.rules.health);
    }

    /// Whether it does not answer us, whatever else it is.
    pub(crate) fn is_suspended(&self) -> bool {
        self.reachability.suspended_since().is_some()
    }

    /// Takes the turn to try it with a website's call while it is suspended. Answers whether it was free.
    pub(crate) fn try_again(&mut self, now: Timestamp) -> bool {
        let tried = self.reachability.tried(now, &self.rules.health);
        self.reachability = tried.unwrap_or(self.reachability);
        tried.is_some()
    }

    /// The same server judged by other rules.
    fn judged_by(&self, rules: &Arc<FleetRules>) -> Self {
        let mut judged = Self { rules: Arc::clone(rules), ..self.clone() };
        judged.judge();
        judged
    }

    /// Decides anew what it may be used for.
    pub(super) fn judge(&mut self) {
        let evidence = Evidence {
            word: self.word,
            recording: self.recording,
            suspended: self.is_suspended(),
            gone: self.gone,
            host: self.host,
            services: &self.services,
            ignored_services: &self.rules.ignored_services,
        };
        let verdict = evidence.verdict();
        self.state = verdict.state;
        self.reasons = verdict.reasons;
    }
}
