//! The balancer's own hook on each server.

use super::*;
use crate::gateway::Fault;

impl Scene {
    fn hooks_on(&self, number: usize) -> Vec<String> {
        self.on(number, |bbb| bbb.hooks().map(|hook| hook.callback_url.clone()).collect())
    }

    fn asked(&self, number: usize) -> usize {
        self.network.sent(number, "hooks/list")
    }
}

#[test]
fn each_server_with_webhooks_gets_one_hook_that_is_made_again_when_it_is_lost() {
    let scene = Scene::with_webhooks(2);
    for number in [1, 2] {
        let [url] = <[String; 1]>::try_from(scene.hooks_on(number)).unwrap();
        let place = format!("https://lb.example/pre/callbacks/hook/bbb{number}/");
        assert!(url.starts_with(&place) && url.len() == place.len() + 64, "{url}");
        assert!(!url.contains("server-secret"));
    }
    scene.network.pass(30);
    scene.keep();
    assert_eq!(scene.asked(1), 1, "once a minute");
    scene.network.pass(31);
    scene.keep();
    assert_eq!((scene.asked(1), scene.network.sent(1, "hooks/create")), (2, 1), "it is there");
    let before = scene.hooks_on(1);
    scene.on(1, |bbb| {
        let id = bbb.hooks().next().unwrap().hook_id.clone();
        assert!(bbb.drop_hook(&id));
    });
    scene.network.pass(61);
    scene.keep();
    assert_eq!(scene.hooks_on(1), before);
    let made = |event: &EventKind| match event {
        EventKind::HookRegistered { again, .. } => Some(*again),
        _ => None,
    };
    assert_eq!(scene.network.events().iter().filter_map(made).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_server_without_webhooks_is_asked_seldom_and_is_as_well_as_before() {
    let scene = Scene::without_webhooks(1);
    scene.keep();
    scene.network.pass(3000);
    scene.keep();
    assert_eq!(scene.asked(1), 1);
    let server = scene.network.balancer.fleet().server(&"bbb1".into()).cloned().unwrap();
    assert!(server.reachability.is_spotless());
    assert!(!scene.network.events().iter().any(|event| matches!(event, EventKind::ServerFailed { .. })));
    scene.install(1);
    scene.network.pass(601);
    scene.keep();
    assert_eq!(scene.hooks_on(1).len(), 1, "it has got them since");
}

#[test]
fn trouble_with_webhooks_says_nothing_of_the_server_and_soon_the_balancer_tells_by_itself() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    for call in ["hooks/list", "hooks/create"] {
        scene.network.servers.fault_on("bbb1", call, Fault::Html502);
    }
    for minute in 1..=4 {
        scene.create("moodle", &format!("room-{minute}"));
        let expected: &[&str] = if minute <= 3 { &[] } else { &["meeting-created"] };
        assert_eq!(scene.ids("moodle"), expected, "minute {minute}");
        scene.network.pass(61);
        scene.keep();
    }
    let server = scene.network.balancer.fleet().server(&"bbb1".into()).cloned().unwrap();
    assert!(server.reachability.is_spotless() && server.state().takes_new_meetings());
}

#[test]
fn a_hook_of_the_same_balancer_under_another_url_is_taken_away_and_strangers_hooks_stay() {
    let scene = Scene::with_webhooks(1);
    let own = scene.hooks_on(1);
    let old = own[0].replace("lb.example", "old.example");
    for url in [old.as_str(), "https://stranger.example/callbacks/hook/bbb1/abc"] {
        let query = Params::from_iter([("callbackURL", url)]).encode();
        let digest = sign(Algorithm::Sha256, "hooks/create", &query, &"server-secret".into());
        scene.on(1, |bbb| {
            bbb.handle(scene.network.clock.now(), "hooks/create", &format!("{query}&checksum={digest}"), None)
        });
    }
    assert_eq!(scene.hooks_on(1).len(), 3);
    scene.network.pass(61);
    scene.keep();
    assert_eq!(scene.hooks_on(1), [own[0].as_str(), "https://stranger.example/callbacks/hook/bbb1/abc"]);
}

#[test]
fn where_it_is_switched_off_servers_are_not_asked_and_not_heard() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    let settings = Settings { webhooks: false, ..Settings::default() };
    let relay = Relay { public_url: "https://lb.example/pre/".parse().unwrap(), sender: scene.websites.clone() };
    let Network { clock, servers, facts, store, .. } = scene.network;
    let network = Network::relayed(clock, servers, facts, store, settings, Some(relay));
    network.refresh();
    let scene = Scene { network, websites: scene.websites };
    assert!(scene.network.balancer.hooks_due().is_empty());
    scene.create("moodle", "room-1");
    assert_eq!(scene.ids("moodle"), ["meeting-created"], "the balancer tells what it knows");
    let post = scene.posts(1).remove(0);
    let url: Url = post.url.parse().unwrap();
    let (server, token) = Balancer::hook_in(url.path()).unwrap();
    assert!(!scene.network.balancer.has_hook(&server, token));
}
