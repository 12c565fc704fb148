//! Routers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::Wish;
use lb_core::network::{EntityName, Router, RouterName};
use lb_core::placement;
use serde_json::Value;

use super::entity::{
    Asked, Cell, Column, EntityKind, Ground, KindWords, ListPage, ListRow, Listed, MOST_USES, Refused, Use, body_of,
    form_pages, listed, new_pages, one, removal_pages,
};
use super::plans::{counts, integrations_of};
use crate::pages::fields::{Field, Kind, Pick};
use crate::pages::frame::{Section, show};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::{Words, fill};
use crate::rest::routers::{self, RouterBody, RouterView};
use crate::rest::{BodyOf, PathOf, Precondition, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/routers", Right::ViewNetwork, list);
    new_pages::<Routers>(pages);
    pages.get("/admin/routers/{name}", Right::ViewNetwork, show_one);
    form_pages::<Routers>(pages);
    removal_pages::<Routers>(pages);
}

pub(super) struct Routers;

impl EntityKind for Routers {
    const BASE: &'static str = "/admin/routers";
    const NEW: &'static str = "/admin/routers/new";
    const EDIT: &'static str = "/admin/routers/{name}/edit";
    const REMOVE: &'static str = "/admin/routers/{name}/remove";
    const SECTION: Section = Section::Routers;

    fn words(w: &'static Words) -> KindWords {
        KindWords { title: w.routers.title, one: w.routers.one, new: w.routers.new, lead: w.routers.lead }
    }

    fn entity(name: &str) -> EntityName {
        RouterName::from(name).into()
    }

    fn fields(ground: &Ground<'_>, name: Option<&str>) -> Vec<Field> {
        let w = &ground.w.routers;
        let mut policies: Vec<_> = placement::NAMES
            .iter()
            .map(|policy| Pick::new(*policy, *policy).hint(explained(ground.w, policy)))
            .collect();
        let present = name.and_then(|name| ground.network.router(name));
        // an embedder may have made one more
        if let Some(router) = present.filter(|router| !placement::NAMES.contains(&router.policy.as_str())) {
            policies.push(Pick::new(&*router.policy, &*router.policy));
        }
        let others = ground.network.routers().filter(|router| Some(router.name.as_str()) != name);
        let others: Vec<_> = others.map(|router| router.name.to_string()).collect();
        let or = |none: &str| {
            let named = others.iter().map(|name| Pick::new(name, name));
            std::iter::once(Pick::new("", none)).chain(named).collect()
        };
        let named = placement::NAMES.iter().filter(|policy| !placement::LEARNING.contains(policy));
        let named = named.map(|policy| Pick::new(*policy, *policy));
        let tie_breaks = std::iter::once(Pick::new("", w.no_policy)).chain(named).collect();
        vec![
            Field::new("policy", Kind::Radio(policies), w.policy, w.policy_hint).required(),
            Field::new("radius_km", Kind::Decimal { least: 0.0, most: f64::MAX }, w.radius, w.radius_hint)
                .unit("km")
                .required(),
            Field::new("weights", Kind::Numbers, w.weights, w.weights_hint),
            Field::new("fallback", Kind::Choice(or(w.no_fallback)), w.fallback, w.fallback_hint).nothing(w.no_fallback),
            Field::new("only_tags", Kind::Lines, w.only_tags, w.only_tags_hint),
            Field::new("prefer_tags", Kind::Lines, w.prefer_tags, w.prefer_tags_hint),
            Field::new("max_users", Kind::Decimal { least: 1.0, most: 100_000.0 }, w.max_users, w.max_users_hint),
            Field::new("max_cpu", Kind::Decimal { least: 1.0, most: 100.0 }, w.max_cpu, w.max_cpu_hint).unit("%"),
            Field::new("tie_break", Kind::Choice(tie_breaks), w.tie_break, w.tie_break_hint).nothing(w.no_policy),
            Field::new("tie_within", Kind::Decimal { least: 0.0, most: 1_000_000.0 }, w.tie_within, w.tie_within_hint)
                .required(),
            Field::new("canary", Kind::Choice(or(w.no_canary)), w.canary, w.canary_hint).nothing(w.no_canary),
            Field::new("canary_share", Kind::Decimal { least: 0.0, most: 1.0 }, w.canary_share, w.canary_share_hint)
                .required(),
        ]
    }

    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem> {
        let body = match name {
            None => RouterBody::default(),
            Some(name) => {
                let router = ground.network.router(name).ok_or_else(|| Problem::not_found(Self::entity(name)))?;
                RouterView::from(router).body
            }
        };
        Ok(serde_json::to_value(body).unwrap_or_default())
    }

