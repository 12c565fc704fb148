use super::*;

fn path_in(dir: &TempDir) -> PathBuf {
    dir.path().join("lb.sqlite3")
}

fn refusal(path: &Path) -> OpenError {
    SqliteStore::open(path).unwrap_err()
}

#[cfg(unix)]
#[test]
fn all_files_are_readable_by_their_owner_only_also_those_that_were_not() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let modes = |store: &Disposable| {
        let files = ["", "-wal", "-shm", "-lock"].map(|suffix| format!("{}{suffix}", store.path().display()));
        files.map(|file| std::fs::metadata(&file).unwrap().mode() & 0o777)
    };
    let store = Disposable::new();
    run(store.check()).unwrap();
    assert_eq!(modes(&store), [0o600; 4]);
    run(store.close());
    std::fs::set_permissions(store.path(), PermissionsExt::from_mode(0o644)).unwrap();
    let store = store.reopened();
    run(store.check()).unwrap();
    assert_eq!(modes(&store), [0o600; 4]);
}

#[test]
fn a_second_store_on_the_same_file_is_refused_until_the_first_is_closed() {
    let first = Disposable::new();
    let path = first.path();
    assert_eq!(refusal(&path), OpenError::InUse(path.canonicalize().unwrap()));
    #[cfg(unix)]
    {
        let link = first.dir.path().join("link.sqlite3");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(refusal(&link), OpenError::InUse(_)), "by another name");
    }
    assert_eq!(run(first.check()), Ok(()), "the first is not disturbed");
    run(first.close());
    assert!(SqliteStore::open(&path).is_ok());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let garbage = b"these are my notes, not a database\n".repeat(400);
    std::fs::write(path_in(&dir), &garbage).unwrap();
    let refusal = refusal(&path_in(&dir));
    assert!(matches!(refusal, OpenError::Corrupt { .. }), "{refusal}");
    assert!(refusal.to_string().contains("restore a backup"), "{refusal}");
    assert_eq!(std::fs::read(path_in(&dir)).unwrap(), garbage);
}

#[test]
fn a_damaged_database_is_refused() {
    let store = Disposable::new();
    for n in 0..50 {
        run(store.adopt(meeting(n), Replaces::Nothing, vec![])).unwrap();
    }
    run(store.close());
    let page: u32 = store
        .seen_from_outside()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'meetings'", [], |row| row.get(0))
        .unwrap();
    let mut bytes = std::fs::read(store.path()).unwrap();
    let page = page as usize;
    bytes[(page - 1) * 4096..page * 4096].fill(0x5A);
    std::fs::write(store.path(), bytes).unwrap();
    let refusal = refusal(&store.path());
    assert!(matches!(refusal, OpenError::Corrupt { .. }), "{refusal}");
}

#[test]
fn a_row_that_cannot_be_read_is_damage_too() {
    let store = Disposable::new();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    run(store.execute("UPDATE meetings SET parameters = 'welcome=x'"));
    run(store.close());
    let refusal = refusal(&store.path());
    assert!(matches!(refusal, OpenError::Corrupt { .. }), "{refusal}");
    assert!(!refusal.to_string().contains("-pw"), "{refusal}");
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let theirs = Connection::open(path_in(&dir)).unwrap();
    theirs.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    theirs.close().unwrap();
    let before = std::fs::read(path_in(&dir)).unwrap();
    assert!(matches!(refusal(&path_in(&dir)), OpenError::Foreign(_)));
    assert_eq!(std::fs::read(path_in(&dir)).unwrap(), before);
}

#[test]
fn a_path_into_a_directory_that_is_not_there_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let refusal = refusal(&dir.path().join("missing").join("lb.sqlite3"));
    assert!(matches!(refusal, OpenError::File { .. }), "{refusal}");
}

#[test]
fn a_later_schema_is_migrated_to_and_an_earlier_program_then_refuses() {
    let known = schema::MIGRATIONS.len() as u32;
    let later = [schema::MIGRATIONS, &["ALTER TABLE strays ADD COLUMN note TEXT"]].concat();
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    drop(store);
    let store = SqliteStore::open_with(&path_in(&dir), &later).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
    drop(store);
    let refusal = refusal(&path_in(&dir));
    let path = path_in(&dir).canonicalize().unwrap();
    assert_eq!(refusal, OpenError::Newer { path, found: known + 1, known });
    assert!(refusal.to_string().contains("start the newer version again"), "{refusal}");
    assert!(SqliteStore::open_with(&path_in(&dir), &later).is_ok());
}

#[test]
fn a_migration_made_by_other_statements_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let altered = format!("{}\n-- altered", schema::MIGRATIONS[0]);
    drop(SqliteStore::open_with(&path_in(&dir), &[&[altered.as_str()], &schema::MIGRATIONS[1..]].concat()).unwrap());
    let path = path_in(&dir).canonicalize().unwrap();
    assert_eq!(refusal(&path_in(&dir)), OpenError::Altered { path, version: 1 });
}

#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    drop(store);
    let broken = [schema::MIGRATIONS, &["DROP TABLE meetings; CREATE TABLE strays (x)"]].concat();
    assert!(SqliteStore::open_with(&path_in(&dir), &broken).is_err());
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
}

#[test]
fn a_database_of_the_first_schema_is_taken_up_with_its_claims_and_meetings() {
    let dir = tempfile::tempdir().unwrap();
    let mut old = Connection::open(path_in(&dir)).unwrap();
    schema::migrate(&mut old, &path_in(&dir), &schema::MIGRATIONS[..1]).unwrap();
    old.execute_batch(
        "INSERT INTO claims VALUES ('moodle', 'meeting-1', 'token-1', 'bbb1', 'attendee-pw', 'moderator-pw', 70000, 20000);
         INSERT INTO meetings VALUES ('moodle', 'meeting-2', 'internal-2', -1, 'bbb1', 'Física', 'attendee-pw',
             'moderator-pw', 70000, 1, 1, '{\"welcome\":\"Olá\"}')",
    )
    .unwrap();
    drop(old);
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    assert_eq!(run(store.claims()), Ok(vec![orphaned(claim(1)).into()]));
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(2).into()]));
}
