//! A new schema over an old database: a copy is kept, and what fails changes nothing.

use std::fs;

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
    SqliteStore::open_migrated(&dir.path().join("lb.sqlite3"), migrations, WhenUnavailable::Refuse)
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
    let restored = restore(&copy, &dir.path().join("lb.sqlite3"), |_| {}).unwrap();
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
