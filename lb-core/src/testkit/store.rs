//! The contract of [`MeetingStore`](crate::store::MeetingStore), [`FleetStore`](crate::store::FleetStore),
//! [`NetworkStore`](crate::store::NetworkStore), [`AccountStore`](crate::store::AccountStore), [`EventStore`](crate::store::EventStore) and
//! [`RollupStore`](crate::store::RollupStore) as tests.
//!
//! [`store_contract!`](crate::store_contract) and [`fleet_store_contract!`](crate::fleet_store_contract) make one `#[test]`
//! of each clause, so that each is reported by itself. Both are handed an async closure that makes a new, empty store behind
//! a pointer: a `Box`, an `Arc`, or a guard of your own that dereferences to the store and cleans up when it is dropped.
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     lb_core::store_contract!(async || Box::new(MyStore::new()));
//! }
//! ```
//!
//! A store that needs a runtime brings it as `run`, which is given one future and runs it to its end:
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     lb_core::store_contract!(
//!         run = |future| tokio::runtime::Runtime::new().unwrap().block_on(future),
//!         make = async || Box::new(MyStore::connect().await),
//!     );
//! }
//! ```
//!
//! A clause is a plain `async fn` that panics where the store breaks it. It can be called by itself too. No clause waits
//! longer than [`PATIENCE`] for something to happen.

// a clause is a test: it says what went wrong by panicking
#![allow(clippy::unwrap_used)]

pub mod accounts;
pub mod claims;
pub mod course;
pub mod event_store;
pub mod events;
pub mod fleet;
pub mod hooks;
pub mod meetings;
pub mod network;
pub mod outbox;
pub mod policies;
pub mod recordings;
pub mod rollups;
pub mod strays;
pub mod superseded;

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use event_listener::Event as Bell;
use futures_util::future::{Either, select};

pub use futures_executor::block_on;

use crate::callback::{CallbackUrl, CallbackUrls, Callbacks};
use crate::clock::Timestamp;
use crate::event::{Ended, Event, EventKind, NextBest, Placement, PositionFrom, Role};
use crate::meeting::{Claim, ClaimToken, Meeting, MeetingKey, Passwords};

/// Makes one `#[test]` of each clause that every [`MeetingStore`](crate::store::MeetingStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            claims::{
                a_free_key_is_claimed,
                a_claimed_key_is_pending_for_everybody_else,
                a_held_meeting_is_not_claimed_again,
                the_same_token_moves_its_claim_to_another_server,
                a_server_with_anothers_meeting_or_claim_of_that_id_is_occupied,
                a_released_key_can_be_claimed_again,
                a_late_confirm_is_fenced,
                a_token_confirms_its_own_key_only,
                of_a_hundred_claims_at_once_one_is_given,
                of_a_hundred_new_meetings_at_once_as_many_are_claimed_as_the_limit_says,
                only_what_is_new_counts_for_a_limit,
                waiting_ends_when_the_claim_is_confirmed,
                waiting_ends_when_the_claim_is_released,
                waiting_ends_when_a_meeting_is_adopted_over_the_claim,
                waiting_goes_on_while_the_claim_moves,
                waiting_for_a_settled_claim_ends_at_once,
            }
            meetings::{
                a_confirmed_meeting_is_found_by_both_its_ids_by_its_integration_only,
                integrations_may_use_the_same_meeting_id,
                a_new_incarnation_replaces_the_one_before,
                a_late_finder_is_refused,
                a_new_incarnation_may_be_elsewhere,
                an_id_like_anothers_internal_id_is_kept_away,
                forgetting_touches_its_own_incarnation_only,
                a_claim_is_not_forgotten,
                meetings_are_listed_by_integration_and_by_server,
                a_voice_bridge_is_taken_by_claims_and_meetings,
            }
            strays::{
                strays_are_noted_once_and_cleared,
                the_meeting_itself_is_no_stray,
                a_stray_occupies_its_server_for_every_integration,
            }
            superseded::{
                a_lost_incarnation_is_claimed_by_who_found_it_lost,
                a_lost_meeting_is_held_again_when_its_claim_is_given_up,
                a_superseded_copy_is_a_stray_and_its_create_time_is_known,
            }
            outbox::{
                a_delivery_waits_until_it_is_settled_and_is_known_from_then_on,
                a_delivery_that_failed_is_due_again_later,
                the_callbacks_of_a_meeting_and_of_a_claim_are_kept,
                a_meeting_that_is_forgotten_leaves_its_callbacks_once,
                a_meeting_that_is_replaced_leaves_its_callbacks_once,
                what_was_never_told_of_is_never_delivered,
                a_meeting_that_comes_to_be_held_is_told_of_after_all,
                a_host_with_many_keeps_none_from_the_others,
                only_what_was_settled_long_ago_is_forgotten,
                more_deliveries_than_there_are_places_for_are_dropped,
                a_hook_has_so_many_places_and_no_more,
                an_integration_has_so_many_places_and_no_more,
                a_hook_is_told_in_order,
                an_integration_with_many_hosts_keeps_none_from_the_others,
                so_much_is_forgotten_at_once_and_no_more,
                what_is_handed_in_without_waiting_is_taken,
                every_message_comes_back_as_it_was,
                more_analytics_than_there_are_places_for_are_dropped,
            }
            events::{
                the_events_of_a_change_are_stored_with_it,
                a_change_that_is_refused_stores_no_events,
                recorded_events_are_answered_newest_first_up_to_the_limit,
                every_kind_of_event_comes_back_as_it_was,
                the_store_says_that_it_can_be_written_to,
            }
            recordings::{
                ended_meetings_have_owners,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`RecordingStore`](crate::store::RecordingStore) keeps, which is a
