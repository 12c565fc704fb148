//! The course in an [`InMemoryStore`]: as long as that lives, for a balancer that is put together anew over it.

use async_trait::async_trait;

use super::InMemoryStore;
use crate::clock::Timestamp;
use crate::course::CourseStep;
use crate::store::{CourseStore, StoreError};

#[async_trait]
impl CourseStore for InMemoryStore {
    async fn save_course(&self, step: CourseStep, since: Timestamp) -> Result<(), StoreError> {
        let mut written = self.lock();
        written.course.retain(|at, _| *at >= since);
        written.course.insert(step.at, step);
        Ok(())
    }

    async fn load_course(&self) -> Result<Vec<CourseStep>, StoreError> {
        Ok(self.lock().course.values().cloned().collect())
    }
}
