//! A file that describes a network, or a part of one: what `lb apply` reads and `lb export` writes.
//!
//! It has the tables `[plans]`, `[partners]`, `[routers]`, `[[integrations]]` and `[[servers]]` with the keys that the
//! configuration file has there, and `word` for the administrator's word on a server. What it says is handed on as JSON, as
//! `/api/v1/network` takes it.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use lb_core::Secret;
use lb_core::checksum::Algorithm;
use lb_core::server::AdministratorWord;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use toml::de::DeTable;

use super::ConfigErrors;
use super::file;
use super::load::Places;
use super::scalar::{ApiUrl, Latitude, Longitude, Weight};
use super::value::{At, Given, List, Table, Tables, Written};

/// What may be said. It is read for what is wrong with it alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    plans: Table<BTreeMap<String, Table<file::Plan>>>,
    partners: Table<BTreeMap<String, Table<file::Partner>>>,
    routers: Table<BTreeMap<String, Table<file::Router>>>,
    integrations: Tables<file::Integration>,
    servers: Tables<Server>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Server {
    name: Option<At<String>>,
    url: Option<At<ApiUrl>>,
    secret: Option<At<Secret>>,
    latitude: Option<At<Latitude>>,
    longitude: Option<At<Longitude>>,
    capacity: Option<At<NonZero<u32>>>,
    weight: Option<At<Weight>>,
    tags: Option<List<String>>,
    checksum: Option<At<Algorithm>>,
    word: Option<At<AdministratorWord>>,
}

impl Written for AdministratorWord {
    const MUST_BE: &'static str = "one of \"automatic\", \"force-enabled\", \"force-disabled\", \"draining\"";
    fn read(given: Given<'_>) -> Option<Self> {
        let text = given.text()?;
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

/// Reads the file called `name` with this `text`.
///
/// # Errors
/// [`ConfigErrors`] if a key is unknown, a value is bad, or two things have the same name.
pub fn read(name: &str, text: &str) -> Result<Value, ConfigErrors> {
    let places = Places { name, text, variables: &[] };
    let one = |text: String| ConfigErrors(vec![text]);
    let document = DeTable::parse(text).map_err(|error| {
        let place = places.of(error.span().map_or(0, |span| span.start));
        one(format!("{place}: {}", error.message()))
    })?;
    let keys = document.get_ref().clone();
    let checked = Keys::deserialize(toml::de::Deserializer::from(document.clone()));
    checked.map_err(|error| one(places.sentence(&keys, &error)))?;
    let said = Map::<String, Value>::deserialize(toml::de::Deserializer::from(document));
    let mut said = said.map_err(|error| one(places.sentence(&keys, &error)))?;
    for plan in tables_in(said.get_mut("plans")) {
        if let Some(duration) = plan.remove("max_duration") {
            let duration = duration.as_str().and_then(|text| <Duration as Written>::read(Given::Text(text)));
            plan.insert("max_duration_seconds".to_owned(), json!(duration.map(|duration| duration.as_secs().max(1))));
        }
    }
    for kind in ["integrations", "servers"] {
        if let Some(Value::Array(list)) = said.remove(kind) {
            let named = named(kind, list).map_err(|problem| one(format!("{name}: {problem}")))?;
            said.insert(kind.to_owned(), named);
        }
        tables_in(said.get_mut(kind)).for_each(placed);
    }
    for integration in tables_in(said.get_mut("integrations")) {
        if let Some(Value::Array(secrets)) = integration.get_mut("secrets") {
            secrets.iter_mut().for_each(secret);
        }
    }
    Ok(Value::Object(said))
}

/// The tables of a table.
fn tables_in(value: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    value.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut)
}

/// A list of tables as a table of them by name.
fn named(kind: &str, list: Vec<Value>) -> Result<Value, String> {
    let mut named = Map::new();
    for (number, mut one) in (1..).zip(list) {
        let name = one.as_object_mut().and_then(|one| one.remove("name"));
        let Some(Value::String(name)) = name else {
            return Err(format!("the {number}. of [[{kind}]] has no name"));
        };
        if named.insert(name.clone(), one).is_some() {
            return Err(format!("[[{kind}]] has {name} twice"));
        }
    }
    Ok(Value::Object(named))
}

/// Two keys for a position become one.
fn placed(one: &mut Map<String, Value>) {
    let (latitude, longitude) = (one.remove("latitude"), one.remove("longitude"));
    if latitude.is_some() || longitude.is_some() {
        one.insert("position".to_owned(), json!({ "latitude": latitude, "longitude": longitude }));
    }
}

/// A secret alone becomes one without a label; its end is called otherwise.
fn secret(secret: &mut Value) {
    if secret.is_string() {
        *secret = json!({ "secret": secret });
    }
    if let Some(secret) = secret.as_object_mut()
        && let Some(expires) = secret.remove("expires")
    {
        secret.insert("expires_at".to_owned(), expires);
    }
}

/// What stands under its own name in a list.
#[derive(Serialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The file, in the order in which it is written.
#[derive(Serialize)]
struct Whole {
    #[serde(skip_serializing_if = "Map::is_empty")]
    plans: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    partners: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    routers: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    servers: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    integrations: Vec<Named>,
}

/// Writes a network, as `/api/v1/network` answers it, as a file that says the same.
///
/// # Errors
/// A sentence, where it is no network.
pub fn write(network: &Value) -> Result<String, String> {
    let mut network = network.clone();
    for plan in tables_in(network.get_mut("plans")) {
        if let Some(seconds) = plan.remove("max_duration_seconds").as_ref().and_then(Value::as_u64) {
            plan.insert("max_duration".to_owned(), duration(seconds).into());
        }
    }
    for kind in ["integrations", "servers"] {
        for one in tables_in(network.get_mut(kind)) {
            if let Some(Value::Object(position)) = one.remove("position") {
                one.extend(position);
            }
        }
    }
    for integration in tables_in(network.get_mut("integrations")) {
        let secrets = integration.get_mut("secrets").and_then(Value::as_array_mut);
        for secret in secrets.into_iter().flatten().filter_map(Value::as_object_mut) {
            if let Some(end) = secret.remove("expires_at") {
                secret.insert("expires".to_owned(), end);
            }
        }
    }
    said(&mut network);
    let Value::Object(mut network) = network else { return Err("this is no network".to_owned()) };
    let mut table = |kind: &str| match network.remove(kind) {
        Some(Value::Object(table)) => table,
        _ => Map::new(),
    };
    let named = |table: Map<String, Value>| {
        let rest = |value| if let Value::Object(rest) = value { rest } else { Map::new() };
        table.into_iter().map(|(name, value)| Named { name, rest: rest(value) }).collect()
    };
    let whole = Whole {
        plans: table("plans"),
        partners: table("partners"),
        routers: table("routers"),
        servers: named(table("servers")),
        integrations: named(table("integrations")),
    };
    toml::to_string_pretty(&whole).map_err(|error| error.to_string())
}

/// Takes out what says nothing: null, empty texts, lists and tables inside of things.
fn said(network: &mut Value) {
    for kind in network.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for thing in tables_in(Some(kind)) {
            thing.values_mut().for_each(without_nothing);
            thing.retain(|_, value| !is_nothing(value));
        }
    }
}

