//! [`Websites`]: how many places each integration has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lb_core::IntegrationName;

/// Counts places by integration. It holds no more entries than there are places.
#[derive(Debug)]
pub(super) struct Websites {
    most: usize,
    counts: Mutex<HashMap<IntegrationName, usize>>,
}

impl Websites {
    /// Lets each integration have `most` places.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::default() })
    }

    /// One more place for `integration`, until it is dropped; `None` if it has all that it may have.
    pub(super) fn enter(self: &Arc<Self>, integration: &IntegrationName) -> Option<WebsitePlace> {
        let mut counts = self.counts();
        let count = counts.get(integration).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        counts.insert(integration.clone(), count + 1);
        drop(counts);
        Some(WebsitePlace { websites: Arc::clone(self), integration: integration.clone() })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IntegrationName, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place of one integration.
#[derive(Debug)]
pub(super) struct WebsitePlace {
    websites: Arc<Websites>,
    integration: IntegrationName,
}

impl Drop for WebsitePlace {
    fn drop(&mut self) {
        let mut counts = self.websites.counts();
        if let Some(count) = counts.get_mut(&self.integration) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.integration);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_integration_has_its_own_places_and_gets_them_back() {
        let websites = Websites::new(1);
        let enter = |name: &str| websites.enter(&name.into());
        let first = enter("moodle").unwrap();
        assert!(enter("moodle").is_none());
        let other = enter("portal").unwrap();
        drop(first);
        drop(enter("moodle").unwrap());
        drop(other);
        assert!(websites.counts().is_empty());
    }
}
