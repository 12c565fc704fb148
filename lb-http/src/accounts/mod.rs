//! [`AccountService`]: the people who run the network, and the programs that do so for them.
//!
//! | file | what |
//! |---|---|
//! | `known` | who shows a cookie or a token |
//! | `log_in` | sessions begin and end |
//! | `throttle` | how often passwords may be tried |
//! | `password` | passwords are recognised, and at what price |
//! | `users`, `tokens` | they are made, changed and taken away |
//! | `first` | the way in while there is nobody |
//! | `told` | what is told of all that |
//!
//! Web pages, REST and the command line all go this one way.

mod error;
mod first;
mod known;
mod log_in;
mod password;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
mod told;
mod users;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lb_core::account::{AccountChange, Accounts};
use lb_core::event::{Event, Observer};
use lb_core::store::{AccountStore, MeetingStore, NetworkStore, StoreError, Stores};
use lb_core::{Clock, Rng};

pub use self::error::{AccountError, BadPassword};
pub use self::first::FirstAdministratorWish;
pub use self::log_in::{LoginRefused, NewSession};
pub use self::password::{HashCost, LONGEST_PASSWORD, SHORTEST_PASSWORD};
pub use self::tokens::TokenWish;
pub(crate) use self::told::differences;
pub use self::users::UserWish;

use self::password::Passwords;
use self::throttle::Throttle;
use self::told::Refusals;

/// How often a change is decided on anew because others came first. Each time one of those was made.
const TRIES: usize = 1000;

/// The people who run the network, and the programs that do so for them: who shows a cookie or a token, who may log in, and
/// how all of them are changed. It lives as long as the process; a reload of the configuration does not touch it.
///
/// Who shows what is looked up in memory: no lock, one SHA-256. Passwords are hashed two at a time, in threads of their own.
#[derive(Debug)]
pub struct AccountService {
    store: Arc<dyn AccountStore>,
    network: Arc<dyn NetworkStore>,
    events: Arc<dyn MeetingStore>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    observers: Vec<Arc<dyn Observer>>,
    passwords: Passwords,
    // never held across an await
    throttle: Mutex<Throttle>,
    refusals: Mutex<Refusals>,
}

impl AccountService {
    /// The accounts in `stores`. `observers` are told of what happens to them.
    pub fn new(
        stores: &Stores,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        observers: Vec<Arc<dyn Observer>>,
        cost: HashCost,
    ) -> Self {
        Self {
            store: Arc::clone(&stores.accounts),
            network: Arc::clone(&stores.network),
            events: Arc::clone(&stores.meetings),
            clock,
            rng,
            observers,
            passwords: Passwords::new(cost),
            throttle: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// All users, tokens and sessions as they are now.
    pub fn accounts(&self) -> Arc<Accounts> {
        self.store.accounts()
    }

    /// How many passwords were compared with a hash since the start, of users who are there and of others.
    pub fn passwords_compared(&self) -> u64 {
        self.passwords.compared()
    }

    /// Makes the changes that `decide` decides on, and tells the events that it makes with them. Answers the accounts that came
    /// of them.
    async fn change<E: From<StoreError>>(
        &self,
        decide: impl Fn(&Accounts) -> Result<(Vec<AccountChange>, Vec<Event>), E>,
    ) -> Result<Arc<Accounts>, E> {
        for _ in 0..TRIES {
            let accounts = self.store.accounts();
            let (changes, events) = decide(&accounts)?;
            if changes.is_empty() {
                return Ok(accounts);
            }
            match self.store.change_accounts(accounts.revision(), changes, events.clone()).await {
                Ok(accounts) => {
                    events.iter().for_each(|event| self.show(event));
                    return Ok(accounts);
                }
                Err(StoreError::Overtaken) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Overtaken.into())
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        // nothing under this lock can panic half-way through a change
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
