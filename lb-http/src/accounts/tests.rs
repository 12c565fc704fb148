use std::net::IpAddr;
use std::time::Duration;

use lb_core::account::{Principal, Right, Role, SESSION_IDLE, TokenId, TokenScope, User, UserName};
use lb_core::balancer::{Actor, Expected};
use lb_core::event::{Administered, Event, EventKind};
use lb_core::network::{NetworkChange, Partner};
use lb_core::store::InMemoryStore;
use lb_core::{ManualClock, Secret, SeededRng};

use super::*;

const PASSWORD: &str = "correct horse battery";

struct Tested {
    service: AccountService,
    store: Arc<InMemoryStore>,
    clock: Arc<ManualClock>,
}

fn tested() -> Tested {
    over(Arc::new(InMemoryStore::new()), Arc::new(ManualClock::default()), 1)
}

fn over(store: Arc<InMemoryStore>, clock: Arc<ManualClock>, seed: u64) -> Tested {
    at_cost(store, clock, seed, HashCost { memory: 8, passes: 1 })
}

fn at_cost(store: Arc<InMemoryStore>, clock: Arc<ManualClock>, seed: u64, cost: HashCost) -> Tested {
    let rng = Arc::new(SeededRng::new(seed));
    let service = AccountService::new(&Stores::one(store.clone()), clock.clone(), rng, Vec::new(), cost);
    Tested { service, store, clock }
}

fn wish(name: &str, role: Role) -> UserWish {
    UserWish { name: name.into(), display_name: String::new(), role, active: true }
}

fn by() -> Actor {
    Actor::new("root", None)
}

fn from(address: &str) -> Option<IpAddr> {
    Some(address.parse().unwrap())
}

impl Tested {
    async fn add(&self, name: &str, role: Role) {
        let password = Secret::from(PASSWORD);
        self.service.put_user(wish(name, role), Some(&password), Expected::Absent, &by()).await.unwrap();
    }

    async fn log_in(&self, name: &str, password: &str, address: &str) -> Result<NewSession, LoginRefused> {
        self.service.log_in(name, &password.into(), from(address)).await
    }

    async fn token(&self, user: &str, scope: TokenScope, expires_in: Option<u64>) -> (TokenId, Secret) {
        let expires_at = expires_in.map(|seconds| self.clock.now() + Duration::from_secs(seconds));
        let wish = TokenWish { user: user.into(), label: "nightly".to_owned(), scope, expires_at };
        let (token, secret) = self.service.make_token(wish, &by()).await.unwrap();
        (token.id, secret)
    }

    fn by_token(&self, token: &Secret) -> Option<Principal> {
        self.service.by_token(token.expose()).map(|(principal, _)| principal)
    }

    fn by_session(&self, session: &NewSession) -> Option<Principal> {
        self.service.by_session(session.cookie.expose()).map(|(principal, _)| principal)
    }

    async fn told(&self) -> Vec<Event> {
        let mut events = self.store.latest_events(1000).await.unwrap();
        events.reverse();
        events
    }

    async fn words(&self) -> Vec<&'static str> {
        let told = self.told().await;
        let words = told.iter().filter_map(|event| match &event.kind {
            EventKind::Administered { how, .. } => Some(how.as_str()),
            _ => None,
        });
        words.collect()
    }
}

#[tokio::test]
async fn who_logs_in_is_known_by_the_cookie_until_the_session_ends() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    let session = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
    let (principal, csrf) = tested.service.by_session(session.cookie.expose()).unwrap();
    assert_eq!(principal, Principal { user: "ana".into(), role: Role::Administrator, scope: TokenScope::Full });
    assert_eq!(csrf, session.csrf);
    for other in ["", "x", session.csrf.expose(), &"x".repeat(300)] {
        assert!(tested.service.by_session(other).is_none());
    }
    for _ in 0..5 {
        tested.clock.advance(SESSION_IDLE - Duration::from_secs(1));
        assert!(tested.by_session(&session).is_some(), "something is done in it");
    }
    tested.clock.advance(SESSION_IDLE);
    assert!(tested.by_session(&session).is_none());
    let again = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
    assert_eq!(tested.service.accounts().sessions().count(), 1, "the one that ended was taken away");
    tested.service.log_out(again.cookie.expose(), None).await.unwrap();
    assert!(tested.by_session(&again).is_none());
    tested.service.log_out(again.cookie.expose(), None).await.unwrap();
    assert_eq!(tested.words().await, ["added", "logged-in", "logged-in", "logged-out"]);
}

