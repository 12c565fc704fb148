//! [`Body`]: a whole report, as the page and the file of a month show it.

use lb_core::report::{Figures, Table};

use super::charts::Picture;
use super::figure::Figure;
use super::period::Period;
use super::tables::{Maker, TableView};
use super::week::WeekView;
use crate::pages::language::Language;
use crate::pages::numbers::{decimal, whole};
use crate::pages::words::{Words, fill};

/// What a report is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'a> {
    pub(super) period: &'a Period,
    pub(super) table: &'a Table,
    /// The period before, and its totals.
    pub(super) before: Option<(&'a Period, &'a Table)>,
    /// The same period cut into hours.
    pub(super) hours: Option<&'a Table>,
    /// Every row, however many.
    pub(super) all_rows: bool,
}

/// A whole report.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) w: &'static Words,
    pub(crate) lead: String,
    pub(crate) made: String,
    pub(crate) runs: bool,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) compared: Option<Compared>,
    pub(crate) courses: Vec<Picture>,
    pub(crate) ranks: Vec<Picture>,
    pub(crate) week: Option<WeekView>,
    pub(crate) columns: Vec<(&'static str, &'static str)>,
    pub(crate) tables: Vec<TableView>,
    pub(crate) refused: Vec<Refused>,
    /// What is to be known of participants that nobody saw.
    pub(crate) from_joins: Option<String>,
    pub(crate) empty: bool,
}

/// A figure of the whole period, large.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    pub(crate) label: &'static str,
    pub(crate) figure: String,
    pub(crate) note: String,
    pub(crate) marked: bool,
}

/// The comparison with the period before.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) caption: String,
    pub(crate) rows: Vec<ComparedRow>,
}

/// A figure now and then.
#[derive(Clone, Debug)]
pub(crate) struct ComparedRow {
    pub(crate) name: &'static str,
    pub(crate) now: String,
    pub(crate) then: String,
    pub(crate) change: String,
    pub(crate) per_cent: String,
}

/// Calls that were refused for one reason.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) call: String,
    pub(crate) key: String,
    pub(crate) times: String,
}

const TILES: [Figure; 8] = [
    Figure::Meetings,
    Figure::Participants,
    Figure::Minutes,
    Figure::Names,
    Figure::PeakMeetings,
    Figure::PeakUsers,
    Figure::Recordings,
    Figure::Refused,
];

impl Body {
    pub(super) fn of(made: Made<'_>, language: Language) -> Self {
        let words = Words::of(language);
        let (w, table, period) = (&words.reports, made.table, made.period);
        let maker = Maker { table, period, words, language, all_rows: made.all_rows };
        let total = &table.total;
        let then = made.before.map(|(_, table)| &table.total);
        let tile = |figure: Figure| Tile {
            label: figure.word(words),
            figure: large(figure, total, language),
            note: then.map(|then| note(figure, total, then, words, language)).unwrap_or_default(),
            marked: figure == Figure::Participants && total.participants_from_joins > 0,
        };
        let refused = total.refused.iter().map(|((call, key), times)| Refused {
            call: call.clone(),
            key: key.clone(),
            times: whole(*times, language),
        });
        let mut refused: Vec<_> = refused.collect();
        refused
            .sort_by_key(|refused| std::cmp::Reverse(total.refused.get(&(refused.call.clone(), refused.key.clone()))));
        let from_joins = total.participants_from_joins;
        Self {
            w: words,
            lead: fill(w.lead, &[&moment(period, period.from), &last(period), &period.zone.name()]),
            made: fill(w.made, &[&moment(period, table.made_at)]),
            runs: period.runs(table.made_at),
            tiles: TILES.into_iter().map(tile).collect(),
            compared: made.before.map(|(before, then)| compared(&maker, before, &then.total)),
            courses: maker.courses(),
            ranks: maker.ranks(),
            week: made.hours.map(|hours| WeekView::of(&maker, hours)),
            columns: Figure::ALL.into_iter().map(|figure| (figure.word(words), figure.hint(words))).collect(),
            tables: maker.tables(),
            refused,
            from_joins: (from_joins > 0).then(|| fill(w.from_joins, &[&whole(from_joins, language)])),
            empty: *total == Figures::default(),
        }
    }
}

/// A figure that has to find room: of thousands of minutes no parts, which the table has.
fn large(figure: Figure, figures: &Figures, language: Language) -> String {
    match figure.of(figures) {
        Some(minutes) if figure == Figure::Minutes && minutes >= 1000.0 => decimal(minutes, 0, language),
        _ => figure.said(figures, language),
    }
}

/// A moment, as the clock of the period shows it.
fn moment(period: &Period, at: lb_core::Timestamp) -> String {
    let at = period.at(at);
    let format = if at.hour() == 0 && at.minute() == 0 && at.second() == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
}

/// The end of a period, as people say it: of one that ends with a day that day, which is part of it.
fn last(period: &Period) -> String {
    let until = period.at(period.until);
    let is_begin = until.start_of_day().is_ok_and(|begin| begin == until);
    let day = until.date().yesterday().ok().filter(|_| is_begin);
    day.map_or_else(|| moment(period, period.until), |day| day.to_string())
}

fn note(figure: Figure, now: &Figures, then: &Figures, words: &Words, language: Language) -> String {
    let before = fill(words.reports.before, &[&figure.said(then, language)]);
    match per_cent(figure.of(now), figure.of(then), language) {
        Some(change) => format!("{change} · {before}"),
        None => before,
    }
}

/// By how much it is more or less; nothing where there was nothing.
fn per_cent(now: Option<f64>, then: Option<f64>, language: Language) -> Option<String> {
    let (now, then) = (now?, then.filter(|then| *then > 0.0)?);
    let change = (now - then) / then * 100.0;
    let places = usize::from(change.abs() < 10.0 && change.round() != change);
    let sign = if change > 0.0 { "+" } else { "" };
    Some(format!("{sign}{} %", decimal(change, places, language)))
}

fn compared(maker: &Maker<'_>, before: &Period, then: &Figures) -> Compared {
    let (w, language, now) = (&maker.words.reports, maker.language, &maker.table.total);
    let row = |figure: Figure| {
        let (new, old) = (figure.of(now), figure.of(then));
        let change = new.zip(old).map(|(new, old)| {
            let sign = match new - old {
                more if more > 0.0 => "+",
                less if less < 0.0 => "−",
                _ => "",
            };
            format!("{sign}{}", figure.written(new - old, language))
        });
        ComparedRow {
            name: figure.word(maker.words),
            now: figure.said(now, language),
            then: figure.said(then, language),
            change: change.unwrap_or_else(|| "–".to_owned()),
            per_cent: per_cent(new, old, language).unwrap_or_else(|| "–".to_owned()),
        }
    };
    let sentence = if maker.period.runs(maker.table.made_at) { w.compared_part } else { w.compared_with };
    let caption = fill(sentence, &[&moment(before, before.from), &last(before)]);
    Compared { caption, rows: Figure::ALL.into_iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_per_cent_where_there_was_something() {
        let of = |now: f64, then: f64| per_cent(Some(now), Some(then), Language::English);
        assert_eq!(of(120.0, 100.0).as_deref(), Some("+20 %"));
        assert_eq!(of(95.5, 100.0).as_deref(), Some("−4.5 %"));
        assert_eq!(of(100.0, 100.0).as_deref(), Some("0 %"));
        assert_eq!(of(10_000.0, 1.0).as_deref(), Some("+999,900 %"));
        assert_eq!(of(5.0, 0.0), None);
        assert_eq!(per_cent(None, Some(3.0), Language::English), None);
    }
}
