//! Hooks: what websites ask for, the balancer's own hook on servers, what is heard and passed on.

mod calls;
mod keeping;

use std::collections::HashSet;

use async_trait::async_trait;
use serde_json::Value;
use url::form_urlencoded;

use super::*;
use crate::balancer::HookHeard;
use crate::callback::{CallbackRequest, CallbackSender, CallbackUrl, SendError};
use crate::clock::Timestamp;
use crate::gateway::{SimulatedCallback, SimulatedCallbackKind};
use crate::hook::HookPost;
use crate::network::{Entity, NetworkChange};
use crate::store::MeetingStore;

/// Notes what hooks were told, and answers with a status.
#[derive(Debug)]
struct Websites {
    told: Mutex<Vec<Told>>,
    status: Mutex<u16>,
}

/// One post to a hook of a website.
#[derive(Clone, Debug)]
struct Told {
    url: String,
    body: String,
}

impl Told {
    fn field(&self, name: &str) -> String {
        let found = form_urlencoded::parse(self.body.as_bytes()).find(|(field, _)| field == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    fn event(&self) -> Value {
        let Value::Array(mut events) = serde_json::from_str(&self.field("event")).unwrap() else { panic!("no array") };
        assert_eq!(events.len(), 1);
        events.remove(0)
    }

    fn id(&self) -> String {
        self.event().pointer("/data/id").unwrap().as_str().unwrap().to_owned()
    }

    fn meeting(&self, field: &str) -> Value {
        self.event().pointer("/data/attributes/meeting").unwrap().get(field).cloned().unwrap_or_default()
    }
}

#[async_trait]
impl CallbackSender for Websites {
    async fn send(&self, request: &CallbackRequest, _: Duration) -> Result<u16, SendError> {
        if let Some(post) = &request.post {
            let body = String::from_utf8(post.body.to_vec()).unwrap();
            self.told.lock().unwrap().push(Told { url: request.url.expose().to_owned(), body });
        }
        Ok(*self.status.lock().unwrap())
    }

    fn may_reach(&self, url: &CallbackUrl) -> bool {
        url.host_name().as_deref() != Some("127.0.0.1")
    }
}

struct Scene {
    network: Network,
    websites: Arc<Websites>,
}

impl Scene {
    /// Servers with bbb-webhooks, on which the balancer has its hook.
    fn with_webhooks(count: usize) -> Self {
        let scene = Self::without_webhooks(count);
        for number in 1..=count {
            scene.install(number);
        }
        scene.keep();
        scene
    }

    fn without_webhooks(count: usize) -> Self {
        let plain = Network::of(count);
        let websites = Arc::new(Websites { told: Mutex::default(), status: Mutex::new(200) });
        let relay = Relay { public_url: "https://lb.example/pre/".parse().unwrap(), sender: websites.clone() };
        let Network { clock, servers, facts, store, .. } = plain;
        let network = Network::relayed(clock, servers, facts, store, Settings::default(), Some(relay));
        network.refresh();
        Self { network, websites }
    }

    fn on<T>(&self, number: usize, look: impl FnOnce(&mut crate::gateway::SimulatedBbb) -> T) -> T {
        self.network.servers.with(&format!("bbb{number}"), look).unwrap()
    }

    fn install(&self, number: usize) {
        self.on(number, |bbb| {
            let plain = std::mem::replace(bbb, crate::gateway::SimulatedBbb::new("http://x.invalid", "x"));
            *bbb = plain.with_webhooks(true);
        });
    }

    /// The balancer looks after its hooks.
    fn keep(&self) {
        for name in self.network.balancer.hooks_due() {
            block_on(self.network.balancer.keep_hook(&name));
        }
    }

    fn hook(&self, website: &str, more: &[(&str, &str)]) -> Said {
        let url = format!("https://{website}.example/h?key=s3cr3t");
        let params: Vec<_> = [("callbackURL", url.as_str())].into_iter().chain(more.iter().copied()).collect();
        self.network.call(website, "hooks/create", &params).success()
    }

    fn create(&self, website: &str, meeting_id: &str) {
        let params = [("name", "Algebra"), ("meetingID", meeting_id), ("meta_course", "7"), ("record", "true")];
        self.network.call(website, "create", &params).success();
    }

    /// Somebody joins, and the browser follows.
    fn join(&self, website: &str, meeting_id: &str, name: &str) {
        let params = [("fullName", name), ("meetingID", meeting_id), ("role", "MODERATOR"), ("userID", "u-7")];
        let location = self.network.call(website, "join", &params).location();
        self.network.servers.browse(&location).unwrap();
    }

    /// What server `number` posts to hooks, and has not posted yet.
    fn posts(&self, number: usize) -> Vec<SimulatedCallback> {
        let mut posts = self.on(number, crate::gateway::SimulatedBbb::take_callbacks);
        posts.retain(|post| post.kind == SimulatedCallbackKind::Hook);
        posts
    }

    fn post(&self, post: &SimulatedCallback) -> HookHeard {
        let url: Url = post.url.parse().unwrap();
        let (server, token) = Balancer::hook_in(url.path()).unwrap();
        assert!(self.network.balancer.has_hook(&server, token));
        let checksum = url.query_pairs().find(|(name, _)| name == "checksum").map(|(_, value)| value.into_owned());
        let authorization = post.authorization.as_deref();
        let post = HookPost { checksum: checksum.as_deref(), authorization, body: post.body.as_bytes() };
        block_on(self.network.balancer.hook_heard(&server, token, &post))
    }

    /// Server `number` posts all that it has to tell.
    fn hear(&self, number: usize) {
        for post in self.posts(number) {
            assert_eq!(self.post(&post), HookHeard::Taken);
        }
    }

    /// Server `number` posts `event`.
    fn say(&self, number: usize, event: &str) -> HookHeard {
        let url = self.on(number, |bbb| bbb.hooks().next().unwrap().callback_url.clone());
        let parsed: Url = url.parse().unwrap();
        let (server, token) = Balancer::hook_in(parsed.path()).unwrap();
        let body = form_urlencoded::Serializer::new(String::new()).append_pair("event", &format!("[{event}]")).finish();
        let checksum = sign(Algorithm::Sha256, &url, &body, &"server-secret".into());
        let post = HookPost { checksum: Some(&checksum), authorization: None, body: body.as_bytes() };
        block_on(self.network.balancer.hook_heard(&server, token, &post))
    }

    /// The outbox is worked off; all that `website` was told since the last time.
    fn told(&self, website: &str) -> Vec<Told> {
        block_on(self.network.balancer.deliver_due()).unwrap();
        let mut told = self.websites.told.lock().unwrap();
        let host = format!("https://{website}.example/");
        told.extract_if(.., |told| told.url.starts_with(&host)).collect()
    }

    fn ids(&self, website: &str) -> Vec<String> {
        let mut ids: Vec<_> = self.told(website).iter().map(Told::id).collect();
        ids.sort();
        ids
    }
}

#[test]
fn a_website_hears_what_its_server_tells_signed_with_its_own_secret() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    scene.create("moodle", "room-1");
    scene.join("moodle", "room-1", "Ana");
    scene.hear(1);
    let mut told = scene.told("moodle");
    told.sort_by_key(Told::id);
    assert_eq!(told.iter().map(Told::id).collect::<Vec<_>>(), ["meeting-created", "user-joined"], "each once");
    for told in &told {
        let (url, checksum) = told.url.split_once("&checksum=").unwrap();
        assert_eq!(url, "https://moodle.example/h?key=s3cr3t");
        assert_eq!(checksum, sign(Algorithm::Sha1, url, &told.body, &"moodle".into()));
        assert_eq!(told.field("domain"), "lb.example");
        assert_eq!(told.meeting("external-meeting-id"), "room-1");
        assert!(!told.body.contains("mconflb") && !told.body.contains("callbacks"), "{}", told.body);
        assert!(told.body.starts_with("domain=lb.example&event=") && !told.field("timestamp").is_empty());
    }
    assert_eq!(told[0].meeting("metadata").get("course"), Some(&Value::from("7")));
}

#[test]
fn nobody_hears_of_anothers_meeting() {
    let scene = Scene::with_webhooks(1);
    for website in ["moodle", "portal"] {
        scene.hook(website, &[]);
    }
    scene.create("moodle", "room-1");
    scene.create("portal", "room-2");
    scene.join("moodle", "room-1", "Ana");
    // past the balancer
    scene.on(1, |bbb| {
        let query = "name=Foreign&meetingID=room-3";
        let digest = sign(Algorithm::Sha256, "create", query, &"server-secret".into());
        bbb.handle(scene.network.clock.now(), "create", &format!("{query}&checksum={digest}"), None);
    });
    scene.hear(1);
    let of = |website: &str| -> Vec<Value> {
        scene.told(website).iter().map(|told| told.meeting("external-meeting-id")).collect()
    };
    assert_eq!(of("moodle"), ["room-1", "room-1"]);
    assert_eq!(of("portal"), ["room-2"]);
}

#[test]
fn a_hook_hears_of_its_meeting_and_its_events_alone() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[("meetingID", "room-2"), ("eventID", "user-joined,USER-LEFT")]);
    for room in ["room-1", "room-2"] {
        scene.create("moodle", room);
        scene.join("moodle", room, "Ana");
    }
    scene.hear(1);
    let told = scene.told("moodle");
    assert_eq!(told.iter().map(Told::id).collect::<Vec<_>>(), ["user-joined"]);
    assert_eq!(told[0].meeting("external-meeting-id"), "room-2");
}

