//! [`Entity`]: an integration, a plan, a partner, a router or a server; and [`EntityName`], which of them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Integration, IntegrationName, NetworkServer, Partner, PartnerName, Plan, PlanName, Router, RouterName};
use crate::secret::Secret;
use crate::server::ServerName;

/// One of the things that a network is made of, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityName {
    /// A plan.
    Plan(PlanName),
    /// A partner.
    Partner(PartnerName),
    /// A router.
    Router(RouterName),
    /// A server.
    Server(ServerName),
    /// An integration.
    Integration(IntegrationName),
}

impl EntityName {
    /// What it is: `plan`, `partner`, `router`, `server` or `integration`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan",
            Self::Partner(_) => "partner",
            Self::Router(_) => "router",
            Self::Server(_) => "server",
            Self::Integration(_) => "integration",
        }
    }

    /// What it is called.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Plan(name) => name.as_str(),
            Self::Partner(name) => name.as_str(),
            Self::Router(name) => name.as_str(),
            Self::Server(name) => name.as_str(),
            Self::Integration(name) => name.as_str(),
        }
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.as_str())
    }
}

macro_rules! names {
    ($($name:ident => $variant:ident,)*) => {
        $(impl From<$name> for EntityName {
            fn from(name: $name) -> Self {
                Self::$variant(name)
            }
        })*
    };
}

names! {
    PlanName => Plan,
    PartnerName => Partner,
    RouterName => Router,
    ServerName => Server,
    IntegrationName => Integration,
}

/// One of the things that a network is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Entity {
    /// A plan.
    Plan(Arc<Plan>),
    /// A partner.
    Partner(Arc<Partner>),
    /// A router.
    Router(Arc<Router>),
    /// A server.
    Server(Arc<NetworkServer>),
    /// An integration.
    Integration(Arc<Integration>),
}

impl Entity {
    /// Which it is.
    pub fn name(&self) -> EntityName {
        match self {
            Self::Plan(plan) => plan.name.clone().into(),
            Self::Partner(partner) => partner.name.clone().into(),
            Self::Router(router) => router.name.clone().into(),
            Self::Server(server) => server.name.clone().into(),
            Self::Integration(integration) => integration.name.clone().into(),
        }
    }

    /// Whether the configuration file declares it.
    pub fn is_managed(&self) -> bool {
        match self {
            Self::Plan(plan) => plan.managed,
            Self::Partner(partner) => partner.managed,
            Self::Router(router) => router.managed,
            Self::Server(server) => server.managed,
            Self::Integration(integration) => integration.managed,
        }
    }

    /// The secrets that stand in it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let (integration, server) = match self {
            Self::Integration(integration) => (Some(integration), None),
            Self::Server(server) => (None, Some(server)),
            Self::Plan(_) | Self::Partner(_) | Self::Router(_) => (None, None),
        };
        let of_integration = integration.into_iter().flat_map(|integration| &integration.secrets);
        let of_server = server.and_then(|server| server.facts.secret.as_ref());
        of_integration.map(|known| &known.secret).chain(of_server)
    }

    /// The same, declared by the configuration file or not.
    #[must_use]
    pub fn managed(self, managed: bool) -> Self {
        match self {
            Self::Plan(plan) => Plan { managed, ..Arc::unwrap_or_clone(plan) }.into(),
            Self::Partner(partner) => Partner { managed, ..Arc::unwrap_or_clone(partner) }.into(),
            Self::Router(router) => Router { managed, ..Arc::unwrap_or_clone(router) }.into(),
            Self::Server(server) => NetworkServer { managed, ..Arc::unwrap_or_clone(server) }.into(),
            Self::Integration(integration) => Integration { managed, ..Arc::unwrap_or_clone(integration) }.into(),
        }
    }
}

macro_rules! entities {
    ($($entity:ident => $variant:ident,)*) => {
        $(impl From<$entity> for Entity {
            fn from(entity: $entity) -> Self {
                Self::$variant(Arc::new(entity))
            }
        })*
    };
}

entities! {
    Plan => Plan,
    Partner => Partner,
    Router => Router,
    NetworkServer => Server,
    Integration => Integration,
}
