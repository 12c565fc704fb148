//! [`differences`]: what is other than before in an integration, a plan, a partner, a router or a server, as it is told.

mod secrets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::{
    Entity, Integration, NetworkServer, ParameterRules, Partner, Plan, Refinements, Router, ServerFacts, TagRules,
};
use crate::api::create;
use crate::checksum::Algorithm;
use crate::clock::Timestamp;
use crate::event::{Change, HIDDEN};
use crate::secret::Secret;

/// What differs between `before` and `after`, field by field, under the names of the configuration file. Of something new:
/// what differs from the default. Of something that is gone: nothing.
///
/// No secret is in it, and no value of a parameter that may be one.
pub fn differences(before: Option<&Entity>, after: Option<&Entity>) -> Vec<Change> {
    let mut found = Differences::default();
    match (before, after) {
        (_, None) => {}
        (Some(Entity::Plan(before)), Some(Entity::Plan(after))) => found.plan(before, after),
        (Some(Entity::Partner(before)), Some(Entity::Partner(after))) => found.partner(before, after),
        (Some(Entity::Router(before)), Some(Entity::Router(after))) => found.router(before, after),
        (Some(Entity::Integration(before)), Some(Entity::Integration(after))) => found.integration(before, after),
        (Some(Entity::Server(before)), Some(Entity::Server(after))) => found.server(before, after),
        (_, Some(Entity::Plan(after))) => found.plan(&Plan::new(after.name.clone()), after),
        (_, Some(Entity::Partner(after))) => found.partner(&Partner::new(after.name.clone()), after),
        (_, Some(Entity::Router(after))) => found.router(&Router::new(after.name.clone()), after),
        (_, Some(Entity::Server(after))) => found.server(&NetworkServer::new(after.name.clone()), after),
        (_, Some(Entity::Integration(after))) => {
            let plain = Integration { secrets: Vec::new(), ..Integration::new(after.name.clone(), "") };
            found.integration(&plain, after);
        }
    }
    found.changes
}

/// What was found so far.
#[derive(Default)]
struct Differences {
    changes: Vec<Change>,
}

impl Differences {
    fn plan(&mut self, before: &Plan, after: &Plan) {
        let Plan {
            name: _,
            active,
            may_record,
            max_concurrent_meetings,
            max_concurrent_users,
            max_users_per_meeting,
            max_duration,
            calls_per_second,
            allowed_calls,
            managed,
        } = after;
        self.plain("active", Some(&before.active), Some(active));
        self.plain("may_record", Some(&before.may_record), Some(may_record));
        let meetings = before.max_concurrent_meetings.as_ref();
        self.plain("max_concurrent_meetings", meetings, max_concurrent_meetings.as_ref());
        self.plain("max_concurrent_users", before.max_concurrent_users.as_ref(), max_concurrent_users.as_ref());
        self.plain("max_users_per_meeting", before.max_users_per_meeting.as_ref(), max_users_per_meeting.as_ref());
        self.told("max_duration", before.max_duration.map(lasting), max_duration.map(lasting));
        self.plain("calls_per_second", before.calls_per_second.as_ref(), calls_per_second.as_ref());
        self.told("allowed_calls", before.allowed_calls.as_ref().map(json), allowed_calls.as_ref().map(json));
        self.plain("managed", Some(&before.managed), Some(managed));
    }

    fn partner(&mut self, before: &Partner, after: &Partner) {
        let Partner { name: _, display_name, contact, servers, managed } = after;
        self.plain("display_name", Some(&before.display_name), Some(display_name));
        self.plain("contact", Some(&before.contact), Some(contact));
        self.json("servers", &before.servers, servers);
        self.plain("managed", Some(&before.managed), Some(managed));
    }

    fn router(&mut self, before: &Router, after: &Router) {
        let Router { name: _, policy, radius_km, weights, fallback, refinements, managed } = after;
        let Refinements { only_tags, prefer_tags, max_users, max_cpu, tie_break, tie_within, canary, canary_share } =
            refinements;
        let was = &before.refinements;
        self.plain("policy", Some(&before.policy), Some(policy));
        self.plain("radius_km", Some(&before.radius_km), Some(radius_km));
        self.json("weights", &before.weights, weights);
        self.plain("fallback", before.fallback.as_ref(), fallback.as_ref());
        self.json("only_tags", &was.only_tags, only_tags);
        self.json("prefer_tags", &was.prefer_tags, prefer_tags);
        self.plain("max_users", was.max_users.as_ref(), max_users.as_ref());
        self.plain("max_cpu", was.max_cpu.as_ref(), max_cpu.as_ref());
        self.plain("tie_break", was.tie_break.as_ref(), tie_break.as_ref());
        self.plain("tie_within", Some(&was.tie_within), Some(tie_within));
        self.plain("canary", was.canary.as_ref(), canary.as_ref());
        self.plain("canary_share", Some(&was.canary_share), Some(canary_share));
        self.plain("managed", Some(&before.managed), Some(managed));
    }

