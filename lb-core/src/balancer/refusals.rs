//! [`Refusals`]: the calls that were refused of late, so that it can be found out why. In memory only.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::known::Known;
use crate::api::{ApiRequest, Call, Failure, Method, Route};
use crate::clock::Timestamp;
use crate::journal::Recent;
use crate::network::IntegrationName;
use crate::secret::Secret;

/// Refused calls of one integration; the oldest goes.
const OF_ONE: usize = 20;

/// Refused calls of nobody; the oldest goes.
const OF_NOBODY: usize = 200;

/// Integrations that refused calls are known of; the one goes that was not refused anything for longest.
const INTEGRATIONS: usize = 10_000;

/// Queries kept of all of them; the oldest goes.
const QUERIES: usize = 2000;

/// The longest query that is kept, with the form behind it, in bytes.
const LONGEST: usize = 4096;

/// Secrets of one integration that were taken away and are remembered.
const REMOVED: usize = 5;

/// The same refusal from the same address within this time is one.
const SAME: Duration = Duration::from_secs(1);

/// A call that was refused.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// When, the last time.
    pub(super) at: Timestamp,
    /// How often in a row.
    pub(super) times: u32,
    /// Where it came from.
    pub(super) address: Option<IpAddr>,
    /// Which call, as far as it is a known one.
    pub(super) call: &'static str,
    /// Why.
    pub(super) failure: Failure,
    /// Whose it is, or would be by what it says of itself.
    pub(super) whose: Option<IntegrationName>,
    // under which it is kept what was signed
    number: u64,
    signed: Signed,
}

/// What was signed, if that matters.
#[derive(Clone, Debug)]
pub(super) enum Signed {
    /// It does not matter: the checksum was right.
    Well,
    /// This.
    Over(Arc<SignedWrongly>),
    /// It is too long, or it was so long ago that it is not kept any more.
    NotKept,
}

/// A call whose checksum was wrong, as it came in.
pub(super) struct SignedWrongly {
    /// The call as it stands in the path.
    pub(super) call: String,
    /// The query, checksum and all.
    pub(super) query: String,
    /// The body of a form.
    pub(super) form: Option<String>,
}

impl fmt::Debug for SignedWrongly {
    /// Nothing of it: it carries passwords and a checksum, and what stands in the path may be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedWrongly([redacted])")
    }
}

impl Refused {
    /// A call that was refused at `at`.
    pub(super) fn new(failure: Failure, request: &ApiRequest, route: Route<'_>, known: &Known, at: Timestamp) -> Self {
        let signed = match failure {
            Failure::Checksum => {
                SignedWrongly::of(request, route).map_or(Signed::NotKept, |one| Signed::Over(one.into()))
            }
            _ => Signed::Well,
        };
        Self {
            at,
            times: 1,
            address: request.address,
            call: Call::named(route.call).map_or("unknown", Call::name),
            failure,
            whose: known.integration.as_ref().or(known.hint.as_ref()).cloned(),
            number: 0,
            signed,
        }
    }

    fn is_same(&self, next: &Self) -> bool {
        next.at.since(self.at) < SAME
            && (self.address, self.call, self.failure) == (next.address, next.call, next.failure)
    }
}

impl SignedWrongly {
    fn of(request: &ApiRequest, route: Route<'_>) -> Option<Self> {
        let is_form = request.method == Method::Post
            && request.content_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("urlencoded"));
        let form = if is_form { &*request.body } else { &[] };
        if route.call.len() + request.query.len() + form.len() > LONGEST {
            return None;
        }
        let form = is_form.then(|| String::from_utf8_lossy(form).into_owned());
        Some(Self { call: route.call.to_owned(), query: request.query.clone(), form })
    }
}

/// What was refused of late. Held for one note or one look.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<All>);

#[derive(Debug, Default)]
struct All {
    of: Recent<IntegrationName, VecDeque<Refused>>,
    of_nobody: VecDeque<Refused>,
    // the calls with wrong checksums, by number
    signed: BTreeMap<u64, Arc<SignedWrongly>>,
    last: u64,
    removed: Recent<IntegrationName, VecDeque<Secret>>,
}

impl Refusals {
    fn lock(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call was refused.
    pub(super) fn note(&self, refused: Refused) {
        self.lock().note(refused);
    }

    /// What was refused of `name`'s, the newest first.
    pub(super) fn of(&self, name: &IntegrationName) -> Vec<Refused> {
        let all = self.lock();
        let of = all.of.get(name).into_iter().flatten().rev();
        of.map(|refused| all.shown(refused)).collect()
    }

    /// What was refused of nobody's, the newest first.
    pub(super) fn of_nobody(&self) -> Vec<Refused> {
        let all = self.lock();
        all.of_nobody.iter().rev().map(|refused| all.shown(refused)).collect()
    }

    /// A secret was taken away from an integration.
    pub(super) fn removed(&self, name: &IntegrationName, secret: &Secret) {
        let mut all = self.lock();
        let removed = all.removed.touch(name);
        removed.retain(|known| known != secret);
        removed.push_back(secret.clone());
        if removed.len() > REMOVED {
            removed.pop_front();
        }
        if all.removed.len() > INTEGRATIONS {
            all.removed.remove_oldest();
        }
    }

    /// The secrets that were taken away from an integration of late.
    pub(super) fn removed_of(&self, name: &IntegrationName) -> Vec<Secret> {
        self.lock().removed.get(name).into_iter().flatten().cloned().collect()
    }

    /// An integration is gone: nobody is to learn anything of it who comes under its name.
    pub(super) fn forget(&self, name: &IntegrationName) {
        let mut all = self.lock();
        let gone = all.of.remove(name).unwrap_or_default();
        all.forget_signed(gone);
        all.removed.remove(name);
    }
}

impl All {
    fn note(&mut self, mut refused: Refused) {
        self.last += 1;
        refused.number = self.last;
        if let Signed::Over(signed) = std::mem::replace(&mut refused.signed, Signed::NotKept) {
            // kept apart, so that all of them together are bounded
            self.signed.insert(refused.number, signed);
        } else if refused.failure != Failure::Checksum {
            refused.signed = Signed::Well;
        }
        let (of, most) = match &refused.whose {
            Some(name) => (self.of.touch(name), OF_ONE),
            None => (&mut self.of_nobody, OF_NOBODY),
        };
        let mut gone = Vec::new();
        if let Some(same) = of.back().filter(|last| last.is_same(&refused)) {
            refused.times = same.times.saturating_add(1);
            gone.extend(of.pop_back());
        } else if of.len() >= most {
            gone.extend(of.pop_front());
        }
        of.push_back(refused);
        self.forget_signed(gone);
        if self.of.len() > INTEGRATIONS {
            let gone = self.of.remove_oldest().unwrap_or_default();
            self.forget_signed(gone);
        }
        if self.signed.len() > QUERIES {
            self.signed.pop_first();
        }
    }

    fn forget_signed(&mut self, gone: impl IntoIterator<Item = Refused>) {
        for refused in gone {
            self.signed.remove(&refused.number);
        }
    }

    fn shown(&self, refused: &Refused) -> Refused {
        let signed = self.signed.get(&refused.number).map(|signed| Signed::Over(Arc::clone(signed)));
        Refused { signed: signed.unwrap_or_else(|| refused.signed.clone()), ..refused.clone() }
    }
}

impl Refused {
    /// What was signed, if that matters and is kept.
    pub(super) fn signed(&self) -> &Signed {
        &self.signed
    }
}

#[cfg(test)]
mod tests;
