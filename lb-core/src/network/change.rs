//! [`NetworkChange`]: what makes another network of one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{BadNetwork, Entity, EntityName, Integration, Network, Router, RouterName};
use crate::server::ServerName;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 255;

/// One change of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum NetworkChange {
    /// Puts this in the place of what has its name, if anything has.
    Put(Entity),
    /// Takes it away.
    Remove(EntityName),
}

impl NetworkChange {
    /// What it changes.
    pub fn name(&self) -> EntityName {
        match self {
            Self::Put(entity) => entity.name(),
            Self::Remove(name) => name.clone(),
        }
    }
}

impl Network {
    /// The network with all of `changes` made at once: what holds between them need not be valid. It costs what they touch;
    /// only a plan, partner or router that is removed is looked for in every integration, and a server that is put is compared
    /// with all servers.
    ///
    /// # Errors
    /// [`BadNetwork`] where it would not be whole. Whether the policies of routers exist is not looked at: an embedder may have
    /// more of them.
    pub fn changed(&self, changes: &[NetworkChange]) -> Result<Self, BadNetwork> {
        let mut next = self.clone();
        next.revision = self.revision.next();
        // a secret may go from one integration to another
        for change in changes {
            if let EntityName::Integration(name) = change.name() {
                next.integrations.free_secrets(name.as_str());
            }
        }
        for change in changes {
            match change {
                NetworkChange::Put(entity) => next.put(entity)?,
                NetworkChange::Remove(name) => next.remove(name)?,
            }
        }
        for change in changes {
            match change {
                NetworkChange::Put(Entity::Integration(integration)) => next.check_integration(integration)?,
                NetworkChange::Put(Entity::Router(router)) => next.check_router(router)?,
                NetworkChange::Put(Entity::Server(server)) => server.check()?,
                NetworkChange::Put(Entity::Plan(_) | Entity::Partner(_)) => {}
                // what the file took up it may let go of: who names the server may mean one that the monitor knows
                NetworkChange::Remove(EntityName::Server(name)) if self.server(name).is_some_and(|it| it.managed) => {}
                NetworkChange::Remove(name) => next.check_unused(name)?,
            }
        }
        if changes.iter().any(|change| matches!(change, NetworkChange::Put(Entity::Server(_)))) {
            next.check_urls()?;
        }
        Ok(next)
    }

    fn put(&mut self, entity: &Entity) -> Result<(), BadNetwork> {
        let name = entity.name();
        if !is_name(name.as_str()) {
            return Err(BadNetwork::Name);
        }
        match entity {
            Entity::Plan(plan) => {
                self.plans.insert(plan.name.clone(), Arc::clone(plan));
            }
            Entity::Partner(partner) => {
                self.partners.insert(partner.name.clone(), Arc::clone(partner));
            }
            Entity::Router(router) => {
                self.routers.insert(router.name.clone(), Arc::clone(router));
            }
            Entity::Server(server) => {
                self.servers.insert(server.name.clone(), Arc::clone(server));
            }
            Entity::Integration(integration) => {
                self.integrations.own_secrets(integration)?;
                self.integrations.put(Arc::clone(integration));
            }
        }
        self.versions.insert(name, self.revision);
        Ok(())
    }

    fn remove(&mut self, name: &EntityName) -> Result<(), BadNetwork> {
        let there = match name {
            EntityName::Plan(plan) => self.plans.remove(plan).is_some(),
            EntityName::Partner(partner) => self.partners.remove(partner).is_some(),
            EntityName::Router(router) => self.routers.remove(router).is_some(),
            EntityName::Server(server) => self.servers.remove(server).is_some(),
            EntityName::Integration(integration) => self.integrations.remove(integration.as_str()).is_some(),
        };
        self.versions.remove(name);
        if there { Ok(()) } else { Err(BadNetwork::NoSuch { name: name.clone() }) }
    }