#[test]
fn a_post_that_is_not_signed_by_its_server_changes_nothing() {
    let scene = Scene::with_webhooks(2);
    scene.hook("moodle", &[]);
    scene.create("moodle", "room-1");
    let holder = scene.network.holders("room-1")[0];
    let before = scene.network.balancer.fleet().server(&format!("bbb{holder}").into()).unwrap().users();
    scene.join("moodle", "room-1", "Ana");
    let posts = scene.posts(holder);
    for post in &posts {
        let altered = SimulatedCallback { body: post.body.replace("room-1", "room-2") + "&x=1", ..post.clone() };
        assert_eq!(scene.post(&altered), HookHeard::Forged);
        let unsigned = SimulatedCallback { url: post.url.split('?').next().unwrap().to_owned(), ..post.clone() };
        assert_eq!(scene.post(&unsigned), HookHeard::Forged);
    }
    assert_eq!(scene.ids("moodle"), [""; 0]);
    assert_eq!(scene.network.balancer.fleet().server(&format!("bbb{holder}").into()).unwrap().users(), before);
    let forged = |event: &EventKind| matches!(event, EventKind::HookForged { .. });
    assert_eq!(scene.network.events().iter().filter(|event| forged(event)).count(), 1, "told once a minute");
    // a token of another server, and one of nobody
    let url: Url = posts[0].url.parse().unwrap();
    let (server, token) = Balancer::hook_in(url.path()).unwrap();
    let other = if server.as_str() == "bbb1" { "bbb2" } else { "bbb1" };
    let post = HookPost { checksum: None, authorization: None, body: b"" };
    for (server, token) in [(other, token), (server.as_str(), "x"), ("bbb9", token)] {
        assert_eq!(block_on(scene.network.balancer.hook_heard(&server.into(), token, &post)), HookHeard::Unknown);
    }
    // the true ones are taken
    posts.iter().for_each(|post| assert_eq!(scene.post(post), HookHeard::Taken));
    assert_eq!(scene.ids("moodle"), ["meeting-created", "user-joined"]);
}

