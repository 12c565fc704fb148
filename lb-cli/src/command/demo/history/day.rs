//! [`Day`]: lives through the day before the demo and writes down what happens.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use lb_core::course::{Course, CourseStep};
use lb_core::event::{Ended, Event, EventKind, NextBest, Placement, PositionFrom, Role, SeenBy, UserId};
use lb_core::fleet::FleetServer;
use lb_core::placement::{MeetingHints, NearestLeastCpu, PlacementPolicy, PlacementRequest};
use lb_core::server::{ServerName, ServerState};
use lb_core::{InternalMeetingId, Locator, MeetingKey, Timestamp};

use super::super::cast::{SERVERS, WEBSITES, WebsiteRole};
use super::lesson::{Lesson, busyness};
use super::machines::Machines;

const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);
/// No meeting begins so shortly before the end, and none lasts beyond it.
const LAST_BEGIN: Duration = Duration::from_secs(10 * 60);
const LAST_END: Duration = Duration::from_secs(20);

/// Refusals that happen now and then: the call, BBB's messageKey, and the word that tells why.
const REFUSALS: [(&str, &str, &str); 4] = [
    ("create", "permissionDenied", "concurrent-meetings"),
    ("join", "permissionDenied", "users-per-meeting"),
    ("create", "permissionDenied", "recording"),
    ("create", "idNotUnique", ""),
];

/// A day, as it is written down.
pub(super) struct Day {
    /// What happened, in that order.
    pub(super) events: Vec<Event>,
    /// How the load went, oldest step first.
    pub(super) course: Vec<CourseStep>,
}

/// What is going to happen.
enum Step {
    Poll,
    Create(Lesson),
    Enter(Rc<Held>, usize),
    Leave(Rc<Held>, usize),
    End(Rc<Held>),
    Publish(Rc<Held>),
    Refuse(&'static WebsiteRole),
}

/// A lesson that has its place.
struct Held {
    lesson: Lesson,
    key: MeetingKey,
    internal_id: InternalMeetingId,
    server: ServerName,
    number: usize,
    begun: Timestamp,
    ended: Timestamp,
    /// People in it now, and the most there were.
    present: Cell<u32>,
    most: Cell<u32>,
}

impl Held {
    /// Somebody's stay in it.
    fn user(&self, number: usize) -> UserId {
        format!("{}-{number}", self.internal_id).into()
    }
}

impl Day {
    /// The one that ends at `until`.
    pub(super) fn before(until: Timestamp, seed: u64, locator: &dyn Locator) -> Self {
        let mut rng = Rng::with_seed(seed);
        let from = until.before(DAY);
        let machines = Machines::new(from, DAY, &mut rng);
        let (agenda, day) = (BTreeMap::new(), Self { events: Vec::new(), course: Vec::new() });
        let mut life = Life { locator, rng, until, machines, agenda, steps: 0, course: Course::default(), day };
        life.plan(from);
        life.live();
        life.day
    }
}

struct Life<'l> {
    locator: &'l dyn Locator,
    rng: Rng,
    until: Timestamp,
    machines: Machines,
    /// By time, and then in the order in which it was planned.
    agenda: BTreeMap<(Timestamp, u64), Step>,
    steps: u64,
    course: Course,
    day: Day,
}

