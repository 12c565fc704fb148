//! The rows of integrations, plans, partners, routers and servers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lb_core::network::{
    Entity, EntityName, Integration, IntegrationSecret, Network, NetworkChange, NetworkServer, Partner, Plan, Revision,
    Router, ServerFacts,
};
use lb_core::{IntegrationName, Position, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::fleet::{from_word, word_of};
use super::tables::{integer, text};
use super::{hooks, outbox};

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// Changes of the network and the revision that they lead to.
pub(super) type Changes = (Revision, Vec<NetworkChange>);

/// Writes changes. It leads to the same rows however often it is done.
pub(super) fn write(database: &Connection, (revision, changes): &Changes) -> Result<()> {
    let revision = integer(revision.0);
    database.prepare_cached("INSERT OR REPLACE INTO network VALUES (1, ?1)")?.execute([revision])?;
    // a secret may go from one integration to another
    for change in changes {
        if let EntityName::Integration(name) = change.name() {
            database
                .prepare_cached("DELETE FROM integration_secrets WHERE integration = ?1")?
                .execute([name.as_str()])?;
        }
    }
    changes.iter().try_for_each(|change| match change {
        NetworkChange::Remove(name) => remove(database, name),
        NetworkChange::Put(Entity::Plan(plan)) => put_plan(database, revision, plan),
        NetworkChange::Put(Entity::Partner(partner)) => put_partner(database, revision, partner),
        NetworkChange::Put(Entity::Router(router)) => put_router(database, revision, router),
        NetworkChange::Put(Entity::Server(server)) => put_server(database, revision, server),
        NetworkChange::Put(Entity::Integration(integration)) => put_integration(database, revision, integration),
    })
}

fn remove(database: &Connection, name: &EntityName) -> Result<()> {
    if let EntityName::Integration(name) = name {
        // another one of that name later is another website
        hooks::remove_all(database, name)?;
        outbox::remove_all(database, name)?;
    }
    let statement = match name {
        EntityName::Plan(_) => "DELETE FROM plans WHERE name = ?1",
        EntityName::Partner(_) => "DELETE FROM partners WHERE name = ?1",
        EntityName::Router(_) => "DELETE FROM routers WHERE name = ?1",
        EntityName::Server(_) => "DELETE FROM servers WHERE name = ?1",
        EntityName::Integration(_) => "DELETE FROM integrations WHERE name = ?1",
    };
    database.prepare_cached(statement)?.execute([name.as_str()])?;
    Ok(())
}

fn put_plan(database: &Connection, version: i64, plan: &Plan) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO plans VALUES (:name, :version, :managed, :active, :may_record, :max_concurrent_meetings,
             :max_concurrent_users, :max_users_per_meeting, :max_duration, :calls_per_second, :allowed_calls)",
    )?;
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    statement.execute(named_params! {
        ":name": plan.name.as_str(),
        ":version": version,
        ":managed": plan.managed,
        ":active": plan.active,
        ":may_record": plan.may_record,
        ":max_concurrent_meetings": plan.max_concurrent_meetings,
        ":max_concurrent_users": plan.max_concurrent_users,
        ":max_users_per_meeting": plan.max_users_per_meeting,
        ":max_duration": plan.max_duration.map(millis),
        ":calls_per_second": plan.calls_per_second,
        ":allowed_calls": plan.allowed_calls.as_ref().map(json).transpose()?,
    })?;
    Ok(())
}

fn put_partner(database: &Connection, version: i64, partner: &Partner) -> Result<()> {
    let row = params![
        partner.name.as_str(),
        version,
        partner.managed,
        partner.display_name,
        partner.contact,
        json(&partner.servers)?
    ];
    database.prepare_cached("INSERT OR REPLACE INTO partners VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(row)?;
    Ok(())
}

fn put_router(database: &Connection, version: i64, router: &Router) -> Result<()> {
    let row = params![
        router.name.as_str(),
        version,
        router.managed,
        router.policy,
        router.radius_km,
        json(&router.weights)?,
        router.fallback.as_ref().map(|fallback| fallback.as_str()),
        json(&router.refinements)?,
    ];
    database.prepare_cached("INSERT OR REPLACE INTO routers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(row)?;
    Ok(())
}

fn put_server(database: &Connection, version: i64, server: &NetworkServer) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO servers VALUES (:name, :version, :managed, :api_url,
             seal(:secret, 'servers.secret', :name), :latitude, :longitude, :capacity,
             :weight, :tags, :checksum)",
    )?;
    let facts = &server.facts;
    statement.execute(named_params! {
        ":name": server.name.as_str(),
        ":version": version,
        ":managed": server.managed,
        ":api_url": facts.api_url.as_ref().map(Url::as_str),
        ":secret": facts.secret.as_ref().map(|secret| secret.expose()),
        ":latitude": facts.position.map(|position| position.latitude),
        ":longitude": facts.position.map(|position| position.longitude),
        ":capacity": facts.capacity,
        ":weight": facts.weight,
        ":tags": facts.tags.as_ref().map(json).transpose()?,
        ":checksum": facts.checksum.as_ref().map(word_of).transpose()?,
    })?;
    Ok(())
}

