//! [`Moment`]: a point in time as it is written in JSON.

use lb_core::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A point in time: RFC 3339, in UTC with milliseconds where it is answered, in any zone where it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2027-01-31T23:59:59.000Z")]
pub(crate) struct Moment(pub(crate) Timestamp);

impl From<Timestamp> for Moment {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX);
        let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
        serializer.collect_str(&format_args!("{moment:.3}"))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong =
            || serde::de::Error::custom("a moment is RFC 3339 text with its zone, such as 2027-01-31T23:59:59Z");
        let text = String::deserialize(deserializer)?;
        let moment: jiff::Timestamp = text.trim().parse().map_err(|_| wrong())?;
        let millis = u64::try_from(moment.as_millisecond()).map_err(|_| wrong())?;
        Ok(Self(Timestamp::from_millis(millis)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for (given, written) in [
            ("\"2027-01-31T23:59:59.123Z\"", "\"2027-01-31T23:59:59.123Z\""),
            ("\"2027-02-01T01:00:00+01:00\"", "\"2027-02-01T00:00:00.000Z\""),
        ] {
            let moment: Moment = serde_json::from_str(given).unwrap();
            assert_eq!(serde_json::to_string(&moment).unwrap(), written);
        }
        for bad in ["\"tomorrow\"", "\"2027-01-31\"", "\"1960-01-01T00:00:00Z\"", "12"] {
            assert!(serde_json::from_str::<Moment>(bad).is_err(), "{bad}");
        }
    }
}
