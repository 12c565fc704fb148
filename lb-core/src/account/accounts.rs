//! [`Accounts`]: the immutable snapshot of all users, tokens and sessions; [`AccountChange`], what makes another of it.

use std::fmt;
use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet};

use super::token::{LONGEST_LABEL, TOKENS_OF_ONE};
use super::user::{LONGEST_DISPLAY_NAME, LONGEST_USER_NAME, may_be_user_name};
use super::{
    ApiToken, BadAccounts, FirstAdministrator, SESSIONS_OF_ONE, SecretDigest, Session, TokenId, User, UserName,
};
use crate::clock::Timestamp;
use crate::network::{PartnerName, Revision, is_name};

/// How many users there are at most.
pub const MOST_USERS: usize = 10_000;

/// One change of the accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// Puts a user in the place of the one of that name, if there is one. Who is not active has no sessions from then on.
    PutUser(User),
    /// Takes a user away, and their tokens and sessions.
    RemoveUser(UserName),
    /// Adds a token.
    AddToken(ApiToken),
    /// Takes a token away.
    RemoveToken(TokenId),
    /// Adds a session. Where its user has 20 already, the one that began first goes.
    AddSession(Session),
    /// Takes a session away, if it is there.
    RemoveSession(SecretDigest),
    /// Says what whoever makes the first administrator must show.
    FirstAdministrator(Option<FirstAdministrator>),
}

/// Something was used: it is noted without a new revision, so that nobody who changes something is overtaken by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountUse {
    /// A token.
    Token(TokenId, Timestamp),
    /// A session.
    Session(SecretDigest, Timestamp),
}

/// All users, tokens and sessions as they were at one moment. Whatever belongs to somebody belongs to a user who is there,
/// and where there was an active administrator there still is one.
///
/// It never changes. A clone, and one with [something changed](Self::changed), share nearly everything with it.
#[derive(Clone, Default)]
pub struct Accounts {
    revision: Revision,
    users: OrdMap<UserName, Arc<User>>,
    administrators: OrdSet<UserName>,
    tokens: OrdMap<TokenId, Arc<ApiToken>>,
    tokens_of: OrdSet<(UserName, TokenId)>,
    sessions: HashMap<SecretDigest, Arc<Session>>,
    // in the order in which they began
    sessions_of: OrdMap<UserName, Vec<SecretDigest>>,
    first_administrator: Option<FirstAdministrator>,
}

impl Accounts {
    /// What a store has kept. What belongs to nobody is left out.
    pub fn restored(
        revision: Revision,
        users: Vec<User>,
        tokens: Vec<ApiToken>,
        mut sessions: Vec<Session>,
        first_administrator: Option<FirstAdministrator>,
    ) -> Self {
        let mut accounts = Self { revision, first_administrator, ..Self::default() };
        users.into_iter().for_each(|user| accounts.keep_user(user));
        for token in tokens {
            if accounts.users.contains_key(&token.user) {
                accounts.keep_token(token);
            }
        }
        sessions.sort_by_key(|session| session.created_at);
        for session in sessions {
            if accounts.users.contains_key(&session.user) {
                accounts.keep_session(session);
            }
        }
        accounts
    }

    /// How often they have been changed.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// All users, by name.
    pub fn users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.values()
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there is no user at all.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The user of that name.
    pub fn user(&self, name: &str) -> Option<&Arc<User>> {
        self.users.get(name)
    }

    /// Somebody who looks after `partner`.
    pub fn manager_of(&self, partner: &PartnerName) -> Option<&Arc<User>> {
        self.users.values().find(|user| user.partner() == Some(partner))
    }

    /// The token of that id.
    pub fn token(&self, id: &str) -> Option<&Arc<ApiToken>> {
        self.tokens.get(id)
    }

    /// The tokens of a user, by id.
    pub fn tokens_of<'a>(&'a self, user: &'a UserName) -> impl Iterator<Item = &'a Arc<ApiToken>> {
        let from = (user.clone(), TokenId::from(""));
        let own = self.tokens_of.range(from..).take_while(move |(owner, _)| owner == user);
        own.filter_map(|(_, id)| self.tokens.get(id))
    }

    /// All tokens, by id.
    pub fn tokens(&self) -> impl Iterator<Item = &Arc<ApiToken>> {
        self.tokens.values()
    }

    /// The session whose cookie has that digest, whether or not it has ended.
    pub fn session(&self, digest: &SecretDigest) -> Option<&Arc<Session>> {
        self.sessions.get(digest)
    }

