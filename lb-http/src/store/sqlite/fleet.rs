//! The rows of the last good fleet.

use std::collections::BTreeMap;

use lb_core::server::AdministratorWord;
use lb_core::store::{FleetRecord, KeptServer};
use lb_core::{Position, Server, ServerName};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::tables::{integer, millis, text};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Writes `record` in place of the one before.
pub(super) fn save(database: &Connection, record: &FleetRecord) -> Result<()> {
    let good_at = integer(record.good_at.as_millis());
    database.prepare_cached("INSERT OR REPLACE INTO fleet VALUES (1, ?1)")?.execute([good_at])?;
    database.prepare_cached("DELETE FROM fleet_servers")?.execute([])?;
    let mut statement = database.prepare_cached(
        "INSERT INTO fleet_servers VALUES (:place, :name, :api_url, seal(:secret, 'fleet_servers.secret', :name), :address,
             :latitude, :longitude, :capacity, :tags, :checksum, :word, :recording, :host, :services, :gone, :weight)",
    )?;
    for (place, kept) in (1_i64..).zip(&record.servers) {
        let server = &kept.server;
        statement.execute(named_params! {
            ":place": place,
            ":name": server.name.as_str(),
            ":api_url": server.api_url.as_str(),
            ":secret": server.secret.expose(),
            ":address": server.address,
            ":latitude": server.position.map(|position| position.latitude),
            ":longitude": server.position.map(|position| position.longitude),
            ":capacity": server.capacity,
            ":weight": server.weight,
            ":tags": serde_json::to_string(&server.tags).map_err(unwritable)?,
            ":checksum": word_of(&server.checksum)?,
            ":word": word_of(&kept.word)?,
            ":recording": kept.recording,
            ":host": word_of(&kept.host)?,
            ":gone": kept.gone,
            ":services": serde_json::to_string(&kept.services).map_err(unwritable)?,
        })?;
    }
    Ok(())
}

/// The record written last, if any.
pub(super) fn load(database: &Connection) -> Result<Option<FleetRecord>> {
    let mut good_at = database.prepare_cached("SELECT good_at FROM fleet")?;
    let Some(good_at) = good_at.query_row([], |row| millis(row, "good_at")).optional()? else { return Ok(None) };
    let mut servers = database.prepare_cached(
        "SELECT *, unseal(secret, 'fleet_servers.secret', name) AS opened FROM fleet_servers ORDER BY place",
    )?;
    let servers = servers.query_map([], |row| {
        Ok(KeptServer {
            server: server(row)?,
            word: from_word(row, "word")?,
            recording: row.get("recording")?,
            gone: row.get("gone")?,
            host: from_word(row, "host")?,
            services: from_json(row, "services")?,
        })
    })?;
    Ok(Some(FleetRecord { good_at, servers: servers.collect::<Result<_>>()? }))
}

/// Writes the words on servers that the fleet does not have yet in place of those before.
pub(super) fn save_awaited(database: &Connection, words: &BTreeMap<ServerName, AdministratorWord>) -> Result<()> {
    database.prepare_cached("DELETE FROM awaited_words")?.execute([])?;
    let mut statement = database.prepare_cached("INSERT INTO awaited_words VALUES (?1, ?2)")?;
    for (server, word) in words {
        statement.execute((server.as_str(), word_of(word)?))?;
    }
    Ok(())
}

/// The words written last.
pub(super) fn load_awaited(database: &Connection) -> Result<BTreeMap<ServerName, AdministratorWord>> {
    let mut words = database.prepare_cached("SELECT server, word FROM awaited_words")?;
    let words = words.query_map([], |row| Ok((text(row, "server")?, from_word(row, "word")?)))?;
    words.collect()
}

fn server(row: &Row<'_>) -> Result<Server> {
    let position: (Option<f64>, Option<f64>) = (row.get("latitude")?, row.get("longitude")?);
    Ok(Server {
        name: text(row, "name")?,
        api_url: Url::parse(&row.get::<_, String>("api_url")?).map_err(|error| unreadable(row, "api_url", error))?,
        secret: text(row, "opened")?,
        address: row.get("address")?,
        position: position.0.zip(position.1).map(|(latitude, longitude)| Position { latitude, longitude }),
        capacity: row.get("capacity")?,
        weight: row.get("weight")?,
        tags: from_json(row, "tags")?,
        checksum: from_word(row, "checksum")?,
    })
}

/// The word that serde knows a plain variant by.
pub(super) fn word_of(variant: &impl Serialize) -> Result<String> {
    match serde_json::to_value(variant).map_err(unwritable)? {
        Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

pub(super) fn from_word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let word: String = row.get(column)?;
    serde_json::from_value(Value::String(word)).map_err(|error| unreadable(row, column, error))
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|error| unreadable(row, column, error))
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

fn unreadable(
    row: &Row<'_>,
    column: &str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    let place = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(place, Type::Text, error.into())
}
