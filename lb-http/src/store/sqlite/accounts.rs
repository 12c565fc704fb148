//! The rows of users, tokens and sessions.

use std::sync::Arc;

use async_trait::async_trait;
use lb_core::account::{
    AccountChange, AccountUse, Accounts, ApiToken, FirstAdministrator, PasswordHash, Role, SESSIONS_OF_ONE,
    SecretDigest, Session, TokenScope, User, UserName,
};
use lb_core::event::Event;
use lb_core::network::Revision;
use lb_core::store::{AccountStore, StoreError};
use lb_core::{Secret, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::tables::{integer, millis, text};
use super::{SqliteStore, events, job};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Changes of the accounts and the revision that they lead to.
type Changes = (Revision, Vec<AccountChange>);

/// Writes changes. It leads to the same rows however often it is done.
fn write(database: &Connection, (revision, changes): &Changes) -> Result<()> {
    let revision = integer(revision.0);
    let mut statement = database.prepare_cached(
        "INSERT INTO accounts (id, revision) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision",
    )?;
    statement.execute([revision])?;
    changes.iter().try_for_each(|change| match change {
        AccountChange::PutUser(user) => put_user(database, revision, user),
        AccountChange::RemoveUser(name) => {
            end_sessions(database, name)?;
            database.prepare_cached("DELETE FROM api_tokens WHERE user = ?1")?.execute([name.as_str()])?;
            database.prepare_cached("DELETE FROM users WHERE name = ?1")?.execute([name.as_str()])?;
            Ok(())
        }
        AccountChange::AddToken(token) => put_token(database, token),
        AccountChange::RemoveToken(id) => {
            database.prepare_cached("DELETE FROM api_tokens WHERE id = ?1")?.execute([id.as_str()])?;
            Ok(())
        }
        AccountChange::AddSession(session) => put_session(database, session),
        AccountChange::RemoveSession(digest) => {
            database.prepare_cached("DELETE FROM sessions WHERE digest = ?1")?.execute([digest.as_bytes()])?;
            Ok(())
        }
        AccountChange::FirstAdministrator(first) => put_first(database, first.as_ref()),
    })
}

fn put_user(database: &Connection, version: i64, user: &User) -> Result<()> {
    if !user.active {
        end_sessions(database, &user.name)?;
    }
    let role = match &user.role {
        Role::Administrator => "administrator",
        Role::PartnerManager(_) => "partner-manager",
        Role::Viewer => "viewer",
    };
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO users VALUES (:name, :version, :display_name, :role, :partner, :password, :active,
             :created_at)",
    )?;
    statement.execute(named_params! {
        ":name": user.name.as_str(),
        ":version": version,
        ":display_name": user.display_name,
        ":role": role,
        ":partner": user.partner().map(|partner| partner.as_str()),
        ":password": user.password.as_ref().map(PasswordHash::expose),
        ":active": user.active,
        ":created_at": integer(user.created_at.as_millis()),
    })?;
    Ok(())
}

fn end_sessions(database: &Connection, user: &UserName) -> Result<()> {
    database.prepare_cached("DELETE FROM sessions WHERE user = ?1")?.execute([user.as_str()])?;
    Ok(())
}

fn put_token(database: &Connection, token: &ApiToken) -> Result<()> {
    let scope = match token.scope {
        TokenScope::Read => "read",
        TokenScope::Operate => "operate",
        TokenScope::Full => "full",
    };
    let millis = |moment: Option<Timestamp>| moment.map(|moment| integer(moment.as_millis()));
    let mut statement =
        database.prepare_cached("INSERT OR REPLACE INTO api_tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    statement.execute(params![
        token.id.as_str(),
        token.user.as_str(),
        token.label,
        token.digest.as_bytes(),
        scope,
        integer(token.created_at.as_millis()),
        millis(token.expires_at),
        millis(token.last_used_at),
    ])?;
    Ok(())
}

/// Writes a session; of those that its user had, the ones that began first go where there are too many.
fn put_session(database: &Connection, session: &Session) -> Result<()> {
    let mut statement =
        database.prepare_cached("INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    statement.execute(params![
        session.digest.as_bytes(),
        session.user.as_str(),
        session.csrf.expose(),
        integer(session.created_at.as_millis()),
        integer(session.seen_at.as_millis()),
        integer(session.expires_at.as_millis()),
        session.address.map(|address| address.to_string()),
    ])?;
    let mut surplus = database.prepare_cached(
        "DELETE FROM sessions WHERE digest IN (
             SELECT digest FROM sessions WHERE user = ?1 AND digest <> ?2 ORDER BY created_at DESC LIMIT -1 OFFSET ?3)",
    )?;
    surplus.execute(params![session.user.as_str(), session.digest.as_bytes(), SESSIONS_OF_ONE as i64 - 1])?;
    Ok(())
}

fn put_first(database: &Connection, first: Option<&FirstAdministrator>) -> Result<()> {
    let row =
        params![first.map(|first| first.digest.as_bytes()), first.map(|first| integer(first.expires_at.as_millis())),];
    let mut statement = database.prepare_cached("UPDATE accounts SET first_digest = ?1, first_expires_at = ?2")?;
    statement.execute(row)?;
    Ok(())
}

