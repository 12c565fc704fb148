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
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
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
            managed: false,
        }
    }
}
