//! A whole description of the network is applied, all at once or not at all.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Actor, AdministrationError, Decided};
use crate::balancer::Balancer;
use crate::balancer::words::unkept;
use crate::event::{Administered, Change};
use crate::network::{
    BadNetwork, Entity, EntityName, Integration, IntegrationSecret, Network, NetworkChange, NetworkServer, Revision,
    ServerFacts, differences,
};
use crate::server::{AdministratorWord, ServerName};

/// What the network is to be like.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// These are to be there, as they are here. `managed` is not looked at. An integration without secrets keeps those that it
    /// has; a new one gets one.
    pub entities: Vec<Entity>,
    /// What is not among them, and what the configuration file does not declare, is to go. The plan and the router `default`
    /// stay.
    pub prune: bool,
    /// What the administrator says of servers. On a new server it holds from its first moment on.
    pub words: Vec<(ServerName, AdministratorWord)>,
    /// Only if the network is as it was at this revision.
    pub base: Option<Revision>,
}

/// One thing that a [`Wish`] changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// What.
    pub name: EntityName,
    /// How: added, changed or removed. A server of which only the word is other is changed.
    pub how: Administered,
    /// What is other than before.
    pub changes: Vec<Change>,
}

impl Balancer {
    /// What [`apply`](Self::apply) would change, without changing it.
    ///
    /// # Errors
    /// [`AdministrationError`], as `apply` would answer it.
    pub fn would_apply(&self, wish: &Wish) -> Result<Vec<Applied>, AdministrationError> {
        let network = self.network();
        let decided = self.decide_on(wish, &network)?;
        self.check_policies(&decided)?;
        self.check_managers(&decided)?;
        network.changed(&decided.iter().map(|(change, _)| change.clone()).collect::<Vec<_>>())?;
        let mut applied = applied(&network, &decided);
        applied.extend(self.other_words(wish).into_iter().map(|(server, before, word)| said(server, before, word)));
        Ok(applied)
    }

    /// Makes the network what `wish` says, in one change, and says its words. Answers what was changed, and the network that
    /// came of it.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed. Where the store fails after the network was changed, that holds, and
    /// words may hold only until the next start.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether all of it is done, or nothing.
    pub async fn apply(&self, wish: &Wish, by: &Actor) -> Result<(Vec<Applied>, Arc<Network>), AdministrationError> {
        let done = std::sync::Mutex::new(Vec::new());
        let decide = |network: &Network| {
            let decided = self.decide_on(wish, network)?;
            // held for this alone
            *done.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = applied(network, &decided);
            Ok(decided)
        };
        let words = self.other_words(wish);
        let awaited = self.await_words(&wish.words).await.map_err(unkept)?;
        let network = match self.administer(by, decide).await {
            Ok(network) => network,
            Err(error) => {
                self.forget_words(&awaited).await;
                return Err(error);
            }
        };
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut kept = Ok(());
        for (server, before, word) in words {
            // the others hold all the same
            kept = kept.and(self.say(&server, before, word, by).await);
            done.push(said(server, before, word));
        }
        kept.map_err(unkept)?;
        Ok((done, network))
    }

    /// The words of `wish` that are other than the present ones, with these.
    fn other_words(&self, wish: &Wish) -> Vec<(ServerName, AdministratorWord, AdministratorWord)> {
        let present = |server| self.word_on(server).unwrap_or_default();
        let all = wish.words.iter().map(|(server, word)| (server.clone(), present(server), *word));
        all.filter(|(_, before, word)| before != word).collect()
    }

    fn decide_on(&self, wish: &Wish, network: &Network) -> Result<Vec<Decided>, AdministrationError> {
        if wish.base.is_some_and(|base| base != network.revision()) {
            return Err(AdministrationError::NetworkOvertaken);
        }
        let mut decided = Vec::new();
        let mut named: HashSet<EntityName> = HashSet::new();
        for wanted in &wish.entities {
            let name = wanted.name();
            let present = network.entity(&name);
            let managed = present.as_ref().is_some_and(Entity::is_managed);
            let next = self.with_secrets(wanted.clone().managed(managed), present.as_ref());
            if !named.insert(name.clone()) {
                return Err(BadNetwork::Twice { name }.into());
            }
            match present {
                Some(present) if present == next => {}
                Some(_) if managed => return Err(AdministrationError::Managed { name }),
                Some(_) => decided.push((NetworkChange::Put(next), Administered::Changed)),
                None => decided.push((NetworkChange::Put(next), Administered::Added)),
            }
        }
        if wish.prune {
            let goes = |entity: &Entity| !entity.is_managed() && !named.contains(&entity.name());
            let gone = network.entities().filter(goes).map(|entity| entity.name());
            let default = |name: &EntityName| {
                matches!(name, EntityName::Plan(_) | EntityName::Router(_)) && name.as_str() == "default"
            };
            decided.extend(
                gone.filter(|name| !default(name)).map(|name| (NetworkChange::Remove(name), Administered::Removed)),
            );
        }
        Ok(decided)
    }

    /// An integration, or a server, with the secrets that it is to have: one that it has already stays as old as it is.
    fn with_secrets(&self, wanted: Entity, present: Option<&Entity>) -> Entity {
        let next = match (wanted, present) {
            (Entity::Integration(next), _) => next,
            (Entity::Server(next), Some(Entity::Server(present))) if next.facts.secret.is_none() => {
                let facts = ServerFacts { secret: present.facts.secret.clone(), ..next.facts.clone() };
                return NetworkServer { facts, ..NetworkServer::clone(&next) }.into();
            }
            (other, _) => return other,
        };
        let present = match present {
            Some(Entity::Integration(present)) => present.secrets.as_slice(),
            _ => &[],
        };
        let secrets = match &*next.secrets {
            [] if present.is_empty() => vec![self.drawn("", None)],
            [] => present.to_vec(),
            wanted => {
                let known = |wanted: &IntegrationSecret| present.iter().find(|known| known.secret == wanted.secret);
                let aged = |wanted: &IntegrationSecret| IntegrationSecret {
                    created_at: known(wanted).map_or_else(|| Some(self.clock.now()), |known| known.created_at),
                    ..wanted.clone()
                };
                wanted.iter().map(aged).collect()
            }
        };
        Integration { secrets, ..Arc::unwrap_or_clone(next) }.into()
    }
}

/// What the changes make of the network, for people.
pub(super) fn applied(network: &Network, decided: &[Decided]) -> Vec<Applied> {
    let told = |(change, how): &Decided| {
        let name = change.name();
        let next = match change {
            NetworkChange::Put(next) => Some(next),
            NetworkChange::Remove(_) => None,
        };
        let changes = differences(network.entity(&name).as_ref(), next);
        Applied { name, how: *how, changes }
    };
    decided.iter().map(told).collect()
}

/// What a word makes of a server, for people.
fn said(server: ServerName, before: AdministratorWord, word: AdministratorWord) -> Applied {
    let change = Change::new("word", Some(before.as_str().to_owned()), Some(word.as_str().to_owned()));
    Applied { name: EntityName::Server(server), how: Administered::Changed, changes: vec![change] }
}
