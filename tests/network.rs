//! Integrations, plans, partners and routers are changed while a bundled server serves, by the program that embeds it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod harness;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use futures_util::future::join_all;
use harness::{Website, integrations, simulated, until, unwatched};
use lb_core::balancer::{Actor, Balancer, Expected};
use lb_core::network::{EntityName, Plan, Router};
use lb_core::{Integration, IntegrationName};
use lb_http::config::Config;
use lb_http::reload::Reloader;
use lb_http::sim::SimulatedServer;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);

/// A bundled server inside this process, over a database in a folder.
struct Embedded {
    base: String,
    balancer: Arc<Balancer>,
    reloader: Reloader,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

fn read(folder: &Path, config: &str) -> Config {
    let store = folder.join("lb.sqlite3");
    let text = format!("[listen]\napi = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite:{}\"\n{config}", store.display());
    Config::from_text("lb.toml", &text, std::iter::empty()).unwrap()
}

impl Embedded {
    async fn start(folder: &Path, config: &str) -> Self {
        let mut prepared = lb_http::prepare(read(folder, config), []).await.unwrap();
        let base = format!("http://{}/bigbluebutton/api/", prepared.address().unwrap());
        let (balancer, reloader) = (prepared.balancer(), prepared.reloader().unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(prepared.serve(async {
            let _ = stopped.await;
        }));
        until(PATIENCE, "the servers are known", async || balancer.troubles().await.is_empty().then_some(())).await;
        Self { base, balancer, reloader, stop, serving }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap();
    }

    fn website(&self, secret: &str) -> Website {
        Website { base: self.base.clone(), secret: secret.into() }
    }
}

fn by() -> Actor {
    "a test".into()
}

fn config(servers: &[SimulatedServer]) -> String {
    integrations(&[("portal", "portal-s3cr3t")]) + &unwatched(servers) + "[monitor]\ninterval = \"1s\"\n"
}

/// Calls until `stop`, each time signed with the secret that holds then; each call must succeed.
async fn call(at: String, secret: Arc<RwLock<String>>, task: usize, stop: Arc<AtomicBool>, made: Arc<[AtomicUsize]>) {
    for number in 0.. {
        let present = secret.read().unwrap().clone();
        let website = Website { base: at.clone(), secret: present.as_str().into() };
        let id = format!("room-{task}-{}", number % 5);
        website.create(&id).await.success();
        website.call("getMeetingInfo", &[("meetingID", &id)]).await.success();
        website.call("getMeetings", &[]).await.success();
        made[task].fetch_add(1, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_changed_under_a_stream_of_calls_and_none_fails() {
    let (servers, folder) = (simulated(2).await, tempfile::tempdir().unwrap());
    let lb = Embedded::start(folder.path(), &config(&servers)).await;
    let moodle: IntegrationName = "moodle".into();
    let first = Integration::new("moodle", "the-first-s3cr3t");
    lb.balancer.put(first, Expected::Absent, &by()).await.unwrap();
    let secret = Arc::new(RwLock::new("the-first-s3cr3t".to_owned()));
    let stop = Arc::<AtomicBool>::default();
    let made: Arc<[AtomicUsize]> = (0..8).map(|_| AtomicUsize::new(0)).collect();
    let clients: Vec<_> = (0..8)
        .map(|task| tokio::spawn(call(lb.base.clone(), secret.clone(), task, stop.clone(), made.clone())))
        .collect();
    let mut old_label = String::new();
    for number in 1..=5 {
        let label = format!("number {number}");
        let (new, _) = lb.balancer.add_secret(&moodle, &label, None, Expected::Any, &by()).await.unwrap();
        let old = std::mem::replace(&mut *secret.write().unwrap(), new.expose().to_owned());
        // nobody signs with the old one any more once each has made two more rounds
        let before: Vec<_> = made.iter().map(|made| made.load(Ordering::Relaxed)).collect();
        let on = async || {
            made.iter().zip(&before).all(|(now, before)| now.load(Ordering::Relaxed) > before + 1).then_some(())
        };
        until(PATIENCE, "each goes on", on).await;
        lb.website(&old).call("getMeetings", &[]).await.success();
        lb.balancer.remove_secret(&moodle, &old_label, Expected::Any, &by()).await.unwrap();
        lb.website(&old).call("getMeetings", &[]).await.failed("checksumError");
        old_label = label;
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    lb.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_holds_from_the_next_call_on_and_after_a_restart() {
    let (servers, folder) = (simulated(2).await, tempfile::tempdir().unwrap());
    let lb = Embedded::start(folder.path(), &config(&servers)).await;
    lb.balancer.put(Plan { active: false, ..Plan::new("trial") }, Expected::Absent, &by()).await.unwrap();
    lb.balancer
        .put(Router { policy: "round-robin".into(), ..Router::new("even") }, Expected::Absent, &by())
        .await
        .unwrap();
    let campus =
        Integration { plan: "trial".into(), router: "even".into(), ..Integration::new("campus", "campus-s3cr3t") };
    lb.website("campus-s3cr3t").call("getMeetings", &[]).await.failed("checksumError");
    lb.balancer.put(campus, Expected::Absent, &by()).await.unwrap();
    let network = lb.balancer.network();
    assert!(!network.plan_of(network.integration("campus").unwrap()).active);
    lb.balancer.put(Plan::new("trial"), Expected::Any, &by()).await.unwrap();
    let website = lb.website("campus-s3cr3t");
    for id in ["room-1", "room-2"] {
        website.create(id).await.success();
    }
    assert!(servers.iter().all(|server| server.with(|bbb| bbb.meetings().count()) == 1), "one after the other");
    let campus: IntegrationName = "campus".into();
    lb.balancer.set_active(&campus, false, Expected::Any, &by()).await.unwrap();
    website.call("getMeetings", &[]).await.failed("permissionDenied");
    let portal: IntegrationName = "portal".into();
    let managed = lb.balancer.set_active(&portal, false, Expected::Any, &by()).await.unwrap_err().to_string();
    assert!(managed.contains("declared in the configuration file"), "{managed}");
    lb.stop().await;

    let lb = Embedded::start(folder.path(), &config(&servers)).await;
    let website = lb.website("campus-s3cr3t");
    website.call("getMeetings", &[]).await.failed("permissionDenied");
    lb.balancer.set_active(&campus, true, Expected::Any, &by()).await.unwrap();
    website.call("getMeetingInfo", &[("meetingID", "room-1")]).await.success();
    assert_eq!(
        lb.balancer.network().router("even").map(|router| router.policy.clone()).as_deref(),
        Some("round-robin")
    );
    lb.website("portal-s3cr3t").call("getMeetings", &[]).await.success();
    lb.stop().await;

    // what the file no longer declares is gone, and all else is not
    let lb = Embedded::start(folder.path(), &unwatched(&servers)).await;
    lb.website("portal-s3cr3t").call("getMeetings", &[]).await.failed("checksumError");
    lb.website("campus-s3cr3t").call("getMeetings", &[]).await.success();
    lb.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_change_things_at_once_are_all_heard() {
    let (servers, folder) = (simulated(1).await, tempfile::tempdir().unwrap());
    let lb = Embedded::start(folder.path(), &config(&servers)).await;
    let put = |number: usize| {
        let balancer = Arc::clone(&lb.balancer);
        let website = Integration::new(format!("site{number}"), format!("s3cr3t-{number}"));
        tokio::spawn(async move { balancer.put(website, Expected::Absent, &by()).await.map(drop) })
    };
    let outcomes = join_all((0..40).map(put)).await;
    assert!(outcomes.into_iter().all(|outcome| outcome.unwrap().is_ok()));
    assert_eq!(lb.balancer.network().integrations().iter().len(), 41);
    let version = lb.balancer.network().version(&EntityName::Integration("site7".into())).unwrap();
    let switch = |_| {
        let balancer = Arc::clone(&lb.balancer);
        tokio::spawn(
            async move { balancer.set_active(&"site7".into(), false, Expected::Version(version), &by()).await },
        )
    };
    let outcomes = join_all((0..20).map(switch)).await;
    assert_eq!(
        outcomes.into_iter().filter(|outcome| outcome.as_ref().unwrap().is_ok()).count(),
        1,
        "no change is lost"
    );
    lb.website("s3cr3t-7").call("getMeetings", &[]).await.failed("permissionDenied");
    lb.website("s3cr3t-39").call("getMeetings", &[]).await.success();
    lb.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_over_what_the_file_declares_and_takes_nothing_from_under_others() {
    let (servers, folder) = (simulated(1).await, tempfile::tempdir().unwrap());
    let with_plan = config(&servers) + "[plans.small]\nmay_record = false\n";
    let mut lb = Embedded::start(folder.path(), &with_plan).await;
    let own = Integration { plan: "small".into(), ..Integration::new("moodle", "moodle-s3cr3t") };
    lb.balancer.put(own, Expected::Absent, &by()).await.unwrap();

    let without_plan = read(folder.path(), &config(&servers));
    assert!(lb.reloader.reload(move || Ok(without_plan)).await.is_none(), "the plan is in use");
    lb.website("moodle-s3cr3t").call("getMeetings", &[]).await.success();
    lb.website("portal-s3cr3t").call("getMeetings", &[]).await.success();
    assert!(lb.balancer.network().plan("small").is_some_and(|plan| !plan.may_record));

    let declared = integrations(&[("moodle", "the-s3cr3t-of-the-file")]);
    let taking_over = read(folder.path(), &(config(&servers) + &declared));
    assert!(lb.reloader.reload(move || Ok(taking_over)).await.is_some());
    lb.website("moodle-s3cr3t").call("getMeetings", &[]).await.failed("checksumError");
    lb.website("the-s3cr3t-of-the-file").call("getMeetings", &[]).await.success();
    let network = lb.balancer.network();
    assert!(network.plan("small").is_none() && network.integration("moodle").is_some_and(|one| one.managed));

    let clashing = read(folder.path(), &(config(&servers) + &declared + &integrations(&[("campus", "campus-s3cr3t")])));
    lb.balancer.put(Integration::new("library", "campus-s3cr3t"), Expected::Absent, &by()).await.unwrap();
    assert!(lb.reloader.reload(move || Ok(clashing)).await.is_none(), "a secret belongs to one");
    lb.website("campus-s3cr3t").call("getMeetings", &[]).await.success();
    lb.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_websites_are_there_after_a_restart_and_one_of_them_is_changed() {
    let (servers, folder) = (simulated(1).await, tempfile::tempdir().unwrap());
    let many: Vec<_> = (0..10_000).map(|number| (format!("site-{number}"), format!("s3cr3t-of-{number}"))).collect();
    let many: Vec<_> = many.iter().map(|(name, secret)| (name.as_str(), secret.as_str())).collect();
    let config = unwatched(&servers) + &integrations(&many);
    Embedded::start(folder.path(), &config).await.stop().await;
    let lb = Embedded::start(folder.path(), &config).await;
    lb.balancer.put(Integration::new("one-more", "one-more-s3cr3t"), Expected::Absent, &by()).await.unwrap();
    for secret in ["s3cr3t-of-9999", "one-more-s3cr3t"] {
        lb.website(secret).call("getMeetings", &[]).await.success();
    }
    lb.balancer.set_active(&"one-more".into(), false, Expected::Any, &by()).await.unwrap();
    lb.website("one-more-s3cr3t").call("getMeetings", &[]).await.failed("permissionDenied");
    assert_eq!(lb.balancer.network().integrations().iter().len(), 10_001);
    lb.stop().await;
}