#[test]
fn a_post_that_comes_again_is_passed_on_once() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    scene.create("moodle", "room-1");
    scene.join("moodle", "room-1", "Ana");
    let posts = scene.posts(1);
    for _again in 0..3 {
        posts.iter().for_each(|post| assert_eq!(scene.post(post), HookHeard::Taken));
        block_on(scene.network.balancer.deliver_due()).unwrap();
        scene.network.pass(60);
    }
    assert_eq!(scene.ids("moodle"), ["meeting-created", "user-joined"]);
    assert_eq!(scene.network.balancer.fleet().server(&"bbb1".into()).unwrap().users(), 1);
}

#[test]
fn servers_that_send_their_secret_in_place_of_a_checksum_are_heard() {
    let scene = Scene::with_webhooks(1);
    scene.on(1, |bbb| {
        let plain = std::mem::replace(bbb, crate::gateway::SimulatedBbb::new("http://x.invalid", "x"));
        *bbb = plain.with_hook_bearer(true);
    });
    scene.hook("moodle", &[]);
    scene.create("moodle", "room-1");
    scene.hear(1);
    assert_eq!(scene.ids("moodle"), ["meeting-created"]);
}

#[test]
fn where_servers_tell_nothing_the_balancer_tells_what_it_knows() {
    let scene = Scene::without_webhooks(1);
    scene.keep();
    scene.hook("moodle", &[]);
    scene.create("moodle", "room-1");
    scene.join("moodle", "room-1", "Ana");
    let mut told = scene.told("moodle");
    told.sort_by_key(Told::id);
    assert_eq!(told.iter().map(Told::id).collect::<Vec<_>>(), ["meeting-created", "user-joined"]);
    assert_eq!(told[0].meeting("name"), "Algebra");
    assert_eq!(told[0].meeting("record"), true);
    assert_eq!(told[0].meeting("metadata").get("course"), Some(&Value::from("7")));
    let user = told[1].event().pointer("/data/attributes/user").cloned().unwrap();
    assert_eq!(
        (&user["name"], &user["role"], &user["external-user-id"]),
        (&"Ana".into(), &"MODERATOR".into(), &"u-7".into())
    );
    scene.on(1, |bbb| bbb.restart());
    for _ in 0..3 {
        scene.network.pass(31);
        scene.network.follow();
    }
    assert_eq!(scene.ids("moodle"), ["meeting-ended"]);
}

