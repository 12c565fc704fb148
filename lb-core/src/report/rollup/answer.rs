//! [`Answer`]: a report of what is rolled up.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use super::super::steps::Steps;
use super::super::table::{CellOf, Table};
use super::super::{BadReportQuery, Figures, Limits, Owners, ReportQuery, TooMuch};
use super::cell::Counts;
use super::course::{Both, Course, Peaks};
use super::matching::{Matching, Sources};
use super::most::Most;
use super::names::{HowMany, Names};
use super::once::Once;
use super::places::Places;
use super::quarter::{Quarter, begins_at, day_of, first_of, quarter_of};
use super::quarters::{self, Quarters, Unreadable};
use super::summary::{PeakOf, PeaksOfDay, Summary};
use crate::clock::Timestamp;
use crate::store::{RollupPage, RollupPart};

/// Whether a day was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// All of it.
    All,
    /// Nothing yet: this page of it is needed too.
    Lacks(RollupPart),
}

/// There is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Pages are not what was kept, or name places that are not known.
    Unreadable,
    /// It would be too large.
    TooMuch(TooMuch),
}

impl From<Unreadable> for NoAnswer {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

impl From<TooMuch> for NoAnswer {
    fn from(error: TooMuch) -> Self {
        Self::TooMuch(error)
    }
}

impl From<postcard::Error> for NoAnswer {
    fn from(_: postcard::Error) -> Self {
        Self::Unreadable
    }
}

/// A report while its days come, the first first.
#[derive(Debug)]
pub(crate) struct Answer {
    query: ReportQuery,
    steps: Steps,
    spans: Vec<Range<Quarter>>,
    limits: Limits,
    places: Places,
    groups: Vec<Option<String>>,
    matching: Matching,
    hidden_before: u32,
    // what comes is of this step and day
    step: usize,
    day: u32,
    in_step: Vec<Option<Figures>>,
    in_period: Vec<Option<Figures>>,
    rows: Vec<CellOf<Option<String>>>,
    in_steps: Vec<Figures>,
    step_names: Names,
    period_names: Names,
    // of a day whose names are hidden, and on no other day: in the present step, and in the period
    part_names: Names,
    day_names: Names,
    once: Once,
    peaks: Peaks,
    most: Most,
}

impl Answer {
    /// An answer to `query`, at `now`; none where its steps do not begin with quarters. Names of days before `hidden_before` are
    /// on no other day.
    ///
    /// # Errors
    /// [`BadReportQuery`].
    pub(crate) fn new(
        query: ReportQuery,
        owners: &Owners,
        limits: Limits,
        places: Places,
        (now, hidden_before): (Timestamp, u32),
    ) -> Result<Option<Self>, BadReportQuery> {
        let steps = Steps::of(&query)?;
        let mut spans = Vec::new();
        for span in steps.spans() {
            let until = match quarter_of(span.until) {
                until if begins_at(span.until) => until,
                // nothing is after now
                until if span.until >= now => until.saturating_add(1),
                _ => return Ok(None),
            };
            if !begins_at(span.from) {
                return Ok(None);
            }
            spans.push(quarter_of(span.from)..until);
        }
        let mut numbers: HashMap<Option<String>, u32> = HashMap::new();
        let mut groups = Vec::new();
        let group_of = places.each(|_, place| {
            let name = place.home().group(&query, owners)?;
            let next = groups.len() as u32;
            Some(*numbers.entry(name).or_insert_with_key(|name| {
                groups.push(name.clone());
                next
            }))
        });
        let (count, step_count) = (groups.len(), spans.len());
        let matching = Matching::new(&places, group_of, count);
        let names = || Names::new(count, matching.names_add_up(), limits.names);
        Ok(Some(Self {
            query,
            steps,
            spans,
            limits,
            places,
            groups,
            hidden_before,
            step: 0,
            day: 0,
            in_step: vec![None; count],
            in_period: vec![None; count],
            rows: Vec::new(),
            in_steps: vec![Figures::default(); step_count],
            step_names: names(),
            period_names: names(),
            part_names: names(),
            day_names: names(),
            once: Once::default(),
            peaks: Peaks::new(count),
            most: Most::new(count),
            matching,
        }))
    }

