//! What is read, and what each mistake is answered with.

use std::collections::BTreeSet;

use lb_core::network::{Entity, IntegrationSecret, Router};
use lb_core::{Network, Timestamp};

use super::*;

const FULL: &str = r#"
[listen]
api = ["0.0.0.0:8080", "[::]:8080"]
public_url = "https://lb.example.org"
trusted_proxies = ["127.0.0.1/32", "2001:db8::1"]
admin = "10.0.0.1:9090"
admin_tls = false
max_connections = 1000
max_connections_per_address = 10
idle_timeout = "90s"
[listen.tls]
certificate = "fullchain.pem"
key = "privkey.pem"
[store]
url = "sqlite:/var/lib/lb/lb.sqlite3"
create_when_unavailable = true
key_file = "/etc/lb/store.key"
[monitor]
kind = "nagios"
url = "http://127.0.0.1:8420/nagios4/cgi-bin"
format = "core4"
username = "lb"
password = "m0nit0r-pass"
interval = "15s"
hostgroup = "bbb"
recording_hostgroup = "rec"
ignored_services = ["Demo"]
cpu_service = "CPU"
cpu_label = "load"
max_age = "2m"
[meetings]
grace = "1m 30s"
[health]
failures = 5
down_after = "2m"
successes = 4
[upstream]
connect_timeout = "1s"
timeout = "7s"
max_concurrent_calls = 12
[callbacks]
allow_private_addresses = true
[geoip]
database = "city.mmdb"
[routers.default]
radius_km = 200
[routers.even]
policy = "round-robin"
[balancer]
guid = "lb-one"
[api]
version = "2.1"
deploy = 16
legacy_errors = true
[checksum]
algorithms = ["sha256", "sha512"]
hashes_per_address = 1000
hashes_within = 20000
hashes_beyond = 500
patience = "2s"
[placement]
expected_users = 20
ramp = "10m"
cpu_per_user = 0.5
last_resort = false
[voice]
unique = "fleet"
[events]
retention = "2000d"
anonymise_after = "never"
[log]
format = "json"
level = "info,lb_core=debug"
[[integrations]]
name = "moodle"
display_name = "Moodle of the university"
active = false
secrets = ["s3cr3t-one", "s3cr3t-two"]
router = "even"
latitude = -30.03
longitude = -51.20
required_tags = ["gpu"]
[[servers]]
name = "bbb1"
url = "https://bbb1.example.org/bigbluebutton/"
secret = "s3cr3t-server"
latitude = -30
longitude = -51
capacity = 200
weight = 2.5
tags = ["gpu"]
checksum = "sha1"
"#;

fn load(text: &str) -> Result<Config, ConfigErrors> {
    with(text, &[])
}

fn with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_text("lb.toml", text, variables)
}

fn errors(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    with(text, variables).map(|_| ()).unwrap_err().iter().map(str::to_owned).collect()
}

fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn every_key_of_a_full_file_is_understood() {
    let config = load(FULL).unwrap();
    assert_eq!(config.listen.api, [socket("0.0.0.0:8080"), socket("[::]:8080")]);
    assert_eq!((config.listen.admin, config.listen.admin_tls), (Some(socket("10.0.0.1:9090")), false));
    assert_eq!((config.listen.max_connections, config.listen.max_connections_per_address), (1000, 10));
    assert_eq!(config.listen.idle_timeout, seconds(90));
    let tls = Tls { certificate: "fullchain.pem".into(), key: "privkey.pem".into() };
    assert_eq!(config.listen.tls, Some(tls));
    assert_eq!(config.listen.public_url.as_str(), "https://lb.example.org/");
    assert_eq!(config.listen.trusted_proxies, ["127.0.0.1/32".parse().unwrap(), "2001:db8::1/128".parse().unwrap()]);
    assert_eq!(config.store, StoreUrl::Sqlite("/var/lib/lb/lb.sqlite3".into()));
    assert_eq!(config.when_store_unavailable, WhenUnavailable::Remember);
    assert_eq!(config.store_key_file, Some("/etc/lb/store.key".into()));
    assert_eq!((config.monitor.interval, config.meetings.grace), (seconds(15), seconds(90)));
    assert_eq!(config.monitor.ignored_services, ["Demo"]);
    assert_eq!(
        config.health,
        HealthRules { failures: 5, successes: 4, down_after: seconds(120), ..HealthRules::default() }
    );
    let upstream = Upstream { connect_timeout: seconds(1), timeout: seconds(7), max_concurrent_calls: 12 };
    assert_eq!(config.upstream, upstream);
    assert!(config.callbacks.allow_private_addresses);
    assert_eq!(config.geoip_database, Some("city.mmdb".into()));
    let router = |name: &str| Router::clone(config.network.router(name).unwrap());
    assert_eq!(router("default"), Router { radius_km: 200.0, managed: true, ..Router::new("default") });
    assert_eq!(router("even").policy, "round-robin");
    assert_eq!(config.guid, "lb-one");
    assert_eq!(config.api, Api { version: "2.1".into(), deploy: 16, legacy_errors: true });
    assert_eq!(config.algorithms, [Algorithm::Sha256, Algorithm::Sha512]);
    let budget = SearchBudget { per_address: 1000, within: 20_000, beyond: 500, patience: seconds(2) };
    assert_eq!(config.search_budget, budget);
    let expected_load =
        ExpectedLoadRule { expected_users: 20.0, ramp: seconds(600), cpu_per_user: 0.5, max_age: seconds(120) };
    assert_eq!(config.placement, Placement { expected_load, last_resort: false });
    assert_eq!(config.voice_unique, VoiceUnique::Fleet);
    assert_eq!(config.events, EventRules { retention: Some(seconds(2000 * 86_400)), anonymise_after: None });
    assert_eq!(config.log, Log { format: LogFormat::Json, level: "info,lb_core=debug".into() });

    let moodle = config.network.integration("moodle").unwrap();
    assert_eq!((moodle.display_name.as_str(), moodle.active), ("Moodle of the university", false));
    assert_eq!(moodle.secrets, ["s3cr3t-one", "s3cr3t-two"].map(IntegrationSecret::from));
    assert_eq!((moodle.router.as_str(), &moodle.tags.required[..]), ("even", &["gpu".to_owned()][..]));
    assert_eq!(moodle.position.map(|position| position.longitude), Some(-51.2));

    let bbb1 = config.network.server(&"bbb1".into()).unwrap();
    assert!(bbb1.managed);
    let bbb1 = bbb1.facts.clone();
    let MonitorSource::Nagios(nagios) = config.monitor.source else { panic!("no Nagios") };
    assert_eq!(nagios.url.as_str(), "http://127.0.0.1:8420/nagios4/cgi-bin/");
    assert_eq!(nagios.credentials, Some(("lb".into(), "m0nit0r-pass".into())));
    assert_eq!((nagios.hostgroup.as_deref(), nagios.recording_hostgroup.as_deref()), (Some("bbb"), Some("rec")));
    assert_eq!((nagios.cpu_service.as_str(), nagios.cpu_label.as_str()), ("CPU", "load"));
    assert_eq!(bbb1.api_url.as_ref().map(Url::as_str), Some("https://bbb1.example.org/bigbluebutton/api/"));
    assert_eq!((bbb1.capacity, bbb1.checksum), (Some(200), Some(Algorithm::Sha1)));
    assert_eq!(bbb1.weight, Some(2.5));
    assert_eq!(bbb1.tags, Some(vec!["gpu".to_owned()]));
}

#[test]
fn with_no_file_the_defaults_hold() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.listen.api, [socket("127.0.0.1:8080")]);
    assert_eq!((config.listen.admin, config.listen.admin_tls, &config.listen.tls), (None, false, &None));
    assert_eq!((config.listen.max_connections, config.listen.max_connections_per_address), (16_384, 1024));
    assert_eq!(config.listen.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.guid, "127.0.0.1:8080");
    assert_eq!(config.store, StoreUrl::Sqlite("lb.sqlite3".into()));
    assert_eq!(config.when_store_unavailable, WhenUnavailable::Refuse);
    assert!(matches!(&config.monitor.source, MonitorSource::Static) && config.network.servers().len() == 0);
    assert_eq!((config.monitor.interval, config.meetings.grace), (seconds(10), seconds(30)));
    assert_eq!(config.health, HealthRules::default());
    let upstream = Upstream { connect_timeout: seconds(2), timeout: seconds(8), max_concurrent_calls: 100 };
    assert_eq!(config.upstream, upstream);
    assert!(!config.callbacks.allow_private_addresses);
    assert!(config.network.entities().eq(Network::default().entities()), "and nothing of it is declared");
    assert_eq!(config.api, Api { version: "2.0".into(), deploy: 0, legacy_errors: false });
    assert_eq!(config.algorithms, Algorithm::ALL);
    assert_eq!(config.placement.expected_load, ExpectedLoadRule::default());
    assert!(config.placement.last_resort);
    assert_eq!(config.events.retention, Some(seconds(400 * 86_400)));
    assert_eq!(config.events.anonymise_after, Some(seconds(90 * 86_400)));
    assert_eq!(config.log, Log { format: LogFormat::Text, level: "info".into() });
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}