#[test]
fn the_end_of_a_meeting_is_told_once_whoever_knows_it_first() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[("eventID", "meeting-created,meeting-ended")]);
    for (room, server_first) in [("room-1", true), ("room-2", false)] {
        scene.create("moodle", room);
        scene.hear(1);
        assert_eq!(scene.ids("moodle"), ["meeting-created"]);
        let now = scene.network.clock.now();
        assert!(scene.on(1, |bbb| bbb.end(now, room)));
        let posts = scene.posts(1);
        let hear = || posts.iter().for_each(|post| assert_eq!(scene.post(post), HookHeard::Taken));
        if server_first {
            hear();
        }
        for _ in 0..3 {
            scene.network.pass(31);
            scene.network.follow();
        }
        if !server_first {
            hear();
        }
        assert_eq!(scene.ids("moodle"), ["meeting-ended"], "{room}");
    }
}

#[test]
fn of_a_room_that_is_placed_afresh_no_end_is_told_but_what_becomes_of_its_recording() {
    let scene = Scene::with_webhooks(2);
    scene.hook("moodle", &[("eventID", "meeting-ended,user-left,rap-published")]);
    scene.create("moodle", "room-1");
    let lost = scene.network.holders("room-1")[0];
    let name = format!("bbb{lost}");
    scene.network.servers.fault(&name, Some(crate::gateway::Fault::Refuse));
    for _ in 0..10 {
        scene.network.pass(10);
        scene.network.follow();
    }
    scene.create("moodle", "room-1");
    assert_eq!(scene.ids("moodle"), [""; 0], "the room goes on");
    let record = scene.network.events().into_iter().find_map(|event| match event {
        EventKind::MeetingPlacedAfresh { superseded, .. } => Some(superseded),
        _ => None,
    });
    let record = record.unwrap();
    scene.network.servers.fault(&name, None);
    for _ in 0..4 {
        scene.network.pass(31);
        scene.network.follow();
    }
    assert_eq!(scene.network.holders("room-1"), [3 - lost], "the copy was ended");
    scene.hear(lost);
    assert_eq!(scene.ids("moodle"), ["rap-published"], "the room goes on");
    let event = format!(
        r#"{{"data":{{"type":"event","id":"meeting-ended","attributes":{{"meeting":{{"internal-meeting-id":"{record}",
        "external-meeting-id":"room-1"}}}},"event":{{"ts":5}}}}}}"#
    );
    assert_eq!(scene.say(lost, &event), HookHeard::Taken);
    assert_eq!(scene.ids("moodle"), [""; 0], "not of the copy");
}

