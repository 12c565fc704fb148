//! Sessions begin and end.

use std::net::IpAddr;
use std::time::Duration;

use lb_core::account::{AccountChange, Accounts, SESSION_LASTS, SecretDigest, Session, User, UserName};
use lb_core::balancer::Actor;
use lb_core::event::{Administered, Subject};
use lb_core::store::StoreError;
use lb_core::{RngExt, Secret, Timestamp};

use super::throttle::{Attempt, network};
use super::{AccountService, told};

/// Characters of a cookie and of the token that goes with it: 238 bits.
const COOKIE_LENGTH: usize = 40;

/// So many sessions that have ended are taken away with each that begins.
const SWEPT: usize = 100;

/// Somebody has logged in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Who.
    pub user: UserName,
    /// What their browser shows from now on.
    pub cookie: Secret,
    /// What a page must send with whatever changes something.
    pub csrf: Secret,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Why somebody was not let in. None tells whether there is such a user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginRefused {
    /// Name or password is wrong, or the user is not active.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many wrong passwords were given, for this account or from this address.
    #[error("too many wrong passwords were given: try again in {} minutes", retry_after.as_secs().div_ceil(60))]
    Locked {
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// Too many passwords are being checked.
    #[error("too many people are logging in at the moment: try again soon")]
    Busy,
    /// The store cannot keep the session.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountService {
    /// Begins a session of who has this name and this password.
    ///
    /// # Errors
    /// [`LoginRefused`]. It takes the same time whether or not there is such a user.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the session begins; nobody has its cookie then. The try counts as failed.
    pub async fn log_in(
        &self,
        name: &str,
        password: &Secret,
        address: Option<IpAddr>,
    ) -> Result<NewSession, LoginRefused> {
        let accounts = self.accounts();
        let user = accounts.user(name).map(|user| User::clone(user));
        self.try_password(&accounts, name, user.as_ref(), password, &told::nobody(address)).await?;
        self.begin_session(&user.ok_or(LoginRefused::Wrong)?, address).await
    }

    /// Ends the session of this cookie, if there is one.
    ///
    /// # Errors
    /// [`StoreError`]: it goes on.
    pub async fn log_out(&self, cookie: &str, address: Option<IpAddr>) -> Result<(), StoreError> {
        let digest = SecretDigest::of_text(cookie);
        let decide = |accounts: &Accounts| {
            let Some(session) = accounts.session(&digest) else { return Ok::<_, StoreError>((Vec::new(), Vec::new())) };
            let by = Actor::new(session.user.as_str(), address);
            let event = self.event(&by, Administered::LoggedOut, Subject::new("user", &session.user), Vec::new());
            Ok((vec![AccountChange::RemoveSession(digest)], vec![event]))
        };
        self.change(decide).await.map(drop)
    }

    /// Compares a password with that of the user called `name`, within what the throttle allows. `by` is who shows it.
    pub(super) async fn try_password(
        &self,
        accounts: &Accounts,
        name: &str,
        user: Option<&User>,
        password: &Secret,
        by: &Actor,
    ) -> Result<(), LoginRefused> {
        let attempt = match self.begin_try(accounts, name, by.address()) {
            Ok(attempt) => attempt,
            Err(retry_after) => {
                self.tell_refused(name, by, Administered::LoginRefused).await;
                return Err(LoginRefused::Locked { retry_after });
            }
        };
        let hash = user.and_then(|user| user.password.as_ref());
        let Ok(same) = self.passwords.compare(password, hash).await else {
            self.throttle().given_up(&attempt);
            return Err(LoginRefused::Busy);
        };
        if same && user.is_some_and(|user| user.active) {
            self.throttle().succeeded(&attempt);
            return Ok(());
        }
        let locked = self.throttle().failed(&attempt, self.clock.now());
        self.tell_refused(name, by, Administered::LoginRefused).await;
        if locked.is_some() {
            self.tell_refused(name, by, Administered::LockedOut).await;
        }
        Err(LoginRefused::Wrong)
    }

    fn begin_try(&self, accounts: &Accounts, name: &str, address: Option<IpAddr>) -> Result<Attempt, Duration> {
        // a longer name is nobody's, and is not worth its memory
        let name = if name.len() <= lb_core::account::LONGEST_USER_NAME { name } else { "" };
        let place = address.map(network);
        let user = UserName::from(name);
        let known = accounts.sessions_of(&user).any(|session| session.address.map(network) == place);
        self.throttle().begin(name, address, known, self.clock.now())
    }

    /// Begins a session of `compared`, as they were when their password was looked at.
    async fn begin_session(&self, compared: &User, address: Option<IpAddr>) -> Result<NewSession, LoginRefused> {
        let now = self.clock.now();
        let cookie = Secret::from(self.rng.alphanumeric(COOKIE_LENGTH));
        let csrf = Secret::from(self.rng.alphanumeric(COOKIE_LENGTH));
        let session = Session {
            digest: SecretDigest::of(&cookie),
            user: compared.name.clone(),
            csrf: csrf.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now + SESSION_LASTS,
            address,
        };
        let expires_at = session.expires_at;
        let decide = |accounts: &Accounts| {
            if !still_holds(accounts, compared) {
                return Err(LoginRefused::Wrong);
            }
            let ended = accounts.sessions().filter(|session| session.has_ended(now)).take(SWEPT);
            let mut changes: Vec<_> = ended.map(|session| AccountChange::RemoveSession(session.digest)).collect();
            changes.push(AccountChange::AddSession(session.clone()));
            let by = Actor::new(compared.name.as_str(), address);
            let event = self.event(&by, Administered::LoggedIn, Subject::new("user", &compared.name), Vec::new());
            Ok((changes, vec![event]))
        };
        self.change(decide).await?;
        Ok(NewSession { user: compared.name.clone(), cookie, csrf, expires_at })
    }
}

/// Whether the password of `compared` is good still: the comparison takes a while, and meanwhile another one may have been set,
/// or the user may have been put to sleep, or removed and made anew.
pub(super) fn still_holds(accounts: &Accounts, compared: &User) -> bool {
    let same = |now: &User| now.password == compared.password && now.created_at == compared.created_at;
    accounts.user(compared.name.as_str()).is_some_and(|now| now.active && same(now))
}
