//! Callbacks: taken over, heard from servers, verified, delivered to websites.

mod afresh;
mod posted;

use std::collections::{HashSet, VecDeque};

use async_trait::async_trait;

use super::*;
use crate::balancer::{Actor, Expected, Heard};
use crate::callback::{CallbackPlace, CallbackRequest, CallbackSender, SendError};
use crate::event::Ended;
use crate::gateway::Fault;
use crate::store::{MeetingStore, Outbox};

const ENDED: &str = "https://lms.example/ended?key=s3cr3t";
const META: &str = "https://lms.example/old";

/// Notes what websites were told. The next ones fail as often as it is said; the others are answered with a status.
#[derive(Debug)]
struct Websites {
    told: Mutex<Vec<String>>,
    requests: Mutex<Vec<CallbackRequest>>,
    failures: Mutex<VecDeque<String>>,
    status: Mutex<u16>,
}

impl Default for Websites {
    fn default() -> Self {
        Self { told: Mutex::default(), requests: Mutex::default(), failures: Mutex::default(), status: Mutex::new(200) }
    }
}

#[async_trait]
impl CallbackSender for Websites {
    async fn send(&self, request: &CallbackRequest, _: Duration) -> Result<u16, SendError> {
        self.told.lock().unwrap().push(request.url.expose().to_owned());
        match self.failures.lock().unwrap().pop_front() {
            Some(problem) => Err(SendError(problem)),
            None => {
                self.requests.lock().unwrap().push(request.clone());
                Ok(*self.status.lock().unwrap())
            }
        }
    }
}

struct Scene {
    network: Network,
    websites: Arc<Websites>,
}

impl Scene {
    fn of(servers: usize) -> Self {
        let plain = Network::of(servers);
        Self::over(&plain, plain.store.clone())
    }

    /// A balancer that has just started over the servers of `network` and this store.
    fn over(network: &Network, store: Arc<InMemoryStore>) -> Self {
        let websites = Arc::new(Websites::default());
        let relay = Relay { public_url: "https://lb.example/pre/".parse().unwrap(), sender: websites.clone() };
        let (clock, servers, facts) = (network.clock.clone(), network.servers.clone(), network.facts.clone());
        let network = Network::relayed(clock, servers, facts, store, Settings::default(), Some(relay));
        network.refresh();
        Self { network, websites }
    }

    /// The same network after a change of the integration `moodle`.
    fn with_integration(&self, adapt: impl Fn(&mut Integration)) -> Self {
        let mut moodle = Integration::new("moodle", "moodle");
        adapt(&mut moodle);
        let scene = Self::over(&self.network, self.network.store.clone());
        let (balancer, test) = (&scene.network.balancer, Actor::from("the test"));
        if moodle.name.as_str() != "moodle" {
            let before = crate::network::IntegrationName::from("moodle");
            block_on(balancer.remove(before, Expected::Any, &test)).unwrap();
        }
        block_on(balancer.put(moodle, Expected::Any, &test)).unwrap();
        scene
    }

    fn create(&self, meeting_id: &str) -> Said {
        let params = [
            ("name", "Algebra"),
            ("meetingID", meeting_id),
            ("meetingEndedURL", ENDED),
            ("meta_endCallbackUrl", META),
            ("meta_course", "7"),
            ("record", "true"),
            ("autoStartRecording", "true"),
        ];
        self.network.call("moodle", "create", &params).success()
    }

    /// A meeting ends on server `number` by itself; what that server then calls.
    fn end_on(&self, number: usize, meeting_id: &str) -> String {
        let now = self.network.clock.now();
        let ended = self.network.servers.with(&format!("bbb{number}"), |bbb| {
            assert!(bbb.end(now, meeting_id));
            bbb.take_ended_callbacks()
        });
        let [url] = <[String; 1]>::try_from(ended.unwrap()).unwrap();
        url
    }

    /// A server calls `url`.
    fn hear(&self, url: &str) -> Heard {
        let url: Url = url.parse().unwrap();
        let (place, integration, token) = CallbackPlace::in_path(url.path()).unwrap();
        assert_eq!(place, CallbackPlace::Ended);
        let marks = url.query_pairs().any(|(name, value)| name == "recordingmarks" && value == "true");
        block_on(self.network.balancer.ended(&integration, token, marks))
    }

