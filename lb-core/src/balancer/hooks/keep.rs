//! The balancer's own hook on each server: looked up every minute, and made where it is not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use url::Url;

use crate::api::{Answer, Params, hooks};
use crate::balancer::Balancer;
use crate::checksum::Algorithm;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::gateway::{ServerCall, ServerReply};
use crate::server::{Server, ServerName, ServerState};

/// How often it is looked whether a hook is still there.
const LOOKED_UP: Duration = Duration::from_secs(60);

/// How often a server without bbb-webhooks is asked whether it has got them.
const ASKED_AGAIN: Duration = Duration::from_secs(3600);

/// After so many failed looks in a row a server is no more taken for one that tells.
const MOST_FAILURES: u32 = 3;

/// What is known of bbb-webhooks on each server. Held for one look or one change.
#[derive(Debug, Default)]
pub(in crate::balancer) struct ServerHooks(Mutex<HashMap<ServerName, Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    /// Whether the balancer's hook is there.
    registered: bool,
    /// Failed looks in a row.
    failures: u32,
    /// When to look again.
    next: Timestamp,
    /// What its bbb-webhooks take, which may be less than its API takes.
    algorithm: Algorithm,
    /// When it was last told that a post to the hook was forged.
    forged_at: Option<Timestamp>,
}

/// Why there is no hook.
enum NoHook {
    /// The server has no bbb-webhooks.
    NotInstalled,
    /// It did not take the signature.
    Signature,
    /// It did not answer, or not usably.
    Trouble,
}

impl ServerHooks {
    fn lock(&self) -> MutexGuard<'_, HashMap<ServerName, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a forged post is to be told of: once a minute for each server.
    pub(super) fn tell_forged(&self, server: &ServerName, now: Timestamp) -> bool {
        let mut known = self.lock();
        let Some(known) = known.get_mut(server) else { return false };
        let due = known.forged_at.is_none_or(|at| now.since(at) >= LOOKED_UP);
        if due {
            known.forged_at = Some(now);
        }
        due
    }
}

impl Balancer {
    /// The servers on which the balancer's own hook is to be [looked after](Self::keep_hook) now; none without a
    /// [relay](crate::balancer::BalancerBuilder::relay), or where [`Settings::webhooks`](crate::balancer::Settings::webhooks)
    /// is off.
    pub fn hooks_due(&self) -> Vec<ServerName> {
        if self.relay.is_none() || !self.settings.webhooks {
            return Vec::new();
        }
        let (fleet, now) = (self.fleet(), self.clock.now());
        let mut known = self.server_hooks.lock();
        known.retain(|name, _| fleet.server(name).is_some());
        let asked = fleet.servers().iter().filter(|server| {
            // a server that only holds recordings tells what becomes of them
            server.state().takes_calls() || server.state() == ServerState::Recording
        });
        // what is due later than any pause ends was put off by a clock that has been set back since
        let due = |known: &Known| known.next <= now || known.next > now + ASKED_AGAIN;
        asked.map(|server| server.server.name.clone()).filter(|name| known.get(name).is_none_or(due)).collect()
    }

    /// Makes sure that the balancer's own hook is on a server, if that has bbb-webhooks. Whatever comes of it says nothing of the
    /// server's health: bbb-webhooks are a program beside BBB.
    ///
    /// # Cancel safety
    /// May be dropped at any time; it is looked again the next time.
    pub async fn keep_hook(&self, name: &ServerName) {
        let Some(server) = self.fleet().server(name).cloned() else { return };
        let Some(url) = self.own_hook_url(&server.server) else { return };
        let before = self.server_hooks.lock().get(name).copied();
        let mut signed = Server::clone(&server.server);
        signed.checksum = before.map_or(signed.checksum, |known| known.algorithm);
        let mut made = self.registered(&signed, &url).await;
        if matches!(made, Err(NoHook::Signature)) {
            // bbb-webhooks before 3 take SHA-1 alone; others may take all but it
            signed.checksum = if signed.checksum == Algorithm::Sha1 { server.server.checksum } else { Algorithm::Sha1 };
            made = self.registered(&signed, &url).await;
        }
        let now = self.clock.now();
        let failures = before.map_or(0, |known| known.failures) + 1;
        let was_registered = before.is_some_and(|known| known.registered);
        let (registered, failures, pause) = match made {
            Ok(_) => (true, 0, LOOKED_UP),
            Err(NoHook::NotInstalled) => (false, 0, ASKED_AGAIN),
            Err(NoHook::Signature | NoHook::Trouble) => (was_registered, failures, LOOKED_UP),
        };
        let forged_at = before.and_then(|known| known.forged_at);
        let known = Known { registered, failures, next: now + pause, algorithm: signed.checksum, forged_at };
        self.server_hooks.lock().insert(name.clone(), known);
        if matches!(made, Ok(true)) {
            self.emit(EventKind::HookRegistered { server: name.clone(), again: was_registered });
        }
    }

    /// Whether a server tells what goes on in its meetings.
    pub(super) fn server_tells(&self, name: &ServerName) -> bool {
        let known = self.server_hooks.lock().get(name).copied();
        self.settings.webhooks && known.is_some_and(|known| known.registered && known.failures < MOST_FAILURES)
    }

    /// Looks for the hook, and makes it where it is not: then `true`. Older ones of this balancer are taken away.
    async fn registered(&self, server: &Server, url: &Url) -> Result<bool, NoHook> {
        let attempt = self.settings.attempt;
        let call = ServerCall::read(server, "hooks/list", "", attempt);
        let reply = self.send_simply(server, call).await.map_err(|_| NoHook::Trouble)?;
        let listed = read(&reply, hooks::read_list)?;
        let path = url.path().rsplit('/').next().unwrap_or_default();
        let of_old = listed.iter().filter(|hook| hook.url != url.as_str() && hook.url.ends_with(path));
        for hook in of_old {
            // the balancer has moved to another public URL
            let query = Params::from_iter([("hookID", &hook.id)]).encode();
            // whether or not it goes: nothing of it is believed any more
            let _ = self.send_simply(server, ServerCall::change(server, "hooks/destroy", &query, None, attempt)).await;
        }
        if listed.iter().any(|hook| hook.url == url.as_str()) {
            return Ok(false);
        }
        let query = Params::from_iter([("callbackURL", url.as_str())]).encode();
        let call = ServerCall::change(server, "hooks/create", &query, None, attempt);
        let reply = self.send_simply(server, call).await.map_err(|_| NoHook::Trouble)?;
        read(&reply, |answer| answer.is_success().then_some(true))
    }
}

fn read<T>(reply: &ServerReply, usable: impl FnOnce(&Answer<'_>) -> Option<T>) -> Result<T, NoHook> {
    match Answer::read(reply) {
        Ok(answer) if &*answer.key() == "checksumError" => Err(NoHook::Signature),
        Ok(answer) if &*answer.key() == "unsupportedRequest" => Err(NoHook::NotInstalled),
        Ok(answer) => usable(&answer).ok_or(NoHook::Trouble),
        // a page in place of XML, as BBB answers calls that it does not have; the web server's own errors may pass
        Err(_) if reply.status >= 500 => Err(NoHook::Trouble),
        Err(_) => Err(NoHook::NotInstalled),
    }
}
