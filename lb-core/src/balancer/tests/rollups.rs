//! What is rolled up says the same as the events, whenever and however it was made.

use proptest::prelude::*;

use super::*;
use crate::balancer::Actor;
use crate::clock::Timestamp;
use crate::event::{Ended, Found, Placement, Role, SeenBy};
use crate::meeting::MeetingKey;
use crate::report::{By, Filter, ReportQuery, Step, Table, Zone};
use crate::rng::RngExt;
use crate::store::MeetingStore;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// Three days before the clocks change in Europe.
fn begin() -> u64 {
    Zone::utc().moment("2026-03-26").unwrap().as_millis()
}

fn below(rng: &SeededRng, bound: u64) -> u64 {
    rng.number() % bound.max(1)
}

/// Events by chance in the order in which they are stored, with the moment of that.
fn by_chance(rng: &SeededRng, meetings: usize) -> Vec<Event> {
    let mut events = Vec::new();
    for number in 0..meetings {
        let mut tell = |at: u64, kind| events.push(Event { at: Timestamp::from_millis(begin() + at), kind });
        let website = ["moodle", "portal", "school"][below(rng, 3) as usize];
        let (meeting, id) = (MeetingKey::new(website, "room"), format!("m{number}"));
        let (internal_id, server) = (|| id.as_str().into(), ["bbb1", "bbb2"][below(rng, 2) as usize]);
        let created = below(rng, 8 * 24 * HOUR);
        let length = 1 + below(rng, [90 * MINUTE, 3 * HOUR, 50 * HOUR][below(rng, 3) as usize]);
        let how_it_is_known = below(rng, 10);
        if how_it_is_known == 0 {
            let (server, how) = (server.into(), Found::Listed);
            let adopted =
                EventKind::MeetingAdopted { meeting: meeting.clone(), internal_id: internal_id(), server, how };
            tell(created, adopted);
        } else {
            let is_breakout = below(rng, 15) == 0;
            let name = |some: Option<&str>| some.map(Into::into);
            let kind = EventKind::MeetingCreated {
                meeting: meeting.clone(),
                internal_id: internal_id(),
                name: "Room".to_owned(),
                server: server.into(),
                records: false,
                placement: Placement::default(),
                parameters: if is_breakout { vec![("isBreakout".to_owned(), "true".to_owned())] } else { Vec::new() },
                router: name([None, Some("near")][below(rng, 2) as usize]).map(|name: Box<str>| (*name).into()),
                partner: name([None, Some("ufrgs"), Some("puc")][below(rng, 3) as usize])
                    .map(|name: Box<str>| (*name).into()),
            };
            tell(created, kind);
        }
        let people = below(rng, 8);
        for stay in 0..below(rng, 10) {
            let who = format!("person {}", below(rng, people));
            let came = created + below(rng, length + 3 * MINUTE);
            let join = EventKind::UserJoined {
                meeting: meeting.clone(),
                internal_id: internal_id(),
                server: server.into(),
                name: who.clone(),
                user_id: Some(who.clone()),
                role: Role::Attendee,
            };
            tell(came.saturating_sub(below(rng, 2 * HOUR)).max(created), join);
            if number % 4 == 0 {
                continue;
            }
            let (user, seen_by) = (format!("stay {stay}"), SeenBy::List);
            let entered = EventKind::UserEntered {
                meeting: meeting.clone(),
                internal_id: internal_id(),
                server: server.into(),
                user: user.as_str().into(),
                external_user_id: who.clone(),
                name: who.clone(),
                role: Role::Attendee,
                seen_by,
            };
            tell(came, entered);
            if below(rng, 4) > 0 {
                // what comes more than a day after the end changes no figure
                let told = (came + below(rng, length)).min(created.max(came) + length + 10 * HOUR);
                let until = (below(rng, 3) == 0).then(|| told.saturating_sub(below(rng, 3 * HOUR)));
                let until = until.map(|until| Timestamp::from_millis(begin() + until));
                let (meeting, internal_id, server, user) =
                    (meeting.clone(), internal_id(), server.into(), user.as_str().into());
                tell(told, EventKind::UserLeft { meeting, internal_id, server, user, until, seen_by });
            }
        }
        if below(rng, 6) > 0 {
            for again in 0..=u64::from(below(rng, 10) == 0) {
                let told = created + length + again * below(rng, 5 * HOUR);
                let until = (below(rng, 3) == 0).then(|| Timestamp::from_millis(begin() + told - below(rng, length)));
                let (meeting, internal_id, server, how) =
                    (meeting.clone(), internal_id(), server.into(), Ended::Unlisted);
                tell(told, EventKind::MeetingEnded { meeting, internal_id, server, how, until, most_users: 0 });
            }
        }
        if below(rng, 3) == 0 {
            for copy in 0..=below(rng, 2) {
                let seen = EventKind::RecordingSeen {
                    recording: id.as_str().into(),
                    meeting: Some(meeting.clone()),
                    server: ["bbb1", "bbb2"][copy as usize % 2].into(),
                    participants: 3,
                    seconds: 1 + length / 1000,
                    formats: Vec::new(),
                };
                tell(created + length + below(rng, 20 * HOUR), seen);
            }
        }
        let refused = EventKind::CallRefused {
            call: ["create", "join"][below(rng, 2) as usize].into(),
            integration: Some(website.into()),
            key: "checksumError".into(),
            reason: "".into(),
            address: None,
            hint: None,
        };
        tell(below(rng, 8 * 24 * HOUR), refused);
    }
    // a second may pass until one is written
    events.sort_by_cached_key(|event| event.at.as_millis() + below(rng, 1000));
    events
}