impl Life<'_> {
    fn plan(&mut self, from: Timestamp) {
        let mut number = 0;
        for minute in 0..(DAY.as_secs() / 60) as u32 {
            let at = from + MINUTE * minute;
            self.then(at, Step::Poll);
            let hour = at.as_millis() / 3_600_000 % 24;
            for role in &WEBSITES {
                let busy = busyness(role, i64::try_from(hour).unwrap_or_default());
                let at = at + Duration::from_millis(self.rng.u64(1..60_000));
                if self.rng.f64() < role.hourly / 60.0 * busy && at < self.until.before(LAST_BEGIN) {
                    number += 1;
                    let lesson = Lesson::draw(role, number, &mut self.rng);
                    self.then(at, Step::Create(lesson));
                }
                if self.rng.f64() < 0.012 * busy {
                    self.then(at, Step::Refuse(role));
                }
            }
        }
    }

    fn then(&mut self, at: Timestamp, step: Step) {
        self.steps += 1;
        if at < self.until {
            self.agenda.insert((at, self.steps), step);
        }
    }

    fn live(&mut self) {
        while let Some(((at, _), step)) = self.agenda.pop_first() {
            match step {
                Step::Poll => self.poll(at),
                Step::Create(lesson) => self.create(at, lesson),
                Step::Enter(held, number) => self.enter(at, &held, number),
                Step::Leave(held, number) => self.leave(at, &held, number),
                Step::End(held) => self.end(at, &held),
                Step::Publish(held) => self.publish(at, &held),
                Step::Refuse(role) => self.refuse(at, role),
            }
        }
    }

    fn tell(&mut self, at: Timestamp, kind: EventKind) {
        self.day.events.push(Event { at, kind });
    }

    fn poll(&mut self, at: Timestamp) {
        let before: Vec<Option<ServerState>> = SERVERS.iter().map(|role| self.state(role.name)).collect();
        self.machines.poll(at, &mut self.rng);
        let (course, step) = self.course.recorded(&self.machines.fleet, at);
        self.course = course;
        self.day.course.extend(step);
        for (role, from) in SERVERS.iter().zip(before) {
            let Some(server) = self.machines.fleet.server(&role.name.into()).cloned() else { continue };
            if from != Some(server.state()) {
                let (to, reasons) = (server.state(), server.reasons().to_vec());
                self.tell(at, EventKind::ServerStateChanged { server: role.name.into(), from, to, reasons });
            }
        }
    }

    fn state(&self, server: &str) -> Option<ServerState> {
        self.machines.fleet.server(&server.into()).map(|server| server.state())
    }

    fn create(&mut self, at: Timestamp, lesson: Lesson) {
        let key = MeetingKey::new(lesson.role.name, lesson.id.as_str());
        let Some((server, placement)) = self.place(at, &lesson, &key) else { return };
        let Some(number) = SERVERS.iter().position(|role| *role.name == *server.as_str()) else { return };
        let internal_id = format!("{:040x}-{}", self.rng.u128(..), at.as_millis());
        let ended = (at + lesson.lasts).min(self.until.before(LAST_END));
        let kind = EventKind::MeetingCreated {
            meeting: key.clone(),
            internal_id: internal_id.as_str().into(),
            name: lesson.name.clone(),
            server: server.clone(),
            records: lesson.records,
            placement,
            parameters: vec![("name".into(), lesson.name.clone()), ("record".into(), lesson.records.to_string())],
            router: Some("default".into()),
            partner: Some(lesson.role.partner.into()),
        };
        self.tell(at, kind);
        self.machines.held[number].0 += 1;
        let internal_id = internal_id.as_str().into();
        let held = Rc::new(Held {
            lesson,
            key,
            internal_id,
            server,
            number,
            begun: at,
            ended,
            present: Cell::new(0),
            most: Cell::new(0),
        });
        for number in 0..held.lesson.people.len() {
            self.then(at + held.lesson.people[number].comes, Step::Enter(Rc::clone(&held), number));
        }
        self.then(ended, Step::End(held));
    }

    /// As the balancer would: the usual policy, among servers that take new meetings.
    fn place(&self, now: Timestamp, lesson: &Lesson, key: &MeetingKey) -> Option<(ServerName, Placement)> {
        let position = lesson.address.parse().ok().and_then(|address| self.locator.locate(address)?.position);
        let eligible = |server: &FleetServer| server.state().takes_new_meetings();
        let request = PlacementRequest {
            fleet: &self.machines.fleet,
            eligible: &eligible,
            position,
            meeting: key,
            hints: MeetingHints::default(),
            now,
        };
        let policy = NearestLeastCpu::default();
        let mut ranked = policy.rank(&request);
        let best = ranked.next()?;
        let score = |score: f64| score.is_finite().then_some(score);
        let next = ranked.take(Placement::NEXT_KEPT);
        let next = next
            .map(|candidate| NextBest { server: candidate.server.server.name.clone(), score: score(candidate.score) });
        let placement = Placement {
            policy: policy.name().to_owned(),
            score: score(best.score),
            reason: best.reason,
            attempt: 1,
            candidates: u32::try_from(request.eligible_servers().count()).unwrap_or_default(),
            next: next.collect(),
            position_from: Some(PositionFrom::ForwardedAddress),
            ..Placement::default()
        };
        Some((best.server.server.name.clone(), placement))
    }

    fn enter(&mut self, at: Timestamp, held: &Rc<Held>, number: usize) {
        let person = &held.lesson.people[number];
        if at >= held.ended {
            return;
        }
        let role = if number == 0 { Role::Moderator } else { Role::Attendee };
        let user_id = Some(format!("{}-{number}", held.lesson.role.name));
        let (meeting, internal_id, server) = (held.key.clone(), held.internal_id.clone(), held.server.clone());
        self.tell(at, EventKind::UserJoined { meeting, internal_id, server, name: person.name.clone(), user_id, role });
        let entered = EventKind::UserEntered {
            meeting: held.key.clone(),
            internal_id: held.internal_id.clone(),
            server: held.server.clone(),
            user: held.user(number),
            external_user_id: format!("{}-{number}", held.lesson.role.name),
            name: person.name.clone(),
            role,
            seen_by: SeenBy::List,
        };
        self.tell(at, entered);
        self.machines.held[held.number].1 += 1;
        held.present.set(held.present.get() + 1);
        held.most.set(held.most.get().max(held.present.get()));
        // who stays to the end leaves just before it
        let leaves = (held.begun + person.leaves).min(held.ended.before(Duration::from_secs(1)));
        self.then(leaves.max(at), Step::Leave(Rc::clone(held), number));
    }

    fn leave(&mut self, at: Timestamp, held: &Held, number: usize) {
        let (meeting, internal_id, server) = (held.key.clone(), held.internal_id.clone(), held.server.clone());
        let (user, seen_by) = (held.user(number), SeenBy::List);
        self.tell(at, EventKind::UserLeft { meeting, internal_id, server, user, until: None, seen_by });
        held.present.set(held.present.get().saturating_sub(1));
        let users = &mut self.machines.held[held.number].1;
        *users = users.saturating_sub(1);
    }

    fn end(&mut self, at: Timestamp, held: &Rc<Held>) {
        let kind = EventKind::MeetingEnded {
            meeting: held.key.clone(),
            internal_id: held.internal_id.clone(),
            server: held.server.clone(),
            how: Ended::Callback,
            until: None,
            most_users: held.most.get(),
        };
        self.tell(at, kind);
        let meetings = &mut self.machines.held[held.number].0;
        *meetings = meetings.saturating_sub(1);
        if held.lesson.records {
            let processing = Duration::from_secs(self.rng.u64(5 * 60..25 * 60));
            self.then(at + processing, Step::Publish(Rc::clone(held)));
        }
    }

    fn publish(&mut self, at: Timestamp, held: &Held) {
        let seen = EventKind::RecordingSeen {
            meeting: Some(held.key.clone()),
            recording: held.internal_id.as_str().into(),
            server: held.server.clone(),
            participants: held.most.get(),
            seconds: held.ended.since(held.begun).as_secs(),
            formats: vec!["presentation".into()],
        };
        self.tell(at, seen);
        let (meeting, recording) = (Some(held.key.clone()), held.internal_id.as_str().into());
        self.tell(at, EventKind::RecordingPublished { meeting, recording, server: held.server.clone() });
    }

    fn refuse(&mut self, at: Timestamp, role: &WebsiteRole) {
        let (call, key, reason) = REFUSALS[self.rng.usize(..REFUSALS.len())];
        let (_, address) = role.audience[self.rng.usize(..role.audience.len())];
        let kind = EventKind::CallRefused {
            call: call.into(),
            integration: Some(role.name.into()),
            key: key.into(),
            reason: reason.into(),
            address: address.parse().ok(),
            hint: None,
        };
        self.tell(at, kind);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::IpAddr;

    use lb_core::{Place, Position};

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000);

    #[derive(Debug)]
    struct Everywhere;

    impl Locator for Everywhere {
        fn locate(&self, _: IpAddr) -> Option<Place> {
            let position = Some(Position { latitude: -30.0, longitude: -51.0 });
            Some(Place { position, ..Place::default() })
        }
    }

    #[test]
    fn a_day_follows_from_its_seed_and_is_in_order_and_over_when_it_ends() {
        let Day { events: day, course } = Day::before(NOON, 7, &Everywhere);
        assert!(day == Day::before(NOON, 7, &Everywhere).events && day != Day::before(NOON, 8, &Everywhere).events);
        assert!(day.is_sorted_by_key(|event| event.at) && day.iter().all(|event| event.at < NOON));
        assert!(day.iter().all(|event| event.at >= NOON.before(DAY)));
        let count = |kind: &str| day.iter().filter(|event| event.kind.word() == kind).count();
        assert!(count("meeting-created") > 150, "{}", count("meeting-created"));
        assert_eq!(count("meeting-created"), count("meeting-ended"), "none runs on");
        assert_eq!(count("user-entered"), count("user-left"), "nobody stays");
        let busiest = course.iter().flat_map(|step| &step.totals).filter_map(|(_, sample)| sample.users).max();
        assert!(busiest > Some(80) && course.len() > 280, "{busiest:?} in {} steps", course.len());
        for kind in ["recording-published", "call-refused", "server-state-changed"] {
            assert!(count(kind) > 8, "{kind}: {}", count(kind));
        }
    }

    #[test]
    fn meetings_go_where_the_policy_sends_them() {
        let day = Day::before(NOON, 7, &Everywhere).events;
        let created = day.iter().filter_map(|event| match &event.kind {
            EventKind::MeetingCreated { server, placement, .. } => Some((server.as_str(), placement)),
            _ => None,
        });
        let created: Vec<_> = created.collect();
        let servers: BTreeSet<&str> = created.iter().map(|(server, _)| *server).collect();
        assert!(servers.contains("poa1") && servers.contains("poa2"), "{servers:?}");
        assert!(created.iter().all(|(_, placement)| placement.reason.contains(" km away")));
    }
}
