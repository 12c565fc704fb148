//! The HTTP server: connections, limits, a graceful stop, and what each path leads to.
//!
//! | file | what |
//! |---|---|
//! | `listener` | accepts connections and serves each within its limits |
//! | `api` | BBB's API: from a raw request to [`Balancer::handle`](lb_core::balancer::Balancer::handle) and back |
//! | `accept` | whether a page is wanted, and in which language |
//! | `refusal` | the page for people who cannot join |
//! | `caller` | whose address counts: trusted proxies, `X-Forwarded-For` |
//! | `callbacks` | servers that call because a meeting has ended |
//! | `pages` | all other paths, by axum: `/ping`, `/healthz`, `/readyz`, `/metrics` |

mod accept;
mod api;
mod callbacks;
mod caller;
mod listener;
mod pages;
mod refusal;

pub use self::listener::{Limits, serve};
pub use self::pages::router;

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;
use crate::setup::LiveSetup;

/// What every request is answered with.
#[derive(Clone, Debug)]
pub struct Service {
    /// The balancer, and whose word about addresses it believes; each request reads it once.
    pub setup: Arc<LiveSetup>,
    /// The metrics shown at `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Calls that must run to their end although their website has hung up.
    pub tasks: TaskTracker,
    /// Limits on what one request may cost.
    pub limits: Limits,
}
