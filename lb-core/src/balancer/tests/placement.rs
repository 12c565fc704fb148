//! Where meetings go.

use super::*;
use crate::placement::{
    LeastCpu, LeastMeetings, LeastUsers, MeetingHints, NearestLeastCpu, Placed, PlacementPolicy, PlacementRequest,
    RoundRobin,
};
use crate::position::{KnownNetworks, Place, Position};
use crate::server::{Service, ServiceState};

fn service(state: ServiceState) -> Service {
    Service { name: "Disk Report".into(), state, output: String::new(), checked_at: None }
}

#[test]
fn forty_creates_between_two_polls_spread_over_four_equal_servers() {
    let network = Network::of(4);
    for number in 0..40 {
        network.create("moodle", &format!("room-{number}")).success();
    }
    let counts: Vec<usize> = (1..=4).map(|number| network.sent(number, "create")).collect();
    assert!(counts.iter().all(|&count| count <= 12), "{counts:?}");
}

#[test]
fn two_integrations_may_use_one_id_on_two_servers_and_not_on_one() {
    let network = Network::of(2);
    network.create("moodle", "room-1").success();
    network.create("portal", "room-1").success();
    assert_eq!(network.holders("room-1"), [1, 2]);
    let server_of = |website: &str| {
        let said = network.call(website, "getMeetings", &[]).success();
        let text = said.text();
        assert_eq!(text.matches("<meeting>").count(), 1, "{text}");
        text.split("<server><name>").nth(1).unwrap()[..4].to_owned()
    };
    assert_ne!(server_of("moodle"), server_of("portal"));

    let alone = Network::of(1);
    alone.create("moodle", "room-1").success();
    alone.create("portal", "room-1").failed("idNotUnique");
    alone.create("portal", "room-2").success();
}

#[test]
fn a_server_with_a_foreign_meeting_of_that_id_is_left_out() {
    let network = Network::of(2);
    let now = network.clock.now();
    network.servers.with("bbb1", |bbb| bbb.put_foreign(now, "room-1", 3)).unwrap();
    network.follow();
    network.create("moodle", "room-1").success();
    assert_eq!(network.sent(2, "create"), 1);
}

#[test]
fn a_warning_server_is_the_last_resort_and_a_critical_one_is_none() {
    let state_of = |number: usize| if number == 1 { ServiceState::Critical } else { ServiceState::Warning };
    let adapt = move |reported: &mut ReportedServer| {
        let number = reported.server.name.as_str()[3..].parse().unwrap();
        reported.services = vec![service(state_of(number))];
    };
    let network = Network::with(2, adapt, Settings::default());
    network.create("moodle", "room-1").success();
    assert_eq!(network.holders("room-1"), [2]);
    assert!(network.events().iter().any(|event| matches!(event, EventKind::LastResort { .. })));

    let strict = Network::with(2, adapt, Settings { last_resort: false, ..Settings::default() });
    strict.create("moodle", "room-1").failed("internalError");
}

#[test]
fn capacity_and_tags_keep_meetings_away() {
    let adapt = |reported: &mut ReportedServer| match reported.server.name.as_str() {
        "bbb1" => reported.server.capacity = Some(20),
        _ => reported.load.cpu = Some(90.0),
    };
    let network = Network::with(2, adapt, Settings::default());
    for number in 0..4 {
        network.create("moodle", &format!("room-{number}")).success();
    }
    assert_eq!(network.sent(1, "create"), 2, "15 expected users each: the third does not fit");
}

#[test]
fn a_voice_bridge_is_kept_where_it_is_free_and_drawn_where_it_is_not() {
    let bridge = |network: &Network, id: &str, wish: &str| {
        let params = [("name", "Algebra"), ("meetingID", id), ("voiceBridge", wish)];
        network.call("moodle", "create", &params).success().value("voiceBridge").parse::<u32>().unwrap()
    };
    let network = Network::of(1);
    assert_eq!(bridge(&network, "room-a", "12345"), 12345);
    assert!((70_000..80_000).contains(&bridge(&network, "room-b", "12345")), "taken on this server");
    assert!((70_000..80_000).contains(&bridge(&network, "room-c", "99999")), "the test bridge");

    let two = Network::of(2);
    assert_eq!(
        (bridge(&two, "room-a", "12345"), bridge(&two, "room-b", "12345")),
        (12345, 12345),
        "each server has its own"
    );
    let shared = Settings { voice_bridges: crate::balancer::VoiceBridges::PerFleet, ..Settings::default() };
    let fleet = Network::with(2, |_| {}, shared);
    assert_eq!(bridge(&fleet, "room-a", "12345"), 12345);
    assert_ne!(bridge(&fleet, "room-b", "12345"), 12345);
}

#[test]
fn a_voice_bridge_that_only_the_server_knows_to_be_taken_is_drawn_anew() {
    let network = Network::of(1);
    let digest =
        sign(Algorithm::Sha256, "create", "name=Past+us&meetingID=past&voiceBridge=12345", &"server-secret".into());
    let query = format!("name=Past+us&meetingID=past&voiceBridge=12345&checksum={digest}");
    let now = network.clock.now();
    network.servers.with("bbb1", |bbb| bbb.handle(now, "create", &query, None)).unwrap();
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("voiceBridge", "12345")];
    let said = network.call("moodle", "create", &params).success();
    assert_ne!(said.value("voiceBridge"), "12345");
    assert_eq!(network.sent(1, "create"), 2);
}

