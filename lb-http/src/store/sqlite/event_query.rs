//! How events are found: each question leads through the index that is made for it, so that none looks at all events.

use std::cmp::Reverse;

use lb_core::event::Role;
use lb_core::store::{
    EVENTS_PAGE, EventCursor, EventFilter, EventPage, HISTORIES, MeetingHistory, MeetingQuery, SentUser, USERS_TOLD,
    WITHIN,
};
use lb_core::{IntegrationName, Timestamp};
use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, Row, named_params};
use serde::Deserialize;

use super::events;
use super::tables::{integer, millis, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// How many kinds one filter names at most; further ones are passed over. There are fewer.
const KINDS: usize = 64;

/// One page of the events that fit `filter`.
///
/// Of each kind that is asked for the newest are found by themselves: a kind that is seldom is found at once among millions
/// of others. So are those of each integration that may be seen. What is older than a whole page of those that were found
/// already is not looked at.
pub(super) fn page(
    database: &Connection,
    filter: &EventFilter,
    after: Option<EventCursor>,
    limit: usize,
) -> Result<EventPage> {
    let limit = limit.min(EVENTS_PAGE);
    if limit == 0 {
        return Ok(EventPage::default());
    }
    let mut filter = filter.clone();
    let mut found = Vec::new();
    for part in parts(&filter) {
        let question = Question::new(&filter, &part, after, limit + 1);
        let mut statement = database.prepare_cached(&question.sql)?;
        let mut rows = statement.query(&*question.values())?;
        while let Some(row) = rows.next()? {
            let cursor = EventCursor { at: millis(row, "at")?, id: row.get::<_, i64>("id")?.cast_unsigned() };
            found.push((cursor, events::read(row)?));
        }
        if found.len() > limit {
            found.sort_by_key(|(cursor, _)| Reverse(*cursor));
            found.truncate(limit + 1);
            filter.from = found.last().map(|(cursor, _)| cursor.at);
        }
    }
    found.sort_by_key(|(cursor, _)| Reverse(*cursor));
    let goes_on = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|(cursor, _)| *cursor).filter(|_| goes_on);
    Ok(EventPage { events: found.into_iter().filter_map(|(_, event)| event).collect(), next })
}

/// Events of one integration, or of all, and of one kind, or of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) integration: Option<String>,
    pub(super) kind: Option<String>,
}

/// What is asked for one after the other.
fn parts(filter: &EventFilter) -> Vec<Part> {
    let mut kinds: Vec<_> = filter.kinds.iter().cloned().map(Some).take(KINDS).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        kinds.push(None);
    }
    let integrations: Vec<Option<String>> = match (&filter.integration, &filter.within) {
        (Some(one), within) if within.as_ref().is_none_or(|within| within.contains(one)) => vec![Some(one.to_string())],
        (Some(_), _) => Vec::new(),
        (None, None) => vec![None],
        // one meeting has few events: all of them are looked at
        (None, Some(_)) if is_of_one_meeting(filter) => vec![None],
        (None, Some(within)) => within.iter().take(WITHIN).map(|name| Some(name.to_string())).collect(),
    };
    let of_one = |integration: Option<String>| {
        kinds.iter().cloned().map(move |kind| Part { integration: integration.clone(), kind })
    };
    integrations.into_iter().flat_map(of_one).collect()
}

fn is_of_one_meeting(filter: &EventFilter) -> bool {
    filter.internal_id.is_some() || filter.meeting_id.is_some()
}

/// A statement that finds the newest events of one part.
pub(super) struct Question {
    pub(super) sql: String,
    values: Vec<(&'static str, Value)>,
}

impl Question {
    pub(super) fn new(filter: &EventFilter, part: &Part, after: Option<EventCursor>, limit: usize) -> Self {
        let within = filter.within.as_ref().filter(|_| part.integration.is_none()).map(|within| {
            let names: Vec<_> = within.iter().take(WITHIN).map(|name| name.as_str()).collect();
            serde_json::Value::from(names).to_string()
        });
        let conditions: [(_, _, Option<&str>); 9] = [
            ("internal_id = :internal_id", ":internal_id", filter.internal_id.as_ref().map(|id| id.as_str())),
            ("meeting_id = :meeting_id", ":meeting_id", filter.meeting_id.as_ref().map(|id| id.as_str())),
            ("subject_name = :subject_name", ":subject_name", filter.subject_name.as_deref()),
            ("administrator = :by", ":by", filter.by.as_deref()),
            ("subject_kind = :subject_kind", ":subject_kind", filter.subject_kind.as_deref()),
            ("integration = :integration", ":integration", part.integration.as_deref()),
            ("server = :server", ":server", filter.server.as_ref().map(|name| name.as_str())),
            ("event = :event", ":event", part.kind.as_deref()),
            ("integration IN (SELECT value FROM json_each(:within))", ":within", within.as_deref()),
        ];
        let index = match conditions.map(|(_, _, text)| text.is_some()) {
            [true, ..] => "events_by_incarnation",
            [_, true, ..] => "events_by_meeting",
            [_, _, true, ..] => "events_by_subject",
            [_, _, _, true, ..] => "events_by_administrator",
            [_, _, _, _, true, ..] => "events_by_kind_of_subject",
            [_, _, _, _, _, true, _, true, _] => "events_by_integration_and_kind",
            [_, _, _, _, _, true, ..] => "events_by_integration",
            [_, _, _, _, _, _, _, true, _] => "events_by_kind",
            [_, _, _, _, _, _, true, ..] => "events_by_server",
            _ => "events_by_time",
        };
        // all that is before both the end of the period and the end of the page before
        let until = filter.until.map(|at| EventCursor { at, id: 0 });
        let before = [until, after].into_iter().flatten().min();
        let (at, id) = before.map_or((i64::MAX, i64::MAX), |end| (integer(end.at.as_millis()), integer(end.id)));
        let from = filter.from.map_or(i64::MIN, |from| integer(from.as_millis()));
        let mut sql = format!("SELECT * FROM events INDEXED BY {index} WHERE at >= :from AND at <= :at ");
        sql.push_str("AND (at < :at OR id < :id) ");
        if filter.without_administered {
            sql.push_str("AND event <> 'administered' ");
        }
        let mut values =
            vec![(":from", from.into()), (":at", at.into()), (":id", id.into()), (":limit", (limit as i64).into())];
        for (condition, name, text) in conditions {
            if let Some(text) = text {
                sql.push_str("AND ");
                sql.push_str(condition);
                sql.push(' ');
                values.push((name, text.to_owned().into()));
            }
        }
        sql.push_str("ORDER BY at DESC, id DESC LIMIT :limit");
        Self { sql, values }
    }