    /// The days of the period.
    pub(crate) fn days(&self) -> Range<u32> {
        let (first, last) = (self.spans.first(), self.spans.last());
        let last = last.map_or(0, |last| day_of(last.end.saturating_sub(1)) + 1);
        first.map_or(0, |first| day_of(first.start))..last
    }

    /// Whether a day may be taken as one, and not by its quarters.
    pub(crate) fn takes_whole(&self, day: u32) -> bool {
        let (first, end) = (first_of(day), first_of(day + 1));
        self.step_at(first).and_then(|step| self.spans.get(step)).is_some_and(|span| span.end >= end)
    }

    /// The pages that are needed at least of such a day.
    pub(crate) fn parts_of_whole(&self, day: u32) -> Vec<RollupPart> {
        if self.is_hidden(day) { vec![RollupPart::Summary] } else { vec![RollupPart::Summary, RollupPart::Names] }
    }

    /// The pages that are needed at least of any other day.
    pub(crate) const PARTS_OF_QUARTERS: [RollupPart; 3] = [RollupPart::Quarters, RollupPart::Names, RollupPart::Peaks];

    fn is_hidden(&self, day: u32) -> bool {
        day < self.hidden_before
    }

    fn step_at(&self, quarter: Quarter) -> Option<usize> {
        let place = self.spans.partition_point(|span| span.end <= quarter);
        self.spans.get(place).filter(|span| span.start <= quarter).map(|_| place)
    }

    /// Takes a day as one, if that can be done with its pages of these `parts`.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn whole_day(
        &mut self,
        day: u32,
        parts: &[RollupPart],
        pages: &[RollupPage],
    ) -> Result<Taken, NoAnswer> {
        let Some(page) = page_of(pages, day, RollupPart::Summary) else { return Ok(Taken::All) };
        let first = first_of(day);
        let Some(step) = self.step_at(first) else { return Ok(Taken::All) };
        let (summary, lists) = Summary::unpack(page)?;
        let names = if self.is_hidden(day) { self.matching.names(&summary) } else { None };
        let peaks = self.matching.peaks(summary.cells.iter().filter(|cell| cell.counts.lasts()).map(|cell| cell.place));
        for (is_known, part) in [(names.is_some(), RollupPart::Names), (peaks.is_some(), RollupPart::Courses)] {
            if !is_known && !parts.contains(&part) {
                return Ok(Taken::Lacks(part));
            }
        }
        self.go_on(step, day)?;
        for cell in &summary.cells {
            self.counts(first, cell.place, &cell.counts)?;
        }
        match names {
            Some(names) => {
                self.step_names.count(&names);
                self.period_names.count(&names);
            }
            None => {
                let (known, lists) = (quarters::names(page_of(pages, day, RollupPart::Names)), lists.unpack()?);
                let mut rest = lists.as_slice();
                for cell in &summary.cells {
                    let (of_cell, behind) = rest.split_at_checked(cell.names as usize).ok_or(NoAnswer::Unreadable)?;
                    self.names(cell.place, of_cell, &known)?;
                    rest = behind;
                }
            }
        }
        match peaks {
            None => self.courses(day, page_of(pages, day, RollupPart::Courses))?,
            Some(sources) => self.kept_peaks(step, &sources, &summary.peaks),
        }
        Ok(Taken::All)
    }

    fn kept_peaks(&mut self, step: usize, sources: &Sources, peaks: &[(PeakOf, Both)]) {
        for (of, most) in peaks {
            for group in self.matching.targets(sources, *of) {
                self.most.of(group, step as u32, *most);
            }
        }
    }

