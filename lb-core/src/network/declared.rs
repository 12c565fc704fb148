//! [`Declared`]: what a configuration file says of the network, and what keeps the network in step with it.

use std::collections::HashSet;

use super::{Entity, EntityName, Network, NetworkChange, Plan, Router};

/// What a configuration file declares. Only the file changes these.
#[derive(Clone, Debug, Default)]
pub struct Declared(Vec<Entity>);

impl Declared {
    /// The file declares all of these.
    pub fn new(entities: impl IntoIterator<Item = Entity>) -> Self {
        Self(entities.into_iter().map(|entity| entity.managed(true)).collect())
    }

    /// What has to change in `network` so that it is in step: all that is declared is there as it is declared, whoever put
    /// something of that name there before; what was declared and no longer is, is gone; all else stays.
    pub fn changes(&self, network: &Network) -> Vec<NetworkChange> {
        let declared: HashSet<EntityName> = self.0.iter().map(Entity::name).collect();
        let lost = network.entities().filter(|entity| entity.is_managed() && !declared.contains(&entity.name()));
        let without = lost.map(|entity| match entity {
            Entity::Plan(plan) if plan.name.as_str() == "default" => NetworkChange::Put(Plan::new("default").into()),
            Entity::Router(router) if router.name.as_str() == "default" => {
                NetworkChange::Put(Router::new("default").into())
            }
            other => NetworkChange::Remove(other.name()),
        });
        let differs = |entity: &&Entity| network.entity(&entity.name()).as_ref() != Some(*entity);
        without.chain(self.0.iter().filter(differs).cloned().map(NetworkChange::Put)).collect()
    }
}