#[tokio::test]
async fn whoever_is_not_let_in_costs_one_comparison_whether_there_is_such_a_user_or_not() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    tested.add("asleep", Role::Viewer).await;
    let asleep = UserWish { active: false, ..wish("asleep", Role::Viewer) };
    tested.service.put_user(asleep, None, Expected::Any, &by()).await.unwrap();
    tested.service.put_user(wish("mute", Role::Viewer), None, Expected::Any, &by()).await.unwrap();
    let tries = [
        ("ana", "wrong password"),
        ("nobody", PASSWORD),
        ("asleep", PASSWORD),
        ("mute", PASSWORD),
        (&"x".repeat(5000), PASSWORD),
        ("ana", &"x".repeat(5000)),
        ("", ""),
    ];
    for (number, (name, password)) in tries.into_iter().enumerate() {
        let before = tested.service.passwords_compared();
        let refused = tested.log_in(name, password, &format!("192.0.2.{number}")).await.unwrap_err();
        assert_eq!(refused, LoginRefused::Wrong, "{number}");
        assert_eq!(tested.service.passwords_compared() - before, 1, "{number}");
    }
}

#[tokio::test]
async fn whoever_guesses_is_locked_out_and_the_owner_is_let_in_from_elsewhere() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    for _ in 0..5 {
        assert_eq!(tested.log_in("ana", "wrong", "192.0.2.1").await.unwrap_err(), LoginRefused::Wrong);
    }
    let before = tested.service.passwords_compared();
    let locked = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap_err();
    assert_eq!(locked, LoginRefused::Locked { retry_after: Duration::from_secs(900) });
    assert_eq!(tested.service.passwords_compared(), before, "and buys no hash");
    tested.log_in("ana", PASSWORD, "192.0.2.2").await.unwrap();
    tested.clock.advance(Duration::from_secs(900));
    tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
    let words = tested.words().await;
    assert_eq!(words.iter().filter(|word| **word == "locked-out").count(), 1);
    assert_eq!(words.iter().filter(|word| **word == "login-refused").count(), 6);
}

#[tokio::test]
async fn an_account_that_everybody_guesses_at_is_closed_where_it_failed_unless_its_session_began_there() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    tested.log_in("ana", PASSWORD, "198.51.100.7").await.unwrap();
    let tested = over(tested.store, tested.clock, 2);
    assert_eq!(tested.log_in("ana", "wrong", "198.51.100.7").await.unwrap_err(), LoginRefused::Wrong);
    for number in 0..49 {
        assert_eq!(tested.log_in("ana", "wrong", &format!("192.0.2.{number}")).await.unwrap_err(), LoginRefused::Wrong);
    }
    let slowed = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap_err();
    assert_eq!(slowed, LoginRefused::Locked { retry_after: Duration::from_secs(60) });
    tested.log_in("ana", PASSWORD, "198.51.100.7").await.expect("also after a restart");
    tested.log_in("ana", PASSWORD, "203.0.113.1").await.expect("nothing has failed there");
    let refused = tested.words().await.into_iter().filter(|word| *word == "login-refused").count();
    assert_eq!(refused, 10, "no more than that are told in a minute");
}

