//! What getRecordings filters by: [`MetadataFilter`].

use std::fmt;

/// Whether BBB keeps metadata under `key`: letters, digits and hyphens, a letter first.
pub fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// One of the metadata that a recording must have.
#[derive(Clone, PartialEq, Eq)]
pub struct MetadataFilter {
    /// Its key, in any case.
    pub key: String,
    /// What its value must be like.
    pub value: Pattern,
}

impl MetadataFilter {
    /// Whether the metadata in `xml` may have it: to look is faster than to read them all. What is written is never shorter than
    /// what is read.
    pub(super) fn may_take(&self, xml: &str) -> bool {
        let (Pattern::Is(value) | Pattern::Begins(value) | Pattern::Ends(value) | Pattern::Contains(value)) =
            &self.value;
        let key = self.key.as_bytes();
        value.len() <= xml.len()
            && (key.is_empty() || xml.as_bytes().windows(key.len()).any(|part| part.eq_ignore_ascii_case(key)))
    }

    /// Whether `metadata` has it.
    pub fn takes(&self, metadata: &[(String, String)]) -> bool {
        let own = metadata.iter().filter(|(key, _)| key.eq_ignore_ascii_case(&self.key));
        own.into_iter().any(|(_, value)| self.value.takes(value))
    }
}

impl fmt::Debug for MetadataFilter {
    /// Without the value, which may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetadataFilter").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a text must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// This.
    Is(String),
    /// It begins with this: `text%`.
    Begins(String),
    /// It ends with this: `%text`.
    Ends(String),
    /// This is in it: `%text%`.
    Contains(String),
}

impl Pattern {
    /// Reads a value in which a `%` at an end stands for anything.
    pub fn read(text: &str) -> Self {
        match (text.strip_prefix('%'), text.strip_suffix('%')) {
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('%').unwrap_or(rest).to_owned()),
            (Some(end), None) => Self::Ends(end.to_owned()),
            (None, Some(start)) => Self::Begins(start.to_owned()),
            (None, None) => Self::Is(text.to_owned()),
        }
    }

    /// Whether `text` is like that.
    pub fn takes(&self, text: &str) -> bool {
        match self {
            Self::Is(whole) => text == whole,
            Self::Begins(start) => text.starts_with(start.as_str()),
            Self::Ends(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_at_an_end_stands_for_anything() {
        for (pattern, found) in [
            ("moodle", true),
            ("mood", false),
            ("mood%", true),
            ("%dle", true),
            ("%ood%", true),
            ("%x%", false),
            ("%", true),
            ("%%", true),
            ("", false),
            ("m%e", false),
        ] {
            assert_eq!(Pattern::read(pattern).takes("moodle"), found, "{pattern}");
        }
    }

    #[test]
    fn keys_are_those_that_bbb_keeps() {
        let kept = ["gl-listed", "a", "A1"].map(is_key);
        let dropped = ["", "1a", "a_b", "-a", "é"].map(is_key);
        assert_eq!((kept, dropped), ([true; 3], [false; 5]));
    }
}