    pub(super) fn values(&self) -> Vec<(&str, &dyn ToSql)> {
        self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
    }
}

/// The meetings of one integration that came to be by one kind of event, the newest first.
///
/// A meeting that was taken for ended and found again has one more such event, which is passed over, and runs until it ends
/// after that.
pub(super) const MEETINGS: &str = "
    SELECT made.at AS created_at, made.meeting_id, made.internal_id, made.server, made.data,
        (SELECT max(ended.at) FROM events AS ended INDEXED BY events_by_incarnation
         WHERE ended.internal_id = made.internal_id AND ended.event = 'meeting-ended'
             AND ended.integration = made.integration
             AND ended.at >= made.at
             AND ended.at >= coalesce((
                 SELECT max(found.at) FROM events AS found INDEXED BY events_by_incarnation
                 WHERE found.internal_id = made.internal_id AND found.event = 'meeting-adopted'
                     AND found.integration = made.integration), 0)
        ) AS ended_at
    FROM events AS made INDEXED BY events_by_integration_and_kind
    WHERE made.integration = :integration AND made.event = :event AND made.at >= :from AND made.at < :before
        AND (:ended_before IS NULL OR ended_at < :ended_before)
        AND (:users = 0 OR :users <= (
            SELECT count(*) FROM events AS joined INDEXED BY events_by_incarnation
            WHERE joined.internal_id = made.internal_id AND joined.event = 'user-joined'
                AND joined.integration = made.integration))
        AND NOT EXISTS (
            SELECT 1 FROM events AS earlier INDEXED BY events_by_incarnation
            WHERE earlier.internal_id = made.internal_id AND earlier.event IN ('meeting-created', 'meeting-adopted')
                AND earlier.integration = made.integration AND earlier.id < made.id)
    ORDER BY made.at DESC, made.id DESC
    LIMIT :limit";

/// The join calls of one incarnation, the first first.
pub(super) const USERS: &str = "
    SELECT at, data FROM events INDEXED BY events_by_incarnation
    WHERE internal_id = :internal_id AND event = 'user-joined' AND integration = :integration
    ORDER BY at, id
    LIMIT :limit";

/// The meetings that fit `query`.
pub(super) fn meetings(database: &Connection, query: &MeetingQuery) -> Result<Vec<MeetingHistory>> {
    let limit = query.limit.min(HISTORIES);
    let ended_before = query.ended_before.map(|before| integer(before.as_millis()));
    let mut found = Vec::new();
    for event in ["meeting-created", "meeting-adopted"] {
        let mut statement = database.prepare_cached(MEETINGS)?;
        let values = named_params! {
            ":integration": query.integration.as_str(),
            ":event": event,
            ":from": query.created_from.map_or(i64::MIN, |from| integer(from.as_millis())),
            // what ended before that was created before
            ":before": ended_before.unwrap_or(i64::MAX),
            ":ended_before": ended_before,
            ":users": query.users,
            ":limit": limit as i64,
        };
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            found.push(history(row)?);
        }
    }
    found.sort_by_key(|history| std::cmp::Reverse(history.created_at));
    found.truncate(limit);
    for history in &mut found {
        history.users = users(database, &query.integration, history.internal_id.as_str())?;
    }
    Ok(found)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Made {
    name: String,
    parameters: Vec<(String, String)>,
}

fn history(row: &Row<'_>) -> Result<MeetingHistory> {
    let Made { name, parameters } = serde_json::from_str(&row.get::<_, String>("data")?).unwrap_or_default();
    let ended_at: Option<i64> = row.get("ended_at")?;
    Ok(MeetingHistory {
        meeting_id: text(row, "meeting_id")?,
        internal_id: text(row, "internal_id")?,
        name,
        created_at: millis(row, "created_at")?,
        ended_at: ended_at.map(|at| Timestamp::from_millis(at.cast_unsigned())),
        server: text(row, "server")?,
        users: Vec::new(),
        parameters,
    })
}

#[derive(Deserialize)]
struct Joined {
    name: String,
    role: Role,
}

fn users(database: &Connection, integration: &IntegrationName, internal_id: &str) -> Result<Vec<SentUser>> {
    let mut statement = database.prepare_cached(USERS)?;
    let values = named_params! {
        ":internal_id": internal_id,
        ":integration": integration.as_str(),
        ":limit": USERS_TOLD as i64,
    };
    let mut rows = statement.query(values)?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        // what another version wrote, or somebody edited, is left out
        if let Ok(Joined { name, role }) = serde_json::from_str(&row.get::<_, String>("data")?) {
            users.push(SentUser { name, role, at: millis(row, "at")? });
        }
    }
    Ok(users)
}
