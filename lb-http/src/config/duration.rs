//! Durations as people write them.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::value::{Given, Written};

/// No clock of the balancer is asked to look farther ahead.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Written for Duration {
    const MUST_BE: &'static str = "a duration from \"1ms\" to \"366d\", such as \"10s\" or \"1m 30s\"";
    fn read(given: Given<'_>) -> Option<Self> {
        let span: Span = given.text()?.trim().parse().ok()?;
        let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        let duration = Duration::try_from(signed).ok()?;
        (Duration::from_millis(1)..=LONGEST).contains(&duration).then_some(duration)
    }
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
}
