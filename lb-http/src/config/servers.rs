//! What the file declares of servers.

use std::collections::HashSet;

use lb_core::network::{BadNetwork, NetworkServer, ServerFacts, is_name};

use super::file;
use super::meaning::{Faults, position};
use super::value::{At, Table, said};

/// The servers that have a name of their own, each with its place. Where no monitor knows them they must be `whole`.
pub(super) fn servers(
    tables: Vec<Table<file::Server>>,
    whole: bool,
    faults: &mut Faults,
) -> Vec<(usize, NetworkServer)> {
    let mut names = HashSet::new();
    let mut servers = Vec::with_capacity(tables.len());
    for Table { at: table_at, keys } in tables {
        let position = position(keys.latitude, keys.longitude, faults);
        let Some(At { at, value: name }) = keys.name else {
            faults.add(table_at, "a server must have a name");
            continue;
        };
        if !is_name(&name) {
            faults.add(at, format!("this server: {}", BadNetwork::Name));
            continue;
        }
        if !names.insert(name.clone()) {
            faults.add(at, format!("two servers are called {name}"));
        }
        let facts = ServerFacts {
            api_url: said(keys.url).map(|url| url.0),
            secret: said(keys.secret),
            position,
            capacity: said(keys.capacity).map(u32::from),
            weight: said(keys.weight).map(|weight| weight.0),
            tags: keys.tags.map(|list| list.values),
            checksum: said(keys.checksum),
        };
        for (key, missing) in [("url", facts.api_url.is_none()), ("secret", facts.secret.is_none())] {
            if whole && missing {
                faults.add(at, format!("server {name} has no {key}, which monitor.kind \"static\" needs"));
            }
        }
        servers.push((at, NetworkServer { facts, managed: true, ..NetworkServer::new(name) }));
    }
    servers
}
