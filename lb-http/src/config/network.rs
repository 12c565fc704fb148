//! What the file declares of integrations, plans, partners and routers, and what it means together with its servers.

use std::collections::{BTreeMap, HashMap};

use lb_core::network::{
    BadNetwork, Entity, Integration, IntegrationSecret, Integrations, Network, NetworkServer, ParameterRules, Partner,
    Plan, Refinements, Router, TagRules, is_name,
};

use super::entity::{KnownSecret, ParameterValue};
use super::file;
use super::meaning::{Faults, position};
use super::value::{At, List, Table, said};

type Named<T> = BTreeMap<String, Table<T>>;

/// The network that the file declares: what it says is managed by it.
pub(super) fn network(
    plans: Named<file::Plan>,
    partners: Named<file::Partner>,
    routers: Named<file::Router>,
    integrations: Vec<Table<file::Integration>>,
    mut servers: Vec<(usize, NetworkServer)>,
    faults: &mut Faults,
) -> Network {
    check_names("plan", &plans, faults);
    check_names("partner", &partners, faults);
    check_names("router", &routers, faults);
    let known = Known {
        plans: names(&plans, Some("default")),
        partners: names(&partners, None),
        routers: names(&routers, Some("default")),
    };
    let mut entities: Vec<Entity> = Vec::new();
    entities.extend(plans.into_iter().map(|(name, table)| plan(name, table.keys)));
    entities.extend(partners.into_iter().map(|(name, table)| partner(name, table.keys)));
    let (mut places, mut circling) = (HashMap::new(), Vec::new());
    for (name, table) in routers {
        let at = table.keys.fallback.as_ref().map_or(table.at, |fallback| fallback.at);
        places.insert(name.clone(), at);
        circling.push(router(name, table.keys, &known, faults));
    }
    let integrations = self::integrations(integrations, &known, faults);
    entities.extend(integrations.iter().cloned().map(Entity::Integration));
    // Each refusal names one that cannot stay; without it the others are looked at again, so that all are told.
    loop {
        let routers = circling.iter().cloned().map(Entity::from);
        let known = servers.iter().map(|(_, server)| Entity::from(server.clone()));
        match Network::new(entities.iter().cloned().chain(known).chain(routers)) {
            Ok(network) => return network,
            Err(BadNetwork::SameUrl { first, second }) => {
                // by name; who stands later in the file is told of
                let place = servers.iter().rposition(|(_, one)| one.name == first || one.name == second);
                let at = place.map_or(0, |place| servers.remove(place).0);
                faults.add(at, BadNetwork::SameUrl { first, second }.to_string());
            }
            Err(BadNetwork::Circle { router }) => {
                let text = BadNetwork::Circle { router: router.clone() }.to_string();
                faults.add(places.get(router.as_str()).copied().unwrap_or(0), text);
                circling.iter_mut().filter(|one| one.name == router).for_each(|one| one.fallback = None);
            }
            // a name that cannot be, which is told already
            Err(_) if !faults.0.is_empty() => return Network::default(),
            Err(other) => {
                faults.add(0, other.to_string());
                return Network::default();
            }
        }
    }
}

/// The names that others may name.
struct Known {
    plans: Vec<String>,
    partners: Vec<String>,
    routers: Vec<String>,
}

fn names<T>(tables: &Named<T>, always: Option<&str>) -> Vec<String> {
    let mut names: Vec<_> = tables.keys().cloned().collect();
    names.extend(always.filter(|name| !tables.contains_key(*name)).map(str::to_owned));
    names.sort_unstable();
    names
}

fn check_names<T>(what: &str, tables: &Named<T>, faults: &mut Faults) {
    for (name, table) in tables {
        if !is_name(name) {
            faults.add(table.at, format!("this {what}: {}", BadNetwork::Name));
        }
    }
}

/// The name of the `kind` that was said as the `what` of something, where it is one of `known`; else none, and a fault.
fn existing(
    said: Option<At<String>>,
    (kind, known): (&str, &[String]),
    what: &str,
    of: &str,
    faults: &mut Faults,
) -> Option<String> {
    let At { at, value } = said?;
    if known.contains(&value) {
        return Some(value);
    }
    let there =
        if known.is_empty() { "there are none".to_owned() } else { format!("{kind}s are {}", known.join(", ")) };
    faults.add(at, format!("{of} has a {what} that does not exist; {there}"));
    None
}

fn plan(name: String, keys: file::Plan) -> Entity {
    let plan = Plan {
        active: said(keys.active).unwrap_or(true),
        may_record: said(keys.may_record).unwrap_or(true),
        max_concurrent_meetings: said(keys.max_concurrent_meetings),
        max_concurrent_users: said(keys.max_concurrent_users),
        max_users_per_meeting: said(keys.max_users_per_meeting),
        max_duration: said(keys.max_duration),
        calls_per_second: said(keys.calls_per_second).map(u32::from),
        allowed_calls: keys.allowed_calls.map(|list| list.values.into_iter().collect()),
        managed: true,
        ..Plan::new(name)
    };
    plan.into()
}

fn partner(name: String, keys: file::Partner) -> Entity {
    let partner = Partner {
        display_name: said(keys.display_name).unwrap_or_else(|| name.clone()),
        contact: said(keys.contact).unwrap_or_default(),
        servers: values(keys.servers).into_iter().map(Into::into).collect(),
        managed: true,
        ..Partner::new(name)
    };
    partner.into()
}

