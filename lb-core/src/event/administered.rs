//! What administrators do, as it is told: [`Administered`], to what ([`Subject`]), and what is other than before ([`Change`]).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::network::EntityName;

/// What stands in the place of a value that is in no event.
pub const HIDDEN: &str = "(hidden)";

/// The longest text of a [`Change`], in characters; the rest is cut.
const LONGEST: usize = 1000;

macro_rules! administered {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Administered {
            $($(#[$doc])* $variant,)*
        }

        impl Administered {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

administered! {
    /// It is new.
    Added = "added",
    /// It is another than before.
    Changed = "changed",
    /// It is gone.
    Removed = "removed",
    /// The configuration file declares it from now on; it was somebody else's before.
    TakenOver = "taken-over",
    /// An integration may use the balancer again.
    SwitchedOn = "switched-on",
    /// An integration may not use the balancer any more.
    SwitchedOff = "switched-off",
    /// An integration has one more secret.
    SecretAdded = "secret-added",
    /// A secret of an integration is valid until another moment than before.
    SecretExpires = "secret-expires",
    /// An integration has one secret less.
    SecretRemoved = "secret-removed",
    /// A secret was shown to somebody.
    Revealed = "revealed",
    /// A server is used whatever the monitor says.
    ForceEnabled = "force-enabled",
    /// A server is not used whatever the monitor says.
    ForceDisabled = "force-disabled",
    /// A server is used as the monitor says.
    Automatic = "automatic",
    /// A server takes no new meetings.
    Drained = "drained",
    /// A server takes new meetings again.
    Undrained = "undrained",
    /// The meetings of a suspended server were given free.
    Released = "released",
    /// Servers that fell silent together may be taken for down.
    FreezeLifted = "freeze-lifted",
    /// A meeting was ended.
    Ended = "ended",
    /// A recording was published.
    Published = "published",
    /// A recording was taken back.
    Unpublished = "unpublished",
    /// A recording was deleted.
    Deleted = "deleted",
    /// A recording was given to an integration.
    Assigned = "assigned",
    /// A user has another password.
    PasswordSet = "password-set",
    /// A user logged in.
    LoggedIn = "logged-in",
    /// Somebody was not let in.
    LoginRefused = "login-refused",
    /// Nobody is let in for a while: too many were refused.
    LockedOut = "locked-out",
    /// A user logged out.
    LoggedOut = "logged-out",
    /// A token of the REST interface was made.
    TokenMade = "token-made",
    /// A token of the REST interface is no longer valid.
    TokenRevoked = "token-revoked",
    /// What is kept was handed out.
    Exported = "exported",
    /// What is kept of somebody was erased.
    Erased = "erased",
    /// A file with many changes was applied.
    Applied = "applied",
    /// A call of the API was made as a website would make it.
    Called = "called",
    /// A call of the API was signed as a website would sign it, and handed out.
    Signed = "signed",
    /// What reports need is made anew of the events.
    Rebuilt = "rebuilt",
}

impl fmt::Display for Administered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What stands between a user and the token that they used.
const WITH_TOKEN: &str = " (token ";

/// How a user is called who did something with a token.
pub(crate) fn with_token(user: &str, token: &str) -> String {
    format!("{user}{WITH_TOKEN}{token})")
}

/// The user without the token that they used.
pub(super) fn user_of(by: &str) -> &str {
    let used = by.strip_suffix(')').and_then(|by| by.rsplit_once(WITH_TOKEN));
    used.map_or(by, |(user, _)| user)
}

/// What something was done to, such as *integration moodle*.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// What it is: `integration`, `plan`, `partner`, `router`, `server`, `user`, `meeting`, …
    pub kind: Cow<'static, str>,
    /// What it is called; may be empty where there is one only.
    pub name: String,
}

impl Subject {
    /// The `kind` called `name`.
    pub fn new(kind: impl Into<Cow<'static, str>>, name: impl fmt::Display) -> Self {
        Self { kind: kind.into(), name: name.to_string() }
    }
}

impl From<&EntityName> for Subject {
    fn from(name: &EntityName) -> Self {
        Self::new(name.kind(), name.as_str())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.name {
            "" => f.write_str(&self.kind),
            name => write!(f, "{} {name}", self.kind),
        }
    }
}

/// One field that is other than before. What is secret is [`HIDDEN`] in it, on both sides where it has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which, as it is called in the configuration file.
    pub field: String,
    /// What it was, as text, or JSON for lists and tables; absent: nothing.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
}

impl Change {
    /// A change of `field`. Of a text with more than 1000 characters the rest is cut.
    pub fn new(field: impl Into<String>, from: Option<String>, to: Option<String>) -> Self {
        Self { field: cut(field.into()), from: from.map(cut), to: to.map(cut) }
    }

    /// A change of `field`, which is not to be told.
    pub fn hidden(field: impl Into<String>) -> Self {
        let hidden = || Some(HIDDEN.to_owned());
        Self::new(field, hidden(), hidden())
    }
}

impl fmt::Display for Change {
    /// Such as `plan: small → large`; nothing is written `–`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from.as_deref().unwrap_or("–"), self.to.as_deref().unwrap_or("–"));
        write!(f, "{}: {from} → {to}", self.field)
    }
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_stored_under_its_word() {
        for how in Administered::ALL {
            assert_eq!(serde_json::to_value(how).unwrap(), how.as_str());
        }
    }

    #[test]
    fn a_user_is_the_same_with_a_token_and_without() {
        assert_eq!(with_token("ana", "t-1"), "ana (token t-1)");
        for by in ["ana", "ana (token t-1)"] {
            assert_eq!(user_of(by), "ana");
        }
        for other in ["", "local user 0", "configuration", "ana (token", "Ana (Física)"] {
            assert_eq!(user_of(other), other);
        }
    }

    #[test]
    fn a_change_reads_as_from_and_to_and_long_texts_are_cut() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(Change::new("plan", some("small"), some("large")).to_string(), "plan: small → large");
        assert_eq!(Change::new("partner", None, some("ufrgs")).to_string(), "partner: – → ufrgs");
        let long = Change::new("contact", None, Some("é".repeat(1001)));
        assert_eq!(long.to.map(|to| to.chars().count()), Some(1001), "a thousand and the mark");
        assert_eq!(Change::new("contact", None, Some("é".repeat(1000))).to, Some("é".repeat(1000)));
        assert_eq!(Subject::new("freeze", "").to_string(), "freeze");
    }
}