    /// The outbox is worked off; everything that websites were told so far.
    fn told(&self) -> Vec<String> {
        block_on(self.network.balancer.deliver_due()).unwrap();
        let mut told = self.websites.told.lock().unwrap().clone();
        told.sort();
        told
    }

    fn ends(&self) -> Vec<Ended> {
        let how = |event: EventKind| if let EventKind::MeetingEnded { how, .. } = event { Some(how) } else { None };
        self.network.events().into_iter().filter_map(how).collect()
    }

    fn known(&self) -> usize {
        block_on(self.network.store.meetings_of(&"moodle".into())).unwrap().len()
    }

    fn follow_until_forgotten(&self) {
        for _ in 0..3 {
            self.network.pass(31);
            self.network.follow();
        }
        assert_eq!(self.known(), 0);
    }

    fn holder(&self, meeting_id: &str) -> usize {
        self.network.holders(meeting_id)[0]
    }

    fn sent_parameter(&self, number: usize, meeting_id: &str, name: &str) -> Option<String> {
        let look = |bbb: &mut crate::gateway::SimulatedBbb| {
            bbb.meeting(meeting_id).and_then(|meeting| meeting.parameter(name).map(str::to_owned))
        };
        self.network.servers.with(&format!("bbb{number}"), look).flatten()
    }
}

fn both(marks: bool) -> [String; 2] {
    [format!("{ENDED}&recordingmarks={marks}"), format!("{META}?recordingmarks={marks}&meetingID=room-1")]
}

#[test]
fn the_server_is_given_the_balancers_callback_and_the_website_sees_its_own() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let given = scene.sent_parameter(1, "room-1", "meetingEndedURL").unwrap();
    assert!(given.starts_with("https://lb.example/pre/callbacks/ended/moodle/"), "{given}");
    assert_eq!(scene.sent_parameter(1, "room-1", "meta_endCallbackUrl"), None);
    assert_eq!(scene.sent_parameter(1, "room-1", "meta_course").as_deref(), Some("7"));
    let own = format!("<endcallbackurl>{META}</endcallbackurl>");
    for listed in [false, true] {
        let info = scene.network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success().text();
        let list = scene.network.call("moodle", "getMeetings", &[]).success().text();
        for text in [info, list] {
            assert_eq!(text.matches(&own).count(), 1, "listed: {listed}, {text}");
            assert!(!text.contains("lb.example") && !text.contains("mconflb") && !text.contains("s3cr3t"), "{text}");
        }
        scene.network.pass(1);
        scene.network.follow();
    }
    // a website that wants to be told nothing: the end is learnt all the same
    scene.network.create("moodle", "room-2").success();
    assert!(scene.sent_parameter(1, "room-2", "meetingEndedURL").is_some());
}

#[test]
fn without_a_relay_callbacks_go_on_untouched() {
    let network = Network::of(1);
    let params =
        [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED), ("meta_endCallbackUrl", META)];
    network.call("moodle", "create", &params).success();
    let given = network.servers.with("bbb1", |bbb| {
        let meeting = bbb.meeting("room-1").unwrap();
        ["meetingEndedURL", "meta_endCallbackUrl"].map(|name| meeting.parameter(name).map(str::to_owned))
    });
    assert_eq!(given.unwrap(), [Some(ENDED.to_owned()), Some(META.to_owned())]);
    let info = network.call("moodle", "getMeetingInfo", &[("meetingID", "room-1")]).success().text();
    assert_eq!(info.matches("<endcallbackurl>").count(), 1, "{info}");
}

#[test]
fn a_callback_is_verified_and_passed_on_once_however_often_it_comes() {
    let scene = Scene::of(2);
    scene.create("room-1");
    let number = scene.holder("room-1");
    let url = scene.end_on(number, "room-1");
    assert_eq!(scene.hear(&url), Heard::Taken);
    assert_eq!((scene.known(), scene.ends()), (0, vec![Ended::Callback]));
    assert_eq!(scene.told(), both(true));
    let asked = scene.network.sent(number, "getMeetingInfo");
    for _again in 0..3 {
        assert_eq!(scene.hear(&url), Heard::Taken);
        scene.network.pass(3600);
        scene.network.follow();
        assert_eq!(scene.told(), both(true));
    }
    assert_eq!(scene.network.sent(number, "getMeetingInfo"), asked, "what is known need not be asked");
    let delivered =
        |event: &EventKind| matches!(event, EventKind::CallbackDelivered { host, .. } if host == "lms.example");
    assert_eq!(scene.network.events().iter().filter(|event| delivered(event)).count(), 2);
}

