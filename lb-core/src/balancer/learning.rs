//! Policies that learn: what they are told, and how what they have learnt is kept.
//!
//! ```text
//!   start, router changed ──▶ recall ──▶ policy ◀── observe: lists of servers, every 10 s
//!                                         │  ▲
//!   every few minutes, stop ◀── keep ─────┘  └───── a meeting has ended
//! ```
//!
//! A policy is told nothing before it was asked to recall, so that what is kept is never less than what was kept before.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Balancer;
use crate::api::Failure;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::meeting::Meeting;
use crate::network::RouterName;
use crate::placement::fence::{Doing, guarded};
use crate::placement::{FinishedMeeting, LEARNED_BYTES, Learner, Misconduct, PlacementPolicy};

/// How often policies that learn observe the servers, at most.
const OBSERVED_EVERY: Duration = Duration::from_secs(10);

/// What a policy could not recall is kept under its name and this, until the next that it cannot.
const UNREADABLE: &str = ".unreadable";

/// The policies that learn and were asked to recall.
#[derive(Debug, Default)]
pub(super) struct Learning {
    // held for one look or one change, never across an await nor while a policy is asked
    pupils: Mutex<HashMap<RouterName, Pupil>>,
    // milliseconds; 0: never
    observed_at: AtomicU64,
}

/// A policy that learns.
#[derive(Debug)]
struct Pupil {
    policy: Arc<dyn PlacementPolicy>,
    /// What it has told of and the store could not keep yet.
    unkept: Option<Vec<u8>>,
    /// Whether it was told that it has learnt too much to be kept.
    told: bool,
}

type Named = (RouterName, Arc<dyn PlacementPolicy>);

impl Learning {
    fn lock(&self) -> MutexGuard<'_, HashMap<RouterName, Pupil>> {
        self.pupils.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn policies(&self) -> Vec<Named> {
        self.lock().iter().map(|(router, pupil)| (router.clone(), Arc::clone(&pupil.policy))).collect()
    }

    fn of(&self, router: &RouterName) -> Option<Arc<dyn PlacementPolicy>> {
        self.lock().get(router).map(|pupil| Arc::clone(&pupil.policy))
    }

    fn begin(&self, router: RouterName, policy: Arc<dyn PlacementPolicy>) {
        self.lock().insert(router, Pupil { policy, unkept: None, told: false });
    }

    /// The policy of `router` is another object, which has learnt what the one before it has: what is not kept yet stays to be.
    fn go_on(&self, router: &RouterName, policy: Arc<dyn PlacementPolicy>) {
        if let Some(pupil) = self.lock().get_mut(router) {
            pupil.policy = policy;
        }
    }

    /// Whether the servers are to be observed at `now`. Of several who ask at once, one is told so.
    fn is_due(&self, now: Timestamp) -> bool {
        let last = self.observed_at.load(Ordering::Relaxed);
        let due = last == 0 || now.since(Timestamp::from_millis(last).as_past(now)) >= OBSERVED_EVERY;
        let taken = || {
            let next = now.as_millis().max(1);
            self.observed_at.compare_exchange(last, next, Ordering::Relaxed, Ordering::Relaxed)
        };
        due && taken().is_ok()
    }

