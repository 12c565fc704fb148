//! [`Stage`]: a balancer over simulated servers and their monitor, and what a story can have happen to them.

use std::sync::Arc;

use lb_core::Position;
use lb_core::event::Event;
use lb_core::server::ServiceState;
use lb_http::sim::{SimulatedHost, SimulatedNagios, SimulatedNagiosSettings, SimulatedServer, SimulatedServerSettings};
use lb_http::store::{self, StoreUrl, WhenUnavailable};
use serde_json::{Value, json};

use super::harness::{Lb, Website, lb_binary};
use super::script::Script;

/// What everybody here logs in with.
pub const PASSWORD: &str = "correct horse battery";

/// The servers of the usual stage, and where they stand.
const SERVERS: [(&str, Position); 3] = [
    ("bru1", Position { latitude: 50.85, longitude: 4.35 }),
    ("poa1", Position { latitude: -30.03, longitude: -51.2 }),
    ("poa2", Position { latitude: -30.05, longitude: -51.18 }),
];

/// The secret of an integration of the usual stage.
pub fn secret_of(integration: &str) -> String {
    format!("secret-of-{integration}")
}

/// Everything that a story plays on.
pub struct Stage {
    lb: Lb,
    servers: Vec<(&'static str, Arc<SimulatedServer>)>,
    nagios: Option<SimulatedNagios>,
}

impl Stage {
    /// Three servers, a monitor, two websites of two partners, and an administrator, a viewer and a partner's manager.
    pub async fn usual() -> Self {
        Self::with("").await
    }

    /// The same with more in its configuration.
    pub async fn with(config: &str) -> Self {
        let (mut servers, mut hosts) = (Vec::new(), Vec::new());
        for (name, position) in SERVERS {
            let server = server(name).await;
            let mut host = SimulatedHost::new(name, Arc::clone(&server));
            host.position = Some(position);
            hosts.push(host);
            servers.push((name, server));
        }
        let settings =
            SimulatedNagiosSettings { password: "password-of-nagios".into(), ..SimulatedNagiosSettings::default() };
        let (username, password) = (settings.username.clone(), settings.password.expose().to_owned());
        let nagios = SimulatedNagios::start(settings, hosts).await.expect("a free port");
        let mut text = format!(
            "[monitor]\nkind = \"nagios\"\nurl = \"{}\"\nusername = \"{username}\"\npassword = \"{password}\"\n\
             interval = \"500ms\"\n[meetings]\ngrace = \"1s\"\n",
            nagios.url()
        );
        for (integration, partner) in [("moodle", "university"), ("portal", "museum")] {
            let secret = secret_of(integration);
            text += &format!("[partners.{partner}]\ndisplay_name = \"The {partner}\"\n");
            text += &format!(
                "[[integrations]]\nname = \"{integration}\"\nsecrets = [\"{secret}\"]\npartner = \"{partner}\"\n\
                 latitude = -30.03\nlongitude = -51.20\n"
            );
        }
        let stage = Self { lb: start(&(text + config)).await, servers, nagios: Some(nagios) };
        for (name, role) in [("ana", "administrator"), ("eva", "viewer"), ("max", "partner-manager")] {
            stage.add_user(name, role);
        }
        stage.lb.ready().await;
        stage
    }

    /// A balancer that knows nothing and nobody, and one server that waits to be added.
    pub async fn first() -> Self {
        let servers = vec![("poa1", server("poa1").await)];
        let lb = start("[monitor]\ninterval = \"500ms\"\n[meetings]\ngrace = \"1s\"\n").await;
        Self { lb, servers, nagios: None }
    }

    /// Makes a user as the machine's own people do.
    fn add_user(&self, name: &str, role: &str) {
        let mut words = vec!["user", "create", name, "--role", role, "--password-stdin"];
        if role == "partner-manager" {
            words.extend(["--partner", "university"]);
        }
        let (code, _, errors) = self.lb.run_with(&words, PASSWORD);
        assert_eq!(code, Some(0), "{errors}");
    }