#[test]
fn after_a_restart_people_are_not_seen_to_come_anew_when_a_webhook_is_first() {
    let before = Scene::with_webhooks(1);
    before.create("moodle", "room-1");
    before.join("moodle", "room-1", "Ana");
    before.hear(1);
    before.network.pass(10);
    before.network.follow();
    let Network { clock, servers, facts, store, .. } = before.network;
    let relay = Relay { public_url: "https://lb.example/pre/".parse().unwrap(), sender: before.websites.clone() };
    let network = Network::relayed(clock, servers, facts, store, Settings::default(), Some(relay));
    let scene = Scene { network, websites: before.websites };
    scene.network.pass(5);
    scene.network.refresh();
    scene.join("moodle", "room-1", "Bea");
    scene.hear(1);
    for _ in 0..3 {
        scene.network.pass(10);
        scene.network.follow();
    }
    let events = block_on(scene.network.store.latest_events(1000)).unwrap();
    let mut came: Vec<_> = events
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::UserEntered { name, .. } => Some(name),
            _ => None,
        })
        .collect();
    came.sort();
    assert_eq!(came, ["Ana", "Bea"]);
}

#[test]
fn who_is_told_to_come_into_a_meeting_that_has_ended_is_not_remembered() {
    let scene = Scene::with_webhooks(1);
    scene.create("moodle", "room-1");
    let held = block_on(scene.network.store.meetings_of(&"moodle".into())).unwrap().remove(0);
    scene.on(1, |bbb| assert!(bbb.end(scene.network.clock.now(), "room-1")));
    for _ in 0..3 {
        scene.network.pass(31);
        scene.network.follow();
    }
    let (balancer, ana) = (&scene.network.balancer, crate::fleet::PersonKey::of("", "Ana"));
    assert!(!block_on(balancer.told_came(&held, ana, &"w_1".into())));
    assert!(!balancer.presence.knows(&held.internal_id));
}

#[test]
fn what_becomes_of_a_recording_is_told_long_after_the_end() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[("eventID", "rap-published")]);
    scene.create("moodle", "room-1");
    scene.on(1, |bbb| assert!(bbb.end(scene.network.clock.now(), "room-1")));
    for _ in 0..3 {
        scene.network.pass(31);
        scene.network.follow();
    }
    let record = scene.network.events().into_iter().find_map(|event| match event {
        EventKind::MeetingEnded { internal_id, .. } => Some(internal_id),
        _ => None,
    });
    let record = record.unwrap();
    scene.network.pass(3 * 24 * 3600);
    for id in [record.as_str(), "somebody-elses"] {
        let event = format!(
            r#"{{"data":{{"type":"event","id":"rap-published","attributes":{{"meeting":{{"internal-meeting-id":"{id}",
            "external-meeting-id":null}},"record-id":"{id}"}},"event":{{"ts":5}}}}}}"#
        );
        assert_eq!(scene.say(1, &event), HookHeard::Taken);
    }
    let told = scene.told("moodle");
    assert_eq!(told.iter().map(Told::id).collect::<Vec<_>>(), ["rap-published"]);
    assert_eq!(told[0].meeting("external-meeting-id"), "room-1", "the website's own id");
    scene.network.pass(31 * 24 * 3600);
    block_on(scene.network.balancer.forget_ended()).unwrap();
    let ended = block_on(scene.network.balancer.stores.hooks.ended_meeting(&record, &"bbb1".into()));
    assert_eq!(ended, Ok(None));
}

