//! [`Hearing`]: events to meetings, stays, recordings and refused calls, for whatever counts these.

use std::collections::HashMap;
use std::time::Duration;

use super::rollup::Making;
use super::tally::{Home, Tally};
use super::{Fold, Held, Incarnation, Limits, TooMuch};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::InternalMeetingId;
use crate::network::IntegrationName;
use crate::server::ServerName;

/// What makes something of meetings and stays.
pub(crate) trait Counting {
    /// Whether anything of `integration` can count.
    fn wants(&self, integration: &IntegrationName) -> bool;
    /// The end of what is counted.
    fn until(&self) -> Timestamp;
    /// Counts a meeting and who was in it.
    fn meeting(&mut self, held: &Held, now: Timestamp) -> Result<(), TooMuch>;
    /// Counts a recording that was seen at `at` for the first time.
    fn recording(&mut self, home: Home<'_>, at: Timestamp, lasted: Duration) -> Result<(), TooMuch>;
    /// Counts a refused call.
    fn refused(&mut self, integration: &IntegrationName, at: Timestamp, call: &str, key: &str) -> Result<(), TooMuch>;
}

/// What was heard of a period, and of what it needs from before and after it. How it is fed, [`Report`](super::Report) says.
#[derive(Debug)]
pub(crate) struct Hearing<C> {
    fold: Fold,
    counts: C,
    limits: Limits,
    recordings: HashMap<Incarnation, Recorded>,
    unknown_recordings: Vec<Incarnation>,
}

/// A recording as it was seen for the first time.
#[derive(Debug)]
struct Recorded {
    at: Timestamp,
    server: ServerName,
    lasted: Duration,
}

impl<C: Counting> Hearing<C> {
    pub(crate) fn new(counts: C, limits: Limits) -> Self {
        let (recordings, unknown_recordings) = Default::default();
        Self { fold: Fold::new(limits), counts, limits, recordings, unknown_recordings }
    }

    pub(crate) fn add(&mut self, event: &Event) -> Result<(), TooMuch> {
        let at = event.at;
        if event.kind.integration().is_none_or(|integration| !self.counts.wants(integration)) {
            return Ok(());
        }
        match &event.kind {
            EventKind::CallRefused { call, integration: Some(integration), key, .. } => {
                self.counts.refused(integration, at, call, key)
            }
            EventKind::RecordingSeen { meeting: Some(meeting), recording, server, seconds, .. } => {
                let which = (meeting.integration.clone(), InternalMeetingId::from(recording.as_str()));
                let seen = Recorded { at, server: server.clone(), lasted: Duration::from_secs(*seconds) };
                match self.recordings.get_mut(&which) {
                    Some(known) if at < known.at => *known = seen,
                    Some(_) => {}
                    None => {
                        self.unknown_recordings.push(which.clone());
                        self.recordings.insert(which, seen);
                    }
                }
                TooMuch::unless(self.recordings.len(), self.limits.recordings, "recordings")
            }
            _ if at >= self.counts.until() => {
                self.fold.hear_later(event);
                Ok(())
            }
            _ => {
                self.fold.hear(event)?;
                while let Some(held) = self.fold.settle(at) {
                    self.counts.meeting(&held, at)?;
                }
                Ok(())
            }
        }
    }

    pub(crate) fn unknown(&mut self) -> Vec<Incarnation> {
        self.fold.unknown()
    }

    pub(crate) fn unknown_recordings(&mut self) -> Vec<Incarnation> {
        std::mem::take(&mut self.unknown_recordings)
    }

    pub(crate) fn unfinished(&self) -> Vec<Incarnation> {
        self.fold.unfinished()
    }

    pub(crate) fn is_unfinished(&self, incarnation: &Incarnation) -> bool {
        self.fold.is_unfinished(incarnation)
    }

    pub(crate) fn close(&mut self, now: Timestamp) -> Result<(), TooMuch> {
        let fold = std::mem::replace(&mut self.fold, Fold::new(self.limits));
        for held in fold.finish(now) {
            self.counts.meeting(&held, now)?;
        }
        Ok(())
    }

    /// Counts what is left. What runs, runs until `now`.
    pub(crate) fn finish(mut self, now: Timestamp) -> Result<C, TooMuch> {
        self.close(now)?;
        for ((integration, _), Recorded { at, server, lasted }) in &self.recordings {
            let home = Home { integration, partner: None, router: None, server: Some(server) };
            self.counts.recording(home, *at, *lasted)?;
        }
        Ok(self.counts)
    }
}

impl Counting for Tally {
    fn wants(&self, integration: &IntegrationName) -> bool {
        self.wants(integration)
    }

    fn until(&self) -> Timestamp {
        self.steps().until()
    }

    fn meeting(&mut self, held: &Held, now: Timestamp) -> Result<(), TooMuch> {
        self.meeting(held, now)
    }

    fn recording(&mut self, home: Home<'_>, at: Timestamp, lasted: Duration) -> Result<(), TooMuch> {
        self.recording(home, at, lasted)
    }

    fn refused(&mut self, integration: &IntegrationName, at: Timestamp, call: &str, key: &str) -> Result<(), TooMuch> {
        self.refused(integration, at, call, key)
    }
}

impl Counting for Making {
    fn wants(&self, _: &IntegrationName) -> bool {
        true
    }

    fn until(&self) -> Timestamp {
        self.until()
    }

    fn meeting(&mut self, held: &Held, now: Timestamp) -> Result<(), TooMuch> {
        self.meeting(held, now);
        Ok(())
    }

    fn recording(&mut self, home: Home<'_>, at: Timestamp, lasted: Duration) -> Result<(), TooMuch> {
        self.recording(home, at, lasted);
        Ok(())
    }

    fn refused(&mut self, integration: &IntegrationName, at: Timestamp, call: &str, key: &str) -> Result<(), TooMuch> {
        self.refused(integration, at, call, key);
        Ok(())
    }
}
