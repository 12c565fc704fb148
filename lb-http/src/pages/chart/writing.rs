//! [`Writing`]: how a language writes the numbers and dates of charts.

use jiff::Zoned;

use super::super::language::Language;
use super::super::numbers;

/// How a language writes numbers and dates.
#[derive(Debug)]
pub(crate) struct Writing {
    language: Language,
    months: [&'static str; 12],
    weekdays: [&'static str; 7],
}

static ENGLISH: Writing = Writing {
    language: Language::English,
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

static PORTUGUESE: Writing = Writing {
    language: Language::Portuguese,
    months: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
    weekdays: ["seg", "ter", "qua", "qui", "sex", "sáb", "dom"],
};

impl Writing {
    /// As that language does.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Portuguese => &PORTUGUESE,
        }
    }

    /// A number with so many decimals: `1,234.50`. What is no number is a dash.
    pub(crate) fn decimal(&self, number: f64, places: usize) -> String {
        numbers::decimal(number, places, self.language)
    }

    /// A number as exact as it has to be: no decimals where it is whole, and at most two.
    pub(crate) fn number(&self, number: f64) -> String {
        let hundredths = (number * 100.0).round();
        let places = match hundredths {
            whole if whole % 100.0 == 0.0 => 0,
            tenth if tenth % 10.0 == 0.0 => 1,
            _ => 2,
        };
        self.decimal(number, places)
    }

    /// A number in the room of four characters or so: `950`, `1.2k`, `34M`.
    pub(crate) fn short(&self, number: f64) -> String {
        for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
            if number.abs() >= unit {
                let parts = number / unit;
                let places = usize::from(parts.abs() < 10.0 && (parts * 10.0).round() % 10.0 != 0.0);
                return self.decimal(parts, places) + letter;
            }
        }
        self.number(number)
    }

    /// A day of the month: `1 Mar`.
    pub(crate) fn day(&self, at: &Zoned) -> String {
        format!("{} {}", at.day(), self.month(at))
    }

    /// A month: `Mar`.
    pub(crate) fn month(&self, at: &Zoned) -> &'static str {
        let place = usize::try_from(at.month() - 1).unwrap_or_default();
        self.months.get(place).copied().unwrap_or_default()
    }

    /// A moment: `1 Mar 14:00`.
    pub(crate) fn moment(&self, at: &Zoned) -> String {
        format!("{} {:02}:{:02}", self.day(at), at.hour(), at.minute())
    }

    /// The days of the week, from Monday.
    pub(crate) fn weekdays(&self) -> &[&'static str; 7] {
        &self.weekdays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_there_write_them() {
        assert_eq!(ENGLISH.number(12.0), "12");
        assert_eq!(ENGLISH.number(12.5), "12.5");
        assert_eq!(PORTUGUESE.number(12.254), "12,25");
    }

    #[test]
    fn a_short_number_has_room_at_an_axis() {
        for (number, text) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (950.0, "950"),
            (1000.0, "1k"),
            (1260.0, "1.3k"),
            (34e6, "34M"),
            (2.5e9, "2.5G"),
            (15_000.0, "15k"),
        ] {
            assert_eq!(ENGLISH.short(number), text);
        }
    }
}
