//! [`Passwords`]: recognises passwords with Argon2id, at a price that makes guessing dear.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use lb_core::Secret;
use lb_core::account::PasswordHash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::BadPassword;

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 12;

/// The most characters of a password.
pub const LONGEST_PASSWORD: usize = 128;

/// So many hashes are computed at once, 19 MiB each; so many callers wait for one, each so long.
const AT_ONCE: usize = 2;
const WAITING: usize = 32;
const PATIENCE: Duration = Duration::from_secs(5);

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for HashCost {
    /// 19 MiB and two passes: what OWASP's Password Storage Cheat Sheet asks for of Argon2id.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// Too many passwords are being hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy;

#[derive(Debug)]
pub(super) struct Passwords {
    argon2: Argon2<'static>,
    // what the password of somebody who is not there is compared with
    nobodys: PasswordHash,
    places: Arc<Semaphore>,
    waiting: Semaphore,
    compared: AtomicU64,
}

impl Passwords {
    /// A cost that Argon2 does not know is the usual one.
    pub(super) fn new(cost: HashCost) -> Self {
        let params = Params::new(cost.memory, cost.passes, 1, None).unwrap_or_default();
        let (memory, passes) = (params.m_cost(), params.t_cost());
        // no password hashes to it; finding that out costs what any comparison costs
        let nobodys = format!(
            "$argon2id$v=19$m={memory},t={passes},p=1$bm9ib2R5aXNoZXJlMTIzNA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobodys: nobodys.into(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(WAITING),
            compared: AtomicU64::new(0),
        }
    }

    pub(super) fn compared(&self) -> u64 {
        self.compared.load(Relaxed)
    }

    /// What `password` will be recognised by.
    pub(super) async fn hash(&self, password: &Secret) -> Result<PasswordHash, Busy> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let hashed = self.run(move || argon2.hash_password(password.expose().as_bytes())).await?;
        hashed.map(|hash| PasswordHash::from(hash.to_string())).map_err(|error| {
            tracing::error!(%error, "a password cannot be hashed");
            Busy
        })
    }

    /// Whether `password` is the one that `hash` was made of. Without a hash it is not, and that takes as long.
    pub(super) async fn compare(&self, password: &Secret, hash: Option<&PasswordHash>) -> Result<bool, Busy> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let hash = hash.unwrap_or(&self.nobodys).clone();
        // nobody has a longer one, and a long one must not take longer
        let fits = password.expose().chars().count() <= LONGEST_PASSWORD;
        self.compared.fetch_add(1, Relaxed);
        let same = move || {
            let bytes = if fits { password.expose().as_bytes() } else { b"" };
            argon2.verify_password(bytes, hash.expose()).is_ok()
        };
        Ok(self.run(same).await? && fits)
    }

    /// Runs `work`, which takes long, in a thread of its own when there is a place for it. It ends there whoever waits for it.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let place = self.place().await?;
        let work = move || {
            let _place = place;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Busy> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Busy)?;
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        place.map_err(|_| Busy)?.map_err(|_| Busy)
    }
}

/// Whether somebody called `user` may have `password`.
pub(super) fn check(password: &Secret, user: &str) -> Result<(), BadPassword> {
    let text = password.expose();
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&text.chars().count()) {
        return Err(BadPassword::Length);
    }
    if text.to_lowercase() == user.to_lowercase() {
        return Err(BadPassword::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use futures_util::future::join_all;

    use super::*;

    const CHEAP: HashCost = HashCost { memory: 8, passes: 1 };

    #[tokio::test]
    async fn a_password_is_recognised_and_no_other() {
        let passwords = Passwords::new(CHEAP);
        let right = Secret::from("correct horse é");
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_ne!(hash, passwords.hash(&right).await.unwrap(), "each has a salt of its own");
        assert_eq!(passwords.compare(&right, Some(&hash)).await, Ok(true));
        assert_eq!(passwords.compare(&"correct horse e".into(), Some(&hash)).await, Ok(false));
        assert_eq!(passwords.compare(&right, None).await, Ok(false));
        let unreadable = PasswordHash::from("x".to_owned());
        assert_eq!(passwords.compare(&right, Some(&unreadable)).await, Ok(false));
        assert_eq!(passwords.compared(), 4);
    }

    #[tokio::test]
    async fn the_hash_of_nobody_is_one_that_is_computed_at_the_usual_cost() {
        let passwords = Passwords::new(HashCost::default());
        let text = passwords.nobodys.expose();
        assert!(text.contains("m=19456,t=2,p=1"), "{text}");
        let verdict = passwords.argon2.verify_password(b"x", text);
        assert_eq!(verdict, Err(argon2::password_hash::Error::PasswordInvalid), "it can be read");
    }

    #[test]
    fn a_password_has_twelve_to_a_hundred_and_twenty_eight_characters_and_is_no_name() {
        let check = |text: &str| check(&text.into(), "Administrator");
        assert_eq!(check(&"é".repeat(11)), Err(BadPassword::Length));
        assert_eq!(check(&"é".repeat(12)), Ok(()));
        assert_eq!(check(&"é".repeat(128)), Ok(()));
        assert_eq!(check(&"é".repeat(129)), Err(BadPassword::Length));
        assert_eq!(check("aDMINISTRATOR"), Err(BadPassword::Name));
    }

    #[tokio::test(start_paused = true)]
    async fn more_callers_than_may_wait_are_turned_away_and_nobody_waits_for_ever() {
        let passwords = Passwords::new(CHEAP);
        let _all = passwords.places.acquire_many(AT_ONCE as u32).await.unwrap();
        let began = tokio::time::Instant::now();
        let real = Instant::now();
        let password = Secret::from("correct horse");
        let all = join_all((0..WAITING + 8).map(|_| passwords.compare(&password, None))).await;
        assert!(all.iter().all(|one| *one == Err(Busy)));
        assert_eq!(began.elapsed(), PATIENCE);
        assert!(real.elapsed() < PATIENCE, "the clock of the test moves by itself");
    }
}
