//! How often it is told of calls that are not their server's: people in a meeting see where its callbacks go.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::server::ServerName;

/// How long one that was told of stands for those that follow.
const PAUSE: Duration = Duration::from_secs(60);

/// When a call was last told of that was not the server's. Held for one look. It has no more entries than servers that
/// meetings were created on.
#[derive(Debug, Default)]
pub(super) struct Refused(Mutex<HashMap<ServerName, Timestamp>>);

impl Refused {
    /// Whether one is to be told of now: once a minute for each server.
    pub(super) fn is_told(&self, server: &ServerName, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.get(server).is_none_or(|at| now.since(*at) >= PAUSE);
        if due {
            told.insert(server.clone(), now);
        }
        due
    }
}