fn router(name: String, keys: file::Router, known: &Known, faults: &mut Faults) -> Router {
    let fallback = existing(keys.fallback, ("router", &known.routers), "fallback", &format!("router {name}"), faults);
    let canary = existing(keys.canary, ("router", &known.routers), "canary", &format!("router {name}"), faults);
    let default = Router::new(name);
    let weights = keys.weights.map(|table| table.keys).unwrap_or_default();
    Router {
        policy: said(keys.policy).map_or(default.policy, |policy| policy.0),
        radius_km: said(keys.radius_km).map_or(default.radius_km, |radius| radius.0),
        weights: weights.into_iter().map(|(server, weight)| (server.into(), weight.value.0)).collect(),
        fallback: fallback.map(Into::into),
        refinements: Refinements {
            only_tags: values(keys.only_tags),
            prefer_tags: values(keys.prefer_tags),
            max_users: said(keys.max_users).map(|most| most.0),
            max_cpu: said(keys.max_cpu).map(|most| most.0),
            tie_break: said(keys.tie_break).map(|policy| policy.0),
            tie_within: said(keys.tie_within).map_or(0.0, |within| within.0),
            canary: canary.map(Into::into),
            canary_share: said(keys.canary_share).map_or(0.0, |share| share.0),
        },
        managed: true,
        name: default.name,
    }
}

fn integrations(tables: Vec<Table<file::Integration>>, known: &Known, faults: &mut Faults) -> Integrations {
    let (mut places, mut list): (Vec<usize>, Vec<Integration>) =
        tables.into_iter().filter_map(|table| integration(table, known, faults)).unzip();
    // Each refusal names one that cannot stay; without it the others are looked at again, so that all are told.
    loop {
        let refused = match Integrations::new(list.iter().cloned()) {
            Ok(integrations) => return integrations,
            Err(refused) => refused,
        };
        let name = match &refused {
            BadNetwork::SameName { name } | BadNetwork::EmptySecret { name } | BadNetwork::TooManySecrets { name } => {
                name
            }
            BadNetwork::SameSecret { second, .. } => second,
            BadNetwork::TwoRules { integration, .. } => integration,
            _ => return Integrations::default(),
        };
        let Some(index) = list.iter().rposition(|integration| integration.name == *name) else {
            return Integrations::default();
        };
        list.remove(index);
        faults.add(places.remove(index), refused.to_string());
    }
}

fn integration(table: Table<file::Integration>, known: &Known, faults: &mut Faults) -> Option<(usize, Integration)> {
    let Table { at: table_at, keys } = table;
    let position = position(keys.latitude, keys.longitude, faults);
    let Some(name) = keys.name else {
        faults.add(table_at, "an integration must have a name");
        return None;
    };
    let At { at, value: name } = name;
    if !is_name(&name) {
        faults.add(at, format!("this integration: {}", BadNetwork::Name));
        return None;
    }
    let of = format!("integration {name}");
    let secrets: Vec<IntegrationSecret> =
        keys.secrets.map(|entries| entries.0).unwrap_or_default().into_iter().map(secret).collect();
    let plan = existing(keys.plan, ("plan", &known.plans), "plan", &of, faults);
    let router = existing(keys.router, ("router", &known.routers), "router", &of, faults);
    let partner = existing(keys.partner, ("partner", &known.partners), "partner", &of, faults);
    if secrets.is_empty() {
        faults.add(at, BadNetwork::NoSecret { name: name.into() }.to_string());
        return None;
    }
    let tags = TagRules {
        required: values(keys.required_tags),
        preferred: values(keys.preferred_tags),
        forbidden: values(keys.forbidden_tags),
    };
    let integration = Integration {
        display_name: said(keys.display_name).unwrap_or_else(|| name.clone()),
        active: said(keys.active).unwrap_or(true),
        secrets,
        partner: partner.map(Into::into),
        plan: plan.unwrap_or_else(|| "default".to_owned()).into(),
        router: router.unwrap_or_else(|| "default".to_owned()).into(),
        position,
        tags,
        create: rules(keys.create),
        join: rules(keys.join),
        callback_hosts: values(keys.callback_hosts),
        managed: true,
        ..Integration::new(name, "")
    };
    Some((at, integration))
}

fn secret(known: KnownSecret) -> IntegrationSecret {
    IntegrationSecret {
        label: known.label.unwrap_or_default(),
        expires_at: known.expires,
        ..IntegrationSecret::from(known.secret)
    }
}

fn rules(table: Option<Table<file::Rules>>) -> ParameterRules {
    let Some(Table { keys, .. }) = table else { return ParameterRules::default() };
    let texts = |table: Option<Table<BTreeMap<String, At<ParameterValue>>>>| {
        let all = table.map(|table| table.keys).unwrap_or_default();
        all.into_iter().map(|(name, value)| (name, value.value.0)).collect()
    };
    let capped = keys.capped.map(|table| table.keys).unwrap_or_default();
    ParameterRules {
        default: texts(keys.default),
        forced: texts(keys.forced),
        capped: capped.into_iter().map(|(name, most)| (name, most.value.get().into())).collect(),
        blocked: values(keys.blocked).into_iter().collect(),
    }
}

fn values(list: Option<List<String>>) -> Vec<String> {
    list.map(|list| list.values).unwrap_or_default()
}