#[test]
fn a_meeting_that_ended_and_lingers_is_ended() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.sent_parameter(1, "room-1", "meetingEndedURL").unwrap();
    scene.network.servers.with("bbb1", |bbb| {
        let lingering = std::mem::replace(bbb, crate::gateway::SimulatedBbb::new("http://x.invalid", "x"));
        *bbb = lingering.with_linger(Duration::from_secs(120));
    });
    scene.network.call("moodle", "end", &[("meetingID", "room-1")]).success();
    assert_eq!(scene.hear(&url), Heard::Taken);
    assert_eq!(scene.told(), both(false));
}

#[test]
fn a_callback_for_a_meeting_that_runs_is_not_believed() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.sent_parameter(1, "room-1", "meetingEndedURL").unwrap();
    assert_eq!(scene.hear(&url), Heard::Later);
    assert_eq!((scene.known(), scene.told()), (1, vec![]));
}

#[test]
fn a_server_that_cannot_be_asked_is_to_call_again() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.end_on(1, "room-1");
    for fault in [Fault::Refuse, Fault::ResetBefore, Fault::Html502, Fault::Garbage] {
        scene.network.servers.fault("bbb1", Some(fault));
        assert_eq!(scene.hear(&url), Heard::Later, "{fault:?}");
        assert_eq!((scene.known(), scene.told()), (1, vec![]), "{fault:?}");
    }
    scene.network.servers.fault("bbb1", None);
    assert_eq!(scene.hear(&url), Heard::Taken);
    assert_eq!(scene.told(), both(true));
}

#[test]
fn an_end_that_the_lists_show_is_passed_on_too_and_once() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.end_on(1, "room-1");
    scene.follow_until_forgotten();
    assert_eq!(scene.told(), both(false), "nobody knows of a recording");
    assert_eq!(scene.hear(&url), Heard::Taken);
    assert_eq!(scene.told().len(), 2);
}

#[test]
fn an_end_that_an_end_call_finds_is_passed_on() {
    let scene = Scene::of(1);
    scene.create("room-1");
    scene.network.pass(60);
    scene.network.servers.with("bbb1", |bbb| bbb.restart());
    scene.network.call("moodle", "end", &[("meetingID", "room-1")]).failed("notFound");
    assert_eq!(scene.told(), both(false));
}

#[test]
fn an_old_callback_leaves_the_newer_incarnation_alone() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let old = scene.end_on(1, "room-1");
    // the website is faster than the callback
    scene.create("room-1");
    assert_eq!(scene.ends(), [Ended::Replaced]);
    assert_eq!(scene.told(), both(false));
    assert_eq!(scene.hear(&old), Heard::Taken);
    assert_eq!((scene.known(), scene.told().len()), (1, 2));
    let new = scene.end_on(1, "room-1");
    assert_eq!(scene.hear(&new), Heard::Taken);
    assert_eq!((scene.known(), scene.told().len()), (0, 4), "the newer one's own end is told as well");
}

#[test]
fn a_database_that_was_lost_keeps_no_website_from_being_told() {
    let scene = Scene::of(2);
    scene.create("room-1");
    let lost = Scene::over(&scene.network, Arc::default());
    let number = scene.holder("room-1");
    let url = lost.end_on(number, "room-1");
    assert_eq!((lost.hear(&url), lost.hear(&url)), (Heard::Taken, Heard::Taken));
    assert_eq!(lost.told(), both(true));
}

