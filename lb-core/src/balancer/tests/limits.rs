//! Plans, parameter rules, tags and preferred servers.

use futures_util::FutureExt;

use super::*;
use crate::event::Placement;
use crate::network::{Entity, Plan, TagRules};

/// `count` servers, and the website `moodle` with what `adapt` makes of it and of its plan; `portal` has no limits.
fn network(count: usize, adapt: impl FnOnce(&mut Plan, &mut Integration)) -> Network {
    adapted(Network::of(count), adapt)
}

fn adapted(network: Network, adapt: impl FnOnce(&mut Plan, &mut Integration)) -> Network {
    let (mut plan, mut moodle) = (Plan::new("small"), Integration::new("moodle", "moodle"));
    moodle.plan = plan.name.clone();
    adapt(&mut plan, &mut moodle);
    let entities: [Entity; 3] = [plan.into(), moodle.into(), Integration::new("portal", "portal").into()];
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .succeeding(&network.balancer)
        .network(crate::network::Network::new(entities).unwrap())
        .observer(network.witness.clone())
        .build();
    Network { balancer, ..network }
}

/// The refusal word by word, and why as it is reported.
#[track_caller]
fn denied(network: &Network, said: &Said, message: &str, reason: &str) {
    said.failed("permissionDenied");
    assert_eq!(said.value("message"), message);
    let told = network.events().into_iter().rev().find_map(|event| match event {
        EventKind::CallRefused { key, reason, .. } => Some((key, reason)),
        _ => None,
    });
    assert_eq!(told, Some(("permissionDenied".into(), reason.to_owned().into())));
}

const NOT_ALLOWED: &str = "This application is not currently allowed to access this API.";
const NO_RECORDING: &str = "This application is not allowed to record meetings.";
const NO_MORE_MEETINGS: &str = "This application is not allowed to have any more concurrent meetings.";
const NO_MORE_USERS: &str = "This application is not allowed to have any more concurrent users.";
const MEETING_FULL: &str = "This application is not allowed to have any more concurrent users in this meeting.";
const NO_MORE_CALLS: &str = "This application is not allowed to make any more calls at the moment.";

fn create_with(network: &Network, id: &str, more: &[(&str, &str)]) -> Said {
    network.call("moodle", "create", &[&[("name", "Algebra"), ("meetingID", id)], more].concat())
}

/// Somebody joins: into the server itself, so that its next list shows the user.
fn join(network: &Network, id: &str, user: &str) -> Said {
    let params = [("meetingID", id), ("fullName", user), ("userID", user), ("role", "VIEWER"), ("redirect", "false")];
    network.call("moodle", "join", &params)
}

#[test]
fn an_inactive_plan_and_a_call_that_is_not_in_it_are_refused() {
    let inactive = network(1, |plan, _| plan.active = false);
    for call in ["create", "getMeetings", "join"] {
        denied(&inactive, &inactive.call("moodle", call, &[("meetingID", "room-1")]), NOT_ALLOWED, "inactive");
    }
    inactive.create("portal", "room-1").success();
    let few = network(1, |plan, _| plan.allowed_calls = Some(["create".to_owned(), "join".to_owned()].into()));
    few.create("moodle", "room-1").success();
    denied(&few, &few.call("moodle", "end", &[("meetingID", "room-1")]), NOT_ALLOWED, "call-not-allowed");
    assert_eq!(few.sent(1, "end"), 0);
}

#[test]
fn a_plan_without_recordings_refuses_record_true_and_a_rule_may_turn_it_off_before() {
    let without = network(1, |plan, _| plan.may_record = false);
    for record in ["true", "TRUE", "1"] {
        denied(&without, &create_with(&without, "room-1", &[("record", record)]), NO_RECORDING, "recording");
    }
    create_with(&without, "room-1", &[("record", "false")]).success();
    denied(&without, &create_with(&without, "room-1", &[("record", "true")]), NO_RECORDING, "recording");
    create_with(&without, "room-1", &[]).success();
    let forced = |value: &str| {
        network(1, |plan, moodle| {
            plan.may_record = false;
            moodle.create.forced.insert("record".to_owned(), value.to_owned());
        })
    };
    let off = forced("false");
    create_with(&off, "room-1", &[("record", "true")]).success();
    create_with(&off, "room-2", &[("record", "maybe")]).success();
    let on = forced("true");
    denied(&on, &create_with(&on, "room-1", &[]), NO_RECORDING, "recording");
}

