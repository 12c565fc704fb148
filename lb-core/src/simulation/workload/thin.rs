//! Takes meetings out until no more users are there at once than were aimed at.

use super::draw::Draw;
use super::size::Size;
use crate::simulation::SimulatedMeeting;

/// Meetings are counted in steps of a minute.
const STEP: u64 = 60_000;
/// The share that is kept is found to one part in a million.
const HALVINGS: usize = 20;

/// Of `meetings` those that stay, whichever they are: each as likely as any other, so that a Poisson process stays one. As many
/// stay as there can be with at most `users` users at once within `size`.
pub(super) fn thin(
    meetings: Vec<SimulatedMeeting>,
    size: &Size,
    users: usize,
    draw: &mut Draw,
) -> Vec<SimulatedMeeting> {
    let mut drawn: Vec<_> = meetings.into_iter().map(|meeting| (draw.unit(), meeting)).collect();
    let (mut keeps, mut breaks) = (0.0, 1.0);
    if most_at_once(&drawn, 1.0, size) > users {
        for _ in 0..HALVINGS {
            let share = f64::midpoint(keeps, breaks);
            if most_at_once(&drawn, share, size) > users { breaks = share } else { keeps = share }
        }
    } else {
        keeps = 1.0;
    }
    drawn.retain(|(at, _)| *at < keeps);
    drawn.into_iter().map(|(_, meeting)| meeting).collect()
}

/// The most users at once of the meetings that are drawn below `share`.
fn most_at_once(drawn: &[(f64, SimulatedMeeting)], share: f64, size: &Size) -> usize {
    let begins = size.begins();
    let mut changes = vec![0_i64; (size.whole().as_millis() as u64 / STEP) as usize + 1];
    let mut change = |after: u64, by: i64| {
        if let Some(step) = changes.get_mut((after / STEP) as usize) {
            *step += by;
        }
    };
    for (_, meeting) in drawn.iter().filter(|(at, _)| *at < share) {
        let at = meeting.at.since(begins).as_millis() as u64;
        for person in &meeting.people {
            change(at + u64::from(person.comes), 1);
            change(at + u64::from(person.goes), -1);
        }
    }
    let there = changes.iter().scan(0, |there, change| {
        *there += change;
        Some(*there)
    });
    usize::try_from(there.max().unwrap_or(0)).unwrap_or(0)
}
