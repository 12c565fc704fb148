//! What a website may do and how much of it, by the real binary: its plan, its rules, the servers that it may have.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use futures_util::future::join_all;
use harness::{Answer, Lb, Website, copies, fetch, simulated, until, unwatched};
use hyper::Method;
use lb_http::sim::SimulatedServer;

const NOT_ALLOWED: &str = "This application is not currently allowed to access this API.";
const NO_RECORDING: &str = "This application is not allowed to record meetings.";
const NO_MORE_MEETINGS: &str = "This application is not allowed to have any more concurrent meetings.";
const NO_MORE_USERS: &str = "This application is not allowed to have any more concurrent users.";
const MEETING_FULL: &str = "This application is not allowed to have any more concurrent users in this meeting.";
const NO_MORE_CALLS: &str = "This application is not allowed to make any more calls at the moment.";

/// The servers, and the website `moodle` with `plan` and with more of its own `keys`; `portal` has no limits.
async fn start(count: usize, plan: &str, keys: &str) -> (Vec<SimulatedServer>, Lb, Website) {
    let servers = simulated(count).await;
    let lb = Lb::start(&config(&servers, plan, keys)).await;
    lb.ready().await;
    let moodle = lb.website("moodle-s3cr3t");
    (servers, lb, moodle)
}

fn config(servers: &[SimulatedServer], plan: &str, keys: &str) -> String {
    format!(
        "[monitor]\ninterval = \"200ms\"\n[meetings]\ngrace = \"1s\"\n[plans.small]\n{plan}\n\
         [[integrations]]\nname = \"portal\"\nsecrets = [\"portal-s3cr3t\"]\n\
         [[integrations]]\nname = \"moodle\"\nsecrets = [\"moodle-s3cr3t\"]\nplan = \"small\"\n{keys}\n{}",
        unwatched(servers)
    )
}

#[track_caller]
fn denied(answer: &Answer, message: &str) {
    answer.failed("permissionDenied");
    assert_eq!(answer.value("message"), message);
}

async fn create(website: &Website, id: &str, more: &[(&str, &str)]) -> Answer {
    website.call("create", &[&[("name", "Algebra"), ("meetingID", id)], more].concat()).await
}

