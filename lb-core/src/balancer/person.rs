//! One person's data in the stored events: shown, and taken out.
//!
//! Who is in a meeting while they are erased is named again by what comes of them later: when they enter anew, and after a
//! restart of the balancer, which finds them in lists as people that it has not seen.

use super::{Actor, AdministrationError, Balancer};
use crate::event::{Administered, Change, Event, EventKind, Subject, UserId};
use crate::meeting::InternalMeetingId;
use crate::store::{EVENTS_PAGE, EventCursor, EventFilter, EventPage, PersonQuery, PseudonymKey, StoreError};

/// How many events one transaction of the store takes: a create that comes at that moment waits for no more.
const BATCH: usize = 500;

/// How many events of a page tell of somebody at most: for each of their meetings it is looked up when they left.
const SHOWN: usize = 100;

/// How many pages of events of leaving are read of one meeting.
const MOST_LEFT: usize = 20;

impl Balancer {
    /// A page of what the stored events say of somebody, newest first: at most `limit` of the events that name them, and at
    /// most 100, and with each that says that they entered the one that says that they left. It may have none and yet not be
    /// the last. Each page is told as done by `by`, without saying whose it is.
    ///
    /// # Errors
    /// [`AdministrationError::Store`] if the events cannot be read.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn export_person(
        &self,
        query: &PersonQuery,
        after: Option<EventCursor>,
        limit: usize,
        by: &Actor,
    ) -> Result<EventPage, AdministrationError> {
        let page = self.stores.events.events_of_person(query, after, limit.min(SHOWN)).await;
        let mut page = page.map_err(AdministrationError::Store)?;
        let mut stays: Vec<(&InternalMeetingId, Vec<&UserId>)> = Vec::new();
        for Event { kind, .. } in &page.events {
            if let EventKind::UserEntered { internal_id, user, .. } = kind {
                match stays.iter_mut().find(|(of, _)| *of == internal_id) {
                    Some((_, users)) => users.push(user),
                    None => stays.push((internal_id, vec![user])),
                }
            }
        }
        let mut left = Vec::new();
        for (internal_id, users) in stays {
            let found = self.left(internal_id, users).await;
            left.extend(found.map_err(AdministrationError::Store)?);
        }
        page.events.extend(left);
        page.events.sort_by_key(|event| std::cmp::Reverse(event.at));
        self.tell_administered(by, Administered::Exported, somebody(query), vec![]).await;
        Ok(page)
    }

    /// The events that say that `users` left.
    async fn left(&self, internal_id: &InternalMeetingId, mut users: Vec<&UserId>) -> Result<Vec<Event>, StoreError> {
        let kinds = vec!["user-left".to_owned()];
        let filter = EventFilter { internal_id: Some(internal_id.clone()), kinds, ..EventFilter::default() };
        let (mut left, mut after) = (Vec::new(), None);
        for _ in 0..MOST_LEFT {
            let page = self.stores.events.events(&filter, after, EVENTS_PAGE).await?;
            for event in page.events {
                if let EventKind::UserLeft { user, .. } = &event.kind
                    && let Some(place) = users.iter().position(|one| *one == user)
                {
                    users.swap_remove(place);
                    left.push(event);
                }
            }
            after = page.next;
            if after.is_none() || users.is_empty() {
                break;
            }
        }
        Ok(left)
    }

    /// How many stored events name somebody.
    ///
    /// # Errors
    /// [`AdministrationError::Store`] if the events cannot be read.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn count_person(&self, query: &PersonQuery) -> Result<usize, AdministrationError> {
        let (mut events, mut after) = (0, None);
        loop {
            let page = self.stores.events.events_of_person(query, after, EVENTS_PAGE).await;
            let page = page.map_err(AdministrationError::Store)?;
            events += page.events.len();
            after = page.next;
            if after.is_none() {
                return Ok(events);
            }
        }
    }

    /// Puts pseudonyms in the place of somebody in all stored events that name them, under a key that is drawn for it and
    /// nowhere kept; they have another one on every day. Answers how many events those were, which is told as done by `by`
    /// without saying who was meant. What was recorded within the last second may be passed over.
    ///
    /// # Errors
    /// [`AdministrationError::Store`] if the store fails. What was done stays done, and is told.
    ///
    /// # Cancel safety
    /// May be dropped at any time; what was done stays done, and may not be told.
    pub async fn erase_person(&self, query: &PersonQuery, by: &Actor) -> Result<usize, AdministrationError> {
        let key = PseudonymKey::draw(&*self.rng);
        let (mut events, mut after) = (0, None);
        let done = loop {
            match self.stores.events.erase_person(query, &key, after, BATCH).await {
                Ok(erased) => {
                    events += erased.events;
                    after = erased.next;
                    if after.is_none() {
                        break Ok(events);
                    }
                }
                Err(error) => {
                    self.tell_store_failed(&error);
                    break Err(AdministrationError::Store(error));
                }
            }
        };
        let count = Change::new("events", None, Some(events.to_string()));
        self.tell_administered(by, Administered::Erased, somebody(query), vec![count]).await;
        done
    }
}

/// Whose people somebody is one of; not who.
fn somebody(query: &PersonQuery) -> Subject {
    Subject::new("person", query.integration().map_or(String::new(), |integration| format!("of {integration}")))
}
