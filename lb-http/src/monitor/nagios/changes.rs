//! [`Changes`]: how old the checks are that a monitor tells the time of only in words.
//!
//! `style=mconf` prints `last_check` in the local time of Nagios's machine, in one of four formats, without a zone: no age can
//! be computed from it. But it changes with every check. So a check is as old as the poll that first showed its present
//! text, and data in which nothing changes any more are those of a Nagios that has crashed.

use std::collections::HashMap;
use std::time::Duration;

use lb_core::Timestamp;

/// A check: the host and the service; an empty service is the check of the host itself.
pub(super) type Check = (String, String);

/// What the polls until now have shown of each check.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// The text of each check in the last poll, and the poll that showed it first.
    checks: HashMap<Check, (String, Timestamp)>,
    /// The last poll in which any of them was new.
    newest: Option<Timestamp>,
}

impl Changes {
    /// What is known after a poll at `now` that showed `texts`. Checks that it lacks are forgotten.
    ///
    /// At first sight a check counts as done just now: nothing else is known of it.
    pub(super) fn after(&self, texts: impl IntoIterator<Item = (Check, String)>, now: Timestamp) -> Self {
        let mut newest = self.newest;
        let dated = texts.into_iter().map(|(check, text)| {
            let since = match self.checks.get(&check) {
                Some((known, since)) if *known == text => *since,
                _ => *newest.insert(now),
            };
            (check, (text, since))
        });
        let checks = dated.collect();
        Self { checks, newest }
    }

    /// When a check was done, by the clock that polls are counted by; `None` if it was not shown, or never done.
    pub(super) fn done_at(&self, host: &str, service: &str) -> Option<Timestamp> {
        self.checks.get(&(host.to_owned(), service.to_owned())).map(|(_, since)| *since)
    }

    /// For how long nothing has changed at all; zero where nothing was ever checked.
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        self.newest.filter(|_| !self.checks.is_empty()).map_or(Duration::ZERO, |newest| now.since(newest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn after(changes: &Changes, seconds: u64, texts: &[(&str, &str)]) -> Changes {
        let text = |(service, text): &(&str, &str)| (("a".to_owned(), (*service).to_owned()), (*text).to_owned());
        changes.after(texts.iter().map(text), at(seconds))
    }

    #[test]
    fn a_check_is_as_old_as_the_poll_that_first_showed_its_text() {
        let first = after(&Changes::default(), 10, &[("CPU", "08:16:13"), ("Disk", "08:15:00")]);
        let second = after(&first, 20, &[("CPU", "08:16:33"), ("Disk", "08:15:00")]);
        let third = after(&second, 30, &[("CPU", "08:16:33"), ("Disk", "08:15:00")]);
        let times = |changes: &Changes| (changes.done_at("a", "CPU"), changes.done_at("a", "Disk"));
        assert_eq!(times(&first), (Some(at(10)), Some(at(10))));
        assert_eq!(times(&third), (Some(at(20)), Some(at(10))));
        assert_eq!(third.done_at("a", "Memory"), None);
        assert_eq!(third.done_at("b", "CPU"), None);
    }

    #[test]
    fn a_clock_that_is_set_back_counts_as_a_check_too() {
        let first = after(&Changes::default(), 10, &[("CPU", "02:59:50")]);
        assert_eq!(after(&first, 20, &[("CPU", "02:00:00")]).done_at("a", "CPU"), Some(at(20)));
    }

    #[test]
    fn data_age_from_the_last_change_of_anything() {
        let first = after(&Changes::default(), 10, &[("CPU", "1"), ("Disk", "1")]);
        let second = after(&first, 20, &[("CPU", "2"), ("Disk", "1")]);
        let third = after(&second, 90, &[("CPU", "2"), ("Disk", "1")]);
        assert_eq!((second.age(at(25)), third.age(at(90))), (Duration::from_secs(5), Duration::from_secs(70)));
    }

    #[test]
    fn what_goes_away_is_no_change_and_what_was_never_checked_has_no_age() {
        let first = after(&Changes::default(), 10, &[("CPU", "1"), ("Disk", "1")]);
        assert_eq!(after(&first, 40, &[("CPU", "1")]).age(at(40)), Duration::from_secs(30));
        assert_eq!(after(&first, 400, &[]).age(at(400)), Duration::ZERO);
        assert_eq!(Changes::default().age(at(1_000)), Duration::ZERO);
    }
}
