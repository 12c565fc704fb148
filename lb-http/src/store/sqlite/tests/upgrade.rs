//! A new schema over an old database: a copy is kept, and what fails changes nothing.

use std::collections::HashSet;

use std::fs;

use lb_core::Integration;
use lb_core::network::NetworkChange;

use super::*;
use crate::store::WhenUnavailable;

const NEXT: &str = "ALTER TABLE strays ADD COLUMN made_up_note TEXT";

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.filter(|name| name.contains("schema")).collect();
    names.sort();
    names
}

/// The present migrations and one more.
fn and(next: &'static str) -> Vec<&'static str> {
    [schema::MIGRATIONS, &[next]].concat()
}

fn open_to(dir: &TempDir, migrations: &[&str]) -> Result<SqliteStore, OpenError> {
    SqliteStore::open_migrated(&dir.path().join("lb.sqlite3"), migrations, WhenUnavailable::Refuse, None)
}

fn copy_name(number: &str) -> String {
    format!("lb.sqlite3.schema-{}.backup{number}", schema::MIGRATIONS.len())
}

/// A database of the present schema with one meeting.
fn present() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open_to(&dir, schema::MIGRATIONS).unwrap();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![joined("a")])).unwrap();
    drop(store);
    assert_eq!(names(&dir), [""; 0], "a database that is new needs no copy");
    dir
}

#[test]
fn before_an_upgrade_a_copy_is_kept_that_the_version_before_can_use() {
    let dir = present();
    let store = open_to(&dir, &and(NEXT)).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
    drop(store);
    assert_eq!(names(&dir), [copy_name("")]);
    let copy = dir.path().join(copy_name(""));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).unwrap().permissions()) & 0o777, 0o600);
    drop(open_to(&dir, &and(NEXT)).unwrap());
    assert_eq!(names(&dir), [copy_name("")], "an upgrade that is done needs none");
    assert!(matches!(open_to(&dir, schema::MIGRATIONS), Err(OpenError::Newer { .. })));
    let restored = restore(&copy, &dir.path().join("lb.sqlite3"), None, |_| {}).unwrap();
    assert_eq!((restored.contents.meetings, restored.contents.events), (1, 1));
    let store = open_to(&dir, schema::MIGRATIONS).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
    assert_eq!(run(store.latest_events(9)), Ok(vec![joined("a")]));
}

#[test]
fn an_older_copy_is_not_overwritten() {
    let dir = present();
    let copy = dir.path().join(copy_name(""));
    fs::write(&copy, "of an earlier upgrade").unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&copy).unwrap().set_modified(long_ago).unwrap();
    drop(open_to(&dir, &and(NEXT)).unwrap());
    assert_eq!(names(&dir), [copy_name(""), copy_name("-2")]);
    assert_eq!(fs::read(&copy).unwrap(), b"of an earlier upgrade");
}

#[test]
fn an_upgrade_that_fails_changes_nothing_says_where_the_copy_is_and_makes_one_copy_however_often_it_is_tried() {
    let dir = present();
    let broken = and("DROP TABLE meetings; CREATE TABLE strays (x)");
    for _ in 0..3 {
        let refusal = open_to(&dir, &broken).unwrap_err();
        let OpenError::Migration { copy, version, .. } = &refusal else { panic!("{refusal}") };
        assert_eq!(*version as usize, broken.len());
        assert_eq!(*copy, dir.path().canonicalize().unwrap().join(copy_name("")));
        assert!(refusal.to_string().contains("it is as it was, and a copy is kept as"), "{refusal}");
        assert_eq!(names(&dir), [copy_name("")]);
    }
    let store = open_to(&dir, schema::MIGRATIONS).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
}

#[test]
fn what_only_the_log_has_is_in_the_copy_too() {
    let dir = present();
    let store = open_to(&dir, schema::MIGRATIONS).unwrap();
    run(store.adopt(meeting(2), Replaces::Nothing, vec![])).unwrap();
    // the files as a crash leaves them
    let after = tempfile::tempdir().unwrap();
    for name in ["lb.sqlite3", "lb.sqlite3-wal"] {
        fs::copy(dir.path().join(name), after.path().join(name)).unwrap();
    }
    drop(open_to(&after, &and(NEXT)).unwrap());
    let copy = Connection::open(after.path().join(copy_name(""))).unwrap();
    assert_eq!(count(&copy, "meetings"), 2);
}