fn without_nothing(value: &mut Value) {
    match value {
        Value::Object(table) => {
            table.values_mut().for_each(without_nothing);
            table.retain(|_, value| !is_nothing(value));
        }
        Value::Array(list) => list.iter_mut().for_each(without_nothing),
        _ => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(table) => table.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// As people write it.
fn duration(seconds: u64) -> String {
    match (seconds % 3600, seconds % 60) {
        (0, _) => format!("{}h", seconds / 3600),
        (_, 0) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[plans.small]
may_record = false
max_duration = "1h 30m"

[partners.ufrgs]
servers = ["bbb1"]

[routers.campus]
policy = "least-users"
weights = { bbb1 = 2.5 }

[[servers]]
name = "bbb1"
url = "https://bbb1.example.org/bigbluebutton/"
secret = "the-secret-of-bbb1"
latitude = -30.03
longitude = -51.2
word = "draining"

[[integrations]]
name = "moodle"
secrets = ["the-secret-of-moodle", { secret = "another-secret", label = "new", expires = "2027-01-31T23:59:59Z" }]
create = { capped = { duration = 90 }, blocked = ["meta_tracker"] }
"#;

    #[test]
    fn a_file_says_what_the_api_takes() {
        let read = read("network.toml", FILE).unwrap();
        assert_eq!(read["plans"]["small"], json!({ "may_record": false, "max_duration_seconds": 5400 }));
        let bbb1 = &read["servers"]["bbb1"];
        assert_eq!(bbb1["position"], json!({ "latitude": -30.03, "longitude": -51.2 }));
        assert_eq!((&bbb1["word"], bbb1.get("name"), bbb1.get("latitude")), (&json!("draining"), None, None));
        let secrets = &read["integrations"]["moodle"]["secrets"];
        assert_eq!(secrets[0], json!({ "secret": "the-secret-of-moodle" }));
        assert_eq!(secrets[1]["expires_at"], json!("2027-01-31T23:59:59Z"));
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let once = read("network.toml", FILE).unwrap();
        let text = write(&once).unwrap();
        assert!(text.contains("[[integrations]]\nname = \"moodle\"\n"), "{text}");
        assert!(text.contains("max_duration = \"90m\""), "{text}");
        assert_eq!(read("network.toml", &text).unwrap(), once, "{text}");
        assert_eq!(write(&json!({ "plans": {}, "integrations": {} })).as_deref(), Ok(""));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_its_value() {
        for (text, sentence) in [
            ("[plans.a]\nactiv = true", "network.toml:2: plans.a.activ is not a known key; known here: active, "),
            ("[listen]\napi = '0.0.0.0:1'", "network.toml:1: listen is not a known key; known here: plans, "),
            ("[[servers]]\nname = 'a'\nword = 'off'", "network.toml:3: servers[0].word must be one of \"automatic\""),
            ("[[servers]]\nurl = 'http://a'", "network.toml: the 1. of [[servers]] has no name"),
            ("[[servers]]\nname = 'a'\n[[servers]]\nname = 'a'", "network.toml: [[servers]] has a twice"),
            ("[plans", "network.toml:1: "),
        ] {
            let told = read("network.toml", text).unwrap_err().to_string();
            assert!(told.starts_with(sentence), "{told}");
        }
    }
}
