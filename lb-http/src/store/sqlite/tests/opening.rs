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
    let later = [schema::MIGRATIONS, &["ALTER TABLE strays ADD COLUMN made_up_note TEXT"]].concat();
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    drop(store);
    let store = SqliteStore::open_migrated(&path_in(&dir), &later, WhenUnavailable::Refuse, None).unwrap();
    assert_eq!(run(store.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
    drop(store);
    let refusal = refusal(&path_in(&dir));
    let path = path_in(&dir).canonicalize().unwrap();
    assert_eq!(refusal, OpenError::Newer { path, found: known + 1, known });
    assert!(refusal.to_string().contains("start the newer version again"), "{refusal}");
    assert!(SqliteStore::open_migrated(&path_in(&dir), &later, WhenUnavailable::Refuse, None).is_ok());
}

#[test]
fn a_migration_made_by_other_statements_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let altered = format!("{}\n-- altered", schema::MIGRATIONS[0]);
    drop(
        SqliteStore::open_migrated(
            &path_in(&dir),
            &[&[altered.as_str()], &schema::MIGRATIONS[1..]].concat(),
            WhenUnavailable::Refuse,
            None,
        )
        .unwrap(),
    );
    let path = path_in(&dir).canonicalize().unwrap();
    assert_eq!(refusal(&path_in(&dir)), OpenError::Altered { path, version: 1 });
}

/// A closed database with fifty meetings.
fn filled() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&path_in(&dir)).unwrap();
    // so many that the last page of the file is one of theirs, and not empty
    for n in 0..100 {
        run(store.adopt(meeting(n), Replaces::Nothing, vec![])).unwrap();
    }
    drop(store);
    dir
}

#[test]
fn every_kind_of_damage_is_refused_with_what_to_do_and_nothing_is_written() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 4] = [
        ("cut off", |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut off inside a page", |bytes| bytes.truncate(bytes.len() - 1000)),
        ("a header of zeros", |bytes| bytes[..100].fill(0)),
        ("pages overwritten", |bytes| bytes[4096..].chunks_mut(4096).step_by(2).for_each(|page| page.fill(0xA5))),
    ];
    for (what, damage) in damages {
        let dir = filled();
        let mut bytes = std::fs::read(path_in(&dir)).unwrap();
        damage(&mut bytes);
        std::fs::write(path_in(&dir), &bytes).unwrap();
        let refusal = refusal(&path_in(&dir));
        assert!(matches!(refusal, OpenError::Corrupt { .. }), "{what}: {refusal}");
        let said = refusal.to_string();
        assert!(said.contains("with lb restore") && said.contains("move it away"), "{said}");
        assert_eq!(std::fs::read(path_in(&dir)).unwrap(), bytes, "{what}");
    }
}

#[test]
fn a_log_without_its_database_is_kept_and_told_of() {
    let store = Disposable::new();
    run(store.adopt(meeting(1), Replaces::Nothing, vec![])).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("lb.sqlite3-wal");
    std::fs::copy(store.dir.path().join("lb.sqlite3-wal"), &log).unwrap();
    let before = std::fs::read(&log).unwrap();
    assert!(before.len() > 4096);
    let refusal = refusal(&path_in(&dir));
    assert!(refusal.to_string().contains("the file is missing, and its -wal file is there"), "{refusal}");
    assert_eq!(std::fs::read(&log).unwrap(), before, "it has what was written last");
    // put back, all is there
    std::fs::copy(store.path(), path_in(&dir)).unwrap();
    let found = SqliteStore::open(&path_in(&dir)).unwrap();
    assert_eq!(run(found.meetings_of(&"moodle".into())), Ok(vec![meeting(1).into()]));
}

#[test]
fn an_empty_file_becomes_a_database() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(path_in(&dir), "").unwrap();
    assert!(SqliteStore::open(&path_in(&dir)).is_ok());
}

#[test]
fn a_directory_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(path_in(&dir)).unwrap();
    let refusal = refusal(&path_in(&dir));
    assert!(refusal.to_string().contains("it is a directory"), "{refusal}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no lock is made beside it");
}

#[test]
fn a_database_that_another_program_has_locked_is_named_so() {
    let dir = filled();
    let other = Connection::open(path_in(&dir)).unwrap();
    // in this mode nobody else may even read
    other.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
    other.execute_batch("BEGIN IMMEDIATE; COMMIT").unwrap();
    let refusal = refusal(&path_in(&dir));
    assert!(matches!(refusal, OpenError::Locked(_)), "{refusal}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_to_is_refused_with_what_must_be() {
    // nobody, not even root, makes files there
    let refusal = refusal(Path::new("/proc/lb.sqlite3"));
    assert!(matches!(refusal, OpenError::File { .. }), "{refusal}");
    assert!(refusal.to_string().contains("must be able to write to it and to its directory"), "{refusal}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_database_that_can_only_be_read_is_refused() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let dir = filled();
    std::fs::set_permissions(path_in(&dir), PermissionsExt::from_mode(0o444)).unwrap();
    if std::fs::metadata(dir.path()).unwrap().uid() == 0 {
        // permissions do not stop root
        assert!(SqliteStore::open(&path_in(&dir)).is_ok());
        return;
    }
    let refusal = refusal(&path_in(&dir));
    assert!(refusal.to_string().contains("it can only be read"), "{refusal}");
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
