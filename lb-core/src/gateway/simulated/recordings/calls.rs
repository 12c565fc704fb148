//! getRecordings, publishRecordings, deleteRecordings, updateRecordings.

use super::super::create::metadata;
use super::super::parameters::Parameters;
use super::super::recording::SimulatedRecordingState as State;
use super::super::reply::{Failure, SimulatedReply, element};
use super::SimulatedBbb;
use super::filter::{Filter, Page, list};

const MISSING_ID: Failure = Failure::new("missingParamRecordID", "You must specify a recordID.");
const MISSING_PUBLISH: Failure = Failure::new("missingParamPublish", "You must specify a publish value true or false.");
const NOT_FOUND: Failure = Failure::new("notFound", "We could not find recordings");

impl SimulatedBbb {
    pub(in super::super) fn get_recordings(&self, parameters: &Parameters) -> SimulatedReply {
        let filter = Filter::read(parameters);
        let found: Vec<_> = self.recordings().filter(|recording| filter.takes(recording)).collect();
        let page = Page::read(parameters);
        let (offset, limit) = page.as_ref().map_or((0, usize::MAX), |page| (page.offset, page.limit));
        let mut inner = String::from("<recordings>");
        let empty = inner.len();
        for recording in found.iter().skip(offset).take(limit) {
            recording.write(&mut inner, &self.origin);
        }
        let is_empty = inner.len() == empty;
        inner.push_str("</recordings>");
        if page.is_some() {
            element(&mut inner, "totalElements", &found.len().to_string());
        }
        if is_empty {
            element(&mut inner, "messageKey", "noRecordings");
            element(&mut inner, "message", "There are no recordings for the meeting(s).");
        }
        SimulatedReply::success(&inner)
    }

    pub(in super::super) fn publish_recordings(&mut self, parameters: &Parameters) -> SimulatedReply {
        let Some(publish) = parameters.given("publish").filter(|_| parameters.given("recordID").is_some()) else {
            let missing = if parameters.given("recordID").is_none() { MISSING_ID } else { MISSING_PUBLISH };
            return SimulatedReply::failed(missing);
        };
        let to = if publish.eq_ignore_ascii_case("true") { State::Published } else { State::Unpublished };
        self.each(parameters, "published", publish, |bbb, id| bbb.change_later(id, to))
    }

    pub(in super::super) fn delete_recordings(&mut self, parameters: &Parameters) -> SimulatedReply {
        self.each(parameters, "deleted", "true", |bbb, id| bbb.change_later(id, State::Deleted))
    }

    /// An empty value removes a key of the metadata.
    pub(in super::super) fn update_recordings(&mut self, parameters: &Parameters) -> SimulatedReply {
        let (changes, protect) = (metadata(parameters), parameters.given("protect"));
        self.each(parameters, "updated", "true", |bbb, id| {
            let Some(recording) = bbb.recordings.get_mut(id) else { return };
            if let Some(protect) = protect {
                recording.protected = Some(protect.eq_ignore_ascii_case("true"));
            }
            for (key, value) in &changes {
                if value.is_empty() {
                    recording.metadata.remove(key);
                } else {
                    recording.metadata.insert(key.clone(), value.clone());
                }
            }
        })
    }

    /// Does it to each recording that was asked for and is published or unpublished; one is enough for a success.
    fn each(
        &mut self,
        parameters: &Parameters,
        done: &str,
        value: &str,
        mut change: impl FnMut(&mut Self, &str),
    ) -> SimulatedReply {
        let Some(ids) = parameters.given("recordID") else {
            return SimulatedReply::failed(MISSING_ID);
        };
        let mut found = false;
        for id in list(ids) {
            let state = self.recordings.get(id).map(|recording| recording.state);
            if matches!(state, Some(State::Published | State::Unpublished)) {
                change(self, id);
                found = true;
            }
        }
        if !found {
            return SimulatedReply::failed(NOT_FOUND);
        }
        let mut inner = String::new();
        element(&mut inner, done, value);
        SimulatedReply::success(&inner)
    }
}
