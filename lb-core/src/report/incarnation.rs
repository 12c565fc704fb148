//! One meeting while its events come, and [`Held`], what it was.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use sha2::{Digest, Sha256};

use super::Incarnation;
use crate::clock::Timestamp;
use crate::event::{EventKind, UserId};
use crate::meeting::InternalMeetingId;
use crate::network::{IntegrationName, PartnerName, RouterName};
use crate::server::ServerName;

/// A meeting of which nothing more will be heard, or that is counted as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub integration: IntegrationName,
    /// Which.
    pub internal_id: InternalMeetingId,
    /// Where, as its first event says.
    pub server: Option<ServerName>,
    /// What placed it, where its first event says so.
    pub router: Option<RouterName>,
    /// The partner of its integration then, where its first event says so.
    pub partner: Option<PartnerName>,
    /// When it was; absent where no event of its begin is kept any more.
    pub lifetime: Option<Lifetime>,
    /// Who was in it, by when they came.
    pub stays: Vec<Stay>,
    /// Who was sent to it. Only where nobody was ever seen in it.
    pub sent: Vec<SentThere>,
}

/// From when until when a meeting was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Its begin.
    pub from: Timestamp,
    /// Its end, not before its begin; absent while it runs.
    pub until: Option<Timestamp>,
}

/// One person's time in one meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// Its begin.
    pub from: Timestamp,
    /// Its end, not before its begin; of one that lasts, the moment of the report.
    pub until: Timestamp,
    /// A hash of who: of the website's id and the name.
    pub person: u64,
    /// A hash of the name, the same in every version.
    pub name: u64,
}

/// One join call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentThere {
    /// When.
    pub at: Timestamp,
    /// A hash of who: of the website's id and the name.
    pub person: u64,
}

/// A meeting while its events come, in whatever order they do.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    begin: Option<Begin>,
    server: Option<ServerName>,
    /// When its first end was told, and when that was.
    end: Option<(Timestamp, Timestamp)>,
    visits: HashMap<UserId, Visit>,
    /// Whether anybody was ever seen in it.
    seen: bool,
    sent: Vec<SentThere>,
}

#[derive(Debug)]
struct Begin {
    at: Timestamp,
    server: ServerName,
    router: Option<RouterName>,
    partner: Option<PartnerName>,
    is_breakout: bool,
}

#[derive(Debug, Default)]
struct Visit {
    entered: Option<Entered>,
    left: Option<Timestamp>,
}

#[derive(Debug)]
struct Entered {
    at: Timestamp,
    person: u64,
    name: u64,
}

impl Gathering {
    /// Takes note of an event of it.
    pub(super) fn hear(&mut self, at: Timestamp, kind: &EventKind) {
        match kind {
            EventKind::MeetingCreated { server, router, partner, parameters, .. } => {
                let is_breakout = parameters.iter().any(|(name, value)| name == "isBreakout" && value == "true");
                let (server, router, partner) = (server.clone(), router.clone(), partner.clone());
                self.begins(Begin { at, server, router, partner, is_breakout });
            }
            EventKind::MeetingAdopted { server, .. } => {
                self.begins(Begin { at, server: server.clone(), router: None, partner: None, is_breakout: false });
            }
            EventKind::MeetingEnded { until, .. } if self.end.is_none_or(|(told, _)| at < told) => {
                self.end = Some((at, until.unwrap_or(at)));
            }
            EventKind::UserEntered { user, external_user_id, name, .. } => {
                self.seen = true;
                self.sent = Vec::new();
                let entered = &mut self.visits.entry(user.clone()).or_default().entered;
                if entered.as_ref().is_none_or(|known| at < known.at) {
                    *entered = Some(Entered { at, person: hash(&(external_user_id, name)), name: name_hash(name) });
                }
            }
            EventKind::UserLeft { user, until, .. } => {
                let left = &mut self.visits.entry(user.clone()).or_default().left;
                let went = until.unwrap_or(at);
                *left = Some(left.map_or(went, |known| known.min(went)));
            }
            EventKind::UserJoined { user_id, name, .. } if !self.seen => {
                self.sent.push(SentThere { at, person: hash(&(user_id, name)) });
            }
            _ => {}
        }
        if self.server.is_none() {
            self.server = kind.server().cloned();
        }
    }

    /// Takes note of an event of it from after the period: of what began later it need not be known but that it did.
    pub(super) fn hear_later(&mut self, at: Timestamp, kind: &EventKind) {
        match kind {
            EventKind::UserEntered { .. } => {
                self.seen = true;
                self.sent = Vec::new();
            }
            EventKind::UserLeft { user, .. } if !self.visits.contains_key(user) => {}
            EventKind::UserLeft { .. } | EventKind::MeetingEnded { .. } => self.hear(at, kind),
            _ => {}
        }
    }

    fn begins(&mut self, begin: Begin) {
        if self.begin.as_ref().is_none_or(|known| begin.at < known.at) {
            self.begin = Some(begin);
        }
    }

    /// How much is held of it: stays and join calls.
    pub(super) fn size(&self) -> usize {
        self.visits.len() + self.sent.len()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether later events could say more of what was before them.
    pub(super) fn is_unfinished(&self) -> bool {
        let lasts = |visit: &Visit| visit.entered.is_some() && visit.left.is_none();
        self.end.is_none() || !self.sent.is_empty() || self.visits.values().any(lasts)
    }

    /// What it was; what lasts, lasts until `now`. Nothing for a breakout room: its people are in the room that it belongs to.
    pub(super) fn held(self, (integration, internal_id): Incarnation, now: Timestamp) -> Option<Held> {
        let Self { begin, server, end, visits, sent, .. } = self;
        let end = end.map(|(_, end)| end);
        let lasts = end.unwrap_or(now);
        let mut stays: Vec<_> = visits
            .into_values()
            .filter_map(|Visit { entered, left }| {
                let Entered { at, person, name } = entered?;
                let until = left.unwrap_or(lasts).min(lasts).max(at);
                Some(Stay { from: at, until, person, name })
            })
            .collect();
        stays.sort_unstable();
        let Some(Begin { at, server, router, partner, is_breakout }) = begin else {
            let (router, partner, lifetime) = (None, None, None);
            return Some(Held { integration, internal_id, server, router, partner, lifetime, stays, sent });
        };
        if is_breakout {
            return None;
        }
        let lifetime = Some(Lifetime { from: at, until: end.map(|end| end.max(at)) });
        Some(Held { integration, internal_id, server: Some(server), router, partner, lifetime, stays, sent })
    }
}

/// Names are compared by this: two of a million are taken for one with a chance of one in thirty million.
pub(super) fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// The same for names, which are compared with those of roll-ups that another version made.
fn name_hash(name: &str) -> u64 {
    Sha256::digest(name).first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}
