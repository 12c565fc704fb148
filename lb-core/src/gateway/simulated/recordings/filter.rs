//! Which recordings getRecordings is asked for.

use std::collections::BTreeMap;

use super::super::create::metadata;
use super::super::hash;
use super::super::parameters::Parameters;
use super::super::recording::SimulatedRecording;

/// Recordings of one page at most.
const MOST_OF_PAGE: usize = 100;

pub(super) struct Filter<'p> {
    /// Beginnings of recordIDs; none: all.
    prefixes: Option<Vec<String>>,
    states: Vec<&'p str>,
    metadata: BTreeMap<String, String>,
}

/// What part of the list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl<'p> Filter<'p> {
    pub(super) fn read(parameters: &'p Parameters) -> Self {
        let listed = |name| parameters.given(name).map(list);
        let prefixes = match listed("recordID") {
            Some(ids) => Some(ids.map(str::to_owned).collect()),
            None => listed("meetingID").map(|ids| ids.map(|id| format!("{}-", hash(id))).collect()),
        };
        let states = match parameters.given("state") {
            Some(states) => list(states).collect(),
            None => vec!["published", "unpublished"],
        };
        Self { prefixes, states, metadata: metadata(parameters) }
    }

    pub(super) fn takes(&self, recording: &SimulatedRecording) -> bool {
        let id = recording.record_id.as_str();
        self.prefixes.as_ref().is_none_or(|prefixes| prefixes.iter().any(|prefix| id.starts_with(prefix)))
            && self.states.iter().any(|state| *state == "any" || *state == recording.state.name())
            && self.metadata.iter().all(|(key, pattern)| {
                recording.all_metadata().any(|(other, value)| other == key && matches(value, pattern))
            })
    }
}

impl Page {
    /// `None` where everything is asked for at once.
    pub(super) fn read(parameters: &Parameters) -> Option<Self> {
        let limit: i64 = parameters.given("limit")?.trim().parse().ok()?;
        let offset = parameters.given("offset").and_then(|offset| offset.trim().parse().ok()).unwrap_or(0);
        let limit = usize::try_from(limit).unwrap_or(1).clamp(1, MOST_OF_PAGE);
        Some(Self { offset, limit })
    }
}

/// The entries of a list with commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// Whether `value` is `pattern`, in which a `%` at an end stands for anything.
fn matches(value: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('%'), pattern.strip_suffix('%')) {
        (Some(rest), Some(_)) => value.contains(rest.strip_suffix('%').unwrap_or(rest)),
        (Some(end), None) => value.ends_with(end),
        (None, Some(start)) => value.starts_with(start),
        (None, None) => value == pattern,
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
            assert_eq!(matches("moodle", pattern), found, "{pattern}");
        }
    }

    #[test]
    fn a_page_is_read_as_bbb_reads_it() {
        let page = |query: &str| Page::read(&Parameters::parse(query, b""));
        for (query, expected) in [
            ("", None),
            ("offset=5", None),
            ("limit=many", None),
            ("limit=10", Some((0, 10))),
            ("limit=0&offset=-3", Some((0, 1))),
            ("limit=-1&offset=x", Some((0, 1))),
            ("limit=1000&offset=7", Some((7, 100))),
        ] {
            assert_eq!(page(query), expected.map(|(offset, limit)| Page { offset, limit }), "{query}");
        }
    }
}
