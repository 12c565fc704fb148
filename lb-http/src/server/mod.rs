//! The HTTP server: connections, limits, a graceful stop, and what each path leads to.
//!
//! | file | what |
//! |---|---|
//! | `listener` | binds addresses, accepts connections, and stops |
//! | `local` | the socket for administration from the same machine |
//! | `connection` | one connection: the handshake, HTTP within the deadlines, its end |
//! | `limits` | what connections, requests and answers may cost |
//! | `activity` | what goes on over one connection, and what it has waited for too long |
//! | `reply_body` | the body of an answer: whole, written while it is sent, or a page |
//! | `stream`, `answer_body` | a connection's bytes and the bodies of answers, watched |
//! | `addresses` | how many connections, and how much of the bodies, each address has |
//! | `certificate` | the certificate that listeners show, read anew when its files change |
//! | `seldom` | keeps a warning that strangers can cause from filling the log |
//! | `api` | BBB's API: from a raw request to [`Balancer::handle`](lb_core::balancer::Balancer::handle) and back |
//! | `accept` | whether a page is wanted, and in which language |
//! | `refusal` | the page for people who cannot join |
//! | `peer` | who is at the other end of a connection |
//! | `caller` | whose address counts: trusted proxies, `X-Forwarded-For` |
//! | `bodies` | the bodies of requests, within what they may cost |
//! | `uploads` | those that go on to a server while they come |
//! | `websites` | how many of them each integration has |
//! | `multipart` | forms in parts |
//! | `small_body` | bodies of administration |
//! | `callbacks` | servers that call because a meeting has ended, a recording is ready, or with analytics |
//! | `hooks` | servers that tell what goes on in their meetings |
//! | `paths` | all other paths, by axum: `/ping`, `/healthz`, `/readyz`, `/metrics`, REST, pages for people |

mod accept;
mod activity;
mod addresses;
mod answer_body;
mod api;
mod bodies;
mod callbacks;
mod caller;
mod certificate;
mod connection;
mod hooks;
mod limits;
mod listener;
mod local;
mod multipart;
mod paths;
mod peer;
mod refusal;
mod reply_body;
mod seldom;
mod small_body;
mod stream;
mod uploads;
mod websites;

pub(crate) use self::accept::Language;
pub use self::callbacks::Posts;
pub use self::certificate::{CertificateError, Certificates};
pub use self::limits::Limits;
pub use self::listener::{Listener, Purpose, bind, serve};
pub use self::local::LocalSocket;
pub use self::paths::router;
pub(crate) use self::peer::{Peer, address_of, remote_of};
pub(crate) use self::small_body::{SlowBody, body_within};

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::accounts::AccountService;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::setup::LiveSetup;

/// What every request is answered with.
#[derive(Clone, Debug)]
pub struct Service {
    /// The balancer, and whose word about addresses it believes; each request reads it once.
    pub setup: Arc<LiveSetup>,
    /// The people who run it.
    pub accounts: Arc<AccountService>,
    /// The metrics shown at `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Calls that must run to their end although their website has hung up.
    pub tasks: TaskTracker,
    /// Limits on what one request may cost.
    pub limits: Limits,
    /// What the dashboard shows, and those who watch it.
    pub(crate) live: Arc<Live>,
    /// Places for what servers post.
    pub posts: Arc<Posts>,
}
