//! Durations as people write them.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::value::{Given, Written};

/// No clock of the balancer is asked to look farther ahead.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How old something may get; `None`: as old as it will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age(pub(super) Option<Duration>);

/// A hundred years.
const OLDEST: Duration = Duration::from_secs(36_500 * 24 * 60 * 60);

impl Written for Duration {
    const MUST_BE: &'static str = "a duration from \"1ms\" to \"366d\", such as \"10s\" or \"1m 30s\"";
    fn read(given: Given<'_>) -> Option<Self> {
        up_to(LONGEST, given.text()?)
    }
}

impl Written for Age {
    const MUST_BE: &'static str = "a duration from \"1ms\" to \"36500d\", such as \"400d\", or \"never\"";
    fn read(given: Given<'_>) -> Option<Self> {
        match given.text()?.trim() {
            "never" => Some(Self(None)),
            text => up_to(OLDEST, text).map(|age| Self(Some(age))),
        }
    }
}

fn up_to(longest: Duration, text: &str) -> Option<Duration> {
    let span: Span = text.trim().parse().ok()?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    let duration = Duration::try_from(signed).ok()?;
    (Duration::from_millis(1)..=longest).contains(&duration).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let read = |text| <Duration as Written>::read(Given::Text(text));
        for (text, millis) in [
            ("10s", 10_000),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("1 minute, 30 seconds", 90_000),
            ("250ms", 250),
            ("1.5s", 1_500),
            ("4h", 14_400_000),
            ("2d", 172_800_000),
            ("PT10S", 10_000),
        ] {
            assert_eq!(read(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for bad in ["", "10", "0s", "-5s", "5s ago", "1us", "1 month", "1y", "367d", "999999999999h", "soon"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(<Duration as Written>::read(Given::Whole(10)), None, "seconds? milliseconds?");
    }

    #[test]
    fn an_age_may_be_many_years_or_never_be_reached() {
        let read = |text| Age::read(Given::Text(text)).map(|age| age.0);
        assert_eq!(read("400d"), Some(Some(Duration::from_secs(400 * 86_400))));
        assert_eq!(read("36500d"), Some(Some(OLDEST)));
        assert_eq!(read(" never "), Some(None));
        for bad in ["", "0s", "36501d", "Never", "1y", "-1d", "forever"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(Age::read(Given::Flag(false)), None);
    }
}
