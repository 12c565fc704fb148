//! The course of the load: sampled in its rhythm, and kept so that a restart does not forget it.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Balancer;
use crate::course::{Course, CourseStep, KEPT};

/// The present course behind one pointer. Readers never lock; writers take turns.
#[derive(Debug, Default)]
pub(super) struct LiveCourse {
    current: ArcSwap<Course>,
    // serialises writers, held for one pure function
    writing: Mutex<()>,
}

impl LiveCourse {
    fn change<T>(&self, change: impl FnOnce(&Course) -> (Course, T)) -> T {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, result) = change(&self.current.load());
        self.current.store(Arc::new(next));
        result
    }
}

impl Balancer {
    /// How the load went over the last day.
    pub fn course(&self) -> Arc<Course> {
        self.course.current.load_full()
    }

    /// Takes the samples of the course that are due. To be called every few seconds: what is due once a minute, and was not
    /// looked at in that minute, is a gap.
    ///
    /// # Cancel safety
    /// May be dropped at any time; a step of the course may then be forgotten by a restart.
    pub async fn record_course(&self) {
        let now = self.clock.now();
        if !self.course().is_due(now) {
            return;
        }
        let fleet = self.fleet();
        if let Some(step) = self.course.change(|course| course.recorded(&fleet, now)) {
            // a gap after a restart: nothing else depends on it, and a store in trouble is told of elsewhere
            let _ = self.stores.course.save_course(step, now.before(KEPT)).await;
        }
    }

    /// Takes up what was kept of the course before a restart.
    pub(super) fn resume_course(&self, steps: &[CourseStep]) {
        let now = self.clock.now();
        self.course.change(|course| (course.resumed(steps, now), ()));
    }
}
