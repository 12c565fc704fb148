use lb_core::Timestamp;
use lb_core::simulation::{Course, Measures};

use super::*;

/// Two servers for three hours; the second is at `most` from the minute 60 to 120, and dead in the last ten minutes.
fn workload(name: &str, most: f32) -> PlayedWorkload {
    let used = |minute: usize| if (60..120).contains(&minute) { most } else { 2.0 };
    let second = (0..180).map(|minute| (minute < 170).then(|| used(minute))).collect();
    let course = Course { servers: vec!["a".into(), "b".into()], utilisation: vec![vec![Some(2.0); 180], second] };
    let run = Run {
        policy: "scalelite".to_owned(),
        seed: 7,
        bound: 0.0,
        measures: Measures {
            overloaded_user_minutes: 1234.0,
            lost_user_minutes: 6.0,
            user_minutes: 12_400.0,
            ..Measures::default()
        },
        course: Some(course),
    };
    let begins = Timestamp::from_millis(1_772_409_600_000);
    PlayedWorkload { name: name.to_owned(), servers: 2, seeds: 1, history: Default::default(), begins, runs: vec![run] }
}

#[test]
fn an_overloaded_server_is_a_hot_row_over_the_time_of_the_day_and_a_band_over_the_line() {
    let svg = drawn(&workload("flash", 90.0));
    assert!(svg.contains("1,240 suffered user-minutes (10.0 %)"), "{svg}");
    // 60 of the 120 minutes that are drawn, from 00:30 to 02:30
    assert!(svg.contains("<path class=\"s6\" d=\"M30 9h60v9h-60z\"/>") && svg.contains("scale(8.0000 1)"), "{svg}");
    assert!(svg.contains(">01:00</text>") && svg.contains(">02:30</text>") && !svg.contains(">00:15</text>"), "{svg}");
    assert!(svg.contains("id=\"over0\"") && svg.contains(">80 %</text>"));
    let calm = drawn(&workload("flash", 79.0));
    assert!(!calm.contains("<path class=\"s6\"") && calm.contains("<path class=\"s5\""), "{calm}");
}

#[test]
fn a_file_of_any_name_is_drawn_as_xml() {
    let svg = drawn(&workload("a&b<c>.jsonl", 300.0));
    assert!(svg.contains("a&amp;b&lt;c&gt;.jsonl") && !svg.contains("<c>"), "{svg}");
    assert!(svg.contains(">200 %</text>"), "more than that is not drawn");
}

#[test]
fn nothing_to_be_drawn_is_drawn_without_a_policy() {
    let mut none = workload("flash", 90.0);
    none.runs[0].course = Some(Course::default());
    assert!(drawn(&none).ends_with("</svg>\n"));
    none.runs.clear();
    assert!(drawn(&none).ends_with("</svg>\n"));
    assert!(drawn_of(&workload("flash", 90.0), &["random".to_owned()]).find("scalelite").is_none());
}

#[test]
fn a_dead_server_is_hatched_and_an_idle_one_is_not() {
    let mut failing = workload("failure-day", 90.0);
    let course = failing.runs[0].course.as_mut().unwrap();
    course.utilisation[1][70..100].fill(None);
    let svg = drawn(&failing);
    // the minutes 70 to 100 of 30 to 150, 8 wide each, in the second row
    let top = TITLE + HEADING;
    let hatched = format!("<path class=\"dead\" d=\"M{:.1} {}h240.0v9h-240.0z\"/>", 60.0 + 40.0 * 8.0, top + 9);
    assert!(svg.contains(&hatched) && svg.contains("<pattern id=\"hatch\""), "{hatched}: {svg}");
    assert!(!drawn(&workload("flash", 90.0)).contains("<path class=\"dead\""), "the last minutes are not drawn");
}

#[test]
fn the_picture_begins_where_much_is_done_and_not_where_one_server_is_full() {
    let mut night = workload("open-service", 60.0);
    let course = night.runs[0].course.as_mut().unwrap();
    // eight more servers; one of all has something to do early
    course.utilisation.extend(vec![course.utilisation[1].clone(); 8]);
    course.utilisation[0][3..10].fill(Some(90.0));
    let svg = drawn(&night);
    assert!(svg.contains(">01:00</text>") && !svg.contains(">00:15</text>"), "{svg}");
    assert!(svg.contains("in the busy hours (UTC)"), "{svg}");
    let busy = workload("flash", 2.0);
    assert!(drawn(&busy).contains("over time (UTC)"), "nothing is left out");
}