#[test]
fn with_a_certificate_the_public_url_is_https_and_so_is_administration_unless_it_is_on_loopback() {
    let tls = "[listen.tls]\ncertificate = 'a'\nkey = 'b'";
    let listen = |keys: &str| load(&format!("[listen]\n{keys}\n{tls}")).unwrap().listen;
    assert_eq!(listen("api = '[::1]:443'").public_url.as_str(), "https://[::1]/");
    for (admin, expected) in [("127.0.0.1:9090", false), ("[::1]:9090", false), ("0.0.0.0:9090", true)] {
        assert_eq!(listen(&format!("admin = '{admin}'")).admin_tls, expected, "{admin}");
        assert!(listen(&format!("admin = '{admin}'\nadmin_tls = true")).admin_tls, "{admin}");
        assert!(!listen(&format!("admin = '{admin}'\nadmin_tls = false")).admin_tls, "{admin}");
    }
    assert!(!load("[listen]\nadmin = '0.0.0.0:9090'").unwrap().listen.admin_tls, "there is no certificate");
}

#[test]
fn addresses_are_one_or_a_list_in_the_environment_as_well() {
    let api = |text| with("", &[("LB__LISTEN__API", text)]).unwrap().listen.api;
    assert_eq!(api("[::1]:80"), [socket("[::1]:80")]);
    assert_eq!(api("0.0.0.0:80,[::]:80"), [socket("0.0.0.0:80"), socket("[::]:80")]);
    assert_eq!(api("[\"0.0.0.0:80\"]"), [socket("0.0.0.0:80")]);
}

#[test]
fn static_servers_are_whole_servers() {
    let config = load("[[servers]]\nname = 'a'\nurl = 'https://a.example.org'\nsecret = 'x'\ncapacity = 7").unwrap();
    assert!(matches!(config.monitor.source, MonitorSource::Static));
    let server = config.network.server(&"a".into()).unwrap().whole().unwrap();
    assert_eq!(server.api_url.as_str(), "https://a.example.org/bigbluebutton/api/");
    assert_eq!((server.address.as_str(), server.capacity), ("a.example.org", Some(7)));
    assert_eq!(server.checksum, Algorithm::Sha256);
}