    fn server(&mut self, before: &NetworkServer, after: &NetworkServer) {
        let NetworkServer { name: _, facts, managed } = after;
        let ServerFacts { api_url, secret, position, capacity, weight, tags, checksum } = facts;
        let was = &before.facts;
        self.plain("url", was.api_url.as_ref(), api_url.as_ref());
        if was.secret != *secret {
            let hidden = |secret: &Option<Secret>| secret.as_ref().map(|_| HIDDEN.to_owned());
            self.changes.push(Change::new("secret", hidden(&was.secret), hidden(secret)));
        }
        let (stood, stands) = (was.position.as_ref(), position.as_ref());
        self.plain("latitude", stood.map(|stood| &stood.latitude), stands.map(|stands| &stands.latitude));
        self.plain("longitude", stood.map(|stood| &stood.longitude), stands.map(|stands| &stands.longitude));
        self.plain("capacity", was.capacity.as_ref(), capacity.as_ref());
        self.plain("weight", was.weight.as_ref(), weight.as_ref());
        self.told("tags", was.tags.as_ref().map(json), tags.as_ref().map(json));
        let word = |checksum: Algorithm| checksum.as_str().to_owned();
        self.told("checksum", was.checksum.map(word), checksum.map(word));
        self.plain("managed", Some(&before.managed), Some(managed));
    }

    fn integration(&mut self, before: &Integration, after: &Integration) {
        let Integration {
            name: _,
            display_name,
            active,
            secrets,
            partner,
            plan,
            router,
            position,
            tags: TagRules { required, preferred, forbidden },
            create,
            join,
            callback_hosts,
            managed,
        } = after;
        self.plain("display_name", Some(&before.display_name), Some(display_name));
        self.plain("active", Some(&before.active), Some(active));
        self.secrets(&before.secrets, secrets);
        self.plain("plan", Some(&before.plan), Some(plan));
        self.plain("router", Some(&before.router), Some(router));
        self.plain("partner", before.partner.as_ref(), partner.as_ref());
        let (was, is) = (before.position.as_ref(), position.as_ref());
        self.plain("latitude", was.map(|was| &was.latitude), is.map(|is| &is.latitude));
        self.plain("longitude", was.map(|was| &was.longitude), is.map(|is| &is.longitude));
        self.json("required_tags", &before.tags.required, required);
        self.json("preferred_tags", &before.tags.preferred, preferred);
        self.json("forbidden_tags", &before.tags.forbidden, forbidden);
        self.json("callback_hosts", &before.callback_hosts, callback_hosts);
        self.rules("create", &before.create, create);
        self.rules("join", &before.join, join);
        self.plain("managed", Some(&before.managed), Some(managed));
    }

    fn rules(&mut self, call: &str, before: &ParameterRules, after: &ParameterRules) {
        let ParameterRules { default, forced, capped, blocked } = after;
        self.values(format!("{call}.default"), &before.default, default);
        self.values(format!("{call}.forced"), &before.forced, forced);
        self.json(format!("{call}.capped"), &before.capped, capped);
        self.json(format!("{call}.blocked"), &before.blocked, blocked);
    }

    /// Values of parameters, but for those that may be secret.
    fn values(&mut self, field: String, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
        if before != after {
            let shown = |values: &BTreeMap<String, String>| {
                let shown = |(name, value)| (name, if create::may_be_kept(name) { value } else { HIDDEN });
                let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).map(shown);
                json(&values.collect::<BTreeMap<_, _>>())
            };
            self.changes.push(Change::new(field, Some(shown(before)), Some(shown(after))));
        }
    }

    fn plain<T: ToString + PartialEq>(&mut self, field: &str, before: Option<&T>, after: Option<&T>) {
        self.told(field, before.map(T::to_string), after.map(T::to_string));
    }

    fn json<T: Serialize + PartialEq>(&mut self, field: impl Into<String>, before: &T, after: &T) {
        self.told(field, Some(json(before)), Some(json(after)));
    }

    fn told(&mut self, field: impl Into<String>, before: Option<String>, after: Option<String>) {
        if before != after {
            self.changes.push(Change::new(field, before, after));
        }
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// As the configuration file writes it.
fn lasting(duration: Duration) -> String {
    let signed = jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX);
    format!("{signed:#}")
}

/// As the configuration file writes it; one beyond the year 9999 in milliseconds since 1970.
fn moment(at: Timestamp) -> String {
    let moment = i64::try_from(at.as_millis()).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    moment.map_or_else(|| at.as_millis().to_string(), |moment| moment.to_string())
}
