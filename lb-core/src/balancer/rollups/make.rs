//! Quarters of events, and into the store.

use std::ops::Range;

use super::super::Balancer;
use super::super::report::{LOOK_BACK, ReportError};
use super::unreadable;
use crate::clock::Timestamp;
use crate::report::rollup::{
    DAY, Made, Making, NameKey, Open, Places, Quarter, Quarters, RollupState, begin, day_of, first_of,
};
use crate::report::{Hearing, Limits, READ, TooMuch};
use crate::store::{EventFilter, RollupChange, RollupPage, RollupPart, StoreError};

/// How much may be held while quarters are made; what would be more is made in smaller pieces.
const LIMITS: Limits =
    Limits { stays: 1_000_000, meetings: 2_000_000, recordings: 200_000, changes: 0, names: 0, rows: 0 };

/// What is kept, as the round that changes it knows it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) state: RollupState,
    pub(super) places: Places,
    /// How many places there are in the store.
    pub(super) places_stored: usize,
}

/// What runs at the begin of quarters.
#[derive(Clone, Copy, Debug)]
pub(super) enum RunsAt<'a> {
    /// These, and no others.
    Known(&'a [Open]),
    /// What the events say.
    ToBeFound,
}

impl Balancer {
    /// Makes the quarters of `range`; what runs, runs until `now`. It reads, and changes nothing.
    pub(super) async fn made(
        &self,
        range: &Range<Quarter>,
        (places, key): (Places, NameKey),
        runs: RunsAt<'_>,
        now: Timestamp,
    ) -> Result<Made, ReportError> {
        let (from, until) = (begin(range.start), begin(range.end));
        let mut hearing = Hearing::new(Making::new(range.clone(), places, key), LIMITS);
        let any = EventFilter::default();
        match runs {
            RunsAt::Known(open) => {
                for meeting in open {
                    self.earlier(&mut hearing, &meeting.incarnation(), READ, from).await?;
                }
                hearing.unknown();
            }
            RunsAt::ToBeFound => self.begun_before(&mut hearing, &any, from).await?,
        }
        self.between(&mut hearing, &any, from, until).await?;
        self.known_afterwards(&mut hearing, until).await?;
        Ok(hearing.finish(now)?.made())
    }

    /// Makes the quarters of `range` and puts them in the place of what there is, in pieces that are days or less. Answers up
    /// to which quarter stays last that began in it.
    pub(super) async fn make_anew(
        &self,
        kept: &mut Kept,
        range: Range<Quarter>,
        now: Timestamp,
    ) -> Result<Quarter, ReportError> {
        let (mut pieces, mut reaches) = (days(range), 0);
        pieces.reverse();
        while let Some(piece) = pieces.pop() {
            let is_next = piece.start == kept.state.until;
            let runs = if is_next { RunsAt::Known(&kept.state.open) } else { RunsAt::ToBeFound };
            // a quarter that is made is over, even if the clock was set back since
            let now = now.max(begin(piece.end));
            let made = match self.made(&piece, (kept.places.clone(), kept.state.key.clone()), runs, now).await {
                Err(ReportError::TooMuch(_)) if piece.len() > 1 => {
                    let middle = piece.start + piece.len() as u32 / 2;
                    pieces.extend([middle..piece.end, piece.start..middle]);
                    continue;
                }
                made => made?,
            };
            reaches = reaches.max(made.reaches);
            self.put_made(kept, made, is_next).await?;
        }
        Ok(reaches)
    }

    async fn put_made(&self, kept: &mut Kept, made: Made, is_next: bool) -> Result<(), ReportError> {
        let Made { range, quarters, places, mut open, .. } = made;
        let mut state = kept.state.clone();
        if is_next {
            let since = begin(range.end).before(LOOK_BACK);
            open.retain(|meeting| meeting.heard >= since);
            (state.until, state.open) = (range.end, open);
        }
        state.from = state.from.min(range.start);
        let mut pages = Vec::new();
        for day in day_of(range.start)..=day_of(range.end.saturating_sub(1)) {
            let whole = first_of(day)..first_of(day + 1);
            let known = self.stores.rollups.rollup_pages(&Quarters::PARTS, day..day + 1).await?;
            let mut of_day = match Quarters::unpack(day, &known) {
                Ok(of_day) => of_day,
                Err(_) => {
                    if range.start > whole.start || range.end < whole.end.min(state.until) {
                        self.stores.rollups.mark_rollups(day..day + 1).await?;
                    }
                    Quarters::default()
                }
            };
            of_day.replace(&(range.start.max(whole.start)..range.end.min(whole.end)), &quarters);
            let hidden = (day < state.hidden_before).then(|| NameKey::draw(&*self.rng));
            let packed = of_day.pack(day, &places, whole.end <= state.until, hidden.as_ref());
            pages.extend(packed.map_err(|_| unreadable())?);
        }
        if places.len() > kept.places_stored {
            let data = places.pack().map_err(|_| unreadable())?;
            pages.push(RollupPage { day: 0, part: RollupPart::Places, data });
        }
        self.put_state(&state, pages, Vec::new()).await?;
        kept.places_stored = places.len();
        (kept.state, kept.places) = (state, places);
        Ok(())
    }

    /// Keeps how far it is together with `pages`; these marks are done with.
    pub(super) async fn put_state(
        &self,
        state: &RollupState,
        pages: Vec<RollupPage>,
        done: Vec<u64>,
    ) -> Result<(), StoreError> {
        self.stores.rollups.put_rollups(RollupChange { pages, done, state: state.write() }).await
    }
}

/// The same cut at the days.
fn days(range: Range<Quarter>) -> Vec<Range<Quarter>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = first_of(day_of(start) + 1).min(range.end);
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// Whether it is too much to be made in memory for one report.
pub(super) fn is_much(range: &Range<Quarter>) -> bool {
    range.len() > 2 * DAY as usize
}

/// Whether something failed only because it is too much.
pub(super) fn is_too_much(error: &ReportError) -> bool {
    matches!(error, ReportError::TooMuch(TooMuch { .. }))
}
