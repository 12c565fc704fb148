//! What is told of accounts: one event for each thing that is done to one.

use std::net::IpAddr;

use lb_core::Timestamp;
use lb_core::account::{ApiToken, Role, TokenScope, User};
use lb_core::balancer::Actor;
use lb_core::event::{Administered, Change, Event, EventKind, Subject};

use super::AccountService;

/// So many refused log-ins are told a minute.
const REFUSALS_TOLD: u32 = 10;
const MINUTE_MILLIS: u64 = 60_000;

/// How many refused log-ins were told in this minute.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    minute: u64,
    told: u32,
}

impl Refusals {
    /// Whether one more is to be told.
    pub(super) fn may_tell(&mut self, now: Timestamp) -> bool {
        let minute = now.as_millis() / MINUTE_MILLIS;
        if minute != self.minute {
            *self = Self { minute, told: 0 };
        }
        self.told = self.told.saturating_add(1);
        self.told <= REFUSALS_TOLD
    }
}

/// Whoever has not shown who they are.
pub(super) fn nobody(address: Option<IpAddr>) -> Actor {
    Actor::new("(nobody)", address)
}

impl AccountService {
    /// The event that `by` did this.
    pub(super) fn event(&self, by: &Actor, how: Administered, subject: Subject, changes: Vec<Change>) -> Event {
        let (by, address) = (by.name().to_owned(), by.address());
        Event { at: self.clock.now(), kind: EventKind::Administered { by, address, how, subject, changes } }
    }

    /// Shows an event that is stored already.
    pub(super) fn show(&self, event: &Event) {
        self.observers.iter().for_each(|observer| observer.observe(event));
    }

    fn may_tell(&self) -> bool {
        let mut refusals = self.refusals.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        refusals.may_tell(self.clock.now())
    }

    /// Tells that `by` was not let in as `account`: refusals some a minute, lock-outs always.
    pub(super) async fn tell_refused(&self, account: &str, by: &Actor, how: Administered) {
        if how != Administered::LockedOut && !self.may_tell() {
            return;
        }
        // whoever types a password where the name belongs must not read it in the log
        let is_there = self.accounts().user(account).is_some();
        let name = if is_there { account } else { "(unknown)" };
        let event = self.event(by, how, Subject::new("user", name), Vec::new());
        self.show(&event);
        if let Err(error) = self.events.record(vec![event]).await {
            tracing::debug!(%error, "a refused log-in is not kept");
        }
    }
}

/// What is other than before in a user.
pub(crate) fn differences(before: Option<&User>, after: &User) -> Vec<Change> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let role = |user: &User| text(role_word(&user.role));
    let partner = |user: &User| user.partner().map(ToString::to_string);
    let active = |user: &User| text(if user.active { "true" } else { "false" });
    let fields = [
        ("display_name", before.and_then(|user| text(&user.display_name)), text(&after.display_name)),
        ("role", before.and_then(role), role(after)),
        ("partner", before.and_then(partner), partner(after)),
        ("active", before.map_or_else(|| text("true"), active), active(after)),
    ];
    let changed = fields.into_iter().filter(|(_, from, to)| from != to);
    let mut changes: Vec<_> = changed.map(|(field, from, to)| Change::new(field, from, to)).collect();
    if before.and_then(|user| user.password.as_ref()) != after.password.as_ref() {
        changes.push(Change::hidden("password"));
    }
    changes
}

/// What a new token is.
pub(super) fn facts(token: &ApiToken) -> Vec<Change> {
    let scope = match token.scope {
        TokenScope::Read => "read",
        TokenScope::Operate => "operate",
        TokenScope::Full => "full",
    };
    vec![
        Change::new("user", None, Some(token.user.to_string())),
        Change::new("label", None, Some(token.label.clone())),
        Change::new("scope", None, Some(scope.to_owned())),
    ]
}

/// Whose a token was, and what it was called.
pub(super) fn facts_gone(token: &ApiToken) -> Vec<Change> {
    vec![Change::new("user", Some(token.user.to_string()), None), Change::new("label", Some(token.label.clone()), None)]
}

fn role_word(role: &Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::PartnerManager(_) => "partner-manager",
        Role::Viewer => "viewer",
    }
}
