//! Reading the file, and saying where something is wrong in it.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::env::{self, Refused, Variable};
use super::file::File;
use super::meaning::{self, Faults};
use super::{Config, ConfigErrors};

impl Config {
    /// Reads the file at `path`, if there is one, and lays the `LB__…` variables of `environment` over it. The process's
    /// own environment is not looked at.
    ///
    /// # Errors
    /// [`ConfigErrors`] if the file cannot be read, a key is unknown, a value is bad, or parts contradict each other.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        let Some(path) = path else { return Self::from_text("", "", environment) };
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| ConfigErrors(vec![format!("{name}: cannot be read: {error}")]))?;
        let text = String::from_utf8(bytes).map_err(|_| ConfigErrors(vec![format!("{name}: is not UTF-8 text")]))?;
        Self::from_text(&name, &text, environment)
    }

    /// As [`load`](Self::load), of a file called `name` with this `text`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_text(
        name: &str,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        let variables = env::variables(environment, text.len());
        let places = Places { name, text, variables: &variables };
        let mut errors = Vec::new();
        let mut document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let place = places.of(error.span().map_or(0, |span| span.start));
                return Err(ConfigErrors(vec![format!("{place}: {}", error.message())]));
            }
        };
        for variable in &variables {
            match env::write_over(document.get_mut(), variable) {
                Ok(()) => {}
                Err(Refused::Place(text)) => errors.push(format!("{}: {text}", variable.name)),
                Err(Refused::Value(alone, error)) => errors.push(places.sentence(&alone, &error)),
            }
        }
        let keys = document.get_ref().clone();
        match File::deserialize(toml::de::Deserializer::from(document)) {
            Err(error) => errors.push(places.sentence(&keys, &error)),
            Ok(file) if errors.is_empty() => {
                let mut faults = Faults::default();
                let config = meaning::config(file, &mut faults);
                if faults.0.is_empty() {
                    return Ok(config);
                }
                faults.0.sort_by_key(|fault| fault.at);
                errors.extend(faults.0.into_iter().map(|fault| format!("{}: {}", places.of(fault.at), fault.text)));
            }
            Ok(_) => {}
        }
        Err(ConfigErrors(errors))
    }
}

/// Knows what stands where.
pub(super) struct Places<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) variables: &'a [Variable],
}

impl Places<'_> {
    pub(super) fn of(&self, at: usize) -> String {
        if let Some(variable) = self.variables.iter().rfind(|variable| variable.start <= at) {
            return variable.name.clone();
        }
        let line = self.text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
        format!("{}:{line}", self.name)
    }

    pub(super) fn sentence(&self, document: &DeTable<'_>, error: &Error) -> String {
        let span = error.span().unwrap_or(0..0);
        let place = self.of(span.start);
        let key = key_at(document, &span).unwrap_or_default();
        let unknown =
            error.message().strip_prefix("unknown field ").and_then(|message| message.split_once(", expected "));
        match unknown {
            Some((_, allowed)) => {
                let allowed = allowed.trim_start_matches("one of ").replace("` or `", "`, `").replace('`', "");
                format!("{place}: {key} is not a known key; known here: {allowed}")
            }
            None => format!("{place}: {key} {}", error.message()),
        }
    }
}

/// The name of the innermost key that stands, or whose value stands, at `span`.
fn key_at(table: &DeTable<'_>, span: &std::ops::Range<usize>) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let here = || (key.span() == *span || value.span() == *span).then(String::new);
        within(value, span).or_else(here).map(|rest| format!("{}{rest}", key.get_ref()))
    })
}

fn within(value: &Spanned<DeValue<'_>>, span: &std::ops::Range<usize>) -> Option<String> {
    match value.get_ref() {
        DeValue::Table(table) => key_at(table, span).map(|rest| format!(".{rest}")),
        DeValue::Array(list) => list.iter().enumerate().find_map(|(index, value)| {
            let here = || (value.span() == *span).then(String::new);
            within(value, span).or_else(here).map(|rest| format!("[{index}]{rest}"))
        }),
        _ => None,
    }
}