#[test]
fn users_are_counted_as_they_come_and_go_until_the_server_lists_them() {
    let scene = Scene::with_webhooks(1);
    scene.create("moodle", "room-1");
    scene.network.pass(1);
    scene.network.follow();
    let users = || scene.network.balancer.fleet().server(&"bbb1".into()).unwrap().users();
    for expected in 1..=3 {
        scene.join("moodle", "room-1", &format!("User {expected}"));
        scene.hear(1);
        assert_eq!(users(), expected);
    }
    scene.on(1, |bbb| bbb.leave("room-1", 2));
    scene.hear(1);
    assert_eq!(users(), 1);
    scene.network.pass(1);
    scene.network.follow();
    assert_eq!(users(), 1, "the list says the same");
    let came = |event: &EventKind| matches!(event, EventKind::UserEntered { name, .. } if name.starts_with("User "));
    let left = |event: &EventKind| matches!(event, EventKind::UserLeft { .. });
    let events = scene.network.events();
    let count = |is: &dyn Fn(&EventKind) -> bool| events.iter().filter(|event| is(event)).count();
    assert_eq!((count(&came), count(&left)), (3, 2));
}

#[test]
fn a_mistake_in_the_configuration_takes_no_hook_away() {
    let scene = Scene::without_webhooks(1);
    scene.keep();
    scene.hook("moodle", &[]);
    let change = |alter: &dyn Fn(&mut Integration)| {
        let network = scene.network.balancer.network();
        let mut moodle = Integration::clone(network.integration("moodle").unwrap());
        alter(&mut moodle);
        let change = NetworkChange::Put(Entity::Integration(Arc::new(moodle)));
        let stores = &scene.network.balancer.stores;
        block_on(stores.network.change_network(network.revision(), vec![change], Vec::new())).unwrap();
    };
    let alterations: [&dyn Fn(&mut Integration); 2] =
        [&|moodle| moodle.callback_hosts = vec!["elsewhere.example".to_owned()], &|moodle| {
            moodle.callback_hosts.clear();
            moodle.secrets.iter_mut().for_each(|known| known.expires_at = Some(Timestamp::from_millis(1)));
        }];
    for (number, alter) in alterations.into_iter().enumerate() {
        scene.create("moodle", &format!("room-{number}"));
        change(alter);
        for _ in 0..40 {
            block_on(scene.network.balancer.deliver_due()).unwrap();
            scene.network.pass(3600);
        }
        assert_eq!(block_on(scene.network.balancer.due(&HashSet::new())).unwrap(), []);
        let hooks = block_on(scene.network.balancer.stores.hooks.hooks_of(&"moodle".into())).unwrap();
        assert_eq!(hooks.len(), 1);
        change(&|moodle| moodle.callback_hosts.clear());
    }
}

