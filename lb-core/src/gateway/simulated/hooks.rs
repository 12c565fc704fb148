//! hooks/create, hooks/list, hooks/destroy, hooks/ping: bbb-webhooks, a program beside BBB that not every server has.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;
use url::form_urlencoded::Serializer;

use super::SimulatedBbb;
use super::callback::{SimulatedCallback, SimulatedCallbackKind};
use super::hook_event::HookEvent;
use super::parameters::Parameters;
use super::reply::{Failure, SimulatedReply, element};
use crate::checksum::{Algorithm, sign};

/// Hooks that one simulated server holds; a further one is an error.
const MOST_HOOKS: usize = 10_000;

const CHECKSUM: Failure = Failure::new("checksumError", "You did not pass the checksum security check.");
const NO_URL: Failure = Failure::new("missingParamCallbackURL", "You must specify a callbackURL in the parameters.");
const NOT_CREATED: Failure =
    Failure::new("createHookError", "An error happened while creating your hook. Check the logs.");
const NO_ID: Failure = Failure::new("missingParamHookID", "You must specify a hookID in the parameters.");
const NOT_FOUND: Failure = Failure::new("destroyMissingHook", "The hook informed was not found.");

#[derive(Default)]
pub(super) struct Hooks {
    installed: bool,
    lost_at_restart: bool,
    bearer: bool,
    last_id: u64,
    by_id: BTreeMap<u64, SimulatedHook>,
}

/// Somebody who wants to hear of events.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulatedHook {
    /// The server's id of it.
    pub hook_id: String,
    /// Where events are sent.
    pub callback_url: String,
    /// The website's id of the only meeting that it is about; absent: all.
    pub meeting_id: Option<String>,
    /// The only events that it wants, in lower case; absent: all.
    pub event_ids: Option<Vec<String>>,
    /// Whether it came from the server's configuration: it is not destroyed by calls, and never given up.
    pub permanent: bool,
    /// Whether it gets events as BBB's parts tell each other.
    pub raw: bool,
}

impl SimulatedHook {
    fn wants(&self, event: &HookEvent) -> bool {
        self.meeting_id.as_ref().is_none_or(|id| *id == event.meeting_id)
            // the program finds no event's id in raw data: with a list such a hook hears nothing
            && self.event_ids.as_ref().is_none_or(|ids| !self.raw && ids.iter().any(|id| id == event.id))
    }
}

impl fmt::Debug for SimulatedHook {
    /// Shows no URL: it may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedHook").field("hook_id", &self.hook_id).finish_non_exhaustive()
    }
}

impl Hooks {
    pub(super) fn has_any(&self) -> bool {
        !self.by_id.is_empty()
    }

    pub(super) fn restart(&mut self) {
        if self.lost_at_restart {
            self.by_id.retain(|_, hook| hook.permanent);
        }
    }

    /// `None` where there are too many.
    fn add(&mut self, hook: SimulatedHook) -> Option<&SimulatedHook> {
        if self.by_id.len() >= MOST_HOOKS {
            return None;
        }
        self.last_id += 1;
        let hook = SimulatedHook { hook_id: self.last_id.to_string(), ..hook };
        Some(self.by_id.entry(self.last_id).insert_entry(hook).into_mut())
    }
}

impl SimulatedBbb {
    /// The same server, on which bbb-webhooks is installed or not.
    #[must_use]
    pub fn with_webhooks(mut self, installed: bool) -> Self {
        self.hooks.installed = installed;
        self
    }

    /// The same server, whose hooks are lost by a restart or not: their database is in memory.
    #[must_use]
    pub fn with_hooks_lost_at_restart(mut self, lost: bool) -> Self {
        self.hooks.lost_at_restart = lost;
        self
    }

    /// The same server, which sends hooks the secret as a bearer token in place of the checksum, or not.
    #[must_use]
    pub fn with_hook_bearer(mut self, bearer: bool) -> Self {
        self.hooks.bearer = bearer;
        self
    }

    /// All hooks, the oldest first.
    pub fn hooks(&self) -> impl Iterator<Item = &SimulatedHook> {
        self.hooks.by_id.values()
    }

    /// A permanent hook for everything, as the operator of the server configures it. Returns its id.
    pub fn put_permanent_hook(&mut self, callback_url: impl Into<String>) -> String {
        let hook = SimulatedHook {
            hook_id: String::new(),
            callback_url: callback_url.into(),
            meeting_id: None,
            event_ids: None,
            permanent: true,
            raw: false,
        };
        self.hooks.add(hook).map(|hook| hook.hook_id.clone()).unwrap_or_default()
    }

    /// A hook vanishes past the API, as when its callbacks failed for too long; a permanent one stays. Returns whether it
    /// did.
    pub fn drop_hook(&mut self, hook_id: &str) -> bool {
        let Ok(id) = hook_id.parse() else { return false };
        let is_there = self.hooks.by_id.get(&id).is_some_and(|hook| !hook.permanent);
        is_there && self.hooks.by_id.remove(&id).is_some()
    }

