//! Create parameters as one JSON object, in their order, so that SQL can read them by name; and lists of createTimes.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::Serializer as _;

/// Parameters on their way out of the database. A name may stand twice, as it may in a query.
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

impl Parameters {
    /// The column's text.
    pub(super) fn to_json(parameters: &[(String, String)]) -> Result<String, rusqlite::Error> {
        let mut json = Vec::new();
        let pairs = parameters.iter().map(|(name, value)| (name, value));
        serde_json::Serializer::new(&mut json)
            .collect_map(pairs)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        String::from_utf8(json).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for Parameters {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)
    }
}

/// The createTimes of superseded incarnations, as a JSON array.
pub(super) struct CreateTimes(pub(super) Vec<u64>);

impl CreateTimes {
    /// The column's text.
    pub(super) fn to_json(times: &[u64]) -> Result<String, rusqlite::Error> {
        serde_json::to_string(times).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for CreateTimes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Parameters;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Parameters(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repeated_names_come_back() {
        let given = [("b", "1"), ("a", "\"\0é"), ("b", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let json = Parameters::to_json(&given).unwrap();
        assert_eq!(json, r#"{"b":"1","a":"\"\u0000é","b":""}"#);
        assert_eq!(serde_json::from_str::<Parameters>(&json).unwrap().0, given);
    }
}
