//! The Mconf rule over the real binary: the server nearest to the user, all within 300 km of that one, least CPU among them.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use harness::{Lb, Website};
use lb_core::Position;
use lb_http::sim::{SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer, SimulatedServerSettings};

/// A city with a server: name, latitude, longitude, CPU of its server, an address in it.
type City = (&'static str, f64, f64, f64, &'static str);

const CITIES: [City; 10] = [
    ("porto-alegre", -30.0331, -51.2000, 50.0, "192.0.2.1"),
    ("caxias", -29.1678, -51.1794, 20.0, "192.0.2.49"),
    ("pelotas", -31.7719, -52.3425, 12.0, "192.0.2.65"),
    ("santa-maria", -29.6842, -53.8069, 16.0, "192.0.2.81"),
    ("florianopolis", -27.5954, -48.5480, 5.0, "198.51.100.1"),
    ("sao-paulo", -23.5505, -46.6333, 50.0, "192.0.2.97"),
    ("campinas", -22.9056, -47.0608, 20.0, "192.0.2.113"),
    ("rio", -22.9068, -43.1729, 10.0, "192.0.2.129"),
    ("brussels", 50.8503, 4.3517, 50.0, "192.0.2.33"),
    ("paris", 48.8566, 2.3522, 20.0, "192.0.2.145"),
];

/// Pairs of cities whose servers only certain websites may use: the second one has less CPU, and is within 300 km of the
/// first or not.
const PAIRS: [(&str, &str, bool); 7] = [
    ("porto-alegre", "caxias", true),
    ("porto-alegre", "pelotas", true),
    ("porto-alegre", "santa-maria", true),
    ("porto-alegre", "florianopolis", false),
    ("sao-paulo", "campinas", true),
    ("sao-paulo", "rio", false),
    ("brussels", "paris", true),
];

struct World {
    lb: Lb,
    // every meeting has an id of its own
    created: AtomicU32,
    servers: Vec<Arc<SimulatedServer>>,
    _nagios: SimulatedNagios,
}

impl World {
    /// A server in each city, known from Nagios. New meetings bring no expected load, so that the CPU figures stand.
    async fn start() -> Self {
        let (mut servers, mut hosts, mut facts) = (Vec::new(), Vec::new(), String::new());
        for (name, latitude, longitude, cpu, _) in CITIES {
            let settings = SimulatedServerSettings {
                base_cpu: cpu,
                secret: format!("s3cr3t-of-{name}").as_str().into(),
                ..SimulatedServerSettings::default()
            };
            let server = Arc::new(SimulatedServer::start(settings).await.unwrap());
            let mut host = SimulatedHost::new(name, Arc::clone(&server));
            host.position = Some(Position { latitude, longitude });
            hosts.push(host);
            servers.push(server);
            let of_this_city = |(one, other, _): &&(&str, &str, bool)| *one == name || *other == name;
            let tags: Vec<_> =
                PAIRS.iter().filter(of_this_city).map(|(one, other, _)| format!("{one}+{other}")).collect();
            facts += &format!("[[servers]]\nname = \"{name}\"\ntags = {tags:?}\n");
        }
        let nagios = SimulatedNagios::start(SimulatedNagiosSettings::default(), hosts).await.unwrap();
        let database = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/geo/test-city.mmdb");
        let mut config = format!(
            "[monitor]\nkind = \"nagios\"\nurl = \"{}\"\nusername = \"lb\"\npassword = \"simulated\"\ninterval = \"1s\"\n\
             [geoip]\ndatabase = \"{database}\"\n[placement]\nexpected_users = 0\n\
             [[integrations]]\nname = \"moodle\"\nsecrets = [\"moodle-s3cr3t\"]\n\
             [[integrations]]\nname = \"belgian\"\nsecrets = [\"belgian-s3cr3t\"]\nlatitude = 50.85\nlongitude = 4.35\n",
            nagios.url()
        );
        for (one, other, _) in PAIRS {
            let pair = format!("{one}+{other}");
            config += &format!(
                "[[integrations]]\nname = \"{pair}\"\nsecrets = [\"{pair}-s3cr3t\"]\nrequired_tags = [\"{pair}\"]\n"
            );
        }
        let lb = Lb::start(&(config + &facts)).await;
        lb.ready().await;
        Self { lb, created: AtomicU32::default(), servers, _nagios: nagios }
    }

    /// Creates a meeting for a user whose website sends `forwarded_for`; the city where it is held.
    async fn city_for(&self, website: &Website, forwarded_for: Option<&str>) -> &'static str {
        let headers: Vec<_> = forwarded_for.map(|addresses| ("x-forwarded-for", addresses)).into_iter().collect();
        let meeting_id = format!("room-{}", self.created.fetch_add(1, Ordering::Relaxed));
        let params = [("name", "Algebra"), ("meetingID", &*meeting_id)];
        website.call_with("create", &params, &headers).await.success();
        let held = |server: &Arc<SimulatedServer>| server.with(|bbb| bbb.meeting(&meeting_id).is_some());
        CITIES[self.servers.iter().position(held).expect("some server holds it")].0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_within_three_hundred_kilometres_of_the_nearest_competes_and_one_beyond_does_not() {
    let world = World::start().await;
    for (one, other, within) in PAIRS {
        let website = world.lb.website(&format!("{one}+{other}-s3cr3t"));
        let address = CITIES.iter().find(|city| city.0 == one).unwrap().4;
        let expected = if within { other } else { one };
        assert_eq!(world.city_for(&website, Some(address)).await, expected, "{one}, {other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_is_at_the_leftmost_forwarded_address_that_has_a_place() {
    let world = World::start().await;
    let moodle = world.lb.website("moodle-s3cr3t");
    for (forwarded_for, expected) in [
        ("192.0.2.1", "pelotas"),
        ("192.0.2.1:5678", "pelotas"),
        ("::ffff:192.0.2.1", "pelotas"),
        ("[::ffff:192.0.2.1]:4711", "pelotas"),
        ("2001:db8:1::1", "pelotas"),
        ("[2001:db8:2::1]", "paris"),
        ("198.51.100.1", "florianopolis"),
        ("192.0.2.129", "rio"),
        // no server in Brasilia or Berlin: the circle is around the nearest server, not around the user
        ("192.0.2.17", "campinas"),
        ("198.51.100.129", "paris"),
        ("192.0.2.145, 192.0.2.1", "paris"),
        ("192.0.2.1, 192.0.2.145", "pelotas"),
        // private, of no range, of a country only, no address at all: the next one counts
        ("10.0.0.1, 203.0.113.5, unknown, 203.0.113.200, 192.0.2.145, 192.0.2.1", "paris"),
    ] {
        assert_eq!(world.city_for(&moodle, Some(forwarded_for)).await, expected, "{forwarded_for}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_the_websites_own_counts_and_without_that_all_compete_on_cpu() {
    let world = World::start().await;
    let (moodle, belgian) = (world.lb.website("moodle-s3cr3t"), world.lb.website("belgian-s3cr3t"));
    for forwarded_for in [None, Some("10.0.0.1"), Some("203.0.113.5"), Some("unknown"), Some(""), Some("192.0.2")] {
        assert_eq!(world.city_for(&moodle, forwarded_for).await, "florianopolis", "{forwarded_for:?}");
        assert_eq!(world.city_for(&belgian, forwarded_for).await, "paris", "{forwarded_for:?}");
    }
    assert_eq!(world.city_for(&belgian, Some("192.0.2.1")).await, "pelotas", "the user's place comes first");
}
