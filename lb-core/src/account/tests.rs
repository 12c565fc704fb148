use std::time::Duration;

use super::*;
use crate::SeededRng;
use crate::clock::Timestamp;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000) + Duration::from_secs(seconds)
}

fn user(name: &str, role: Role) -> User {
    User::new(name, role, at(0))
}

fn put(user: User) -> AccountChange {
    AccountChange::PutUser(user)
}

fn token(user: &str, seed: u64) -> ApiToken {
    ApiToken::draw(user.into(), String::new(), TokenScope::Full, at(0), &SeededRng::new(seed)).0
}

fn session(user: &str, number: u64) -> Session {
    Session {
        digest: SecretDigest::of_text(&format!("{user}{number}")),
        user: user.into(),
        csrf: "csrf".into(),
        created_at: at(number),
        seen_at: at(number),
        expires_at: at(number) + SESSION_LASTS,
        address: None,
    }
}

fn of(changes: &[AccountChange]) -> Accounts {
    Accounts::default().changed(changes).unwrap()
}

#[test]
fn the_last_active_administrator_stays_one() {
    let one = of(&[put(user("ana", Role::Administrator)), put(user("eva", Role::Viewer))]);
    let last = Err(BadAccounts::LastAdministrator { user: "ana".into() });
    let refused = |change: AccountChange| one.changed(&[change]).map(|_| ());
    assert_eq!(refused(AccountChange::RemoveUser("ana".into())), last);
    assert_eq!(refused(put(user("ana", Role::Viewer))), last);
    assert_eq!(refused(put(User { active: false, ..user("ana", Role::Administrator) })), last);
    let two = one.changed(&[put(user("eva", Role::Administrator))]).unwrap();
    let other = two.changed(&[put(user("ana", Role::Viewer))]).unwrap();
    assert!(other.changed(&[AccountChange::RemoveUser("eva".into())]).is_err(), "now it is the other one");
    assert!(other.changed(&[AccountChange::RemoveUser("ana".into())]).is_ok());
    assert!(one.changed(&[put(user("ana", Role::Viewer)), put(user("eva", Role::Administrator))]).is_ok(), "at once");
    assert!(of(&[put(user("eva", Role::Viewer))]).changed(&[AccountChange::RemoveUser("eva".into())]).is_ok());
}

#[test]
fn who_goes_takes_tokens_and_sessions_along_and_nobody_elses() {
    let both = of(&[
        put(user("ana", Role::Viewer)),
        put(user("an", Role::Viewer)),
        AccountChange::AddToken(token("ana", 1)),
        AccountChange::AddToken(token("an", 2)),
        AccountChange::AddSession(session("ana", 1)),
        AccountChange::AddSession(session("an", 1)),
    ]);
    let gone = both.changed(&[AccountChange::RemoveUser("ana".into())]).unwrap();
    assert!(gone.token(token("ana", 1).id.as_str()).is_none() && gone.session(&session("ana", 1).digest).is_none());
    assert_eq!(gone.tokens_of(&"an".into()).count() + gone.sessions_of(&"an".into()).count(), 2);
    let back = gone.changed(&[put(user("ana", Role::Viewer))]).unwrap();
    assert_eq!(back.tokens_of(&"ana".into()).count() + back.sessions_of(&"ana".into()).count(), 0);
    assert!(back.user("ana").unwrap().version > both.user("ana").unwrap().version);
    let asleep = both.changed(&[put(User { active: false, ..user("ana", Role::Viewer) })]).unwrap();
    assert_eq!(asleep.sessions_of(&"ana".into()).count(), 0);
    assert_eq!(asleep.tokens_of(&"ana".into()).count(), 1, "they are good again when its user is");
}

#[test]
fn of_more_than_twenty_sessions_the_oldest_go() {
    let mut accounts = of(&[put(user("ana", Role::Viewer))]);
    for number in 0..25 {
        accounts = accounts.changed(&[AccountChange::AddSession(session("ana", number))]).unwrap();
    }
    let begun: Vec<_> = accounts.sessions_of(&"ana".into()).map(|session| session.created_at).collect();
    assert_eq!(begun, (5..25).map(at).collect::<Vec<_>>());
    assert!(accounts.session(&session("ana", 4).digest).is_none());
    let fewer = accounts.changed(&[AccountChange::RemoveSession(session("ana", 7).digest)]).unwrap();
    assert_eq!(fewer.sessions_of(&"ana".into()).count(), 19);
}

