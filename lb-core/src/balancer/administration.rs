//! How integrations, plans, partners, routers and servers are changed while the balancer runs: the one way for all who do.
//!
//! A change is decided on the present network, made durable, and holds from then on: the next call goes by it. Nothing is
//! locked meanwhile. Where another change comes first, the decision is taken anew on what came of that.

mod apply;
mod error;
mod secrets;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

pub use self::apply::{Applied, Wish};
pub use self::error::AdministrationError;

use super::Balancer;
use crate::api::Failure;
use crate::event::{self, Administered, Change, Event, EventKind, Subject};
use crate::network::{
    BadNetwork, Declared, Entity, EntityName, Integration, IntegrationName, Network, NetworkChange, NetworkServer,
    Revision, SHORTEST_SECRET, ServerFacts,
};
use crate::secret::Secret;
use crate::store::StoreError;

/// How often a change is decided on anew because others came first. Each time one of those was made.
const TRIES: usize = 1000;

/// Who changes something, and from where: it is kept with the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    name: String,
    address: Option<IpAddr>,
}

impl Actor {
    /// Who is called `name` and is at `address`, as far as known.
    pub fn new(name: impl Into<String>, address: Option<IpAddr>) -> Self {
        Self { name: name.into(), address }
    }

    /// The user who has shown the token called `token`.
    pub fn with_token(user: &str, token: &str, address: Option<IpAddr>) -> Self {
        Self::new(event::with_token(user, token), address)
    }

    /// As whom the configuration file changes what it declares.
    pub fn configuration() -> Self {
        Self::new("configuration", None)
    }

    /// As whom the balancer itself does what an administrator asked for before.
    pub fn balancer() -> Self {
        Self::new("balancer", None)
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where they are, as far as known.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }
}

impl From<&str> for Actor {
    fn from(name: &str) -> Self {
        Self::new(name, None)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What who changes something takes for present. Where it is not, nothing is changed: no change of another is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Anything or nothing.
    #[default]
    Any,
    /// Nothing of that name.
    Absent,
    /// What has this version.
    Version(Revision),
}

/// A decided change and what it is called.
type Decided = (NetworkChange, Administered);

impl Balancer {
    /// Puts an integration, plan, partner, router or server in the place of the one of its name, or adds it. Answers it as it is from
    /// now on; its version is that of the network that has it.
    ///
    /// An integration or a server without secrets keeps those that it has; a new integration gets a secret of 40 characters.
    /// A secret that it did not have must have 8 characters or more. `managed` is not
    /// looked at: only the configuration file declares.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the change is made, here and below; it is never half made, and what was
    /// made holds.
    pub async fn put(
        &self,
        entity: impl Into<Entity>,
        expected: Expected,
        by: &Actor,
    ) -> Result<(Entity, Revision), AdministrationError> {
        let entity = entity.into().managed(false);
        let name = entity.name();
        let decide = |network: &Network| {
            let present = self.present(network, &name, expected)?;
            let next = match (&entity, &present) {
                (Entity::Integration(next), Some(Entity::Integration(present))) if next.secrets.is_empty() => {
                    Integration { secrets: present.secrets.clone(), ..Integration::clone(next) }.into()
                }
                (Entity::Integration(next), None) if next.secrets.is_empty() => {
                    Integration { secrets: vec![self.drawn("", None)], ..Integration::clone(next) }.into()
                }
                (Entity::Server(next), Some(Entity::Server(present))) if next.facts.secret.is_none() => {
                    let facts = ServerFacts { secret: present.facts.secret.clone(), ..next.facts.clone() };
                    NetworkServer { facts, ..NetworkServer::clone(next) }.into()
                }
                _ => entity.clone(),
            };
            if present.as_ref() == Some(&next) {
                return Ok(Vec::new());
            }
            let word = if present.is_some() { Administered::Changed } else { Administered::Added };
            Ok(vec![(NetworkChange::Put(next), word)])
        };
        let network = self.administer(by, decide).await?;
        let gone = || AdministrationError::Overtaken { name: name.clone() };
        let now = network.entity(&name).ok_or_else(gone)?;
        Ok((now, network.version(&name).ok_or_else(gone)?))
    }

