//! Words on servers that the fleet does not have yet.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::api::Failure;
use crate::balancer::Balancer;
use crate::server::{AdministratorWord, ServerName};

type Words = BTreeMap<ServerName, AdministratorWord>;

/// Words on servers that the network has and the fleet has not yet: one that is not to be used is not used for a moment.
/// The lock is held for one look or one change, never across an await.
#[derive(Debug, Default)]
pub(in crate::balancer) struct AwaitedWords(Mutex<Awaited>);

#[derive(Debug, Default)]
struct Awaited {
    said: Words,
    // what the store has
    kept: Words,
}

impl AwaitedWords {
    fn locked<T>(&self, change: impl FnOnce(&mut Awaited) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Words) -> T) -> T {
        self.locked(|awaited| change(&mut awaited.said))
    }
}

impl Balancer {
    /// Takes up the words that an earlier run left. What the fleet has by now has its word with it, which may be a later one.
    pub(in crate::balancer) async fn resume_awaited_words(&self) -> Result<(), Failure> {
        let kept = self.stored(self.stores.fleet.load_awaited_words().await)?;
        let fleet = self.fleet();
        let still = kept.iter().filter(|(name, _)| fleet.server(name).is_none());
        let said = still.map(|(name, word)| (name.clone(), *word)).collect();
        self.words.locked(|awaited| *awaited = Awaited { said, kept });
        Ok(())
    }

    /// Keeps the words as they are now, if the store has others.
    pub(in crate::balancer) async fn keep_awaited_words(&self) -> Result<(), Failure> {
        let news = |awaited: &mut Awaited| (awaited.said != awaited.kept).then(|| awaited.said.clone());
        // once more where another word was said meanwhile: saves may overtake each other
        while let Some(words) = self.words.locked(news) {
            self.stored(self.stores.fleet.save_awaited_words(words.clone()).await)?;
            self.words.locked(|awaited| awaited.kept = words);
        }
        Ok(())
    }

    /// Lets words wait for those of their servers that nobody knows yet, before these are put into the network. Answers
    /// which those are. If they cannot be kept, none waits.
    pub(in crate::balancer) async fn await_words(
        &self,
        words: &[(ServerName, AdministratorWord)],
    ) -> Result<Vec<ServerName>, Failure> {
        let new: Vec<_> = words.iter().filter(|(name, _)| self.word_on(name).is_none()).cloned().collect();
        let names = new.iter().map(|(name, _)| name.clone()).collect();
        self.words.with(|said| said.extend(new));
        match self.keep_awaited_words().await {
            Ok(()) => Ok(names),
            Err(failure) => {
                self.drop_awaited(&names);
                Err(failure)
            }
        }
    }

    /// Forgets the words on servers that did not come to be.
    pub(in crate::balancer) async fn forget_words(&self, names: &[ServerName]) {
        self.drop_awaited(names);
        // one that stays behind is let go of at the next round
        let _ = self.keep_awaited_words().await;
    }

    fn drop_awaited(&self, names: &[ServerName]) {
        // another call may have put one of them meanwhile
        let network = self.network();
        self.words.with(|said| said.retain(|name, _| !names.contains(name) || network.server(name).is_some()));
    }

    pub(in crate::balancer) fn awaited_words(&self) -> Words {
        self.words.with(|words| words.clone())
    }

    /// Lets awaited words hold on servers that the fleet has by now, whenever they were said.
    pub(in crate::balancer) async fn let_words_hold(&self) {
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
