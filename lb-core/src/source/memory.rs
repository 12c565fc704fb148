//! [`StaticServers`]: a list of servers that nobody watches.

use std::sync::Mutex;

use async_trait::async_trait;

use super::{MonitorReport, ReportedServer, ServerSource, SourceError};
use crate::server::Server;

/// Reports the servers it was given, as they were given; a program (or a test) may exchange them at any time.
#[derive(Debug)]
pub struct StaticServers {
    // held for one clone or one assignment, never across an await
    reported: Mutex<Vec<ReportedServer>>,
}

impl StaticServers {
    /// Servers of which only the facts are known.
    pub fn new(servers: impl IntoIterator<Item = Server>) -> Self {
        Self::reporting(servers.into_iter().map(ReportedServer::unwatched))
    }

    /// Servers with what a monitor would say of them.
    pub fn reporting(servers: impl IntoIterator<Item = ReportedServer>) -> Self {
        Self { reported: Mutex::new(servers.into_iter().collect()) }
    }

    /// Reports `servers` from the next poll on.
    pub fn set(&self, servers: impl IntoIterator<Item = ReportedServer>) {
        *self.reported.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = servers.into_iter().collect();
    }
}

#[async_trait]
impl ServerSource for StaticServers {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let servers = self.reported.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        Ok(MonitorReport { servers })
    }
}
