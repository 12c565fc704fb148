mod bounds;
mod meetings;
mod peaks;
mod people;
mod periods;
mod whose;

use super::*;
use crate::clock::Timestamp;
use crate::event::{Ended, Event, EventKind, Found, Placement, Role, SeenBy};
use crate::meeting::MeetingKey;

/// A moment of March 2026, UTC: `"05 14:30"`, with seconds where they matter.
fn march(text: &str) -> Timestamp {
    let seconds = if text.len() > 8 { "" } else { ":00" };
    Zone::utc().moment(&format!("2026-03-{}{seconds}Z", text.replace(' ', "T"))).unwrap()
}

/// Events of one integration's meetings, all on bbb1.
struct Told {
    integration: &'static str,
    events: Vec<Event>,
}

impl Told {
    fn of(integration: &'static str) -> Self {
        Self { integration, events: Vec::new() }
    }

    fn tell(mut self, at: &str, kind: EventKind) -> Self {
        self.events.push(Event { at: march(at), kind });
        self
    }

    fn key(&self) -> MeetingKey {
        MeetingKey::new(self.integration, "room")
    }

    fn created(self, id: &str, at: &str) -> Self {
        let kind = created(self.key(), id, "bbb1", &[]);
        self.tell(at, kind)
    }

    fn ended(self, id: &str, at: &str, until: Option<&str>) -> Self {
        let kind = EventKind::MeetingEnded {
            meeting: self.key(),
            internal_id: id.into(),
            server: "bbb1".into(),
            how: Ended::Unlisted,
            until: until.map(march),
            most_users: 0,
        };
        self.tell(at, kind)
    }

    /// `who` is the user id within the stay, the website's id and the name at once.
    fn entered(self, id: &str, who: &str, at: &str) -> Self {
        self.stays(id, who, who, who, at)
    }

    fn stays(self, id: &str, user: &str, external: &str, name: &str, at: &str) -> Self {
        let kind = EventKind::UserEntered {
            meeting: self.key(),
            internal_id: id.into(),
            server: "bbb1".into(),
            user: user.into(),
            external_user_id: external.to_owned(),
            name: name.to_owned(),
            role: Role::Attendee,
            seen_by: SeenBy::List,
        };
        self.tell(at, kind)
    }

    fn left(self, id: &str, user: &str, at: &str, until: Option<&str>) -> Self {
        let kind = EventKind::UserLeft {
            meeting: self.key(),
            internal_id: id.into(),
            server: "bbb1".into(),
            user: user.into(),
            until: until.map(march),
            seen_by: SeenBy::List,
        };
        self.tell(at, kind)
    }

    fn joined(self, id: &str, name: &str, at: &str) -> Self {
        let kind = EventKind::UserJoined {
            meeting: self.key(),
            internal_id: id.into(),
            server: "bbb1".into(),
            name: name.to_owned(),
            user_id: None,
            role: Role::Attendee,
        };
        self.tell(at, kind)
    }

    fn adopted(self, id: &str, at: &str) -> Self {
        let meeting = self.key();
        let adopted =
            EventKind::MeetingAdopted { meeting, internal_id: id.into(), server: "bbb1".into(), how: Found::Listed };
        self.tell(at, adopted)
    }
}

fn created(meeting: MeetingKey, id: &str, server: &str, parameters: &[(&str, &str)]) -> EventKind {
    EventKind::MeetingCreated {
        meeting,
        internal_id: id.into(),
        name: "Room".to_owned(),
        server: server.into(),
        records: false,
        placement: Placement::default(),
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        router: None,
        partner: None,
    }
}

fn query(from: &str, until: &str, step: Step) -> ReportQuery {
    let (from, until) = (march(from), march(until));
    ReportQuery { from, until, zone: Zone::utc(), step, by: By::Integration, filter: Filter::default() }
}

/// What the report says at `now` of events that are told in any order.
fn told(query: ReportQuery, owners: Owners, events: &[Event], now: Timestamp) -> Table {
    let (from, until) = (query.from, query.until);
    let mut report = Report::new(query, owners, Limits::default()).unwrap();
    let mut events: Vec<_> = events.iter().filter(|event| event.at <= now).collect();
    events.sort_by_key(|event| event.at);
    let (before, rest): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.at < from);
    for event in rest.iter().filter(|event| event.at < until) {
        report.add(event).unwrap();
        let mut unknown = report.unknown();
        unknown.extend(report.unknown_recordings());
        add_those_of(&mut report, &unknown, &before);
    }
    // what ran at its begin and has no event in it
    for event in before.iter().rev() {
        report.add(event).unwrap();
    }
    let unfinished = report.unfinished();
    add_those_of(&mut report, &unfinished, &rest.into_iter().filter(|event| event.at >= until).collect::<Vec<_>>());
    report.finish(now).unwrap()
}

fn add_those_of(report: &mut Report, which: &[Incarnation], events: &[&Event]) {
    for (integration, id) in which {
        let of_it = |event: &&&Event| {
            event.kind.integration() == Some(integration) && event.kind.internal_id() == Some(id.as_str())
        };
        events.iter().filter(of_it).for_each(|event| report.add(event).unwrap());
    }
}

fn total(query: ReportQuery, events: &[Event], now: &str) -> Figures {
    told(query, Owners::default(), events, march(now)).total
}

/// A figure of all groups together in each step.
fn by_step<T>(table: &Table, figure: impl Fn(&Figures) -> T) -> Vec<T> {
    table.in_steps.iter().map(figure).collect()
}
