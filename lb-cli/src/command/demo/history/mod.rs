//! The day before the demo: what reports, the feed and the courses of the pages are full of when it begins.
//!
//! | file | what |
//! |---|---|
//! | `day` | lives through the day, minute by minute, and tells it as events |
//! | `lesson` | one meeting as it goes if nothing comes between |
//! | `machines` | the servers: what stands on them, what ails them, what a monitor says of them |
//!
//! The same policy places these meetings, and the same verdict says what a server may be used for, as when the balancer runs.

mod day;
mod lesson;
mod machines;

use lb_core::course::KEPT;
use lb_core::store::{StoreError, Stores};
use lb_core::{Locator, Timestamp};

use self::day::Day;

/// Events that are handed to the store at once.
const BATCH: usize = 1000;

/// Writes the day before `until` into an empty store. It follows from `seed`.
pub(super) async fn write(
    stores: &Stores,
    locator: &dyn Locator,
    seed: u64,
    until: Timestamp,
) -> Result<(), StoreError> {
    let day = Day::before(until, seed, locator);
    for batch in day.events.chunks(BATCH) {
        stores.meetings.record(batch.to_vec()).await?;
        // what is recorded waits in a bounded queue: who reads waits until it is written
        stores.meetings.latest_events(1).await?;
    }
    for step in day.course {
        stores.course.save_course(step, until.before(KEPT)).await?;
    }
    Ok(())
}