    /// What is to be kept of the policy of `router`, which answered `learned`: what it had told of before where that is not
    /// kept yet. The size of what is too much, if that is news.
    fn to_keep(&self, router: &RouterName, learned: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, usize> {
        let mut pupils = self.lock();
        let Some(pupil) = pupils.get_mut(router) else { return Ok(learned) };
        match learned.map(|learned| (learned.len(), learned)) {
            Some((size, _)) if size > LEARNED_BYTES => {
                pupil.unkept = None;
                if std::mem::replace(&mut pupil.told, true) { Ok(None) } else { Err(size) }
            }
            Some((_, learned)) => {
                (pupil.unkept, pupil.told) = (None, false);
                Ok(Some(learned))
            }
            None => Ok(pupil.unkept.take()),
        }
    }

    fn keep_later(&self, router: &RouterName, learned: Vec<u8>) {
        if let Some(pupil) = self.lock().get_mut(router) {
            pupil.unkept.get_or_insert(learned);
        }
    }
}

/// Asks a policy something that only one that learns can answer; `None` if it does not learn.
fn ask<T>(
    policy: &dyn PlacementPolicy,
    doing: Doing,
    act: impl FnOnce(&dyn Learner) -> T,
) -> Result<Option<T>, Misconduct> {
    guarded(doing, || policy.learner().map(act))
}

/// Whether both learn as the same one: within other combinators.
fn is_one_learner(one: &dyn PlacementPolicy, other: &dyn PlacementPolicy) -> bool {
    let same = || one.learner().zip(other.learner()).is_some_and(|(one, other)| std::ptr::addr_eq(one, other));
    guarded(Doing::Recalling, same).unwrap_or_default()
}

impl Balancer {
    /// Has every policy that learns, and is new, recall what was kept of it. A store that cannot be read is asked again later.
    pub(super) async fn recall_learned(&self) {
        let network = self.network();
        for router in network.routers() {
            let Some(policy) = self.policies.of(router, &network) else { continue };
            let (name, before) = (&router.name, self.learning.of(&router.name));
            let is_known = before.as_ref().is_some_and(|before| Arc::ptr_eq(before, &policy));
            if is_known || self.fences.around(&policy, self.clock.now()).is_some() {
                continue;
            }
            if before.as_ref().is_some_and(|before| is_one_learner(&**before, &*policy)) {
                // refined otherwise: it knows what it knows
                self.learning.go_on(name, policy);
                continue;
            }
            if let Some(before) = before {
                // the router was changed: what the policy before it knows may be of use to the next
                let _ = self.keep_policy(name, &before).await;
            }
            match ask(&*policy, Doing::Recalling, |_| ()) {
                Ok(Some(())) if self.recall_policy(name, &policy).await == Ok(true) => {
                    self.let_back(&policy, Doing::Recalling);
                    self.learning.begin(name.clone(), policy);
                }
                Ok(Some(())) => {}
                Ok(None) => {
                    self.let_back(&policy, Doing::Recalling);
                    self.learning.lock().remove(name);
                }
                Err(misconduct) => self.fence_off(name, &policy, misconduct),
            }
        }
        self.learning.lock().retain(|name, _| network.router(name.as_str()).is_some());
    }