#[test]
fn what_goes_beyond_a_bound_or_belongs_to_nobody_is_refused() {
    let one = of(&[put(user("ana", Role::Viewer))]);
    let many =
        (0..100).fold(one.clone(), |now, seed| now.changed(&[AccountChange::AddToken(token("ana", seed))]).unwrap());
    let refused = |accounts: &Accounts, change: AccountChange| accounts.changed(&[change]).unwrap_err();
    assert_eq!(
        refused(&many, AccountChange::AddToken(token("ana", 100))),
        BadAccounts::TooManyTokens { user: "ana".into() }
    );
    let nobody = BadAccounts::NoSuchUser { user: "eva".into() };
    assert_eq!(refused(&one, AccountChange::AddToken(token("eva", 1))), nobody);
    assert_eq!(refused(&one, AccountChange::AddSession(session("eva", 1))), nobody);
    assert_eq!(refused(&one, AccountChange::RemoveUser("eva".into())), nobody);
    for name in ["", " ana", "a\nb", &"x".repeat(65)] {
        assert_eq!(refused(&one, put(user(name, Role::Viewer))), BadAccounts::Name, "{name:?}");
    }
    let long = User { display_name: "x".repeat(256), ..user("eva", Role::Viewer) };
    assert_eq!(refused(&one, put(long)), BadAccounts::TooLong);
    let all: Vec<_> = (0..MOST_USERS).map(|number| put(user(&number.to_string(), Role::Viewer))).collect();
    let full = of(&all);
    assert_eq!(refused(&full, put(user("ana", Role::Viewer))), BadAccounts::TooManyUsers);
    assert!(full.changed(&[put(user("7", Role::Administrator))]).is_ok());
}

#[test]
fn a_new_user_is_not_called_like_another_actor_or_like_what_cannot_stand_in_a_path() {
    let one = of(&[put(user("ana", Role::Viewer))]);
    let actors = ["configuration", "Balancer", "local user 0", "Local User 7", "local user", "(unknown)", "(nobody)"];
    let paths = [".", "..", "a/b", "a\\b", "a?b", "a#b", "a%20b"];
    for name in actors.into_iter().chain(paths).chain(["ana (token abc)", "a(b", "a)b"]) {
        assert_eq!(one.changed(&[put(user(name, Role::Viewer))]).unwrap_err(), BadAccounts::Name, "{name}");
        let restored = Accounts::restored(one.revision(), vec![user(name, Role::Viewer)], vec![], vec![], None);
        assert!(restored.changed(&[put(user(name, Role::Administrator))]).is_ok(), "{name}: whoever is there stays");
    }
    for name in [
        "ana@example.org",
        "Ana Müller",
        "local",
        "local users",
        "Locál üser",
        "balancer2",
        "...",
        "a.b",
        "ünïcödé-náme",
    ] {
        assert!(one.changed(&[put(user(name, Role::Viewer))]).is_ok(), "{name}");
    }
}

#[test]
fn a_use_is_noted_once_a_while_and_makes_no_new_revision() {
    let one = of(&[
        put(user("ana", Role::Viewer)),
        AccountChange::AddSession(session("ana", 0)),
        AccountChange::AddToken(token("ana", 1)),
    ]);
    let digest = session("ana", 0).digest;
    assert!(one.used(&AccountUse::Session(digest, at(59))).is_none());
    let used = one.used(&AccountUse::Session(digest, at(60))).unwrap();
    assert_eq!((used.session(&digest).unwrap().seen_at, used.revision()), (at(60), one.revision()));
    let id = token("ana", 1).id;
    let used = one.used(&AccountUse::Token(id.clone(), at(60))).unwrap();
    assert_eq!(used.token(id.as_str()).unwrap().last_used_at, Some(at(60)));
    assert!(used.used(&AccountUse::Token(id, at(61))).is_none());
    assert!(one.used(&AccountUse::Token("none".into(), at(61))).is_none());
}
