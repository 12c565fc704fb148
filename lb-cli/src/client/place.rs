//! [`Place`]: where a resource is, below `/api/v1`.

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a path and in a query: what RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    text: String,
    queried: bool,
}

impl Place {
    /// The path whose segments these are, each as it is called.
    pub(crate) fn of(segments: &[&str]) -> Self {
        let mut text = String::from("/api/v1");
        for segment in segments {
            text.push('/');
            text.extend(utf8_percent_encode(segment, ENCODED));
        }
        Self { text, queried: false }
    }

    /// The same with a parameter more.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.text.push(if self.queried { '&' } else { '?' });
        self.queried = true;
        self.text.push_str(name);
        self.text.push('=');
        self.text.extend(utf8_percent_encode(&value.to_string(), ENCODED));
        self
    }

    /// The same with a parameter more if it has a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_segment_whatever_is_in_them() {
        let place = Place::of(&["meetings", "moodle", "a/b ?&é"]).with("limit", 5).with_some("after", Some("x y&z"));
        assert_eq!(place.as_str(), "/api/v1/meetings/moodle/a%2Fb%20%3F%26%C3%A9?limit=5&after=x%20y%26z");
        assert_eq!(Place::of(&["servers"]).with_some("state", None::<&str>).as_str(), "/api/v1/servers");
    }
}
