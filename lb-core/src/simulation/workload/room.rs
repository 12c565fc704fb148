//! [`Room`]: what meets again and again, and how one of its meetings goes.

use super::cities::City;
use super::draw::Draw;
use crate::clock::Timestamp;
use crate::meeting::MeetingKey;
use crate::placement::MeetingHints;
use crate::simulation::{SimulatedMeeting, SimulatedPerson};

const MINUTE: f64 = 60_000.0;
/// Of those who belong to a room, how many come, on average.
pub(super) const ATTENDANCE: f64 = 0.93;
/// So long after its last user has gone BBB ends a meeting (`meetingExpireWhenLastUserLeftInMinutes`, 1).
const EMPTY_MINUTES: f64 = 1.0;
/// A meeting is created, and its first user is there.
const FIRST_COMES: u32 = 1_000;
/// Nobody comes so long before the bell.
pub(super) const EARLIEST_MINUTES: f64 = 12.0;
/// The last have gone, and the meeting has ended, so long after it should be over.
pub(super) const LATEST_MINUTES: f64 = 15.0;

/// A room of a website: the people in it are more or less the same each time.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// Whose, and which.
    pub(super) key: MeetingKey,
    /// How many people belong to it.
    pub(super) users: u32,
    /// How they behave.
    pub(super) manner: Manner,
    /// What each create of it says.
    pub(super) hints: MeetingHints,
    /// Where its people are, most of them; absent where nobody knows where anybody is.
    pub(super) home: Option<&'static City>,
}

/// How people behave in a room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// How they come.
    pub(super) coming: Coming,
    /// How likely who leads has a camera on.
    pub(super) host_camera: f64,
    /// How likely somebody else has.
    pub(super) guest_camera: f64,
    /// How likely somebody else has audio; who leads always has.
    pub(super) voice: f64,
}

/// How people come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Coming {
    /// To the bell: within minutes around it, and few late.
    ToTheBell,
    /// One after the other from the bell on, on average so many minutes after it.
    OneByOne(f64),
}

/// One meeting of a room as it is planned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion {
    /// When it should begin, milliseconds since 1970-01-01.
    pub(super) bell: u64,
    /// How long it should be.
    pub(super) minutes: f64,
}

impl Room {
    /// How the meeting goes on this occasion. It is over [`LATEST_MINUTES`] after it should be.
    pub(super) fn meets(&self, occasion: Occasion, draw: &mut Draw) -> SimulatedMeeting {
        let there = match self.users {
            few @ ..=3 => few.max(1),
            many => (f64::from(many) * draw.normal(ATTENDANCE, 0.05).clamp(0.75, 1.0)).round() as u32,
        };
        let over = occasion.minutes + draw.normal(0.0, 2.0).clamp(-5.0, 5.0).min(occasion.minutes / 4.0);
        let over = over.max(occasion.minutes / 2.0);
        let mut people: Vec<_> = (0..there).map(|number| self.stay(number == 0, over, draw)).collect();
        people.sort_by(|a, b| a.comes.total_cmp(&b.comes));
        let first = people.first().map_or(0.0, |stay| stay.comes);
        let since_first = |minutes: f64| FIRST_COMES + ((minutes - first) * MINUTE).max(0.0).round() as u32;
        let last = people.iter().map(|stay| stay.goes).fold(over, f64::max);
        let person = |stay: &Stay| SimulatedPerson {
            comes: since_first(stay.comes),
            goes: since_first(stay.goes),
            voice: stay.voice,
            camera: stay.camera.map_or((0, 0), |(on, off)| (since_first(on), since_first(off))),
            moderator: stay.leads,
            position: self.home.map(|home| home.somebody(draw)),
        };
        let people: Vec<_> = people.iter().map(person).collect();
        // what the balancer knows is where the caller is, or where the website is, or nothing
        let position = match draw.weighted([0.7, 0.25, 0.05].into_iter()) {
            0 => people.first().and_then(|first| first.position),
            1 => self.home.map(|home| home.position),
            _ => None,
        };
        let before = u64::from(FIRST_COMES) as f64 - first * MINUTE;
        SimulatedMeeting {
            key: self.key.clone(),
            at: Timestamp::from_millis((occasion.bell as f64 - before).max(0.0) as u64),
            length: std::time::Duration::from_millis(u64::from(since_first(last + EMPTY_MINUTES))),
            hints: self.hints,
            position,
            people,
        }
    }