#[test]
fn of_a_hundred_concurrent_creates_as_many_succeed_as_the_plan_has_meetings() {
    let network = network(4, |plan, _| plan.max_concurrent_meetings = Some(40));
    let ids: Vec<_> = (0..100).map(|number| format!("room-{number}")).collect();
    let request = |id: &String| network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", id)]);
    let replies = block_on(futures_util::future::join_all(ids.iter().map(async |id| {
        let request = request(id);
        Said(network.balancer.handle(&request).await)
    })));
    let (given, refused): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(|said| said.value("returncode") == "SUCCESS");
    assert_eq!((given.len(), refused.len()), (40, 60));
    refused.iter().for_each(|said| denied(&network, said, NO_MORE_MEETINGS, "concurrent-meetings"));
    let held: usize = (1..=4).map(|number| network.sent(number, "create")).sum();
    assert_eq!(held, 40, "no server is asked for what is beyond the plan");

    let there = given[0].value("meetingID");
    network.create("moodle", &there).success();
    network.create("portal", "room-x").success();
    for given in [&["true"][..], &["false", "true"], &["true", "false"]] {
        let breakout: Vec<_> =
            given.iter().map(|given| ("isBreakout", *given)).chain([("parentMeetingID", there.as_str())]).collect();
        denied(&network, &create_with(&network, "part", &breakout), NO_MORE_MEETINGS, "concurrent-meetings");
    }
    denied(&network, &network.create("moodle", "one-more"), NO_MORE_MEETINGS, "concurrent-meetings");
    network.call("moodle", "end", &[("meetingID", &there)]).success();
    for _ in 0..4 {
        network.pass(20);
        network.follow();
    }
    network.create("moodle", "one-more").success();
    denied(&network, &network.create("moodle", "two-more"), NO_MORE_MEETINGS, "concurrent-meetings");
}

#[test]
fn a_meeting_that_is_placed_afresh_is_no_new_one() {
    let network = network(2, |plan, _| plan.max_concurrent_meetings = Some(1));
    network.create("moodle", "room-1").success();
    let holder = network.holders("room-1")[0];
    network.servers.fault(&format!("bbb{holder}"), Some(crate::gateway::Fault::Refuse));
    for _ in 0..10 {
        network.pass(20);
        network.follow();
    }
    network.create("moodle", "room-1").success();
    assert_eq!(network.sent(3 - holder, "create"), 1);
}

#[test]
fn users_beyond_the_plan_are_refused_at_join_and_at_create() {
    let network = network(2, |plan, _| plan.max_concurrent_users = Some(3));
    for id in ["room-1", "room-2"] {
        network.create("moodle", id).success();
    }
    for (id, user) in [("room-1", "ana"), ("room-1", "bo"), ("room-2", "cai")] {
        join(&network, id, user).success();
    }
    for round in ["before any list shows them", "in the lists"] {
        denied(&network, &join(&network, "room-2", "dora"), NO_MORE_USERS, "concurrent-users");
        denied(&network, &network.create("moodle", "room-3"), NO_MORE_USERS, "concurrent-users");
        network.create("moodle", "room-1").success();
        assert!(join(&network, "room-1", "ana").value("returncode") == "SUCCESS", "again, {round}");
        network.pass(if round == "in the lists" { 0 } else { 90 });
        network.follow();
    }
}

#[test]
fn a_hundred_concurrent_joins_fill_the_plan_and_not_more() {
    for per_meeting in [false, true] {
        let network = network(2, |plan, _| {
            let limit = Some(40);
            let (all, one) = if per_meeting { (None, limit) } else { (limit, None) };
            (plan.max_concurrent_users, plan.max_users_per_meeting) = (all, one);
        });
        network.create("moodle", "room-1").success();
        let users: Vec<_> = (0..100).map(|number| format!("user-{number}")).collect();
        let request = |user: &String| {
            network.request("moodle", "join", &[("meetingID", "room-1"), ("fullName", user), ("userID", user)])
        };
        let mut told: Vec<_> = users.iter().map(request).collect();
        told.extend(users.iter().map(request));
        let said: Vec<_> =
            told.iter().map(|request| Said(network.balancer.handle(request).now_or_never().unwrap())).collect();
        let sent = said.iter().filter(|said| said.0.status == 302).count();
        assert_eq!(sent, 80, "forty users, each of whom clicked twice");
        let (message, reason) =
            if per_meeting { (MEETING_FULL, "users-per-meeting") } else { (NO_MORE_USERS, "concurrent-users") };
        denied(&network, &said[99], message, reason);
    }
}

