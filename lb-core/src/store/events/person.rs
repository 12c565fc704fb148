//! [`PersonQuery`]: whose events are asked for, or are to name nobody any more.

use super::{EventCursor, PseudonymKey};
use crate::event::{Event, EventKind};
use crate::network::IntegrationName;

/// The words of the events that a person can be found in.
const TELL_OF_PEOPLE: [&str; 2] = ["user-joined", "user-entered"];

/// Somebody, as websites call them: what is said must all fit.
///
/// A website's id of a user tells them for sure; a name may be that of several people. Names are compared as they stand. The
/// name alone also finds meetings that are called just so, or were created with it as the value of a parameter, such as
/// `meta_teacher`; an id, often a small number, does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonQuery {
    integration: Option<IntegrationName>,
    user_id: Option<String>,
    name: Option<String>,
}

/// Neither an id nor a name says who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("say who is meant: user_id, the website's id of the user, or name, or both")]
pub struct NobodyMeant;

impl PersonQuery {
    /// Who is called `name` or has `user_id`, or both, at `integration` or at any.
    ///
    /// # Errors
    /// [`NobodyMeant`] where neither has a character.
    pub fn new(
        integration: Option<IntegrationName>,
        user_id: Option<String>,
        name: Option<String>,
    ) -> Result<Self, NobodyMeant> {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let query = Self { integration, user_id: said(user_id), name: said(name) };
        if query.user_id.is_none() && query.name.is_none() { Err(NobodyMeant) } else { Ok(query) }
    }

    /// At which integration; absent: at all.
    pub fn integration(&self) -> Option<&IntegrationName> {
        self.integration.as_ref()
    }

    /// The [words](EventKind::word) of the events that may fit.
    pub fn kinds(&self) -> Vec<String> {
        let meetings = self.user_id.is_none().then_some("meeting-created");
        TELL_OF_PEOPLE.into_iter().chain(meetings).map(str::to_owned).collect()
    }

    /// The texts that an event must have in it to fit.
    pub fn said(&self) -> impl Iterator<Item = &str> {
        [&self.user_id, &self.name].into_iter().flatten().map(String::as_str)
    }

    /// Whether the event tells of them.
    pub fn fits(&self, event: &Event) -> bool {
        if self.integration.is_some() && event.kind.integration() != self.integration.as_ref() {
            return false;
        }
        let is = |said: &Option<String>, found: Option<&str>| said.is_none() || said.as_deref() == found;
        match &event.kind {
            EventKind::UserJoined { name, user_id, .. } => {
                is(&self.name, Some(name)) && is(&self.user_id, user_id.as_deref())
            }
            EventKind::UserEntered { name, external_user_id, .. } => {
                is(&self.name, Some(name)) && is(&self.user_id, Some(external_user_id))
            }
            EventKind::MeetingCreated { name, parameters, .. } => {
                let mut texts = parameters.iter().map(|(_, value)| value).chain([name]);
                self.user_id.is_none() && texts.any(|text| self.is_name(text))
            }
            _ => false,
        }
    }

    /// The event with pseudonyms in their place, those of its day; `None` where it does not tell of them.
    pub fn erased(&self, key: &PseudonymKey, event: &Event) -> Option<Event> {
        if !self.fits(event) {
            return None;
        }
        let key = key.of_day(event.at);
        let mut erased = event.clone();
        let integration = event.kind.integration().map_or("", |integration| integration.as_str());
        let EventKind::MeetingCreated { name, parameters, .. } = &mut erased.kind else { return key.anonymised(event) };
        let texts = parameters.iter_mut().map(|(_, value)| value).chain([name]);
        for text in texts.filter(|text| self.is_name(text)) {
            *text = key.pseudonym(integration, text);
        }
        Some(erased)
    }

    fn is_name(&self, text: &str) -> bool {
        self.name.as_deref() == Some(text)
    }
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many events name them no more.
    pub events: usize,
    /// Where it goes on; absent where all is done.
    pub next: Option<EventCursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_meant_must_be_said() {
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(PersonQuery::new(Some("moodle".into()), None, said("")), Err(NobodyMeant));
        assert_eq!(PersonQuery::new(None, said(""), None), Err(NobodyMeant));
        let by_id = PersonQuery::new(None, said("u-1"), said("")).unwrap();
        assert_eq!((by_id.said().collect::<Vec<_>>(), by_id.kinds().len()), (vec!["u-1"], 2));
        assert_eq!(PersonQuery::new(None, None, said("Ana")).unwrap().kinds().len(), 3);
    }
}