    /// Who wants to hear of an event is called.
    pub(super) fn call_hooks(&mut self, event: &HookEvent) {
        let domain = Url::parse(&self.origin).ok().and_then(|origin| origin.host_str().map(str::to_owned));
        let domain = domain.unwrap_or_else(|| self.origin.clone());
        let timestamp = self.now.as_millis().to_string();
        let hooks: Vec<_> = self.hooks().filter(|hook| hook.wants(event)).cloned().collect();
        for hook in hooks {
            let event = format!("[{}]", if hook.raw { event.raw(self.now) } else { event.mapped(self.now) });
            let mut form = Serializer::new(String::new());
            form.append_pair("domain", &domain).append_pair("event", &event).append_pair("timestamp", &timestamp);
            let body = form.finish();
            let mut url = hook.callback_url;
            let bearer = self.hooks.bearer.then(|| format!("Bearer {}", self.secret.expose()));
            if bearer.is_none() {
                let checksum = sign(Algorithm::Sha1, &url, &body, &self.secret);
                let separator = if url.contains('?') { '&' } else { '?' };
                url = format!("{url}{separator}checksum={checksum}");
            }
            let mut callback = SimulatedCallback::post_form(SimulatedCallbackKind::Hook, url, body);
            (callback.authorization, callback.hook_id) = (bearer, Some(hook.hook_id));
            self.call_later(callback);
        }
    }

    pub(super) fn hook_call(&mut self, call: &str, parameters: &Parameters, is_signed: bool) -> SimulatedReply {
        match call {
            _ if !self.hooks.installed => SimulatedReply::html(404, "Not Found"),
            "ping" => {
                SimulatedReply { content_type: "", body: "bbb-webhooks API up!".into(), ..SimulatedReply::success("") }
            }
            "create" | "list" | "destroy" if !is_signed => SimulatedReply::failed(CHECKSUM),
            "create" => self.create_hook(parameters),
            "list" => self.list_hooks(parameters),
            "destroy" => self.destroy_hook(parameters),
            _ => SimulatedReply::html(404, "Not Found"),
        }
    }

    fn create_hook(&mut self, parameters: &Parameters) -> SimulatedReply {
        let Some(url) = parameters.get("callbackURL") else { return SimulatedReply::failed(NO_URL) };
        let mut inner = String::new();
        if let Some(hook) = self.hooks().find(|hook| hook.callback_url == url) {
            element(&mut inner, "hookID", &hook.hook_id);
            element(&mut inner, "messageKey", "duplicateWarning");
            element(&mut inner, "message", "There is already a hook for this callback URL.");
            return SimulatedReply::success(&inner);
        }
        let raw = match parameters.given("getRaw").map(str::to_ascii_lowercase).as_deref() {
            Some("true") => true,
            Some("false") | None => false,
            Some(_) => return SimulatedReply::failed(NOT_CREATED),
        };
        let events = |ids: &str| ids.to_ascii_lowercase().split(',').map(str::to_owned).collect();
        let hook = SimulatedHook {
            hook_id: String::new(),
            callback_url: url.to_owned(),
            meeting_id: parameters.given("meetingID").map(str::to_owned),
            event_ids: parameters.given("eventID").map(events),
            permanent: false,
            raw,
        };
        let Some(hook) = self.hooks.add(hook) else { return SimulatedReply::failed(NOT_CREATED) };
        element(&mut inner, "hookID", &hook.hook_id);
        element(&mut inner, "permanentHook", if hook.permanent { "true" } else { "false" });
        element(&mut inner, "rawData", if hook.raw { "true" } else { "false" });
        SimulatedReply::success(&inner)
    }

    fn list_hooks(&self, parameters: &Parameters) -> SimulatedReply {
        let about = parameters.given("meetingID");
        let listed =
            |hook: &&SimulatedHook| about.is_none() || hook.meeting_id.is_none() || hook.meeting_id.as_deref() == about;
        let mut inner = String::from("<hooks>");
        for hook in self.hooks().filter(listed) {
            inner.push_str("<hook>");
            element(&mut inner, "hookID", &hook.hook_id);
            character_data(&mut inner, "callbackURL", &hook.callback_url);
            if let Some(meeting_id) = &hook.meeting_id {
                character_data(&mut inner, "meetingID", meeting_id);
            }
            if let Some(ids) = &hook.event_ids {
                element(&mut inner, "eventID", &ids.join(","));
            }
            element(&mut inner, "permanentHook", if hook.permanent { "true" } else { "false" });
            element(&mut inner, "rawData", if hook.raw { "true" } else { "false" });
            inner.push_str("</hook>");
        }
        inner.push_str("</hooks>");
        SimulatedReply::success(&inner)
    }

    fn destroy_hook(&mut self, parameters: &Parameters) -> SimulatedReply {
        let Some(id) = parameters.get("hookID") else { return SimulatedReply::failed(NO_ID) };
        if !self.drop_hook(id) {
            return SimulatedReply::failed(NOT_FOUND);
        }
        SimulatedReply::success("<removed>true</removed>")
    }
}

/// Appends `<name><![CDATA[text]]></name>`.
fn character_data(xml: &mut String, name: &str, text: &str) {
    let text = text.replace("]]>", "]]]]><![CDATA[>");
    xml.push_str(&format!("<{name}><![CDATA[{text}]]></{name}>"));
}

#[cfg(test)]
mod tests;
