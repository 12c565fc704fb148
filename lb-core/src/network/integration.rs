//! [`Integration`]: a website that may use the balancer.

use serde::{Deserialize, Serialize};

use super::{ParameterRules, PartnerName, PlanName, RouterName};
use crate::clock::Timestamp;
use crate::names::name_type;
use crate::position::Position;
use crate::secret::Secret;

name_type! {
    /// The name of an integration, unique in the network. It is stamped on every meeting as `mconflb-institution`.
    IntegrationName
}

/// One website that may use the balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Integration {
    /// Its name, unique in the network.
    pub name: IntegrationName,
    /// What people call it.
    pub display_name: String,
    /// Whether it may use the balancer now.
    pub active: bool,
    /// The shared secrets that its calls may be signed with, the one that the balancer itself signs with first. All that have
    /// not expired are valid at once, so one can be rotated.
    pub secrets: Vec<IntegrationSecret>,
    /// The institution that it belongs to; absent: none.
    pub partner: Option<PartnerName>,
    /// What it may do and how much of it.
    pub plan: PlanName,
    /// The router that places its meetings.
    pub router: RouterName,
    /// Where it is: used when the position of the user who asks for a meeting is not known.
    pub position: Option<Position>,
    /// Which servers its meetings are placed on.
    pub tags: TagRules,
    /// What becomes of the parameters of its create calls.
    pub create: ParameterRules,
    /// What becomes of the parameters of its join calls.
    pub join: ParameterRules,
    /// The hosts that its callback and hook URLs may lead to; empty: any.
    pub callback_hosts: Vec<String>,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

impl Integration {
    /// An active integration with one secret, the default plan and router, of no partner, with no position and no rules.
    pub fn new(name: impl Into<IntegrationName>, secret: impl Into<IntegrationSecret>) -> Self {
        let name = name.into();
        Self {
            display_name: name.to_string(),
            name,
            active: true,
            secrets: vec![secret.into()],
            partner: None,
            plan: "default".into(),
            router: "default".into(),
            position: None,
            tags: TagRules::default(),
            create: ParameterRules::default(),
            join: ParameterRules::default(),
            callback_hosts: Vec::new(),
            managed: false,
        }
    }

    /// The secrets that are valid at `now`, in their order.
    pub fn valid_secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(move |known| known.is_valid(now)).map(|known| &known.secret)
    }
}

/// One of the secrets of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationSecret {
    /// The secret.
    pub secret: Secret,
    /// What people call it, such as `2026`; may be empty.
    pub label: String,
    /// When it was made, as far as known.
    pub created_at: Option<Timestamp>,
    /// From when on nothing may be signed with it any more; absent: never.
    pub expires_at: Option<Timestamp>,
}

impl IntegrationSecret {
    /// Whether calls may be signed with it at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

impl<S: Into<Secret>> From<S> for IntegrationSecret {
    fn from(secret: S) -> Self {
        Self { secret: secret.into(), label: String::new(), created_at: None, expires_at: None }
    }
}

/// Which servers may hold the meetings of an integration, by the tags that servers carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagRules {
    /// Only servers that carry all of these.
    pub required: Vec<String>,
    /// Servers that carry all of these come first; the others only where none of them can take the meeting.
    pub preferred: Vec<String>,
    /// No server that carries one of these.
    pub forbidden: Vec<String>,
}

impl TagRules {
    /// Whether a server that carries `tags` may be used at all.
    pub fn allow(&self, tags: &[String]) -> bool {
        self.required.iter().all(|tag| tags.contains(tag)) && !self.forbidden.iter().any(|tag| tags.contains(tag))
    }
}
