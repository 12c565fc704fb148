//! Users, tokens and sessions outlive the process.

use lb_core::account::{
    AccountChange, AccountUse, Accounts, ApiToken, FirstAdministrator, Role, SESSION_LASTS, SESSIONS_OF_ONE,
    SecretDigest, Session, TokenScope, User,
};
use lb_core::store::AccountStore;
use lb_core::{Secret, SeededRng};

use super::*;

const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn change(store: &SqliteStore, changes: Vec<AccountChange>) -> Arc<Accounts> {
    run(store.change_accounts(store.accounts().revision(), changes, vec![joined("a")])).unwrap()
}

fn put(name: &str, role: Role) -> AccountChange {
    AccountChange::PutUser(User::new(name, role, START))
}

fn session(user: &str, number: u64) -> Session {
    let begun = START + Duration::from_secs(number);
    Session {
        digest: SecretDigest::of_text(&format!("{user}{number}")),
        user: user.into(),
        csrf: Secret::from("csrf"),
        created_at: begun,
        seen_at: begun,
        expires_at: begun + SESSION_LASTS,
        address: Some("192.0.2.7".parse().unwrap()),
    }
}

#[test]
fn accounts_are_there_after_a_restart_and_what_went_stays_away() {
    let store = Disposable::new();
    let ana = User {
        display_name: "Ana".to_owned(),
        password: Some("$argon2id$x".to_owned().into()),
        active: false,
        ..User::new("ana", Role::PartnerManager("ufrgs".into()), START)
    };
    let rng = SeededRng::new(1);
    let draw = |user: &str| ApiToken::draw(user.into(), "nightly".to_owned(), TokenScope::Operate, START, &rng).0;
    let (token, lost) = (ApiToken { expires_at: Some(START), ..draw("eva") }, draw("eva"));
    let first = FirstAdministrator { digest: SecretDigest::of_text("x"), expires_at: START };
    let mut changes = vec![
        put("eva", Role::Administrator),
        put("gone", Role::Viewer),
        AccountChange::PutUser(ana),
        AccountChange::AddToken(token.clone()),
        AccountChange::AddToken(lost.clone()),
        AccountChange::AddToken(draw("gone")),
        AccountChange::AddSession(session("gone", 0)),
        AccountChange::FirstAdministrator(Some(first)),
    ];
    changes.extend((0..SESSIONS_OF_ONE as u64 + 3).map(|number| AccountChange::AddSession(session("eva", number))));
    change(&store, changes);
    let before = change(
        &store,
        vec![
            AccountChange::RemoveToken(lost.id),
            AccountChange::RemoveUser("gone".into()),
            AccountChange::RemoveSession(session("eva", 5).digest),
        ],
    );
    let used = START + Duration::from_secs(7000);
    store.note_use(AccountUse::Token(token.id.clone(), used));
    store.note_use(AccountUse::Session(session("eva", 6).digest, used));
    let seen = async || {
        let accounts = store.accounts();
        accounts.session(&session("eva", 6).digest).filter(|session| session.seen_at == used).map(|_| accounts.clone())
    };
    let noted = run(until("the note", seen));
    let store = store.reopened();
    let now = store.accounts();
    assert_eq!(now.revision(), before.revision());
    assert!(now.users().eq(noted.users()) && now.tokens().eq(noted.tokens()));
    assert!(now.sessions_of(&"eva".into()).eq(noted.sessions_of(&"eva".into())));
    assert_eq!(now.sessions_of(&"eva".into()).count(), SESSIONS_OF_ONE - 1);
    assert_eq!(now.first_administrator(), noted.first_administrator());
    assert_eq!(now.token(token.id.as_str()).and_then(|token| token.last_used_at), Some(used));
    let outside = store.seen_from_outside();
    assert_eq!(["users", "api_tokens", "sessions"].map(|table| count(&outside, table)), [2, 1, 19]);
    assert_eq!(run(store.latest_events(9)).unwrap().len(), 2, "one with each change");
}

#[test]
fn accounts_that_cannot_be_written_do_not_hold() {
    let store = Disposable::new();
    let before = change(&store, vec![put("eva", Role::Administrator)]);
    run(store.execute("CREATE TRIGGER refuse BEFORE INSERT ON api_tokens BEGIN SELECT RAISE(ABORT, 'no'); END"));
    let (token, _) = ApiToken::draw("eva".into(), String::new(), TokenScope::Full, START, &SeededRng::new(1));
    let changes = vec![put("ana", Role::Viewer), AccountChange::AddToken(token)];
    assert!(run(store.change_accounts(before.revision(), changes, vec![])).is_err());
    assert!(store.accounts().user("ana").is_none() && store.reopened().accounts().user("ana").is_none());
}
