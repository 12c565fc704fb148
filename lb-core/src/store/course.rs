//! [`CourseStore`]: the course of the load, so that a restart does not forget it.

use std::fmt;

use async_trait::async_trait;

use super::StoreError;
use crate::clock::Timestamp;
use crate::course::CourseStep;

/// Keeps the course of the load for a day.
#[async_trait]
pub trait CourseStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps `step`, in the place of one of the same moment, and forgets what is older than `since`.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept, and nothing forgotten.
    async fn save_course(&self, step: CourseStep, since: Timestamp) -> Result<(), StoreError>;

    /// What is kept, oldest first.
    async fn load_course(&self) -> Result<Vec<CourseStep>, StoreError>;
}