    fn wish(_: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused> {
        let router = body_of::<RouterBody>(body)?.named(name.into());
        Ok(Wish { entities: vec![router.into()], ..Wish::default() })
    }

    async fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> Result<Response, Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        routers::put(service, caller, PathOf(name.into()), precondition, BodyOf(body_of(body)?)).await
    }

    async fn remove(ground: &Ground<'_>, name: &str, precondition: Precondition) -> Result<(), Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        routers::remove(service, caller, PathOf(name.into()), precondition).await.map(drop)
    }

    fn used_by(ground: &Ground<'_>, name: &str) -> (Vec<Use>, usize) {
        let (mut uses, count) = integrations_of(ground, |integration| integration.router.as_str() == name);
        let leads_here = |router: &&Arc<Router>| router.fallback.as_ref().is_some_and(|next| next.as_str() == name);
        let others: Vec<_> = ground.network.routers().filter(leads_here).collect();
        let rest = MOST_USES.saturating_sub(uses.len());
        uses.extend(others.iter().take(rest).map(|router| Use {
            kind: ground.w.routers.one,
            name: router.name.to_string(),
            href: Self::href(router.name.as_str(), ""),
        }));
        (uses, count + others.len())
    }

    fn meaning(ground: &Ground<'_>, name: &str) -> String {
        let (_, count) = integrations_of(ground, |integration| integration.router.as_str() == name);
        fill(ground.w.routers.meaning, &[&count])
    }

    fn removal(ground: &Ground<'_>, _: &str) -> String {
        ground.w.routers.removal.to_owned()
    }

    fn always(ground: &Ground<'_>, name: &str) -> Option<&'static str> {
        (name == "default").then_some(ground.w.routers.always)
    }
}

/// What a policy does.
fn explained(w: &'static Words, policy: &str) -> &'static str {
    let w = &w.routers;
    match policy {
        "nearest-least-cpu" => w.nearest_least_cpu,
        "least-cpu" => w.least_cpu,
        "least-users" => w.least_users,
        "least-meetings" => w.least_meetings,
        "nearest" => w.nearest,
        "weighted" => w.weighted,
        "power-of-two" => w.power_of_two,
        "random" => w.random,
        "round-robin" => w.round_robin,
        "predictive" => w.predictive,
        "geo-predictive" => w.geo_predictive,
        "scalelite" => w.scalelite,
        "b3scale" => w.b3scale,
        "bbblb" => w.bbblb,
        "bbblb-as-built" => w.bbblb_as_built,
        "b3lb" => w.b3lb,
        "bigblueswarm" => w.bigblueswarm,
        "mconf-2012" => w.mconf_2012,
        _ => "",
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, counts) = (&ground.w.routers, counts(&ground.network, |one| Some(one.router.as_str())));
    let frame = visitor.frame(w.title, Section::Routers);
    let fitting: Vec<_> =
        ground.network.routers().filter(|router| asked.fits(&[router.name.as_str(), &router.policy])).collect();
    let row = |router: &Arc<Router>| ListRow {
        name: router.name.to_string(),
        note: String::new(),
        href: Routers::href(router.name.as_str(), ""),
        managed: router.managed,
        cells: vec![
            Cell::from(router.policy.as_str()),
            Cell::from(format!("{} km", frame.decimal(router.radius_km, 0))),
            Cell::from(router.fallback.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::from(frame.number(counts.get(router.name.as_str()).copied().unwrap_or_default())),
        ],
        tone: "",
    };
    let fitting = (fitting, ground.network.routers().len());
    let Listed { rows, counted, pager, narrowed } =
        listed(&frame, Routers::BASE, &asked, fitting, |router| router.name.as_str(), row)?;
    show(&ListPage {
        base: Routers::BASE,
        words: Routers::words(ground.w),
        new: ground.may(Right::Administer).then_some(Routers::NEW),
        asked,
        narrowed,
        selects: Vec::new(),
        columns: vec![
            Column::text(w.policy),
            Column::number(w.radius),
            Column::text(w.fallback_short),
            Column::number(ground.w.frame.integrations),
        ],
        rows,
        counted,
        pager,
        frozen: None,
        frame,
    })
}

async fn show_one(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    one::<Routers>(&Ground::of(&service, &visitor)?, &name)
}
