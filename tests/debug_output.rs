//! No type that holds a secret, a password or a checksum shows it by Debug, from the outermost to the innermost.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::fmt::Debug;
use std::sync::Arc;

use lb_core::api::{Answer, ApiRequest, Params, Reply};
use lb_core::balancer::Balancer;
use lb_core::callback::{CallbackUrl, CallbackUrls, Callbacks};
use lb_core::checksum::{Algorithm, SharedSecrets, sign};
use lb_core::gateway::{Gateway, ScriptedServers, ServerCall, ServerReply};
use lb_core::network::ServerFacts;
use lb_core::network::{Declared, NetworkChange};
use lb_core::source::{MonitorReport, ReportedServer, StaticServers};
use lb_core::store::{ClaimOutcome, Entry, FleetRecord, InMemoryStore, KeptServer, MeetingIndex, MeetingStore};
use lb_core::xml::Document;
use lb_core::{
    Claim, Integration, Integrations, ManualClock, Meeting, MeetingKey, Network, Passwords, Secret, SeededRng, Server,
    ServerName, Timestamp,
};
use lb_http::config::Config;
use lb_http::sim::{SimulatedNagiosSettings, SimulatedServerSettings};
use lb_http::store::{StoreUrl, WhenUnavailable, open};
use url::Url;

const SECRET: &str = "s3cr3t";

#[track_caller]
fn keeps(what: &str, shown: &impl Debug) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        assert!(!text.contains(SECRET), "{what}: {}", text.replace(SECRET, "[SECRET]"));
        assert!(!text.to_ascii_lowercase().contains("checksum="), "{what}");
    }
}

fn secret(of: &str) -> String {
    format!("{SECRET}-of-{of}")
}

fn passwords() -> Passwords {
    Passwords { attendee: secret("attendees").as_str().into(), moderator: secret("moderators").as_str().into() }
}

fn callbacks() -> Option<Callbacks> {
    let url = |path: &str| CallbackUrl::parse(&format!("https://lms.example.org/{path}?key={SECRET}"));
    Some(Callbacks {
        id: "callback-1".into(),
        urls: CallbackUrls {
            ended: url("ended"),
            meta: url("meta"),
            recording_ready: url("ready"),
            analytics: url("analytics"),
        },
    })
}

fn claim() -> Claim {
    Claim {
        key: MeetingKey::new("moodle", "room-2"),
        server: "bbb1".into(),
        passwords: passwords(),
        voice_bridge: 70_000,
        token: secret("claim").into(),
        expires: Timestamp::from_millis(20_000),
        supersedes: None,
        callbacks: callbacks(),
    }
}

fn meeting() -> Meeting {
    Meeting {
        key: MeetingKey::new("moodle", "room-1"),
        internal_id: "internal-1".into(),
        create_time: 1,
        server: "bbb1".into(),
        name: "Algebra".to_owned(),
        passwords: passwords(),
        voice_bridge: None,
        records: false,
        created_at: Timestamp::from_millis(1),
        parameters: Vec::new(),
        superseded: Vec::new(),
        callbacks: callbacks(),
    }
}

fn server() -> Server {
    Server::new("bbb1", "https://bbb1.example.org", secret("bbb1").as_str()).unwrap()
}

#[test]
fn the_types_of_the_core_keep_their_secrets() {
    let (server, integration) = (server(), Integration::new("moodle", secret("moodle").as_str()));
    keeps("Secret", &Secret::from(SECRET));
    keeps("Server", &server);
    keeps("KeptServer", &KeptServer::new(server.clone()));
    let record = FleetRecord { good_at: Timestamp::from_millis(1), servers: vec![KeptServer::new(server.clone())] };
    keeps("FleetRecord", &record);
    keeps("ReportedServer", &ReportedServer::unwatched(server.clone()));
    keeps("MonitorReport", &MonitorReport::of([ReportedServer::unwatched(server.clone())]));
    keeps("StaticServers", &StaticServers::new([server]));
    let facts = ServerFacts {
        api_url: None,
        secret: Some(secret("bbb1").as_str().into()),
        position: None,
        capacity: None,
        tags: None,
        checksum: None,
        weight: None,
    };
    keeps("ServerFacts", &facts);
    keeps("Integration", &integration);
    let integrations = Arc::new(Integrations::new([integration]).unwrap());
    keeps("Integrations", &integrations);
    let network = Network::of(Integrations::clone(&integrations));
    keeps("Network", &network);
    keeps("Declared", &Declared::from(&network));
    keeps("NetworkChange", &network.entities().map(NetworkChange::Put).collect::<Vec<_>>());
    keeps("InMemoryStore", &InMemoryStore::of(network));
    keeps(
        "SharedSecrets",
        &SharedSecrets::new(Arc::clone(&integrations), Algorithm::ALL.to_vec(), Arc::new(ManualClock::default())),
    );
    keeps("Passwords", &passwords());
    keeps("Claim", &claim());
    keeps("Meeting", &meeting());
    keeps("Entry", &[Entry::Claimed(claim().into()), Entry::Held(meeting().into())]);
    keeps("ClaimOutcome", &[ClaimOutcome::Pending(claim().into()), ClaimOutcome::Held(meeting().into())]);
    keeps("MeetingIndex", &MeetingIndex::restored([claim()], [meeting()], []));
}