/// [`MeetingStore`](crate::store::MeetingStore) too. See [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! recording_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            recordings::{
                a_recording_comes_back_with_all_its_facts,
                a_change_is_made_of_what_was_seen_only,
                an_integration_finds_its_own_newest_first,
                recordings_are_found_by_ids_meetings_and_metadata,
                copies_are_kept_apart_and_shown_as_one,
                a_recording_that_moves_is_found_in_its_new_place_only,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::recording_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`FleetStore`](crate::store::FleetStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! fleet_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            fleet::{
                a_new_store_has_no_fleet,
                a_fleet_comes_back_with_all_its_facts,
                a_saved_fleet_replaces_the_one_before,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::fleet_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`CourseStore`](crate::store::CourseStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! course_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            course::{
                a_new_store_has_no_course,
                a_course_comes_back_step_by_step,
                a_course_is_kept_for_so_long_and_no_longer,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::course_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`HookStore`](crate::store::HookStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! hook_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            hooks::{
                a_hook_is_its_integrations_alone,
                a_url_has_one_hook,
                a_number_is_given_once,
                an_integration_has_so_many_hooks_and_no_more,
                whose_an_ended_meeting_was_is_known_for_a_while,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::hook_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`NetworkStore`](crate::store::NetworkStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! network_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            network::{
                a_new_store_has_a_plan_and_a_router_for_all,
                a_change_is_present_with_every_fact_once_it_is_answered,
                a_change_that_was_overtaken_changes_nothing,
                a_network_that_would_not_be_whole_is_refused,
                of_many_changes_at_once_none_is_lost,
                what_is_removed_is_gone_and_a_version_never_comes_again,
                an_integration_that_is_removed_takes_its_hooks_along,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::network_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`AccountStore`](crate::store::AccountStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! account_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            accounts::{
                a_new_store_has_no_users,
                a_change_of_accounts_is_present_with_every_fact_once_it_is_answered,
                a_change_of_accounts_that_was_overtaken_or_is_bad_changes_nothing,
                of_many_changes_of_accounts_at_once_none_is_lost,
                a_use_is_noted_soon_and_overtakes_nobody,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::account_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`EventStore`](crate::store::EventStore) keeps that is a
/// [`MeetingStore`](crate::store::MeetingStore) too. See [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! event_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            event_store::{
                pages_of_events_follow_each_other_newest_first,
                events_are_found_by_all_that_is_said_of_them,
                what_was_administered_is_found_by_whom_and_of_what,
                events_of_some_integrations_are_found_together,
                a_page_stays_where_it_is_while_events_come,
                pages_for_reports_follow_each_other_oldest_first,
                events_for_reports_are_found_by_all_that_is_said_of_them,
                meetings_that_had_not_ended_at_a_moment_are_found,
                meetings_are_told_with_their_ends_users_and_parameters,
                meetings_are_chosen_by_day_users_and_number,
                a_meeting_that_is_found_again_is_told_once,
                meetings_of_others_are_not_told,
                old_events_are_forgotten_some_at_a_time,
                names_of_old_events_become_pseudonyms_once,
                events_of_a_person_are_found_by_id_name_and_integration,
                a_person_is_erased_page_by_page_and_nobody_else_is,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::event_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`RollupStore`](crate::store::RollupStore) keeps that is a
/// [`MeetingStore`](crate::store::MeetingStore) and an [`EventStore`](crate::store::EventStore) too. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! rollup_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            rollups::{
                a_new_store_has_no_rollups,
                pages_are_put_in_the_place_of_those_before,
                a_mark_stays_until_it_is_done,
                an_erasure_marks_the_days_that_it_changed,
                events_are_read_in_the_order_in_which_they_were_stored,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::rollup_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// Makes one `#[test]` of each clause that every [`PolicyStore`](crate::store::PolicyStore) keeps. See
/// [`testkit::store`](crate::testkit::store).
#[macro_export]
macro_rules! policy_store_contract {
    (run = $run:expr, make = $make:expr $(,)?) => {
        $crate::contract_tests! { $run, $make, $crate::testkit::store =>
            policies::{
                a_new_store_has_learnt_nothing,
                what_was_learnt_comes_back_for_its_router_and_policy,
                what_routers_that_are_gone_had_learnt_is_forgotten,
            }
        }
    };
    ($make:expr $(,)?) => {
        $crate::policy_store_contract!(run = |future| $crate::testkit::store::block_on(future), make = $make);
    };
}

/// One `#[test]` for each clause named: it makes a store and runs the clause on it.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($run:expr, $make:expr, $root:path => $($module:ident :: { $($clause:ident),+ $(,)? })+) => {
        $($(
            #[test]
            fn $clause() {
                use $root as root;
                ($run)(async {
                    let store = ($make)().await;
                    root::$module::$clause(&*store).await;
                });
            }
        )+)+
    };
}

/// How long a clause waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Runs `future` to its end, which must come within [`PATIENCE`]. The timer is a thread: the core has no runtime.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let late = Arc::new(Bell::new());
    let too_late = late.listen();
    let (_ended, still_running) = channel::<()>();
    thread::spawn(move || {
        if still_running.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            late.notify(1);
        }
    });
    match select(pin!(future), too_late).await {
        Either::Left((output, _)) => output,
        Either::Right(_) => panic!("{what} did not happen within {} s", PATIENCE.as_secs()),
    }
}