#[test]
fn a_join_that_the_server_refuses_leaves_its_seat() {
    let network = network(1, |plan, _| plan.max_users_per_meeting = Some(1));
    network.create("moodle", "room-1").success();
    let wrong = [("meetingID", "room-1"), ("fullName", "Ana"), ("password", "wrong"), ("redirect", "false")];
    for _ in 0..3 {
        network.call("moodle", "join", &wrong).failed("Params required");
    }
    network.servers.fault_on("bbb1", "join", crate::gateway::Fault::Refuse);
    for _ in 0..2 {
        join(&network, "room-1", "ana").failed("internalError");
    }
    network.servers.fault("bbb1", None);
    join(&network, "room-1", "bo").success();
    let again =
        [("meetingID", "room-1"), ("fullName", "Bo"), ("userID", "bo"), ("password", "wrong"), ("redirect", "false")];
    network.call("moodle", "join", &again).failed("Params required");
    denied(&network, &join(&network, "room-1", "cai"), MEETING_FULL, "users-per-meeting");
}

#[test]
fn users_and_minutes_of_a_meeting_are_capped_on_the_way_to_the_server() {
    let network = network(1, |plan, _| {
        plan.max_users_per_meeting = Some(20);
        plan.max_duration = Some(Duration::from_secs(90 * 60 + 59));
    });
    for (given, users, minutes) in
        [("", 20, "90"), ("0", 20, "90"), ("15", 15, "15"), ("100", 20, "90"), ("x", 20, "90")]
    {
        let id = format!("room-{given}-");
        let created = create_with(&network, &id, &[("maxParticipants", given), ("duration", given)]).success();
        assert_eq!(created.value("duration"), minutes, "{given}");
        let info = network.call("moodle", "getMeetingInfo", &[("meetingID", &id)]).success();
        assert_eq!(info.value("maxUsers"), users.to_string(), "{given}");
    }
}

#[test]
fn a_rate_refuses_calls_and_never_a_join_and_outlives_a_new_configuration() {
    let network = network(1, |plan, _| plan.calls_per_second = Some(20));
    network.create("moodle", "room-1").success();
    let calls = |network: &Network| {
        (0..50).filter(|_| network.call("moodle", "getMeetings", &[]).value("returncode") == "SUCCESS").count()
    };
    assert_eq!(calls(&network), 19);
    denied(&network, &network.call("moodle", "getMeetings", &[]), NO_MORE_CALLS, "calls-per-second");
    let told = network.events().iter().filter(|event| matches!(event, EventKind::CallRefused { .. })).count();
    assert_eq!(told, 10, "of 32 refusals: nobody fills the log and the store with them");
    let joins = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER")];
    assert!((0..50).all(|_| network.call("moodle", "join", &joins).0.status == 302));
    network.create("portal", "room-1").failed("idNotUnique");
    let network = adapted(network, |plan, _| plan.calls_per_second = Some(20));
    assert_eq!(calls(&network), 0, "the balancer that took over knows");
    network.pass(1);
    assert_eq!(calls(&network), 20);
}

#[test]
fn of_each_reason_some_refusals_are_told_and_not_thousands() {
    let network = network(1, |plan, moodle| {
        moodle.active = false;
        plan.calls_per_second = Some(30);
    });
    for _ in 0..500 {
        network.call("moodle", "getMeetings", &[]).failed("permissionDenied");
        network.call("moodle", "join", &[("meetingID", "room-1")]);
    }
    let mut told = std::collections::BTreeMap::new();
    for event in network.events() {
        if let EventKind::CallRefused { reason, .. } = event {
            *told.entry(reason.into_owned()).or_insert(0) += 1;
        }
    }
    assert_eq!(told, [("calls-per-second".to_owned(), 10), ("inactive".to_owned(), 10)].into());
}

#[test]
fn rules_hold_for_creates_repeated_creates_and_joins() {
    let network = network(1, |_, moodle| {
        moodle.create.forced.insert("maxParticipants".to_owned(), "7".to_owned());
        moodle.create.default.insert("name".to_owned(), "Nameless".to_owned());
        moodle.create.blocked.insert("meta_tracker".to_owned());
        moodle.join.forced.insert("role".to_owned(), "VIEWER".to_owned());
        moodle.join.blocked.insert("userdata-style".to_owned());
    });
    for _ in 0..2 {
        let params = [("meetingID", "room-1"), ("maxParticipants", "500"), ("meta_Tracker", "t"), ("meta_course", "c")];
        network.call("moodle", "create", &params).success();
        let info = network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success();
        assert_eq!((info.value("maxUsers").as_str(), info.value("meetingName").as_str()), ("7", "Nameless"));
        assert!(info.text().contains("<course>") && !info.text().contains("tracker"), "{}", info.text());
    }
    let join = [
        ("meetingID", "room-1"),
        ("fullName", "Ana"),
        ("role", "MODERATOR"),
        ("userdata-style", "x"),
        ("avatarURL", "y"),
    ];
    let location = network.call("moodle", "join", &join).location();
    let sent: Vec<_> = location.query_pairs().filter(|(name, _)| name != "checksum").collect();
    let sent: Vec<_> = sent.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(sent, [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "VIEWER"), ("avatarURL", "y")]);
    let forged = create_with(&network, "room-2", &[("meta_MCONFLB-guid", "x")]);
    forged.failed("invalidParameters");
    assert_eq!(forged.value("message"), "The URL you supplied has parameters that are not accepted.");
}

