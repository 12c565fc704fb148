//! Hooks: websites that want to hear what goes on in their meetings.
//!
//! BBB's own program for that, bbb-webhooks, knows one website for each server. Behind a balancer the hooks of all websites
//! live in the balancer. It keeps one hook of its own on each server that has bbb-webhooks, and passes on to each website what is
//! of its meetings, signed with the website's secret.
//!
//! | | |
//! |---|---|
//! | [`Hook`] | who wants to hear of what |
//! | [`HookEvent`] | one thing that is told, in the form of bbb-webhooks |
//! | [`HookPost`] | what a server posts to the balancer's own hook |
//! | [`token`] | the part of the URL of that hook that nobody can guess |

mod event;
mod post;

pub mod token;

use std::fmt;
use std::str::FromStr;

pub use self::event::HookEvent;
pub use self::post::{HookPost, MOST_EVENTS};

use crate::callback::{CallbackId, CallbackUrl};
use crate::meeting::MeetingId;
use crate::network::IntegrationName;

/// How many hooks one integration may have. What comes beyond is refused.
pub const MOST_HOOKS: usize = 100;

/// How many hooks there may be in all, of all integrations.
pub const MOST_HOOKS_IN_ALL: usize = 100_000;

/// How much room all hooks may take in memory, bytes, as [`HookWish::bytes`] counts them: of real hooks, [`MOST_HOOKS_IN_ALL`]
/// take a fifth of it.
pub const MOST_HOOK_BYTES: usize = 128 << 20;

/// The balancer's number of a hook. No number is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HookId(pub u64);

impl fmt::Display for HookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for HookId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What a website wants to hear of, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookWish {
    /// The website.
    pub integration: IntegrationName,
    /// Where it is told. As it was given: it is signed.
    pub url: CallbackUrl,
    /// The website's id of the only meeting that it is about; absent: all of its meetings.
    pub meeting: Option<MeetingId>,
    /// The only events that it wants, in lower case; empty: all.
    pub events: Vec<String>,
}

impl HookWish {
    /// About how many bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        /// What each text takes beside its letters.
        const TEXT: usize = 40;
        let meeting = self.meeting.as_ref().map_or(0, |id| id.as_str().len() + TEXT);
        let events: usize = self.events.iter().map(|event| event.len() + TEXT).sum();
        size_of::<Hook>() + self.url.expose().len() + TEXT + meeting + events
    }
}

/// One hook of one website.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its number.
    pub id: HookId,
    /// What its website wants.
    pub wish: HookWish,
}

impl Hook {
    /// The name of the delivery of the event with that digest.
    pub(crate) fn delivery(&self, digest: &str) -> CallbackId {
        (delivery_prefix(&self.id.to_string()) + digest).into()
    }

    /// Whether it is to be told of `event` in the meeting that its website calls `meeting`.
    pub fn wants(&self, event: &str, meeting: &MeetingId) -> bool {
        self.wish.meeting.as_ref().is_none_or(|only| only == meeting)
            && (self.wish.events.is_empty() || self.wish.events.iter().any(|wanted| wanted.eq_ignore_ascii_case(event)))
    }
}

/// What the [names](crate::callback::DeliveryId) of all deliveries of the hook of that number begin with.
pub fn delivery_prefix(hook: &str) -> String {
    format!("hook-{hook}-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(meeting: Option<&str>, events: &[&str]) -> Hook {
        let url = CallbackUrl::parse("https://lms.example/h").unwrap();
        let events = events.iter().map(|&event| event.to_owned()).collect();
        let wish = HookWish { integration: "moodle".into(), url, meeting: meeting.map(MeetingId::from), events };
        Hook { id: HookId(1), wish }
    }

    #[test]
    fn a_hook_wants_its_events_of_its_meeting() {
        for (meeting, events, wants) in [
            (None, &[][..], true),
            (Some("room"), &[], true),
            (Some("other"), &[], false),
            (None, &["user-left", "user-joined"], true),
            (None, &["user-left"], false),
            (Some("other"), &["user-joined"], false),
        ] {
            assert_eq!(hook(meeting, events).wants("user-joined", &"room".into()), wants, "{meeting:?} {events:?}");
        }
    }
}
