//! What cannot be, and what no policy may do.

use super::*;

/// Makes a scenario one that cannot be.
type Spoil = fn(&mut Scenario);

fn refused(change: impl FnOnce(&mut Scenario)) -> String {
    let mut scenario = scenario(vec![meeting("class", 10, 60, 2), meeting("talk", 20, 60, 2)]);
    change(&mut scenario);
    simulate(&scenario, &player()).unwrap_err().to_string()
}

#[test]
fn a_scenario_that_cannot_be_is_refused_and_the_error_says_why() {
    let cases: [(Spoil, &str); 16] = [
        (|it| it.servers.clear(), "it has no servers"),
        (|it| it.servers[1].strength = 0.0, "the server b has the strength 0"),
        (|it| it.servers[1].strength = f64::NAN, "the server b has the strength NaN"),
        (|it| it.servers[0].strength = -1.0, "the server a has the strength -1"),
        (|it| it.servers[1].name = "a".into(), "two servers are called a"),
        (|it| it.servers[1].position = at(91.0, 0.0), "the server b is nowhere on the globe"),
        (|it| it.measured_from = it.length, "it is measured from 7200s on and 7200s long"),
        (|it| it.length = Duration::ZERO, "it is 0ns long"),
        (|it| it.costs.view = f64::INFINITY, "the cost view is inf % of a server"),
        (|it| it.costs.idle = -1.0, "the cost idle is -1 % of a server"),
        (|it| it.meetings.reverse(), "the meeting moodle/class stands behind one that is created later"),
        (
            |it| it.meetings[1].key = MeetingKey::new("moodle", "class"),
            "the meeting moodle/class is there twice at once",
        ),
        (|it| it.meetings[0].at = BEGINS.before(minutes(1)), "the meeting moodle/class is created outside of its time"),
        (|it| it.meetings[1].at = BEGINS + minutes(120), "the meeting moodle/talk is created outside of its time"),
        (|it| it.meetings[0].people[1].position = at(0.0, f64::NAN), "somebody in the meeting moodle/class is nowhere"),
        (
            |it| it.outages.push(Outage { server: 2, kind: OutageKind::Fails, from: minutes(1), until: minutes(2) }),
            "an outage is of the server 3 of 2",
        ),
    ];
    for (change, expected) in cases {
        let error = refused(change);
        assert!(error.starts_with("the scenario test cannot be: ") && error.contains(expected), "{error}");
    }
    let backwards = refused(|it| it.meetings[0].people[1] = person(5, 4));
    assert!(
        backwards.contains("somebody in the meeting moodle/class comes at 300000 ms and goes at 240000 ms"),
        "{backwards}"
    );
    let outage = Outage { server: 1, kind: OutageKind::Drains, from: minutes(3), until: minutes(2) };
    assert!(refused(|it| it.outages.push(outage)).contains("the server b is out from 180s until 120s"));
}

#[test]
fn nobody_sees_without_time_between_polls_or_with_more_lost_than_there_are() {
    let seeing = |sight| simulate(&scenario(Vec::new()), &player().seeing(sight)).unwrap_err().to_string();
    let list = Duration::from_millis(1);
    assert_eq!(seeing(Sight { list, ..Sight::default() }), "nobody sees like that: lists come every 1ms");
    for loss in [1.5, -0.1, f64::NAN] {
        assert!(seeing(Sight { loss, ..Sight::default() }).contains("of the polls is lost"));
    }
}

#[test]
fn what_is_not_of_the_earth_and_takes_no_time_is_lived_through() {
    // all at once, at the last moment, with nobody and for no time
    let mut scenario = scenario(vec![meeting("none", 119, 0, 0), meeting("nobody", 119, 60, 0)]);
    scenario.meetings[1].people = vec![person(7, 7), person(70, 80)];
    let measures = simulate(&scenario, &player()).unwrap().measures;
    assert_eq!((measures.placements, measures.refused, measures.user_minutes), (2, 0, 0.0));
    scenario.meetings.clear();
    assert_eq!(simulate(&scenario, &player()).unwrap().measures.placements, 0);
}

/// Does what no policy may.
#[derive(Debug, Clone, Copy)]
enum Rogue {
    Panics,
    PanicsWhenPlaced,
    RanksTwice,
    RanksTheFull,
    RanksNobody,
    ScoresNothing,
}

impl PlacementPolicy for Rogue {
    fn name(&self) -> &str {
        "rogue"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let score = if matches!(self, Self::ScoresNothing) { f64::NAN } else { 0.0 };
        let candidate = move |server| Candidate { server, score, reason: "rogue".to_owned() };
        match self {
            Self::Panics => panic!("no {}", request.meeting),
            Self::PanicsWhenPlaced | Self::ScoresNothing => Box::new(request.eligible_servers().map(candidate)),
            Self::RanksTwice => Box::new(request.eligible_servers().chain(request.eligible_servers()).map(candidate)),
            Self::RanksTheFull => Box::new(request.fleet.servers().iter().map(move |server| candidate(server))),
            Self::RanksNobody => Box::new(std::iter::empty()),
        }
    }

