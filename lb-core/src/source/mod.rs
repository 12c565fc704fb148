//! Where the servers come from: [`ServerSource`], asked every few seconds for a [`MonitorReport`].
//!
//! | implementation | for |
//! |---|---|
//! | [`StaticServers`] | a list in the program; health comes from the balancer's own polls alone |
//! | [`NetworkServers`] | the servers that operators administer; health comes from the balancer's own polls alone |
//! | [`WithFacts`] | a decorator: what the operator wrote down of single servers goes over what the monitor says |
//! | [`Located`] | a decorator: servers without a position get that of their address |
//!
//! A source tells facts. It decides nothing: whether a server may be used is [`Evidence::verdict`](crate::server::Evidence).

mod facts;
mod located;
mod memory;
mod network;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

pub use self::facts::WithFacts;
pub use self::located::Located;
pub use self::memory::StaticServers;
pub use self::network::NetworkServers;

use crate::server::{HostStatus, Load, Server, Service};

/// Asks a monitor for the servers and what it knows of them.
#[async_trait]
pub trait ServerSource: fmt::Debug + Send + Sync + 'static {
    /// One poll. It ends within a deadline of the source's own.
    ///
    /// # Errors
    /// [`SourceError`] whenever the answer cannot be trusted to be the present truth: not reached, not readable, stale.
    /// The fleet then stays as it was. An empty list is no error of the source; the fleet refuses it itself unless it is
    /// [said to be true](MonitorReport::may_be_empty).
    ///
    /// # Cancel safety
    /// Dropping the future gives the poll up and has no other effect.
    async fn poll(&self) -> Result<MonitorReport, SourceError>;
}

/// All servers as the monitor knows them at one moment.
#[derive(Clone, Debug, Default)]
pub struct MonitorReport {
    /// One for each server. Of two with the same name the first counts.
    pub servers: Vec<ReportedServer>,
    /// Whether a list without servers means that there are none. A monitor that lists none is more likely to have lost its
    /// configuration.
    pub may_be_empty: bool,
}

impl MonitorReport {
    /// A report of `servers`, of which there must be one at least if there were any before.
    pub fn of(servers: impl Into<Vec<ReportedServer>>) -> Self {
        Self { servers: servers.into(), may_be_empty: false }
    }
}

/// One server as the monitor knows it.
#[derive(Clone, Debug)]
pub struct ReportedServer {
    /// Its facts.
    pub server: Server,
    /// Whether the machine answers the monitor.
    pub host: HostStatus,
    /// What is checked on it.
    pub services: Vec<Service>,
    /// What was measured on it.
    pub load: Load,
    /// Whether it only holds recordings.
    pub recording: bool,
}

impl ReportedServer {
    /// A server of which only its facts are known.
    pub fn unwatched(server: Server) -> Self {
        Self { server, host: HostStatus::Undefined, services: Vec::new(), load: Load::default(), recording: false }
    }
}

/// Why a poll of the monitor brought nothing that can be used.
///
/// The texts are for the operator and contain no URL, password or body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It was not reached, or did not answer in time.
    #[error("the monitor cannot be reached: {0}")]
    Unreachable(String),
    /// It refused: wrong user or password, or no right to see this.
    #[error("the monitor refused: {0}")]
    Refused(String),
    /// It answered something that cannot be read.
    #[error("the monitor's answer cannot be read: {0}")]
    Unreadable(String),
    /// Its data are old: the monitoring program has stopped, its web interface has not.
    #[error("the monitor's data are {} s old", .0.as_secs())]
    Stale(Duration),
}
