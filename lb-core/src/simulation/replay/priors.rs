//! Who has voice and a camera: no event tells, so both are shared out as is usual.
//!
//! Of up to three people all have a camera. In larger meetings nine of ten moderators have, and of the others one of five
//! where up to 30 came, one of ten up to 60, and one of a hundred beyond. Moderators have audio, and 17 of 20 of the others. A
//! camera is on as long as its user is there. They are shared out in the order of coming, without chance: the same events are
//! the same scenario.

use std::time::Duration;

use super::incarnation::{Lived, Stay};
use crate::simulation::{SimulatedMeeting, SimulatedPerson};

const VOICE: f64 = 0.85;
const MODERATOR_CAMERA: f64 = 0.9;

/// How likely somebody has a camera who does not lead, where so many came.
fn camera(came: usize) -> f64 {
    match came {
        0..=3 => 1.0,
        4..=30 => 0.2,
        31..=60 => 0.1,
        _ => 0.01,
    }
}

/// The meeting with voices and cameras.
pub(super) fn meeting(lived: Lived) -> SimulatedMeeting {
    let Lived { key, from, until, hints, stays } = lived;
    let guest_camera = camera(stays.len());
    let lead_camera = guest_camera.max(MODERATOR_CAMERA);
    let (mut leads, mut guests) = (0, 0);
    let person = |stay: Stay| {
        let number = if stay.moderator { &mut leads } else { &mut guests };
        let has_camera = is_one(*number, if stay.moderator { lead_camera } else { guest_camera });
        let voice = stay.moderator || is_one(*number, VOICE);
        *number += 1;
        let (comes, goes) = (millis(stay.from.since(from)), millis(stay.until.min(until).since(from)));
        let camera = if has_camera { (comes, goes) } else { (0, 0) };
        SimulatedPerson { comes, goes, voice, camera, moderator: stay.moderator, position: None }
    };
    let people = stays.into_iter().filter(|stay| stay.from < until).map(person).collect();
    SimulatedMeeting { key, at: from, length: until.since(from), hints, position: None, people }
}

/// Whether the one with this number, from 0 on, is one of a `share`, spread evenly.
fn is_one(number: u32, share: f64) -> bool {
    let before = |number: u32| (f64::from(number) * share + 0.5).floor();
    before(number + 1) > before(number)
}

/// Longer than 49 days is as long.
fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_spread_evenly() {
        let ones = |share| (0..100).filter(|number| is_one(*number, share)).count();
        assert_eq!((ones(0.0), ones(0.01), ones(0.2), ones(0.85), ones(1.0)), (0, 1, 20, 85, 100));
        assert!(is_one(0, 0.9) && !is_one(0, 0.2) && is_one(2, 0.2));
    }
}