    fn placed(&self, _: &crate::placement::Placed<'_>) {
        assert!(!matches!(self, Self::PanicsWhenPlaced), "no more");
    }
}

#[test]
fn a_policy_that_does_what_none_may_is_named_with_what_it_did() {
    let mut scenario = scenario(vec![meeting("class", 10, 60, 2)]);
    scenario.servers[0].capacity = Some(0);
    scenario.servers.push(server("c"));
    let played = |rogue| simulate(&scenario, &Player::new(Arc::new(rogue)));
    for (rogue, expected) in [
        (
            Rogue::Panics,
            "the policy rogue panicked while it ranked servers: no moodle/class, when the meeting moodle/class was to be placed",
        ),
        (Rogue::PanicsWhenPlaced, "the policy rogue panicked while it noted a placement: no more"),
        (Rogue::RanksTwice, "the policy rogue ranked b twice, when the meeting moodle/class was to be placed"),
        (
            Rogue::RanksTheFull,
            "the policy rogue ranked a, which it was not offered, when the meeting moodle/class was to be placed",
        ),
        (
            Rogue::ScoresNothing,
            "the policy rogue gave b a score that is not a number, when the meeting moodle/class was to be placed",
        ),
    ] {
        assert_eq!(played(rogue).unwrap_err().to_string(), expected);
    }
    assert_eq!(played(Rogue::RanksNobody).unwrap().measures.refused, 1);
}

/// A policy that learns, and panics while it does so.
#[derive(Debug, Clone, Copy, PartialEq)]
enum BadLearner {
    Observes,
    HearsOfEnds,
    Keeps,
    Remembers,
}

impl PlacementPolicy for BadLearner {
    fn name(&self) -> &str {
        "bad-learner"
    }

    fn rank<'a>(&'a self, request: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        LeastUsers.rank(request)
    }

    fn learner(&self) -> Option<&dyn Learner> {
        Some(self)
    }
}

impl Learner for BadLearner {
    fn observe(&self, _: &Fleet, _: Timestamp) {
        assert!(*self != Self::Observes, "blind");
    }

    fn ended(&self, _: &FinishedMeeting<'_>) {
        assert!(*self != Self::HearsOfEnds, "deaf");
    }

    fn keep(&self) -> Option<Vec<u8>> {
        assert!(*self != Self::Keeps, "careless");
        None
    }

    fn recall(&self, _: &[u8]) -> Result<(), BadMemory> {
        assert!(*self != Self::Remembers, "forgetful");
        Ok(())
    }
}

#[test]
fn a_learner_that_panics_is_named_with_what_it_was_doing() {
    let scenario = scenario(vec![meeting("class", 10, 60, 2)]);
    for (learner, expected) in [
        (BadLearner::Observes, "the policy bad-learner panicked while it observed the servers: blind"),
        (BadLearner::HearsOfEnds, "the policy bad-learner panicked while it learnt of a meeting that had ended: deaf"),
        (BadLearner::Keeps, "the policy bad-learner panicked while it told what it had learnt: careless"),
        (BadLearner::Remembers, "the policy bad-learner panicked while it recalled what it had learnt: forgetful"),
    ] {
        let player = Player::new(Arc::new(learner)).remembering(Vec::new());
        assert_eq!(simulate(&scenario, &player).unwrap_err().to_string(), expected);
    }
}

/// Ranks servers of a fleet of its own.
#[derive(Debug)]
struct Stranger(Fleet);

impl PlacementPolicy for Stranger {
    fn name(&self) -> &str {
        "stranger"
    }

    fn rank<'a>(&'a self, _: &'a PlacementRequest<'a>) -> Box<dyn Iterator<Item = Candidate<'a>> + 'a> {
        let servers = self.0.servers().iter();
        Box::new(servers.map(|server| Candidate { server, score: 0.0, reason: "mine".to_owned() }))
    }
}

#[test]
fn a_server_that_the_network_has_not_is_not_offered() {
    let mut elsewhere = scenario(Vec::new());
    elsewhere.servers = vec![server("x")];
    let fleet = crate::simulation::seeing::first_sight(&elsewhere, &player()).unwrap();
    let played = simulate(&scenario(vec![meeting("class", 10, 60, 2)]), &Player::new(Arc::new(Stranger(fleet))));
    let expected =
        "the policy stranger ranked x, which it was not offered, when the meeting moodle/class was to be placed";
    assert_eq!(played.unwrap_err().to_string(), expected);
}
