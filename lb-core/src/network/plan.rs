//! [`Plan`]: permissions and limits that integrations share.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::names::name_type;

name_type! {
    /// The name of a plan, unique in the network.
    PlanName
}

/// What integrations may do and how much of it. An absent limit is no limit. Each integration has the limits for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name, unique in the network.
    pub name: PlanName,
    /// Whether its integrations may use the balancer now.
    pub active: bool,
    /// Whether they may create meetings with `record=true`.
    pub may_record: bool,
    /// Meetings at the same time.
    pub max_concurrent_meetings: Option<u32>,
    /// Users at the same time, in all meetings together.
    pub max_concurrent_users: Option<u32>,
    /// Users at the same time in one meeting.
    pub max_users_per_meeting: Option<u32>,
    /// How long a meeting may last; BBB counts in whole minutes.
    pub max_duration: Option<Duration>,
    /// Calls a second, but for joins, which no rate refuses.
    pub calls_per_second: Option<u32>,
    /// Names of the calls that may be made; absent: all.
    pub allowed_calls: Option<BTreeSet<String>>,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

impl Plan {
    /// An active plan that allows everything.
    pub fn new(name: impl Into<PlanName>) -> Self {
        Self {
            name: name.into(),
            active: true,
            may_record: true,
            max_concurrent_meetings: None,
            max_concurrent_users: None,
            max_users_per_meeting: None,
            max_duration: None,
            calls_per_second: None,
            allowed_calls: None,
            managed: false,
        }
    }
}
