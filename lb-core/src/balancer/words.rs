//! The administrator's word on servers: it is kept, and beats the monitor.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Balancer;
use super::administration::{Actor, AdministrationError, Expected};
use super::refresh::record_of;
use crate::api::Failure;
use crate::event::{Administered, Change, Subject};
use crate::network::{EntityName, NetworkServer, Revision};
use crate::server::{AdministratorWord, ServerName};

/// Words on servers that the network has and the fleet has not yet: one that is not to be used is not used for a moment.
/// The lock is held for one look or one change, never across an await.
#[derive(Debug, Default)]
pub(super) struct AwaitedWords(Mutex<BTreeMap<ServerName, AdministratorWord>>);

impl AwaitedWords {
    fn with<T>(&self, change: impl FnOnce(&mut BTreeMap<ServerName, AdministratorWord>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Balancer {
    /// Says the administrator's word on a server. It is kept and beats the monitor. Answers whether there is such a server.
    ///
    /// A word on a server that the network has and the fleet has not yet holds from the moment on when the fleet has it. A
    /// server that is drained and holds no meeting is disabled at once.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if it cannot be kept; it holds until the next start then.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the word is kept and told.
    pub async fn set_word(&self, server: &ServerName, word: AdministratorWord, by: &Actor) -> Result<bool, Failure> {
        let Some(before) = self.word_on(server) else { return Ok(false) };
        self.words.with(|words| words.insert(server.clone(), word));
        if self.fleet().server(server).is_some() {
            self.words.with(|words| words.remove(server));
            self.note(server, |server, _| server.word = word).await;
            let record = record_of(&self.fleet(), self.clock.now());
            self.kept_fleet.forget();
            self.stored(self.stores.fleet.save_fleet(record).await)?;
        }
        if before != word {
            let how = match (before, word) {
                (_, AdministratorWord::ForceEnabled) => Administered::ForceEnabled,
                (_, AdministratorWord::ForceDisabled) => Administered::ForceDisabled,
                (_, AdministratorWord::Draining) => Administered::Drained,
                (AdministratorWord::Draining, AdministratorWord::Automatic) => Administered::Undrained,
                (_, AdministratorWord::Automatic) => Administered::Automatic,
            };
            let change = Change::new("word", Some(before.as_str().to_owned()), Some(word.as_str().to_owned()));
            self.tell_administered(by, how, Subject::new("server", server), vec![change]).await;
        }
        if word == AdministratorWord::Draining {
            Box::pin(self.finish_draining(server)).await?;
        }
        Ok(true)
    }

    /// The administrator's word on a server of the fleet or the network; `None` if there is no such server.
    pub fn word_on(&self, server: &ServerName) -> Option<AdministratorWord> {
        let known = self.fleet().server(server).map(|server| server.word);
        known.or_else(|| {
            self.network().server(server)?;
            Some(self.words.with(|words| words.get(server).copied()).unwrap_or_default())
        })
    }

    /// Puts a server as [`put`](Self::put) does, and says `word` of it, if one is given. On a new server it holds from its
    /// first moment on.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed. Where the store fails in between, the server is put and the word holds
    /// until the next start.
    pub async fn put_server(
        &self,
        server: NetworkServer,
        word: Option<AdministratorWord>,
        expected: Expected,
        by: &Actor,
    ) -> Result<(NetworkServer, Revision), AdministrationError> {
        let name = server.name.clone();
        let is_new = self.word_on(&name).is_none();
        if let Some(word) = word.filter(|_| is_new) {
            self.words.with(|words| words.insert(name.clone(), word));
        }
        let put = self.put(server, expected, by).await;
        if put.is_err() && is_new {
            self.words.with(|words| words.remove(&name));
        }
        let (_, version) = put?;
        if let Some(word) = word {
            // the store has told of its trouble
            let _ = self.set_word(&name, word, by).await;
        }
        let network = self.network();
        let gone = || AdministrationError::Overtaken { name: EntityName::Server(name.clone()) };
        Ok((NetworkServer::clone(network.server(&name).ok_or_else(gone)?), version))
    }

    /// How many meetings a server still has to be waited for: those that it holds, and those that are about to come to it. One
    /// that is drained takes no others.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store cannot tell.
    pub async fn meetings_left(&self, server: &ServerName) -> Result<usize, Failure> {
        // claims before meetings: one that is confirmed in between is then seen as a meeting
        let claims = self.stored(self.store.claims().await)?.iter().filter(|claim| claim.server == *server).count();
        let held = self.stored(self.store.meetings_on(server).await)?.len();
        // a place that was given and is not claimed yet is expected
        let expected = self.fleet().server(server).map_or(0, |server| server.expected.meetings() as usize);
        Ok((claims + held).max(expected))
    }

    /// Disables a server that is being drained when its last meeting has ended, unless an administrator has said something
    /// else meanwhile.
    pub(super) async fn finish_draining(&self, name: &ServerName) -> Result<(), Failure> {
        let is_drained = || self.word_on(name) == Some(AdministratorWord::Draining);
        if is_drained() && self.meetings_left(name).await? == 0 && is_drained() {
            self.set_word(name, AdministratorWord::ForceDisabled, &Actor::balancer()).await?;
        }
        Ok(())
    }

    pub(super) fn awaited_words(&self) -> BTreeMap<ServerName, AdministratorWord> {
        self.words.with(|words| words.clone())
    }

    /// Lets awaited words hold on servers that the fleet has by now, whenever they were said.
    pub(super) async fn let_words_hold(&self) {
        let fleet = self.fleet();
        let network = self.network();
        let spoken: Vec<_> = self.words.with(|words| {
            words.retain(|name, _| fleet.server(name).is_some() || network.server(name).is_some());
            words.extract_if(.., |name, _| fleet.server(name).is_some()).collect()
        });
        for (name, word) in spoken {
            self.note(&name, |server, _| server.word = word).await;
        }
    }
}
