//! [`Answer`]: a report of what is rolled up.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use super::super::steps::Steps;
use super::super::table::{CellOf, Table};
use super::super::{BadReportQuery, By, Figures, Limits, Owners, ReportQuery, TooMuch};
use super::cell::Counts;
use super::course::{Both, Course, Peaks};
use super::most::Most;
use super::places::{ByPlace, Places};
use super::quarter::{Quarter, begins_at, day_of, first_of, quarter_of};
use super::quarters::{self, Packed, Quarters, Unreadable};
use super::summary::PeakOf;
use crate::clock::Timestamp;
use crate::store::{RollupPage, RollupPart};

/// So many names are looked through for repeated ones no sooner than that.
const FEW: usize = 1 << 12;

/// Which pages of a day are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The day is read as one.
    Whole,
    /// The same, and all comings and goings of it.
    WholeAndCourses,
    /// Its quarters one by one.
    Quarters,
}

impl Needs {
    /// The pages.
    pub(crate) fn parts(self) -> &'static [RollupPart] {
        match self {
            Self::Whole => &[RollupPart::Summary, RollupPart::Names],
            Self::WholeAndCourses => &[RollupPart::Summary, RollupPart::Names, RollupPart::Courses],
            Self::Quarters => &[RollupPart::Quarters, RollupPart::Names, RollupPart::Courses],
        }
    }
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
    group_of: ByPlace<Option<u32>>,
    keeps_peaks: bool,
    // the step that cells are added to
    step: usize,
    in_step: Vec<Gathered>,
    in_period: Vec<Gathered>,
    rows: Vec<CellOf<Option<String>>>,
    in_steps: Vec<Figures>,
    // how many names are held for the present step, and at how many it is looked at repeated ones
    step_names: usize,
    compare_step_at: usize,
    // how many names are held for the period, and at how many it is looked at repeated ones
    names: usize,
    compare_at: usize,
    peaks: Peaks,
    most: Most,
}

/// What was in a group.
#[derive(Clone, Debug, Default)]
struct Gathered {
    figures: Option<Figures>,
    names: Vec<u64>,
}

impl Answer {
    /// An answer to `query`, at `now`; none where its steps do not begin with quarters.
    ///
    /// # Errors
    /// [`BadReportQuery`].
    pub(crate) fn new(
        query: ReportQuery,
        owners: &Owners,
        limits: Limits,
        places: Places,
        now: Timestamp,
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
        let group_of = places.each(|place| {
            let name = place.home().group(&query, owners)?;
            let next = groups.len() as u32;
            Some(*numbers.entry(name).or_insert_with_key(|name| {
                groups.push(name.clone());
                next
            }))
        });
        let (count, step_count) = (groups.len(), spans.len());
        Ok(Some(Self {
            keeps_peaks: keeps_peaks(&query),
            query,
            steps,
            spans,
            limits,
            places,
            groups,
            group_of,
            step: 0,
            in_step: vec![Gathered::default(); count],
            in_period: vec![Gathered::default(); count],
            rows: Vec::new(),
            in_steps: vec![Figures::default(); step_count],
            step_names: 0,
            compare_step_at: limits.names,
            names: 0,
            compare_at: FEW,
            peaks: Peaks::new(count),
            most: Most::new(count),
        }))
    }

    /// The days of the period.
    pub(crate) fn days(&self) -> Range<u32> {
        let (first, last) = (self.spans.first(), self.spans.last());
        let last = last.map_or(0, |last| day_of(last.end.saturating_sub(1)) + 1);
        first.map_or(0, |first| day_of(first.start))..last
    }

    /// How a day is to be read of which there is a summary, unless it is in parts in several steps.
    pub(crate) fn needs(&self, day: u32) -> Needs {
        let (first, end) = (first_of(day), first_of(day + 1));
        let is_whole = self.step_at(first).and_then(|step| self.spans.get(step)).is_some_and(|span| span.end >= end);
        match (is_whole, self.keeps_peaks) {
            (true, true) => Needs::Whole,
            (true, false) => Needs::WholeAndCourses,
            (false, _) => Needs::Quarters,
        }
    }

    fn step_at(&self, quarter: Quarter) -> Option<usize> {
        let place = self.spans.partition_point(|span| span.end <= quarter);
        self.spans.get(place).filter(|span| span.start <= quarter).map(|_| place)
    }