#[test]
fn a_bad_value_is_answered_with_its_line_and_what_is_allowed() {
    for (text, sentence) in [
        (
            "[listen]\n\napi = '8080'",
            "lb.toml:3: listen.api must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        (
            "[listen]\napi = 8080",
            "lb.toml:2: listen.api must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        (
            "[listen]\npublic_url = 'lb.example.org'",
            "lb.toml:2: listen.public_url must be an absolute http or https URL without user name, password, ? and #",
        ),
        (
            "[listen]\ntrusted_proxies = [\n'10.0.0.0/8',\n'10.0.0.0/99']",
            "lb.toml:4: listen.trusted_proxies[1] must be an IP address or network in quotes, such as \"10.0.0.0/8\"",
        ),
        (
            "[listen]\napi = ['127.0.0.1:1', ':2']",
            "lb.toml:2: listen.api[1] must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        (
            "[listen]\napi = { port = 1 }",
            "lb.toml:2: listen.api must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        ("[listen]\napi = []", "lb.toml:2: listen.api must have at least one address"),
        ("[listen]\nmax_connections = 0", "lb.toml:2: listen.max_connections must be a whole number of at least 1"),
        ("[listen]\ntls = 'fullchain.pem'", "lb.toml:2: listen.tls must be a table"),
        ("[listen]\nadmin_tls = true", "lb.toml:2: listen.admin_tls needs a certificate, in [listen.tls]"),
        ("[listen.tls]\nkey = 'privkey.pem'", "lb.toml:2: listen.tls needs both certificate and key"),
        ("\n[listen.tls]", "lb.toml:2: listen.tls needs both certificate and key"),
        ("[listen]\ntrusted_proxies = '10.0.0.0/8'", "lb.toml:2: listen.trusted_proxies must be a list"),
        (
            "[store]\nurl = 'postgres://db/lb'",
            "lb.toml:2: store.url must be \"memory:\" or \"sqlite:PATH\"; other stores, postgres among them, are not built yet",
        ),
        (
            "[store]\nurl = 'sqlite::memory:'",
            "lb.toml:2: store.url must be \"memory:\" or \"sqlite:PATH\"; other stores, postgres among them, are not built yet",
        ),
        ("[monitor]\nkind = 'zabbix'", "lb.toml:2: monitor.kind must be \"static\" or \"nagios\""),
        ("[[servers]]\nname = 'a'\nweight = 0", "lb.toml:3: servers[0].weight must be a number from 0.01 to 1000"),
        ("[monitor]\nformat = 'core3'", "lb.toml:2: monitor.format must be \"core4\" or \"mconf\""),
        (
            "[monitor]\ninterval = 10",
            "lb.toml:2: monitor.interval must be a duration from \"1ms\" to \"366d\", such as \"10s\" or \"1m 30s\"",
        ),
        ("[health]\nfailures = 0", "lb.toml:2: health.failures must be a whole number of at least 1"),
        (
            "[health]\nfailures = 99999999999999999999",
            "lb.toml:2: health.failures must be a whole number of at least 1",
        ),
        (
            "[routers.default]\npolicy = 'best'",
            "lb.toml:2: routers.default.policy must be one of \"nearest-least-cpu\", \"least-cpu\", \"least-users\", \"least-meetings\", \"round-robin\", \"nearest\", \"random\", \"weighted\", \"power-of-two\", \"predictive\", \"geo-predictive\", \"scalelite\", \"b3scale\", \"bbblb\", \"bbblb-as-built\", \"b3lb\", \"bigblueswarm\", \"mconf-2012\"",
        ),
        ("[routers.default]\nradius_km = nan", "lb.toml:2: routers.default.radius_km must be a number from 0 to 20038"),
        ("[routers]\ndefault = 1", "lb.toml:2: routers.default must be a table"),
        (
            "[[integrations]]\nname = 'a'\nlatitude = 91",
            "lb.toml:3: integrations[0].latitude must be a number from -90 to 90",
        ),
        ("[[integrations]]\nname = ''", "lb.toml:2: integrations[0].name must be text in quotes that is not empty"),
        ("[integrations]\nname = 'a'", "lb.toml:1: integrations must be a list"),
        (
            "[[servers]]\nchecksum = 'md5'",
            "lb.toml:2: servers[0].checksum must be one of \"sha1\", \"sha256\", \"sha384\", \"sha512\"",
        ),
        ("[api]\nlegacy_errors = 'yes'", "lb.toml:2: api.legacy_errors must be true or false"),
        ("[api]\ndeploy = -1", "lb.toml:2: api.deploy must be a whole number of at least 0"),
        (
            "[log]\nlevel = 'info,=,['",
            "lb.toml:2: log.level must be error, warn, info, debug, trace or off, or a list for single modules such as \"info,lb_core=debug\"",
        ),
        ("log = ['json']", "lb.toml:1: log must be a table"),
        (
            "[listen]\napii = 1",
            "lb.toml:2: listen.apii is not a known key; known here: api, public_url, trusted_proxies, admin, admin_tls, admin_socket, tls, max_connections, max_connections_per_address, idle_timeout",
        ),
        ("[geoip]\nfile = 1", "lb.toml:2: geoip.file is not a known key; known here: database"),
        (
            "[[servers]]\nname = 'a'\n[[servers]]\nsercet = 'a'",
            "lb.toml:4: servers[1].sercet is not a known key; known here: name, url, secret, latitude, longitude, capacity, weight, tags, checksum",
        ),
        (
            "\n[plan.default]\nactive = true",
            "lb.toml:2: plan is not a known key; known here: listen, store, monitor, meetings, recordings, health, upstream, callbacks, webhooks, geoip, routers, plans, partners, integrations, servers, balancer, api, checksum, placement, voice, events, dashboard, reports, log",
        ),
    ] {
        assert_eq!(errors(text, &[]), [sentence], "{text}");
    }
}

#[test]
fn text_that_is_no_toml_is_answered_with_its_line_and_not_repeated() {
    for text in ["[listen]\napi = \"s3cr3t", "[listen]\ns3cr3t", "[listen]\nsecret = s3cr3t", "a = 1\na = 's3cr3t'"] {
        let errors = errors(text, &[]);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("lb.toml:2: ") && !errors[0].contains("s3cr3t"), "{errors:?}");
        assert_eq!(errors[0].lines().count(), 1);
    }
}

#[test]
fn all_contradictions_are_told_at_once_in_the_order_of_the_file() {
    let text = "\
[monitor]
kind = 'nagios'
username = 'lb'
[upstream]
connect_timeout = '9s'
[[integrations]]
name = 'a'
secrets = ['one', 'two']
router = 'fast'
[[integrations]]
name = 'a'
secrets = ['three']
[[integrations]]
name = 'b'
secrets = ['two']
latitude = 1
[[integrations]]
name = 'c'
[[integrations]]
secrets = ['four']
[[servers]]
name = 'x'
[[servers]]
name = 'x'
longitude = 1
[[servers]]
url = 'https://y.example.org'
[checksum]
algorithms = []
";
    assert_eq!(
        errors(text, &[]),
        [
            "lb.toml:2: monitor.kind \"nagios\" needs monitor.url",
            "lb.toml:3: monitor.username stands without monitor.password; give both or none",
            "lb.toml:5: upstream.connect_timeout must not be longer than upstream.timeout",
            "lb.toml:9: integration a has a router that does not exist; routers are default",
            "lb.toml:11: two integrations are called a",
            "lb.toml:14: integrations a and b share a secret; each secret must be one integration's own",
            "lb.toml:16: latitude stands without longitude; give both or none",
            "lb.toml:18: integration c has no secrets; it must have at least one",
            "lb.toml:19: an integration must have a name",
            "lb.toml:24: two servers are called x",
            "lb.toml:25: longitude stands without latitude; give both or none",
            "lb.toml:26: a server must have a name",
            "lb.toml:29: checksum.algorithms must have at least one, or no call can be signed",
        ]
    );
}