fn tagged(tags: &'static [&'static [&'static str]], rules: TagRules) -> Network {
    let adapt = |reported: &mut ReportedServer| {
        let number: usize = reported.server.name.as_str()[3..].parse().unwrap();
        reported.server.tags = tags[number - 1].iter().map(|tag| (*tag).to_owned()).collect();
    };
    adapted(Network::with(tags.len(), adapt, Settings::default()), |_, moodle| moodle.tags = rules)
}

fn placement(network: &Network) -> Placement {
    let created = network.events().into_iter().rev().find_map(|event| match event {
        EventKind::MeetingCreated { placement, .. } => Some(placement),
        _ => None,
    });
    created.unwrap()
}

#[test]
fn preferred_tags_come_first_and_forbidden_ones_never() {
    let own = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    let rules = TagRules { required: own(&["eu"]), preferred: own(&["gpu"]), forbidden: own(&["old"]) };
    let network = tagged(&[&["eu"], &["eu", "gpu"], &["eu", "gpu", "old"], &["gpu"]], rules);
    for number in 0..10 {
        network.create("moodle", &format!("room-{number}")).success();
    }
    assert_eq!((network.sent(2, "create"), network.sent(1, "create")), (10, 0));
    assert!(!placement(&network).reason.contains("preferred tags"));
    network.servers.fault("bbb2", Some(crate::gateway::Fault::Refuse));
    network.create("moodle", "room-10").success();
    assert_eq!(network.holders("room-10"), [1]);
    assert!(placement(&network).reason.ends_with("; no server with the preferred tags can take it"));
    network.servers.fault("bbb1", Some(crate::gateway::Fault::Refuse));
    network.create("moodle", "room-11").failed("internalError");
    assert_eq!((network.sent(3, "create"), network.sent(4, "create")), (0, 0));
}

#[test]
fn the_preferred_server_is_used_in_spite_of_the_policy() {
    let network = tagged(&[&[], &[], &["old"]], TagRules { forbidden: vec!["old".to_owned()], ..TagRules::default() });
    let prefer = |id: &str, text: &str| {
        create_with(&network, id, &[("preferredServer", text)]).success();
        network.holders(id)
    };
    for number in 0..5 {
        assert_eq!(prefer(&format!("by-name-{number}"), "bbb2"), [2]);
    }
    let told = placement(&network);
    assert_eq!((told.policy.as_str(), told.reason.as_str()), ("preferred-server", "the website prefers this server"));
    let address = network.balancer.fleet().server(&"bbb2".into()).unwrap().server.address.clone();
    assert_eq!(prefer("by-address", &address), [2]);
    let event = network.events().into_iter().rev().find_map(|event| match event {
        EventKind::MeetingCreated { parameters, .. } => Some(parameters),
        _ => None,
    });
    assert!(event.unwrap().iter().all(|(name, _)| name != "preferredServer"));
    for ignored in ["bbb9", "bbb3", ""] {
        assert_eq!(prefer(&format!("ignored-{ignored}"), ignored), [1], "{ignored}: the policy decides");
    }
    block_on(network.balancer.set_word(&"bbb2".into(), crate::server::AdministratorWord::Draining, &"ana".into()))
        .unwrap();
    assert_eq!(prefer("draining", "bbb2"), [1]);
}

#[test]
fn a_preferred_server_with_another_websites_meeting_of_that_id_is_not_used_and_one_that_fails_is_left() {
    let network = network(2, |_, _| {});
    network.create("portal", "room-1").success();
    let taken = network.holders("room-1")[0];
    let other = 3 - taken;
    create_with(&network, "room-1", &[("preferredServer", &format!("bbb{taken}"))]).success();
    assert_eq!((network.sent(taken, "create"), network.sent(other, "create")), (1, 1));
    network.servers.fault(&format!("bbb{taken}"), Some(crate::gateway::Fault::Refuse));
    create_with(&network, "room-2", &[("preferredServer", &format!("bbb{taken}"))]).success();
    assert_eq!(network.holders("room-2"), [other]);
}