/// Servers in the cities of southern Brazil, with their CPU.
fn cities() -> Vec<(&'static str, Position, f64)> {
    let at = |latitude, longitude| Position { latitude, longitude };
    vec![
        ("porto-alegre", at(-30.0331, -51.2000), 50.0),
        ("caxias", at(-29.1678, -51.1794), 40.0),
        ("pelotas", at(-31.7719, -52.3425), 30.0),
        ("santa-maria", at(-29.6842, -53.8069), 20.0),
        ("florianopolis", at(-27.5954, -48.5480), 1.0),
    ]
}

fn fleet_of_cities() -> crate::fleet::Fleet {
    let clock = ManualClock::default();
    let servers = cities().into_iter().map(|(name, position, cpu)| {
        let mut server = reported(Server::new(name, "https://x.example.org", "s").unwrap(), &clock);
        server.server.position = Some(position);
        server.load.cpu = Some(cpu);
        server
    });
    let report = crate::source::MonitorReport::of(servers.collect::<Vec<_>>());
    crate::fleet::Fleet::default().with_report(report, &Default::default(), &Default::default(), clock.now()).unwrap()
}

fn ranking(policy: &dyn PlacementPolicy, position: Option<Position>, not: &str) -> Vec<String> {
    let fleet = fleet_of_cities();
    let key = crate::meeting::MeetingKey::new("moodle", "room");
    let eligible = |server: &crate::fleet::FleetServer| server.server.name.as_str() != not;
    let request = PlacementRequest {
        fleet: &fleet,
        eligible: &eligible,
        position,
        meeting: &key,
        hints: MeetingHints::default(),
        now: ManualClock::default().now(),
    };
    policy.rank(&request).map(|candidate| candidate.server.server.name.to_string()).collect()
}

#[test]
fn the_mconf_rule_takes_the_least_cpu_within_300_km_of_the_nearest_and_goes_on_outward() {
    let policy = NearestLeastCpu::default();
    let in_porto_alegre = Some(cities()[0].1);
    let expected = ["santa-maria", "pelotas", "caxias", "porto-alegre", "florianopolis"];
    assert_eq!(ranking(&policy, in_porto_alegre, ""), expected, "Florianopolis is 374 km away");
    let nearest_out = ["santa-maria", "caxias", "pelotas", "florianopolis"];
    assert_eq!(
        ranking(&policy, in_porto_alegre, "porto-alegre"),
        nearest_out,
        "first the circle around the nearest eligible one, Caxias, then around Pelotas"
    );
    let everywhere = ["florianopolis", "santa-maria", "pelotas", "caxias", "porto-alegre"];
    assert_eq!(ranking(&policy, None, ""), everywhere, "without a position all compete on CPU");
    let near = NearestLeastCpu { radius_km: 100.0 };
    assert_eq!(ranking(&near, in_porto_alegre, "")[..2], ["caxias", "porto-alegre"]);
}

#[test]
fn the_users_position_is_the_leftmost_forwarded_address_that_is_known() {
    let network_of =
        |range: &str, position| (range.parse().unwrap(), Place { position: Some(position), ..Place::default() });
    let (north, south) = (Position { latitude: 50.0, longitude: 4.0 }, Position { latitude: -30.0, longitude: -51.0 });
    let locator = KnownNetworks::new([network_of("192.0.2.0/24", north), network_of("198.51.100.0/24", south)]);
    let clock = Arc::new(ManualClock::default());
    let servers = Arc::new(ScriptedServers::new(clock.clone()));
    let balancer = Balancer::builder(servers, clock, Arc::new(SeededRng::new(1))).locator(Arc::new(locator)).build();
    let position = |forwarded: &[&str], peer: &str, home: Option<Position>| {
        let mut request = ApiRequest::get("/bigbluebutton/api/create");
        request.forwarded_for = forwarded.iter().map(|address| address.parse().unwrap()).collect();
        request.address = Some(peer.parse().unwrap());
        let integration = Integration { position: home, ..Integration::new("a", "b") };
        balancer.whereabouts(&request.forwarded_for, request.address, &integration).position
    };
    assert_eq!(position(&["192.0.2.1", "198.51.100.1"], "198.51.100.1", None), Some(north));
    assert_eq!(
        position(&["10.0.0.1", "::ffff:198.51.100.1"], "192.0.2.1", None),
        Some(south),
        "mapped, and private ones skipped"
    );
    assert_eq!(position(&["10.0.0.1"], "192.0.2.1", Some(south)), Some(south), "then the website's own");
    assert_eq!(position(&[], "192.0.2.1", None), Some(north), "then where the call came from");
    assert_eq!(position(&[], "10.0.0.1", None), None);
}

#[test]
fn each_policy_ranks_every_eligible_server_once() {
    let policies: [&dyn PlacementPolicy; 5] =
        [&NearestLeastCpu::default(), &LeastCpu, &LeastUsers, &LeastMeetings, &RoundRobin::default()];
    for policy in policies {
        for position in [None, Some(cities()[2].1)] {
            let mut ranked = ranking(policy, position, "caxias");
            ranked.sort();
            assert_eq!(ranked, ["florianopolis", "pelotas", "porto-alegre", "santa-maria"], "{}", policy.name());
        }
    }
}

#[test]
fn round_robin_looks_without_turning_and_turns_when_placed() {
    let policy = RoundRobin::default();
    assert_eq!(ranking(&policy, None, "")[0], "caxias");
    assert_eq!(ranking(&policy, None, "")[0], "caxias");
    let (server, meeting) = ("caxias".into(), crate::meeting::MeetingKey::new("moodle", "room"));
    policy.placed(&Placed {
        server: &server,
        meeting: &meeting,
        hints: MeetingHints::default(),
        now: ManualClock::default().now(),
    });
    assert_eq!(ranking(&policy, None, ""), ["florianopolis", "pelotas", "porto-alegre", "santa-maria", "caxias"]);
}