fn put_integration(database: &Connection, version: i64, integration: &Integration) -> Result<()> {
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO integrations VALUES (:name, :version, :managed, :display_name, :active, :partner, :plan,
             :router, :latitude, :longitude, :tags, seal(:create_rules, 'integrations.create_rules', :name),
             seal(:join_rules, 'integrations.join_rules', :name), :callback_hosts)",
    )?;
    statement.execute(named_params! {
        ":name": integration.name.as_str(),
        ":version": version,
        ":managed": integration.managed,
        ":display_name": integration.display_name,
        ":active": integration.active,
        ":partner": integration.partner.as_ref().map(|partner| partner.as_str()),
        ":plan": integration.plan.as_str(),
        ":router": integration.router.as_str(),
        ":latitude": integration.position.map(|position| position.latitude),
        ":longitude": integration.position.map(|position| position.longitude),
        ":tags": json(&integration.tags)?,
        ":create_rules": json(&integration.create)?,
        ":join_rules": json(&integration.join)?,
        ":callback_hosts": json(&integration.callback_hosts)?,
    })?;
    let mut statement = database.prepare_cached(
        "INSERT OR REPLACE INTO integration_secrets
             VALUES (?1, ?2, seal(?3, 'integration_secrets.secret', ?1, ?4), ?4, ?5, ?6)",
    )?;
    let millis = |moment: Option<Timestamp>| moment.map(|moment| integer(moment.as_millis()));
    for (place, known) in (1_i64..).zip(&integration.secrets) {
        statement.execute(params![
            integration.name.as_str(),
            place,
            known.secret.expose(),
            known.label,
            millis(known.created_at),
            millis(known.expires_at),
        ])?;
    }
    Ok(())
}

/// Rules may send passwords.
const INTEGRATIONS: &str = "SELECT *, unseal(create_rules, 'integrations.create_rules', name) AS opened_create,
     unseal(join_rules, 'integrations.join_rules', name) AS opened_join FROM integrations ORDER BY name";

/// Reads the whole network.
pub(super) fn load(database: &Connection) -> Result<Network> {
    let mut query = database.prepare("SELECT revision FROM network")?;
    let revision: Option<i64> = query.query_row([], |row| row.get(0)).optional()?;
    let revision = revision.map_or_else(Revision::default, |revision| Revision(revision.cast_unsigned()));
    let mut entities: Vec<(Revision, Entity)> = Vec::new();
    entities.extend(all(database, "SELECT * FROM plans", plan)?);
    entities.extend(all(database, "SELECT * FROM partners", partner)?);
    entities.extend(all(database, "SELECT * FROM routers", router)?);
    entities.extend(all(database, "SELECT *, unseal(secret, 'servers.secret', name) AS opened FROM servers", server)?);
    let mut secrets = secrets(database)?;
    entities.extend(all(database, INTEGRATIONS, |row| integration(row, &mut secrets))?);
    Network::restored(revision, entities).map_err(|error| unreadable(0, error))
}