    /// Takes an integration, plan, partner, router or server away. The meetings of an integration go on; nobody can join them any
    /// more. Those of a server go on until they end by themselves.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed. What others name cannot be taken away.
    pub async fn remove(
        &self,
        name: impl Into<EntityName>,
        expected: Expected,
        by: &Actor,
    ) -> Result<(), AdministrationError> {
        let name = name.into();
        let decide = |network: &Network| {
            self.present(network, &name, expected)?
                .ok_or_else(|| AdministrationError::Bad(BadNetwork::NoSuch { name: name.clone() }))?;
            Ok(vec![(NetworkChange::Remove(name.clone()), Administered::Removed)])
        };
        self.administer(by, decide).await.map(drop)
    }

    /// Lets an integration use the balancer, or refuses its next call.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed.
    pub async fn set_active(
        &self,
        name: &IntegrationName,
        active: bool,
        expected: Expected,
        by: &Actor,
    ) -> Result<Revision, AdministrationError> {
        let word = if active { Administered::SwitchedOn } else { Administered::SwitchedOff };
        self.change_integration(name, expected, by, word, |present| Ok(Integration { active, ..present.clone() })).await
    }

    /// Brings the network in step with what the configuration file declares, all at once. Each thing that has changed is told
    /// as changed by the configuration.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed. What the file no longer declares may be in use by something that it does
    /// not manage.
    pub async fn declare(&self, declared: &Declared) -> Result<(), AdministrationError> {
        let decide = |network: &Network| {
            let changes = declared.changes(network).into_iter();
            Ok(changes
                .map(|change| {
                    let present = network.entity(&change.name());
                    let word = match (&change, present) {
                        (NetworkChange::Remove(_), _) => Administered::Removed,
                        (NetworkChange::Put(_), None) => Administered::Added,
                        (NetworkChange::Put(_), Some(present)) if present.is_managed() => Administered::Changed,
                        (NetworkChange::Put(next), Some(_)) if next.is_managed() => Administered::TakenOver,
                        (NetworkChange::Put(_), Some(_)) => Administered::Changed,
                    };
                    (change, word)
                })
                .collect())
        };
        self.administer(&Actor::configuration(), decide).await.map(drop)
    }

    /// Changes one integration as `change` says.
    async fn change_integration(
        &self,
        name: &IntegrationName,
        expected: Expected,
        by: &Actor,
        word: Administered,
        change: impl Fn(&Integration) -> Result<Integration, AdministrationError>,
    ) -> Result<Revision, AdministrationError> {
        let name: EntityName = name.clone().into();
        let no_such = || AdministrationError::Bad(BadNetwork::NoSuch { name: name.clone() });
        let decide = |network: &Network| {
            let Some(Entity::Integration(present)) = self.present(network, &name, expected)? else {
                return Err(no_such());
            };
            let next = change(&present)?;
            let same = next == *present;
            Ok(if same { Vec::new() } else { vec![(NetworkChange::Put(next.into()), word)] })
        };
        let network = self.administer(by, decide).await?;
        network.version(&name).ok_or_else(no_such)
    }

    /// What is called `name`, if whoever wants to change it may.
    fn present(
        &self,
        network: &Network,
        name: &EntityName,
        expected: Expected,
    ) -> Result<Option<Entity>, AdministrationError> {
        let present = network.entity(name);
        if present.as_ref().is_some_and(Entity::is_managed) {
            return Err(AdministrationError::Managed { name: name.clone() });
        }
        let version = network.version(name);
        match expected {
            Expected::Any => Ok(present),
            Expected::Absent if version.is_none() => Ok(present),
            Expected::Absent => Err(AdministrationError::Exists { name: name.clone() }),
            Expected::Version(read) if version == Some(read) => Ok(present),
            Expected::Version(_) => Err(AdministrationError::Overtaken { name: name.clone() }),
        }
    }

