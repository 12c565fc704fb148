//! [`Timetable`]: rooms that meet at the same hour of the same weekday, week after week.

use super::draw::Draw;
use super::room::{ATTENDANCE, EARLIEST_MINUTES, LATEST_MINUTES, Occasion, Room};
use super::size::Size;
use crate::meeting::MeetingKey;
use crate::simulation::SimulatedMeeting;

/// Of those who come to a meeting of a timetable, how many are there when most are.
const THERE_AT_ONCE: f64 = 0.95;
/// How many lessons are of a room that has others.
const SECOND_LESSON: f64 = 0.55;
/// How many lessons are in a room that is made anew each time.
const MADE_ANEW: f64 = 0.08;
/// How many lessons do not take place.
const CANCELLED: f64 = 0.03;

/// An hour of the week.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// 0 is Monday.
    pub(super) weekday: usize,
    /// When it begins, minutes after midnight on the clock of the place.
    pub(super) minute: u32,
    /// How long meetings are.
    pub(super) minutes: f64,
    /// How many users are to be in meetings then.
    pub(super) users: f64,
}

impl Slot {
    /// Whether a room could not be in both.
    fn collides(&self, other: &Slot) -> bool {
        let from = |slot: &Slot| f64::from(slot.minute) - EARLIEST_MINUTES - 1.0;
        let until = |slot: &Slot| f64::from(slot.minute) + slot.minutes + LATEST_MINUTES;
        self.weekday == other.weekday && from(self) < until(other) && from(other) < until(self)
    }
}

/// Who meets when.
#[derive(Debug)]
pub(super) struct Timetable {
    rooms: Vec<Room>,
    lessons: Vec<Lesson>,
    /// How far the clocks of the place are ahead of UTC, minutes.
    ahead: i64,
}

#[derive(Debug)]
struct Lesson {
    room: usize,
    slot: Slot,
    made_anew: bool,
}

impl Timetable {
    /// Puts rooms into each slot until its users are there. `room` makes the one with this number, for at most so many users.
    pub(super) fn fill(
        slots: &[Slot],
        ahead: i64,
        draw: &mut Draw,
        mut room: impl FnMut(usize, u32, &mut Draw) -> Room,
    ) -> Self {
        let mut rooms: Vec<Room> = Vec::new();
        let mut taken: Vec<Vec<Slot>> = Vec::new();
        let mut lessons = Vec::new();
        for slot in slots {
            let mut left = slot.users / (ATTENDANCE * THERE_AT_ONCE * (1.0 - CANCELLED));
            while left >= 1.0 {
                let known = draw.index(rooms.len());
                let fits = |room: &Room| f64::from(room.users) <= left;
                let is_free = |taken: &Vec<Slot>| !taken.iter().any(|other| other.collides(slot));
                let second = draw.happens(SECOND_LESSON)
                    && rooms.get(known).is_some_and(fits)
                    && taken.get(known).is_some_and(is_free);
                let number = if second { known } else { rooms.len() };
                if !second {
                    rooms.push(room(number, left as u32, draw));
                    taken.push(Vec::new());
                }
                left -= rooms.get(number).map_or(left, |room| f64::from(room.users.max(1)));
                taken.iter_mut().skip(number).take(1).for_each(|taken| taken.push(*slot));
                lessons.push(Lesson { room: number, slot: *slot, made_anew: draw.happens(MADE_ANEW) });
            }
        }
        Self { rooms, lessons, ahead }
    }

    /// Adds the meetings of all days of `size`.
    pub(super) fn play(&self, size: &Size, draw: &mut Draw, meetings: &mut Vec<SimulatedMeeting>) {
        let (begins, end) = (size.begins().as_millis(), (size.begins() + size.whole()).as_millis());
        for day in size.days() {
            for lesson in self.lessons.iter().filter(|lesson| lesson.slot.weekday == day.weekday()) {
                let Some(room) = self.rooms.get(lesson.room).filter(|_| !draw.happens(CANCELLED)) else { continue };
                let minute = i64::from(lesson.slot.minute) - self.ahead;
                let bell = day.begin.saturating_add_signed(minute * 60_000);
                // what nobody could see need not be made
                if bell < begins || bell > end + 3_600_000 {
                    continue;
                }
                let mut meeting = room.meets(Occasion { bell, minutes: lesson.slot.minutes }, draw);
                if lesson.made_anew {
                    let id = format!("{}-{}-{}", room.key.meeting_id, day.number, lesson.slot.minute);
                    meeting.key = MeetingKey::new(room.key.integration.clone(), id);
                }
                meetings.push(meeting);
            }
        }
    }
}
