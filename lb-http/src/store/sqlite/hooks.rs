//! The rows of hooks, and of meetings that have ended.

use std::sync::Arc;

use async_trait::async_trait;
use lb_core::callback::CallbackUrl;
use lb_core::hook::{Hook, HookId, HookWish};
use lb_core::store::{EndedMeeting, HookAdded, HookIndex, HookStore, StoreError};
use lb_core::{IntegrationName, InternalMeetingId, MeetingId, MeetingKey, ServerName, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use super::tables::{integer, millis, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// All hooks that the database has.
pub(super) fn load(database: &Connection) -> Result<HookIndex> {
    let last = database.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'hooks'", [], |row| row.get(0));
    let last: i64 = last.optional()?.unwrap_or(0);
    let mut query = database.prepare("SELECT *, unseal(url, 'hooks.url', integration) AS opened FROM hooks")?;
    let hooks = query.query_map([], hook)?.collect::<Result<Vec<_>>>()?;
    Ok(HookIndex::new(hooks, last.cast_unsigned()))
}

fn hook(row: &Row<'_>) -> Result<Hook> {
    let events: String = row.get("events")?;
    let wish = HookWish {
        integration: text(row, "integration")?,
        url: CallbackUrl::kept(row.get("opened")?),
        meeting: row.get::<_, Option<String>>("meeting_id")?.map(MeetingId::from),
        events: events.split(',').filter(|event| !event.is_empty()).map(str::to_owned).collect(),
    };
    Ok(Hook { id: HookId(row.get::<_, i64>("id")?.cast_unsigned()), wish })
}

fn put(database: &Connection, hook: &Hook) -> Result<()> {
    let Hook { id, wish } = hook;
    let mut statement =
        database.prepare_cached("INSERT OR REPLACE INTO hooks VALUES (?1, ?2, seal(?3, 'hooks.url', ?2), ?4, ?5)")?;
    let meeting = wish.meeting.as_ref().map(MeetingId::as_str);
    let row = params![integer(id.0), wish.integration.as_str(), wish.url.expose(), meeting, wish.events.join(",")];
    statement.execute(row)?;
    Ok(())
}

fn delete(database: &Connection, id: &HookId) -> Result<()> {
    database.prepare_cached("DELETE FROM hooks WHERE id = ?1")?.execute([integer(id.0)])?;
    Ok(())
}

/// Nothing is known of the hooks of an integration any more: it is itself removed.
pub(super) fn remove_all(database: &Connection, integration: &IntegrationName) -> Result<()> {
    database.prepare_cached("DELETE FROM hooks WHERE integration = ?1")?.execute([integration.as_str()])?;
    database.prepare_cached("DELETE FROM ended_meetings WHERE integration = ?1")?.execute([integration.as_str()])?;
    Ok(())
}

fn put_ended(database: &Connection, ended: &EndedMeeting) -> Result<()> {
    let mut statement = database.prepare_cached("INSERT OR REPLACE INTO ended_meetings VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![
        ended.internal_id.as_str(),
        ended.key.integration.as_str(),
        ended.key.meeting_id.as_str(),
        ended.server.as_str(),
        integer(ended.at.as_millis()),
    ])?;
    Ok(())
}

fn ended_meeting(
    database: &Connection,
    internal_id: &InternalMeetingId,
    server: &ServerName,
) -> Result<Option<EndedMeeting>> {
    let mut query = database.prepare_cached("SELECT * FROM ended_meetings WHERE internal_id = ?1 AND server = ?2")?;
    let read = |row: &Row<'_>| {
        Ok(EndedMeeting {
            internal_id: text(row, "internal_id")?,
            key: MeetingKey { integration: text(row, "integration")?, meeting_id: text(row, "meeting_id")? },
            server: text(row, "server")?,
            at: millis(row, "ended_at")?,
        })
    };
    query.query_row([internal_id.as_str(), server.as_str()], read).optional()
}

fn forget_ended(database: &Connection, before: Timestamp) -> Result<()> {
    let mut statement = database.prepare_cached("DELETE FROM ended_meetings WHERE ended_at < ?1")?;
    statement.execute([integer(before.as_millis())])?;
    Ok(())
}

#[async_trait]
impl HookStore for SqliteStore {
    async fn add_hook(&self, wish: HookWish) -> std::result::Result<HookAdded, StoreError> {
        let job = move |work: &mut super::job::Work<'_>| {
            let (added, hook) = work.hooks.add(wish.clone());
            if let Some(hook) = hook {
                work.write(&*hook, put)?;
            }
            Ok(added)
        };
        self.writer.run(job).await
    }

    async fn remove_hook(&self, integration: &IntegrationName, id: HookId) -> std::result::Result<bool, StoreError> {
        let integration = integration.clone();
        let job = move |work: &mut super::job::Work<'_>| {
            let removed = work.hooks.remove(&integration, id);
            if removed {
                work.write(&id, delete)?;
            }
            Ok(removed)
        };
        self.writer.run(job).await
    }

    async fn hooks_of(&self, integration: &IntegrationName) -> std::result::Result<Arc<[Arc<Hook>]>, StoreError> {
        Ok(self.shared.hooks.load().of(integration))
    }

    async fn note_ended(&self, ended: EndedMeeting) -> std::result::Result<(), StoreError> {
        self.writer.run(move |work| work.write(&ended, put_ended)).await
    }

    async fn ended_meeting(
        &self,
        internal_id: &InternalMeetingId,
        server: &ServerName,
    ) -> std::result::Result<Option<EndedMeeting>, StoreError> {
        let (internal_id, server) = (internal_id.clone(), server.clone());
        self.writer.run(move |work| Ok(ended_meeting(work.database(), &internal_id, &server)?)).await
    }

    async fn forget_ended(&self, before: Timestamp) -> std::result::Result<(), StoreError> {
        self.writer.run(move |work| Ok(forget_ended(work.transaction()?, before)?)).await
    }
}
