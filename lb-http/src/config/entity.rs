//! The types that keys of integrations and routers alone have.

use std::fmt;
use std::marker::PhantomData;

use lb_core::placement::{LEARNING, NAMES};
use lb_core::{Secret, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::value::{At, Given, Written};

/// The name of a placement policy.
#[derive(Clone, Debug)]
pub(super) struct PolicyName(pub(super) String);

impl Written for PolicyName {
    const MUST_BE: &'static str = "one of \"nearest-least-cpu\", \"least-cpu\", \"least-users\", \"least-meetings\", \"round-robin\", \"nearest\", \"random\", \"weighted\", \"power-of-two\", \"predictive\", \"geo-predictive\", \"scalelite\", \"b3scale\", \"bbblb\", \"bbblb-as-built\", \"b3lb\", \"bigblueswarm\", \"mconf-2012\"";
    fn read(given: Given<'_>) -> Option<Self> {
        given.text().filter(|text| NAMES.contains(text)).map(|text| Self(text.to_owned()))
    }
}

/// The name of a placement policy that can break ties.
#[derive(Clone, Debug)]
pub(super) struct TieBreakName(pub(super) String);

impl Written for TieBreakName {
    const MUST_BE: &'static str = "one of \"nearest-least-cpu\", \"least-cpu\", \"least-users\", \"least-meetings\", \"round-robin\", \"nearest\", \"random\", \"weighted\", \"power-of-two\", \"b3scale\": one that learns or observes the servers cannot break ties";
    fn read(given: Given<'_>) -> Option<Self> {
        PolicyName::read(given).filter(|policy| !LEARNING.contains(&&*policy.0)).map(|policy| Self(policy.0))
    }
}

/// What a parameter of a call is to be.
#[derive(Clone)]
pub(super) struct ParameterValue(pub(super) String);

impl fmt::Debug for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParameterValue")
    }
}

impl Written for ParameterValue {
    const MUST_BE: &'static str = "text in quotes, a number, true or false";
    fn read(given: Given<'_>) -> Option<Self> {
        Some(Self(match given {
            Given::Text(text) => text.to_owned(),
            Given::Whole(number) => number.to_string(),
            Given::Number(number) => number.to_string(),
            Given::Flag(flag) => flag.to_string(),
        }))
    }
}

impl Written for Timestamp {
    const MUST_BE: &'static str =
        "a moment in quotes, such as \"2027-01-31T23:59:59Z\" or \"2027-01-31T23:59:59+01:00\"";
    fn read(given: Given<'_>) -> Option<Self> {
        let moment: jiff::Timestamp = given.text()?.trim().parse().ok()?;
        u64::try_from(moment.as_millisecond()).ok().map(Self::from_millis)
    }
}

/// A secret alone, or with its label and its end.
#[derive(Clone, Debug)]
pub(super) struct KnownSecret {
    pub(super) secret: Secret,
    pub(super) label: Option<String>,
    pub(super) expires: Option<Timestamp>,
}

const MUST_BE: &str =
    "must be text in quotes that is not empty, or a table with secret, and with label and expires if wanted";

impl<'de> Deserialize<'de> for KnownSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownSecretVisitor(PhantomData))
    }
}

struct KnownSecretVisitor(PhantomData<()>);

macro_rules! refuse {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::custom(MUST_BE))
        })*
    };
}

impl<'de> Visitor<'de> for KnownSecretVisitor {
    type Value = KnownSecret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    refuse! { visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_bool: bool }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let secret = Secret::read(Given::Text(text)).ok_or_else(|| E::custom(MUST_BE))?;
        Ok(KnownSecret { secret, label: None, expires: None })
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(A::Error::custom(MUST_BE))
    }

    /// A key that is not known is not named: it may be a secret in the wrong place.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut secret, mut label, mut expires, mut unknown) = (None, None, None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "secret" => secret = Some(map.next_value::<At<Secret>>()?.value),
                "label" => label = Some(map.next_value::<At<String>>()?.value),
                "expires" => expires = Some(map.next_value::<At<Timestamp>>()?.value),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    unknown = true;
                }
            }
        }
        match secret {
            Some(secret) if !unknown => Ok(KnownSecret { secret, label, expires }),
            _ => Err(A::Error::custom(MUST_BE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_that_there_is_can_be_named_and_is_listed() {
        for name in NAMES {
            assert!(PolicyName::read(Given::Text(name)).is_some() && PolicyName::MUST_BE.contains(name), "{name}");
            let (breaks_ties, quoted) = (!LEARNING.contains(&name), format!("\"{name}\""));
            assert_eq!(TieBreakName::read(Given::Text(name)).is_some(), breaks_ties, "{name}");
            assert_eq!(TieBreakName::MUST_BE.contains(&quoted), breaks_ties, "{name}");
        }
        assert!(PolicyName::read(Given::Text("best")).is_none());
    }

    #[test]
    fn a_moment_needs_its_zone() {
        let read = |text| <Timestamp as Written>::read(Given::Text(text));
        assert_eq!(read("2027-01-31T23:59:59Z"), Some(Timestamp::from_millis(1_801_439_999_000)));
        assert_eq!(read("2027-02-01T00:59:59+01:00"), read("2027-01-31T23:59:59Z"));
        for bad in ["", "tomorrow", "2027-01-31", "2027-01-31T23:59:59", "1900-01-01T00:00:00Z"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