fn put_use(database: &Connection, used: &AccountUse) -> Result<()> {
    match used {
        AccountUse::Token(id, at) => database
            .prepare_cached("UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1")?
            .execute(params![id.as_str(), integer(at.as_millis())])?,
        AccountUse::Session(digest, at) => database
            .prepare_cached("UPDATE sessions SET seen_at = ?2 WHERE digest = ?1")?
            .execute(params![digest.as_bytes(), integer(at.as_millis())])?,
    };
    Ok(())
}

/// Reads all accounts.
pub(super) fn load(database: &Connection) -> Result<Accounts> {
    let read = |row: &Row<'_>| {
        let first: (Option<[u8; 32]>, Option<i64>) = (row.get("first_digest")?, row.get("first_expires_at")?);
        let first = first.0.zip(first.1).map(|(digest, until)| FirstAdministrator {
            digest: digest.into(),
            expires_at: Timestamp::from_millis(until.cast_unsigned()),
        });
        Ok((Revision(row.get::<_, i64>("revision")?.cast_unsigned()), first))
    };
    let of_all = database.query_row("SELECT * FROM accounts", [], read).optional()?;
    let (revision, first) = of_all.unwrap_or_default();
    let users = all(database, "SELECT * FROM users", user)?;
    let tokens = all(database, "SELECT * FROM api_tokens", token)?;
    let sessions = all(database, "SELECT * FROM sessions", session)?;
    Ok(Accounts::restored(revision, users, tokens, sessions, first))
}

fn all<T>(database: &Connection, query: &str, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    database.prepare(query)?.query_map([], read)?.collect()
}

fn user(row: &Row<'_>) -> Result<User> {
    let partner: Option<String> = row.get("partner")?;
    let role = match (row.get::<_, String>("role")?.as_str(), partner) {
        ("administrator", _) => Role::Administrator,
        ("partner-manager", Some(partner)) => Role::PartnerManager(partner.into()),
        ("viewer", _) => Role::Viewer,
        _ => return Err(unreadable("a user has no role that is known")),
    };
    Ok(User {
        name: text(row, "name")?,
        display_name: row.get("display_name")?,
        role,
        password: row.get::<_, Option<String>>("password")?.map(PasswordHash::from),
        active: row.get("active")?,
        created_at: millis(row, "created_at")?,
        version: Revision(row.get::<_, i64>("version")?.cast_unsigned()),
    })
}

fn token(row: &Row<'_>) -> Result<ApiToken> {
    let moment = |column: &str| {
        let millis: Option<i64> = row.get(column)?;
        Ok::<_, rusqlite::Error>(millis.map(|millis| Timestamp::from_millis(millis.cast_unsigned())))
    };
    Ok(ApiToken {
        id: text(row, "id")?,
        user: text(row, "user")?,
        label: row.get("label")?,
        digest: digest(row)?,
        scope: match row.get::<_, String>("scope")?.as_str() {
            "read" => TokenScope::Read,
            "operate" => TokenScope::Operate,
            "full" => TokenScope::Full,
            _ => return Err(unreadable("a token has no scope that is known")),
        },
        created_at: millis(row, "created_at")?,
        expires_at: moment("expires_at")?,
        last_used_at: moment("last_used_at")?,
    })
}

fn session(row: &Row<'_>) -> Result<Session> {
    let address: Option<String> = row.get("address")?;
    Ok(Session {
        digest: digest(row)?,
        user: text(row, "user")?,
        csrf: text::<Secret>(row, "csrf")?,
        created_at: millis(row, "created_at")?,
        seen_at: millis(row, "seen_at")?,
        expires_at: millis(row, "expires_at")?,
        address: address.and_then(|address| address.parse().ok()),
    })
}

fn digest(row: &Row<'_>) -> Result<SecretDigest> {
    row.get::<_, [u8; 32]>("digest").map(SecretDigest::from)
}

fn unreadable(problem: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, problem.into())
}

#[async_trait]
impl AccountStore for SqliteStore {
    fn accounts(&self) -> Arc<Accounts> {
        self.shared.accounts.load_full()
    }

    async fn change_accounts(
        &self,
        base: Revision,
        changes: Vec<AccountChange>,
        stored: Vec<Event>,
    ) -> std::result::Result<Arc<Accounts>, StoreError> {
        let job = move |work: &mut job::Work<'_>| {
            if work.accounts.revision() != base {
                return Err(StoreError::Overtaken.into());
            }
            let next = Arc::new(work.accounts.changed(&changes).map_err(StoreError::from)?);
            work.write(&(next.revision(), changes.clone()), write)?;
            work.write(&stored[..], events::add)?;
            *work.accounts = Arc::clone(&next);
            Ok(next)
        };
        self.writer.run(job).await
    }

    fn note_use(&self, used: AccountUse) {
        self.writer.post(move |work| {
            if let Some(next) = work.accounts.used(&used) {
                work.write(&used, put_use)?;
                *work.accounts = Arc::new(next);
            }
            Ok(())
        });
    }
}
