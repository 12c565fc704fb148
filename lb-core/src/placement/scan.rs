//! [`Scan`]: the best of what is left, one pass over the fleet for each candidate that is asked for.
//!
//! Usually only the first candidate is looked at. Finding it by one pass costs no memory and no sort; the few that follow
//! when servers fail cost a pass each.

use super::PlacementRequest;
use super::yielded::Yielded;
use crate::clock::Timestamp;
use crate::fleet::FleetServer;

/// Yields the eligible servers that it has not yielded yet, smallest key first; of equal keys the first by name.
#[derive(Debug, Default)]
pub struct Scan {
    yielded: Yielded,
}

impl Scan {
    /// The server left with the smallest key. A server whose key is `None` is passed over, and stays. `key` is asked of servers
    /// that are not eligible too.
    pub fn next<'a, K: PartialOrd>(
        &mut self,
        request: &PlacementRequest<'a>,
        key: impl Fn(&FleetServer) -> Option<K>,
    ) -> Option<(&'a FleetServer, K)> {
        let (index, best, key) = self.best(request, key)?;
        self.yielded.insert(index, request.fleet.servers().len());
        Some((best, key))
    }

    /// The same without yielding it.
    pub fn peek<'a, K: PartialOrd>(
        &self,
        request: &PlacementRequest<'a>,
        key: impl Fn(&FleetServer) -> Option<K>,
    ) -> Option<(&'a FleetServer, K)> {
        self.best(request, key).map(|(_, best, key)| (best, key))
    }

    fn best<'a, K: PartialOrd>(
        &self,
        request: &PlacementRequest<'a>,
        key: impl Fn(&FleetServer) -> Option<K>,
    ) -> Option<(usize, &'a FleetServer, K)> {
        let mut best: Option<(usize, &FleetServer, K)> = None;
        for (index, server) in request.fleet.servers().iter().enumerate() {
            if let Some(key) = key(server)
                && best.as_ref().is_none_or(|(_, _, least)| key < *least)
                && !self.yielded.contains(index)
                // asked last: few come so far
                && (request.eligible)(server)
            {
                best = Some((index, server, key));
            }
        }
        best
    }
}

/// Ranks by CPU with the expected load; unknown CPU behind known; equal ones by meetings.
pub fn by_cpu(server: &FleetServer, now: Timestamp) -> (bool, f64, u32) {
    let cpu = server.expected_cpu(now);
    // where no CPU is known, expected users still spread a burst
    (cpu.is_none(), cpu.unwrap_or_else(|| server.expected_users(now)), server.expected_meetings())
}
