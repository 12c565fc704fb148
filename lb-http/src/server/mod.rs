//! The HTTP server: connections, limits, a graceful stop, and what each path leads to.
//!
//! | file | what |
//! |---|---|
//! | `listener` | accepts connections and serves each within its limits |
//! | `api` | BBB's API: from a raw request to [`Balancer::handle`](lb_core::balancer::Balancer::handle) and back |
//! | `caller` | whose address counts: trusted proxies, `X-Forwarded-For` |
//! | `callbacks` | servers that call because a meeting has ended |
//! | `pages` | all other paths, by axum: `/ping`, `/healthz`, `/readyz`, `/metrics` |

mod api;
mod callbacks;
mod caller;
mod listener;
mod pages;

pub use self::listener::{Limits, serve};
pub use self::pages::router;

use std::sync::Arc;

use ipnet::IpNet;
use lb_core::balancer::Balancer;
use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;

/// What every request is answered with.
#[derive(Clone, Debug)]
pub struct Service {
    /// The balancer.
    pub balancer: Arc<Balancer>,
    /// The metrics shown at `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Calls that must run to their end although their website has hung up.
    pub tasks: TaskTracker,
    /// Limits on what one request may cost.
    pub limits: Limits,
}
