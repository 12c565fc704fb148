//! How a thing is made, or changed: what is said of it is laid over what it is, and sent with the version that was read, so
//! that nobody else's change is lost.

use std::path::PathBuf;

use hyper::{Method, StatusCode};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Desk;
use crate::client::{Place, Sent};
use crate::outcome::{Failure, Outcome};

/// What the balancer says of a thing and is not told.
const READ_ONLY: [&str; 2] = ["name", "managed"];

/// Which thing is made or changed.
#[derive(Debug)]
pub(crate) struct Thing<'a> {
    /// Where it is.
    pub(crate) place: Place,
    /// What it is called in sentences, such as `partner ufrgs`.
    pub(crate) what: String,
    /// The fields that can be said of it.
    pub(crate) fields: &'a [&'a str],
}

/// A file with fields.
#[derive(Debug, clap::Args)]
pub(crate) struct FromFile {
    /// Read fields from this file of JSON, or from standard input (-); options go over them
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// The value of an option that can be taken back with `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrNone<T>(pub(crate) Option<T>);

impl<T: std::str::FromStr> std::str::FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == "none" { Ok(Self(None)) } else { text.parse().map(|value| Self(Some(value))) }
    }
}

impl<T: Serialize> Serialize for OrNone<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A list with commas; `none` is the empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Names(pub(crate) Vec<String>);

impl std::str::FromStr for Names {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let parts: Vec<_> = text.split(',').map(|part| part.trim().to_owned()).collect();
        if parts.iter().any(String::is_empty) { Err("it must be a list with commas, or none") } else { Ok(Self(parts)) }
    }
}

impl Desk<'_, '_> {
    /// Makes `thing` or changes it: the fields of the file, then those that are not null in `said`.
    pub(crate) async fn put(
        &mut self,
        thing: &Thing<'_>,
        file: &FromFile,
        said: &impl Serialize,
    ) -> Result<Outcome, Failure> {
        let mut given = self.fields_of(file)?;
        given.retain(|field, _| !READ_ONLY.contains(&field.as_str()));
        if let Ok(Value::Object(said)) = serde_json::to_value(said) {
            given.extend(said);
        }
        let (present, version) = match self.client.get(&thing.place).await {
            Ok(answer) => (Some(answer.json()?), answer.version),
            Err(refusal) if refusal.status == Some(StatusCode::NOT_FOUND) => (None, None),
            Err(refusal) => return Err(refusal.into()),
        };
        let mut fields: Map<String, Value> = match &present {
            Some(Value::Object(present)) => {
                let known = present.iter().filter(|(field, _)| thing.fields.contains(&field.as_str()));
                known.map(|(field, value)| (field.clone(), value.clone())).collect()
            }
            _ => Map::new(),
        };
        let before = present.as_ref().map(|_| fields.clone());
        fields.extend(given);
        if let Some(present) = &present
            && before.as_ref() == Some(&fields)
        {
            return self.tell(present, |_| format!("{} is so already\n", thing.what));
        }
        let sent = Sent { body: Some(&Value::Object(fields)), version: version.as_ref(), ..Sent::default() };
        let answer = self.client.send(Method::PUT, &thing.place, sent).await?;
        let done = if answer.status == StatusCode::CREATED { "created" } else { "changed" };
        self.done(&answer, &format!("{} is {done}", thing.what))
    }

    fn fields_of(&mut self, file: &FromFile) -> Result<Map<String, Value>, Failure> {
        let Some(path) = &file.file else { return Ok(Map::new()) };
        let text = self.text_of(path)?;
        let wrong = |why: String| Failure::Usage(format!("{}: {why}", path.display()));
        match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(wrong("must be one JSON object".to_owned())),
            Err(error) => Err(wrong(format!("is no JSON at line {} column {}", error.line(), error.column()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_takes_a_value_back() {
        assert_eq!("none".parse(), Ok(OrNone::<u32>(None)));
        assert_eq!("7".parse(), Ok(OrNone(Some(7))));
        assert!("seven".parse::<OrNone<u32>>().is_err());
        assert_eq!("none".parse(), Ok(Names(Vec::new())));
        assert_eq!("a, b".parse(), Ok(Names(vec!["a".to_owned(), "b".to_owned()])));
        assert!("a,,b".parse::<Names>().is_err());
    }
}
