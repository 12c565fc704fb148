//! Long lists: filters that are read from the query, and the way to the next page.

use std::fmt::Display;

use lb_core::Timestamp;
use lb_core::network::Network;

use super::links;
use super::words::{Words, fill};
use crate::rest::{Caller, Problem};

/// Things on one page.
pub(crate) const PAGE: usize = 100;

/// The most names that a page offers to choose from; where there are more, they are typed.
const OFFERED: usize = 300;

/// The way on in a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pager {
    /// The first page, if this is another.
    pub(crate) first: Option<String>,
    /// The next page, if there is one.
    pub(crate) next: Option<String>,
    here: usize,
}

impl Pager {
    /// The way on from a page of `here` things below `path` that `asked` asks for, which begins behind `after` and ends where
    /// `next` says.
    pub(crate) fn new(
        path: &str,
        asked: &[(&str, &str)],
        after: &str,
        next: Option<impl Display>,
        here: usize,
    ) -> Self {
        let next = next.map(|next| links::with(path, &[asked, &[("after", &next.to_string())]].concat()));
        Self { first: (!after.is_empty()).then(|| links::with(path, asked)), next, here }
    }

    /// Whether there is anywhere to go.
    pub(crate) fn is_needed(&self) -> bool {
        self.first.is_some() || self.next.is_some()
    }

    /// How many things are here.
    pub(crate) fn count_text(&self, w: &Words) -> String {
        fill(w.listing.here, &[&self.here])
    }
}

/// What somebody wrote, if they wrote anything.
pub(crate) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The moment that somebody wrote, if they did: `2026-11-22T19:00`, which is UTC, or RFC 3339 with a zone.
pub(crate) fn moment(text: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = said(text) else { return Ok(None) };
    let wrong = || Problem::bad("a moment must be written like 2026-11-22T19:00, which is UTC");
    let moment = match text.parse::<jiff::Timestamp>() {
        Ok(moment) => moment,
        Err(_) => {
            let civil: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?.timestamp()
        }
    };
    u64::try_from(moment.as_millisecond()).map(|millis| Some(Timestamp::from_millis(millis))).map_err(|_| wrong())
}

/// Those integrations that somebody sees, to choose from; none where there are too many.
pub(crate) fn integrations(network: &Network, caller: &Caller) -> Vec<String> {
    let reach = caller.reach();
    let seen = network.integrations().iter().filter(|integration| reach.has(integration));
    few(seen.map(|integration| integration.name.to_string()))
}

/// These names, to choose from; none where there are too many.
pub(crate) fn few(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: Vec<_> = names.take(OFFERED + 1).collect();
    if names.len() > OFFERED { Vec::new() } else { names }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_browsers_and_as_programs_write_it() {
        let at = Some(Timestamp::from_millis(1_795_374_000_000));
        for text in ["2026-11-22T19:00", " 2026-11-22T19:00:00 ", "2026-11-22T16:00:00-03:00", "2026-11-22T19:00:00Z"] {
            assert_eq!(moment(text).unwrap(), at, "{text}");
        }
        assert_eq!(moment(" ").unwrap(), None);
        for bad in ["yesterday", "2026-13-01T00:00", "1960-01-01T00:00", "99999-01-01T00:00"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_next_page_is_asked_for_as_this_one_was() {
        let asked = [("kind", "meeting-created"), ("server", "")];
        let pager = Pager::new("/admin/events", &asked, "", Some("5-2"), 100);
        assert_eq!(pager.next.as_deref(), Some("/admin/events?kind=meeting-created&after=5-2"));
        assert!(pager.first.is_none() && pager.is_needed());
        let last = Pager::new("/admin/events", &asked, "5-2", None::<&str>, 3);
        assert_eq!((last.first.as_deref(), last.next), (Some("/admin/events?kind=meeting-created"), None));
    }
}