fn some_query(rng: &SeededRng) -> ReportQuery {
    let zone = ["UTC", "America/Sao_Paulo", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"];
    let zone = Zone::named(zone[below(rng, 5) as usize]).unwrap();
    let step = Step::ALL[below(rng, Step::ALL.len() as u64) as usize];
    let by = By::ALL[below(rng, By::ALL.len() as u64) as usize];
    let quarter = |at: u64| Timestamp::from_millis(at / (15 * MINUTE) * (15 * MINUTE));
    let from = begin() - 24 * HOUR + below(rng, 9 * 24 * HOUR);
    let length = [2 * HOUR, 30 * HOUR, 12 * 24 * HOUR][below(rng, 3) as usize];
    let (from, until) = (quarter(from), quarter(from + 15 * MINUTE + below(rng, length)));
    let mut filter = Filter::default();
    if below(rng, 3) == 0 {
        let names = ["moodle", "portal", "school"].into_iter().take(1 + below(rng, 2) as usize);
        filter.integrations = Some(names.map(Into::into).collect());
    }
    if below(rng, 5) == 0 {
        filter.servers = Some(["bbb1".into()].into());
    }
    if below(rng, 5) == 0 {
        filter.partners = Some(["ufrgs".into()].into());
    }
    ReportQuery { from, until, zone, step, by, filter }
}

impl Network {
    fn at(&self, at: Timestamp) {
        self.clock.advance(at.since(self.clock.now()));
    }

    fn roll_up(&self) {
        while block_on(self.balancer.roll_up()).unwrap() {}
    }

    fn begun_anew(self) -> Self {
        let Self { clock, servers, facts, store, .. } = self;
        Self::restarted(clock, servers, facts, store, Settings::default())
    }

    /// The same by the events and by what is rolled up.
    fn both(&self, query: &ReportQuery) -> (Table, Table) {
        // what was made for a report before is not used again
        self.clock.advance(Duration::from_secs(6));
        let rolled = block_on(self.balancer.report_of_rollups(query)).unwrap().expect("all is rolled up");
        (block_on(self.balancer.report_of_events(query.clone())).unwrap(), rolled)
    }
}

fn assert_same(rng: &SeededRng, network: &Network) {
    for _ in 0..4 {
        let query = some_query(rng);
        let (events, rolled) = network.both(&query);
        let told = |table: &Table| format!("{query:?} {table:#?}").replace(", ", ",\n");
        for (events, rolled) in events.rows.iter().zip(&rolled.rows) {
            assert_eq!(events, rolled, "{query:?}");
        }
        assert!(events == rolled, "events: {}\nrolled up: {}", told(&events), told(&rolled));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rolled_up_says_the_same_as_the_events(seed in any::<u64>(), meetings in 1_usize..40) {
        let rng = SeededRng::new(seed);
        let mut network = Network::of(1);
        network.at(Timestamp::from_millis(begin()));
        let events = by_chance(&rng, meetings);
        let every = 1 + below(&rng, 20);
        for event in events {
            network.at(event.at);
            block_on(network.store.record(vec![event])).unwrap();
            if below(&rng, every) == 0 {
                block_on(network.balancer.roll_up()).unwrap();
            }
            if below(&rng, 50) == 0 {
                network = network.begun_anew();
            }
            if below(&rng, 40) == 0 {
                network.roll_up();
                assert_same(&rng, &network);
            }
        }
        network.roll_up();
        assert_same(&rng, &network);
        network.at(network.clock.now() + Duration::from_millis(below(&rng, 40 * HOUR)));
        network.roll_up();
        block_on(network.balancer.rebuild_rollups(&Actor::new("root", None))).unwrap();
        network.roll_up();
        prop_assert_eq!(block_on(network.balancer.rollup_progress()).unwrap().days_left, 0);
        assert_same(&rng, &network);
    }
}
