//! The failure day: the school day, while servers fail, are drained and come back.

use std::time::Duration;

use super::draw::Draw;
use super::school_day;
use super::size::Size;
use crate::simulation::{Outage, OutageKind};

/// How many users a server of strength 1 has when most are there: fewer, as those that stay have to bear all.
pub(super) const USERS_PER_STRENGTH: f64 = school_day::USERS_PER_STRENGTH * 0.93;

/// What goes wrong on each day: at which hour, for how many minutes, in which share of the servers, and how.
const TROUBLES: [(f64, (f64, f64), f64, OutageKind); 5] = [
    // the night's upgrade takes longer than it should
    (7.0, (75.0, 110.0), 0.05, OutageKind::Drains),
    // a rack goes dark in the middle of a lesson
    (9.4, (35.0, 70.0), 0.1, OutageKind::Fails),
    // those that behave oddly are taken out
    (11.5, (120.0, 200.0), 0.1, OutageKind::Drains),
    (14.2, (15.0, 40.0), 0.05, OutageKind::Fails),
    (15.3, (10.0, 25.0), 0.05, OutageKind::Fails),
];

/// The outages of the measured time: never two of one server at once, and none where there is only one server.
pub(super) fn outages(seed: u64, size: &Size) -> Vec<Outage> {
    let mut draw = Draw::new(seed, "troubles");
    let mut outages = Vec::new();
    if size.servers < 2 {
        return outages;
    }
    let hours = |hours: f64| Duration::from_secs_f64((hours * 3600.0).max(0.0));
    for day in 0..size.length.as_secs().div_ceil(24 * 3600) {
        // each server has one trouble a day at most
        let mut order: Vec<_> = (0..size.servers).collect();
        draw.shuffle(&mut order);
        let mut order = order.into_iter();
        for (hour, (least, most), share, kind) in TROUBLES {
            let many = ((size.servers as f64 * share).round() as usize).max(1);
            let begins = hours(day as f64 * 24.0 + hour + draw.between(0.0, 0.2));
            for server in order.by_ref().take(many) {
                // one after the other within a minute
                let from = size.warm_up + begins + hours(draw.between(0.0, 1.0 / 60.0));
                outages.push(Outage { server, kind, from, until: from + hours(draw.between(least, most) / 60.0) });
            }
        }
    }
    outages.retain(|outage| outage.from < size.whole());
    outages
}

#[cfg(test)]
mod tests {
    use super::super::Workload;
    use super::*;

    #[test]
    fn servers_fail_and_are_drained_in_what_is_measured_and_come_back() {
        let size = Workload::FailureDay.size_for(40);
        let outages = outages(1, &size);
        let of = |kind| outages.iter().filter(|outage| outage.kind == kind).count();
        assert_eq!((of(OutageKind::Fails), of(OutageKind::Drains)), (8, 6));
        assert!(outages.iter().all(|outage| size.warm_up < outage.from && outage.from < outage.until));
        assert!(outages.iter().all(|outage| outage.server < 40 && outage.until < size.whole()));
        let mut servers: Vec<_> = outages.iter().map(|outage| outage.server).collect();
        servers.sort_unstable();
        servers.dedup();
        assert_eq!(servers.len(), outages.len());
    }

    #[test]
    fn a_small_network_is_never_without_a_server() {
        for servers in 1..8 {
            let outages = outages(1, &Workload::FailureDay.size_for(servers));
            let out = |at: Duration| outages.iter().filter(|outage| outage.from <= at && at < outage.until).count();
            assert!(outages.iter().all(|outage| out(outage.from) < servers), "{servers}: {outages:?}");
        }
    }
}
