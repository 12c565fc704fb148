//! Secrets are sealed with the keys of a file, and nothing of them is left in plain text.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lb_core::hook::HookWish;
use lb_core::network::{NetworkChange, NetworkServer};
use lb_core::store::HookStore;
use lb_core::{Integration, Secret};

use super::super::file::SUFFIXES;
use super::*;

/// A secret of each kind that is kept, and what stands around it.
const SECRETS: [&str; 8] = [
    "of-integration",
    "of-said-server",
    "of-server",
    "of-hook",
    "attendee-pw",
    "moderator-pw",
    "of-callback",
    "of-message",
];

fn ring(keys: &[(&str, u8)]) -> Option<Arc<KeyRing>> {
    let line = |(id, byte): &(&str, u8)| match *id {
        "plain" => "plain\n".to_owned(),
        id => format!("{id} {}\n", URL_SAFE_NO_PAD.encode([*byte; 32])),
    };
    Some(Arc::new(KeyRing::of(&keys.iter().map(line).collect::<String>())))
}

fn open(dir: &TempDir, keys: Option<Arc<KeyRing>>) -> Result<SqliteStore, OpenError> {
    SqliteStore::open_sealed(&dir.path().join("lb.sqlite3"), WhenUnavailable::Refuse, keys)
}

fn callbacks() -> Callbacks {
    let ended = CallbackUrl::parse("https://lms.example/ended?key=of-callback");
    Callbacks { id: "c1".into(), urls: CallbackUrls { ended, ..Default::default() } }
}

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId { callback: "d1".into(), kind: CallbackKind::Analytics },
        meeting: meeting(1).key,
        url: CallbackUrl::parse("https://lms.example/analytics?key=of-callback").unwrap(),
        message: Message::Analytics { body: "{\"x\":\"of-message\"}".into() },
        failures: 0,
    }
}

fn record() -> FleetRecord {
    let server = Server::new("bbb1", "https://bbb1.example.org", "of-server").unwrap();
    FleetRecord { good_at: Timestamp::from_millis(9), servers: vec![KeptServer::new(server)] }
}

fn wish() -> HookWish {
    let url = CallbackUrl::parse("https://lms.example/hook?key=of-hook").unwrap();
    HookWish { integration: "moodle".into(), url, meeting: None, events: vec![] }
}

fn said_server() -> NetworkServer {
    let mut server = NetworkServer::new("bbb2");
    server.facts.secret = Some("of-said-server".into());
    server
}

/// Puts one of everything in that is secret.
fn fill(store: &SqliteStore) {
    run(async {
        let integration = NetworkChange::Put(Integration::new("moodle", "of-integration").into());
        let server = NetworkChange::Put(said_server().into());
        store.change_network(store.network().revision(), vec![integration, server], vec![]).await.unwrap();
        store.save_fleet(record()).await.unwrap();
        store.add_hook(wish()).await.unwrap();
        store.claim(Claim { callbacks: Some(callbacks()), ..claim(1) }).await.unwrap();
        store.adopt(Meeting { callbacks: Some(callbacks()), ..meeting(2) }, Replaces::Nothing, vec![]).await.unwrap();
        store.enqueue(vec![delivery()]).await.unwrap();
    });
}

/// All of it is there as it was put in.
fn assert_full(store: &SqliteStore) {
    run(async {
        let integration = store.network().integration("moodle").cloned().unwrap();
        assert_eq!(integration.secrets[0].secret.expose(), "of-integration");
        let server = store.network().server(&"bbb2".into()).cloned().unwrap();
        assert_eq!(server.facts.secret.as_ref().map(Secret::expose), Some("of-said-server"));
        assert_eq!(store.load_fleet().await, Ok(Some(record())));
        let hooks = store.hooks_of(&"moodle".into()).await.unwrap();
        assert_eq!(hooks.iter().map(|hook| &hook.wish).collect::<Vec<_>>(), [&wish()]);
        let claims = store.claims().await.unwrap();
        assert_eq!((&claims[0].passwords, claims[0].callbacks.as_ref()), (&claim(1).passwords, Some(&callbacks())));
        let meetings = store.meetings_of(&"moodle".into()).await.unwrap();
        assert_eq!(*meetings[0], Meeting { callbacks: Some(callbacks()), ..meeting(2) });
        let due = store.due(Timestamp::from_millis(1), 10, 10, &HashSet::new()).await.unwrap();
        assert_eq!(due, [delivery()]);
    });
}