    /// All sessions in no order, whether or not they have ended.
    pub fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions.values()
    }

    /// The sessions of a user, in the order in which they began, whether or not they have ended.
    pub fn sessions_of(&self, user: &UserName) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions_of.get(user).into_iter().flatten().filter_map(|digest| self.sessions.get(digest))
    }

    /// What whoever makes the first administrator must show.
    pub fn first_administrator(&self) -> Option<&FirstAdministrator> {
        self.first_administrator.as_ref()
    }

    /// The accounts with all of `changes` made at once, one after the other.
    ///
    /// # Errors
    /// [`BadAccounts`] where they would not be whole.
    pub fn changed(&self, changes: &[AccountChange]) -> Result<Self, BadAccounts> {
        let mut next = self.clone();
        next.revision = self.revision.next();
        for change in changes {
            next.make(change)?;
        }
        match self.administrators.iter().next() {
            Some(last) if next.administrators.is_empty() => Err(BadAccounts::LastAdministrator { user: last.clone() }),
            _ => Ok(next),
        }
    }

    /// The accounts with a use noted; `None` where nothing is to be noted any more.
    pub fn used(&self, used: &AccountUse) -> Option<Self> {
        let mut next = self.clone();
        match used {
            AccountUse::Token(id, at) => {
                let token = self.tokens.get(id).filter(|token| token.is_use_to_be_noted(*at))?;
                next.tokens
                    .insert(id.clone(), Arc::new(ApiToken { last_used_at: Some(*at), ..ApiToken::clone(token) }));
            }
            AccountUse::Session(digest, at) => {
                let session = self.sessions.get(digest).filter(|session| session.is_use_to_be_noted(*at))?;
                next.sessions.insert(*digest, Arc::new(Session { seen_at: *at, ..Session::clone(session) }));
            }
        }
        Some(next)
    }

    fn make(&mut self, change: &AccountChange) -> Result<(), BadAccounts> {
        match change {
            AccountChange::PutUser(user) => {
                check_user(user)?;
                if !self.users.contains_key(&user.name) {
                    if !may_be_user_name(user.name.as_str()) {
                        return Err(BadAccounts::Name);
                    }
                    if self.users.len() >= MOST_USERS {
                        return Err(BadAccounts::TooManyUsers);
                    }
                }
                if !user.active {
                    self.end_sessions(&user.name);
                }
                self.keep_user(User { version: self.revision, ..user.clone() });
            }
            AccountChange::RemoveUser(name) => {
                self.users.remove(name).ok_or_else(|| BadAccounts::NoSuchUser { user: name.clone() })?;
                self.administrators.remove(name);
                let tokens: Vec<_> = self.tokens_of(name).map(|token| token.id.clone()).collect();
                tokens.iter().for_each(|id| self.drop_token(id));
                self.end_sessions(name);
            }
            AccountChange::AddToken(token) => {
                self.check_user_is_there(&token.user)?;
                if token.label.len() > LONGEST_LABEL {
                    return Err(BadAccounts::TooLong);
                }
                if self.tokens.contains_key(&token.id) {
                    return Err(BadAccounts::SameToken { id: token.id.clone() });
                }
                if self.tokens_of(&token.user).count() >= TOKENS_OF_ONE {
                    return Err(BadAccounts::TooManyTokens { user: token.user.clone() });
                }
                self.keep_token(token.clone());
            }
            AccountChange::RemoveToken(id) => {
                if !self.tokens.contains_key(id) {
                    return Err(BadAccounts::NoSuchToken { id: id.clone() });
                }
                self.drop_token(id);
            }
            AccountChange::AddSession(session) => {
                self.check_user_is_there(&session.user)?;
                self.keep_session(session.clone());
            }
            AccountChange::RemoveSession(digest) => self.drop_session(digest),
            AccountChange::FirstAdministrator(first) => self.first_administrator.clone_from(first),
        }
        Ok(())
    }

    fn check_user_is_there(&self, user: &UserName) -> Result<(), BadAccounts> {
        if self.users.contains_key(user) { Ok(()) } else { Err(BadAccounts::NoSuchUser { user: user.clone() }) }
    }

    fn keep_user(&mut self, user: User) {
        if user.is_active_administrator() {
            self.administrators.insert(user.name.clone());
        } else {
            self.administrators.remove(&user.name);
        }
        self.users.insert(user.name.clone(), Arc::new(user));
    }

    fn keep_token(&mut self, token: ApiToken) {
        self.tokens_of.insert((token.user.clone(), token.id.clone()));
        self.tokens.insert(token.id.clone(), Arc::new(token));
    }

    fn drop_token(&mut self, id: &TokenId) {
        if let Some(token) = self.tokens.remove(id) {
            self.tokens_of.remove(&(token.user.clone(), id.clone()));
        }
    }

    fn keep_session(&mut self, session: Session) {
        let own = self.sessions_of.entry(session.user.clone()).or_default();
        own.retain(|digest| *digest != session.digest);
        let surplus = (own.len() + 1).saturating_sub(SESSIONS_OF_ONE);
        for oldest in own.drain(..surplus) {
            self.sessions.remove(&oldest);
        }
        own.push(session.digest);
        self.sessions.insert(session.digest, Arc::new(session));
    }

    fn drop_session(&mut self, digest: &SecretDigest) {
        let Some(session) = self.sessions.remove(digest) else { return };
        let Some(own) = self.sessions_of.get_mut(&session.user) else { return };
        own.retain(|other| other != digest);
        if own.is_empty() {
            self.sessions_of.remove(&session.user);
        }
    }

    fn end_sessions(&mut self, user: &UserName) {
        for digest in self.sessions_of.remove(user).unwrap_or_default() {
            self.sessions.remove(&digest);
        }
    }
}

fn check_user(user: &User) -> Result<(), BadAccounts> {
    if !is_name(user.name.as_str()) || user.name.as_str().len() > LONGEST_USER_NAME {
        return Err(BadAccounts::Name);
    }
    if user.display_name.len() > LONGEST_DISPLAY_NAME {
        return Err(BadAccounts::TooLong);
    }
    Ok(())
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("revision", &self.revision)
            .field("users", &self.users.len())
            .field("tokens", &self.tokens.len())
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}
