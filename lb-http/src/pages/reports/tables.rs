//! [`TableView`]: the tables of a report.

use lb_core::report::{By, Figures, Row, Span, Step, Table};

use super::figure::Figure;
use super::period::Period;
use crate::pages::chart::Writing;
use crate::pages::language::Language;
use crate::pages::words::{Words, fill};

/// So many rows a table shows where nobody asks for all.
const ROWS: usize = 62;

/// The same of the last table, which has a row for each group and step.
const FEWER_ROWS: usize = 40;

/// No page has more, whoever asks: what is more is in CSV and JSON.
const MOST_ROWS: usize = 3000;

/// A table of figures.
#[derive(Clone, Debug)]
pub(crate) struct TableView {
    /// Unique on the page.
    pub(crate) id: &'static str,
    pub(crate) caption: &'static str,
    /// What stands above the names of the rows.
    pub(crate) heads: Vec<&'static str>,
    pub(crate) rows: Vec<RowView>,
    pub(crate) total: Option<RowView>,
    /// How many rows are shown of how many, where that is not all.
    pub(crate) cut: Option<String>,
}

/// A line of it.
#[derive(Clone, Debug)]
pub(crate) struct RowView {
    pub(crate) names: Vec<String>,
    pub(crate) cells: Vec<CellView>,
}

/// A figure of it.
#[derive(Clone, Debug)]
pub(crate) struct CellView {
    pub(crate) text: String,
    /// For sorting, where the text does not say it.
    pub(crate) value: Option<f64>,
    /// From join calls, as far as there are some.
    pub(crate) marked: bool,
}

/// What tables are made with.
#[derive(Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) table: &'a Table,
    pub(super) period: &'a Period,
    pub(super) words: &'static Words,
    pub(super) language: Language,
    pub(super) all_rows: bool,
}

impl Maker<'_> {
    /// All tables that say something.
    pub(super) fn tables(&self) -> Vec<TableView> {
        let w = &self.words.reports;
        let (by_group, by_step) = (self.table.by != By::Nothing, self.table.step != Step::Whole);
        let mut tables = Vec::new();
        let group = |row: &Row| self.row(vec![self.group(row.group.as_deref())], &row.figures);
        let groups = self.table.groups.iter().map(group);
        let groups = if by_group { groups.collect() } else { Vec::new() };
        tables.push(self.table("totals", w.totals, vec![self.group_head()], groups, ROWS));
        if by_step {
            // what has not come yet has no figures
            let steps = self.table.steps.iter().zip(&self.table.in_steps);
            let steps = steps.filter(|(step, _)| step.from <= self.table.made_at);
            let steps = steps.map(|(step, figures)| self.row(vec![self.step(step)], figures));
            tables.push(self.table("course", w.by_step, vec![w.step_head], steps.collect(), ROWS));
        }
        if by_step && by_group && self.table.groups.len() > 1 {
            let row = |row: &Row| {
                let step = row.step.and_then(|step| self.table.steps.get(step));
                let step = step.map(|step| self.step(step)).unwrap_or_default();
                self.row(vec![self.group(row.group.as_deref()), step], &row.figures)
            };
            let rows = self.table.rows.iter().map(row).collect();
            let heads = vec![self.group_head(), w.step_head];
            tables.push(self.table("detail", w.by_step_and_group, heads, rows, FEWER_ROWS));
        }
        tables
    }

    fn table(
        &self,
        id: &'static str,
        caption: &'static str,
        heads: Vec<&'static str>,
        mut rows: Vec<RowView>,
        most: usize,
    ) -> TableView {
        let most = if self.all_rows { MOST_ROWS } else { most };
        let all = rows.len();
        rows.truncate(most);
        let number = |count: usize| crate::pages::numbers::whole(count as u64, self.language);
        let cut = (all > most).then(|| fill(self.words.reports.shown, &[&number(most), &number(all)]));
        let mut names = vec![self.words.reports.total.to_owned()];
        names.resize(heads.len(), String::new());
        let total = (id != "detail").then(|| self.row(names, &self.table.total));
        TableView { id, caption, heads, rows, total, cut }
    }

    fn row(&self, names: Vec<String>, figures: &Figures) -> RowView {
        let cell = |figure: Figure| {
            let text = figure.said(figures, self.language);
            let plain = text.bytes().all(|digit| digit.is_ascii_digit());
            let marked = figure == Figure::Participants && figures.participants_from_joins > 0;
            CellView { text, value: figure.of(figures).filter(|_| !plain), marked }
        };
        RowView { names, cells: Figure::ALL.into_iter().map(cell).collect() }
    }

    /// What a group is called.
    pub(super) fn group(&self, name: Option<&str>) -> String {
        name.unwrap_or(self.words.reports.none_of_it).to_owned()
    }

    pub(super) fn group_head(&self) -> &'static str {
        let w = &self.words.reports;
        match self.table.by {
            By::Integration => w.integration,
            By::Partner => w.partner,
            By::Server => w.server,
            By::Router => w.router,
            By::Nothing => w.by,
        }
    }

    /// A step in a table: as REST has it, with the hours of the clock.
    fn step(&self, step: &Span) -> String {
        match self.table.step {
            Step::Hour => {
                let at = self.period.at(step.from);
                // an hour that comes twice has the offset beside it
                let twice = at.time_zone().to_ambiguous_timestamp(at.datetime()).is_ambiguous();
                at.strftime(if twice { "%Y-%m-%d %H:%M %:z" } else { "%Y-%m-%d %H:%M" }).to_string()
            }
            _ => step.label.clone(),
        }
    }

    /// A step in a chart, where it is pointed at.
    pub(super) fn named(&self, step: &Span) -> String {
        match self.table.step {
            Step::Hour => Writing::of(self.language).moment(&self.period.at(step.from)),
            Step::Month => step.label.clone(),
            _ => self.short(step),
        }
    }

    /// A step below a chart: as short as can be.
    pub(super) fn short(&self, step: &Span) -> String {
        let (at, writing) = (self.period.at(step.from), Writing::of(self.language));
        match self.table.step {
            Step::Hour if at.hour() != 0 => at.strftime("%H:%M").to_string(),
            Step::Month if at.month() != 1 => writing.month(&at).to_owned(),
            Step::Month => at.year().to_string(),
            Step::Quarter | Step::Year => step.label.clone(),
            _ => writing.day(&at),
        }
    }
}
