//! Who plays: the servers, the websites, and where their people are.

use lb_core::Position;

/// A GeoIP database in which the documentation addresses of RFC 5737 are in the cities of [`WebsiteRole::audience`]. No
/// real address is in it. `tests/fixtures/geo/make_test_mmdb.py` makes it.
pub(super) const CITIES: &[u8] = include_bytes!("cities.mmdb");

/// CPU that one user costs every server, per cent.
pub(super) const CPU_PER_USER: f64 = 0.6;

/// One simulated server.
#[derive(Debug)]
pub(super) struct ServerRole {
    pub(super) name: &'static str,
    pub(super) city: &'static str,
    pub(super) position: Position,
    /// CPU in use when nobody is there, per cent.
    pub(super) base_cpu: f64,
}

const PORTO_ALEGRE: Position = Position { latitude: -30.0331, longitude: -51.2 };
const SAO_PAULO: Position = Position { latitude: -23.5505, longitude: -46.6333 };
const BRUSSELS: Position = Position { latitude: 50.8503, longitude: 4.3517 };

const fn server(name: &'static str, city: &'static str, position: Position, base_cpu: f64) -> ServerRole {
    ServerRole { name, city, position, base_cpu }
}

/// Two servers in each of three cities. Cities are farther from one another than the placement rule's 300 km.
pub(super) const SERVERS: [ServerRole; 6] = [
    server("bru1", "Brussels", BRUSSELS, 3.0),
    server("bru2", "Brussels", BRUSSELS, 5.0),
    server("poa1", "Porto Alegre", PORTO_ALEGRE, 2.0),
    server("poa2", "Porto Alegre", PORTO_ALEGRE, 6.0),
    server("sao1", "São Paulo", SAO_PAULO, 4.0),
    server("sao2", "São Paulo", SAO_PAULO, 3.0),
];

/// One simulated website.
#[derive(Debug)]
pub(super) struct WebsiteRole {
    pub(super) name: &'static str,
    /// Shown on purpose: it is worth nothing outside the demo.
    pub(super) secret: &'static str,
    /// The integration's own position: it counts where a user's is not known.
    pub(super) position: Position,
    /// The cities of those who ask for meetings, and the address that stands for each in `X-Forwarded-For`.
    pub(super) audience: &'static [(&'static str, &'static str)],
    /// Meetings held at once; when there are as many, the next one is left out.
    pub(super) most_meetings: usize,
    /// Milliseconds from one create to the next, on average.
    pub(super) pause: u64,
}

/// A website in Brazil and one in Belgium. The printed URLs are those of the first.
pub(super) const WEBSITES: [WebsiteRole; 2] = [
    WebsiteRole {
        name: "moodle",
        secret: "demo-moodle",
        position: PORTO_ALEGRE,
        audience: &[
            ("Porto Alegre", "192.0.2.1"),
            ("Caxias do Sul", "192.0.2.49"),
            ("Pelotas", "192.0.2.65"),
            ("Santa Maria", "192.0.2.81"),
            ("Florianópolis", "198.51.100.1"),
            ("São Paulo", "192.0.2.97"),
            ("Campinas", "192.0.2.113"),
            ("Rio de Janeiro", "192.0.2.129"),
        ],
        most_meetings: 18,
        pause: 2_600,
    },
    WebsiteRole {
        name: "portal",
        secret: "demo-portal",
        position: BRUSSELS,
        audience: &[("Brussels", "192.0.2.33"), ("Paris", "192.0.2.145"), ("Berlin", "198.51.100.129")],
        most_meetings: 9,
        pause: 5_200,
    },
];

/// What meetings are about.
pub(super) const SUBJECTS: [&str; 10] = [
    "algebra",
    "physics",
    "history",
    "music",
    "biology",
    "chemistry",
    "thesis defence",
    "office hour",
    "geography",
    "staff meeting",
];

/// Who joins them.
pub(super) const PEOPLE: [&str; 12] =
    ["Ana", "Bruno", "Chloé", "Davi", "Emma", "Felipe", "Greet", "Hugo", "Inês", "João", "Katrien", "Lucas"];
