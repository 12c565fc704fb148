//! The limit on open files, which is the limit on connections as well.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is needed beside the connections of websites: calls to servers, the database, the log.
const OTHERS: u64 = 2048;

/// Raises the limit that holds to the one that may be had, and warns if `connections` do not fit within it.
pub(crate) fn raise(connections: usize) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(%error, "the limit on open files could not be raised");
    }
    // absent: there is no limit
    let Some(limit) = getrlimit(Resource::Nofile).current else { return };
    tracing::info!(limit, before = current.unwrap_or(u64::MAX), "open files");
    let needed = connections as u64 + OTHERS;
    if limit < needed {
        tracing::warn!(limit, needed, "too few open files for listen.max_connections: raise LimitNOFILE, or ulimit -n");
    }
}
