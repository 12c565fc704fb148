use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lb_core::Position;
use serde_json::Value;

use super::*;
use crate::sim::{SimulatedServer, SimulatedServerSettings};

const SERVICES: &str = "statusjson.cgi?query=servicelist&details=true";
const HOSTS: &str = "statusjson.cgi?query=hostlist&details=true";
const OBJECTS: &str = "objectjson.cgi?query=hostlist&details=true";
const REAL_SERVICES: &str = include_str!("../../../tests/fixtures/nagios/statusjson-servicelist-details.json");
const REAL_HOSTS: &str = include_str!("../../../tests/fixtures/nagios/statusjson-hostlist-details.json");
const REAL_OBJECTS: &str = include_str!("../../../tests/fixtures/nagios/objectjson-hostlist-details.json");
const REAL_GROUPS: &str = include_str!("../../../tests/fixtures/nagios/objectjson-hostgrouplist-details.json");

struct Fixture {
    nagios: SimulatedNagios,
    servers: [Arc<SimulatedServer>; 2],
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Fixture {
    /// `poa1`, placed, and `rec1`, a recording server.
    async fn start() -> Self {
        let server = async || Arc::new(SimulatedServer::start(SimulatedServerSettings::default()).await.unwrap());
        let servers = [server().await, server().await];
        let mut poa1 = SimulatedHost::new("poa1.example.org", servers[0].clone());
        poa1.position = Some(Position { latitude: -30.03, longitude: -51.2 });
        let mut rec1 = SimulatedHost::new("rec1.example.org", servers[1].clone());
        rec1.groups = vec!["mconf-recording-server".to_owned()];
        let nagios = SimulatedNagios::start(SimulatedNagiosSettings::default(), vec![poa1, rec1]).await.unwrap();
        Self { nagios, servers, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    async fn get(&self, target: &str, credentials: &str) -> (StatusCode, String) {
        let authorization = format!("Basic {}", STANDARD.encode(credentials));
        let request = Request::get(format!("{}{target}", self.nagios.url())).header(AUTHORIZATION, authorization);
        let response = self.client.request(request.body(Full::default()).unwrap()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn json(&self, target: &str) -> Value {
        let (status, text) = self.get(target, "lb:simulated").await;
        assert_eq!(status, StatusCode::OK);
        serde_json::from_str(&text).unwrap()
    }
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().map(|object| object.keys().collect()).unwrap_or_default()
}

#[tokio::test]
async fn its_answers_have_all_the_keys_of_a_real_nagios() {
    let fixture = Fixture::start().await;
    for (target, real, list, record) in [
        (SERVICES, REAL_SERVICES, "servicelist", "/poa1.example.org/Processor Report"),
        (HOSTS, REAL_HOSTS, "hostlist", "/poa1.example.org"),
        (OBJECTS, REAL_OBJECTS, "hostlist", "/poa1.example.org"),
        ("objectjson.cgi?query=hostgrouplist&details=true", REAL_GROUPS, "hostgrouplist", "/mconf-node"),
    ] {
        let (ours, real) = (fixture.json(target).await, serde_json::from_str::<Value>(real).unwrap());
        for path in ["", "/result", "/data", &format!("/data/{list}{record}")] {
            let (ours, real) = (ours.pointer(path).unwrap(), real.pointer(path).unwrap());
            assert_eq!(keys(ours), keys(real), "{target} {path}");
            for (key, value) in real.as_object().unwrap() {
                let same_type = std::mem::discriminant(value) == std::mem::discriminant(&ours[key]);
                assert!(same_type, "{target} {path} {key}: {value} {}", ours[key]);
            }
        }
    }
    assert_eq!(fixture.nagios.queries().get("hostlist"), Some(&2));
}

#[tokio::test]
async fn services_tell_what_the_server_does_at_the_moment() {
    let fixture = Fixture::start().await;
    fixture.servers[0].with(|bbb| {
        bbb.set_cpu(5.0, 1.0);
        bbb.put_foreign(Timestamp::from_millis(1), "room-1", 17);
        bbb.set_media("room-1", 11, 4);
    });
    let services = fixture.json(SERVICES).await["data"]["servicelist"]["poa1.example.org"].take();
    let info = &services["BigBlueButton Info"];
    assert_eq!(info["plugin_output"], "Meetings: 1, Users: 17, User with audio: 11, User with video: 4");
    assert_eq!(info["perf_data"], "meetings=1;;;0; users=17;;;0; audios=11;;;0; videos=4;;;0;");
    let cpu = &services["Processor Report"];
    assert_eq!(cpu["plugin_output"], "CPU usage: 22.0% Model: Simulated CPU (8 cores)");
    let perf_data = "cpu_avg=22.00%;70;90;0;100 cpu_max=26.40%;70;90;0;100 cpu_min=17.60%;70;90;0;100 cores=8;;;;";
    assert_eq!((&cpu["perf_data"], &cpu["status"]), (&perf_data.into(), &2.into()));

    for (base, bits, hard) in [(53.0, 4, 1), (90.0, 16, 2)] {
        fixture.servers[0].with(|bbb| bbb.set_cpu(base, 1.0));
        let cpu = fixture.json(SERVICES).await["data"]["servicelist"]["poa1.example.org"]["Processor Report"].take();
        assert_eq!((&cpu["status"], &cpu["last_hard_state"]), (&bits.into(), &hard.into()), "{base}");
    }
    let forced = |answer: Value| answer["data"]["servicelist"]["poa1.example.org"]["Disk Report"]["status"].clone();
    fixture.nagios.set_service("poa1.example.org", "Disk Report", Some(ServiceState::Critical));
    assert_eq!(forced(fixture.json(SERVICES).await), 16);
    fixture.nagios.set_service("poa1.example.org", "Disk Report", None);
    assert_eq!(forced(fixture.json(SERVICES).await), 2);

    fixture.servers[0].stop().await;
    let hosts = fixture.json(HOSTS).await["data"]["hostlist"].take();
    assert_eq!((&hosts["poa1.example.org"]["status"], &hosts["rec1.example.org"]["status"]), (&4.into(), &2.into()));
    let services = fixture.json(SERVICES).await["data"]["servicelist"]["poa1.example.org"].take();
    assert_eq!(services["Processor Report"]["plugin_output"], "UNKNOWN: This service is out-of-date");
    assert_eq!(
        (&services["Processor Report"]["status"], &services["BigBlueButton API"]["status"]),
        (&8.into(), &16.into())
    );
}

#[tokio::test]
async fn objects_tell_how_a_server_is_called_and_where_it_stands() {
    let fixture = Fixture::start().await;
    let hosts = fixture.json(OBJECTS).await["data"]["hostlist"].take();
    let variables = &hosts["poa1.example.org"]["custom_variables"];
    assert_eq!(variables["BBB_URL"], fixture.servers[0].url());
    assert_eq!(variables["BBB_SALT"], "simulated");
    assert!(fixture.servers[0].url().contains(&format!(":{}/", variables["BBB_PORT"].as_str().unwrap())));
    assert_eq!((&variables["SERVER_LATITUDE"], &variables["SERVER_LONGITUDE"]), (&"-30.03".into(), &"-51.2".into()));
    assert_eq!(keys(&hosts["rec1.example.org"]["custom_variables"]), ["BBB_PORT", "BBB_SALT", "BBB_URL"]);

    let started = |answer: &Value| answer["result"]["program_start"].as_u64().unwrap();
    let before = started(&fixture.json(OBJECTS).await);
    fixture.nagios.set_hosts(vec![SimulatedHost::new("new.example.org", fixture.servers[0].clone())]);
    let after = fixture.json(OBJECTS).await;
    assert!(started(&after) > before);
    assert_eq!(keys(&after["data"]["hostlist"]), ["new.example.org"]);
}

#[tokio::test]
async fn lists_are_filtered_by_host_group_and_bad_queries_told_within_success() {
    let fixture = Fixture::start().await;
    for query in [SERVICES, HOSTS, OBJECTS] {
        let answer = fixture.json(&format!("{query}&hostgroup=mconf-recording-server")).await;
        assert_eq!(answer["data"]["selectors"]["hostgroup"], "mconf-recording-server");
        let list = answer["data"].as_object().unwrap().iter().find(|(key, _)| key.ends_with("list")).unwrap().1;
        assert_eq!(keys(list), ["rec1.example.org"], "{query}");
    }
    let short = fixture.json("statusjson.cgi?query=servicelist").await;
    assert_eq!(short["data"]["servicelist"]["poa1.example.org"]["Processor Report"], 2);
    for (target, code) in [
        (format!("{SERVICES}&hostgroup=nope"), 6),
        ("statusjson.cgi".to_owned(), 4),
        ("objectjson.cgi?query=x".to_owned(), 6),
    ] {
        let answer = fixture.json(&target).await;
        assert_eq!(
            (&answer["result"]["type_code"], &answer["data"]),
            (&code.into(), &serde_json::json!({})),
            "{target}"
        );
    }
}

#[tokio::test]
async fn only_the_right_password_is_let_in() {
    let fixture = Fixture::start().await;
    for credentials in ["lb:wrong", "other:simulated", ""] {
        let (status, body) = fixture.get(SERVICES, credentials).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{credentials}");
        assert!(body.starts_with("<html>"));
    }
    fixture.nagios.fault(Some(NagiosFault::Unauthorized));
    assert_eq!(fixture.get(SERVICES, "lb:simulated").await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = fixture.get("elsewhere.cgi", "lb:simulated").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn it_fails_in_the_ways_that_a_nagios_fails() {
    let fixture = Fixture::start().await;
    fixture.nagios.fault(Some(NagiosFault::Stopped));
    assert_eq!(fixture.get(SERVICES, "lb:simulated").await, (StatusCode::OK, "\n".to_owned()));
    fixture.nagios.fault(Some(NagiosFault::Garbage));
    let (_, garbage) = fixture.get(SERVICES, "lb:simulated").await;
    assert!(serde_json::from_str::<Value>(&garbage).is_err());
    fixture.nagios.fault(Some(NagiosFault::EmptyList));
    let empty = fixture.json(&format!("{SERVICES}&hostgroup=mconf-node")).await;
    assert_eq!((&empty["result"]["type_code"], &empty["data"]["servicelist"]), (&0.into(), &serde_json::json!({})));

    fixture.nagios.fault(Some(NagiosFault::Pending));
    let pending = fixture.json(SERVICES).await["data"]["servicelist"]["poa1.example.org"]["Processor Report"].take();
    assert_eq!((&pending["status"], &pending["last_check"], &pending["perf_data"]), (&1.into(), &0.into(), &"".into()));
    assert_eq!(fixture.json(HOSTS).await["data"]["hostlist"]["poa1.example.org"]["status"], 1);

    let age = Duration::from_secs(600);
    fixture.nagios.fault(Some(NagiosFault::Stale(age)));
    fixture.servers[0].with(|bbb| bbb.set_cpu(99.0, 0.0));
    let stale = fixture.json(SERVICES).await;
    let time = |name: &str| Duration::from_millis(stale["result"][name].as_u64().unwrap());
    assert!(time("query_time") - time("last_data_update") >= age);
    let cpu = &stale["data"]["servicelist"]["poa1.example.org"]["Processor Report"];
    assert_eq!(cpu["status"], 2, "what happened since is not seen");

    fixture.nagios.fault(Some(NagiosFault::Hang));
    let seen = fixture.nagios.queries()["servicelist"];
    tokio::select! {
        _ = fixture.get(SERVICES, "lb:simulated") => panic!("a hanging Nagios answered"),
        () = async {
            while fixture.nagios.queries()["servicelist"] == seen {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } => {}
    }
    fixture.nagios.fault(None);
    let healed = fixture.json(SERVICES).await["data"]["servicelist"]["poa1.example.org"]["Processor Report"].take();
    assert_eq!(healed["status"], 16);
    fixture.nagios.stop().await;
    let request = Request::get(fixture.nagios.url()).body(Full::default()).unwrap();
    assert!(fixture.client.request(request).await.is_err());
}

#[tokio::test]
async fn mconfs_program_tells_the_same_in_its_own_way() {
    let fixture = Fixture::start().await;
    let style = |group: &str| format!("status-json.cgi?hostgroup={group}&style=mconf");
    let real: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/nagios/n3-status-json-style-mconf.json")).unwrap();
    let ours = fixture.json(&style("all")).await;
    let first = |answer: &Value, path: &str| answer.pointer(path).map(|value| keys(value).len());
    for path in ["/hostgroups/0", "/hostgroups/0/hosts/0/services/0", "/hostgroups/2"] {
        assert_eq!(first(&ours, path), first(&real, path), "{path}");
    }
    let poa1 = &ours["hostgroups"][0]["hosts"][0];
    assert_eq!((&poa1["name"], &poa1["status"]), (&"poa1.example.org".into(), &"UP".into()));
    assert_eq!(poa1["BBB_URL"], fixture.servers[0].url());
    let cpu = &poa1["services"][0];
    assert_eq!(cpu["description"], "Processor Report");
    assert!(cpu["performance_data"].as_str().unwrap().starts_with("cpu&#95;avg&#61;"), "{cpu}");
    assert_eq!(poa1["services"].as_array().unwrap().last(), Some(&serde_json::json!({})));
    assert_eq!(cpu["last_check"].as_str().map(str::len), Some("11-22-2026 08:16:05".len()));

    assert_eq!(fixture.json(&style("nope")).await, serde_json::json!({ "hostgroups": [{}] }));
    assert_eq!(fixture.json(&style("mconf-recording-server")).await["hostgroups"].as_array().unwrap().len(), 2);
    assert_eq!(fixture.get("status-json.cgi?hostgroup=all", "lb:simulated").await.0, StatusCode::NOT_FOUND);
    assert_eq!(fixture.nagios.queries().get("mconf"), Some(&3));

    fixture.nagios.fault(Some(NagiosFault::Pending));
    let pending = fixture.json(&style("mconf-node")).await["hostgroups"][0]["hosts"][0].take();
    assert_eq!((&pending["status"], &pending["services"][0]["last_check"]), (&"PENDING".into(), &"N/A".into()));
    fixture.nagios.fault(Some(NagiosFault::Stopped));
    let (status, page) = fixture.get(&style("all"), "lb:simulated").await;
    assert!(status == StatusCode::OK && page.contains("<H1>Whoops!</H1>"), "{page}");
}
