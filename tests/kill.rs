//! `kill -9` at any moment: what a website was told is known after the restart, and no meetingID is stuck.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use harness::{Lb, Website, copies, integrations, simulated, until, unwatched};
use lb_core::{RngExt, SeededRng};
use lb_http::sim::{Fault, SimulatedServer};

const ROUNDS: u32 = 20;
const ROUNDS_UNASKED: u32 = 8;
const CLIENTS: u32 = 16;
/// One client creates no more in one round, so that all can be looked at in the end.
const MOST_CREATES: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// A meeting that a website was told of.
#[derive(Debug)]
struct Acknowledged {
    meeting_id: String,
    internal_id: String,
}

/// What one round left.
#[derive(Debug, Default)]
struct Left {
    acknowledged: Vec<Acknowledged>,
    cut_off: Vec<String>,
}

async fn create_until_killed(website: &Website, round: u32, client: u32) -> Left {
    let mut left = Left::default();
    for number in 0..MOST_CREATES {
        let meeting_id = format!("room-{round}-{client}-{number}");
        match website.try_call("create", &[("name", "Algebra"), ("meetingID", &meeting_id)]).await {
            Ok(answer) => {
                let internal_id = answer.success().value("internalMeetingID");
                left.acknowledged.push(Acknowledged { meeting_id, internal_id });
            }
            Err(_) => {
                left.cut_off.push(meeting_id);
                break;
            }
        }
    }
    left
}

/// The balancer knows the meeting as it told it, and sends people there.
async fn assert_known(website: &Website, servers: &[SimulatedServer], told: &Acknowledged) {
    let Acknowledged { meeting_id, internal_id } = told;
    let info = website.call("getMeetingInfo", &[("meetingID", meeting_id)]).await.success();
    assert_eq!(info.value("internalMeetingID"), *internal_id, "{meeting_id}");
    assert_joined(website, servers, meeting_id).await;
}

/// A join is sent to the server that holds the meeting.
async fn assert_joined(website: &Website, servers: &[SimulatedServer], meeting_id: &str) {
    let join = website.call("join", &[("fullName", "Ana"), ("meetingID", meeting_id), ("role", "VIEWER")]).await;
    let location = join.location.unwrap_or_else(|| panic!("no redirect to {meeting_id}"));
    let holds = |server: &&SimulatedServer| server.with(|bbb| bbb.meeting(meeting_id).is_some());
    let holder = servers.iter().find(holds).expect("a server has it");
    assert!(location.starts_with(holder.url()), "{meeting_id} is on {}, not {location}", holder.url());
}

async fn assert_all_known(website: &Website, servers: &[SimulatedServer], told: impl Iterator<Item = &Acknowledged>) {
    stream::iter(told).for_each_concurrent(8, |told| assert_known(website, servers, told)).await;
}

/// Once its claim has expired, a meeting whose create was cut off is there or can be created, and is there once.
async fn assert_not_stuck(website: &Website, servers: &[SimulatedServer], meeting_id: &str) {
    let created = until(PATIENCE, meeting_id, async || {
        Some(website.create(meeting_id).await).filter(|answer| answer.value("returncode") == "SUCCESS")
    });
    let internal_id = created.await.value("internalMeetingID");
    assert_known(website, servers, &Acknowledged { meeting_id: meeting_id.to_owned(), internal_id }).await;
    assert_eq!(copies(servers, meeting_id).iter().sum::<usize>(), 1, "{meeting_id}");
}

/// A balancer that is killed again and again.
struct Scene {
    lb: Lb,
    website: Website,
    servers: Vec<SimulatedServer>,
    rng: SeededRng,
}

impl Scene {
    /// Four servers whose lists never come, so that nothing is learnt back by a poll.
    async fn start() -> Self {
        let seed = std::env::var("LB_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        println!("LB_TEST_SEED={seed}");
        let servers = simulated(4).await;
        for server in &servers {
            server.fault_on("getMeetings", Fault::HangBefore);
            // many creates are between claim and answer when the kill comes
            server.fault_on("create", Fault::Slow(Duration::from_millis(10)));
        }
        let rest = "[monitor]\ninterval = \"1s\"\n[upstream]\ntimeout = \"2s\"\n[health]\nfailures = 100000\n";
        let lb = Lb::start(&(integrations(&[("moodle", "moodle-s3cr3t")]) + &unwatched(&servers) + rest)).await;
        Self { website: lb.website("moodle-s3cr3t"), lb, servers, rng: SeededRng::new(seed) }
    }

    /// Kills it while all clients create, and starts it again.
    async fn round(&mut self, round: u32) -> Left {
        self.lb.ready().await;
        let clients = stream::iter(0..CLIENTS).map(|client| create_until_killed(&self.website, round, client));
        let moment = Duration::from_millis(10 + self.rng.number() % 300);
        let kill = async {
            tokio::time::sleep(moment).await;
            self.lb.kill();
        };
        let (of_clients, ()) = tokio::join!(clients.buffer_unordered(CLIENTS as usize).collect::<Vec<_>>(), kill);
        let mut left = Left::default();
        for one in of_clients {
            left.acknowledged.extend(one.acknowledged);
            left.cut_off.extend(one.cut_off);
        }
        let (told, cut_off) = (left.acknowledged.len(), left.cut_off.len());
        println!("round {round}: killed after {moment:?}, {told} acknowledged, {cut_off} cut off");
        self.lb.restart().await;
        left
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_kill_every_acknowledged_meeting_is_known_and_no_id_is_stuck() {
    let mut scene = Scene::start().await;
    let mut left = Left::default();
    for round in 0..ROUNDS {
        let fresh = scene.round(round).await;
        let older = left.acknowledged.iter().step_by(37);
        assert_all_known(&scene.website, &scene.servers, fresh.acknowledged.iter().chain(older)).await;
        left.acknowledged.extend(fresh.acknowledged);
        left.cut_off.extend(fresh.cut_off);
    }
    assert!(left.acknowledged.len() > 100 && left.cut_off.len() > 10, "the kills came too early or too late");
    assert_all_known(&scene.website, &scene.servers, left.acknowledged.iter()).await;
    let cut_off = stream::iter(&left.cut_off);
    cut_off.for_each_concurrent(8, |meeting_id| assert_not_stuck(&scene.website, &scene.servers, meeting_id)).await;
    assert_eq!(scene.lb.terminate().await, Some(0));
}

/// Nothing can be learnt back from the servers by any way: what is known after the kill was in the database.
#[tokio::test(flavor = "multi_thread")]
async fn after_any_kill_joins_go_where_they_should_without_asking_a_server() {
    let mut scene = Scene::start().await;
    for server in &scene.servers {
        server.fault_on("getMeetingInfo", Fault::Html502);
    }
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS_UNASKED {
        acknowledged.extend(scene.round(round).await.acknowledged);
        let told = stream::iter(&acknowledged);
        told.for_each_concurrent(8, |told| assert_joined(&scene.website, &scene.servers, &told.meeting_id)).await;
    }
    assert!(acknowledged.len() > 20, "the kills came too early");
}