#[tokio::test]
async fn nothing_secret_is_told_and_what_is_not_a_user_is_not_repeated() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    let session = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
    let (_, token) = tested.token("ana", TokenScope::Full, None).await;
    tested.log_in("my password instead", "ana", "192.0.2.1").await.unwrap_err();
    tested.service.set_password(&"ana".into(), &"another password".into(), &by()).await.unwrap();
    let told = format!("{:?} {:?} {:?}", tested.told().await, tested.service, tested.service.accounts());
    for secret in [PASSWORD, "another password", "my password", "argon2id", token.expose(), session.cookie.expose()] {
        assert!(!told.contains(secret), "{secret}");
    }
    let refused = tested.told().await.into_iter().find_map(|event| match event.kind {
        EventKind::Administered { by, address, how: Administered::LoginRefused, subject, .. } => {
            Some((by, subject.name, address))
        }
        _ => None,
    });
    assert_eq!(refused, Some(("(nobody)".to_owned(), "(unknown)".to_owned(), from("192.0.2.1"))));
}

#[tokio::test]
async fn what_a_stranger_tries_is_not_told_as_done_by_the_user_and_what_the_user_tries_is() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    for _ in 0..5 {
        tested.log_in("ana", "wrong", "192.0.2.1").await.unwrap_err();
    }
    let (name, address) = (UserName::from("ana"), from("192.0.2.2"));
    let new = "a new password".into();
    tested.service.change_own_password(&name, &"wrong".into(), &new, None, address).await.unwrap_err();
    let told = tested.told().await;
    let refused: Vec<_> = told
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Administered { by, how, subject, .. } if subject.name == "ana" && by != "root" => {
                Some((by.as_str(), *how))
            }
            _ => None,
        })
        .collect();
    let mut expected = vec![("(nobody)", Administered::LoginRefused); 5];
    expected.extend([("(nobody)", Administered::LockedOut), ("ana", Administered::LoginRefused)]);
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_token_does_what_its_owner_may_within_its_scope_until_it_expires_or_is_revoked() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    tested.add("eva", Role::Viewer).await;
    let (id, token) = tested.token("ana", TokenScope::Read, None).await;
    let principal = tested.by_token(&token).unwrap();
    assert!(principal.may(Right::ViewNetwork) && !principal.may(Right::Administer));
    let used = tested.service.accounts().token(id.as_str()).unwrap().last_used_at;
    assert_eq!(used, Some(tested.clock.now()));
    let wrong = token.expose().replace(&token.expose()[20..24], "0000");
    assert!(tested.service.by_token(&wrong).is_none());
    let (_, short) = tested.token("ana", TokenScope::Full, Some(60)).await;
    assert!(tested.by_token(&short).is_some());
    tested.clock.advance(Duration::from_secs(60));
    assert!(tested.by_token(&short).is_none());
    let late = TokenWish {
        user: "ana".into(),
        label: String::new(),
        scope: TokenScope::Full,
        expires_at: Some(tested.clock.now()),
    };
    assert_eq!(tested.service.make_token(late, &by()).await.unwrap_err(), AccountError::Expired);
    let evas: UserName = "eva".into();
    assert!(tested.service.revoke_token(&id, Some(&evas), &by()).await.is_err(), "it is another's");
    tested.service.revoke_token(&id, None, &by()).await.unwrap();
    assert!(tested.by_token(&token).is_none());
}

