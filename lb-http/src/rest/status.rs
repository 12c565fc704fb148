//! How the network as a whole is.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use lb_core::account::{Reach, Right};
use lb_core::balancer::{Alarm, Balancer, MEETINGS_PAGE, MeetingSearch};
use lb_core::network::IntegrationName;
use lb_core::server::ServerState;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::moment::Moment;
use super::problem::Problem;
use super::routes::Routes;
use super::to_its_end;
use crate::server::Service;
use crate::setup::Setup;

/// How many of the busiest integrations are told.
const BUSIEST: usize = 10;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::ViewNetwork, status, __path_status);
    routes.add(Right::ViewNetwork, monitor, __path_monitor);
    routes.add(Right::Administer, lift, __path_lift);
}

/// How the network is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct NetworkStatus {
    /// When.
    at: Moment,
    /// The balancer's version.
    version: &'static str,
    /// What keeps the balancer from doing its job; empty if it is ready.
    troubles: Vec<String>,
    /// What somebody should look at.
    alarms: Vec<AlarmView>,
    servers: ServerCounts,
    /// Meetings that run, as the servers tell.
    meetings: u64,
    /// People in them.
    users: u64,
    /// Integrations, active or not.
    integrations: usize,
    /// Those with the most users now, ten at most.
    busiest: Vec<BusyView>,
    monitor: MonitorView,
    store: StoreView,
    reports: ReportsView,
}

/// How many servers there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ServerCounts {
    total: usize,
    /// How many are in each state; every state is there.
    by_state: BTreeMap<&'static str, usize>,
}

/// How much one integration has under way.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
struct BusyView {
    integration: String,
    /// Its meetings that run.
    meetings: u64,
    /// People in them, as the servers told last.
    users: u64,
}

/// Something that is wrong now.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct AlarmView {
    /// What, in one word.
    #[schema(example = "server-down")]
    kind: &'static str,
    /// The same for people.
    text: String,
    /// Since when, as far as known.
    since: Option<Moment>,
    /// On which server, if on one.
    server: Option<String>,
}

/// Who knows the servers.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct MonitorView {
    /// `nagios`, or `static` where the operators alone know them.
    kind: &'static str,
    /// How often it is asked.
    interval_seconds: u64,
    /// When it was last heard.
    good_at: Option<Moment>,
    /// How long ago that was.
    age_seconds: Option<u64>,
    /// Since when it cannot be used, and why; null while it can.
    trouble: Option<TroubleView>,
    /// Since when so many servers have been silent that none is taken for down; null where that is not so.
    frozen_since: Option<Moment>,
}

/// Something that does not work.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct TroubleView {
    since: Moment,
    problem: String,
}

/// How what must be kept is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StoreView {
    /// Whether it can be written to.
    writable: bool,
    /// Changes that are in memory only.
    unwritten: usize,
}

/// How far what reports need is made in advance.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ReportsView {
    /// All before this moment is; null where nothing is, or where the store does not tell.
    made_until: Option<Moment>,
    /// Days of UTC that are to be made anew.
    days_left: usize,
}

/// How the network is
#[utoipa::path(get, path = "/status", tag = "status", responses((status = 200, body = NetworkStatus)))]
async fn status(State(service): State<Service>) -> Json<NetworkStatus> {
    let setup = service.setup.load();
    let balancer = &setup.balancer;
    let fleet = balancer.fleet();
    let mut by_state: BTreeMap<_, _> = ServerState::ALL.into_iter().map(|state| (state.as_str(), 0)).collect();
    for server in fleet.servers() {
        *by_state.entry(server.state().as_str()).or_default() += 1;
    }
    let alarms = balancer.alarms();
    let store = alarms.iter().find_map(|alarm| match alarm {
        Alarm::Store { unwritten } => Some(StoreView { writable: false, unwritten: *unwritten }),
        _ => None,
    });
    Json(NetworkStatus {
        at: Moment(balancer.now()),
        version: env!("CARGO_PKG_VERSION"),
        troubles: balancer.troubles().await,
        alarms: alarms.iter().map(AlarmView::from).collect(),
        servers: ServerCounts { total: fleet.servers().len(), by_state },
        meetings: fleet.servers().iter().map(|server| u64::from(server.meetings())).sum(),
        users: fleet.servers().iter().map(|server| u64::from(server.users())).sum(),
        integrations: balancer.network().integrations().iter().len(),
        busiest: busiest(balancer).await,
        monitor: MonitorView::of(&setup),
        store: store.unwrap_or_else(|| StoreView { writable: true, unwritten: unwritten(balancer) }),
        reports: ReportsView::of(balancer).await,
    })
}

