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
    pub(super) display_name: &'static str,
    /// The institution that it belongs to, and the plan that it has.
    pub(super) partner: &'static str,
    pub(super) plan: &'static str,
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
    /// Meetings that begin in one hour of the past day when it is busy.
    pub(super) hourly: f64,
    /// How many hours its people's clocks are before UTC.
    pub(super) hours_before_utc: i64,
}

const BRAZILIANS: &[(&str, &str)] = &[
    ("Porto Alegre", "192.0.2.1"),
    ("Caxias do Sul", "192.0.2.49"),
    ("Pelotas", "192.0.2.65"),
    ("Santa Maria", "192.0.2.81"),
    ("Florianópolis", "198.51.100.1"),
    ("São Paulo", "192.0.2.97"),
    ("Campinas", "192.0.2.113"),
    ("Rio de Janeiro", "192.0.2.129"),
];
const EUROPEANS: &[(&str, &str)] =
    &[("Brussels", "192.0.2.33"), ("Paris", "192.0.2.145"), ("Berlin", "198.51.100.129")];

/// Websites in Brazil and in Belgium. The printed URLs are those of the first.
pub(super) const WEBSITES: [WebsiteRole; 4] = [
    WebsiteRole {
        name: "moodle",
        display_name: "Moodle of the university",
        partner: "university",
        plan: "large",
        secret: "demo-moodle",
        position: PORTO_ALEGRE,
        audience: BRAZILIANS,
        most_meetings: 14,
        pause: 3_200,
        hourly: 11.0,
        hours_before_utc: -3,
    },
    WebsiteRole {
        name: "portal",
        display_name: "Portal of the museum",
        partner: "museum",
        plan: "small",
        secret: "demo-portal",
        position: BRUSSELS,
        audience: EUROPEANS,
        most_meetings: 7,
        pause: 6_200,
        hourly: 5.0,
        hours_before_utc: 1,
    },
    WebsiteRole {
        name: "clinic",
        display_name: "Teaching hospital",
        partner: "university",
        plan: "small",
        secret: "demo-clinic",
        position: SAO_PAULO,
        audience: BRAZILIANS,
        most_meetings: 5,
        pause: 9_000,
        hourly: 3.0,
        hours_before_utc: -3,
    },
    WebsiteRole {
        name: "academy",
        display_name: "Evening academy",
        partner: "museum",
        plan: "large",
        secret: "demo-academy",
        position: BRUSSELS,
        audience: EUROPEANS,
        most_meetings: 5,
        pause: 11_000,
        hourly: 2.5,
        hours_before_utc: 1,
    },
];

/// The institutions, and what people call them.
pub(super) const PARTNERS: [(&str, &str); 2] =
    [("university", "University of the South"), ("museum", "Museum of the Two Cities")];

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

const FIRST_NAMES: [&str; 16] = [
    "Ana", "Bruno", "Chloé", "Davi", "Emma", "Felipe", "Greet", "Hugo", "Inês", "João", "Katrien", "Lucas", "Mirela",
    "Noor", "Otávio", "Pauline",
];
const LAST_NAMES: [&str; 13] = [
    "Alves",
    "Bauwens",
    "Costa",
    "De Smet",
    "Esteves",
    "Fischer",
    "Gomes",
    "Hendrickx",
    "Iglesias",
    "Jacobs",
    "Klein",
    "Lima",
    "Martin",
];

/// The name of one of those who join: of some two hundred.
pub(super) fn person(number: usize) -> String {
    let first = FIRST_NAMES[number % FIRST_NAMES.len()];
    let last = LAST_NAMES[number % LAST_NAMES.len()];
    format!("{first} {last}")
}

/// Who administers the demo, and their password. It is shown on purpose: the demo listens on this machine alone.
pub(super) const ADMINISTRATOR: (&str, &str) = ("demo", "demo-of-a-day");