#[tokio::test]
async fn who_is_demoted_deactivated_or_removed_is_so_at_once() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    tested.add("eva", Role::Administrator).await;
    let session = tested.log_in("eva", PASSWORD, "192.0.2.1").await.unwrap();
    let (_, token) = tested.token("eva", TokenScope::Full, None).await;
    tested.service.put_user(wish("eva", Role::Viewer), None, Expected::Any, &by()).await.unwrap();
    assert!(!tested.by_session(&session).unwrap().may(Right::Manage));
    assert!(!tested.by_token(&token).unwrap().may(Right::Manage));
    let asleep = UserWish { active: false, ..wish("eva", Role::Viewer) };
    tested.service.put_user(asleep, None, Expected::Any, &by()).await.unwrap();
    assert!(tested.by_session(&session).is_none() && tested.by_token(&token).is_none());
    tested.service.put_user(wish("eva", Role::Viewer), None, Expected::Any, &by()).await.unwrap();
    assert!(tested.by_session(&session).is_none() && tested.by_token(&token).is_some());
    tested.service.remove_user(&"eva".into(), Expected::Any, &by()).await.unwrap();
    tested.add("eva", Role::Viewer).await;
    assert!(tested.by_token(&token).is_none(), "another one of that name has other tokens");
    let last = tested.service.remove_user(&"ana".into(), Expected::Any, &by()).await.unwrap_err();
    assert_eq!(last.to_string(), "user ana is the last active administrator: make another one first");
}

#[tokio::test]
async fn no_change_of_another_is_lost_and_a_partner_must_be_there() {
    let tested = tested();
    tested.add("ana", Role::Administrator).await;
    let put = async |wish, expected| tested.service.put_user(wish, None, expected, &by()).await;
    let version = tested.service.accounts().user("ana").unwrap().version;
    let exists = AccountError::Exists { user: "ana".into() };
    assert_eq!(put(wish("ana", Role::Viewer), Expected::Absent).await, Err(exists));
    let named = UserWish { display_name: "Ana".to_owned(), ..wish("ana", Role::Administrator) };
    let changed = put(named.clone(), Expected::Version(version)).await.unwrap();
    assert!(changed.version > version && changed.password.is_some(), "the password stays");
    let late = AccountError::Overtaken { user: "ana".into() };
    assert_eq!(put(wish("ana", Role::Administrator), Expected::Version(version)).await, Err(late));
    assert_eq!(put(named, Expected::Any).await.unwrap().version, changed.version, "nothing is other than before");
    let manager = wish("eva", Role::PartnerManager("ufrgs".into()));
    let missing = AccountError::NoSuchPartner { partner: "ufrgs".into() };
    assert_eq!(put(manager.clone(), Expected::Any).await, Err(missing));
    let partner = NetworkChange::Put(Partner::new("ufrgs").into());
    tested.store.change_network(tested.store.network().revision(), vec![partner], vec![]).await.unwrap();
    assert!(put(manager, Expected::Any).await.is_ok());
}

#[tokio::test]
async fn another_password_ends_the_sessions_and_who_knows_the_old_one_keeps_theirs() {
    let tested = tested();
    tested.add("ana", Role::Viewer).await;
    let (name, new) = (UserName::from("ana"), Secret::from("a new password"));
    let own = tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
    let other = tested.log_in("ana", PASSWORD, "192.0.2.2").await.unwrap();
    let change = async |old: &str, new: &Secret| {
        let cookie = Some(own.cookie.expose());
        tested.service.change_own_password(&name, &old.into(), new, cookie, from("192.0.2.1")).await
    };
    assert_eq!(change("wrong", &new).await, Err(AccountError::WrongPassword));
    assert_eq!(change(PASSWORD, &"short".into()).await, Err(BadPassword::Length.into()));
    change(PASSWORD, &new).await.unwrap();
    assert!(tested.by_session(&own).is_some() && tested.by_session(&other).is_none());
    assert_eq!(tested.log_in("ana", PASSWORD, "192.0.2.3").await.unwrap_err(), LoginRefused::Wrong);
    tested.service.set_password(&name, &PASSWORD.into(), &by()).await.unwrap();
    assert!(tested.by_session(&own).is_none());
    for _ in 0..5 {
        assert_eq!(change("wrong", &new).await, Err(AccountError::WrongPassword));
    }
    assert!(matches!(change(PASSWORD, &new).await, Err(AccountError::Locked { .. })));
    let nobody = tested.service.set_password(&"eva".into(), &new, &by()).await.unwrap_err();
    assert_eq!(nobody.to_string(), "there is no user eva");
}