/// Which of the secrets can be read in the files of the database, without a key.
fn readable(dir: &TempDir) -> Vec<&'static str> {
    let path = dir.path().join("lb.sqlite3");
    let files = std::iter::once(path.clone()).chain(SUFFIXES.map(|suffix| file::beside(&path, suffix)));
    let bytes: Vec<u8> = files.filter_map(|file| fs::read(file).ok()).flatten().collect();
    let has = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    SECRETS.into_iter().filter(has).collect()
}

fn sealed_with(path: &Path) -> Vec<String> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut query = database
        .prepare(
            "SELECT secret FROM integration_secrets UNION ALL SELECT secret FROM fleet_servers UNION ALL SELECT url FROM hooks
             UNION ALL SELECT callbacks FROM meetings UNION ALL SELECT attendee_password FROM claims",
        )
        .unwrap();
    let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|text| seal::key_of(&text.unwrap()).unwrap_or("plain").to_owned()).collect()
}

#[test]
fn what_is_written_with_a_key_is_never_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, ring(&[("a", 1)])).unwrap();
    fill(&store);
    assert_eq!(readable(&dir), [""; 0], "while it is open");
    assert_full(&store);
    drop(store);
    assert_eq!(readable(&dir), [""; 0]);
    assert_full(&open(&dir, ring(&[("a", 1)])).unwrap());
}

#[test]
fn secrets_that_stood_in_plain_text_are_sealed_and_nothing_of_them_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, None).unwrap();
    fill(&store);
    // a crash leaves its log behind
    let path = dir.path().join("lb.sqlite3");
    let left = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(file::beside(&path, suffix), file::beside(&left.path().join("lb.sqlite3"), suffix)).unwrap();
    }
    drop(store);
    assert_eq!(readable(&left), SECRETS);
    let store = open(&left, ring(&[("a", 1)])).unwrap();
    assert_eq!(readable(&left), [""; 0], "before anything else is written");
    assert_full(&store);
    drop(store);
    assert_eq!(sealed_with(&left.path().join("lb.sqlite3")), ["a"; 5]);
}

#[test]
fn a_file_that_could_not_be_written_anew_is_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lb.sqlite3");
    drop(open(&dir, None).unwrap());
    // what an earlier program left, which did not overwrite what it deleted
    let earlier = Connection::open(&path).unwrap();
    earlier.pragma_update(None, "secure_delete", false).unwrap();
    let filler = "x".repeat(3000);
    earlier.execute_batch("CREATE TABLE spare (text)").unwrap();
    for n in 0..50 {
        earlier.execute("INSERT INTO spare VALUES (?1)", [format!("of-server {n} {filler}")]).unwrap();
    }
    earlier.execute_batch("DROP TABLE spare").unwrap();
    drop(earlier);
    fill(&open(&dir, None).unwrap());
    assert!(readable(&dir).contains(&"of-server"));
    // somebody reads, and what they read cannot be overwritten meanwhile
    let reader = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    count(&reader, "claims");
    let store = open(&dir, ring(&[("a", 1)])).unwrap();
    assert_full(&store);
    drop(store);
    drop(reader);
    drop(open(&dir, ring(&[("a", 1)])).unwrap());
    assert_eq!(readable(&dir), [""; 0]);
}

#[test]
fn a_new_first_key_takes_over_and_the_old_one_is_needed_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lb.sqlite3");
    fill(&open(&dir, ring(&[("a", 1)])).unwrap());
    let store = open(&dir, ring(&[("b", 2), ("a", 1)])).unwrap();
    assert_full(&store);
    drop(store);
    assert_eq!(sealed_with(&path), ["b"; 5]);
    assert_full(&open(&dir, ring(&[("b", 2)])).unwrap());
    let path = path.canonicalize().unwrap();
    assert_eq!(open(&dir, ring(&[("a", 1)])).unwrap_err(), OpenError::NoKey { path, key: "b".to_owned() });
}