#[test]
fn a_meeting_that_was_learnt_back_is_ended_by_its_old_callback_and_a_newer_one_is_not() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let lost = Scene::over(&scene.network, Arc::default());
    lost.network.follow();
    assert_eq!(lost.known(), 1);
    let url = lost.sent_parameter(1, "room-1", "meetingEndedURL").unwrap();
    assert_eq!(lost.hear(&url), Heard::Later, "it runs");
    let url = lost.end_on(1, "room-1");
    assert_eq!(lost.hear(&url), Heard::Taken);
    assert_eq!((lost.known(), lost.ends()), (0, vec![Ended::Callback]));
    assert_eq!(lost.told(), both(true));

    lost.create("room-1");
    let old = lost.end_on(1, "room-1");
    lost.create("room-1");
    let again = Scene::over(&lost.network, Arc::default());
    again.network.follow();
    assert_eq!(again.hear(&old), Heard::Taken);
    assert_eq!(
        (again.known(), again.told()),
        (1, both(true).to_vec()),
        "the stamp tells one incarnation from the other"
    );
}

#[test]
fn a_copy_that_nobody_was_told_of_ends_in_silence() {
    let scene = Scene::of(2);
    scene.network.servers.fault_on("bbb1", "create", Fault::ResetAfter);
    scene.network.servers.fault_on("bbb2", "create", Fault::ResetAfter);
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED)];
    scene.network.call("moodle", "create", &params).failed("internalError");
    for number in [1, 2] {
        let url = scene.end_on(number, "room-1");
        assert_eq!(scene.hear(&url), Heard::Taken);
    }
    assert_eq!(scene.told(), [""; 0]);
}

#[test]
fn a_create_that_was_cut_off_and_settled_is_told_of_its_end() {
    let scene = Scene::of(1);
    {
        scene.network.servers.fault_on("bbb1", "create", Fault::HangAfter);
        let params =
            [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED), ("meta_endCallbackUrl", META)];
        let request = scene.network.request("moodle", "create", &params);
        let mut create = std::pin::pin!(scene.network.balancer.handle(&request));
        assert!(
            futures_util::FutureExt::now_or_never(futures_util::future::poll_immediate(&mut create))
                .flatten()
                .is_none()
        );
    }
    scene.network.servers.fault("bbb1", None);
    scene.network.pass(60);
    block_on(scene.network.balancer.settle_expired()).unwrap();
    assert_eq!(scene.known(), 1);
    scene.network.servers.with("bbb1", |bbb| bbb.restart());
    scene.follow_until_forgotten();
    assert_eq!(scene.told(), both(false));
}

#[test]
fn a_token_that_is_not_the_balancers_is_nothing() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.end_on(1, "room-1");
    let asked = scene.network.sent(1, "getMeetingInfo");
    for wrong in
        [url.replace("/moodle/", "/portal/"), url.replace("/moodle/", "/nobody/"), url.replace("/moodle/", "/moodle/x")]
    {
        assert_eq!(scene.hear(&wrong), Heard::Unknown);
    }
    assert_eq!((scene.known(), scene.network.sent(1, "getMeetingInfo") - asked), (1, 0));
}