const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn token(text: &str) -> ClaimToken {
    ClaimToken::from(text.to_owned())
}

/// A claim of `moodle`'s meeting `id` on `server` under the token `token`.
fn claim(token: &str, id: &str, server: &str) -> Claim {
    Claim {
        key: MeetingKey::new("moodle", id),
        server: server.into(),
        passwords: Passwords { attendee: "ap-1".into(), moderator: "mp-1".into() },
        voice_bridge: 70_001,
        token: self::token(token),
        expires: START + Duration::from_secs(20),
        supersedes: None,
        callbacks: Some(callbacks(token)),
    }
}

/// Incarnation `create_time` of `moodle`'s meeting `id` on `server`.
fn meeting(id: &str, create_time: u64, server: &str) -> Meeting {
    Meeting {
        key: MeetingKey::new("moodle", id),
        internal_id: format!("sha1-of-{id}-{create_time}").into(),
        create_time,
        server: server.into(),
        name: "Física ⅠⅠ, <b>turma</b> \"A\"".to_owned(),
        passwords: Passwords { attendee: "ap-1".into(), moderator: "mp-1".into() },
        voice_bridge: Some(70_001),
        records: true,
        created_at: START,
        parameters: vec![
            ("welcome".to_owned(), "Olá!\n".to_owned()),
            ("meta_course".to_owned(), "a \"course\"".to_owned()),
            ("allowStartStopRecording".to_owned(), String::new()),
        ],
        superseded: Vec::new(),
        callbacks: Some(callbacks(&format!("{id}-{create_time}"))),
    }
}

/// The callbacks of a create, to two hosts.
fn callbacks(id: &str) -> Callbacks {
    let urls = CallbackUrls {
        ended: CallbackUrl::parse("https://lms.example/ended?key=\"a'b\"&s=é"),
        meta: CallbackUrl::parse("http://old.example:8080/"),
        recording_ready: CallbackUrl::parse("https://lms.example/ready"),
        analytics: CallbackUrl::parse("https://lms.example/analytics?é"),
    };
    Callbacks { id: id.into(), urls }
}

fn created(meeting: &Meeting) -> Event {
    let kind = EventKind::MeetingCreated {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        name: meeting.name.clone(),
        server: meeting.server.clone(),
        records: meeting.records,
        placement: Placement {
            policy: "nearest-least-cpu".to_owned(),
            router: Some("default".into()),
            score: Some(12.25),
            reason: "12.25 % CPU".to_owned(),
            attempt: 1,
            candidates: 3,
            next: vec![NextBest { server: "bbb9".into(), score: None }],
            left_out: [("full".into(), 2)].into(),
            position_from: Some(PositionFrom::Integration),
        },
        parameters: meeting.parameters.clone(),
        router: Some("default".into()),
        partner: None,
    };
    Event { at: START, kind }
}

fn ended(meeting: &Meeting) -> Event {
    let kind = EventKind::MeetingEnded {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        server: meeting.server.clone(),
        how: Ended::Unlisted,
        until: Some(START),
        most_users: 3,
    };
    Event { at: START + Duration::from_secs(3600), kind }
}

fn joined(meeting: &Meeting, name: &str) -> Event {
    let kind = EventKind::UserJoined {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        server: meeting.server.clone(),
        name: name.to_owned(),
        user_id: Some("u-1".to_owned()),
        role: Role::Attendee,
    };
    Event { at: START + Duration::from_secs(60), kind }
}
