//! How a thing is made, or changed: what is said of it is laid over what it is, and sent with the version that was read, so
//! that nobody else's change is lost.

use std::path::PathBuf;

use hyper::header::{HeaderValue, IF_MATCH, IF_NONE_MATCH};
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Desk;
use crate::client::{Answer, Place, Refusal, Sent};
use crate::outcome::{Failure, Outcome};

/// What the balancer says of a thing and is not told.
const READ_ONLY: [&str; 3] = ["name", "managed", "secrets"];

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
#[derive(Debug, Default, clap::Args)]
pub(crate) struct FromFile {
    /// Read fields from this file of JSON, or from standard input (-); options go over them
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// What became of a thing.
#[derive(Debug)]
pub(crate) enum Put {
    /// It was so already, and is this.
    Same(Value),
    /// It was not there; this was answered.
    Created(Answer),
    /// It was other than this.
    Changed(Answer),
}

impl Desk<'_, '_> {
    /// Makes `thing` or changes it, and says which. Its fields are those of the file, then those that are said.
    pub(crate) async fn put(
        &mut self,
        thing: &Thing<'_>,
        file: &FromFile,
        said: &impl Serialize,
    ) -> Result<Outcome, Failure> {
        match self.put_silently(thing, file, said).await? {
            Put::Same(present) => self.tell(&present, |_| format!("{} is so already\n", thing.what)),
            Put::Created(answer) => self.done(&answer, &format!("{} is created", thing.what)),
            Put::Changed(answer) => self.done(&answer, &format!("{} is changed", thing.what)),
        }
    }

    /// The same without saying so.
    pub(crate) async fn put_silently(
        &mut self,
        thing: &Thing<'_>,
        file: &FromFile,
        said: &impl Serialize,
    ) -> Result<Put, Failure> {
        let given = self.given(file, said)?;
        let (present, version) = match self.client.get(&thing.place).await {
            Ok(answer) => (answer.json()?, answer.version),
            Err(refusal) if refusal.status == Some(StatusCode::NOT_FOUND) => {
                return self.create(&thing.place, given).await.map(Put::Created);
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let known = present.as_object().into_iter().flatten();
        let known = known.filter(|(field, _)| thing.fields.contains(&field.as_str()));
        let before: Map<String, Value> = known.map(|(field, value)| (field.clone(), value.clone())).collect();
        let mut fields = before.clone();
        fields.extend(given);
        if before == fields {
            return Ok(Put::Same(present));
        }
        let only_if = version.map(|version| (IF_MATCH, version));
        let sent = Sent { body: Some(&Value::Object(fields)), only_if, accept: None };
        match self.client.send(Method::PUT, &thing.place, sent).await {
            Err(Refusal { status: Some(StatusCode::PRECONDITION_FAILED), sentence }) => {
                Err(Failure::Failed(format!("{sentence} (look at it again, and say it again)")))
            }
            answered => Ok(Put::Changed(answered?)),
        }
    }

    /// Makes what is not there yet.
    pub(crate) async fn create(&self, place: &Place, fields: Map<String, Value>) -> Result<Answer, Failure> {
        let only_if = Some((IF_NONE_MATCH, HeaderValue::from_static("*")));
        let sent = Sent { body: Some(&Value::Object(fields)), only_if, accept: None };
        Ok(self.client.send(Method::PUT, place, sent).await?)
    }

    /// The fields of the file, under those that are said.
    pub(crate) fn given(&mut self, file: &FromFile, said: &impl Serialize) -> Result<Map<String, Value>, Failure> {
        let mut given = self.fields_of(file)?;
        given.retain(|field, _| !READ_ONLY.contains(&field.as_str()));
        if let Ok(Value::Object(said)) = serde_json::to_value(said) {
            given.extend(said);
        }
        Ok(given)
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
