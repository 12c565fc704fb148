//! [`Filled`]: a form with what stands in it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::written::{self, Texts};
use super::{Fact, Field, Kind, Shown, sealed};
use crate::pages::words::FormWords;

/// What was posted: names and values, in their order.
pub(crate) type Posted = Vec<(String, String)>;

/// What stands in the field called `name`, if it was posted.
pub(crate) fn posted<'p>(posted: &'p Posted, name: &str) -> Option<&'p str> {
    posted.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// A form with what stands in it, and what is wrong with that. It may hold a secret that was typed.
pub(crate) struct Filled {
    fields: Vec<Field>,
    /// What stands in each field, in their order.
    texts: Vec<Texts>,
    /// What is wrong with each.
    wrong: BTreeMap<&'static str, String>,
    /// What is wrong with the whole.
    pub(crate) problem: Option<String>,
    /// What was there before.
    present: Value,
}

impl Filled {
    /// A form that shows `present`, the JSON of a body.
    pub(crate) fn with(fields: Vec<Field>, present: Value) -> Self {
        let texts = fields.iter().map(|field| written::shown(&field.kind, at(&present, field.key))).collect();
        Self { fields, texts, wrong: BTreeMap::new(), problem: None, present }
    }

    /// A form as it was posted, over `present`. Of a field that is locked what is there stays.
    pub(crate) fn posted(fields: Vec<Field>, present: Value, posted: &Posted) -> Self {
        let mut form = Self::with(fields, present);
        for (field, texts) in form.fields.iter().zip(&mut form.texts).filter(|(field, _)| !field.locked) {
            let given = |name: &str| {
                let all = posted.iter().filter(|(given, _)| given == name).map(|(_, text)| lf(text));
                all.collect::<Vec<_>>()
            };
            let first = |name: &str| given(name).into_iter().next().unwrap_or_default();
            *texts = match field.kind {
                Kind::Position => ["latitude", "longitude"].map(|part| first(&format!("{}.{part}", field.key))).into(),
                Kind::Several { .. } | Kind::Check => given(field.key),
                Kind::Secret | Kind::Password { .. } => vec![sealed::opened(&first(field.key))],
                _ => vec![first(field.key)],
            };
        }
        form
    }

    /// The JSON of the body that was filled in; none where something is wrong, which the form then says.
    pub(crate) fn read(&mut self, w: &FormWords) -> Option<Value> {
        let mut body = Value::Object(Map::new());
        for (field, texts) in self.fields.iter().zip(&self.texts) {
            let there = at(&self.present, field.key);
            let hidden = matches!(field.kind, Kind::Secret | Kind::Password { .. });
            let empty = texts.iter().all(|text| text.trim().is_empty());
            let as_shown = || lfs(&written::shown(&field.kind, there)) == *texts;
            let value = if field.locked || (!hidden && !(field.required && empty) && as_shown()) {
                Ok(there.clone())
            } else {
                written::read(field, texts, w)
            };
            match value {
                Ok(value) => put(&mut body, field.key, value),
                Err(wrong) => {
                    self.wrong.insert(field.key, wrong);
                }
            }
        }
        self.wrong.is_empty().then_some(body)
    }

    /// What was filled in cannot be done, because of the field `key`; of none, because of the whole.
    pub(crate) fn refuse(&mut self, key: Option<&str>, why: String) {
        match self.fields.iter().find(|field| Some(field.key) == key) {
            Some(field) => {
                self.wrong.insert(field.key, why);
            }
            None => self.problem = Some(why),
        }
    }

    /// Whether something is wrong.
    pub(crate) fn is_wrong(&self) -> bool {
        self.problem.is_some() || !self.wrong.is_empty()
    }

    /// How many fields are wrong.
    pub(crate) fn wrong_fields(&self) -> usize {
        self.wrong.len()
    }

    /// The fields, to be drawn.
    pub(crate) fn shown(&self) -> Vec<Shown<'_>> {
        let all = self.fields.iter().zip(&self.texts);
        all.map(|(field, texts)| Shown::new(field, texts, self.wrong.get(field.key).map(String::as_str))).collect()
    }

    /// What stands in the fields, to be read alone. No secret is among them.
    pub(crate) fn facts(&self, w: &FormWords) -> Vec<Fact<'_>> {
        let all = self.fields.iter().zip(&self.texts);
        let all = all.filter(|(field, _)| !matches!(field.kind, Kind::Secret | Kind::Password { .. }));
        all.map(|(field, texts)| Fact::new(field, texts, w)).collect()
    }

    /// The fields as what carries them on, unseen: names and values. Secrets are sealed.
    pub(crate) fn carried(&self) -> Vec<(String, String)> {
        let mut carried = Vec::new();
        for (field, texts) in self.fields.iter().zip(&self.texts).filter(|(field, _)| !field.locked) {
            let names = match field.kind {
                Kind::Position => vec![format!("{}.latitude", field.key), format!("{}.longitude", field.key)],
                _ => vec![field.key.to_owned(); texts.len()],
            };
            let hidden = matches!(field.kind, Kind::Secret | Kind::Password { .. });
            let texts = texts.iter().map(|text| if hidden { sealed::sealed(text) } else { text.clone() });
            carried.extend(names.into_iter().zip(texts));
        }
        carried
    }

    /// What each field is.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }
}

/// Browsers post lines that end in CR LF.
fn lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn lfs(texts: &[String]) -> Texts {
    texts.iter().map(|text| lf(text)).collect()
}

/// What stands at `key` in a body.
fn at<'v>(body: &'v Value, key: &str) -> &'v Value {
    key.split('.').fold(body, |body, part| body.get(part).unwrap_or(&Value::Null))
}

fn put(body: &mut Value, key: &str, value: Value) {
    let Value::Object(map) = body else { return };
    match key.split_once('.') {
        None => {
            map.insert(key.to_owned(), value);
        }
        Some((first, rest)) => put(map.entry(first).or_insert_with(|| Value::Object(Map::new())), rest, value),
    }
}