#[test]
fn a_hook_whose_website_is_gone_for_a_day_is_taken_away_and_what_waits_for_it_with_it() {
    let scene = Scene::without_webhooks(1);
    scene.keep();
    scene.hook("moodle", &[]);
    *scene.websites.status.lock().unwrap() = 500;
    scene.create("moodle", "room-1");
    for _ in 0..40 {
        block_on(scene.network.balancer.deliver_due()).unwrap();
        scene.network.pass(3600);
        if scene.network.call("moodle", "hooks/list", &[]).text().contains("<hookID>") {
            scene.join("moodle", "room-1", "Ana");
        }
    }
    assert!(!scene.network.call("moodle", "hooks/list", &[]).success().text().contains("<hookID>"));
    assert_eq!(block_on(scene.network.balancer.due(&HashSet::new())).unwrap().len(), 0);
    let failed = |event: &&EventKind| matches!(event, EventKind::CallbackFailed { .. });
    assert_eq!(scene.network.events().iter().filter(failed).count(), 1, "told once");
}

#[test]
fn a_website_that_does_not_want_what_it_is_told_is_not_told_again() {
    let scene = Scene::without_webhooks(1);
    scene.keep();
    scene.hook("moodle", &[]);
    *scene.websites.status.lock().unwrap() = 401;
    scene.create("moodle", "room-1");
    assert_eq!(scene.ids("moodle"), ["meeting-created"]);
    scene.network.pass(3600);
    assert_eq!(scene.ids("moodle"), [""; 0]);
}

#[test]
fn what_is_no_post_of_bbb_webhooks_is_refused_though_it_is_signed() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    assert_eq!(scene.say(1, "{"), HookHeard::Unreadable);
    for nothing in ["", "7", "{}", r#"{"data":{"id":"user-joined"}}"#] {
        assert_eq!(scene.say(1, nothing), HookHeard::Taken, "{nothing}");
    }
    assert_eq!(scene.ids("moodle"), [""; 0]);
}

#[test]
fn what_comes_before_the_create_is_answered_is_to_come_again() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[]);
    let claim = crate::meeting::Claim {
        key: crate::meeting::MeetingKey::new("moodle", "room-1"),
        server: "bbb1".into(),
        passwords: crate::meeting::Passwords { attendee: "a".into(), moderator: "m".into() },
        voice_bridge: 70_001,
        token: "t".to_owned().into(),
        expires: scene.network.clock.now() + Duration::from_secs(20),
        supersedes: None,
        callbacks: None,
    };
    block_on(crate::store::MeetingStore::claim(&*scene.network.store, claim)).unwrap();
    let created = |room: &str| {
        format!(
            r#"{{"data":{{"id":"meeting-created","attributes":{{"meeting":{{"internal-meeting-id":"i-1","external-meeting-id":"{room}",
            "metadata":{{"mconflb-guid":"lb","mconflb-institution":"moodle"}}}}}}}}}}"#
        )
    };
    assert_eq!(scene.say(1, &created("room-1")), HookHeard::Later);
    assert_eq!(scene.say(1, &created("room-2")), HookHeard::Taken, "nobody creates it: a copy that is nobody's");
    assert_eq!(scene.ids("moodle"), [""; 0]);
}

#[test]
fn a_breakout_room_is_heard_of_by_the_website_of_its_parent() {
    let scene = Scene::with_webhooks(1);
    scene.hook("moodle", &[("meetingID", "room-1-breakout")]);
    scene.create("moodle", "room-1");
    scene.hear(1);
    let parent = scene.on(1, |bbb| bbb.meeting("room-1").unwrap().internal_id.clone());
    let created = format!(
        r#"{{"data":{{"id":"meeting-created","attributes":{{"meeting":{{"internal-meeting-id":"i-2",
        "external-meeting-id":"room-1-breakout","is-breakout":true,"parent-id":"{parent}"}}}}}}}}"#
    );
    assert_eq!(scene.say(1, &created), HookHeard::Taken);
    let told = scene.told("moodle");
    assert_eq!(told.iter().map(Told::id).collect::<Vec<_>>(), ["meeting-created"]);
    assert_eq!(told[0].meeting("external-meeting-id"), "room-1-breakout");
}
