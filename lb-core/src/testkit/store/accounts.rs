//! How users, tokens and sessions are kept.

use std::time::Duration;

use futures_util::future::join_all;

use super::{START, soon};
use crate::account::{
    AccountChange, AccountUse, Accounts, ApiToken, BadAccounts, FirstAdministrator, Role, SESSION_LASTS, SecretDigest,
    Session, TokenScope, User,
};
use crate::network::Revision;
use crate::store::{AccountStore, StoreError};
use crate::{Secret, SeededRng};

async fn change(store: &dyn AccountStore, changes: Vec<AccountChange>) -> Result<Revision, StoreError> {
    let base = store.accounts().revision();
    store.change_accounts(base, changes, Vec::new()).await.map(|accounts| accounts.revision())
}

fn put(name: &str, role: Role) -> AccountChange {
    AccountChange::PutUser(User::new(name, role, START))
}

/// A user with every fact said.
pub(crate) fn full_user() -> User {
    User {
        display_name: "Ana <b>Silva</b> \"é'".to_owned(),
        password: Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA".to_owned().into()),
        active: false,
        ..User::new("ana \"'é", Role::PartnerManager("ufrgs \"'é".into()), START)
    }
}

/// A token with every fact said.
pub(crate) fn full_token(user: &str) -> ApiToken {
    let rng = SeededRng::new(7);
    let (token, _) = ApiToken::draw(user.into(), "nightly \"'é".to_owned(), TokenScope::Operate, START, &rng);
    let used = Some(START + Duration::from_secs(5));
    ApiToken { expires_at: Some(START + Duration::from_millis(86_400_001)), last_used_at: used, ..token }
}

/// A session that `cookie` is shown for.
pub(crate) fn session(user: &str, cookie: &str) -> Session {
    Session {
        digest: SecretDigest::of_text(cookie),
        user: user.into(),
        csrf: Secret::from("csrf \"'é"),
        created_at: START,
        seen_at: START + Duration::from_secs(1),
        expires_at: START + SESSION_LASTS,
        address: Some("2001:db8::7".parse().unwrap()),
    }
}

/// Before anything is said there is nobody.
pub async fn a_new_store_has_no_users(store: &dyn AccountStore) {
    let accounts = store.accounts();
    assert!(accounts.is_empty() && accounts.first_administrator().is_none() && accounts.tokens().next().is_none());
}

/// Every fact of everything that was put is there, as soon as the change is answered.
pub async fn a_change_of_accounts_is_present_with_every_fact_once_it_is_answered(store: &dyn AccountStore) {
    let base = store.accounts().revision();
    let (ana, first) = (full_user(), FirstAdministrator { digest: SecretDigest::of_text("x"), expires_at: START });
    let changes = vec![
        put("eva", Role::Administrator),
        AccountChange::PutUser(ana.clone()),
        AccountChange::AddToken(full_token(ana.name.as_str())),
        AccountChange::AddSession(session("eva", "one")),
        AccountChange::FirstAdministrator(Some(first.clone())),
    ];
    let answered = store.change_accounts(base, changes, Vec::new()).await.unwrap();
    let present = store.accounts();
    assert!(answered.revision() > base && present.revision() == answered.revision());
    let kept = present.user(ana.name.as_str()).map(|user| User::clone(user));
    assert_eq!(kept, Some(User { version: present.revision(), ..ana.clone() }));
    let token = full_token(ana.name.as_str());
    assert_eq!(present.token(token.id.as_str()).map(|kept| ApiToken::clone(kept)), Some(token));
    let begun = session("eva", "one");
    assert_eq!(present.session(&begun.digest).map(|kept| Session::clone(kept)), Some(begun));
    assert_eq!(present.first_administrator(), Some(&first));
    change(store, vec![AccountChange::FirstAdministrator(None), AccountChange::RemoveUser(ana.name.clone())])
        .await
        .unwrap();
    let now = store.accounts();
    assert!(now.first_administrator().is_none() && now.user(ana.name.as_str()).is_none());
    assert!(now.tokens().next().is_none(), "it went with its user");
    assert!(present.user(ana.name.as_str()).is_some(), "a snapshot stays as it is");
    assert_eq!(now.user("eva").map(|user| user.version), Some(present.revision()), "it has not changed");
}

/// Whoever decided on earlier accounts must look again; what breaks a rule is refused as a whole.
pub async fn a_change_of_accounts_that_was_overtaken_or_is_bad_changes_nothing(store: &dyn AccountStore) {
    let base = store.accounts().revision();
    change(store, vec![put("eva", Role::Administrator)]).await.unwrap();
    let late = store.change_accounts(base, vec![put("ana", Role::Viewer)], Vec::new()).await;
    assert_eq!(late.map(|accounts| accounts.revision()), Err(StoreError::Overtaken));
    let before = store.accounts().revision();
    let bad = change(store, vec![put("ana", Role::Viewer), AccountChange::RemoveUser("eva".into())]).await;
    assert_eq!(bad, Err(BadAccounts::LastAdministrator { user: "eva".into() }.into()));
    assert_eq!(store.accounts().revision(), before);
    assert!(store.accounts().user("ana").is_none());
}

/// Each of those who change something at the same time is overtaken or heard.
pub async fn of_many_changes_of_accounts_at_once_none_is_lost(store: &dyn AccountStore) {
    let one = async |number: usize| {
        loop {
            match change(store, vec![put(&format!("user{number}"), Role::Viewer)]).await {
                Err(StoreError::Overtaken) => {}
                other => return other,
            }
        }
    };
    let answers = join_all((0..20).map(one)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(store.accounts().len(), 20);
}

/// What is used is noted soon, overtakes nobody, and not every use is.
pub async fn a_use_is_noted_soon_and_overtakes_nobody(store: &dyn AccountStore) {
    let token = ApiToken { last_used_at: None, ..full_token("eva") };
    let begun = session("eva", "one");
    let changes = vec![
        put("eva", Role::Administrator),
        AccountChange::AddToken(token.clone()),
        AccountChange::AddSession(begun.clone()),
    ];
    let base = change(store, changes).await.unwrap();
    let later = START + Duration::from_secs(3000);
    let noted = async |what: &str, used: AccountUse, is_there: &dyn Fn(&Accounts) -> bool| {
        store.note_use(used);
        let seen = async {
            while !is_there(&store.accounts()) {
                yielding().await;
            }
        };
        soon(what, seen).await;
    };
    noted("the use of a token", AccountUse::Token(token.id.clone(), later), &|accounts| {
        accounts.token(token.id.as_str()).and_then(|token| token.last_used_at) == Some(later)
    })
    .await;
    store.note_use(AccountUse::Token(token.id.clone(), later + Duration::from_secs(9)));
    noted("the use of a session", AccountUse::Session(begun.digest, later), &|accounts| {
        accounts.session(&begun.digest).is_some_and(|session| session.seen_at == later)
    })
    .await;
    let last = store.accounts().token(token.id.as_str()).and_then(|token| token.last_used_at);
    assert_eq!(last, Some(later), "it was noted less than an hour ago");
    assert_eq!(store.accounts().revision(), base);
}

/// Lets others go on.
async fn yielding() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return std::task::Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
