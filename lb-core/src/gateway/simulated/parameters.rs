//! What a call carries: its parameters, and whether its checksum is right.

use url::form_urlencoded;

use crate::checksum::{Checksum, sign};
use crate::secret::Secret;

/// The parameters of a call: those of the URL, then those of a form body. Of two with one name the first counts.
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(query: &str, form: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form));
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The value as it was given, perhaps empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The value; BBB takes an empty one for none nearly everywhere.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether the value says true, as BBB reads all booleans that it does not validate.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether the value is one of the spellings that BBB validates: `true`, `false`, `1`, `0`, or not given.
    pub(super) fn is_boolean(&self, name: &str) -> bool {
        let spellings = ["true", "false", "1", "0"];
        self.given(name).is_none_or(|value| spellings.iter().any(|spelling| value.eq_ignore_ascii_case(spelling)))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Why a call is not signed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsigned {
    Missing,
    Wrong,
}

/// Verifies as BBB ≥ 2.6.18 does: over the raw query alone, the checksum pair cut out textually, whatever the body.
/// An empty secret switches the check off.
pub(super) fn verify(name: &str, query: &str, parameters: &Parameters, secret: &Secret) -> Result<(), Unsigned> {
    if secret.is_empty() {
        return Ok(());
    }
    let value = parameters.given("checksum").ok_or(Unsigned::Missing)?;
    let checksum = Checksum::parse(value).ok_or(Unsigned::Wrong)?;
    let signed = cut_checksum(query, value);
    let digest = hex::decode(sign(checksum.algorithm(), name, &signed, secret)).unwrap_or_default();
    if checksum.matches(&digest) { Ok(()) } else { Err(Unsigned::Wrong) }
}

fn cut_checksum(query: &str, value: &str) -> String {
    let pair = format!("checksum={value}");
    let cut = query.replace(&format!("&{pair}"), "").replace(&format!("{pair}&"), "").replace(&pair, "");
    cut.trim().chars().filter(|character| !character.is_ascii_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Algorithm;

    #[test]
    fn the_checksum_pair_may_stand_anywhere_in_the_query() {
        for (query, signed) in [
            ("checksum=V", ""),
            ("&checksum=V", ""),
            ("checksum=V&a=1", "a=1"),
            ("a=1&checksum=V", "a=1"),
            ("a=1&checksum=V&b=2", "a=1&b=2"),
            ("a=1&checksum=V&", "a=1&"),
        ] {
            assert_eq!(cut_checksum(query, "V"), signed, "{query}");
        }
    }

    #[test]
    fn all_four_algorithms_are_taken_in_either_case_and_nothing_else() {
        let secret = "LBtest-0a1B2c3D4e5F".into();
        let verify_with = |digest: &str| {
            let query = format!("meetingID=room-1&checksum={digest}");
            verify("end", &query, &Parameters::parse(&query, b""), &secret)
        };
        for algorithm in Algorithm::ALL {
            let digest = sign(algorithm, "end", "meetingID=room-1", &secret);
            assert_eq!(verify_with(&digest), Ok(()), "{algorithm:?}");
            assert_eq!(verify_with(&digest.to_uppercase()), Ok(()), "{algorithm:?}");
            assert_eq!(verify_with(&digest[1..]), Err(Unsigned::Wrong));
            let other = sign(algorithm, "create", "meetingID=room-1", &secret);
            assert_eq!(verify_with(&other), Err(Unsigned::Wrong));
        }
        assert_eq!(verify_with(""), Err(Unsigned::Missing));
    }
}
