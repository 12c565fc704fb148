//! [`Fresh`]: the quarters that are not made yet, or not of all that is known by now, for one report.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::super::Balancer;
use super::super::report::ReportError;
use super::make::{RunsAt, is_much, is_too_much};
use super::news::News;
use crate::clock::Timestamp;
use crate::report::rollup::{Places, Quarter, Quarters, RollupState, begin, quarter_of};

/// So long it is used again.
const LASTS: Duration = Duration::from_secs(5);

/// What goes over what is kept.
#[derive(Debug)]
pub(super) struct Fresh {
    /// When.
    pub(super) made_at: Timestamp,
    /// How far roll-ups were made then.
    pub(super) state: RollupState,
    /// Which quarters, in their order.
    pub(super) ranges: Vec<Range<Quarter>>,
    /// What is in them.
    pub(super) quarters: Quarters,
    /// The places of which it tells.
    pub(super) places: Places,
}

impl Balancer {
    /// What of `asked` is not kept yet; `None` where that is so much that a report had better read the events.
    pub(super) async fn fresh(&self, asked: &Range<Quarter>) -> Result<Option<Arc<Fresh>>, ReportError> {
        let now = self.clock.now();
        let known = self.rollups.fresh.load_full();
        if let Some(known) = known.filter(|known| known.made_at <= now && now.since(known.made_at) < LASTS) {
            return Ok(Some(known));
        }
        match self.made_fresh(asked, now).await {
            Ok(Some((fresh, is_all))) => {
                let fresh = Arc::new(fresh);
                if is_all {
                    self.rollups.fresh.store(Some(Arc::clone(&fresh)));
                }
                Ok(Some(fresh))
            }
            Ok(None) => Ok(None),
            Err(error) if is_too_much(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same, and whether it is all that is not kept yet.
    async fn made_fresh(&self, asked: &Range<Quarter>, now: Timestamp) -> Result<Option<(Fresh, bool)>, ReportError> {
        let Some(state) = self.rollup_state().await? else { return Ok(None) };
        let News { mut stale, is_more, .. } = self.news(&state).await?;
        let all = stale.len();
        let is_asked = |range: &Range<Quarter>| range.start < asked.end && asked.start < range.end;
        stale.retain(is_asked);
        let tail = state.until..quarter_of(now).saturating_add(1);
        let tail = Some(tail).filter(|tail| !tail.is_empty());
        let asked_tail = tail.clone().filter(is_asked);
        if is_more || stale.iter().chain(&asked_tail).any(is_much) {
            return Ok(None);
        }
        let is_all = stale.len() == all && asked_tail == tail;
        let (mut quarters, mut places) = (Quarters::default(), self.rollup_places().await?.passing());
        let mut ranges = stale;
        for range in &ranges {
            let now = now.max(begin(range.end));
            let made = self.made(range, (places, state.key.clone()), RunsAt::ToBeFound, now).await?;
            quarters.extend(made.quarters);
            places = made.places;
        }
        if let Some(tail) = asked_tail {
            let runs = RunsAt::Known(&state.open);
            let made = self.made(&tail, (places, state.key.clone()), runs, now).await?;
            quarters.extend(made.quarters);
            places = made.places;
            ranges.push(tail);
        }
        Ok(Some((Fresh { made_at: now, state, ranges, quarters, places }, is_all)))
    }
}
