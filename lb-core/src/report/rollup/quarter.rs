//! Quarters of an hour of UTC, which every time zone's days and hours begin at.

use crate::clock::Timestamp;

/// Milliseconds.
const LENGTH: u64 = 15 * 60 * 1000;

/// How many a day has.
pub(crate) const DAY: Quarter = 96;

/// A quarter of an hour, counted from 1970 on.
pub(crate) type Quarter = u32;

/// The one that `at` is in.
pub(crate) fn quarter_of(at: Timestamp) -> Quarter {
    Quarter::try_from(at.as_millis() / LENGTH).unwrap_or(Quarter::MAX)
}

/// Its first moment.
pub(crate) fn begin(quarter: Quarter) -> Timestamp {
    Timestamp::from_millis(u64::from(quarter) * LENGTH)
}

/// Whether one begins at `at`.
pub(super) fn begins_at(at: Timestamp) -> bool {
    at.as_millis().is_multiple_of(LENGTH)
}

/// The UTC day that a quarter is in, counted from 1970 on.
pub(crate) fn day_of(quarter: Quarter) -> u32 {
    quarter / DAY
}

/// The first quarter of a day.
pub(crate) fn first_of(day: u32) -> Quarter {
    day.saturating_mul(DAY)
}