fn all(
    database: &Connection,
    query: &str,
    mut read: impl FnMut(&Row<'_>) -> Result<Entity>,
) -> Result<Vec<(Revision, Entity)>> {
    let version = |row: &Row<'_>| row.get::<_, i64>("version").map(|version| Revision(version.cast_unsigned()));
    database.prepare(query)?.query_map([], |row| Ok((version(row)?, read(row)?)))?.collect()
}

fn plan(row: &Row<'_>) -> Result<Entity> {
    let millis = |millis: i64| Duration::from_millis(millis.unsigned_abs());
    let plan = Plan {
        managed: row.get("managed")?,
        active: row.get("active")?,
        may_record: row.get("may_record")?,
        max_concurrent_meetings: row.get("max_concurrent_meetings")?,
        max_concurrent_users: row.get("max_concurrent_users")?,
        max_users_per_meeting: row.get("max_users_per_meeting")?,
        max_duration: row.get::<_, Option<i64>>("max_duration")?.map(millis),
        calls_per_second: row.get("calls_per_second")?,
        allowed_calls: match row.get::<_, Option<String>>("allowed_calls")? {
            Some(_) => Some(from_json(row, "allowed_calls")?),
            None => None,
        },
        name: text(row, "name")?,
    };
    Ok(plan.into())
}

fn partner(row: &Row<'_>) -> Result<Entity> {
    let partner = Partner {
        managed: row.get("managed")?,
        display_name: row.get("display_name")?,
        contact: row.get("contact")?,
        servers: from_json(row, "servers")?,
        name: text(row, "name")?,
    };
    Ok(partner.into())
}

fn router(row: &Row<'_>) -> Result<Entity> {
    let router = Router {
        managed: row.get("managed")?,
        policy: row.get("policy")?,
        radius_km: row.get("radius_km")?,
        weights: from_json(row, "weights")?,
        fallback: row.get::<_, Option<String>>("fallback")?.map(Into::into),
        refinements: from_json(row, "refinements")?,
        name: text(row, "name")?,
    };
    Ok(router.into())
}

fn server(row: &Row<'_>) -> Result<Entity> {
    let position: (Option<f64>, Option<f64>) = (row.get("latitude")?, row.get("longitude")?);
    let said = |column: &str| row.get::<_, Option<String>>(column);
    let server = NetworkServer {
        managed: row.get("managed")?,
        facts: ServerFacts {
            api_url: match said("api_url")? {
                Some(url) => Some(Url::parse(&url).map_err(|error| unreadable(0, error))?),
                None => None,
            },
            secret: said("opened")?.map(Into::into),
            position: position.0.zip(position.1).map(|(latitude, longitude)| Position { latitude, longitude }),
            capacity: row.get("capacity")?,
            weight: row.get("weight")?,
            tags: said("tags")?.map(|_| from_json(row, "tags")).transpose()?,
            checksum: said("checksum")?.map(|_| from_word(row, "checksum")).transpose()?,
        },
        name: text(row, "name")?,
    };
    Ok(server.into())
}

type Secrets = HashMap<IntegrationName, Vec<IntegrationSecret>>;

fn secrets(database: &Connection) -> Result<Secrets> {
    let mut secrets = Secrets::new();
    let moment = |row: &Row<'_>, column: &str| {
        let millis: Option<i64> = row.get(column)?;
        Ok::<_, rusqlite::Error>(millis.map(|millis| Timestamp::from_millis(millis.cast_unsigned())))
    };
    let mut query = database.prepare(
        "SELECT *, unseal(secret, 'integration_secrets.secret', integration, label) AS opened
         FROM integration_secrets ORDER BY integration, place",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let known = IntegrationSecret {
            secret: text(row, "opened")?,
            label: row.get("label")?,
            created_at: moment(row, "created_at")?,
            expires_at: moment(row, "expires_at")?,
        };
        secrets.entry(text(row, "integration")?).or_default().push(known);
    }
    Ok(secrets)
}

fn integration(row: &Row<'_>, secrets: &mut Secrets) -> Result<Entity> {
    let name: IntegrationName = text(row, "name")?;
    let position: (Option<f64>, Option<f64>) = (row.get("latitude")?, row.get("longitude")?);
    let integration = Integration {
        managed: row.get("managed")?,
        display_name: row.get("display_name")?,
        active: row.get("active")?,
        secrets: secrets.remove(&name).unwrap_or_default(),
        partner: row.get::<_, Option<String>>("partner")?.map(Into::into),
        plan: text(row, "plan")?,
        router: text(row, "router")?,
        position: position.0.zip(position.1).map(|(latitude, longitude)| Position { latitude, longitude }),
        tags: from_json(row, "tags")?,
        create: from_json(row, "opened_create")?,
        join: from_json(row, "opened_join")?,
        callback_hosts: from_json(row, "callback_hosts")?,
        name,
    };
    Ok(Entity::Integration(Arc::new(integration)))
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let place = row.as_ref().column_index(column).unwrap_or_default();
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|error| unreadable(place, error))
}

fn unreadable(place: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(place, Type::Text, error.into())
}
