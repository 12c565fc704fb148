//! [`Wish`]: which report is wanted, as the form says it.

use lb_core::Timestamp;
use lb_core::report::{By, Step, Zone};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::period::{Period, Preset};
use crate::pages::words::{Words, fill};
use crate::rest::{Asked, BASE, Problem};

/// The period where none is said: what is going on, as far as it has come.
pub(super) const USUAL: &str = "this-month";

/// The fields of the form, and of the address of the page. What is empty is not said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// One of [`Preset::ALL`], or `own`.
    pub(super) period: String,
    /// The first day of a period of one's own.
    pub(super) from: String,
    /// Its last day, which is part of it.
    pub(super) last: String,
    /// Its end, as REST has it: the first moment that is no part of it.
    pub(super) until: String,
    pub(super) zone: String,
    pub(super) step: String,
    pub(super) by: String,
    pub(super) integration: String,
    pub(super) partner: String,
    pub(super) server: String,
    pub(super) router: String,
    /// `none`: the period before is not looked at.
    pub(super) compare: String,
    /// `all`: every row is shown, however many.
    pub(super) rows: String,
}

impl Wish {
    /// The zone that is wanted, or the usual one.
    pub(super) fn zone(&self, usual: &Zone, words: &Words) -> Result<Zone, Problem> {
        match self.zone.trim() {
            "" => Ok(usual.clone()),
            name => Zone::named(name).map_err(|_| Problem::bad(fill(words.reports.no_zone, &[&name]))),
        }
    }

    /// Whether it is a period of one's own.
    pub(super) fn is_own(&self) -> bool {
        let said = !self.from.is_empty() || !self.last.is_empty() || !self.until.is_empty();
        self.period == "own" || (self.period.is_empty() && said)
    }

    /// The period that is wanted; [`USUAL`], where nothing is said.
    pub(super) fn period(&self, zone: &Zone, now: Timestamp, words: &Words) -> Result<Period, Problem> {
        let w = &words.reports;
        if !self.is_own() {
            let word = if self.period.is_empty() { USUAL } else { &self.period };
            let preset = Preset::of(word).ok_or_else(|| Problem::bad(fill(w.no_period, &[&word])))?;
            return preset.period(zone, now).ok_or_else(|| Problem::bad(w.no_moment));
        }
        if self.from.trim().is_empty() || (self.last.trim().is_empty() && self.until.trim().is_empty()) {
            return Err(Problem::bad(w.no_days));
        }
        let moment = |text: &str| zone.moment(text).map_err(|_| Problem::bad(fill(w.no_date, &[&text.trim()])));
        let from = moment(&self.from)?;
        let until = match self.last.trim() {
            "" => moment(&self.until)?,
            last => {
                let day = last.parse::<jiff::civil::Date>().and_then(|day| day.tomorrow());
                let day = day.map_err(|_| Problem::bad(fill(w.no_date, &[&last])))?;
                moment(&day.to_string())?
            }
        };
        if from >= until {
            return Err(Problem::bad(w.ends_before_begin));
        }
        Ok(Period { from, until, zone: zone.clone() })
    }

    /// The same in REST's words, cut into `step`.
    pub(super) fn asked(&self, period: &Period, step: Step) -> Asked {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Asked {
            from: Some(text_of(period.from)),
            until: Some(text_of(period.until)),
            zone: Some(period.zone.name().to_owned()),
            step: Some(step.as_str().to_owned()),
            by: some(&self.by),
            integration: some(&self.integration),
            partner: some(&self.partner),
            server: some(&self.server),
            router: some(&self.router),
            format: None,
        }
    }

    /// What the period is cut into.
    pub(super) fn step(&self, period: &Period, words: &Words) -> Result<Step, Problem> {
        match self.step.as_str() {
            "" => Ok(period.usual_step()),
            word => word.parse().map_err(|_| Problem::bad(fill(words.reports.no_step, &[&word]))),
        }
    }

    /// What there is a group for each of.
    pub(super) fn by(&self, words: &Words) -> Result<By, Problem> {
        match self.by.as_str() {
            "" => Ok(By::default()),
            word => word.parse().map_err(|_| Problem::bad(fill(words.reports.no_group, &[&word]))),
        }
    }

