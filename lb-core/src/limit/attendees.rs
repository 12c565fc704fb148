//! [`Attendees`]: who is in a meeting, by its server's list.

use std::collections::HashMap;

use super::Who;
use crate::fleet::ListedMeeting;
use crate::xml::{Document, Node};

/// Who is in one meeting. Empty where the list names nobody.
#[derive(Debug, Default)]
pub(crate) struct Attendees {
    by_id: HashMap<String, u32>,
    by_name: HashMap<String, u32>,
}

impl Attendees {
    /// Reads them from the list. It unpacks and parses what may be some hundred kilobytes.
    pub(crate) fn of(meeting: &ListedMeeting) -> Self {
        let mut all = Self::default();
        let xml = format!("<meeting>{}</meeting>", meeting.xml.unpack());
        let Ok(document) = Document::parse(xml.as_bytes()) else { return all };
        let attendees = document.root().child("attendees").into_iter().flat_map(Node::children);
        for attendee in attendees.filter(|node| node.is("attendee")) {
            *all.by_id.entry(attendee.value("userID").into_owned()).or_default() += 1;
            *all.by_name.entry(attendee.value("fullName").into_owned()).or_default() += 1;
        }
        all
    }

    /// How often somebody is in.
    pub(crate) fn count(&self, who: &Who) -> u32 {
        let found = match who {
            Who::Id(id) => self.by_id.get(id),
            Who::Named(name) => self.by_name.get(name),
        };
        found.copied().unwrap_or(0)
    }
}
