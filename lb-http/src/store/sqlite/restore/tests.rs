//! Restores that end at their last step.

use super::*;

const ROWS: i64 = 500;

/// A database as a killed balancer leaves it: everything is in the log. Then a draft of another one.
fn left_by_a_kill(folder: &Path) -> (PathBuf, Draft) {
    let (running, database) = (folder.join("running"), folder.join("lb.sqlite3"));
    let connection = Connection::open(&running).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    connection.execute_batch("CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    for number in 0..ROWS {
        connection.execute("INSERT INTO t VALUES (?1)", [number]).unwrap();
    }
    for suffix in ["", "-wal"] {
        fs::copy(beside(&running, suffix), beside(&database, suffix)).unwrap();
    }
    let other = Connection::open_in_memory().unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    let draft = Draft::of(&other, Path::new("other"), &database, &mut |_| {}).unwrap();
    (database, draft)
}

fn rows(database: &Path) -> i64 {
    Connection::open(database).unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
}

fn kept_of(error: &BackupError) -> PathBuf {
    let BackupError::Kept { kept, .. } = error else { panic!("{error}") };
    assert!(error.to_string().contains(kept.to_str().unwrap()), "{error}");
    kept.clone()
}

#[test]
fn a_restore_that_fails_at_the_last_step_leaves_all_that_was_in_the_log_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (database, draft) = left_by_a_kill(folder.path());
    fs::remove_file(draft.path()).unwrap();
    let kept = kept_of(&replace(draft, &database).unwrap_err());
    assert!(!beside(&database, "-wal").exists(), "nothing is left that must not go lost");
    assert_eq!(rows(&kept), ROWS);
    Connection::open(&database).unwrap().execute_batch("DELETE FROM t").unwrap();
    assert_eq!((rows(&database), rows(&kept)), (0, ROWS), "the copy is a file of its own");
}

#[test]
fn of_a_damaged_database_the_log_is_kept_and_comes_back_when_the_restore_fails() {
    for fails in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (database, draft) = left_by_a_kill(folder.path());
        fs::write(beside(&database, "-wal"), "a log").unwrap();
        fs::write(&database, "no database, whatever its log says".repeat(200)).unwrap();
        let before = ["", "-wal"].map(|suffix| fs::read(beside(&database, suffix)).unwrap());
        let of = |path: &Path| ["", "-wal"].map(|suffix| fs::read(beside(path, suffix)).unwrap());
        if fails {
            fs::remove_file(draft.path()).unwrap();
            let kept = kept_of(&replace(draft, &database).unwrap_err());
            assert_eq!((of(&database), of(&kept)), (before.clone(), before));
        } else {
            let kept = replace(draft, &database).unwrap().unwrap();
            assert_eq!(of(&kept), before);
            assert_eq!(rows(&database), 0);
        }
    }
}

#[test]
fn a_database_that_another_program_reads_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (database, draft) = left_by_a_kill(folder.path());
    let reader = Connection::open(&database).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
    assert_eq!(replace(draft, &database), Err(BackupError::Locked(database.clone())));
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(rows(&database), ROWS);
}
