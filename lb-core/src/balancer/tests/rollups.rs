//! What is rolled up says the same as the events, whenever and however it was made.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::balancer::Actor;
use crate::clock::Timestamp;
use crate::event::{Ended, Found, Placement, Role, SeenBy};
use crate::meeting::MeetingKey;
use crate::report::{By, Filter, ReportQuery, Step, Table, Zone};
use crate::rng::RngExt;
use crate::store::{MeetingStore, PersonQuery, RollupPart, RollupStore};

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
    if below(rng, 5) == 0 {
        filter.routers = Some(["default".into()].into());
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
        let rolled = block_on(self.balancer.report_of_rollups(query)).unwrap();
        let events = block_on(self.balancer.report_of_events(query.clone())).unwrap();
        // where nothing was ever to be made, reports read the events
        let begun = block_on(self.store.rollup_state()).unwrap().is_some();
        assert_eq!(rolled.is_some(), begun, "all is rolled up");
        (events.clone(), rolled.unwrap_or(events))
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
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

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

/// By group, and in all.
type Names = (BTreeMap<Option<String>, u64>, u64);

/// How many different names the events have between two moments.
fn names_of_events(network: &Network, query: &ReportQuery, (from, until): (Timestamp, Timestamp)) -> Names {
    if from >= until {
        return Names::default();
    }
    let query = ReportQuery { from, until, step: Step::Whole, ..query.clone() };
    let table = block_on(network.balancer.report_of_events(query)).unwrap();
    let groups = table.groups.into_iter().map(|row| (row.group, row.figures.unique_names));
    (groups.collect(), table.total.unique_names)
}

/// The same where names of days before `shown` count once for each day.
fn names_by_day(network: &Network, query: &ReportQuery, (from, until): (Timestamp, Timestamp), shown: u64) -> Names {
    let moment = Timestamp::from_millis;
    let (mut groups, mut total) = names_of_events(network, query, (from.max(moment(shown)), until));
    let day = 24 * HOUR;
    for midnight in (from.as_millis() / day..=until.as_millis() / day).map(|number| number * day) {
        let of_day = (from.max(moment(midnight)), until.min(moment(shown.min(midnight + day))));
        let (more, all) = names_of_events(network, query, of_day);
        more.into_iter().for_each(|(group, names)| *groups.entry(group).or_default() += names);
        total += all;
    }
    (groups, total)
}

/// What the events say, with names as they are counted where those of days before `shown` have aged.
fn aged(network: &Network, query: &ReportQuery, shown: u64) -> Table {
    let mut table = block_on(network.balancer.report_of_events(query.clone())).unwrap();
    let (groups, total) = names_by_day(network, query, (query.from, query.until), shown);
    table.total.unique_names = total;
    for row in &mut table.groups {
        row.figures.unique_names = groups[&row.group];
    }
    for (number, span) in table.steps.iter().enumerate() {
        let (groups, all) = names_by_day(network, query, (span.from, span.until), shown);
        table.in_steps[number].unique_names = all;
        for row in table.rows.iter_mut().filter(|row| row.step == Some(number)) {
            row.figures.unique_names = groups[&row.group];
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_aged_days_every_figure_stays_and_names_count_once_for_each_day(seed in any::<u64>(), meetings in 1_usize..60) {
        let rng = SeededRng::new(seed);
        let network = Network::of(1);
        network.at(Timestamp::from_millis(begin()));
        for event in by_chance(&rng, meetings) {
            network.at(event.at);
            block_on(network.store.record(vec![event])).unwrap();
        }
        // some of the days have aged in what is rolled up, and none in the events
        let shown = begin() + below(&rng, 10) * 24 * HOUR;
        network.at(Timestamp::from_millis(shown + 90 * 24 * HOUR + below(&rng, 24 * HOUR)));
        network.roll_up();
        for _ in 0..6 {
            let mut query = some_query(&rng);
            if query.step == Step::Hour {
                query.step = Step::Day;
            }
            let (_, rolled) = network.both(&query);
            assert_eq!(aged(&network, &query, shown), rolled, "{query:?}");
        }
    }
}

/// Somebody in a meeting of `website` from `at` on for so long, in minutes after the begin.
fn stayed(network: &Network, website: &str, who: &str, at: u64, minutes: u64) {
    let (meeting, id) = (MeetingKey::new(website, "room"), format!("{website} {at}"));
    let (internal_id, server) = (|| id.as_str().into(), || "bbb1".into());
    let moment = |minutes: u64| Timestamp::from_millis(begin() + minutes * MINUTE);
    let (placement, parameters, name) = (Placement::default(), Vec::new(), "Room".to_owned());
    let created = EventKind::MeetingCreated {
        meeting: meeting.clone(),
        internal_id: internal_id(),
        name,
        server: server(),
        records: false,
        placement,
        parameters,
        router: None,
        partner: None,
    };
    let (user, seen_by, role) = ("1".into(), SeenBy::List, Role::Attendee);
    let (external_user_id, name) = (who.to_owned(), who.to_owned());
    let entered = EventKind::UserEntered {
        meeting: meeting.clone(),
        internal_id: internal_id(),
        server: server(),
        user,
        external_user_id,
        name,
        role,
        seen_by,
    };
    let (how, until, most_users) = (Ended::Callback, None, 0);
    let (internal_id, server) = (internal_id(), server());
    let ended = EventKind::MeetingEnded { meeting, internal_id, server, how, until, most_users };
    let told = [(at, created), (at, entered), (at + minutes, ended)];
    let events = told.map(|(at, kind)| Event { at: moment(at), kind });
    block_on(network.store.record(events.into())).unwrap();
}

const DAY: u64 = 24 * 60;

/// Two days in which Ana was on both, by day.
fn two_days() -> Network {
    let network = Network::of(1);
    stayed(&network, "moodle", "Ana", 600, 60);
    stayed(&network, "moodle", "Bob", 700, 60);
    stayed(&network, "moodle", "Ana", DAY + 600, 60);
    network.at(Timestamp::from_millis(begin() + 3 * DAY * MINUTE));
    network.roll_up();
    network
}

fn by_day(days: u64) -> ReportQuery {
    let (from, until) = (Timestamp::from_millis(begin()), Timestamp::from_millis(begin() + days * DAY * MINUTE));
    ReportQuery { from, until, zone: Zone::utc(), step: Step::Day, by: By::Integration, filter: Filter::default() }
}

fn names(network: &Network) -> Vec<Vec<u8>> {
    let pages = block_on(network.store.rollup_pages(&[RollupPart::Names], 0..u32::MAX)).unwrap();
    pages.into_iter().map(|page| page.data).collect()
}

fn names_told(table: &Table) -> (Vec<u64>, u64) {
    (table.in_steps.iter().map(|figures| figures.unique_names).collect(), table.total.unique_names)
}

#[test]
fn whoever_is_erased_is_in_no_rollup() {
    let network = two_days();
    let (events, rolled) = network.both(&by_day(3));
    assert_eq!((names_told(&rolled), &events), ((vec![2, 1, 0], 2), &rolled));
    let (query, by) = (PersonQuery::new(None, None, Some("Ana".to_owned())).unwrap(), Actor::new("root", None));
    let before = names(&network);
    assert_eq!(block_on(network.balancer.erase_person(&query, &by)).unwrap(), 2);
    assert_eq!(block_on(network.balancer.rollup_progress()).unwrap().days_left, 2);
    network.roll_up();
    let (events, rolled) = network.both(&by_day(3));
    // another one on each day
    assert_eq!((names_told(&rolled), &events), ((vec![2, 1, 0], 3), &rolled));
    let (first, second) = (&names(&network)[0], &names(&network)[1]);
    let ana = &before[1];
    assert!(!first.chunks(8).chain(second.chunks(8)).any(|name| name == ana));
    // Bob is as he was
    assert_eq!(first.chunks(8).filter(|name| before[0].chunks(8).any(|known| known == *name)).count(), 1);
}

#[test]
fn names_age_in_rollups_as_in_events_and_figures_outlive_both() {
    let network = two_days();
    let known = names(&network);
    let (_, rolled) = network.both(&by_day(2));
    network.at(Timestamp::from_millis(begin() + 92 * DAY * MINUTE));
    network.roll_up();
    while block_on(network.balancer.age_events()).unwrap() {}
    let hidden = names(&network);
    assert_eq!((hidden.len(), hidden[0].len(), hidden[1].len()), (2, 16, 8));
    let is_known = |name: &[u8]| known.iter().any(|names| names.chunks(8).any(|known| known == name));
    assert!(!hidden.iter().any(|names| names.chunks(8).any(is_known)));
    assert_ne!(hidden[0].get(..8), hidden[1].get(..8));
    let (events, after) = network.both(&by_day(2));
    assert_eq!((names_told(&after), names_told(&events)), ((vec![2, 1], 3), (vec![2, 1], 3)));

    // what a rebuild leaves, and what is left when the events are gone
    block_on(network.balancer.rebuild_rollups(&Actor::new("root", None))).unwrap();
    network.roll_up();
    assert_eq!(names_told(&network.both(&by_day(2)).1), (vec![2, 1], 3));
    network.at(Timestamp::from_millis(begin() + 403 * DAY * MINUTE));
    network.roll_up();
    while block_on(network.balancer.age_events()).unwrap() {}
    assert_eq!(block_on(network.store.latest_events(100)).unwrap().len(), 1, "that it was rebuilt");
    block_on(network.balancer.rebuild_rollups(&Actor::new("root", None))).unwrap();
    network.roll_up();
    let (_, left) = network.both(&by_day(2));
    assert_eq!(names_told(&left), (vec![2, 1], 3));
    let told = |table: &Table| {
        let figures = &table.total;
        (figures.meetings, figures.participants, figures.time, figures.longest, figures.peak_users)
    };
    assert_eq!(told(&left), told(&rolled));
}

#[test]
fn a_report_that_begins_between_quarters_reads_the_events() {
    let network = two_days();
    let minute = Duration::from_secs(60);
    let from = by_day(1).from + minute;
    assert_eq!(block_on(network.balancer.report_of_rollups(&ReportQuery { from, ..by_day(1) })), Ok(None));
    let query = ReportQuery { from, until: from + 620 * minute, ..by_day(1) };
    assert_eq!(block_on(network.balancer.report(query)).unwrap().total.participant_minutes(), 21.0);
}
