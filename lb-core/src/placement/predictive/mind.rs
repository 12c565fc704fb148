//! [`Mind`]: all that a policy that predicts has learnt and expects, for one who writes and many who read without a lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::forecast::{Forecast, Seen};
use super::memory::{Memory, room_key};
use super::notebook::Notebook;
use super::outlook::Outlook;
use super::record::Lesson;
use super::work::Work;
use super::{attended, kept};
use crate::clock::Timestamp;
use crate::fleet::Fleet;
use crate::placement::{FinishedMeeting, Placed};
use crate::server::ServerName;

/// Placed meetings that no list has shown yet: so many are counted at most, the latest.
const MOST_AWAITED: usize = 10_000;
/// A meeting that a list lacks which was asked for so long after its placement was not created after all.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);
/// A meeting whose server lists nothing is not waited for any longer.
const AWAITED_FOR: Duration = Duration::from_secs(30 * 60);

/// A placed meeting that no list has shown yet.
#[derive(Debug)]
struct Awaited {
    room: u64,
    server: ServerName,
    at: Timestamp,
    forecast: Forecast,
    /// What it brings with it.
    seen: Seen,
}

/// What was learnt, and what is expected.
///
/// Readers take no lock. Writers do, each for a short while: that of what is awaited is never held while the fleet is looked at, so that a
/// placement does not wait for that.
#[derive(Debug)]
pub(super) struct Mind {
    pub(super) memory: ArcSwap<Memory>,
    pub(super) outlook: ArcSwap<Outlook>,
    notebook: Mutex<Notebook>,
    awaited: Mutex<Vec<Awaited>>,
    changed: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // whoever panicked left figures that are still figures
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mind {
    pub(super) fn new(work: &Work) -> Self {
        let memory = Memory::default();
        let outlook = Outlook::unknown(&memory.forecast_of_any(), work);
        Self {
            memory: ArcSwap::from_pointee(memory),
            outlook: ArcSwap::from_pointee(outlook),
            notebook: Mutex::default(),
            awaited: Mutex::default(),
            changed: AtomicBool::new(false),
        }
    }

    pub(super) fn placed(&self, placed: &Placed<'_>, work: &Work) {
        let forecast = self.memory.load().forecast(placed.meeting, &placed.hints, placed.now);
        let (room, server) = (room_key(placed.meeting), placed.server.clone());
        let mut awaited = lock(&self.awaited);
        // placed again elsewhere: its first server failed
        let before = awaited.iter().position(|known| known.room == room).map(|place| awaited.remove(place).server);
        if awaited.len() >= MOST_AWAITED {
            awaited.remove(0);
        }
        let outlook = self.outlook.load();
        awaited.push(Awaited { room, server, at: placed.now, forecast, seen: outlook.seen(room) });
        for server in before.iter().chain([placed.server]) {
            show(&outlook, &awaited, server, work);
        }
    }

    pub(super) fn observe(&self, fleet: &Fleet, work: &Work, now: Timestamp) {
        let mut notebook = lock(&self.notebook);
        let expected: std::collections::HashMap<u64, Forecast> =
            lock(&self.awaited).iter().map(|awaited| (awaited.room, awaited.forecast)).collect();
        let outlook = notebook.look(fleet, &self.memory.load(), &|room| expected.get(&room).copied(), work, now);
        let mut awaited = lock(&self.awaited);
        awaited.retain(|meeting| {
            let list = fleet.server(&meeting.server).and_then(|server| server.list.as_ref());
            let denied = list.is_some_and(|list| list.asked_at > meeting.at + SHOWN_WITHIN);
            !denied && !notebook.shows(meeting.room, now) && now.since(meeting.at) < AWAITED_FOR
        });
        let mut servers: Vec<&ServerName> = awaited.iter().map(|meeting| &meeting.server).collect();
        servers.sort_unstable();
        servers.dedup();
        for server in servers {
            show(&outlook, &awaited, server, work);
        }
        // under the lock: a placement is shown either in the one before or in this one
        self.outlook.store(Arc::new(outlook));
        if notebook.take_learnt() {
            self.changed.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn ended(&self, meeting: &FinishedMeeting<'_>) {
        let mut notebook = lock(&self.notebook);
        let attended = notebook.end(room_key(meeting.meeting), meeting.internal_id, meeting.ended);
        let began = attended.as_ref().map_or(meeting.began, |attended| attended.began.min(meeting.began));
        let minutes = attended::minutes(meeting.ended, began);
        let unseen = Lesson { users: meeting.most_users, minutes, cameras: None, filling: None };
        let lesson = attended.map_or(unseen, |attended| attended.lesson(meeting.most_users, minutes));
        let mut memory = Memory::clone(&self.memory.load());
        memory.learn(meeting.meeting, began, &lesson);
        self.memory.store(Arc::new(memory));
        self.changed.store(true, Ordering::Relaxed);
    }

    pub(super) fn keep(&self) -> Option<Vec<u8>> {
        if !self.changed.swap(false, Ordering::Relaxed) {
            return None;
        }
        // a copy: nobody who looks at the fleet shall wait until all is written down
        let strengths = lock(&self.notebook).strengths.clone();
        kept::write(&self.memory.load(), &strengths)
    }

    pub(super) fn recall(&self, bytes: &[u8]) -> Result<(), String> {
        let (memory, strengths) = kept::read(bytes)?;
        let mut notebook = lock(&self.notebook);
        notebook.strengths = strengths;
        self.memory.store(Arc::new(memory));
        self.changed.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// Shows in `outlook` what `server` awaits.
fn show(outlook: &Outlook, awaited: &[Awaited], server: &ServerName, work: &Work) {
    let Some(slot) = outlook.find(server, 0).and_then(|slot| outlook.slots.get(slot)) else { return };
    let lives: Vec<_> = awaited
        .iter()
        .filter(|meeting| meeting.server == *server)
        .map(|meeting| meeting.forecast.life(&meeting.seen, work))
        .collect();
    slot.pending.show(lives.iter());
}
