//! [`Once`]: a call that changes something is sent once for each time that it was built, however often its form is posted.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use lb_core::Rng;

use crate::rng::SystemRng;

/// How many calls can be built and not sent yet; of more, the oldest must be built anew.
const MOST: usize = 1024;

/// What has been built and not been sent.
#[derive(Debug, Default)]
pub(super) struct Once(Mutex<VecDeque<String>>);

/// That of this process: what was built before a restart must be built anew.
pub(super) static ONCE: Once = Once(Mutex::new(VecDeque::new()));

impl Once {
    /// What the form of a call that was just built is to carry.
    pub(super) fn issue(&self) -> String {
        let mut bytes = [0; 16];
        SystemRng.fill(&mut bytes);
        let issued = hex::encode(bytes);
        // held for a push and a pop, never across an await
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == MOST {
            open.pop_front();
        }
        open.push_back(issued.clone());
        issued
    }

    /// Whether it was issued and never claimed before.
    pub(super) fn claim(&self, issued: &str) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = open.iter().position(|known| known == issued);
        place.and_then(|place| open.remove(place)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_is_sent_once_and_what_was_not_is_not_sent() {
        let once = Once::default();
        let issued = once.issue();
        assert!(!once.claim("") && !once.claim("made-up"));
        assert!(once.claim(&issued));
        assert!(!once.claim(&issued), "posted again");
    }

    #[test]
    fn what_is_never_sent_does_not_stay_for_ever() {
        let once = Once::default();
        let first = once.issue();
        let last = (0..MOST).map(|_| once.issue()).last().unwrap();
        assert!(!once.claim(&first));
        assert!(once.claim(&last));
    }
}