    pub(super) fn check_integration(&self, integration: &Integration) -> Result<(), BadNetwork> {
        let name = || integration.name.clone();
        if integration.secrets.is_empty() {
            return Err(BadNetwork::NoSecret { name: name() });
        }
        if !self.plans.contains_key(&integration.plan) {
            return Err(BadNetwork::NoSuchPlan { integration: name(), plan: integration.plan.clone() });
        }
        if !self.routers.contains_key(&integration.router) {
            return Err(BadNetwork::NoSuchRouter { integration: name(), router: integration.router.clone() });
        }
        match &integration.partner {
            Some(partner) if !self.partners.contains_key(partner) => {
                Err(BadNetwork::NoSuchPartner { integration: name(), partner: partner.clone() })
            }
            _ => Ok(()),
        }
    }

    fn check_router(&self, router: &Router) -> Result<(), BadNetwork> {
        let name = || router.name.clone();
        let good_radius = router.radius_km.is_finite() && router.radius_km >= 0.0;
        if !good_radius || !router.weights.values().all(|weight| weight.is_finite() && *weight > 0.0) {
            return Err(BadNetwork::Number { router: name() });
        }
        if !router.refinements.are_good() {
            return Err(BadNetwork::Refinement { router: name() });
        }
        if let Some(canary) = router.refinements.canary.as_ref()
            && (!self.routers.contains_key(canary) || *canary == router.name)
        {
            return Err(BadNetwork::NoSuchCanary { router: name(), canary: canary.clone() });
        }
        let mut seen: HashSet<&RouterName> = HashSet::from([&router.name]);
        let mut present = router;
        while let Some(fallback) = &present.fallback {
            let next = self.routers.get(fallback).ok_or_else(|| BadNetwork::NoSuchFallback {
                router: present.name.clone(),
                fallback: fallback.clone(),
            })?;
            if !seen.insert(fallback) {
                return Err(BadNetwork::Circle { router: name() });
            }
            present = next;
        }
        Ok(())
    }

    /// That no two servers are the same one.
    fn check_urls(&self) -> Result<(), BadNetwork> {
        let mut known: HashMap<&str, &ServerName> = HashMap::new();
        for server in self.servers.values() {
            let Some(url) = &server.facts.api_url else { continue };
            if let Some(first) = known.insert(url.as_str(), &server.name) {
                return Err(BadNetwork::SameUrl { first: first.clone(), second: server.name.clone() });
            }
        }
        Ok(())
    }

    /// That nothing names what was removed.
    fn check_unused(&self, removed: &EntityName) -> Result<(), BadNetwork> {
        let used_by = |uses: &dyn Fn(&Integration) -> bool| {
            self.integrations.iter().find(|integration| uses(integration)).map(|user| user.name.clone().into())
        };
        let user: Option<EntityName> = match removed {
            EntityName::Plan(plan) if self.plans.contains_key(plan) => None,
            EntityName::Partner(partner) if self.partners.contains_key(partner) => None,
            EntityName::Router(router) if self.routers.contains_key(router) => None,
            EntityName::Server(server) if self.servers.contains_key(server) => None,
            EntityName::Plan(plan) if plan.as_str() == "default" => {
                return Err(BadNetwork::Always { name: removed.clone() });
            }
            EntityName::Router(router) if router.as_str() == "default" => {
                return Err(BadNetwork::Always { name: removed.clone() });
            }
            EntityName::Plan(plan) => used_by(&|integration| integration.plan == *plan),
            EntityName::Partner(partner) => used_by(&|integration| integration.partner.as_ref() == Some(partner)),
            EntityName::Router(router) => {
                let fallback = self.routers.values().find(|other| other.fallback.as_ref() == Some(router));
                used_by(&|integration| integration.router == *router)
                    .or_else(|| fallback.map(|other| other.name.clone().into()))
            }
            EntityName::Server(server) => {
                let lent = self.partners.values().find(|partner| partner.servers.contains(server));
                let weighed = || self.routers.values().find(|router| router.weights.contains_key(server));
                lent.map(|partner| partner.name.clone().into())
                    .or_else(|| weighed().map(|router| router.name.clone().into()))
            }
            EntityName::Integration(_) => None,
        };
        match user {
            Some(by) => Err(BadNetwork::InUse { name: removed.clone(), by }),
            None => Ok(()),
        }
    }
}

/// Whether an integration, a plan, a partner, a router or a server may be called `name`: 1 to 255 bytes, no control characters, no space
/// at its ends.
pub fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && name.trim() == name && !name.chars().any(char::is_control)
}
