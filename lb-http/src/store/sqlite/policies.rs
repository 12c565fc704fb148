//! The rows of what placement policies have learnt.

use std::collections::BTreeSet;

use lb_core::network::RouterName;
use rusqlite::{Connection, OptionalExtension, params};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// What was kept of one policy.
pub(super) fn learned(database: &Connection, router: &RouterName, policy: &str) -> Result<Option<Vec<u8>>> {
    let mut query = database.prepare_cached("SELECT data FROM learned WHERE router = ?1 AND policy = ?2")?;
    query.query_row((router.as_str(), policy), |row| row.get(0)).optional()
}

/// Keeps it in place of what was kept before.
pub(super) fn keep(database: &Connection, router: &RouterName, policy: &str, data: &[u8]) -> Result<()> {
    let mut write =
        database.prepare_cached("INSERT OR REPLACE INTO learned (router, policy, data) VALUES (?1, ?2, ?3)")?;
    write.execute(params![router.as_str(), policy, data])?;
    Ok(())
}

/// The routers of which something is kept and that are not among `routers`.
pub(super) fn others(database: &Connection, routers: &BTreeSet<RouterName>) -> Result<Vec<String>> {
    let mut query = database.prepare_cached("SELECT DISTINCT router FROM learned")?;
    let mut kept = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>>>()?;
    kept.retain(|router| !routers.contains(router.as_str()));
    Ok(kept)
}

/// Forgets what is kept of `routers`.
pub(super) fn forget(database: &Connection, routers: &[String]) -> Result<()> {
    let mut remove = database.prepare_cached("DELETE FROM learned WHERE router = ?1")?;
    for router in routers {
        remove.execute([router])?;
    }
    Ok(())
}
