//! [`Feed`]: what happened last, of what people care about: in memory, bounded, newest first.
//!
//! Meetings come and go by the hundred; that a server is down must not be pushed out by them. So each of the two has places of
//! its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lb_core::event::{Event, EventKind, Observer};
use lb_core::store::{EVENTS_PAGE, EventFilter};
use lb_core::{IntegrationName, Timestamp};
use tokio::sync::Notify;

use super::alarm::ShownAlarm;

/// How many are kept of what happened to meetings, and again so many of all else.
const KEPT: usize = 100;

/// Refusals of one kind are one item while not so much time passes between them.
const TOGETHER: Duration = Duration::from_secs(600);

/// How many limits that were hit are remembered.
const LIMITS: usize = 200;

/// Reasons of refusals that say that a plan allows no more.
const LIMIT_REASONS: [&str; 4] = ["concurrent-meetings", "concurrent-users", "users-per-meeting", "calls-per-second"];

/// What administrators do that all who see the network may know: what it is made of, and not who may run it.
const ADMINISTERED: [&str; 7] = ["integration", "server", "plan", "partner", "router", "meeting", "recording"];

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FeedItem {
    /// Counted up; a later one has a higher number.
    pub(crate) number: u64,
    /// When; where it happened several times, when last.
    pub(crate) at: Timestamp,
    /// How often.
    pub(crate) times: u32,
    /// What. Parameters of creates, addresses, who administered it and what is other than before are not in it.
    pub(crate) kind: EventKind,
}

/// What happened last.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    // held for one event or one look, never across an await
    items: Mutex<Items>,
    // told at once of what must not wait
    pub(super) urgent: Notify,
}

#[derive(Debug, Default)]
struct Items {
    meetings: VecDeque<Arc<FeedItem>>,
    others: VecDeque<Arc<FeedItem>>,
    next: u64,
    limits: BTreeMap<(IntegrationName, &'static str), (u32, Timestamp)>,
}

impl Feed {
    fn items(&self) -> MutexGuard<'_, Items> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what was stored before a restart.
    pub(crate) async fn seed(&self, balancer: &lb_core::balancer::Balancer) {
        let stored = async |kinds: &[&str]| {
            let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            let filter = EventFilter { kinds, ..EventFilter::default() };
            // without them it begins empty
            balancer.events(&filter, None, KEPT.min(EVENTS_PAGE)).await.map(|page| page.events).unwrap_or_default()
        };
        let mut events = stored(&OF_MEETINGS).await;
        events.extend(stored(&OF_OTHERS).await);
        events.extend(stored(&[REFUSED]).await.into_iter().take(KEPT / 4));
        events.sort_by_key(|event| event.at);
        let mut items = self.items();
        for event in &events {
            items.take(event);
        }
        // what was refused before a restart is no alarm
        items.limits.clear();
    }

    /// All of it, newest first.
    pub(super) fn shown(&self) -> Vec<Arc<FeedItem>> {
        let items = self.items();
        let mut shown: Vec<_> = items.meetings.iter().chain(&items.others).cloned().collect();
        shown.sort_by_key(|item| std::cmp::Reverse((item.at, item.number)));
        shown
    }

    /// The limits that were hit a short while ago.
    pub(super) fn limits_hit(&self, now: Timestamp) -> Vec<ShownAlarm> {
        let mut items = self.items();
        items.limits.retain(|_, (_, at)| now.since(*at) <= TOGETHER);
        let alarm = |((integration, reason), (times, at)): (&(IntegrationName, &'static str), &(u32, Timestamp))| {
            ShownAlarm::Limit { integration: integration.clone(), reason, times: *times, at: *at }
        };
        items.limits.iter().map(alarm).collect()
    }
}

impl Observer for Feed {
    fn observe(&self, event: &Event) {
        if self.items().take(event) && is_urgent(&event.kind) {
            self.urgent.notify_one();
        }
    }
}

impl Items {
    /// Takes an event up, if it is one that people care about.
    fn take(&mut self, Event { at, kind }: &Event) -> bool {
        self.note_limit(*at, kind);
        let Some(kind) = shortened(kind) else { return false };
        let ring = if OF_MEETINGS.contains(&kind.word()) { &mut self.meetings } else { &mut self.others };
        let is_again = |item: &Arc<FeedItem>| item.kind == kind && at.since(item.at) <= TOGETHER;
        let place = if is_grouped(&kind) { ring.iter().position(is_again) } else { None };
        let before = place.and_then(|place| ring.remove(place)).map_or(0, |item| item.times);
        ring.truncate(KEPT - 1);
        let item = FeedItem { number: self.next, at: *at, times: before.saturating_add(1), kind };
        ring.push_front(Arc::new(item));
        self.next += 1;
        true
    }