    /// Makes the changes that `decide` decides on, and tells of them. Answers the network that came of them.
    async fn administer(
        &self,
        by: &Actor,
        decide: impl Fn(&Network) -> Result<Vec<Decided>, AdministrationError>,
    ) -> Result<Arc<Network>, AdministrationError> {
        for _ in 0..TRIES {
            let network = self.network();
            let before = Arc::clone(&network);
            let decided = decide(&network)?;
            if decided.is_empty() {
                return Ok(network);
            }
            self.check_policies(&decided)?;
            check_secrets(&network, &decided)?;
            self.check_managers(&decided)?;
            let events = self.administered(by, &network, &decided);
            let changes = decided.into_iter().map(|(change, _)| change).collect();
            match self.stores.network.change_network(network.revision(), changes, events.clone()).await {
                Ok(network) => {
                    events.iter().for_each(|event| self.show(event));
                    self.remember_removed(&before, &network);
                    self.recall_learned().await;
                    return Ok(network);
                }
                Err(StoreError::Overtaken) => {}
                Err(StoreError::BadNetwork(bad)) => return Err(bad.into()),
                Err(error) => {
                    self.tell_store_failed(&error);
                    return Err(AdministrationError::Store(error));
                }
            }
        }
        Err(AdministrationError::Store(StoreError::Overtaken))
    }

    /// That nobody looks after a partner that goes.
    fn check_managers(&self, decided: &[Decided]) -> Result<(), AdministrationError> {
        for (change, _) in decided {
            if let NetworkChange::Remove(EntityName::Partner(partner)) = change
                && let Some(user) = self.stores.accounts.accounts().manager_of(partner)
            {
                return Err(AdministrationError::LookedAfter { partner: partner.clone(), user: user.name.clone() });
            }
        }
        Ok(())
    }

    fn check_policies(&self, decided: &[Decided]) -> Result<(), BadNetwork> {
        for (change, _) in decided {
            if let NetworkChange::Put(Entity::Router(router)) = change {
                self.policies.check(router)?;
            }
        }
        Ok(())
    }

    /// One event for each change.
    fn administered(&self, by: &Actor, network: &Network, decided: &[Decided]) -> Vec<Event> {
        let changed = apply::applied(network, decided).into_iter();
        changed.map(|one| self.event(administered(by, one.how, Subject::from(&one.name), one.changes))).collect()
    }

    /// Tells that `by` did something to what is kept elsewhere than in the network, and stores it: it is in the audit log like
    /// the changes of the network. It is told after it was done; a crash in the second after it may lose it.
    ///
    /// # Cancel safety
    /// Dropping the future may leave it told to the observers and not stored.
    pub async fn tell_administered(&self, by: &Actor, how: Administered, subject: Subject, changes: Vec<Change>) {
        self.tell(administered(by, how, subject, changes)).await;
    }
}

/// That what somebody makes a secret of is not easily guessed. The file may have any, and one that there is may stay.
fn check_secrets(network: &Network, decided: &[Decided]) -> Result<(), BadNetwork> {
    for (change, _) in decided {
        let NetworkChange::Put(entity) = change else { continue };
        let name = entity.name();
        let present = network.entity(&name);
        let known: Vec<&Secret> = present.iter().flat_map(Entity::secrets).collect();
        let is_short = |secret: &&Secret| secret.expose().chars().count() < SHORTEST_SECRET && !known.contains(secret);
        if !entity.is_managed() && entity.secrets().any(|secret| is_short(&secret)) {
            return Err(BadNetwork::ShortSecret { name });
        }
    }
    Ok(())
}

impl Balancer {
    /// Tells that secrets are about to be shown to `by`. They are not to be shown where this fails: the audit log must have it.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    pub async fn tell_revealed(&self, by: &Actor, subject: Subject) -> Result<(), Failure> {
        self.tell_first(administered(by, Administered::Revealed, subject, Vec::new())).await
    }

    /// Tells that a call of the API is about to be made by `by` in the name of an integration, or, where it is not `sent`, signed
    /// and handed out. It is not to be where this fails.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    pub async fn tell_called(
        &self,
        by: &Actor,
        integration: &IntegrationName,
        call: &str,
        sent: bool,
    ) -> Result<(), Failure> {
        let how = if sent { Administered::Called } else { Administered::Signed };
        let changes = vec![Change::new("call", None, Some(call.to_owned()))];
        self.tell_first(administered(by, how, Subject::new("integration", integration), changes)).await
    }

    async fn tell_first(&self, kind: EventKind) -> Result<(), Failure> {
        let event = self.event(kind);
        self.stored(self.store.check().await)?;
        self.stored(self.store.record(vec![event.clone()]).await)?;
        self.show(&event);
        Ok(())
    }
}

fn administered(by: &Actor, how: Administered, subject: Subject, changes: Vec<Change>) -> EventKind {
    EventKind::Administered { by: by.name.clone(), address: by.address, how, subject, changes }
}
