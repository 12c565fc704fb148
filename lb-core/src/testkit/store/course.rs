//! How the course of the load is kept.

use std::time::Duration;

use super::START;
use crate::course::{CourseStep, Sample};
use crate::store::CourseStore;

fn step(minutes: u64) -> CourseStep {
    let at = START + Duration::from_secs(minutes * 60);
    let known = Sample {
        users: Some(70_000),
        meetings: Some(0),
        audio: Some(7),
        video: Some(u32::MAX),
        cpu: Some(12.5),
        memory: Some(0.0),
    };
    let total = |ago: u64| (at.before(Duration::from_secs(ago * 60)), Sample { users: Some(ago as u32), ..known });
    CourseStep {
        at,
        totals: vec![total(2), total(1), (at, Sample::default())],
        servers: vec![("bbb1".into(), known), ("sala \"1\"".into(), Sample { cpu: None, audio: None, ..known })],
    }
}

/// Before any step is saved there is none.
pub async fn a_new_store_has_no_course(store: &dyn CourseStore) {
    assert_eq!(store.load_course().await, Ok(Vec::new()));
}

/// Every figure of every step comes back, oldest first, and what was not known is not known.
pub async fn a_course_comes_back_step_by_step(store: &dyn CourseStore) {
    let bare = CourseStep { at: START + Duration::from_secs(1200), totals: Vec::new(), servers: step(0).servers };
    for step in [step(5), bare.clone(), step(0)] {
        store.save_course(step, START).await.unwrap();
    }
    assert_eq!(store.load_course().await, Ok(vec![step(0), step(5), bare]));
}

/// A step takes the place of one of the same moment, and what is too old goes.
pub async fn a_course_is_kept_for_so_long_and_no_longer(store: &dyn CourseStore) {
    store.save_course(step(0), START).await.unwrap();
    store.save_course(step(60), START).await.unwrap();
    let again = CourseStep { servers: vec![("bbb2".into(), step(0).servers[0].1)], ..step(60) };
    store.save_course(again.clone(), START).await.unwrap();
    assert_eq!(store.load_course().await, Ok(vec![step(0), again.clone()]));
    let later = START + Duration::from_secs(50 * 60);
    store.save_course(step(120), later).await.unwrap();
    assert_eq!(store.load_course().await, Ok(vec![again, step(120)]));
}