    fn note_limit(&mut self, at: Timestamp, kind: &EventKind) {
        let EventKind::CallRefused { integration: Some(integration), reason, .. } = kind else { return };
        let Some(reason) = LIMIT_REASONS.into_iter().find(|known| known == reason) else { return };
        let key = (integration.clone(), reason);
        if self.limits.len() >= LIMITS && !self.limits.contains_key(&key) {
            return;
        }
        let (times, last) = self.limits.entry(key).or_default();
        if at.since(*last) > TOGETHER {
            *times = 0;
        }
        (*times, *last) = (times.saturating_add(1), at);
    }
}

/// Those of which hundreds come in an hour.
const OF_MEETINGS: [&str; 4] = ["meeting-created", "meeting-adopted", "meeting-ended", "meeting-placed-afresh"];

/// Those of which hundreds come where something is wrong with a website; most are one item.
const REFUSED: &str = "call-refused";

/// All others that are stored.
const OF_OTHERS: [&str; 13] = [
    "server-state-changed",
    "server-dropped",
    "server-confirmed-down",
    "meetings-released",
    "freeze-began",
    "freeze-ended",
    "last-resort",
    "copy-in-use",
    "stray-ended",
    "callback-failed",
    "recording-published",
    "recording-deleted",
    "administered",
];

/// What waits for no tick: what an operator would want to see at once.
fn is_urgent(kind: &EventKind) -> bool {
    !OF_MEETINGS.contains(&kind.word()) && kind.word() != REFUSED
}

/// Whether several that are the same are shown as one.
fn is_grouped(kind: &EventKind) -> bool {
    matches!(kind, EventKind::CallRefused { .. } | EventKind::CallbackFailed { .. } | EventKind::LastResort { .. })
}

/// The event without what the feed does not show; `None` where it shows nothing of it.
fn shortened(kind: &EventKind) -> Option<EventKind> {
    let mut kind = kind.clone();
    match &mut kind {
        EventKind::MeetingCreated { parameters, .. } => *parameters = Vec::new(),
        EventKind::CallRefused { integration, address, .. } => {
            integration.as_ref()?;
            *address = None;
        }
        // it moves and is told again while a server is tried in vain
        EventKind::CallbackFailed { given_up, .. } if !*given_up => return None,
        EventKind::Administered { by, address, subject, changes, .. } => {
            if !ADMINISTERED.contains(&&*subject.kind) {
                return None;
            }
            (*by, *address, *changes) = (String::new(), None, Vec::new());
        }
        EventKind::ConfigurationReloaded { changes, held_back } if changes.is_empty() && held_back.is_empty() => {
            return None;
        }
        EventKind::MonitorFailed { .. }
        | EventKind::MonitorRecovered
        | EventKind::StoreFailed { .. }
        | EventKind::StoreRecovered
        | EventKind::PolicyFenced { .. }
        | EventKind::PolicyBack { .. }
        | EventKind::PolicyForgot { .. }
        | EventKind::ConfigurationReloaded { .. }
        | EventKind::ConfigurationRefused { .. } => {}
        other if OF_MEETINGS.contains(&other.word()) || OF_OTHERS.contains(&other.word()) => {}
        _ => return None,
    }
    Some(kind)
}

impl FeedItem {
    /// Whether the public may see it: it tells of servers and the network alone.
    pub(super) fn is_public(&self) -> bool {
        matches!(
            self.kind,
            EventKind::ServerStateChanged { .. }
                | EventKind::ServerDropped { .. }
                | EventKind::ServerConfirmedDown { .. }
                | EventKind::MeetingsReleased { .. }
                | EventKind::FreezeBegan { .. }
                | EventKind::FreezeEnded
                | EventKind::MonitorRecovered
                | EventKind::StoreRecovered
        )
    }
}

#[cfg(test)]
mod tests;