    /// Takes a day that was read as one.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn whole_day(&mut self, day: u32, pages: &[RollupPage]) -> Result<(), NoAnswer> {
        let of = |part| pages.iter().find(|page| (page.day, page.part) == (day, part)).map(|page| &page.data[..]);
        let Some(summary) = of(RollupPart::Summary) else { return Ok(()) };
        let (cells, peaks): (Vec<Packed>, Vec<(PeakOf, Both)>) = postcard::from_bytes(summary)?;
        let names = quarters::names(of(RollupPart::Names));
        let first = first_of(day);
        for packed in &cells {
            self.cell(first, packed.place, &packed.counts, packed.names(&names))?;
        }
        if !self.keeps_peaks {
            return self.courses(day, of(RollupPart::Courses));
        }
        let Some(step) = self.step_at(first) else { return Ok(()) };
        for (of, most) in peaks {
            self.kept_peak(step as u32, of, most);
        }
        Ok(())
    }

    fn kept_peak(&mut self, step: u32, of: PeakOf, most: Both) {
        let (by, is_all) = (self.query.by, self.query.filter.integrations.is_none());
        let group = match of {
            PeakOf::All if is_all => {
                self.most.of_all(step, most);
                // the one group that there is
                (by == By::Nothing).then_some(0)
            }
            PeakOf::IntegrationOf(place) => {
                let group = self.group_of.get(place).flatten();
                if !is_all && group.is_some() {
                    self.most.of_all(step, most);
                }
                group.filter(|_| by == By::Integration || !is_all)
            }
            PeakOf::ServerOf(place) if by == By::Server => self.group_of.get(place).flatten(),
            _ => None,
        };
        if let Some(group) = group {
            self.most.of_group(group, step, most);
        }
    }

    /// Takes a day's quarters as they are kept.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn quarters_of_day(&mut self, day: u32, pages: &[RollupPage]) -> Result<(), NoAnswer> {
        let of = |part| pages.iter().find(|page| (page.day, page.part) == (day, part)).map(|page| &page.data[..]);
        let names = quarters::names(of(RollupPart::Names));
        for packed in quarters::cells(of(RollupPart::Quarters))? {
            let quarter = first_of(day).saturating_add(packed.quarter);
            self.cell(quarter, packed.place, &packed.counts, packed.names(&names))?;
        }
        self.courses(day, of(RollupPart::Courses))
    }

    /// Takes quarters, of one day or of several.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub(crate) fn quarters(&mut self, quarters: &Quarters) -> Result<(), NoAnswer> {
        for ((quarter, place), cell) in &quarters.cells {
            self.cell(*quarter, *place, &cell.counts, cell.names.iter().copied())?;
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
        let Self { peaks, most, group_of, .. } = self;
        peaks.quarter(
            course,
            |place| group_of.get(place).flatten(),
            |group, there| match group {
                Some(group) => most.of_group(group, step as u32, there),
                None => most.of_all(step as u32, there),
            },
        );
    }

    /// Counts a block that begins with `quarter`.
    fn cell(
        &mut self,
        quarter: Quarter,
        place: u32,
        counts: &Counts,
        names: impl IntoIterator<Item = u64>,
    ) -> Result<(), NoAnswer> {
        let Some(step) = self.step_at(quarter) else { return Ok(()) };
        let Some(group) = self.group_of.get(place).ok_or(NoAnswer::Unreadable)? else { return Ok(()) };
        while self.step < step {
            self.end_step()?;
        }
        let begin = |step: usize| self.spans.get(step).map_or(0, |span| span.start);
        let (of_step, of_period) = (begin(step), begin(0));
        if let Some(gathered) = self.in_step.get_mut(group as usize) {
            let figures = gathered.figures.get_or_insert_default();
            count(figures, counts, quarter, of_step, &self.places)?;
            let before = gathered.names.len();
            gathered.names.extend(names);
            self.step_names += gathered.names.len() - before;
        }
        if let Some(gathered) = self.in_period.get_mut(group as usize) {
            count(gathered.figures.get_or_insert_default(), counts, quarter, of_period, &self.places)?;
        }
        // a step may be years: whoever comes each day must not be held once for each
        if self.step_names > self.compare_step_at {
            self.in_step.iter_mut().for_each(|group| distinct(&mut group.names));
            self.step_names = self.in_step.iter().map(|group| group.names.len()).sum();
            TooMuch::unless(self.step_names, self.limits.names, "names")?;
            self.compare_step_at = self.step_names + self.limits.names;
        }
        Ok(())
    }

    /// Counts the names of the present step, and goes on to the next.
    fn end_step(&mut self) -> Result<(), TooMuch> {
        // an integration's names are no other's
        let may_add_up = self.query.by == By::Integration;
        let mut all = Vec::new();
        let Self { in_step, in_period, rows, in_steps, groups, .. } = self;
        let step = u32::try_from(self.step).unwrap_or(u32::MAX);
        let Some(of_all) = in_steps.get_mut(self.step) else { return Ok(()) };
        for ((group, name), of_period) in in_step.iter_mut().zip(groups).zip(in_period) {
            let Some(mut figures) = group.figures.take() else { continue };
            distinct(&mut group.names);
            figures.unique_names = group.names.len() as u64;
            of_all.add_group(&figures);
            if may_add_up {
                of_all.unique_names += figures.unique_names;
            } else {
                all.extend_from_slice(&group.names);
            }
            self.names += group.names.len();
            if of_period.names.is_empty() {
                std::mem::swap(&mut of_period.names, &mut group.names);
            } else {
                of_period.names.append(&mut group.names);
            }
            rows.push(((name.clone(), Some(step)), figures));
            TooMuch::unless(rows.len(), self.limits.rows, "lines")?;
        }
        if !may_add_up {
            distinct(&mut all);
            of_all.unique_names = all.len() as u64;
        }
        if self.names > self.compare_at {
            self.in_period.iter_mut().for_each(|group| distinct(&mut group.names));
            self.names = self.in_period.iter().map(|group| group.names.len()).sum();
            TooMuch::unless(self.names, self.limits.names, "names")?;
            self.compare_at = self.names * 2 + FEW;
        }
        (self.step_names, self.compare_step_at) = (0, self.limits.names);
        self.step += 1;
        Ok(())
    }

    /// The table. What runs was counted until `now`.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub(crate) fn finish(mut self, now: Timestamp) -> Result<Table, TooMuch> {
        while self.step < self.spans.len() {
            self.end_step()?;
        }
        self.most.end_step();
        let Self { query, steps, groups, in_period, mut rows, mut in_steps, most, .. } = self;
        let numbers: HashMap<&Option<String>, u32> = groups.iter().zip(0..).collect();
        for ((group, step), figures) in &mut rows {
            let row = numbers.get(group).copied().zip(*step);
            raise(figures, row.and_then(|row| most.rows.get(&row)));
        }
        for (step, figures) in (0..).zip(&mut in_steps) {
            raise(figures, most.steps.get(&step));
        }
        let (mut total, mut all) = (Figures::default(), Vec::new());
        for ((number, group), name) in in_period.into_iter().enumerate().zip(&groups) {
            let Gathered { figures: Some(mut figures), mut names } = group else { continue };
            distinct(&mut names);
            figures.unique_names = names.len() as u64;
            raise(&mut figures, most.groups.get(number));
            total.add_group(&figures);
            if query.by == By::Integration {
                total.unique_names += figures.unique_names;
            } else {
                all.append(&mut names);
            }
            rows.push(((name.clone(), None), figures));
        }
        if query.by != By::Integration {
            distinct(&mut all);
            total.unique_names = all.len() as u64;
        }
        raise(&mut total, Some(&most.all));
        Ok(Table::of((query, steps), rows, (in_steps, total), now))
    }
}