#[test]
fn a_website_that_is_away_is_told_when_it_is_back_and_one_that_stays_away_is_given_up() {
    let scene = Scene::of(1);
    scene
        .network
        .call("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED)])
        .success();
    let url = scene.end_on(1, "room-1");
    scene.hear(&url);
    scene.websites.failures.lock().unwrap().extend(["status 500".to_owned(), "status 502".to_owned()]);
    let tried = |scene: &Scene| scene.told().len();
    assert_eq!((tried(&scene), tried(&scene)), (1, 1));
    scene.network.pass(9);
    assert_eq!(tried(&scene), 1);
    scene.network.pass(1);
    assert_eq!(tried(&scene), 2);
    scene.network.pass(30);
    assert_eq!(tried(&scene), 3, "this time it hears");
    scene.network.pass(86_400);
    assert_eq!(tried(&scene), 3);

    scene
        .network
        .call("moodle", "create", &[("name", "Algebra"), ("meetingID", "room-2"), ("meetingEndedURL", ENDED)])
        .success();
    let url = scene.end_on(1, "room-2");
    scene.hear(&url);
    scene.websites.failures.lock().unwrap().extend(vec!["status 404".to_owned(); 1000]);
    for _ in 0..30 {
        scene.told();
        scene.network.pass(3600);
    }
    let all = tried(&scene);
    scene.network.pass(86_400);
    assert_eq!(tried(&scene), all, "a day is enough");
    let failed = scene.network.events().into_iter().filter_map(|event| match event {
        EventKind::CallbackFailed { meeting, given_up, .. } => Some((meeting.meeting_id.to_string(), given_up)),
        _ => None,
    });
    let of = |id: &str, given_up| (id.to_owned(), given_up);
    assert_eq!(failed.collect::<Vec<_>>(), [of("room-1", false), of("room-2", false), of("room-2", true)]);
}

#[test]
fn a_callback_that_is_no_url_is_dropped_and_told_of() {
    let scene = Scene::of(1);
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", "ftp://lms.example/s3cr3t")];
    scene.network.call("moodle", "create", &params).success();
    let told = |event: &EventKind| matches!(event, EventKind::CallbackFailed { given_up: true, .. });
    assert_eq!(scene.network.events().iter().filter(|event| told(event)).count(), 1);
    let url = scene.end_on(1, "room-1");
    assert_eq!((scene.hear(&url), scene.known(), scene.told()), (Heard::Taken, 0, vec![]));
}

#[test]
fn the_end_of_a_meeting_that_is_learnt_while_it_is_created_again_does_no_harm() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.end_on(1, "room-1");
    scene.network.servers.fault_on("bbb1", "create", Fault::Slow(Duration::from_secs(1)));
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED)];
    let request = scene.network.request("moodle", "create", &params);
    let create = scene.network.balancer.handle(&request);
    let meanwhile = async {
        // the server denied the old one just before it made the new one
        let old = scene.network.store.meetings_of(&"moodle".into()).await.unwrap().remove(0);
        assert_eq!(scene.network.store.forget(&old.key, &old.internal_id, vec![]).await, Ok(true));
        scene.network.pass(2);
    };
    let (reply, ()) = block_on(futures_util::future::join(create, meanwhile));
    Said(reply).success();
    assert_eq!((scene.known(), scene.hear(&url)), (1, Heard::Taken));
    assert_eq!(scene.told().len(), 2, "the old one's callbacks, once");
    assert!(block_on(scene.network.store.strays()).unwrap().is_empty());
}

#[test]
fn what_was_delivered_long_ago_is_forgotten() {
    let scene = Scene::of(1);
    scene.create("room-1");
    let url = scene.end_on(1, "room-1");
    scene.hear(&url);
    scene.told();
    let due = |scene: &Scene| {
        block_on(scene.network.store.due(scene.network.clock.now(), 9, 9, &HashSet::new())).unwrap().len()
    };
    let integration = crate::callback::CallbackToken::open(
        CallbackPlace::Ended,
        scene.network.balancer.network().integration("moodle").map(|found| &**found),
        url.rsplit('/').next().unwrap().split('?').next().unwrap(),
    );
    let id = integration.unwrap().callbacks.id;
    for (days, known) in [(30, true), (2, false)] {
        scene.network.pass(days * 86_400);
        block_on(scene.network.balancer.forget_settled()).unwrap();
        assert_eq!(block_on(scene.network.store.knows(&id)), Ok(known));
    }
    assert_eq!(due(&scene), 0);
}

#[test]
fn the_doctor_tells_which_hosts_cannot_be_told_until_they_can() {
    let scene = Scene::of(1);
    scene.create("room-1");
    scene.websites.failures.lock().unwrap().extend(vec!["status 500".to_owned(); 2]);
    scene.hear(&scene.end_on(1, "room-1"));
    scene.told();
    let examine = || {
        let (name, reach) = ("moodle".into(), crate::account::Reach::Network);
        block_on(scene.network.balancer.examine(&name, &reach)).unwrap().unwrap()
    };
    let examination = examine();
    assert_eq!((examination.unreached.len(), examination.waiting), (2, 2));
    let host = &examination.unreached[0];
    assert_eq!((host.host.as_str(), host.problem.as_str(), host.failures), ("lms.example", "status 500", 1));
    assert_eq!(host.next_try, Some(scene.network.clock.now() + Duration::from_secs(10)));
    let words: Vec<_> = examination.findings.iter().map(|finding| finding.word).collect();
    assert_eq!(words, ["callbacks-failing", "callbacks-failing"]);
    assert!(!format!("{examination:?}").contains("s3cr3t"), "the host alone is shown");
    scene.network.pass(11);
    scene.told();
    let examination = examine();
    assert_eq!((examination.unreached, examination.waiting, examination.findings), (vec![], 0, vec![]));
}