#[tokio::test]
async fn a_password_that_was_changed_while_it_was_compared_is_the_wrong_one() {
    // dear enough for a change in between
    let cost = HashCost { memory: 4096, passes: 4 };
    let tested = at_cost(Arc::new(InMemoryStore::new()), Arc::new(ManualClock::default()), 1, cost);
    tested.add("eva", Role::Administrator).await;
    let (name, new) = (UserName::from("ana"), Secret::from("a new password"));
    let hash = tested.service.new_hash(&"what the reset sets".into(), &name).await.unwrap();
    for is_removed in [false, true] {
        for is_log_in in [true, false] {
            tested
                .service
                .put_user(wish("ana", Role::Viewer), Some(&PASSWORD.into()), Expected::Any, &by())
                .await
                .unwrap();
            let user = User::clone(tested.service.accounts().user("ana").unwrap());
            let attempt = async {
                if is_log_in {
                    assert_eq!(tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap_err(), LoginRefused::Wrong);
                } else {
                    let address = from("192.0.2.1");
                    let changed =
                        tested.service.change_own_password(&name, &PASSWORD.into(), &new, None, address).await;
                    assert_eq!(changed, Err(AccountError::WrongPassword));
                }
            };
            let reset = async {
                let before = tested.service.accounts();
                let changes = if is_removed {
                    let created_at = user.created_at + Duration::from_secs(1);
                    let another = User { created_at, ..user.clone() };
                    vec![AccountChange::RemoveUser(name.clone()), AccountChange::PutUser(another)]
                } else {
                    vec![AccountChange::PutUser(User { password: Some(hash.clone()), ..user.clone() })]
                };
                tested.store.change_accounts(before.revision(), changes, vec![]).await.unwrap();
                tested.service.accounts().user("ana").unwrap().version
            };
            let ((), version) = tokio::join!(attempt, reset);
            let now = tested.service.accounts();
            assert_eq!(now.user("ana").unwrap().version, version, "the reset holds");
            assert_eq!(now.sessions().count(), 0);
        }
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once_with_the_token_of_the_last_start_within_a_day() {
    let tested = tested();
    let wish = |token: &Secret| FirstAdministratorWish {
        token: token.clone(),
        name: "ana".into(),
        display_name: "Ana".to_owned(),
        password: PASSWORD.into(),
    };
    let make = async |token: &Secret| tested.service.make_first_administrator(wish(token), None).await;
    let old = tested.service.draw_first_token().await.unwrap().unwrap();
    let token = over(tested.store.clone(), tested.clock.clone(), 9).service.draw_first_token().await.unwrap().unwrap();
    assert_eq!(make(&old).await, Err(AccountError::FirstToken), "a new start shows a new one");
    tested.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(make(&token).await, Err(AccountError::FirstToken));
    let token = tested.service.draw_first_token().await.unwrap().unwrap();
    let short = FirstAdministratorWish { password: "short".into(), ..wish(&token) };
    assert!(tested.service.make_first_administrator(short, None).await.is_err(), "and the token is good still");
    assert!(make(&token).await.unwrap().is_active_administrator());
    assert_eq!(make(&token).await, Err(AccountError::FirstToken));
    assert!(tested.service.draw_first_token().await.unwrap().is_none());
    tested.log_in("ana", PASSWORD, "192.0.2.1").await.unwrap();
}

#[tokio::test]
async fn the_token_for_the_first_administrator_goes_when_somebody_is_made_otherwise() {
    let tested = tested();
    tested.service.draw_first_token().await.unwrap().unwrap();
    tested.add("ana", Role::Viewer).await;
    assert!(tested.service.accounts().first_administrator().is_none());
}

#[test]
fn whoever_waits_may_be_moved_to_another_thread() {
    fn is_send<T: Send>(_: T) {}
    let tested = tested();
    is_send(tested.service.log_in("ana", &PASSWORD.into(), None));
}