    /// Answers whether the policy may go on: one that panicked may not, or what it keeps next would take the place of what was
    /// kept. What it cannot read is kept aside.
    async fn recall_policy(&self, router: &RouterName, policy: &Arc<dyn PlacementPolicy>) -> Result<bool, Failure> {
        let kept = self.stored(self.stores.policies.learned(router, policy.name()).await)?;
        let Some(kept) = kept else { return Ok(true) };
        match ask(&**policy, Doing::Recalling, |learner| learner.recall(&kept)) {
            Ok(None | Some(Ok(()))) => {}
            Ok(Some(Err(bad))) => {
                let aside = format!("{}{UNREADABLE}", policy.name());
                self.stored(self.stores.policies.keep_learned(router, &aside, kept).await)?;
                self.tell_forgot(router, policy, bad.to_string());
            }
            Err(misconduct) => {
                self.fence_off(router, policy, misconduct);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets the policies that learn observe the servers, if that is due.
    pub(super) async fn let_observe(&self) {
        let now = self.clock.now();
        if self.learning.is_due(now) {
            self.recall_learned().await;
            let fleet = self.fleet();
            self.teach(Doing::Observing, |learner| learner.observe(&fleet, now));
        }
    }

    /// Tells the policies that learn that `meeting` is no more, if that is among what has just been stored.
    pub(super) fn learn_end(&self, events: &[Event], meeting: &Meeting) {
        let end = events.iter().find_map(|event| match &event.kind {
            EventKind::MeetingEnded { internal_id, until, most_users, .. } if *internal_id == meeting.internal_id => {
                Some((until.unwrap_or(event.at), *most_users))
            }
            _ => None,
        });
        let Some((ended, most_users)) = end else { return };
        // by a clock that was set back since, it began after its end: nothing is known of its length then
        let began = meeting.created_at.min(ended);
        let finished =
            FinishedMeeting { meeting: &meeting.key, internal_id: &meeting.internal_id, began, ended, most_users };
        self.teach(Doing::Learning, |learner| learner.ended(&finished));
    }

    /// Tells every policy that learns something, but those that are fenced off. One that several routers share is told once.
    fn teach(&self, doing: Doing, act: impl Fn(&dyn Learner)) {
        let now = self.clock.now();
        let mut told: Vec<Arc<dyn PlacementPolicy>> = Vec::new();
        for (router, policy) in self.learning.policies() {
            if told.iter().any(|told| Arc::ptr_eq(told, &policy)) || self.fences.around(&policy, now).is_some() {
                continue;
            }
            match ask(&*policy, doing, &act) {
                Ok(_) => self.let_back(&policy, doing),
                Err(misconduct) => self.fence_off(&router, &policy, misconduct),
            }
            told.push(policy);
        }
    }

    /// Keeps what the policies of routers have learnt, and forgets what those of routers that are gone had. To be called every
    /// few minutes, and when no more calls come.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if something cannot be kept; it is kept the next time.
    ///
    /// # Cancel safety
    /// May be dropped at any time; what one policy has learnt since it was kept last may then be forgotten by a restart.
    pub async fn keep_learned(&self) -> Result<(), Failure> {
        self.recall_learned().await;
        let mut kept = Ok(());
        for (router, policy) in self.learning.policies() {
            // the others may be kept all the same
            kept = kept.and(self.keep_policy(&router, &policy).await);
        }
        let routers = self.network().routers().map(|router| router.name.clone()).collect();
        kept.and(self.stored(self.stores.policies.forget_learned_but(routers).await))
    }

    async fn keep_policy(&self, router: &RouterName, policy: &Arc<dyn PlacementPolicy>) -> Result<(), Failure> {
        if self.fences.around(policy, self.clock.now()).is_some() {
            return Ok(());
        }
        let learned = match ask(&**policy, Doing::Keeping, |learner| learner.keep()) {
            Ok(learned) => {
                self.let_back(policy, Doing::Keeping);
                self.learning.to_keep(router, learned.flatten())
            }
            Err(misconduct) => {
                self.fence_off(router, policy, misconduct);
                return Ok(());
            }
        };
        match learned {
            Ok(None) => Ok(()),
            Ok(Some(learned)) => {
                let kept = self.stores.policies.keep_learned(router, policy.name(), learned.clone()).await;
                if kept.is_err() {
                    self.learning.keep_later(router, learned);
                }
                self.stored(kept)
            }
            Err(size) => {
                let problem = format!("what it has learnt is not kept: {size} bytes, and {LEARNED_BYTES} are the most");
                self.tell_forgot(router, policy, problem);
                Ok(())
            }
        }
    }

    fn tell_forgot(&self, router: &RouterName, policy: &Arc<dyn PlacementPolicy>, problem: String) {
        self.emit(EventKind::PolicyForgot { router: router.clone(), policy: policy.name().to_owned(), problem });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placement::LeastCpu;

    #[test]
    fn what_is_not_kept_yet_stays_to_be_where_a_policy_is_refined_otherwise_and_not_where_it_is_another() {
        let (learning, router) = (Learning::default(), RouterName::from("default"));
        let policy = || Arc::new(LeastCpu) as Arc<dyn PlacementPolicy>;
        learning.begin(router.clone(), policy());
        learning.keep_later(&router, vec![7]);
        learning.go_on(&router, policy());
        assert_eq!(learning.to_keep(&router, None), Ok(Some(vec![7])));
        learning.keep_later(&router, vec![7]);
        learning.begin(router.clone(), policy());
        assert_eq!(learning.to_keep(&router, None), Ok(None));
    }
}