    /// Takes a day's quarters as they are kept, if that can be done with its pages of these `parts`.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn quarters_of_day(
        &mut self,
        day: u32,
        parts: &[RollupPart],
        pages: &[RollupPage],
    ) -> Result<Taken, NoAnswer> {
        let cells = quarters::cells(page_of(pages, day, RollupPart::Quarters))?;
        let mut lasts: Vec<u32> = cells.iter().filter(|cell| cell.counts.lasts()).map(|cell| cell.place).collect();
        lasts.sort_unstable();
        lasts.dedup();
        let peaks = page_of(pages, day, RollupPart::Peaks);
        let sources = match peaks {
            None if !lasts.is_empty() => None,
            _ => self.matching.peaks(lasts.into_iter()),
        };
        if sources.is_none() && !parts.contains(&RollupPart::Courses) {
            return Ok(Taken::Lacks(RollupPart::Courses));
        }
        let names = quarters::names(page_of(pages, day, RollupPart::Names));
        for packed in &cells {
            let quarter = first_of(day).saturating_add(packed.quarter);
            if self.quarter(quarter, packed.place, &packed.counts)? {
                self.names(packed.place, &packed.names, &names)?;
            }
        }
        let Some(sources) = sources else {
            self.courses(day, page_of(pages, day, RollupPart::Courses))?;
            return Ok(Taken::All);
        };
        let peaks: PeaksOfDay = peaks.map(postcard::from_bytes).transpose()?.unwrap_or_default();
        for (quarter, peaks) in &peaks {
            if let Some(step) = self.step_at(first_of(day).saturating_add(*quarter)) {
                self.kept_peaks(step, &sources, peaks);
            }
        }
        Ok(Taken::All)
    }

    /// Takes quarters, of one day or of several.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn quarters(&mut self, quarters: &Quarters) -> Result<(), NoAnswer> {
        for ((quarter, place), cell) in &quarters.cells {
            if self.quarter(*quarter, *place, &cell.counts)?
                && let Some(group) = self.group_of(*place)?
            {
                self.names_of_day().hold(group, cell.names.iter().copied())?;
            }
        }
        for (quarter, course) in &quarters.courses {
            self.course(*quarter, course);
        }
        Ok(())
    }

    fn courses(&mut self, day: u32, page: Option<&[u8]>) -> Result<(), NoAnswer> {
        let courses: Vec<(u32, Course)> = page.map(postcard::from_bytes).transpose()?.unwrap_or_default();
        for (quarter, course) in &courses {
            self.course(first_of(day).saturating_add(*quarter), course);
        }
        Ok(())
    }

    fn course(&mut self, quarter: Quarter, course: &Course) {
        let Some(step) = self.step_at(quarter) else { return };
        let Self { peaks, most, matching, .. } = self;
        peaks.quarter(
            course,
            |place| matching.group_of(place).flatten(),
            |group, there| most.of(group, step as u32, there),
        );
    }

    /// Counts what was at a place in one quarter, all but names; answers whether it is in the period.
    fn quarter(&mut self, quarter: Quarter, place: u32, counts: &Counts) -> Result<bool, NoAnswer> {
        let Some(step) = self.step_at(quarter) else { return Ok(false) };
        self.go_on(step, day_of(quarter))?;
        self.counts(quarter, place, counts)?;
        Ok(true)
    }

    /// Counts a block of the present step that begins with `quarter`: all but names.
    fn counts(&mut self, quarter: Quarter, place: u32, counts: &Counts) -> Result<(), NoAnswer> {
        let Some(group) = self.group_of(place)? else { return Ok(()) };
        let begin = |step: usize| self.spans.get(step).map_or(0, |span| span.start);
        let (of_step, of_period) = (begin(self.step), begin(0));
        for (gathered, from) in [(&mut self.in_step, of_step), (&mut self.in_period, of_period)] {
            if let Some(gathered) = gathered.get_mut(group as usize) {
                count(gathered.get_or_insert_default(), counts, quarter, from, &self.places)?;
            }
        }
        Ok(())
    }

    /// Takes names of the present step and day, by their numbers among those of the day.
    fn names(&mut self, place: u32, numbers: &[u32], of_day: &[u64]) -> Result<(), NoAnswer> {
        let Some(group) = self.group_of(place)? else { return Ok(()) };
        let mut once = std::mem::take(&mut self.once);
        let held = self.names_of_day().hold(group, once.new_ones(group, numbers, of_day));
        self.once = once;
        Ok(held?)
    }

    fn names_of_day(&mut self) -> &mut Names {
        if self.is_hidden(self.day) { &mut self.part_names } else { &mut self.step_names }
    }

    fn group_of(&self, place: u32) -> Result<Option<u32>, NoAnswer> {
        self.matching.group_of(place).ok_or(NoAnswer::Unreadable)
    }

    /// What comes next is of this step and day.
    fn go_on(&mut self, step: usize, day: u32) -> Result<(), TooMuch> {
        if (step, day) == (self.step, self.day) {
            return Ok(());
        }
        self.once.begin();
        self.end_part()?;
        if day != self.day {
            self.end_day();
            self.day = day;
        }
        while self.step < step {
            self.end_step()?;
        }
        Ok(())
    }

    /// Counts the hidden names of the part that the present day has in the present step.
    fn end_part(&mut self) -> Result<(), TooMuch> {
        if !self.part_names.is_empty() {
            self.step_names.count(&self.part_names.how_many());
            self.day_names.take(&mut self.part_names)?;
        }
        Ok(())
    }

    /// Counts the hidden names of the present day.
    fn end_day(&mut self) {
        if !self.day_names.is_empty() {
            self.period_names.count(&self.day_names.how_many());
            self.day_names.clear();
        }
    }

    /// Keeps what was in the present step, and goes on to the next.
    fn end_step(&mut self) -> Result<(), TooMuch> {
        let Self { in_step, rows, in_steps, groups, limits, .. } = self;
        let step = u32::try_from(self.step).unwrap_or(u32::MAX);
        let Some(of_all) = in_steps.get_mut(self.step) else { return Ok(()) };
        let names = self.step_names.how_many();
        name(in_step, &names);
        of_all.unique_names = names.all;
        for (figures, name) in in_step.iter_mut().zip(groups) {
            let Some(figures) = figures.take() else { continue };
            of_all.add_group(&figures);
            rows.push(((name.clone(), Some(step)), figures));
            TooMuch::unless(rows.len(), limits.rows, "lines")?;
        }
        self.period_names.take(&mut self.step_names)?;
        self.step += 1;
        Ok(())
    }

    /// The table. What runs was counted until `now`.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub(crate) fn finish(mut self, now: Timestamp) -> Result<Table, TooMuch> {
        self.end_part()?;
        self.end_day();
        while self.step < self.spans.len() {
            self.end_step()?;
        }
        self.most.end_step();
        let names = self.period_names.how_many();
        let Self { query, steps, groups, mut in_period, mut rows, mut in_steps, most, .. } = self;
        name(&mut in_period, &names);
        let numbers: HashMap<&Option<String>, u32> = groups.iter().zip(0..).collect();
        for ((group, step), figures) in &mut rows {
            let row = numbers.get(group).copied().zip(*step);
            raise(figures, row.and_then(|row| most.rows.get(&row)));
        }
        for (step, figures) in (0..).zip(&mut in_steps) {
            raise(figures, most.steps.get(&step));
        }
        let mut total = Figures { unique_names: names.all, ..Figures::default() };
        for ((number, figures), name) in in_period.into_iter().enumerate().zip(&groups) {
            let Some(mut figures) = figures else { continue };
            raise(&mut figures, most.groups.get(number));
            total.add_group(&figures);
            rows.push(((name.clone(), None), figures));
        }
        raise(&mut total, Some(&most.all));
        Ok(Table::of((query, steps), rows, (in_steps, total), now))
    }
}