    /// Plays the story `name` of `stories/` to its end.
    pub async fn play(mut self, name: &str) {
        let base = format!("http://{}", self.lb.pages);
        let script = Script::start(name, &base, &[("LB_PASSWORD", PASSWORD)]);
        script.play(async |question| self.answer(question).await).await;
        self.stop().await;
    }

    async fn stop(mut self) {
        assert_eq!(self.lb.terminate().await, Some(0), "it stops in order, also where pages are open");
    }

    /// What a story asks for: `{"ask": WORD, …}`.
    async fn answer(&mut self, question: &Value) -> Value {
        let text = |name: &str| question[name].as_str().unwrap_or_else(|| panic!("{name} in {question}"));
        match text("ask") {
            // a service of a server turns to a state, or back to what its figures say
            "service" => {
                let state = (!question["state"].is_null()).then(|| service_state(text("state")));
                let nagios = self.nagios.as_ref().expect("a monitor");
                nagios.set_service(text("server"), text("service"), state);
            }
            "stop-server" => self.server(text("server")).stop().await,
            "open-server" => self.server(text("server")).reopen().await.expect("its port is free"),
            "server" => {
                let server = self.server(text("server"));
                return json!({ "url": server.url(), "secret": server.secret().expose() });
            }
            // the meetings that a server itself has
            "meetings" => {
                return self.server(text("server")).with(|bbb| {
                    let running = bbb.meetings().filter(|meeting| meeting.ended_at.is_none());
                    running.map(|meeting| json!({ "id": meeting.meeting_id, "name": meeting.name })).collect()
                });
            }
            // a website's call, signed with a secret
            "call" => return self.call(question).await,
            // a command line on the same machine
            "lb" => {
                let words: Vec<&str> =
                    question["words"].as_array().expect("words").iter().filter_map(Value::as_str).collect();
                let (code, output, errors) = self.lb.run_with(&words, question["input"].as_str().unwrap_or_default());
                return json!({ "code": code, "output": output, "errors": errors });
            }
            "log" => return self.lb.log().into(),
            "kill" => self.lb.kill(),
            "restart" => {
                self.lb.restart().await;
                self.lb.ready().await;
            }
            // what happened in former times, written while the balancer is away
            "history" => {
                let events = serde_json::from_value(question["events"].clone()).expect("events");
                self.remember(events).await;
            }
            word => panic!("nobody knows how to {word}"),
        }
        Value::Null
    }

    fn server(&self, name: &str) -> &SimulatedServer {
        let found = self.servers.iter().find(|(of, _)| *of == name);
        &found.unwrap_or_else(|| panic!("a server {name}")).1
    }

    async fn call(&self, question: &Value) -> Value {
        let secret = question["secret"].as_str().expect("a secret");
        let website = Website { base: format!("http://{}/bigbluebutton/api/", self.lb.address), secret: secret.into() };
        let params = question["params"].as_object().into_iter().flatten();
        let params: Vec<(&str, &str)> =
            params.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let answer = website.call(question["call"].as_str().expect("a call"), &params).await;
        json!({ "status": answer.status, "location": answer.location, "body": answer.text() })
    }

    async fn remember(&mut self, events: Vec<Event>) {
        self.lb.terminate().await;
        let url = StoreUrl::Sqlite(self.lb.folder.path().join("lb.sqlite3"));
        let opened = store::open(&url, WhenUnavailable::Refuse, None).expect("its database");
        opened.stores().meetings.record(events).await.expect("it can be written");
        opened.close().await;
        self.lb.restart().await;
        self.lb.ready().await;
    }
}

async fn server(name: &str) -> Arc<SimulatedServer> {
    let secret = format!("s3cr3t-of-{name}").as_str().into();
    let settings = SimulatedServerSettings { secret, ..SimulatedServerSettings::default() };
    Arc::new(SimulatedServer::start(settings).await.expect("a free port"))
}

async fn start(config: &str) -> Lb {
    // it is built before the deadlines of a test run
    tokio::task::spawn_blocking(lb_binary).await.expect("it is built");
    Lb::start(config).await
}

fn service_state(word: &str) -> ServiceState {
    serde_json::from_value(json!(word)).unwrap_or_else(|error| panic!("{word}: {error}"))
}
