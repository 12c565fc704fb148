//! The administrator's word on servers: it is kept, and beats the monitor.

mod awaited;

pub(super) use self::awaited::AwaitedWords;
use super::Balancer;
use super::administration::{Actor, AdministrationError, Expected};
use super::refresh::record_of;
use crate::api::Failure;
use crate::event::{Administered, Change, Subject};
use crate::network::{EntityName, NetworkServer, Revision};
use crate::server::{AdministratorWord, ServerName};
use crate::store::StoreError;

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
        self.say(server, before, word, by).await?;
        Ok(true)
    }

    /// Says a word on a server that had the word `before`.
    pub(super) async fn say(
        &self,
        server: &ServerName,
        before: AdministratorWord,
        word: AdministratorWord,
        by: &Actor,
    ) -> Result<(), Failure> {
        self.words.with(|words| words.insert(server.clone(), word));
        let mut kept = Ok(());
        if self.fleet().server(server).is_some() {
            self.words.with(|words| words.remove(server));
            self.note(server, |server, _| server.word = word).await;
            let record = record_of(&self.fleet(), self.clock.now());
            self.kept_fleet.forget();
            kept = self.stored(self.stores.fleet.save_fleet(record).await);
        }
        if kept.is_ok() {
            kept = self.keep_awaited_words().await;
        }
        // it holds, whether it is kept or not
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
        kept?;
        if word == AdministratorWord::Draining {
            Box::pin(self.finish_draining(server)).await?;
        }
        Ok(())
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
    /// [`AdministrationError`]: nothing was changed. Where the store fails in between, the server is put all the same, and
    /// its word may hold only until the next start.
    pub async fn put_server(
        &self,
        server: NetworkServer,
        word: Option<AdministratorWord>,
        expected: Expected,
        by: &Actor,
    ) -> Result<(NetworkServer, Revision), AdministrationError> {
        let name = server.name.clone();
        let before = self.word_on(&name).unwrap_or_default();
        let words: Vec<_> = word.map(|word| (name.clone(), word)).into_iter().collect();
        let awaited = self.await_words(&words).await.map_err(unkept)?;
        let put = self.put(server, expected, by).await;
        if put.is_err() {
            self.forget_words(&awaited).await;
        }
        let (_, version) = put?;
        if let Some(word) = word {
            self.say(&name, before, word, by).await.map_err(unkept)?;
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
}

/// What is answered where a word cannot be kept; the store has told of its trouble.
pub(super) fn unkept(_: Failure) -> AdministrationError {
    AdministrationError::Store(StoreError::Unavailable("the administrator's word was not kept".to_owned()))
}
