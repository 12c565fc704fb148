//! What goes wrong now and then, one thing at a time, so that the balancer can be watched at its reaction.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use lb_core::server::ServiceState;
use lb_http::sim::Fault;
use tokio::time::sleep;

use super::cast::{CPU_PER_USER, SERVERS};
use super::feed::Feed;
use super::network::Simulation;

/// Until the first one.
const QUIET_AT_FIRST: Duration = Duration::from_secs(9);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    Warning,
    Critical,
    Busy,
    Silent,
    Down,
}

impl Trouble {
    const ALL: [Self; 5] = [Self::Warning, Self::Down, Self::Busy, Self::Silent, Self::Critical];

    /// What happens, for people; stands behind the server's name.
    fn words(self) -> &'static str {
        match self {
            Self::Warning => "memory is getting scarce",
            Self::Critical => "disk is full",
            Self::Busy => "CPU is busy with something else",
            Self::Silent => "takes calls and answers none",
            Self::Down => "machine goes down",
        }
    }

    fn cure(self) -> &'static str {
        match self {
            Self::Warning => "memory is free again",
            Self::Critical => "disk has room again",
            Self::Busy => "CPU has time again",
            Self::Silent => "answers again",
            Self::Down => "machine is up again",
        }
    }

    async fn set(self, simulation: &Simulation, number: usize, on: bool) {
        let (Some(server), Some(role)) = (simulation.servers.get(number), SERVERS.get(number)) else { return };
        let service = |name, state| simulation.nagios.set_service(role.name, name, on.then_some(state));
        match self {
            Self::Warning => service("Memory Report", ServiceState::Warning),
            Self::Critical => service("Disk Report", ServiceState::Critical),
            Self::Busy => {
                let base = if on { 75.0 } else { role.base_cpu };
                server.with(|bbb| bbb.set_cpu(base, CPU_PER_USER));
            }
            Self::Silent => server.fault(on.then_some(Fault::HangBefore)),
            Self::Down if on => server.stop().await,
            Self::Down => {
                // somebody else has the port now: it stays down
                let _ = server.reopen().await;
            }
        }
    }
}

/// Goes on until it is dropped.
pub(super) async fn come_and_go(simulation: Arc<Simulation>, feed: Arc<Feed>, mut rng: Rng) {
    sleep(QUIET_AT_FIRST).await;
    let mut servers: Vec<usize> = (0..SERVERS.len()).collect();
    for trouble in Trouble::ALL.into_iter().cycle() {
        rng.shuffle(&mut servers);
        let Some(&number) = servers.first() else { return };
        let name = SERVERS.get(number).map_or("", |role| role.name);
        let (lasting, pause) = (rng.u64(14_000..22_000), rng.u64(5_000..11_000));
        feed.stage(name, trouble.words());
        trouble.set(&simulation, number, true).await;
        sleep(Duration::from_millis(lasting)).await;
        feed.stage(name, trouble.cure());
        trouble.set(&simulation, number, false).await;
        sleep(Duration::from_millis(pause)).await;
    }
}