#[test]
fn what_only_nagios_would_use_is_refused_where_there_is_none() {
    let keys =
        ["url", "format", "username", "password", "hostgroup", "recording_hostgroup", "cpu_service", "cpu_label"];
    for (kind, why) in [("kind = 'static'", "and it is \"static\""), ("", "which is not said")] {
        let mut text = format!("[monitor]\n{kind}\nmax_age = '1m'\ninterval = '5s'\nignored_services = ['Demo']\n");
        assert!(with(&text, &[]).is_ok(), "{text}");
        for key in keys {
            let value = match key {
                "url" => "http://m.example.org/",
                "format" => "mconf",
                _ => "s3cr3t",
            };
            text += &format!("{key} = '{value}'\n");
        }
        let expected = keys.iter().enumerate().map(|(index, key)| {
            format!("lb.toml:{}: monitor.{key} is used only with monitor.kind \"nagios\", {why}", index + 6)
        });
        assert_eq!(errors(&text, &[]), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_static_server_needs_a_url_and_a_secret_and_a_monitors_url_a_kind() {
    assert_eq!(
        errors("[[servers]]\nname = 'x'\n[monitor]\nurl = 'http://m/'", &[]),
        [
            "lb.toml:2: server x has no url, which monitor.kind \"static\" needs",
            "lb.toml:2: server x has no secret, which monitor.kind \"static\" needs",
            "lb.toml:4: monitor.url is used only with monitor.kind \"nagios\", which is not said",
        ]
    );
}

#[test]
fn a_secret_is_never_repeated() {
    for text in [
        "[[integrations]]\nname = 'a'\nsecrets = 's3cr3t'",
        "[[integrations]]\nname = 'a'\nsecrets = [['s3cr3t']]",
        "[[integrations]]\nname = 'a'\nsecrets = [{ s3cr3t = 's3cr3t' }]",
        "[[integrations]]\nname = 'a'\nsecrets = [271828]",
        "[[integrations]]\nname = 'a'\nsecrets = [{ secret = 271828 }]",
        "[[integrations]]\nname = 'a'\nsecrets = [{ secret = 's3cr3t', expires = '271828' }]",
        "[[integrations]]\nname = 'a'\nsecrets = [{ label = 's3cr3t' }]",
        "[[integrations]]\nname = 'a'\njoin = { forced = { password = ['s3cr3t'] } }",
        "[[integrations]]\nname = 'a'\nsecrets = 271828",
        "[[integrations]]\nname = 'a'\nsecrets = { one = 's3cr3t' }",
        "integrations = 's3cr3t'",
        "[monitor]\npassword = 271828",
        "[monitor]\npassword = 271828.5",
        "[monitor]\npassword = ['s3cr3t']",
        "[monitor]\nkind = 's3cr3t'",
        "[monitor]\nurl = 'http://lb:s3cr3t@m.example.org/'",
        "monitor = 's3cr3t'",
        "[[servers]]\nsecret = ['s3cr3t']",
        "[[servers]]\nsecret = 271828",
        "[[servers]]\nurl = 'https://lb:s3cr3t@a.example.org/'",
        "[[servers]]\nname = 'x'\nsecret = 's3cr3t'",
        "servers = ['s3cr3t']",
        "routers = 's3cr3t'",
        "[[integrations]]\nname = 'a'\nsecrets = ['s3cr3t']\n[[integrations]]\nname = 'b'\nsecrets = ['s3cr3t']",
    ] {
        let errors = errors(text, &[]).join("\n");
        assert!(!errors.contains("s3cr3t") && !errors.contains("271828"), "{text}: {errors}");
    }
    for (name, value) in [
        ("LB__SERVERS__0__SECRET", "['s3cr3t']x"),
        ("LB__SERVERS__0__CAPACITY", "s3cr3t"),
        ("LB__MONITOR", "s3cr3t"),
        ("LB__INTEGRATIONS__0__SECRETS__X", "s3cr3t"),
        ("LB__INTEGRATIONS__0__NAME__X", "s3cr3t"),
    ] {
        let errors = errors("", &[(name, value)]).join("\n");
        assert!(errors.starts_with(name) && !errors.contains("s3cr3t"), "{errors}");
    }
    for debug in [format!("{:?}", load(FULL).unwrap()), format!("{:#?}", load(FULL).unwrap())] {
        assert!(!debug.contains("s3cr3t") && !debug.contains("m0nit0r-pass"), "{debug}");
    }
}

#[test]
fn the_environment_beats_the_file() {
    let file = "[listen]\napi = '127.0.0.1:1'\n[routers.us-east]\nradius_km = 5\n[[integrations]]\nname = 'a'\nsecrets = ['x']";
    let config = with(
        file,
        &[
            ("HOME", "/root"),
            ("LB_SECRET", "not ours"),
            ("LB__LISTEN__API", "127.0.0.1:2"),
            ("LB__LISTEN__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
            ("LB__MONITOR__INTERVAL", "\"20s\""),
            ("LB__MONITOR__KIND", "nagios"),
            ("LB__MONITOR__URL", "http://m.example.org/cgi-bin/"),
            ("LB__MONITOR__USERNAME", "lb"),
            ("LB__MONITOR__PASSWORD", "12345"),
            ("LB__MONITOR__IGNORED_SERVICES", ""),
            ("LB__API__VERSION", "2.1"),
            ("LB__ROUTERS__DEFAULT__RADIUS_KM", "200"),
            ("LB__ROUTERS__US_EAST__POLICY", "least-cpu"),
            ("LB__HEALTH", "{ failures = 9 }"),
            ("LB__PLACEMENT__LAST_RESORT", "false"),
            ("LB__INTEGRATIONS__0__SECRETS", "[\"y,z\"]"),
            ("LB__INTEGRATIONS__1__NAME", "b"),
            ("LB__INTEGRATIONS__1__SECRETS", "1,2"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.api[0].port(), 2);
    assert_eq!(config.listen.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "192.0.2.1/32".parse().unwrap()]);
    assert_eq!(config.monitor.interval, seconds(20));
    assert_eq!(config.api.version, "2.1");
    let router = |name: &str| config.network.router(name).unwrap();
    assert_eq!(router("default").radius_km, 200.0);
    assert_eq!((router("us-east").policy.as_str(), router("us-east").radius_km), ("least-cpu", 5.0));
    assert_eq!(config.network.routers().len(), 2);
    assert_eq!(config.health, HealthRules { failures: 9, ..HealthRules::default() });
    assert!(!config.placement.last_resort);
    let MonitorSource::Nagios(nagios) = config.monitor.source else { panic!("no Nagios") };
    assert_eq!(nagios.credentials, Some(("lb".into(), "12345".into())));
    let secrets = |name| config.network.integration(name).unwrap().secrets.clone();
    assert_eq!(secrets("a"), ["y,z"].map(IntegrationSecret::from));
    assert_eq!(secrets("b"), ["1", "2"].map(IntegrationSecret::from));
}

#[test]
fn lists_of_more_than_ten_are_filled_in_order() {
    let variables: Vec<_> = (0..12)
        .flat_map(|number| {
            let name = |key: &str| format!("LB__INTEGRATIONS__{number}__{key}");
            [(name("NAME"), format!("site{number}")), (name("SECRETS"), format!("secret{number}"))]
        })
        .collect();
    let config = Config::load(None, variables.into_iter()).unwrap();
    assert_eq!(config.network.integrations().iter().map(|one| one.name.to_string()).last().as_deref(), Some("site11"));
}

#[test]
fn a_bad_variable_is_answered_with_its_name() {
    for (name, value, sentence) in [
        (
            "LB__LISTEN__API",
            "8080",
            "listen.api[0] must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        (
            "LB__LISTEN__APII",
            "8080",
            "listen.apii is not a known key; known here: api, public_url, trusted_proxies, admin, admin_tls, admin_socket, tls, max_connections, max_connections_per_address, idle_timeout",
        ),
        (
            "LB__LISTEN__API__PORT",
            "8080",
            "listen.api must be an IP address and port in quotes, such as \"127.0.0.1:8080\"",
        ),
        ("LB__ROUTERS__DEFAULT__RADIUS_KM", "far", "routers.default.radius_km must be a number from 0 to 20038"),
        (
            "LB__LISTEN__TRUSTED_PROXIES",
            "10.0.0.0/8,x",
            "listen.trusted_proxies[1] must be an IP address or network in quotes, such as \"10.0.0.0/8\"",
        ),
        (
            "LB__HEALTH",
            "{ failure = 1 }",
            "health.failure is not a known key; known here: failures, successes, down_after",
        ),
        ("LB__SERVERS__URL", "https://a", "after LB__SERVERS must come a number from 0, such as __0__"),
        ("LB__SERVERS__4__NAME", "a", "there are 0 of these, so the next has the number 0"),
        ("LB__SERVERS__0__URL", "https://a", "a server must have a name"),
        ("LB__MONITOR__KIND", "nagios", "monitor.kind \"nagios\" needs monitor.url"),
    ] {
        assert_eq!(errors("", &[(name, value)]), [format!("{name}: {sentence}")], "{name}={value}");
    }
    let several =
        errors("[health]\nfailures = 0", &[("LB__LOG__FORMAT", "xml"), ("LB__", "x"), ("LB__API__DEPLOY", "x")]);
    assert_eq!(several.len(), 4, "{several:#?}");
    assert!(several[3].starts_with("lb.toml:2: health.failures"), "{several:#?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let missing = Config::load(Some("/nonexistent/lb.toml".as_ref()), std::iter::empty()).unwrap_err().to_string();
    assert!(missing.starts_with("/nonexistent/lb.toml: cannot be read: "), "{missing}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lb.toml");
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    let binary = Config::load(Some(&path), std::iter::empty()).unwrap_err().to_string();
    assert!(binary.ends_with("lb.toml: is not UTF-8 text"), "{binary}");
}

/// Every key of the table `header`, asked of the reader itself by a key that no table has.
fn known(header: &str) -> Option<Vec<String>> {
    let errors = errors(&format!("{header}\nnonsense = 1"), &[]).join("\n");
    let (_, keys) = errors.split_once("known here: ")?;
    errors.contains("nonsense is not").then(|| keys.split(", ").map(str::to_owned).collect())
}

#[test]
fn the_documentation_has_every_key_and_no_other() {
    let mut keys = BTreeSet::new();
    for table in known("").unwrap() {
        let (header, inner) = [format!("[{table}]"), format!("[[{table}]]"), format!("[{table}.NAME]")]
            .into_iter()
            .find_map(|header| known(&header).map(|inner| (header, inner)))
            .unwrap();
        for key in inner {
            let table_in_it = format!("[{table}.{key}]");
            match known(&table_in_it).filter(|_| header == format!("[{table}]")) {
                Some(inner) => keys.extend(inner.into_iter().map(|key| format!("{table_in_it} {key}"))),
                None => {
                    keys.insert(format!("{header} {key}"));
                }
            }
        }
    }
    assert!(keys.contains("[routers.NAME] radius_km") && keys.contains("[[servers]] secret"), "{keys:?}");

    let text = include_str!("../../../docs/configuration.md");
    let mut table = "";
    let mut documented = BTreeSet::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## `") {
            table = heading.trim_end_matches('`');
        } else if let Some((key, _)) = line.strip_prefix("| `").and_then(|row| row.split_once('`')) {
            documented.insert(format!("{table} {key}"));
        }
    }
    assert_eq!(documented, keys);
}

#[test]
fn the_example_of_the_documentation_is_a_good_file() {
    let text = include_str!("../../../docs/configuration.md");
    let examples: Vec<_> = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        assert_eq!(load(example).map(|_| ()), Ok(()), "{example}");
    }
}

#[test]
fn the_configuration_to_start_from_is_a_good_file() {
    assert_eq!(load(include_str!("../../../deploy/lb.toml")).map(|_| ()), Ok(()));
}

#[test]
fn every_configuration_in_the_written_documentation_is_a_good_one() {
    for text in [
        include_str!("../../../README.md"),
        include_str!("../../../docs/routers.md"),
        include_str!("../../../docs/integrations-plans-partners.md"),
    ] {
        for example in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            assert_eq!(load(example).map(|_| ()), Ok(()), "{example}");
        }
    }
}

const WEBSITES: &str = r#"
[plans.small]
active = false
may_record = false
max_concurrent_meetings = 40
max_concurrent_users = 2000
max_users_per_meeting = 0
max_duration = "4h"
calls_per_second = 50
allowed_calls = ["create", "join"]
[partners.ufrgs]
display_name = "Universidade Federal"
contact = "Ana"
servers = ["bbb1"]
[routers.near]
policy = "weighted"
weights = { bbb1 = 2, "bbb-2" = 0.5 }
fallback = "default"
[[integrations]]
name = "moodle"
secrets = ["s3cr3t-a", { secret = "s3cr3t-b", label = "old", expires = "2027-01-31T23:59:59Z" }]
plan = "small"
router = "near"
partner = "ufrgs"
preferred_tags = ["gpu"]
forbidden_tags = ["old"]
callback_hosts = ["lms.example.org"]
join = { default = { guest = true } }
[integrations.create]
default = { record = true, welcome = "" }
forced = { logo = "https://e.org/l.png", lockSettingsLockOnJoin = 1 }
capped = { duration = 240 }
blocked = ["bannerText"]
"#;

#[test]
fn websites_plans_partners_and_routers_are_read_with_all_that_is_said() {
    let network = load(WEBSITES).unwrap().network;
    let plan = network.plan("small").unwrap();
    assert_eq!((plan.active, plan.may_record, plan.managed), (false, false, true));
    assert_eq!((plan.max_concurrent_meetings, plan.max_concurrent_users), (Some(40), Some(2000)));
    assert_eq!((plan.max_users_per_meeting, plan.calls_per_second), (Some(0), Some(50)));
    assert_eq!(plan.max_duration, Some(seconds(4 * 3600)));
    assert_eq!(plan.allowed_calls, Some(["create".to_owned(), "join".to_owned()].into()));
    let partner = network.partner("ufrgs").unwrap();
    assert_eq!((partner.display_name.as_str(), partner.contact.as_str()), ("Universidade Federal", "Ana"));
    assert_eq!((partner.servers.as_slice(), partner.managed), (&["bbb1".into()][..], true));
    let router = network.router("near").unwrap();
    assert_eq!(router.weights, [("bbb1".into(), 2.0), ("bbb-2".into(), 0.5)].into());
    assert_eq!(
        (router.policy.as_str(), router.fallback.as_ref().map(|name| name.as_str())),
        ("weighted", Some("default"))
    );
    let moodle = network.integration("moodle").unwrap();
    let old = IntegrationSecret {
        label: "old".to_owned(),
        expires_at: Some(Timestamp::from_millis(1_801_439_999_000)),
        ..IntegrationSecret::from("s3cr3t-b")
    };
    assert_eq!(moodle.secrets, ["s3cr3t-a".into(), old]);
    assert_eq!(moodle.partner.as_ref().map(|name| name.as_str()), Some("ufrgs"));
    assert_eq!((moodle.plan.as_str(), moodle.router.as_str()), ("small", "near"));
    assert_eq!(
        (moodle.tags.preferred.join(" "), moodle.tags.forbidden.join(" ")),
        ("gpu".to_owned(), "old".to_owned())
    );
    assert_eq!(moodle.callback_hosts, ["lms.example.org"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(moodle.create.default, [pair("record", "true"), pair("welcome", "")].into());
    let forced = [pair("logo", "https://e.org/l.png"), pair("lockSettingsLockOnJoin", "1")];
    assert_eq!(moodle.create.forced, forced.into());
    assert_eq!(moodle.create.capped, [("duration".to_owned(), 240)].into());
    assert_eq!(moodle.create.blocked, ["bannerText".to_owned()].into());
    assert_eq!(moodle.join.default, [pair("guest", "true")].into());
    assert!(network.entities().filter(Entity::is_managed).count() == 4, "all but the plan and the router for all");
}

#[test]
fn a_plan_a_partner_a_router_or_a_fallback_that_is_not_there_is_refused_with_its_line() {
    let text = "\
[routers.a]
fallback = 'b'
[routers.b]
fallback = 'a'
[routers.c]
fallback = 'moon'
[[integrations]]
name = 'moodle'
secrets = ['s3cr3t']
plan = 'large'
partner = 'ufrgs'
[[integrations]]
name = 'portal'
secrets = ['s3cr3t-2']
create = { forced = { record = true }, blocked = ['record'] }
[[integrations]]
name = ' '
secrets = ['s3cr3t-3']
[plans.' x']
";
    let routers = "routers are a, b, c, default";
    assert_eq!(
        errors(text, &[]),
        ["lb.toml:17: integrations[2].name must be text in quotes that is not empty".to_owned(),]
    );
    let text = text.replace("name = ' '", "name = 'x '");
    assert_eq!(
        errors(&text, &[]),
        [
            format!("lb.toml:6: router c has a fallback that does not exist; {routers}"),
            "lb.toml:10: integration moodle has a plan that does not exist; plans are  x, default".to_owned(),
            "lb.toml:11: integration moodle has a partner that does not exist; there are none".to_owned(),
            "lb.toml:13: integration portal has two rules for the parameter record; it may stand in one only".to_owned(),
            "lb.toml:17: this integration: a name must have 1 to 255 bytes, no control characters, and no space at its ends"
                .to_owned(),
            "lb.toml:19: this plan: a name must have 1 to 255 bytes, no control characters, and no space at its ends"
                .to_owned(),
        ]
    );
    let circle = "[routers.a]\nfallback = 'b'\n[routers.b]\nfallback = 'a'\n";
    let told = errors(circle, &[]).join("\n");
    assert!(told.contains("lead back to it") && told.starts_with("lb.toml:"), "{told}");
}
