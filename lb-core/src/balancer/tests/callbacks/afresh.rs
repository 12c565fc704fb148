//! Rooms that go on elsewhere: no website is told that they have ended.

use super::*;

fn polls(scene: &Scene, times: usize) {
    for _ in 0..times {
        scene.network.pass(10);
        scene.network.follow();
    }
}

fn hear_all(scene: &Scene, number: usize) -> Vec<Heard> {
    let urls = scene.network.servers.with(&format!("bbb{number}"), |bbb| bbb.take_ended_callbacks()).unwrap();
    urls.iter().map(|url| scene.hear(url)).collect()
}

/// The server of `room-1` vanishes until it is confirmed down; its number.
fn lose(scene: &Scene) -> usize {
    let lost = scene.holder("room-1");
    scene.network.servers.fault(&format!("bbb{lost}"), Some(Fault::Refuse));
    polls(scene, 10);
    lost
}

#[test]
fn nobody_is_told_where_a_create_that_was_cut_off_placed_a_room_afresh() {
    let scene = Scene::of(2);
    scene.create("room-1");
    let lost = lose(&scene);
    let (a, b) = (format!("bbb{lost}"), format!("bbb{}", 3 - lost));
    {
        scene.network.servers.fault_on(&b, "create", Fault::HangAfter);
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
    scene.network.servers.fault(&b, None);
    scene.network.pass(60);
    block_on(scene.network.balancer.settle_expired()).unwrap();
    assert_eq!(scene.known(), 1);
    assert_eq!(scene.told(), [""; 0]);
    scene.network.servers.fault(&a, None);
    polls(&scene, 3);
    assert_eq!(scene.network.holders("room-1"), [3 - lost], "the copy was ended");
    hear_all(&scene, lost);
    assert_eq!(scene.told(), [""; 0], "the room goes on");
}

#[test]
fn nobody_is_told_where_a_room_that_was_learnt_back_is_placed_afresh() {
    let first = Scene::of(2);
    first.create("room-1");
    let scene = Scene::over(&first.network, Arc::default());
    scene.network.follow();
    assert_eq!(scene.known(), 1);
    let lost = lose(&scene);
    let a = format!("bbb{lost}");
    scene.create("room-1");
    scene.network.servers.fault(&a, None);
    polls(&scene, 3);
    assert_eq!(scene.network.holders("room-1"), [3 - lost], "the copy was ended");
    hear_all(&scene, lost);
    assert_eq!(scene.told(), [""; 0], "the room goes on");
}

#[test]
fn nobody_is_told_by_a_server_that_calls_while_its_room_is_placed_afresh() {
    let scene = Scene::of(2);
    scene.create("room-1");
    let lost = lose(&scene);
    let (a, b) = (format!("bbb{lost}"), format!("bbb{}", 3 - lost));
    scene.network.servers.fault_on(&b, "create", Fault::Slow(Duration::from_secs(1)));
    let params = [("name", "Algebra"), ("meetingID", "room-1"), ("meetingEndedURL", ENDED)];
    let request = scene.network.request("moodle", "create", &params);
    let create = scene.network.balancer.handle(&request);
    let meanwhile = async {
        scene.network.servers.fault(&a, None);
        let now = scene.network.clock.now();
        let urls = scene
            .network
            .servers
            .with(&a, |bbb| {
                bbb.end(now, "room-1");
                bbb.take_ended_callbacks()
            })
            .unwrap();
        let url: Url = urls[0].parse().unwrap();
        let (_, integration, token) = CallbackPlace::in_path(url.path()).unwrap();
        scene.network.balancer.ended(&integration, token, false).await;
        scene.network.pass(2);
    };
    let (reply, ()) = block_on(futures_util::future::join(create, meanwhile));
    Said(reply).success();
    assert_eq!(scene.network.holders("room-1"), [3 - lost]);
    assert_eq!(scene.told(), [""; 0], "the room goes on");
}

#[test]
fn a_list_that_was_asked_for_before_an_end_brings_nothing_back() {
    let scene = Scene::of(1);
    scene.create("room-1");
    polls(&scene, 5);
    scene.network.servers.fault_on("bbb1", "getMeetings", Fault::Slow(Duration::from_secs(1)));
    let name: crate::server::ServerName = "bbb1".into();
    let follow = scene.network.balancer.follow(&name);
    let meanwhile = async {
        let url = scene.end_on(1, "room-1");
        let url: Url = url.parse().unwrap();
        let (_, integration, token) = CallbackPlace::in_path(url.path()).unwrap();
        assert_eq!(scene.network.balancer.ended(&integration, token, false).await, Heard::Taken);
        assert_eq!(scene.network.store.meetings_of(&"moodle".into()).await.unwrap().len(), 0);
        scene.network.pass(2);
    };
    let (_, ()) = block_on(futures_util::future::join(follow, meanwhile));
    scene.network.servers.fault("bbb1", None);
    polls(&scene, 6);
    assert_eq!(scene.ends(), [Ended::Callback]);
}

#[test]
fn a_create_by_the_internal_id_of_a_lost_room_makes_no_second_one() {
    let scene = Scene::of(2);
    let internal = scene.create("room-1").value("internalMeetingID");
    let lost = lose(&scene);
    let b = format!("bbb{}", 3 - lost);
    scene.network.servers.fault_on(&b, "create", Fault::Refuse);
    scene.network.call("moodle", "create", &[("name", "Algebra"), ("meetingID", &internal)]).failed("internalError");
    assert_eq!(scene.known(), 1, "one room");
}

#[test]
fn a_copy_on_a_server_that_was_dropped_and_comes_back_is_never_adopted() {
    let scene = Scene::of(3);
    scene.create("room-1");
    let lost = lose(&scene);
    let a = format!("bbb{lost}");
    scene.create("room-1");
    let mut facts = scene.network.facts.clone();
    facts.remove(lost - 1);
    block_on(scene.network.balancer.refresh(&crate::source::StaticServers::reporting(facts)));
    assert!(scene.network.balancer.fleet().server(&a.as_str().into()).is_none());
    let fresh = *scene.network.holders("room-1").iter().find(|&&n| n != lost).unwrap();
    let url = scene.end_on(fresh, "room-1");
    assert_eq!(scene.hear(&url), Heard::Taken);
    assert_eq!(scene.known(), 0);
    scene.network.servers.fault(&a, None);
    scene.network.refresh();
    polls(&scene, 3);
    assert_eq!(scene.known(), 0, "never adopted");
}
