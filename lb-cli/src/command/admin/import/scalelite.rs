//! What Scalelite's `servers:yaml` prints: `servers`, and under the name of each `secret`, `url`, `enabled`, `load_multiplier`
//! and `tag`.

use std::collections::HashMap;
use std::fmt;

use lb_core::Server;
use serde_json::{Map, Value, json};

/// A server as it was there.
pub(super) struct Imported {
    pub(super) name: String,
    /// Where its API is.
    pub(super) url: String,
    secret: String,
    weight: f64,
    tags: Vec<String>,
    enabled: bool,
}

impl fmt::Debug for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Imported").field("name", &self.name).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Imported {
    /// What the balancer is told.
    pub(super) fn fields(&self) -> Value {
        let Self { url, secret, weight, tags, enabled, .. } = self;
        let mut fields = json!({ "url": url, "secret": secret, "weight": weight, "tags": tags });
        if !enabled {
            fields["word"] = "force-disabled".into();
        }
        fields
    }

    /// What is shown of it.
    pub(super) fn row(&self, new: bool) -> Value {
        let Self { name, url, weight, tags, enabled, .. } = self;
        let word = if *enabled { "automatic" } else { "force-disabled" };
        let done = if new { "would be created" } else { "would be changed" };
        json!({ "name": name, "url": url, "weight": weight, "tags": tags, "word": word, "done": done })
    }
}

/// Reads all servers, or says what is wrong with each that cannot be read.
pub(super) fn read(text: &str) -> Result<Vec<Imported>, Vec<String>> {
    let file: Value = serde_saphyr::from_str(text).map_err(|error| {
        vec![match error.location() {
            Some(place) => format!("is no YAML at line {} column {}", place.line(), place.column()),
            None => "is no YAML".to_owned(),
        }]
    })?;
    let Some(servers) = file.get("servers").and_then(Value::as_object) else {
        return Err(vec!["has no servers: a table under the word servers".to_owned()]);
    };
    if servers.is_empty() {
        return Err(vec!["has no servers".to_owned()]);
    }
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    let mut urls: HashMap<String, String> = HashMap::new();
    for (name, entry) in servers {
        match server(name, entry) {
            Err(problem) => problems.push(format!("server {name}: {problem}")),
            Ok(server) => {
                if let Some(other) = urls.insert(server.url.clone(), name.clone()) {
                    problems.push(format!("server {name}: server {other} has the same URL"));
                }
                read.push(server);
            }
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn server(name: &str, entry: &Value) -> Result<Imported, String> {
    let entry = entry.as_object().ok_or("it must be a table")?;
    let url = text(entry, "url")?.unwrap_or_else(|| format!("https://{name}/bigbluebutton/api"));
    let url = Server::api_url(&url).map_err(|wrong| format!("its url is {wrong}"))?;
    let secret = text(entry, "secret")?.ok_or("it has no secret")?;
    if secret.chars().count() < 8 {
        return Err("its secret has fewer than 8 characters".to_owned());
    }
    let enabled = match said(entry, "enabled") {
        None => true,
        Some(enabled) => enabled.as_bool().ok_or("enabled must be true or false")?,
    };
    let multiplier = match said(entry, "load_multiplier") {
        None => Some(1.0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_f64(),
    };
    let multiplier = multiplier.filter(|multiplier: &f64| (0.001..=100.0).contains(multiplier));
    let multiplier = multiplier.ok_or("load_multiplier must be a number from 0.001 to 100")?;
    Ok(Imported {
        name: name.to_owned(),
        url: url.to_string(),
        secret,
        // who counts twice as loaded gets half as much
        weight: 1.0 / multiplier,
        tags: text(entry, "tag")?.into_iter().collect(),
        enabled,
    })
}

fn said<'e>(entry: &'e Map<String, Value>, field: &str) -> Option<&'e Value> {
    entry.get(field).filter(|value| !value.is_null())
}

fn text(entry: &Map<String, Value>, field: &str) -> Result<Option<String>, String> {
    match said(entry, field) {
        None => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(format!("{field} must be text that is not empty, in quotes if it looks like a number")),
    }
}
