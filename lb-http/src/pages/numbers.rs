//! Figures and moments, as people write them.

use lb_core::Timestamp;

use super::language::Language;

/// A whole number, as templates hand it over.
pub(crate) trait Whole {
    /// The number.
    fn whole(self) -> u64;
}

macro_rules! whole {
    ($($number:ty),*) => {
        $(
            impl Whole for $number {
                fn whole(self) -> u64 {
                    self as u64
                }
            }

            impl Whole for &$number {
                fn whole(self) -> u64 {
                    *self as u64
                }
            }
        )*
    };
}

whole!(u16, u32, u64, usize);

/// `12,345`, `12.345`.
pub(crate) fn whole(number: u64, language: Language) -> String {
    grouped(&number.to_string(), if language == Language::Portuguese { '.' } else { ',' })
}

/// `1,234.5`, `1.234,5`; what is no number is a dash.
pub(crate) fn decimal(number: f64, digits: usize, language: Language) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.digits$}", number.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (group, point) = if language == Language::Portuguese { ('.', ",") } else { (',', ".") };
    let sign = if number < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) { "−" } else { "" };
    let point = if part.is_empty() { "" } else { point };
    format!("{sign}{}{point}{part}", grouped(whole, group))
}

fn grouped(digits: &str, separator: char) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// `<time datetime="2026-11-22T19:00:00Z">2026-11-22 19:00:00 UTC</time>`.
pub(crate) fn time(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    format!("<time datetime=\"{moment:.0}\">{}</time>", moment.strftime("%Y-%m-%d %H:%M:%S UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_people_of_a_language_write_them() {
        use Language::{English, Portuguese};
        for (number, english, portuguese) in
            [(0, "0", "0"), (999, "999", "999"), (1_000, "1,000", "1.000"), (12_345_678, "12,345,678", "12.345.678")]
        {
            assert_eq!(whole(number, English), english);
            assert_eq!(whole(number, Portuguese), portuguese);
        }
        assert_eq!(decimal(1234.56, 1, English), "1,234.6");
        assert_eq!(decimal(-1234.5, 2, Portuguese), "−1.234,50");
        assert_eq!(decimal(-0.001, 1, English), "0.0");
        assert_eq!(decimal(12.0, 0, English), "12");
        assert_eq!(decimal(f64::NAN, 1, English), "–");
    }

    #[test]
    fn a_moment_is_written_for_programs_and_for_people() {
        let text = "<time datetime=\"2026-11-22T19:00:00Z\">2026-11-22 19:00:00 UTC</time>";
        assert_eq!(time(Timestamp::from_millis(1_795_374_000_500)), text);
    }
}
