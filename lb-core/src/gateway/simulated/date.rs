//! `createDate`: a moment as Java's `Date.toString()` writes it.

use crate::clock::Timestamp;

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]; // 1970-01-01 was a Thursday
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `EEE MMM dd HH:mm:ss UTC yyyy`.
pub(super) fn java_date(at: Timestamp) -> String {
    let seconds = at.as_millis() / 1000;
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let weekday = WEEKDAYS.get((days % 7) as usize).copied().unwrap_or_default();
    let month = MONTHS.get(month).copied().unwrap_or_default();
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{weekday} {month} {day:02} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

/// Year, month from 0 and day from 1 of the day that lies `days` after 1970-01-01.
fn civil(days: u64) -> (u64, usize, u64) {
    // Counted in years that begin on 1 March, so that the leap day is the last day of its year; eras have 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = (months_since_march + 2) % 12;
    (era * 400 + year_of_era + u64::from(month < 2), month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_java_does() {
        for (millis, text) in [
            (0, "Thu Jan 01 00:00:00 UTC 1970"),
            (951_827_696_000, "Tue Feb 29 12:34:56 UTC 2000"),
            (1_700_000_000_000, "Tue Nov 14 22:13:20 UTC 2023"),
            (1_767_225_599_999, "Wed Dec 31 23:59:59 UTC 2025"),
        ] {
            assert_eq!(java_date(Timestamp::from_millis(millis)), text);
        }
        // A clock that shows nonsense makes a nonsensical date and nothing worse.
        assert!(java_date(Timestamp::from_millis(u64::MAX)).contains("UTC"));
    }
}
