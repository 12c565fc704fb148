//! [`Network`]: the immutable snapshot of all integrations, plans, partners, routers and servers.

use std::fmt;
use std::sync::{Arc, LazyLock};

use imbl::{HashMap, OrdMap};

use super::{
    BadNetwork, Entity, EntityName, Integration, Integrations, NetworkChange, NetworkServer, Partner, PartnerName,
    Plan, PlanName, Router, RouterName,
};
use crate::server::ServerName;

/// How often a network has been changed. What stands in one carries the revision of its last change as its version, so
/// a version never comes again, not even for another thing of the same name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// All integrations, plans, partners and routers as they were at one moment, and what operators say of servers. It is whole:
/// whatever one of them names is there, and there are always a plan and a router called `default`. Only servers may be named
/// that are not in it: a monitor may know them.
///
/// It never changes. A clone, and one with [something changed](Self::changed), share nearly everything with it.
#[derive(Clone)]
pub struct Network {
    pub(super) revision: Revision,
    pub(super) integrations: Integrations,
    pub(super) plans: OrdMap<PlanName, Arc<Plan>>,
    pub(super) partners: OrdMap<PartnerName, Arc<Partner>>,
    pub(super) routers: OrdMap<RouterName, Arc<Router>>,
    pub(super) servers: OrdMap<ServerName, Arc<NetworkServer>>,
    pub(super) versions: HashMap<EntityName, Revision>,
}

impl Default for Network {
    /// No integrations, no partners; a plan that allows everything, and a router with the Mconf rule.
    fn default() -> Self {
        let (plan, router) = (Plan::new("default"), Router::new("default"));
        let versions = [EntityName::from(plan.name.clone()), router.name.clone().into()];
        Self {
            revision: Revision::default(),
            integrations: Integrations::default(),
            versions: versions.into_iter().map(|name| (name, Revision::default())).collect(),
            plans: OrdMap::unit(plan.name.clone(), Arc::new(plan)),
            partners: OrdMap::new(),
            routers: OrdMap::unit(router.name.clone(), Arc::new(router)),
            servers: OrdMap::new(),
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("revision", &self.revision)
            .field("integrations", &self.integrations)
            .field("plans", &self.plans)
            .field("partners", &self.partners)
            .field("routers", &self.routers)
            .field("servers", &self.servers)
            .finish_non_exhaustive()
    }
}

impl Network {
    /// A network of all these. What is not among them of plan and router `default` is as in [`Network::default`].
    ///
    /// # Errors
    /// [`BadNetwork`] where it would not be whole.
    pub fn new(entities: impl IntoIterator<Item = Entity>) -> Result<Self, BadNetwork> {
        let changes: Vec<_> = entities.into_iter().map(NetworkChange::Put).collect();
        let mut network = Self::default().changed(&changes)?;
        network.revision = Revision::default();
        network.versions.iter_mut().for_each(|(_, version)| *version = Revision::default());
        Ok(network)
    }

    /// A network as it was stored: of these, each with its version, at `revision`.
    ///
    /// # Errors
    /// [`BadNetwork`] where it would not be whole.
    pub fn restored(
        revision: Revision,
        entities: impl IntoIterator<Item = (Revision, Entity)>,
    ) -> Result<Self, BadNetwork> {
        let (versions, entities): (Vec<_>, Vec<_>) = entities.into_iter().unzip();
        let names: Vec<_> = entities.iter().map(Entity::name).collect();
        let mut network = Self::new(entities)?;
        network.revision = revision;
        network.versions.extend(names.into_iter().zip(versions));
        Ok(network)
    }

    /// A network of `integrations`, in which every plan, partner and router that they name is one that allows everything, or
    /// has the Mconf rule.
    pub fn of(integrations: Integrations) -> Self {
        let mut network = Self { integrations, ..Self::default() };
        for integration in network.integrations.clone().iter() {
            let (plan, router) = (&integration.plan, &integration.router);
            network.plans.entry(plan.clone()).or_insert_with(|| Arc::new(Plan::new(plan.clone())));
            network.routers.entry(router.clone()).or_insert_with(|| Arc::new(Router::new(router.clone())));
            if let Some(partner) = &integration.partner {
                network.partners.entry(partner.clone()).or_insert_with(|| Arc::new(Partner::new(partner.clone())));
            }
        }
        let names: Vec<_> = network.entities().map(|entity| entity.name()).collect();
        network.versions = names.into_iter().map(|name| (name, Revision::default())).collect();
        network
    }

