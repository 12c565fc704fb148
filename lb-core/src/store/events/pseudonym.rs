//! [`PseudonymKey`]: puts pseudonyms in the place of names.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::rng::Rng;

/// The words of the events that name people, or where they call from.
pub const NAMES_PEOPLE: [&str; 4] = ["user-joined", "user-entered", "user-left", "call-refused"];

/// The fields of such an event by which a website, and so its event, tells people apart; the surest first.
const IDENTIFIES: [&str; 3] = ["external_user_id", "user_id", "name"];

/// Whether an event of that word may name somebody.
pub fn may_name_people(word: &str) -> bool {
    NAMES_PEOPLE.contains(&word)
}

/// Makes pseudonyms for the events of one day. The same person has the same one in all of them. Once the key is dropped, nobody
/// can find out who it was, not even by trying names.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// A new key.
    pub fn draw(rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Self(key)
    }

    /// Takes people out of an event, of which `data` are the fields. Where a website gave an id, that is who it was; else the
    /// name. Ids of two integrations are different people.
    pub fn anonymise(&self, integration: &str, data: &mut Map<String, Value>) {
        let person = IDENTIFIES.iter().find_map(|field| data.get(*field)?.as_str().filter(|text| !text.is_empty()));
        if let Some(pseudonym) = person.map(|person| self.pseudonym(integration, person)) {
            for field in IDENTIFIES {
                if let Some(Value::String(text)) = data.get_mut(field) {
                    text.clone_from(&pseudonym);
                }
            }
        }
        if let Some(address) = data.get_mut("address") {
            *address = Value::Null;
        }
    }

    /// The event without people; `None` where that is none that can be read.
    pub(crate) fn anonymised(&self, event: &Event) -> Option<Event> {
        let integration = event.kind.integration().map_or("", |integration| integration.as_str());
        let Ok(Value::Object(mut data)) = serde_json::to_value(&event.kind) else { return None };
        self.anonymise(integration, &mut data);
        let kind: EventKind = serde_json::from_value(Value::Object(data)).ok()?;
        Some(Event { at: event.at, kind })
    }

    /// The key of the UTC day of `at` that comes of this one: somebody has another pseudonym on every day.
    pub(crate) fn of_day(&self, at: Timestamp) -> Self {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        let day = at.as_millis() / (24 * 3600 * 1000);
        Self(mac.chain_update(day.to_be_bytes()).finalize().into_bytes().into())
    }

    pub(crate) fn pseudonym(&self, integration: &str, person: &str) -> String {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        let length = (integration.len() as u64).to_be_bytes();
        let mac = mac.chain_update(length).chain_update(integration).chain_update(person).finalize().into_bytes();
        format!("anonymous-{}", hex::encode(mac.first_chunk::<8>().unwrap_or(&[0; 8])))
    }
}

impl fmt::Debug for PseudonymKey {
    /// Without the key, which tells who people are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rng::SeededRng;

    fn anonymised(key: &PseudonymKey, integration: &str, data: Value) -> Value {
        let Value::Object(mut data) = data else { panic!("no object") };
        key.anonymise(integration, &mut data);
        Value::Object(data)
    }

    #[test]
    fn the_same_person_has_the_same_pseudonym_under_one_key_only() {
        let rng = SeededRng::new(1);
        let (key, other) = (PseudonymKey::draw(&rng), PseudonymKey::draw(&rng));
        let of = |key: &PseudonymKey, integration: &str, name: &str, id: &str| {
            anonymised(key, integration, json!({ "name": name, "user_id": id }))["name"].as_str().unwrap().to_owned()
        };
        let ana = of(&key, "moodle", "Ana", "u-1");
        assert!(ana.starts_with("anonymous-") && ana.len() == 26, "{ana}");
        assert_eq!(of(&key, "moodle", "Ana Silva", "u-1"), ana, "known by the id");
        assert_ne!(of(&key, "moodle", "Ana", "u-2"), ana);
        assert_ne!(of(&key, "portal", "Ana", "u-1"), ana);
        assert_ne!(of(&other, "moodle", "Ana", "u-1"), ana);
    }

    #[test]
    fn every_field_that_names_somebody_is_replaced_and_no_other() {
        let key = PseudonymKey::draw(&SeededRng::new(1));
        let event = json!({ "name": "Ana", "external_user_id": "ana@example.org", "role": "moderator", "user_id": null,
            "address": "192.0.2.7" });
        let done = anonymised(&key, "moodle", event);
        assert_eq!(
            (&done["role"], &done["user_id"], &done["address"]),
            (&json!("moderator"), &Value::Null, &Value::Null)
        );
        assert_eq!(done["name"], done["external_user_id"]);
        assert!(!done.to_string().contains("ana") && !done.to_string().contains("Ana"), "{done}");
        assert_eq!(anonymised(&key, "moodle", json!({ "call": "create" })), json!({ "call": "create" }));
        assert!(!format!("{key:?}").contains(|c: char| c.is_ascii_digit()));
    }
}
