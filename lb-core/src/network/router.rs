//! [`Router`]: a placement policy with its parameters, by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::names::name_type;
use crate::server::ServerName;

name_type! {
    /// The name of a router, unique in the network.
    RouterName
}

/// How new meetings of the integrations that choose it are placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Router {
    /// Its name, unique in the network.
    pub name: RouterName,
    /// The name of a [placement policy](crate::placement).
    pub policy: String,
    /// How far around the nearest server others compete with it, in kilometres, 0 or more; for policies that know
    /// distances.
    pub radius_km: f64,
    /// Weights of servers, more than 0, in place of the servers' own; for policies that know weights.
    pub weights: BTreeMap<ServerName, f64>,
    /// The router that is asked where this one finds no server; absent: none.
    pub fallback: Option<RouterName>,
    /// What is made of the policy.
    pub refinements: Refinements,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

/// What is made of a router's policy by the [combinators](crate::placement), in this order: ties are broken, servers with
/// preferred tags come first, those without the demanded ones or at a cap are left out. A share of the meetings may go by
/// another router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refinements {
    /// Only servers that carry all of these tags are ranked; none: all are.
    pub only_tags: Vec<String>,
    /// Servers that carry all of these tags come first; none: none do.
    pub prefer_tags: Vec<String>,
    /// Servers that have or expect so many users are left out, above 0; absent: none is.
    pub max_users: Option<f64>,
    /// Servers of which so much CPU is in use or expected, per cent, above 0, are left out; absent: none is.
    pub max_cpu: Option<f64>,
    /// The name of the policy that chooses among servers that are alike; absent: the router's own does.
    pub tie_break: Option<String>,
    /// How far from the best score servers are alike, 0 or more, in the unit of the policy's scores.
    pub tie_within: f64,
    /// The router that places a share of the meetings in place of this one; absent: none does. Its own canary places none.
    pub canary: Option<RouterName>,
    /// How large that share is, 0 to 1.
    pub canary_share: f64,
}

impl Refinements {
    /// Whether all of its numbers are within their ranges.
    pub(super) fn are_good(&self) -> bool {
        let above_0 = |number: &f64| number.is_finite() && *number > 0.0;
        self.max_users.as_ref().is_none_or(above_0)
            && self.max_cpu.as_ref().is_none_or(above_0)
            && self.tie_within.is_finite()
            && self.tie_within >= 0.0
            && (0.0..=1.0).contains(&self.canary_share)
    }
}

impl Router {
    /// A router with the Mconf rule: `nearest-least-cpu` within 300 km.
    pub fn new(name: impl Into<RouterName>) -> Self {
        Self {
            name: name.into(),
            policy: "nearest-least-cpu".to_owned(),
            radius_km: 300.0,
            weights: BTreeMap::new(),
            fallback: None,
            refinements: Refinements::default(),
            managed: false,
        }
    }
}
