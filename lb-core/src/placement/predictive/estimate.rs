//! [`Estimate`]: what is believed of a figure, how sure that is, and how alike the figures of one room are.

use super::record::Record;
use super::spread::Spread;

/// How far the figures of a room stray from their own mean where little was seen yet: variances of logarithms.
const ALIKE: Record = Record {
    last: 0,
    users: Spread::believed(0.1, 0.0),
    minutes: Spread::believed(0.1, 0.0),
    cameras: Spread::believed(0.25, 0.0),
    filling: Spread::believed(0.2, 0.0),
};
/// That counts as much as so many meetings.
const BELIEVED: f32 = 10.0;
/// A room's own straying counts once it has met more often than this.
const OWN: f32 = 2.0;
/// No figures are more alike than this.
const LEAST: f32 = 0.003;

/// What is believed of the logarithm of a figure of one meeting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) mean: f32,
    /// How far the mean may be off: a variance.
    pub(super) doubt: f32,
    /// How far single meetings stray from the mean: a variance.
    pub(super) stray: f32,
}

impl Estimate {
    /// Of one of a kind, where it is not known which.
    pub(super) fn of_kind(kind: Spread) -> Self {
        Self { mean: kind.mean, doubt: kind.variance, stray: 0.0 }
    }

    /// Of a room that belongs to `kind`, where the figures of any room stray by `alike` from their own mean.
    ///
    /// The room's meetings weigh n / (n + stray / doubt): the less the meetings of a room differ beside the rooms, the sooner it
    /// speaks for itself (the best linear estimate, as in a Kalman filter).
    pub(super) fn of_room(room: Spread, kind: Spread, alike: f32) -> Self {
        let count = f32::from(room.count);
        let alike = alike.max(LEAST);
        let between = (kind.variance - alike).max(alike / 4.0);
        let own = count * between / (count * between + alike);
        let stray = if count > 1.0 { (count * room.variance + OWN * alike) / (count - 1.0 + OWN) } else { alike };
        Self { mean: own * room.mean + (1.0 - own) * kind.mean, doubt: between * (1.0 - own), stray: stray.max(LEAST) }
    }

    /// This, after somebody's word of the figure which is off by the variance `off`.
    pub(super) fn told(self, figure: f32, off: f32) -> Self {
        let believed = self.doubt / (self.doubt + off);
        Self { mean: self.mean + believed * (figure - self.mean), doubt: self.doubt * (1.0 - believed), ..self }
    }

    /// How far a single meeting may be from the mean: a variance.
    pub(super) fn variance(self) -> f32 {
        self.doubt + self.stray
    }
}

/// What is believed of all figures of one meeting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimates {
    pub(super) users: Estimate,
    pub(super) minutes: Estimate,
    pub(super) cameras: Estimate,
    pub(super) filling: Estimate,
    /// Earlier meetings of its room that they stand on.
    pub(super) meetings: u16,
}

impl Estimates {
    pub(super) fn of_kind(kind: &Record) -> Self {
        Self {
            users: Estimate::of_kind(kind.users),
            minutes: Estimate::of_kind(kind.minutes),
            cameras: Estimate::of_kind(kind.cameras),
            filling: Estimate::of_kind(kind.filling),
            meetings: 0,
        }
    }

    /// `alike` is what [`Record::learn_straying`] learnt of all rooms.
    pub(super) fn of_room(room: &Record, kind: &Record, alike: &Record) -> Self {
        let alike = alike.within(&ALIKE, BELIEVED);
        Self {
            users: Estimate::of_room(room.users, kind.users, alike.users.mean),
            minutes: Estimate::of_room(room.minutes, kind.minutes, alike.minutes.mean),
            cameras: Estimate::of_room(room.cameras, kind.cameras, alike.cameras.mean),
            filling: Estimate::of_room(room.filling, kind.filling, alike.filling.mean),
            meetings: room.users.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(count: u16, mean: f32) -> Spread {
        Spread { count, mean, variance: 0.0 }
    }

    #[test]
    fn the_more_alike_meetings_of_a_room_are_the_sooner_it_speaks_for_itself() {
        let kind = Spread { count: 100, mean: 2.0, variance: 1.0 };
        let mean = |count, alike| Estimate::of_room(room(count, 4.0), kind, alike).mean;
        assert!((mean(0, 0.5) - 2.0).abs() < 1e-6);
        assert!((mean(1, 0.5) - 3.0).abs() < 1e-6, "as different as the rooms are");
        assert!(mean(1, 0.01) > 3.9 && mean(1, 0.9) < 2.5 && mean(6, 0.9) > 2.7);
    }

    #[test]
    fn doubt_falls_with_each_meeting_and_a_word_is_believed_as_far_as_there_is_doubt() {
        let kind = Spread { count: 100, mean: 2.0, variance: 1.0 };
        let of = |count| Estimate::of_room(room(count, 2.0), kind, 0.2);
        assert!((of(0).variance() - 1.0).abs() < 1e-6);
        assert!(of(0).doubt > of(1).doubt && of(1).doubt > of(5).doubt);
        let told = |count| of(count).told(5.0, 0.4);
        assert!(told(0).mean > 3.9 && told(5).mean < 2.4, "{:?} {:?}", told(0), told(5));
        assert!(told(0).doubt < of(0).doubt);
    }
}