fn page_of(pages: &[RollupPage], day: u32, part: RollupPart) -> Option<&[u8]> {
    pages.iter().find(|page| (page.day, page.part) == (day, part)).map(|page| &page.data[..])
}

fn count(
    figures: &mut Figures,
    counts: &Counts,
    block: Quarter,
    from: Quarter,
    places: &Places,
) -> Result<(), NoAnswer> {
    let Counts { begun, ended, length, longest, running, time, seen, sent, recordings, recorded, refused } = counts;
    figures.meetings += u64::from(*begun);
    figures.meetings_running += u64::from(*begun);
    if block == from {
        figures.meetings_running += u64::from(*running);
    }
    figures.meetings_ended += u64::from(*ended);
    figures.length += Duration::from_millis(*length);
    figures.longest = figures.longest.max(Duration::from_millis(*longest));
    let sent = sent.since(block, from);
    figures.participants += seen.since(block, from) + sent;
    figures.participants_from_joins += sent;
    figures.time += Duration::from_millis(*time);
    figures.recordings += u64::from(*recordings);
    figures.recorded += Duration::from_millis(*recorded);
    for (kind, times) in refused {
        let kind = places.refusal(*kind).ok_or(NoAnswer::Unreadable)?;
        *figures.refused.entry(kind.clone()).or_default() += u64::from(*times);
    }
    Ok(())
}

