//! [`History`]: a server's course over the last day, drawn and in figures.

use jiff::tz::TimeZone;
use lb_core::course::{KEPT, Point, Sample};
use lb_core::{ServerName, Timestamp};

use crate::live::Present;
use crate::pages::chart::{Legend, LineChart, LineSeries, Svg, Writing};
use crate::pages::dashboard::Look;
use crate::pages::numbers;

/// How high a chart is, in its own units.
const HEIGHT: f64 = 190.0;

/// So many points of the course are one row of the table: an hour.
const HOUR: usize = 12;

/// A server's course over the last day.
#[derive(Debug)]
pub(super) struct History {
    pub(super) charts: Vec<Picture>,
    /// The same in figures, each hour, newest first.
    pub(super) rows: Vec<Hour>,
}

/// One chart.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) caption: &'static str,
    pub(super) drawing: Svg,
    pub(super) legend: Svg,
}

/// What was known at one moment.
#[derive(Debug)]
pub(super) struct Hour {
    pub(super) at: String,
    pub(super) users: String,
    pub(super) audio: String,
    pub(super) video: String,
    pub(super) meetings: String,
    pub(super) cpu: String,
    pub(super) memory: String,
}

type Course = fn(&Sample) -> Option<f64>;

impl History {
    pub(super) fn of(name: &ServerName, present: &Present, look: Look) -> Self {
        let points = present.course.server(name, present.at);
        if !points.iter().any(|point| point.sample.is_known()) {
            return Self { charts: Vec::new(), rows: Vec::new() };
        }
        let (w, at) = (&look.w.dashboard, present.at);
        let people: [(_, Course); 3] = [
            (w.users, |sample| sample.users.map(f64::from)),
            (w.with_audio, |sample| sample.audio.map(f64::from)),
            (w.with_video, |sample| sample.video.map(f64::from)),
        ];
        let meetings: [(_, Course); 1] = [(w.meetings, |sample| sample.meetings.map(f64::from))];
        let load: [(_, Course); 2] = [(w.cpu, |sample| sample.cpu), (w.memory, |sample| sample.memory)];
        let charts = vec![
            picture(w.users, &people, &points, at, None, look),
            picture(w.meetings, &meetings, &points, at, None, look),
            picture(look.w.server_page.load, &load, &points, at, Some(100.0), look),
        ];
        let hours = points.iter().rev().step_by(HOUR).filter(|point| point.sample.is_known());
        Self { charts, rows: hours.map(|point| hour(point, look)).collect() }
    }
}

fn picture(
    caption: &'static str,
    courses: &[(&'static str, Course)],
    points: &[Point],
    now: Timestamp,
    top: Option<f64>,
    look: Look,
) -> Picture {
    let millis = |at: Timestamp| i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let course = |of: Course| points.iter().map(move |point| (millis(point.at), of(&point.sample))).collect();
    let names: Vec<_> = courses.iter().map(|(name, _)| *name).collect();
    let chart = LineChart {
        title: caption,
        description: look.w.server_page.last_day,
        from: millis(now.before(KEPT)),
        until: millis(now),
        zone: &TimeZone::UTC,
        writing: Writing::of(look.language),
        filled: courses.len() == 1,
        top,
        series: courses.iter().map(|(name, of)| LineSeries { name, points: course(*of) }).collect(),
    };
    Picture { caption, drawing: chart.draw(HEIGHT), legend: Legend::Lines.of(&names) }
}

fn hour(point: &Point, look: Look) -> Hour {
    let Sample { users, meetings, audio, video, cpu, memory } = point.sample;
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |_| format!("{} %", look.decimal(share, 0)));
    Hour {
        at: numbers::time(point.at),
        users: look.count(users),
        audio: look.count(audio),
        video: look.count(video),
        meetings: look.count(meetings),
        cpu: share(cpu),
        memory: share(memory),
    }
}