    /// Where the same page is with every row.
    pub(super) fn with_all_rows(&self) -> String {
        let mut query = Serializer::for_suffix(String::from("/reports?"), "/reports?".len());
        let fields = [
            ("period", &self.period),
            ("from", &self.from),
            ("last", &self.last),
            ("until", &self.until),
            ("zone", &self.zone),
            ("step", &self.step),
            ("by", &self.by),
            ("integration", &self.integration),
            ("partner", &self.partner),
            ("server", &self.server),
            ("router", &self.router),
            ("compare", &self.compare),
        ];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("rows", "all");
        query.finish()
    }
}

/// Where REST has a report in that format.
pub(super) fn download(asked: &Asked, format: &str) -> String {
    let mut query = Serializer::for_suffix(format!("{BASE}/reports?"), BASE.len() + "/reports?".len());
    let fields = [
        ("from", &asked.from),
        ("until", &asked.until),
        ("zone", &asked.zone),
        ("step", &asked.step),
        ("by", &asked.by),
        ("integration", &asked.integration),
        ("partner", &asked.partner),
        ("server", &asked.server),
        ("router", &asked.router),
    ];
    query.extend_pairs(fields.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))));
    query.append_pair("format", format);
    query.finish()
}

/// A moment that is the same in every zone.
pub(super) fn text_of(at: Timestamp) -> String {
    let at = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    at.unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::language::Language;

    fn period(wish: &Wish) -> Result<(String, String), u16> {
        let words = Words::of(Language::English);
        let now = Zone::utc().moment("2026-04-15T12:00").unwrap();
        let zone = wish.zone(&Zone::utc(), words).map_err(|problem| problem.status())?;
        let period = wish.period(&zone, now, words).map_err(|problem| problem.status())?;
        Ok((text_of(period.from), text_of(period.until)))
    }

    fn own(from: &str, last: &str) -> Wish {
        Wish { from: from.to_owned(), last: last.to_owned(), ..Wish::default() }
    }

    #[test]
    fn the_last_day_is_part_of_a_period_of_ones_own() {
        let said = |from: &str, until: &str| Ok((from.to_owned(), until.to_owned()));
        assert_eq!(period(&own("2026-03-01", "2026-03-01")), said("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"));
        assert_eq!(period(&Wish::default()), said("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"));
        let rest = Wish { until: "2026-03-02T12:00:00Z".to_owned(), ..own("2026-03-01", "") };
        assert_eq!(period(&rest), said("2026-03-01T00:00:00Z", "2026-03-02T12:00:00Z"));
        let there = Wish { zone: "Europe/Berlin".to_owned(), ..own("2026-03-29", "2026-03-29") };
        assert_eq!(period(&there), said("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
        // what is chosen by name goes over days that were left in the form
        let named = Wish { period: "this-month".to_owned(), ..own("2026-03-01", "2026-03-01") };
        assert_eq!(period(&named), said("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_period_is_refused() {
        let named = |period: &str| Wish { period: period.to_owned(), ..Wish::default() };
        for wish in [
            own("2026-03-02", "2026-03-01"),
            own("2026-02-30", "2026-03-01"),
            own("2026-03-01", "tomorrow"),
            own("2026-03-01", ""),
            own("", "2026-03-01"),
            own("9999-12-31", "9999-12-31"),
            own("1960-01-01", "1960-01-02"),
            named("own"),
            named("always"),
            Wish { zone: "Mars/Olympus".to_owned(), ..Wish::default() },
        ] {
            assert_eq!(period(&wish), Err(400), "{wish:?}");
        }
    }

    #[test]
    fn downloads_ask_for_the_same_in_the_words_of_rest() {
        let wish =
            Wish { integration: "a&b, c".to_owned(), router: "geo".to_owned(), ..own("2026-03-01", "2026-03-31") };
        let words = Words::of(Language::English);
        let period = wish.period(&Zone::named("America/Sao_Paulo").unwrap(), Timestamp::default(), words).unwrap();
        let asked = wish.asked(&period, Step::Day);
        assert_eq!(
            download(&asked, "csv"),
            "/api/v1/reports?from=2026-03-01T03%3A00%3A00Z&until=2026-04-01T03%3A00%3A00Z&zone=America%2FSao_Paulo&step=day\
             &integration=a%26b%2C+c&router=geo&format=csv"
        );
        let again = wish.with_all_rows();
        assert_eq!(again, "/reports?from=2026-03-01&last=2026-03-31&integration=a%26b%2C+c&router=geo&rows=all");
    }
}
