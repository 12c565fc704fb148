//! [`MeetingHints`]: what a create says of the size and the length of its meeting.

use std::time::Duration;

use crate::api::Params;

/// What a create says of the meeting to come. All of it is the website's word, and may be missing or wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeetingHints {
    /// More users than this BBB lets nobody in: `maxParticipants`, where it is more than 0.
    pub max_participants: Option<u32>,
    /// How many users the website expects: `meta_bbb-meeting-size-hint`, where it is more than 0.
    pub size: Option<u32>,
    /// When BBB ends the meeting at the latest: `duration` in minutes, where it is more than 0.
    pub duration: Option<Duration>,
}

impl MeetingHints {
    /// The parameter in which websites say how large a meeting will be (BBBLB's documentation).
    pub const SIZE: &str = "meta_bbb-meeting-size-hint";

    /// How servers list that among a meeting's metadata.
    pub const SIZE_LISTED: &str = "bbb-meeting-size-hint";

    /// What these parameters of a create say.
    pub fn read(params: &Params) -> Self {
        let number =
            |name| params.given(name).and_then(|text| text.trim().parse().ok()).filter(|number: &u32| *number > 0);
        let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
        Self {
            max_participants: number("maxParticipants"),
            size: number(Self::SIZE),
            duration: number("duration").map(minutes),
        }
    }

    /// The parameters of a create that say this; a duration in minutes that have begun.
    pub(crate) fn params(&self) -> Vec<(&'static str, String)> {
        let minutes = |duration: Duration| duration.as_secs().div_ceil(60).to_string();
        let given = [
            ("maxParticipants", self.max_participants.map(|most| most.to_string())),
            (Self::SIZE, self.size.map(|size| size.to_string())),
            ("duration", self.duration.map(minutes)),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_above_nothing_are_hints_and_all_else_is_none() {
        let read = |pairs: &[(&str, &str)]| MeetingHints::read(&pairs.iter().copied().collect());
        let all = read(&[("maxParticipants", "30"), ("meta_bbb-meeting-size-hint", " 25 "), ("duration", "90")]);
        let minutes = Duration::from_secs(90 * 60);
        assert_eq!(all, MeetingHints { max_participants: Some(30), size: Some(25), duration: Some(minutes) });
        let none = read(&[("maxParticipants", "0"), ("meta_bbb-meeting-size-hint", "many"), ("duration", "-1")]);
        assert_eq!(none, MeetingHints::default());
        let said: Vec<_> = all.params();
        assert_eq!(read(&said.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()), all);
        assert_eq!(read(&[("duration", "4294967295"), ("maxParticipants", "4294967296")]).max_participants, None);
    }
}
