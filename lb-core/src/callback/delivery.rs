//! [`Delivery`]: one thing that one website is to be told, and when it is tried again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{CallbackId, CallbackUrl, Message};
use crate::meeting::MeetingKey;

/// Which callback of a website.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallbackKind {
    /// `meetingEndedURL`.
    #[default]
    Ended,
    /// `meta_endCallbackUrl`.
    MetaEnded,
    /// `meta_bbb-recording-ready-url`.
    RecordingReady,
    /// `meta_analytics-callback-url`.
    Analytics,
    /// A hook.
    Hook,
}

impl CallbackKind {
    /// All.
    pub const ALL: [Self; 5] = [Self::Ended, Self::MetaEnded, Self::RecordingReady, Self::Analytics, Self::Hook];

    /// Those that the end of a meeting leaves.
    pub const ENDS: [Self; 2] = [Self::Ended, Self::MetaEnded];

    /// How long a delivery that was settled is remembered: longer than a server may say the same again. bbb-webhooks repeat
    /// within minutes what was not taken, and there is much that hooks are told.
    pub fn remembered(self) -> Duration {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        match self {
            Self::Ended | Self::MetaEnded => 31 * DAY,
            Self::RecordingReady | Self::Analytics => 91 * DAY,
            Self::Hook => Duration::from_secs(3600),
        }
    }

    /// The word that it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::MetaEnded => "meta-ended",
            Self::RecordingReady => "recording-ready",
            Self::Analytics => "analytics",
            Self::Hook => "hook",
        }
    }
}

/// Names one delivery. However often a thing is learnt, its deliveries have the same ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId {
    /// Of which create, for the end of a meeting; for the other kinds any id that tells one thing from another.
    pub callback: CallbackId,
    /// Which callback.
    pub kind: CallbackKind,
}

/// One thing that a website is to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Names it.
    pub id: DeliveryId,
    /// The meeting that it is about.
    pub meeting: MeetingKey,
    /// Where it is told, parameters and all.
    pub url: CallbackUrl,
    /// What is told.
    pub message: Message,
    /// How often it was tried in vain.
    pub failures: u32,
}

/// The longest pause between two tries of a delivery.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How long to wait after so many `failures` before a delivery is tried again; `None`: never, a day has passed.
///
/// 10 s, 30 s, 1, 2, 5, 10, 30 min, then hourly. BBB's own client gives up after 9 minutes, which is less than an upgrade
/// of a website takes.
pub fn pause_after(failures: u32) -> Option<Duration> {
    const FIRST: [u64; 7] = [10, 30, 60, 120, 300, 600, 1800];
    /// The first pauses take most of an hour, 23 more fill the day.
    const MOST: usize = FIRST.len() + 23;
    let nth = (failures as usize).max(1) - 1;
    (nth < MOST).then(|| FIRST.get(nth).copied().map_or(LONGEST_PAUSE, Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_for_a_day_ever_more_seldom() {
        let pauses: Vec<_> = (1..).map_while(pause_after).collect();
        assert_eq!(
            pauses[..8].iter().map(Duration::as_secs).collect::<Vec<_>>(),
            [10, 30, 60, 120, 300, 600, 1800, 3600]
        );
        assert!(pauses.is_sorted());
        let all: Duration = pauses.iter().sum();
        assert!((23 * 3600..=24 * 3600).contains(&all.as_secs()), "{all:?}");
        assert_eq!(pause_after(u32::MAX), None);
    }
}
