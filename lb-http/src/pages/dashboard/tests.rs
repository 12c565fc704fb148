#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use axum::body::Body;
use axum::http::Request;
use http_body_util::{BodyExt, Limited};
use lb_core::MeetingKey;
use lb_core::Server;
use lb_core::event::{Event, EventKind, Observer, Placement};
use lb_core::server::ServerState;
use lb_core::source::StaticServers;
use tower::ServiceExt;

use super::fragments;
use crate::config::Config;
use crate::live::{Audience, View};
use crate::pages;
use crate::run::{Prepared, prepare};
use crate::server::{Language, Peer};

const PUBLIC: &str = "[listen]\napi = \"127.0.0.1:0\"\n[store]\nurl = \"memory:\"\n[dashboard]\naccess = \"public\"\n";

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"'🦊";

struct Network {
    prepared: Prepared,
}

impl Network {
    /// A network of servers called so, with a dashboard for everybody.
    async fn of(names: &[&str]) -> Self {
        let config = Config::from_text("lb.toml", PUBLIC, std::iter::empty()).unwrap();
        let network = Self { prepared: prepare(config, []).await.unwrap() };
        let server = |name: &&str| Server::new(*name, "https://bbb.example.org", "secret").unwrap();
        let source = StaticServers::new(names.iter().map(server));
        network.prepared.balancer().refresh(&source).await;
        network
    }

    /// The page at `address`, in the language that is asked for.
    async fn page(&self, address: &str, language: &str) -> String {
        let service = self.prepared.service().clone();
        let request = Request::builder().uri(address).header("accept-language", language);
        let request = request.extension(Peer::Remote("192.0.2.1:4711".parse().unwrap())).body(Body::empty()).unwrap();
        let answer = pages::router(&service).with_state(service).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{address}");
        let body = Limited::new(answer.into_body(), 1 << 20).collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn news(&self, audience: Audience) -> String {
        let service = self.prepared.service();
        let present = service.live.present(&service.setup.load());
        fragments(&View::whole(&present, audience, Language::English))
    }
}

fn ids(html: &str) -> Vec<&str> {
    html.split("<template>").filter_map(|part| part.split_once(" id=\"")?.1.split('"').next()).collect()
}

#[tokio::test]
async fn it_says_how_the_network_is_in_the_readers_language() {
    let network = Network::of(&["bbb1", "bbb2"]).await;
    let english = network.page("/", "en").await;
    assert!(english.contains("<h1>All 2 servers serve</h1>"), "{english}");
    let portuguese = network.page("/", "pt-BR").await;
    assert!(portuguese.contains("<h1>Todos os 2 servidores atendem</h1>") && portuguese.contains("lang=\"pt-BR\""));
    let none = Network::of(&[]).await.page("/", "en").await;
    assert!(none.contains("<h1>No servers yet</h1>") && !none.contains("<table"), "{none}");
}

#[tokio::test]
async fn each_piece_of_news_has_its_place_on_the_page() {
    let network = Network::of(&["bbb1", "b b/2"]).await;
    let page = network.page("/", "en").await;
    let news = network.news(Audience::Public);
    let found = ids(&news);
    assert_eq!(found, ["headline", "alarms", "totals", "map", "feed", "server-b_20b_2f2", "server-bbb1"]);
    for id in found {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(page.contains("href=\"/servers/b%20b%2F2\""), "{page}");
    let own = network.page("/?server=bbb1", "en").await;
    assert!(
        own.contains(" id=\"own-map\"") && !own.contains(" id=\"map\""),
        "news of another map do not take its place"
    );
}

#[tokio::test]
async fn a_hostile_name_stays_text_wherever_it_stands() {
    let network = Network::of(&[HOSTILE]).await;
    let query = "/?q=%3Cscript%3E&sort=%22%3E&state=%3Cb%3E&page=-1&server=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%22%27%F0%9F%A6%8A";
    for address in ["/", query] {
        let page = network.page(address, "pt").await;
        assert!(page.contains("<bdi>&#60;script&#62;alert(1)&#60;/script&#62;\u{202e}&#34;&#39;🦊</bdi>"), "{page}");
        assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
    }
}

#[tokio::test]
async fn the_public_is_told_of_servers_and_of_no_meeting() {
    let network = Network::of(&["bbb1"]).await;
    let at = network.prepared.balancer().now();
    let feed = network.prepared.service().live.feed();
    let created = EventKind::MeetingCreated {
        meeting: MeetingKey::new("moodle", "room-1"),
        internal_id: "abc-1".into(),
        name: HOSTILE.to_owned(),
        server: "bbb1".into(),
        records: false,
        placement: Placement { policy: "least-cpu".to_owned(), score: Some(7.0), ..Placement::default() },
        parameters: Vec::new(),
        router: None,
        partner: None,
    };
    let turned = EventKind::ServerStateChanged {
        server: "bbb1".into(),
        from: Some(ServerState::Enabled),
        to: ServerState::Critical,
        reasons: vec!["Disk is CRITICAL".to_owned()],
    };
    for kind in [created, turned] {
        feed.observe(&Event { at, kind });
    }
    let everybody = network.news(Audience::Public);
    assert!(everybody.contains("<bdi>Disk</bdi> is CRITICAL") && !everybody.contains("moodle"), "{everybody}");
    let users = network.news(Audience::Network);
    assert!(users.contains("of <bdi>moodle</bdi>") && users.contains("least CPU: 7.0 %"), "{users}");
    assert!(!users.contains("<script>"), "{users}");
}