async fn join(website: &Website, id: &str, user: &str) -> Answer {
    website.call("join", &[("meetingID", id), ("fullName", user), ("userID", user), ("role", "VIEWER")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_concurrent_creates_as_many_succeed_as_the_plan_has_meetings() {
    let (servers, lb, moodle) = start(4, "max_concurrent_meetings = 40", "").await;
    let ids: Vec<_> = (0..100).map(|number| format!("room-{number}")).collect();
    let answers = join_all(ids.iter().map(|id| moodle.create(id))).await;
    let (given, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.value("returncode") == "SUCCESS");
    assert_eq!((given.len(), refused.len()), (40, 60));
    refused.iter().for_each(|answer| denied(answer, NO_MORE_MEETINGS));
    let held: usize = servers.iter().map(|server| server.with(|bbb| bbb.meetings().count())).sum();
    assert_eq!(held, 40, "no server was asked for what is beyond the plan");
    let there = given[0].value("meetingID");
    moodle.create(&there).await.success();
    lb.website("portal-s3cr3t").create("room-of-another").await.success();

    moodle.call("end", &[("meetingID", &there)]).await.success();
    until(Duration::from_secs(60), "a meeting that has ended makes room", async || {
        Some(moodle.create("one-more").await).filter(|answer| answer.value("returncode") == "SUCCESS")
    })
    .await;
    denied(&moodle.create("two-more").await, NO_MORE_MEETINGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_concurrent_joins_as_many_are_let_in_as_the_plan_has_users() {
    for (key, message) in [("max_concurrent_users", NO_MORE_USERS), ("max_users_per_meeting", MEETING_FULL)] {
        let (servers, lb, moodle) = start(2, &format!("{key} = 40"), "").await;
        moodle.create("room-1").await.success();
        let users: Vec<_> = (0..100).map(|number| format!("user-{number}")).collect();
        let answers = join_all(users.iter().map(|user| join(&moodle, "room-1", user))).await;
        let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 302);
        assert_eq!((sent.len(), refused.len()), (40, 60), "{key}");
        refused.iter().for_each(|answer| denied(answer, message));

        for answer in sent {
            fetch(Method::GET, &answer.location.unwrap(), None, &[]).await.unwrap();
        }
        until(Duration::from_secs(30), "the list shows them", async || {
            let (_, metrics) = lb.get("/metrics").await.unwrap();
            metrics.lines().any(|line| line.starts_with("lb_server_users{") && line.ends_with(" 40")).then_some(())
        })
        .await;
        let inside =
            |server: &SimulatedServer| server.with(|bbb| bbb.meetings().map(|one| one.users.len()).sum::<usize>());
        assert_eq!(servers.iter().map(inside).sum::<usize>(), 40);
        let again = join_all(users.iter().map(|user| join(&moodle, "room-1", user))).await;
        let again = again.iter().filter(|answer| answer.status == 302).count();
        assert_eq!(again, 40, "{key}: who is in may come again, and nobody else");
    }
}

#[tokio::test]
async fn people_who_find_no_room_read_a_page_or_go_where_the_website_says() {
    let (_servers, _lb, moodle) = start(1, "max_users_per_meeting = 1", "").await;
    moodle.create("room-1").await.success();
    assert_eq!(join(&moodle, "room-1", "ana").await.status, 302);
    let params = [("meetingID", "room-1"), ("fullName", "Bo"), ("role", "VIEWER")];
    let page = moodle.call_with("join", &params, &[("accept", "text/html")]).await;
    assert!(page.text().contains("<h1>There is no room for one more person</h1>"), "{}", page.text());
    let params = [params.as_slice(), &[("errorRedirectUrl", "https://m.example.org/sorry")]].concat();
    let location = moodle.call("join", &params).await.location.unwrap();
    let location = url::Url::parse(&location).unwrap();
    let (_, told) = location.query_pairs().last().unwrap();
    assert_eq!(*told, format!("[{{\"key\":\"permissionDenied\",\"message\":\"{MEETING_FULL}\"}}]"));
}

#[tokio::test]
async fn what_a_plan_does_not_allow_is_refused_word_by_word_until_it_does() {
    let (servers, mut lb, moodle) = start(1, "may_record = false\nallowed_calls = [\"create\", \"join\"]", "").await;
    denied(&create(&moodle, "room-1", &[("record", "true")]).await, NO_RECORDING);
    create(&moodle, "room-1", &[("record", "false")]).await.success();
    denied(&moodle.call("end", &[("meetingID", "room-1")]).await, NOT_ALLOWED);
    denied(&moodle.call("getMeetings", &[]).await, NOT_ALLOWED);
    assert_eq!(join(&moodle, "room-1", "ana").await.status, 302);

    for (plan, keys) in [("active = false", ""), ("", "active = false")] {
        lb.configure(&config(&servers, plan, keys));
        lb.hang_up();
        until(Duration::from_secs(30), "nothing is allowed any more", async || {
            let answer = moodle.call("create", &[]).await;
            (answer.value("messageKey") == "permissionDenied").then_some(())
        })
        .await;
        for call in ["create", "join", "getMeetings", "end", "getMeetingInfo", "isMeetingRunning"] {
            denied(&moodle.call(call, &[("meetingID", "room-1")]).await, NOT_ALLOWED);
        }
        lb.website("portal-s3cr3t").call("getMeetings", &[]).await.success();
    }
    lb.configure(&config(&servers, "", ""));
    lb.hang_up();
    until(Duration::from_secs(30), "all is allowed", async || {
        let answer = create(&moodle, "room-2", &[("record", "true")]).await;
        (answer.value("returncode") == "SUCCESS").then_some(())
    })
    .await;
    assert_eq!(copies(&servers, "room-1"), [1], "what is not allowed any more does not end what runs");
}

#[tokio::test]
async fn a_rate_refuses_calls_and_never_a_join() {
    let (_servers, lb, moodle) = start(1, "calls_per_second = 1", "").await;
    moodle.create("room-1").await.success();
    let answers = join_all((0..60).map(|_| moodle.call("getMeetings", &[]))).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.value("returncode") == "FAILED").collect();
    assert!((30..=51).contains(&refused.len()), "{}", refused.len());
    refused.iter().for_each(|answer| denied(answer, NO_MORE_CALLS));
    let users: Vec<_> = (0..60).map(|number| format!("user-{number}")).collect();
    let joins = join_all(users.iter().map(|user| join(&moodle, "room-1", user))).await;
    assert!(joins.iter().all(|answer| answer.status == 302));
    let portal = lb.website("portal-s3cr3t");
    let others = join_all((0..60).map(|_| portal.call("getMeetings", &[]))).await;
    assert!(others.iter().all(|answer| answer.value("returncode") == "SUCCESS"), "others are not concerned");
}

#[tokio::test]
async fn caps_and_rules_hold_for_what_a_website_sends() {
    let plan = "max_users_per_meeting = 20\nmax_duration = \"90m\"";
    let keys = "[integrations.create]\nforced = { guestPolicy = \"ASK_MODERATOR\" }\ndefault = { name = \"Nameless\" }\n\
                blocked = [\"meta_tracker\"]\n[integrations.join]\nforced = { role = \"VIEWER\" }";
    let (_servers, _lb, moodle) = start(1, plan, keys).await;
    let given = [("meetingID", "room-1"), ("maxParticipants", "500"), ("duration", "0"), ("meta_Tracker", "t")];
    assert_eq!(moodle.call("create", &given).await.success().value("duration"), "90");
    let info = moodle.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!([info.value("maxUsers"), info.value("meetingName")], ["20", "Nameless"]);
    assert!(!info.text().contains("racker"), "{}", info.text());
    let params = [("meetingID", "room-1"), ("fullName", "Ana"), ("role", "MODERATOR")];
    let location = url::Url::parse(&moodle.call("join", &params).await.location.unwrap()).unwrap();
    assert!(location.query_pairs().any(|pair| pair == ("role".into(), "VIEWER".into())));
    create(&moodle, "room-2", &[("meta_mconflb-guid", "x")]).await.failed("invalidParameters");
}

#[tokio::test]
async fn the_preferred_server_is_used_where_the_website_may_have_it() {
    let (servers, _lb, moodle) = start(3, "", "").await;
    for number in 0..6 {
        let id = format!("room-{number}");
        create(&moodle, &id, &[("preferredServer", "bbb2")]).await.success();
        assert_eq!(copies(&servers, &id), [0, 1, 0]);
    }
    create(&moodle, "elsewhere", &[("preferredServer", "bbb9")]).await.success();
    assert_eq!(copies(&servers, "elsewhere").iter().sum::<usize>(), 1, "one that there is not is ignored");
}
