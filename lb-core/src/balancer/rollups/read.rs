//! A report of what is rolled up.

use std::ops::Range;

use super::super::Balancer;
use super::super::report::ReportError;
use super::fresh::Fresh;
use crate::report::rollup::{Answer, NoAnswer, Quarter, Quarters, Taken, day_of, first_of, quarter_of};
use crate::report::{Limits, Owners, ReportQuery, Table};
use crate::store::RollupPart;

/// So many days are read at once.
const DAYS: u32 = 31;

/// How a day is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// As one, of these pages of it and more, if need be.
    Whole(Vec<RollupPart>),
    /// By its quarters, of some pages and more, if need be.
    Quarters,
    /// By its quarters, with what is fresh over them.
    Fresh,
}

/// What kept a report from being made.
enum Trouble {
    Answer(NoAnswer),
    Other(ReportError),
}

impl<E: Into<ReportError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl From<NoAnswer> for Trouble {
    fn from(none: NoAnswer) -> Self {
        Self::Answer(none)
    }
}

/// As many names a report of roll-ups may hold, which are eight bytes each there. Those of days whose names are hidden are not
/// held. Where they are never hidden, a year over ten million events has some three million stays, and each may bring another
/// name to a group.
const NAMES: usize = 4_000_000;

impl Balancer {
    /// The report; `None` where what is rolled up does not answer it.
    pub(in crate::balancer) async fn report_of_rollups(
        &self,
        query: &ReportQuery,
    ) -> Result<Option<Table>, ReportError> {
        let asked = quarter_of(query.from)..quarter_of(query.until).saturating_add(1);
        let Some(fresh) = self.fresh(&asked).await? else { return Ok(None) };
        let owners = Owners::of(&self.network());
        // pages may come to name places in between that were not known before
        for _ in 0..2 {
            let places = self.rollup_places().await?.with_passing_of(&fresh.places);
            let (query, limits) = (query.clone(), Limits { names: NAMES, ..Limits::default() });
            let of = (fresh.made_at, fresh.state.hidden_before);
            let Some(mut answer) = Answer::new(query, &owners, limits, places, of)? else { return Ok(None) };
            match self.read_days(&mut answer, &fresh).await {
                Ok(()) => return Ok(Some(answer.finish(fresh.made_at)?)),
                Err(Trouble::Answer(NoAnswer::Unreadable)) => {}
                Err(Trouble::Answer(NoAnswer::TooMuch(error))) => return Err(error.into()),
                Err(Trouble::Other(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn read_days(&self, answer: &mut Answer, fresh: &Fresh) -> Result<(), Trouble> {
        let asked = answer.days();
        let end = fresh.ranges.last().map_or(fresh.state.until, |last| last.end.max(fresh.state.until));
        let known = day_of(fresh.state.from)..day_of(end) + 1;
        let (mut day, until) = (asked.start.max(known.start), asked.end.min(known.end));
        while day < until {
            let way = way(answer, fresh, day);
            let same = (day..until.min(day + DAYS)).take_while(|next| self::way(answer, fresh, *next) == way);
            let end = same.last().map_or(day, |last| last + 1).max(day + 1);
            let mut parts = match &way {
                Way::Whole(parts) => parts.clone(),
                Way::Quarters => Answer::PARTS_OF_QUARTERS.to_vec(),
                Way::Fresh => Quarters::PARTS.to_vec(),
            };
            while day < end {
                let pages = self.stores.rollups.rollup_pages(&parts, day..end).await?;
                while day < end {
                    let of_day =
                        pages.partition_point(|page| page.day < day)..pages.partition_point(|page| page.day <= day);
                    let pages = pages.get(of_day).unwrap_or_default();
                    let taken = match &way {
                        Way::Whole(_) => answer.whole_day(day, &parts, pages)?,
                        Way::Quarters => answer.quarters_of_day(day, &parts, pages)?,
                        Way::Fresh => {
                            let mut quarters = Quarters::unpack(day, pages).map_err(NoAnswer::from)?;
                            for range in within(&fresh.ranges, day) {
                                quarters.replace(&range, &fresh.quarters);
                            }
                            answer.quarters(&quarters)?;
                            Taken::All
                        }
                    };
                    if let Taken::Lacks(part) = taken {
                        // all of it is read again: it may have been made anew meanwhile
                        parts.push(part);
                        break;
                    }
                    day += 1;
                }
            }
        }
        Ok(())
    }
}

fn way(answer: &Answer, fresh: &Fresh, day: u32) -> Way {
    let is_fresh = first_of(day + 1) > fresh.state.until || within(&fresh.ranges, day).next().is_some();
    match is_fresh {
        true => Way::Fresh,
        false if answer.takes_whole(day) => Way::Whole(answer.parts_of_whole(day)),
        false => Way::Quarters,
    }
}

/// What of `ranges` is in a day.
fn within(ranges: &[Range<Quarter>], day: u32) -> impl Iterator<Item = Range<Quarter>> {
    let whole = first_of(day)..first_of(day + 1);
    let cut = ranges.iter().map(move |range| range.start.max(whole.start)..range.end.min(whole.end));
    cut.filter(|range| !range.is_empty())
}