    /// One person's stay in a meeting that is over `over` minutes after the bell.
    fn stay(&self, leads: bool, over: f64, draw: &mut Draw) -> Stay {
        let comes = match self.manner.coming {
            Coming::ToTheBell if leads => draw.normal(-4.0, 2.0).clamp(-EARLIEST_MINUTES, 3.0),
            Coming::ToTheBell if draw.happens(0.06) => 2.0 + draw.exponential(6.0),
            Coming::ToTheBell => draw.normal(-0.5, 1.8).clamp(-10.0, 8.0),
            Coming::OneByOne(_) if leads => 0.0,
            Coming::OneByOne(mean) => draw.exponential(mean),
        };
        let comes = comes.min(over * 0.8);
        let goes = match leads {
            false if draw.happens(0.05) => draw.between(comes, over),
            true => over,
            false => over + draw.exponential(0.8).min(6.0),
        };
        let has_camera = draw.happens(if leads { self.manner.host_camera } else { self.manner.guest_camera });
        let camera = has_camera.then(|| {
            let on = (comes + draw.between(0.1, 1.0)).min(goes);
            // most leave it on
            let off = if draw.happens(0.7) { goes } else { draw.between(on, goes) };
            (on, off)
        });
        Stay { comes, goes, voice: leads || draw.happens(self.manner.voice), camera, leads }
    }
}

/// A stay, in minutes after the bell.
struct Stay {
    comes: f64,
    goes: f64,
    voice: bool,
    camera: Option<(f64, f64)>,
    leads: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: Manner = Manner { coming: Coming::ToTheBell, host_camera: 0.9, guest_camera: 0.2, voice: 0.8 };

    fn room(users: u32, manner: Manner) -> Room {
        Room { key: MeetingKey::new("moodle", "7b"), users, manner, hints: MeetingHints::default(), home: None }
    }

    #[test]
    fn people_come_around_the_bell_and_the_meeting_ends_after_the_last() {
        let (bell, mut draw) = (1_000_000_000, Draw::new(1, "test"));
        let mut around = 0;
        for _ in 0..100 {
            let meeting = room(100, CLASS).meets(Occasion { bell, minutes: 45.0 }, &mut draw);
            let comes = |person: &SimulatedPerson| (meeting.at.as_millis() + u64::from(person.comes)).abs_diff(bell);
            around += meeting.people.iter().filter(|person| comes(person) < 5 * 60_000).count();
            assert!((75..=100).contains(&meeting.people.len()));
            assert_eq!(meeting.people[0].comes, FIRST_COMES);
            assert_eq!(meeting.people.iter().filter(|person| person.moderator).count(), 1);
            assert!(meeting.people.iter().all(|person| person.comes <= person.goes
                && u128::from(person.goes) < meeting.length.as_millis()
                && person.camera.0 <= person.camera.1
                && person.camera.1 <= person.goes));
            let end = (meeting.at + meeting.length).as_millis();
            assert!((bell + 40 * 60_000..bell + (45 + 15) * 60_000).contains(&end), "{end}");
            assert!(meeting.at.as_millis() + 13 * 60_000 > bell);
        }
        assert!((8800..9600).contains(&around), "{around} of some 9300");
    }

    #[test]
    fn cameras_and_voices_have_their_shares() {
        let mut draw = Draw::new(2, "test");
        let meeting = room(10_000, CLASS).meets(Occasion { bell: 1_000_000_000, minutes: 45.0 }, &mut draw);
        let share = |of: fn(&SimulatedPerson) -> bool| {
            meeting.people.iter().filter(|person| of(person)).count() as f64 / meeting.people.len() as f64
        };
        assert!((share(|person| person.camera.0 < person.camera.1) - 0.2).abs() < 0.02);
        assert!((share(|person| person.voice) - 0.8).abs() < 0.02);
    }

    #[test]
    fn who_is_in_it_without_a_bell_comes_one_by_one_after_the_first() {
        let manner = Manner { coming: Coming::OneByOne(3.0), ..CLASS };
        let meeting = room(2_000, manner).meets(Occasion { bell: 1_000_000, minutes: 60.0 }, &mut Draw::new(3, "test"));
        let mean =
            meeting.people.iter().map(|person| f64::from(person.comes)).sum::<f64>() / meeting.people.len() as f64;
        assert_eq!(meeting.at.as_millis(), 999_000);
        assert!((mean / 60_000.0 - 3.0).abs() < 0.3, "{mean}");
    }
}
