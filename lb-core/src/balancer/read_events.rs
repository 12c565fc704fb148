//! What happened, for those who look after the network.

use super::Balancer;
use crate::store::{EventCursor, EventFilter, EventPage, StoreError};

impl Balancer {
    /// The stored events that fit `filter`, newest first: at most `limit`, and at most [`EVENTS_PAGE`](crate::store::EVENTS_PAGE).
    /// `after` is where the page before ended. What happened in the last second need not be among them.
    ///
    /// # Errors
    /// What the store says.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        self.stores.events.events(filter, after, limit).await
    }
}