fn name(groups: &mut [Option<Figures>], names: &HowMany) {
    for (group, count) in &names.groups {
        if let Some(figures) = groups.get_mut(*group as usize) {
            figures.get_or_insert_default().unique_names = *count;
        }
    }
}

fn raise(figures: &mut Figures, most: Option<&Both>) {
    if let Some([meetings, users]) = most {
        (figures.peak_meetings, figures.peak_users) = (*meetings, *users);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tally::Home;
    use super::super::super::{By, Filter, Step, Zone};
    use super::super::cell::Cell;
    use super::*;
    use crate::network::IntegrationName;

    /// An answer over two days that are one step, to which each of `quarters` tells names.
    fn told(quarters: impl Iterator<Item = Vec<u64>>, names: usize) -> Result<Answer, NoAnswer> {
        let (zone, mut places, moodle) = (Zone::utc(), Places::default(), IntegrationName::from("moodle"));
        let place = places.number(Home { integration: &moodle, partner: None, router: None, server: None });
        let (from, until) = (zone.moment("2026-03-01").unwrap(), zone.moment("2026-03-03").unwrap());
        let (by, filter) = (By::Integration, Filter::default());
        let query = ReportQuery { from, until, zone, step: Step::Whole, by, filter };
        let limits = Limits { names, ..Limits::default() };
        let mut answer = Answer::new(query, &Owners::default(), limits, places, (until, 0)).unwrap().unwrap();
        let cell = |names| Cell { names, ..Cell::default() };
        let cells = quarters.enumerate().map(|(later, names)| ((quarter_of(from) + later as u32, place), cell(names)));
        answer.quarters(&Quarters { cells: cells.collect(), ..Quarters::default() })?;
        Ok(answer)
    }

    #[test]
    fn names_are_bounded_while_a_step_goes_on_and_those_that_come_again_count_once() {
        let answer = told((0..100).map(|_| vec![1, 2, 3]), 4).unwrap();
        let table = answer.finish(Timestamp::default()).unwrap();
        assert_eq!(table.total.unique_names, 3);
        let other = |quarter: u64| vec![quarter];
        assert_eq!(told((0..4).map(other), 4).unwrap().finish(Timestamp::default()).unwrap().total.unique_names, 4);
        let too_much = told((0..100).map(other), 4).unwrap_err();
        assert_eq!(too_much, NoAnswer::TooMuch(TooMuch { what: "names", limit: 4 }));
    }
}