#[test]
fn a_database_is_refused_without_its_key_and_is_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(&dir, ring(&[("a", 1)])).unwrap());
    let path = dir.path().join("lb.sqlite3").canonicalize().unwrap();
    let refused = open(&dir, None).unwrap_err();
    assert_eq!(refused, OpenError::NoKeyFile(path.clone()));
    assert!(refused.to_string().contains("[store] key_file"), "{refused}");
    let refused = open(&dir, ring(&[("b", 1)])).unwrap_err();
    assert_eq!(refused, OpenError::NoKey { path: path.clone(), key: "a".to_owned() });
    assert!(refused.to_string().contains("the key a,"), "{refused}");
    // another key of the same name
    let refused = open(&dir, ring(&[("b", 2), ("a", 2)])).unwrap_err();
    assert_eq!(refused, OpenError::Unopened { path: path.clone(), place: "integration_secrets.secret" });
    assert_eq!(sealed_with(&path), ["a"; 5]);
    assert_full(&open(&dir, ring(&[("a", 1)])).unwrap());
}

#[test]
fn a_sealed_secret_opens_in_no_other_row() {
    for (table, swap) in [
        ("integration_secrets.secret", "UPDATE integration_secrets SET integration = 'portal'"),
        ("servers.secret", "UPDATE servers SET name = 'bbb3'"),
        ("fleet_servers.secret", "UPDATE fleet_servers SET name = 'bbb2'"),
        ("fleet_servers.secret", "UPDATE fleet_servers SET secret = (SELECT secret FROM integration_secrets)"),
        ("meetings.attendee_password", "UPDATE meetings SET attendee_password = moderator_password"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fill(&open(&dir, ring(&[("a", 1)])).unwrap());
        Connection::open(dir.path().join("lb.sqlite3")).unwrap().execute_batch(swap).unwrap();
        let refused = open(&dir, ring(&[("a", 1)])).unwrap_err();
        assert!(matches!(refused, OpenError::Unopened { place, .. } if place == table), "{swap}: {refused}");
        assert!(!refused.to_string().contains("lb-sealed"), "{refused}");
    }
}

#[test]
fn a_line_that_says_plain_takes_the_seals_off() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(&dir, ring(&[("a", 1)])).unwrap());
    drop(open(&dir, ring(&[("plain", 0), ("a", 1)])).unwrap());
    assert_full(&open(&dir, None).unwrap());
    assert_eq!(readable(&dir), SECRETS);
}

#[test]
fn a_backup_is_sealed_and_comes_back_with_its_key_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lb.sqlite3");
    let store = open(&dir, ring(&[("a", 1)])).unwrap();
    fill(&store);
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("lb.sqlite3");
    backup(&path, &copy, false, |_| {}).unwrap();
    assert_eq!(readable(&copies), [""; 0]);
    drop(store);
    let copy = copy.canonicalize().unwrap();
    let restored = |keys: Option<Arc<KeyRing>>| restore(&copy, &path, keys.as_deref(), |_| {}).map(drop);
    assert_eq!(restored(None), Err(BackupError::NoKeyFile(copy.clone())));
    assert_eq!(restored(ring(&[("b", 1)])), Err(BackupError::NoKey { path: copy.clone(), key: "a".to_owned() }));
    assert!(matches!(restored(ring(&[("a", 2)])), Err(BackupError::Unopened { .. })));
    assert_eq!(restored(ring(&[("b", 2), ("a", 1)])), Ok(()));
    assert_full(&open(&dir, ring(&[("a", 1)])).unwrap());
}

#[test]
fn two_integrations_may_have_no_secret_in_common_also_where_it_is_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir, ring(&[("a", 1)])).unwrap();
    fill(&store);
    let same = NetworkChange::Put(Integration::new("portal", "of-integration").into());
    let refused = run(store.change_network(store.network().revision(), vec![same], vec![]));
    assert!(matches!(refused, Err(StoreError::BadNetwork(_))), "{refused:?}");
}

/// The contracts of every store hold of one with a key as well.
mod contract {
    use super::*;

    fn sealed() -> Disposable {
        let dir = tempfile::tempdir().unwrap();
        Disposable { store: open(&dir, ring(&[("a", 1)])).unwrap(), dir }
    }

    lb_core::store_contract!(run = run, make = async || sealed());
    lb_core::fleet_store_contract!(run = run, make = async || sealed());
    lb_core::network_store_contract!(run = run, make = async || sealed());
    lb_core::hook_store_contract!(run = run, make = async || sealed());
}