    /// How often it has been changed.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The revision of the last change of what is called `name`; `None` if there is no such thing.
    pub fn version(&self, name: &EntityName) -> Option<Revision> {
        self.versions.get(name).copied()
    }

    /// All integrations.
    pub fn integrations(&self) -> &Integrations {
        &self.integrations
    }

    /// All plans, by name.
    pub fn plans(&self) -> impl ExactSizeIterator<Item = &Arc<Plan>> {
        self.plans.values()
    }

    /// All partners, by name.
    pub fn partners(&self) -> impl ExactSizeIterator<Item = &Arc<Partner>> {
        self.partners.values()
    }

    /// All routers, by name.
    pub fn routers(&self) -> impl ExactSizeIterator<Item = &Arc<Router>> {
        self.routers.values()
    }

    /// All servers that operators know, by name.
    pub fn servers(&self) -> impl ExactSizeIterator<Item = &Arc<NetworkServer>> {
        self.servers.values()
    }

    /// The integration called `name`.
    pub fn integration(&self, name: &str) -> Option<&Arc<Integration>> {
        self.integrations.named(name)
    }

    /// The plan called `name`.
    pub fn plan(&self, name: &str) -> Option<&Arc<Plan>> {
        self.plans.get(name)
    }

    /// The partner called `name`.
    pub fn partner(&self, name: &str) -> Option<&Arc<Partner>> {
        self.partners.get(name)
    }

    /// The router called `name`.
    pub fn router(&self, name: &str) -> Option<&Arc<Router>> {
        self.routers.get(name)
    }

    /// What operators say of the server called `name`.
    pub fn server(&self, name: &ServerName) -> Option<&Arc<NetworkServer>> {
        self.servers.get(name)
    }

    /// The plan of `integration`. One that was just taken away is stood in for by the plan `default`.
    pub fn plan_of(&self, integration: &Integration) -> &Arc<Plan> {
        static DEFAULT: LazyLock<Arc<Plan>> = LazyLock::new(|| Arc::new(Plan::new("default")));
        self.plans.get(&integration.plan).or_else(|| self.plans.get("default")).unwrap_or(&DEFAULT)
    }

    /// The router of `integration`. One that was just taken away is stood in for by the router `default`.
    pub fn router_of(&self, integration: &Integration) -> &Arc<Router> {
        static DEFAULT: LazyLock<Arc<Router>> = LazyLock::new(|| Arc::new(Router::new("default")));
        self.routers.get(&integration.router).or_else(|| self.routers.get("default")).unwrap_or(&DEFAULT)
    }

    /// What is called `name`.
    pub fn entity(&self, name: &EntityName) -> Option<Entity> {
        match name {
            EntityName::Plan(name) => self.plans.get(name).cloned().map(Entity::Plan),
            EntityName::Partner(name) => self.partners.get(name).cloned().map(Entity::Partner),
            EntityName::Router(name) => self.routers.get(name).cloned().map(Entity::Router),
            EntityName::Server(name) => self.servers.get(name).cloned().map(Entity::Server),
            EntityName::Integration(name) => self.integration(name.as_str()).cloned().map(Entity::Integration),
        }
    }

    /// All that it is made of: what is named by others comes before them.
    pub fn entities(&self) -> impl Iterator<Item = Entity> {
        let plans = self.plans.values().cloned().map(Entity::Plan);
        let partners = self.partners.values().cloned().map(Entity::Partner);
        let routers = self.routers.values().cloned().map(Entity::Router);
        let servers = self.servers.values().cloned().map(Entity::Server);
        let named = plans.chain(servers).chain(partners).chain(routers);
        named.chain(self.integrations.iter().cloned().map(Entity::Integration))
    }
}