/// The integrations with the most users. None where the store does not tell, which `store` says then.
async fn busiest(balancer: &Balancer) -> Vec<BusyView> {
    let search = MeetingSearch::within(Reach::Network);
    let mut busy: BTreeMap<IntegrationName, BusyView> = BTreeMap::new();
    let mut after = None;
    loop {
        let Ok(page) = balancer.running_meetings(&search, after.as_ref(), MEETINGS_PAGE).await else {
            return Vec::new();
        };
        for running in &page.meetings {
            let integration = &running.meeting.key.integration;
            let view = busy.entry(integration.clone()).or_default();
            view.meetings += 1;
            view.users += running.seen.map_or(0, |seen| u64::from(seen.users));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let named = busy.into_iter().map(|(name, view)| BusyView { integration: name.to_string(), ..view });
    let mut busy: Vec<_> = named.collect();
    busy.sort_by_key(|view| std::cmp::Reverse((view.users, view.meetings)));
    busy.truncate(BUSIEST);
    busy
}

/// Who knows the servers, and how well
#[utoipa::path(get, path = "/monitor", tag = "status", responses((status = 200, body = MonitorView)))]
async fn monitor(State(service): State<Service>) -> Json<MonitorView> {
    Json(MonitorView::of(&service.setup.load()))
}

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiftedView {
    /// Whether there was something to lift.
    lifted: bool,
}

/// Say that the many servers that fell silent at once are down
///
/// Each that stays silent is then taken for down after the usual time, and its meetings are placed afresh.
#[utoipa::path(post, path = "/freeze/lift", tag = "status", responses((status = 200, body = LiftedView)))]
pub(crate) async fn lift(State(service): State<Service>, caller: Caller) -> Result<Json<LiftedView>, Problem> {
    let balancer = service.setup.load().balancer.clone();
    let actor = caller.actor();
    let lifted = to_its_end(&service, async move { Ok(balancer.lift_freeze(&actor).await) }).await?;
    Ok(Json(LiftedView { lifted }))
}

impl ReportsView {
    async fn of(balancer: &Balancer) -> Self {
        let progress = balancer.rollup_progress().await.unwrap_or_default();
        Self { made_until: progress.until.map(Moment), days_left: progress.days_left }
    }
}

impl MonitorView {
    fn of(setup: &Setup) -> Self {
        let fleet = setup.balancer.fleet();
        let news = fleet.monitor();
        Self {
            kind: if setup.monitored { "nagios" } else { "static" },
            interval_seconds: setup.interval.as_secs(),
            good_at: news.good_at.map(Moment),
            age_seconds: news.good_at.map(|at| setup.balancer.now().since(at).as_secs()),
            trouble: news
                .trouble
                .as_ref()
                .map(|(since, problem)| TroubleView { since: Moment(*since), problem: problem.clone() }),
            frozen_since: fleet.freeze().since().map(Moment),
        }
    }
}

impl From<&Alarm> for AlarmView {
    fn from(alarm: &Alarm) -> Self {
        let (since, server) = match alarm {
            Alarm::Monitor { since, .. } | Alarm::Freeze { since } | Alarm::PolicyFenced { since, .. } => {
                (Some(Moment(*since)), None)
            }
            Alarm::ServerDown { server }
            | Alarm::CopiesInUse { server, .. }
            | Alarm::ForeignMeetings { server, .. } => (None, Some(server.to_string())),
            _ => (None, None),
        };
        Self { kind: alarm.word(), text: alarm.to_string(), since, server }
    }
}

fn unwritten(balancer: &Balancer) -> usize {
    balancer.store().unwritten()
}
