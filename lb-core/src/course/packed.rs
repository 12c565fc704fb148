//! [`Packed`]: a server's sample in ten bytes.

use super::Sample;

/// What stands for what is not known.
const UNKNOWN: u16 = u16::MAX;
const UNKNOWN_PERCENT: u8 = u8::MAX;

/// A [`Sample`] of one server: counts up to 65 534, per cent in steps of a half up to 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    users: u16,
    meetings: u16,
    audio: u16,
    video: u16,
    cpu: u8,
    memory: u8,
}

impl Default for Packed {
    fn default() -> Self {
        Self::from(Sample::default())
    }
}

impl From<Sample> for Packed {
    fn from(sample: Sample) -> Self {
        let count = |count: Option<u32>| count.map_or(UNKNOWN, |count| count.min(u32::from(UNKNOWN - 1)) as u16);
        // a cast of a float stays within its bounds
        let percent = |percent: Option<f64>| {
            percent.map_or(UNKNOWN_PERCENT, |percent| ((percent * 2.0).round() as u8).min(UNKNOWN_PERCENT - 1))
        };
        Self {
            users: count(sample.users),
            meetings: count(sample.meetings),
            audio: count(sample.audio),
            video: count(sample.video),
            cpu: percent(sample.cpu),
            memory: percent(sample.memory),
        }
    }
}

impl Packed {
    pub(super) fn unpack(self) -> Sample {
        let count = |count: u16| (count != UNKNOWN).then_some(u32::from(count));
        let percent = |percent: u8| (percent != UNKNOWN_PERCENT).then_some(f64::from(percent) / 2.0);
        Sample {
            users: count(self.users),
            meetings: count(self.meetings),
            audio: count(self.audio),
            video: count(self.video),
            cpu: percent(self.cpu),
            memory: percent(self.memory),
        }
    }
}