#[test]
fn calls_and_answers_keep_what_they_carry() {
    let query = format!("meetingID=room-1&password={}", secret("moderators"));
    let digest = sign(Algorithm::Sha1, "join", &query, &SECRET.into());
    let request = ApiRequest::get(&format!("/bigbluebutton/api/join?{query}&checksum={digest}"));
    keeps("ApiRequest", &request);
    keeps("SignedRequest", &request.read().unwrap());
    keeps("Params", &[("password", SECRET)].into_iter().collect::<Params>());
    keeps("ServerCall", &ServerCall::change(&server(), "join", &query, None, std::time::Duration::from_secs(1)));
    keeps("Reply", &Reply::redirect(format!("https://bbb1/join?password={SECRET}&checksum=0")));
    let xml = format!("<response><returncode>SUCCESS</returncode><attendeePW>{SECRET}</attendeePW></response>");
    keeps("Reply", &Reply::xml(xml.clone()));
    let document = Document::parse(xml.as_bytes()).unwrap();
    keeps("Document", &document);
    let reply = ServerReply { status: 200, content_type: None, body: xml.into() };
    keeps("ServerReply", &reply);
    keeps("Answer", &Answer::read(&reply).unwrap());
}

#[tokio::test]
async fn a_balancer_its_store_and_its_servers_keep_theirs_after_a_create() {
    let clock = Arc::new(ManualClock::default());
    let servers = Arc::new(ScriptedServers::new(clock.clone()));
    let source = StaticServers::new([servers.add("bbb1", secret("bbb1").as_str())]);
    let store = Arc::new(InMemoryStore::new());
    let moodle = secret("moodle");
    let gateway: Arc<dyn Gateway> = servers.clone();
    let balancer = Balancer::builder(gateway, clock, Arc::new(SeededRng::new(1)))
        .integrations(Integrations::new([Integration::new("moodle", moodle.as_str())]).unwrap())
        .store(store.clone())
        .build();
    balancer.refresh(&source).await;
    let query = format!("name=Algebra&meetingID=room-1&moderatorPW={}", secret("moderators"));
    let digest = sign(Algorithm::Sha1, "create", &query, &moodle.as_str().into());
    let reply =
        balancer.handle(&ApiRequest::get(&format!("/bigbluebutton/api/create?{query}&checksum={digest}"))).await;
    assert!(String::from_utf8_lossy(&reply.body.to_bytes()).contains("SUCCESS"));
    store.claim(claim()).await.unwrap();
    keeps("Reply", &reply);
    keeps("Balancer", &balancer);
    keeps("Fleet", &balancer.fleet());
    keeps("FleetServer", &balancer.fleet().server(&ServerName::from("bbb1")));
    keeps("InMemoryStore", &store);
    keeps("ScriptedServers", &servers);
}

#[tokio::test]
async fn the_configuration_the_database_and_the_simulated_world_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lb.toml");
    let nagios = format!(
        "[monitor]\nkind = \"nagios\"\nurl = \"http://127.0.0.1/nagios/\"\nusername = \"lb\"\npassword = \"{SECRET}-1\"\n"
    );
    let text = format!(
        "[[integrations]]\nname = \"moodle\"\nsecrets = [\"{SECRET}-2\", \"{SECRET}-3\"]\n\
         [[servers]]\nname = \"bbb1\"\nurl = \"https://bbb1.example.org\"\nsecret = \"{SECRET}-4\"\n"
    );
    std::fs::write(&file, nagios + &text).unwrap();
    keeps("Config", &Config::load(Some(&file), std::iter::empty()).unwrap());
    std::fs::write(&file, &text).unwrap();
    keeps("Config", &Config::load(Some(&file), std::iter::empty()).unwrap());
    let store = open(&StoreUrl::Sqlite(folder.path().join("lb.sqlite3")), WhenUnavailable::Refuse, None).unwrap();
    store.stores().meetings.claim(claim()).await.unwrap();
    let record = FleetRecord { good_at: Timestamp::from_millis(1), servers: vec![KeptServer::new(server())] };
    store.stores().fleet.save_fleet(record).await.unwrap();
    keeps("OpenedStore", &store);
    let url = Url::parse("http://127.0.0.1/nagios/").unwrap();
    let nagios = lb_http::monitor::nagios::NagiosSettings {
        password: SECRET.into(),
        ..lb_http::monitor::nagios::NagiosSettings::new(url)
    };
    keeps("NagiosSettings", &nagios);
    keeps("SimulatedServerSettings", &SimulatedServerSettings { secret: SECRET.into(), ..Default::default() });
    keeps("SimulatedNagiosSettings", &SimulatedNagiosSettings { password: SECRET.into(), ..Default::default() });
}
