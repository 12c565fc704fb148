//! The balancer against a simple model of what websites may expect of it: while nothing is wrong every answer is foretold;
//! after whatever went wrong, a quiet time brings that back. What must hold at any moment is checked by the network itself.
//!
//! A failure is shrunk to the fewest steps and kept in `proptest-regressions`, to be tried first next time.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod world;

use std::time::Duration;

use lb_core::gateway::Fault;
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use world::{ROOMS, Step, WEBSITES, World};

const SERVERS: usize = 4;

/// Whether a website has a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Absent,
    There,
    /// Something went wrong: both may be.
    Unknown,
}

/// What websites may expect.
#[derive(Clone, Debug)]
struct Model {
    /// Whether all servers behave and have behaved for long enough.
    calm: bool,
    rooms: [[Presence; ROOMS]; WEBSITES.len()],
}

#[derive(Clone, Debug)]
enum Transition {
    /// A call, waited for.
    Ask(Step),
    /// Anything else.
    Let(Step),
    /// All servers behave again, everybody leaves, and time passes.
    Quiet,
}

fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::Refuse),
        1 => Just(Fault::HangBefore),
        1 => Just(Fault::HangAfter),
        1 => Just(Fault::ResetBefore),
        1 => Just(Fault::ResetAfter),
        1 => Just(Fault::Html502),
        1 => Just(Fault::Empty),
        1 => Just(Fault::Garbage),
        2 => (1..9_000_u64).prop_map(|millis| Fault::Slow(Duration::from_millis(millis))),
    ]
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self { calm: true, rooms: [[Presence::Absent; ROOMS]; WEBSITES.len()] }).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Transition> {
        let a_room = || (0..WEBSITES.len(), 0..ROOMS);
        let ask = prop_oneof![
            4 => a_room().prop_map(|(website, room)| Step::Create { website, room }),
            2 => a_room().prop_map(|(website, room)| Step::Join { website, room }),
            1 => a_room().prop_map(|(website, room)| Step::End { website, room }),
            2 => a_room().prop_map(|(website, room)| Step::Info { website, room }),
        ];
        let happens = prop_oneof![
            4 => Just(Step::Round),
            2 => (1..20_000_u64).prop_map(|millis| Step::Pass { millis }),
            1 => (20_000..120_000_u64).prop_map(|millis| Step::Pass { millis }),
            1 => (0..SERVERS, 0..ROOMS).prop_map(|(server, room)| Step::EndsByItself { server, room }),
            1 => (0..SERVERS).prop_map(|server| Step::BbbRestarts { server }),
            1 => prop_oneof![Just(0_i64), -4_000..4_000_i64].prop_map(|clock_step| Step::Kill { clock_step }),
        ];
        let goes_wrong = (0..SERVERS, faults()).prop_map(|(server, fault)| Step::Fault { server, fault });
        let quiet = if state.calm { 0 } else { 2 };
        let mut choices =
            vec![(8, ask.prop_map(Transition::Ask).boxed()), (6, happens.prop_map(Transition::Let).boxed())];
        choices.push((2, goes_wrong.prop_map(Transition::Let).boxed()));
        choices.push((quiet, Just(Transition::Quiet).boxed()));
        choices.retain(|(weight, _)| *weight > 0);
        Union::new_weighted(choices).boxed()
    }

    fn apply(mut state: Self, transition: &Transition) -> Self {
        match transition {
            Transition::Quiet => state.calm = true,
            Transition::Let(Step::Fault { .. }) => state.calm = false,
            Transition::Ask(Step::Create { website, room }) => {
                state.rooms[*website][*room] = if state.calm { Presence::There } else { Presence::Unknown };
            }
            Transition::Ask(Step::End { website, room }) => {
                state.rooms[*website][*room] = if state.calm { Presence::Absent } else { Presence::Unknown };
            }
            // where a room is, the model does not know
            Transition::Let(Step::BbbRestarts { .. } | Step::EndsByItself { .. }) => {
                for room in state.rooms.iter_mut().flatten().filter(|room| **room == Presence::There) {
                    *room = Presence::Unknown;
                }
            }
            _ => {}
        }
        // a room whose server is down may be placed afresh, and one may be forgotten with it
        if !state.calm {
            for room in state.rooms.iter_mut().flatten() {
                *room = Presence::Unknown;
            }
        }
        state
    }
}

/// The network, and what the model said before the step.
struct Tried {
    world: World,
    before: Model,
}

struct Balancing;

impl StateMachineTest for Balancing {
    type SystemUnderTest = Tried;
    type Reference = Model;

    fn init_test(model: &Model) -> Tried {
        Tried { world: World::new(SERVERS), before: model.clone() }
    }

    fn apply(mut tried: Tried, model: &Model, transition: Transition) -> Tried {
        match transition {
            Transition::Let(step) => tried.world.step(step),
            Transition::Quiet => {
                (0..ROOMS).for_each(|room| tried.world.step(Step::Leave { room }));
                tried.world.quiet();
                assert_eq!(tried.world.strays(), 0, "a stray is left after a quiet time");
            }
            Transition::Ask(step) => {
                let said = tried.world.ask(step);
                if model.calm {
                    tried.before.expects(step, &said);
                }
            }
        }
        tried.before = model.clone();
        tried
    }

    fn teardown(mut tried: Tried, _: Model) {
        tried.world.quiet();
    }
}

impl Model {
    /// What a website reads while nothing is wrong.
    fn expects(&self, step: Step, said: &str) {
        let (Step::Create { website, room }
        | Step::Join { website, room }
        | Step::End { website, room }
        | Step::Info { website, room }) = step
        else {
            return;
        };
        let presence = self.rooms[website][room];
        let right = match (step, presence) {
            (Step::Create { .. }, _) => said == "SUCCESS",
            (_, Presence::Unknown) => matches!(said, "SUCCESS" | "redirect" | "notFound"),
            // the browser is sent to the server, which says that the room has ended, until two lists have said so
            (Step::Join { .. }, Presence::Absent) => matches!(said, "notFound" | "redirect"),
            (Step::Join { .. }, Presence::There) => said == "redirect",
            (_, Presence::Absent) => said == "notFound",
            (_, Presence::There) => said == "SUCCESS",
        };
        assert!(right, "{step:?} of a room that is {presence:?} was answered {said}");
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn websites_read_what_the_model_foretells(sequential 1..60 => Balancing);
}