/// What an earlier version wrote that had the first `schema` migrations.
fn earlier(schema: usize) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lb.sqlite3");
    let mut database = Connection::open(&path).unwrap();
    schema::migrate(&mut database, &path, &schema::MIGRATIONS[..schema]).unwrap();
    let rows = "
        INSERT INTO claims (integration, meeting_id, token, server, attendee_password, moderator_password, voice_bridge, expires)
            VALUES ('moodle', 'meeting-2', 'token-2', 'bbb1', 'attendee-pw', 'moderator-pw', 70000, 20000);
        INSERT INTO meetings (integration, meeting_id, internal_id, create_time, server, name, attendee_password,
                moderator_password, voice_bridge, records, created_at, parameters)
            VALUES ('moodle', 'meeting-1', 'internal-1', -1, 'bbb1', 'Física', 'attendee-pw', 'moderator-pw', 70000, 1, 1,
                '{\"welcome\":\"Olá\"}');
        INSERT INTO strays (integration, meeting_id, server, since) VALUES ('moodle', 'meeting-3', 'bbb2', 5);
        INSERT INTO events (at, event, integration, meeting_id, internal_id, server, data)
            VALUES (1767225600000, 'user-joined', 'moodle', 'meeting-1', 'internal-1', 'bbb1',
                '{\"name\":\"a\",\"role\":\"moderator\",\"user_id\":null}');
        INSERT INTO fleet (id, good_at) VALUES (1, 9);";
    database.execute_batch(rows).unwrap();
    if schema > 1 {
        let row = "INSERT INTO deliveries (callback, kind, integration, meeting_id, host, url, failures, due_at)
            VALUES ('c1', 'ended', 'moodle', 'meeting-9', 'lms.example', 'https://lms.example/h', 3, 0)";
        database.execute(row, []).unwrap();
    }
    dir
}

#[test]
fn a_database_of_every_earlier_schema_comes_with_all_that_is_in_it() {
    for schema in 1..schema::MIGRATIONS.len() {
        let dir = earlier(schema);
        let store = SqliteStore::open(&dir.path().join("lb.sqlite3")).unwrap();
        assert_eq!(names(&dir), [format!("lb.sqlite3.schema-{schema}.backup")]);
        assert_eq!(run(store.claims()), Ok(vec![orphaned(claim(2)).into()]), "{schema}");
        assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]), "{schema}");
        assert_eq!(run(store.latest_events(9)), Ok(vec![joined("a")]), "{schema}");
        let stray =
            Stray { key: meeting(3).key, server: "bbb2".into(), since: Timestamp::from_millis(5), superseded: None };
        assert_eq!(run(store.strays()), Ok(vec![stray]), "{schema}");
        assert_eq!(
            run(store.load_fleet()).unwrap().map(|fleet| fleet.good_at),
            Some(Timestamp::from_millis(9)),
            "{schema}"
        );
        let waiting = Delivery {
            id: DeliveryId { callback: "c1".into(), kind: CallbackKind::Ended },
            meeting: MeetingKey::new("moodle", "meeting-9"),
            url: CallbackUrl::parse("https://lms.example/h").unwrap(),
            message: Message::Ended,
            failures: 3,
        };
        let due = run(store.due(Timestamp::from_millis(1), 9, 9, &HashSet::new())).unwrap();
        assert_eq!(due, [waiting][usize::from(schema == 1)..], "{schema}");
        // and the new tables can be written to
        let moodle = Integration::new("moodle", "s3cr3t");
        let put = vec![NetworkChange::Put(moodle.into())];
        run(store.change_network(store.network().revision(), put, vec![])).unwrap();
        run(store.adopt(meeting(5), Replaces::Nothing, vec![joined("b")])).unwrap();
        drop(store);
        let outside = Connection::open(dir.path().join("lb.sqlite3")).unwrap();
        assert_eq!((count(&outside, "integrations"), count(&outside, "meetings")), (1, 2), "{schema}");
    }
}
