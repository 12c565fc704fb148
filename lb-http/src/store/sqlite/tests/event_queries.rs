//! Questions about events lead through indices, whatever else is in the table.

use lb_core::store::{EVENTS_PAGE, EventFilter, MeetingQuery, NAMES_PEOPLE};
use rusqlite::ToSql;

use super::super::event_age::{FORGET, OLDEST_NAME, WITH_NAMES};
use super::super::event_course::{Course, UNENDED, UNENDED_OF_ONE};
use super::super::event_query::{MEETINGS, Part, Question, USERS};
use super::*;

/// The steps in which SQLite would answer.
fn plan(database: &Connection, sql: &str, values: &[(&str, &dyn ToSql)]) -> Vec<String> {
    let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    for (name, value) in values {
        if let Some(place) = statement.parameter_index(name).unwrap() {
            statement.raw_bind_parameter(place, value).unwrap();
        }
    }
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

#[track_caller]
fn assert_searches(steps: &[String], index: &str) {
    assert!(steps[0].contains("SEARCH") && steps[0].contains(index), "{steps:#?}");
    assert!(steps.iter().all(|step| !step.contains("SCAN")), "{steps:#?}");
}

#[test]
fn every_question_about_events_leads_through_an_index_and_sorts_nothing() {
    let database = Disposable::new();
    let database = database.seen_from_outside();
    let any = EventFilter::default;
    let integration = || Some("moodle".into());
    let kinds = || vec!["meeting-created".to_owned()];
    for (filter, index) in [
        (any(), "events_by_time (at>? AND at<?)"),
        (
            EventFilter { integration: integration(), ..any() },
            "events_by_integration (integration=? AND at>? AND at<?)",
        ),
        (
            EventFilter { integration: integration(), kinds: kinds(), ..any() },
            "events_by_integration_and_kind (integration=? AND event=? AND at>? AND at<?)",
        ),
        (EventFilter { kinds: kinds(), ..any() }, "events_by_kind (event=? AND at>? AND at<?)"),
        (EventFilter { server: Some("bbb1".into()), ..any() }, "events_by_server (server=? AND at>? AND at<?)"),
        (
            EventFilter { meeting_id: Some("a".into()), integration: integration(), kinds: kinds(), ..any() },
            "events_by_meeting (meeting_id=? AND at>? AND at<?)",
        ),
        (
            EventFilter { by: Some("ana".into()), ..any() },
            "events_by_administrator (administrator=? AND at>? AND at<?)",
        ),
        (
            EventFilter { subject_kind: Some("plan".into()), kinds: vec!["administered".into()], ..any() },
            "events_by_kind_of_subject (subject_kind=? AND at>? AND at<?)",
        ),
        (
            EventFilter {
                subject_kind: Some("plan".into()),
                subject_name: Some("small".into()),
                by: Some("ana".into()),
                ..any()
            },
            "events_by_subject (subject_name=? AND at>? AND at<?)",
        ),
        (EventFilter { without_administered: true, ..any() }, "events_by_time (at>? AND at<?)"),
    ] {
        let after = EventCursor { at: Timestamp::from_millis(7), id: 3 };
        let integration = filter.integration.as_ref().map(ToString::to_string);
        let part = Part { integration, kind: filter.kinds.first().cloned() };
        let question = Question::new(&filter, &part, Some(after), EVENTS_PAGE);
        let steps = plan(&database, &question.sql, &question.values());
        assert_searches(&steps, index);
        assert_eq!(steps.len(), 1, "nothing is sorted: {steps:#?}");
    }
    // one incarnation has few events: they may be sorted
    let filter = EventFilter { internal_id: Some("a-1".into()), ..any() };
    let question = Question::new(&filter, &Part::default(), None, 10);
    assert_searches(&plan(&database, &question.sql, &question.values()), "events_by_incarnation (internal_id=?");
}

#[test]
fn reports_read_events_in_their_order_and_sort_nothing() {
    let database = Disposable::new();
    let database = database.seen_from_outside();
    let any = EventFilter::default;
    let integration = || Some("moodle".into());
    let kinds = vec!["meeting-created".to_owned(), "meeting-ended".to_owned()];
    for (filter, index) in [
        (EventFilter { kinds: kinds.clone(), ..any() }, "events_by_time (at>? AND at<?)"),
        (
            EventFilter { integration: integration(), kinds, ..any() },
            "events_by_integration (integration=? AND at>? AND at<?)",
        ),
    ] {
        let after = EventCursor { at: Timestamp::from_millis(7), id: 3 };
        let course = Course::new(&filter, Some(after), EVENTS_PAGE);
        let steps = plan(&database, &course.sql, &course.values());
        assert_searches(&steps, index);
        assert_eq!(steps.len(), 1, "nothing is sorted: {steps:#?}");
    }
    let filter = EventFilter { internal_id: Some("a-1".into()), integration: integration(), ..any() };
    let course = Course::new(&filter, None, 10);
    assert_searches(&plan(&database, &course.sql, &course.values()), "events_by_incarnation (internal_id=?");
    for (sql, index) in [
        (UNENDED, "events_by_kind (event=? AND at>? AND at<?)"),
        (UNENDED_OF_ONE, "events_by_integration_and_kind (integration=? AND event=? AND at>? AND at<?)"),
    ] {
        let steps = plan(&database, sql, &[]);
        assert_searches(&steps, index);
        assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{steps:#?}");
        assert!(steps.iter().any(|step| step.contains("USING COVERING INDEX events_by_incarnation")), "{steps:#?}");
    }
}

#[test]
fn the_meetings_of_an_integration_are_found_without_a_look_at_any_other_row() {
    let database = Disposable::new();
    let database = database.seen_from_outside();
    let steps = plan(&database, MEETINGS, &[]);
    assert_searches(&steps, "events_by_integration_and_kind (integration=? AND event=? AND at>? AND at<?)");
    assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{steps:#?}");
    let of_one: Vec<_> = steps.iter().filter(|step| step.contains("events_by_incarnation")).collect();
    assert!(of_one.len() >= 4, "{steps:#?}");
    for step in of_one {
        assert!(
            step.contains("USING COVERING INDEX") && step.contains("(internal_id=? AND event=? AND integration=?"),
            "{step}"
        );
    }
    let steps = plan(&database, USERS, &[]);
    assert_searches(&steps, "events_by_incarnation (internal_id=? AND event=? AND integration=?)");
    assert_eq!(steps.len(), 1, "{steps:#?}");
}

#[test]
fn old_events_and_old_names_are_found_by_their_indices() {
    let database = Disposable::new();
    let database = database.seen_from_outside();
    let steps = plan(&database, FORGET, &[]);
    assert!(steps.iter().any(|step| step.contains("events_by_time (at<?)")), "{steps:#?}");
    assert!(steps.iter().all(|step| !step.contains("SCAN events")), "{steps:#?}");
    for sql in [OLDEST_NAME, WITH_NAMES] {
        assert_searches(&plan(&database, sql, &[]), "events_with_names");
        let words: Vec<_> = NAMES_PEOPLE.iter().map(|word| format!("'{word}'")).collect();
        assert!(sql.contains(&words.join(", ")), "{sql}");
    }
}

#[test]
fn reports_are_read_while_the_writer_stands_still() {
    run(async {
        let database = Disposable::new();
        let query =
            MeetingQuery { integration: "moodle".into(), created_from: None, ended_before: None, users: 0, limit: 10 };
        let read = async {
            database.events(&EventFilter::default(), None, 10).await.unwrap();
            database.meetings(&query).await
        };
        // the writer goes on only when somebody lets it
        let ((entered, enters), (open, opened)) = (channel(), channel());
        let mut standing = pin!(database.writer.run(move |_: &mut job::Work<'_>| {
            let _ = entered.send(());
            let _ = opened.recv_timeout(PATIENCE);
            Ok(())
        }));
        assert!(poll_immediate(&mut standing).await.is_none());
        enters.recv_timeout(PATIENCE).unwrap();
        assert_eq!(read.await, Ok(vec![]));
        assert!(poll_immediate(&mut standing).await.is_none(), "it was not the writer");
        open.send(()).unwrap();
        standing.await.unwrap();
    });
}

#[test]
fn a_database_that_is_gone_or_closed_tells_so_to_who_reads_events() {
    run(async {
        let database = Disposable::new();
        std::fs::rename(database.path(), database.dir.path().join("elsewhere")).unwrap();
        let gone = database.events(&EventFilter::default(), None, 10).await.unwrap_err();
        assert!(matches!(gone, StoreError::Unavailable(_)), "{gone:?}");
        std::fs::rename(database.dir.path().join("elsewhere"), database.path()).unwrap();
        assert!(database.events(&EventFilter::default(), None, 10).await.is_ok());
        database.close().await;
        assert!(database.events(&EventFilter::default(), None, 10).await.is_err());
        assert!(!database.dir.path().join("lb.sqlite3-wal").exists(), "the last one tidies up");
    });
}

#[test]
fn a_name_that_was_taken_out_is_nowhere_in_the_file() {
    run(async {
        let database = Disposable::new();
        let joined = joined("a", "Zaphod-the-very-long-name");
        database.record(vec![joined]).await.unwrap();
        assert_eq!(database.latest_events(1).await.unwrap().len(), 1);
        let key = PseudonymKey::draw(&lb_core::SeededRng::new(1));
        let until = Timestamp::from_millis(u64::MAX / 4);
        assert_eq!(database.anonymise(Timestamp::default(), until, &key, 10).await, Ok(1));
        let path = database.path();
        let Disposable { store, dir: _dir } = database;
        store.close().await;
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"Zaphod"));
        assert!(bytes.windows(10).any(|window| window == b"anonymous-"));
    });
}

fn joined(meeting_id: &str, name: &str) -> Event {
    let kind = EventKind::UserJoined {
        meeting: MeetingKey::new("moodle", meeting_id),
        internal_id: "a-1".into(),
        server: "bbb1".into(),
        name: name.to_owned(),
        user_id: Some("u-1".to_owned()),
        role: Role::Attendee,
    };
    Event { at: Timestamp::from_millis(5), kind }
}