/// Whether the peaks that are kept of whole days are those that are asked for.
fn keeps_peaks(query: &ReportQuery) -> bool {
    let filter = &query.filter;
    let integrations = filter.integrations.as_ref().map(|names| names.len());
    filter.partners.is_none()
        && filter.servers.is_none()
        && filter.routers.is_none()
        && match query.by {
            By::Integration | By::Nothing => matches!(integrations, None | Some(1)),
            By::Server => integrations.is_none(),
            By::Partner | By::Router => false,
        }
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

fn distinct(names: &mut Vec<u64>) {
    names.sort_unstable();
    names.dedup();
}

fn raise(figures: &mut Figures, most: Option<&Both>) {
    if let Some([meetings, users]) = most {
        (figures.peak_meetings, figures.peak_users) = (*meetings, *users);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tally::Home;
    use super::super::super::{Filter, Step, Zone};
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
        let mut answer = Answer::new(query, &Owners::default(), limits, places, until).unwrap().unwrap();
        let cell = |names| Cell { names, ..Cell::default() };
        let cells = quarters.enumerate().map(|(later, names)| ((quarter_of(from) + later as u32, place), cell(names)));
        answer.quarters(&Quarters { cells: cells.collect(), ..Quarters::default() })?;
        Ok(answer)
    }

    #[test]
    fn names_are_bounded_while_a_step_goes_on_and_those_that_come_again_are_held_once() {
        let answer = told((0..100).map(|_| vec![1, 2, 3]), 4).unwrap();
        assert!(answer.in_step.iter().all(|group| group.names.len() <= 4 + 4 + 3), "{:?}", answer.in_step);
        let table = answer.finish(Timestamp::default()).unwrap();
        assert_eq!(table.total.unique_names, 3);
        let other = |quarter: u64| vec![quarter];
        assert_eq!(told((0..4).map(other), 4).unwrap().finish(Timestamp::default()).unwrap().total.unique_names, 4);
        let too_much = told((0..100).map(other), 4).unwrap_err();
        assert_eq!(too_much, NoAnswer::TooMuch(TooMuch { what: "names", limit: 4 }));
    }
}
