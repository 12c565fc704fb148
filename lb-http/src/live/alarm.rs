//! [`ShownAlarm`]: what an operator should look at now: what the balancer knows of the network, and what its server knows beside.

use std::time::Duration;

use lb_core::balancer::Alarm;
use lb_core::{IntegrationName, Timestamp};

/// How long before its end a certificate is an alarm.
const CERTIFICATE_SOON: Duration = Duration::from_secs(21 * 24 * 3600);

/// Something that is wrong now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ShownAlarm {
    /// Of the network.
    Network(Alarm),
    /// The certificate that websites and people are shown ends then, or has ended.
    Certificate { until: Timestamp, ended: bool },
    /// Calls of an integration are refused, because its plan allows no more.
    Limit {
        integration: IntegrationName,
        /// Which limit: the reason of the refusals.
        reason: &'static str,
        /// How many calls since it began.
        times: u32,
        /// The last one.
        at: Timestamp,
    },
}

impl ShownAlarm {
    /// The alarm of a certificate that is valid until then.
    pub(super) fn of_certificate(until: Timestamp, now: Timestamp) -> Option<Self> {
        (now + CERTIFICATE_SOON > until).then_some(Self::Certificate { until, ended: now >= until })
    }

    /// The same without what only users may see; `None` where nothing is left.
    pub(super) fn for_public(&self) -> Option<Self> {
        match self {
            Self::Limit { .. } | Self::Network(Alarm::PolicyFenced { .. }) => None,
            Self::Network(Alarm::Monitor { since, .. }) => {
                Some(Self::Network(Alarm::Monitor { since: *since, problem: String::new() }))
            }
            other => Some(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use lb_core::placement::Misconduct;

    use super::*;

    #[test]
    fn a_certificate_is_an_alarm_three_weeks_before_its_end() {
        let day = |day: u64| Timestamp::from_millis(day * 24 * 3_600_000);
        let alarm = |now| ShownAlarm::of_certificate(day(100), day(now));
        assert_eq!(alarm(79), None);
        assert_eq!(alarm(80), Some(ShownAlarm::Certificate { until: day(100), ended: false }));
        assert_eq!(alarm(100), Some(ShownAlarm::Certificate { until: day(100), ended: true }));
    }

    #[test]
    fn the_public_learns_no_name_of_an_integration_or_router_and_no_text_of_the_monitor() {
        let monitor = Alarm::Monitor { since: Timestamp::default(), problem: "http://monitor.internal: 401".into() };
        let limit = ShownAlarm::Limit {
            integration: "moodle".into(),
            reason: "calls-per-second",
            times: 1,
            at: Timestamp::default(),
        };
        assert_eq!(limit.for_public(), None);
        let fenced = Alarm::PolicyFenced {
            router: "schools".into(),
            policy: "own".to_owned(),
            misconduct: Misconduct::RankedTwice { server: "bbb1".into() },
            since: Timestamp::default(),
        };
        assert_eq!(ShownAlarm::Network(fenced).for_public(), None);
        let shown = ShownAlarm::Network(monitor).for_public();
        assert!(!format!("{shown:?}").contains("internal"));
    }
}
