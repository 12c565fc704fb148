//! What is asked.

use std::net::IpAddr;
use std::num::NonZeroU32;

use lb_core::Position;
use serde::Deserialize;

use crate::pages::links;
use crate::pages::words::Words;
use crate::rest::Problem;
use crate::rest::explain::Asked;

/// What is asked, as it was written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    pub(super) integration: String,
    pub(super) forwarded_for: String,
    pub(super) address: String,
    pub(super) latitude: String,
    pub(super) longitude: String,
    pub(super) meeting_id: String,
    pub(super) preferred_server: String,
    pub(super) record: String,
    pub(super) max_participants: String,
    pub(super) size: String,
    pub(super) duration: String,
    /// Whose 300 km the map shows.
    pub(super) server: String,
}

/// What is wrong with it, by field; empty: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flaws {
    pub(super) forwarded_for: &'static str,
    pub(super) address: &'static str,
    pub(super) position: &'static str,
    pub(super) max_participants: &'static str,
    pub(super) size: &'static str,
    pub(super) duration: &'static str,
}

impl Flaws {
    pub(super) fn any(&self) -> bool {
        *self != Self::default()
    }
}

impl Question {
    pub(super) fn flaws(&self, words: &'static Words) -> Flaws {
        let w = &words.explain;
        let mut flaws = Flaws::default();
        let given = |text: &str| !text.trim().is_empty();
        let is_address = |text: &str| text.trim().parse::<IpAddr>().is_ok();
        if given(&self.forwarded_for) && !self.forwarded_for.split(',').all(is_address) {
            flaws.forwarded_for = w.address_wrong;
        }
        if given(&self.address) && !is_address(&self.address) {
            flaws.address = w.address_wrong;
        }
        if (given(&self.latitude) || given(&self.longitude)) && self.position().is_none() {
            flaws.position = w.position_wrong;
        }
        let wrong = |text: &str| if given(text) && number(text).is_none() { w.number_wrong } else { "" };
        flaws.max_participants = wrong(&self.max_participants);
        flaws.size = wrong(&self.size);
        flaws.duration = wrong(&self.duration);
        flaws
    }

    /// Whether anything is said that is not asked for at first.
    pub(super) fn says_more(&self) -> bool {
        let more = [&self.meeting_id, &self.preferred_server, &self.address];
        let hints = [&self.max_participants, &self.size, &self.duration];
        self.records() || more.into_iter().chain(hints).any(|text| !text.is_empty())
    }

    fn position(&self) -> Option<Position> {
        Position::try_new(degrees(&self.latitude)?, degrees(&self.longitude)?)
    }

    /// The same for the function that REST has.
    pub(super) fn asked(&self) -> Result<Asked, Problem> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Asked {
            integration: self.integration.clone(),
            meeting_id: Some(self.meeting_id.clone()).filter(|id| !id.is_empty()),
            forwarded_for: given(&self.forwarded_for),
            address: given(&self.address),
            latitude: degrees(&self.latitude),
            longitude: degrees(&self.longitude),
            preferred_server: given(&self.preferred_server),
            record: self.records(),
            max_participants: number(&self.max_participants),
            size: number(&self.size),
            duration: number(&self.duration),
        })
    }

    pub(super) fn records(&self) -> bool {
        matches!(self.record.as_str(), "on" | "true")
    }

    /// The page with the same question, and the circle around `server`.
    pub(super) fn around(&self, server: &str) -> String {
        links::with(
            super::PATH,
            &[
                ("integration", &self.integration),
                ("forwarded_for", &self.forwarded_for),
                ("address", &self.address),
                ("latitude", &self.latitude),
                ("longitude", &self.longitude),
                ("meeting_id", &self.meeting_id),
                ("preferred_server", &self.preferred_server),
                ("record", &self.record),
                ("max_participants", &self.max_participants),
                ("size", &self.size),
                ("duration", &self.duration),
                ("server", server),
            ],
        )
    }
}

fn number(text: &str) -> Option<NonZeroU32> {
    text.trim().parse().ok()
}

/// Degrees, as people of either language write them.
fn degrees(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").replace('−', "-").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::language::Language;

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let words = Words::of(Language::English);
        let question = |query: &str| serde_html_form::from_str::<Question>(query).unwrap();
        for good in
            ["", "latitude=-30%2C03&longitude=%E2%88%9251.2", "forwarded_for=192.0.2.1,%202001:db8::1", "address=::1"]
        {
            assert!(!question(good).flaws(words).any(), "{good}");
        }
        assert!(!question("latitude=91&longitude=0").flaws(words).position.is_empty());
        assert!(!question("latitude=1").flaws(words).position.is_empty());
        assert!(!question("latitude=NaN&longitude=0").flaws(words).position.is_empty());
        assert!(!question("forwarded_for=192.0.2.1,").flaws(words).forwarded_for.is_empty());
        assert!(!question("address=here").flaws(words).address.is_empty());
        assert!(!question("size=0").flaws(words).size.is_empty());
        assert!(!question("duration=long").flaws(words).duration.is_empty());
        assert!(!question("max_participants=+30&size=25").flaws(words).any());
    }

    #[test]
    fn a_question_is_found_again_in_the_links_of_its_map() {
        let question = Question {
            integration: "a&b".to_owned(),
            record: "on".to_owned(),
            size: "25".to_owned(),
            ..Question::default()
        };
        assert_eq!(question.around("bbb 1"), "/admin/explain?integration=a%26b&record=on&size=25&server=bbb+1");
        let asked = question.asked().unwrap();
        assert_eq!((asked.record, asked.size.map(NonZeroU32::get)), (true, Some(25)));
    }
}
