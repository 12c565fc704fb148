//! Users are made, changed and taken away.

use std::net::IpAddr;
use std::sync::Arc;

use lb_core::Secret;
use lb_core::account::{AccountChange, Accounts, BadAccounts, PasswordHash, Role, SecretDigest, User, UserName};
use lb_core::balancer::{Actor, Expected};
use lb_core::event::{Administered, Subject};

use super::log_in::{LoginRefused, still_holds};
use super::password::{self, Busy};
use super::{AccountError, AccountService, told};

/// What is said of a user. Their password is set apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserWish {
    /// How they log in.
    pub name: UserName,
    /// What they are called.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they are let in.
    pub active: bool,
}

impl AccountService {
    /// Puts a user in the place of the one of that name, or adds them. Who is there keeps their password, unless another one
    /// is given. Answers them as they are from now on.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the change is made, here and below; it is never half made.
    pub async fn put_user(
        &self,
        wish: UserWish,
        password: Option<&Secret>,
        expected: Expected,
        by: &Actor,
    ) -> Result<Arc<User>, AccountError> {
        let hash = match password {
            Some(password) => Some(self.new_hash(password, &wish.name).await?),
            None => None,
        };
        let now = self.clock.now();
        let decide = |accounts: &Accounts| {
            let present = present(accounts, &wish.name, expected)?;
            self.check_partner(&wish.role)?;
            let before = present.map(|user| User::clone(user));
            let next = User {
                display_name: wish.display_name.clone(),
                role: wish.role.clone(),
                active: wish.active,
                password: hash.clone().or_else(|| before.as_ref()?.password.clone()),
                ..before.clone().unwrap_or_else(|| User::new(wish.name.clone(), wish.role.clone(), now))
            };
            if before.as_ref() == Some(&next) {
                return Ok::<_, AccountError>((Vec::new(), Vec::new()));
            }
            let how = if before.is_some() { Administered::Changed } else { Administered::Added };
            let changes = told::differences(before.as_ref(), &next);
            let event = self.event(by, how, Subject::new("user", &next.name), changes);
            let mut changes = vec![AccountChange::PutUser(next)];
            if hash.is_some() {
                changes.extend(sessions_but(accounts, &wish.name, None));
            }
            if accounts.first_administrator().is_some() {
                changes.push(AccountChange::FirstAdministrator(None));
            }
            Ok((changes, vec![event]))
        };
        let accounts = self.change(decide).await?;
        let gone = || AccountError::Overtaken { user: wish.name.clone() };
        accounts.user(wish.name.as_str()).cloned().ok_or_else(gone)
    }

    /// Takes a user away, and their tokens and sessions.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed. The last active administrator stays.
    pub async fn remove_user(&self, name: &UserName, expected: Expected, by: &Actor) -> Result<(), AccountError> {
        let decide = |accounts: &Accounts| {
            present(accounts, name, expected)?.ok_or_else(|| BadAccounts::NoSuchUser { user: name.clone() })?;
            let event = self.event(by, Administered::Removed, Subject::new("user", name), Vec::new());
            Ok::<_, AccountError>((vec![AccountChange::RemoveUser(name.clone())], vec![event]))
        };
        self.change(decide).await.map(drop)
    }

    /// Gives a user another password and ends their sessions.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed.
    pub async fn set_password(&self, name: &UserName, password: &Secret, by: &Actor) -> Result<(), AccountError> {
        // before a hash is computed for nobody
        present(&self.accounts(), name, Expected::Any)?
            .ok_or_else(|| BadAccounts::NoSuchUser { user: name.clone() })?;
        let hash = self.new_hash(password, name).await?;
        self.keep_password(name, hash, None, None, by).await
    }

    /// Gives somebody who knows their old password another one, and ends their sessions but for that of `cookie`. Wrong ones
    /// count as refused log-ins do.
    ///
    /// # Errors
    /// [`AccountError`]: nothing was changed.
    pub async fn change_own_password(
        &self,
        name: &UserName,
        old: &Secret,
        new: &Secret,
        cookie: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<(), AccountError> {
        password::check(new, name.as_str())?;
        let accounts = self.accounts();
        let user = accounts.user(name.as_str()).map(|user| User::clone(user));
        let by = Actor::new(name.as_str(), address);
        self.try_password(&accounts, name.as_str(), user.as_ref(), old, &by).await.map_err(
            |refused| match refused {
                LoginRefused::Wrong => AccountError::WrongPassword,
                LoginRefused::Locked { retry_after } => AccountError::Locked { retry_after },
                LoginRefused::Busy => AccountError::Busy,
                LoginRefused::Store(error) => error.into(),
            },
        )?;
        let hash = self.new_hash(new, name).await?;
        self.keep_password(name, hash, user.as_ref(), cookie, &by).await
    }

    /// With `compared`, only while the password that they had then is good still.
    async fn keep_password(
        &self,
        name: &UserName,
        hash: PasswordHash,
        compared: Option<&User>,
        cookie: Option<&str>,
        by: &Actor,
    ) -> Result<(), AccountError> {
        let kept = cookie.map(SecretDigest::of_text);
        let decide = |accounts: &Accounts| {
            let user = accounts.user(name.as_str()).ok_or_else(|| BadAccounts::NoSuchUser { user: name.clone() })?;
            if compared.is_some_and(|compared| !still_holds(accounts, compared)) {
                return Err(AccountError::WrongPassword);
            }
            let next = User { password: Some(hash.clone()), ..User::clone(user) };
            let mut changes = vec![AccountChange::PutUser(next)];
            changes.extend(sessions_but(accounts, name, kept));
            let event = self.event(by, Administered::PasswordSet, Subject::new("user", name), Vec::new());
            Ok::<_, AccountError>((changes, vec![event]))
        };
        self.change(decide).await.map(drop)
    }

    pub(super) async fn new_hash(&self, password: &Secret, name: &UserName) -> Result<PasswordHash, AccountError> {
        password::check(password, name.as_str())?;
        self.passwords.hash(password).await.map_err(|Busy| AccountError::Busy)
    }

    fn check_partner(&self, role: &Role) -> Result<(), AccountError> {
        match role {
            Role::PartnerManager(partner) if self.network.network().partner(partner.as_str()).is_none() => {
                Err(AccountError::NoSuchPartner { partner: partner.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// The user called `name`, if whoever wants to change them may.
fn present<'a>(
    accounts: &'a Accounts,
    name: &UserName,
    expected: Expected,
) -> Result<Option<&'a Arc<User>>, AccountError> {
    let present = accounts.user(name.as_str());
    match (expected, present) {
        (Expected::Absent, Some(_)) => Err(AccountError::Exists { user: name.clone() }),
        (Expected::Version(read), present) if present.map(|user| user.version) != Some(read) => {
            Err(AccountError::Overtaken { user: name.clone() })
        }
        _ => Ok(present),
    }
}

/// That all sessions of a user end but one.
fn sessions_but(accounts: &Accounts, user: &UserName, kept: Option<SecretDigest>) -> Vec<AccountChange> {
    let others = accounts.sessions_of(user).filter(|session| Some(session.digest) != kept);
    others.map(|session| AccountChange::RemoveSession(session.digest)).collect()
}
