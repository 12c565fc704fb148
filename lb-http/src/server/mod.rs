//! The HTTP server: connections, limits, a graceful stop, and what each path leads to.
//!
//! | file | what |
//! |---|---|
//! | `listener` | binds addresses, accepts connections, and stops |
//! | `connection` | one connection: the handshake, HTTP within the deadlines, its end |
//! | `limits` | what connections, requests and answers may cost |
//! | `activity` | what goes on over one connection, and what it has waited for too long |
//! | `stream`, `answer_body` | a connection's bytes and the bodies of answers, watched |
//! | `addresses` | how many connections each address has |
//! | `certificate` | the certificate that listeners show, read anew when its files change |
//! | `seldom` | keeps a warning that strangers can cause from filling the log |
//! | `api` | BBB's API: from a raw request to [`Balancer::handle`](lb_core::balancer::Balancer::handle) and back |
//! | `caller` | whose address counts: trusted proxies, `X-Forwarded-For` |
//! | `pages` | all other paths, by axum: `/ping`, `/healthz`, `/readyz`, `/metrics` |

mod activity;
mod addresses;
mod answer_body;
mod api;
mod caller;
mod certificate;
mod connection;
mod limits;
mod listener;
mod pages;
mod seldom;
mod stream;

pub use self::certificate::{CertificateError, Certificates};
pub use self::limits::Limits;
pub use self::listener::{Listener, Purpose, bind, serve};
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
