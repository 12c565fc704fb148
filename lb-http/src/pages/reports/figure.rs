//! [`Figure`]: the columns of a report.

use std::time::Duration;

use lb_core::report::Figures;

use crate::pages::language::Language;
use crate::pages::numbers::{decimal, whole};
use crate::pages::words::Words;

/// One thing that is told of a group in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Meetings,
    Running,
    Ended,
    Average,
    Longest,
    Participants,
    Minutes,
    Names,
    PeakMeetings,
    PeakUsers,
    Recordings,
    RecordingMinutes,
    Refused,
}

impl Figure {
    /// All of them, in the order of the columns.
    pub(super) const ALL: [Self; 13] = [
        Self::Meetings,
        Self::Running,
        Self::Ended,
        Self::Average,
        Self::Longest,
        Self::Participants,
        Self::Minutes,
        Self::Names,
        Self::PeakMeetings,
        Self::PeakUsers,
        Self::Recordings,
        Self::RecordingMinutes,
        Self::Refused,
    ];

    /// How much; nothing where there is none, such as the length of no meeting. Lengths are seconds.
    pub(super) fn of(self, figures: &Figures) -> Option<f64> {
        let average = figures.average();
        let count = match self {
            Self::Meetings => figures.meetings,
            Self::Running => figures.meetings_running,
            Self::Ended => figures.meetings_ended,
            Self::Average => return average.map(|length| length.as_secs() as f64),
            Self::Longest => return average.map(|_| figures.longest.as_secs() as f64),
            Self::Participants => figures.participants,
            Self::Minutes => return Some(figures.participant_minutes()),
            Self::Names => figures.unique_names,
            Self::PeakMeetings => figures.peak_meetings,
            Self::PeakUsers => figures.peak_users,
            Self::Recordings => figures.recordings,
            Self::RecordingMinutes => return Some(figures.recording_minutes()),
            Self::Refused => figures.refused_calls(),
        };
        Some(count as f64)
    }

    /// The same, written.
    pub(super) fn said(self, figures: &Figures, language: Language) -> String {
        self.of(figures).map_or_else(|| "–".to_owned(), |value| self.written(value, language))
    }

    /// How such a figure is written: exactly as it is.
    pub(super) fn written(self, value: f64, language: Language) -> String {
        match self {
            Self::Average | Self::Longest => length(Duration::from_secs(value.abs() as u64)),
            Self::Minutes | Self::RecordingMinutes => {
                let hundredths = (value.abs() * 100.0).round() as u64;
                let places = if hundredths.is_multiple_of(100) { 0 } else { 2 };
                decimal(value.abs(), places, language)
            }
            _ => whole(value.abs() as u64, language),
        }
    }

    /// What it is called.
    pub(super) fn word(self, words: &Words) -> &'static str {
        let w = &words.reports;
        match self {
            Self::Meetings => w.meetings,
            Self::Running => w.running,
            Self::Ended => w.ended,
            Self::Average => w.average,
            Self::Longest => w.longest,
            Self::Participants => w.participants,
            Self::Minutes => w.minutes,
            Self::Names => w.names,
            Self::PeakMeetings => w.peak_meetings,
            Self::PeakUsers => w.peak_users,
            Self::Recordings => w.recordings,
            Self::RecordingMinutes => w.recording_minutes,
            Self::Refused => w.refused,
        }
    }

    /// What has to be known to read it; empty where the word says all.
    pub(super) fn hint(self, words: &Words) -> &'static str {
        let w = &words.reports;
        match self {
            Self::Running => w.running_hint,
            Self::Ended => w.ended_hint,
            Self::Average | Self::Longest => w.length_hint,
            Self::PeakMeetings | Self::PeakUsers => w.peak_hint,
            _ => "",
        }
    }
}

/// `1:05:30`.
fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_exactly_and_as_people_write_them() {
        let figures = Figures {
            meetings: 1234,
            meetings_ended: 2,
            length: Duration::from_secs(7_931),
            longest: Duration::from_secs(90_061),
            time: Duration::from_millis(75_000_300),
            ..Figures::default()
        };
        let said = |figure: Figure, language| figure.said(&figures, language);
        assert_eq!(said(Figure::Meetings, Language::English), "1,234");
        assert_eq!(said(Figure::Average, Language::English), "1:06:05");
        assert_eq!(said(Figure::Longest, Language::English), "25:01:01");
        assert_eq!(said(Figure::Minutes, Language::Portuguese), "1.250,01");
        assert_eq!(said(Figure::RecordingMinutes, Language::Portuguese), "0");
        assert_eq!(Figure::Average.said(&Figures::default(), Language::English), "–");
    }
}
