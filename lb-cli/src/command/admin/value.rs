//! Values as options take them and the balancer is told them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The value of an option that can be taken back with `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrNone<T>(pub(crate) Option<T>);

impl<T: FromStr> FromStr for OrNone<T> {
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

impl FromStr for Names {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let parts: Vec<_> = text.split(',').map(|part| part.trim().to_owned()).collect();
        if parts.iter().any(String::is_empty) { Err("it must be a list with commas, or none") } else { Ok(Self(parts)) }
    }
}

/// A list with commas; `all` leaves nothing out, and is null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamesOrAll(Option<Names>);

impl FromStr for NamesOrAll {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" { Ok(Self(None)) } else { text.parse().map(|names| Self(Some(names))) }
    }
}

impl Serialize for NamesOrAll {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Names with a number each: `a=2,b=0.5`; `none` is nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Weights(BTreeMap<String, f64>);

impl FromStr for Weights {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "it must be NAME=NUMBER with commas, or none";
        let Names(parts) = text.parse().map_err(|_| wrong)?;
        let one = |part: String| {
            let (name, number) = part.rsplit_once('=')?;
            Some((name.to_owned(), number.parse().ok().filter(|number: &f64| number.is_finite())?))
        };
        parts.into_iter().map(one).collect::<Option<_>>().map(Self).ok_or(wrong)
    }
}

/// A length of time, which the balancer is told in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Seconds(u64);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse::<SignedDuration>().ok().filter(|length| length.subsec_nanos() == 0);
        let seconds = seconds.and_then(|length| u64::try_from(length.as_secs()).ok()).filter(|seconds| *seconds > 0);
        seconds.map(Self).ok_or("it must be a length of time in whole seconds, such as 90m or 4h")
    }
}

/// A moment: RFC 3339, a day (its beginning in UTC), `now`, or a length of time from now on such as `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(Timestamp);

impl Moment {
    fn read(text: &str, now: Timestamp) -> Option<Self> {
        if text == "now" {
            return Some(Self(now));
        }
        if let Ok(moment) = text.parse() {
            return Some(Self(moment));
        }
        if let Ok(day) = text.parse::<jiff::civil::Date>() {
            return day.to_zoned(TimeZone::UTC).ok().map(|day| Self(day.timestamp()));
        }
        let span: Span = text.parse().ok().filter(|span: &Span| !span.is_negative())?;
        now.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|moment| Self(moment.timestamp()))
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let must = "it must be a moment such as 2027-01-31T12:00:00Z, a day such as 2027-01-31, now, or a time from now such as 30d";
        Self::read(text, Timestamp::now()).ok_or(must)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

/// A place on earth, in degrees: `LATITUDE,LONGITUDE`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Position {
    latitude: f64,
    longitude: f64,
}

impl FromStr for Position {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let degrees = |text: &str, most: f64| text.trim().parse().ok().filter(|degrees: &f64| degrees.abs() <= most);
        let both = text.split_once(',').and_then(|(north, east)| Some((degrees(north, 90.0)?, degrees(east, 180.0)?)));
        let both = both.map(|(latitude, longitude)| Self { latitude, longitude });
        both.ok_or("it must be LATITUDE,LONGITUDE in degrees, such as -30.03,-51.2")
    }
}

/// A text of any kind, of which `none` takes the value back.
pub(crate) type TextOrNone = OrNone<Text>;

/// A text of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Text(String);

impl FromStr for Text {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// `yes` or `no`.
pub(crate) fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("it must be yes or no"),
    }
}

/// A JSON object.
pub(crate) fn object(text: &str) -> Result<Value, &'static str> {
    serde_json::from_str(text).ok().filter(Value::is_object).ok_or("it must be a JSON object")
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn none_takes_a_value_back() {
        assert_eq!("none".parse(), Ok(OrNone::<u32>(None)));
        assert_eq!("7".parse(), Ok(OrNone(Some(7))));
        assert!("seven".parse::<OrNone<u32>>().is_err());
        assert_eq!("none".parse(), Ok(Names(Vec::new())));
        assert_eq!("a, b".parse(), Ok(Names(vec!["a".to_owned(), "b".to_owned()])));
        assert!("a,,b".parse::<Names>().is_err());
        assert_eq!(to_value("all".parse::<NamesOrAll>().unwrap()).unwrap(), Value::Null);
        assert_eq!(to_value("create,join".parse::<NamesOrAll>().unwrap()).unwrap(), json!(["create", "join"]));
    }

    #[test]
    fn values_are_told_as_the_balancer_reads_them() {
        assert_eq!(to_value("4h".parse::<Seconds>().unwrap()).unwrap(), json!(14_400));
        for wrong in ["4", "-1h", "0s", "1.5s", "soon"] {
            assert!(wrong.parse::<Seconds>().is_err(), "{wrong}");
        }
        let position = json!({ "latitude": -30.03, "longitude": -51.2 });
        assert_eq!(to_value("-30.03,-51.2".parse::<Position>().unwrap()).unwrap(), position);
        assert!("91,0".parse::<Position>().is_err() && "NaN,0".parse::<Position>().is_err());
        assert_eq!(
            to_value("poa1=2,poa2=0.5".parse::<Weights>().unwrap()).unwrap(),
            json!({ "poa1": 2.0, "poa2": 0.5 })
        );
        assert!("poa1".parse::<Weights>().is_err() && "poa1=inf".parse::<Weights>().is_err());
    }

    #[test]
    fn a_moment_is_told_in_utc_with_milliseconds() {
        let now = "2026-11-22T19:00:00Z".parse().unwrap();
        for (said, told) in [
            ("now", "2026-11-22T19:00:00.000Z"),
            ("30d", "2026-12-22T19:00:00.000Z"),
            ("12h", "2026-11-23T07:00:00.000Z"),
            ("2027-01-31", "2027-01-31T00:00:00.000Z"),
            ("2027-01-31T12:00:00+01:00", "2027-01-31T11:00:00.000Z"),
        ] {
            assert_eq!(to_value(Moment::read(said, now)).unwrap(), json!(told), "{said}");
        }
        assert!(["-30d", "soon", "30", "2027-13-01"].iter().all(|wrong| Moment::read(wrong, now).is_none()));
    }
}
