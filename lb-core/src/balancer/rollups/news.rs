//! Which quarters that were made already later events say something of.

use std::collections::HashMap;
use std::ops::Range;

use super::super::Balancer;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::report::Incarnation;
use crate::report::rollup::{DAY, Quarter, RollupState, first_of, quarter_of};
use crate::store::{EVENTS_PAGE, EventFilter, StoreError};

/// How many events are looked at at once.
const LOOKED_AT: usize = 20_000;

/// Quarters so near to each other are made together.
const NEAR: Quarter = 4;

/// What was stored since roll-ups were made.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The quarters that are to be made anew, in their order.
    pub(super) stale: Vec<Range<Quarter>>,
    /// The number of the last event that was looked at.
    pub(super) heard: u64,
    /// Whether there are more.
    pub(super) is_more: bool,
}

/// What events say of quarters that were made.
#[derive(Debug, Default)]
struct Told {
    stale: Vec<Range<Quarter>>,
    /// Meetings that have ended: how many did is told with their begin.
    ended: Vec<Incarnation>,
    /// Meetings that somebody entered, and when: those who were sent there may count no more.
    entered: HashMap<Incarnation, Timestamp>,
    /// Recordings that seem to be seen for the first time.
    recorded: Vec<Incarnation>,
}

impl Told {
    fn hear(&mut self, until: Quarter, Event { at, kind }: &Event) {
        let mut from = |at: Timestamp| {
            if quarter_of(at) < until {
                self.stale.push(quarter_of(at)..until);
            }
        };
        let of = |meeting: &MeetingKey, id: &InternalMeetingId| (meeting.integration.clone(), id.clone());
        match kind {
            EventKind::MeetingCreated { .. } | EventKind::MeetingAdopted { .. } | EventKind::UserJoined { .. } => {
                from(*at);
            }
            EventKind::UserEntered { meeting, internal_id, .. } => {
                from(*at);
                let first = self.entered.entry(of(meeting, internal_id)).or_insert(*at);
                *first = (*first).min(*at);
            }
            EventKind::UserLeft { until: went, .. } => from(went.unwrap_or(*at)),
            EventKind::MeetingEnded { meeting, internal_id, until: end, .. } => {
                from(end.unwrap_or(*at));
                self.ended.push(of(meeting, internal_id));
            }
            EventKind::CallRefused { integration: Some(_), .. } if quarter_of(*at) < until => {
                self.stale.push(quarter_of(*at)..quarter_of(*at) + 1);
            }
            EventKind::RecordingSeen { meeting: Some(meeting), recording, .. } if quarter_of(*at) < until => {
                self.stale.push(quarter_of(*at)..quarter_of(*at) + 1);
                self.recorded.push(of(meeting, &InternalMeetingId::from(recording.as_str())));
            }
            _ => {}
        }
    }
}

impl Balancer {
    /// What was stored since `state`, as far as it is looked at at once.
    pub(super) async fn news(&self, state: &RollupState) -> Result<News, StoreError> {
        let (mut told, mut heard, mut looked_at) = (Told::default(), state.heard, 0);
        let is_more = loop {
            let events = self.stores.rollups.events_behind(heard, EVENTS_PAGE).await?;
            let Some((last, _)) = events.last() else { break false };
            heard = *last;
            looked_at += events.len();
            events.iter().for_each(|(_, event)| told.hear(state.until, event));
            if looked_at >= LOOKED_AT {
                break true;
            }
        };
        let Told { mut stale, mut ended, entered, recorded } = told;
        ended.sort_unstable();
        ended.dedup();
        for meeting in &ended {
            let begins = self.quarters_of(meeting, &["meeting-created", "meeting-adopted"], state.until).await?;
            // where several ends are told, the first may be another now
            let ends = self.quarters_of(meeting, &["meeting-ended"], state.until).await?;
            if let (Some(first), 2..) = (begins.first(), ends.len()) {
                stale.push(first.start..state.until);
            }
            stale.extend(begins);
        }
        for (meeting, first) in &entered {
            if !self.was_entered_before(meeting, *first).await? {
                stale.extend(self.quarters_of(meeting, &["user-joined"], state.until).await?);
            }
        }
        for recording in &recorded {
            stale.extend(self.quarters_of(recording, &["recording-seen"], state.until).await?);
        }
        let hidden = first_of(state.hidden_before);
        Ok(News { stale: merged(stale, hidden), heard, is_more })
    }

    /// The quarters before `until` in which events of these kinds tell of a meeting.
    async fn quarters_of(
        &self,
        of: &Incarnation,
        kinds: &[&str],
        until: Quarter,
    ) -> Result<Vec<Range<Quarter>>, StoreError> {
        let page = self.stores.events.oldest_events(&filter(of, kinds), None, EVENTS_PAGE).await?;
        let quarters = page.events.iter().map(|event| quarter_of(event.at)).filter(|quarter| *quarter < until);
        Ok(quarters.map(|quarter| quarter..quarter + 1).collect())
    }

    async fn was_entered_before(&self, of: &Incarnation, at: Timestamp) -> Result<bool, StoreError> {
        let page = self.stores.events.oldest_events(&filter(of, &["user-entered"]), None, 1).await?;
        Ok(page.events.first().is_some_and(|first| first.at < at))
    }
}

fn filter((integration, internal_id): &Incarnation, kinds: &[&str]) -> EventFilter {
    EventFilter {
        integration: Some(integration.clone()),
        internal_id: Some(internal_id.clone()),
        kinds: kinds.iter().map(|word| (*word).to_owned()).collect(),
        ..EventFilter::default()
    }
}

/// The same in order, none before `from`, and those together that are near to each other. None is longer than needed for that.
fn merged(mut ranges: Vec<Range<Quarter>>, from: Quarter) -> Vec<Range<Quarter>> {
    ranges.retain(|range| range.start >= from && range.start < range.end);
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<Quarter>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(NEAR) && range.start / DAY == last.start / DAY => {
                last.end = last.end.max(range.end);
            }
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_quarters_are_made_together_and_hidden_ones_not_at_all() {
        let ranges = vec![300..301, 100..102, 101..104, 106..107, 10..11, 120..121, 200..200];
        assert_eq!(merged(ranges, 96), [100..107, 120..121, 300..301]);
    }
}
