//! Plans.

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::api::Call;
use lb_core::balancer::Wish;
use lb_core::network::{EntityName, Integration, Network, Plan, PlanName};
use serde_json::Value;

use super::entity::{
    Asked, Cell, Column, EntityKind, Ground, KindWords, ListPage, ListRow, Listed, MOST_USES, Refused, Use, body_of,
    form_pages, listed, new_pages, one, removal_pages,
};
use crate::pages::fields::{Field, Kind, Pick, lasting};
use crate::pages::frame::{Section, show};
use crate::pages::links;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::{Words, fill};
use crate::rest::plans::{self, PlanBody, PlanView};
use crate::rest::{BodyOf, PathOf, Precondition, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/plans", Right::ViewNetwork, list);
    new_pages::<Plans>(pages);
    pages.get("/admin/plans/{name}", Right::ViewNetwork, show_one);
    form_pages::<Plans>(pages);
    removal_pages::<Plans>(pages);
}

pub(super) struct Plans;

impl EntityKind for Plans {
    const BASE: &'static str = "/admin/plans";
    const NEW: &'static str = "/admin/plans/new";
    const EDIT: &'static str = "/admin/plans/{name}/edit";
    const REMOVE: &'static str = "/admin/plans/{name}/remove";
    const SECTION: Section = Section::Plans;

    fn words(w: &'static Words) -> KindWords {
        KindWords { title: w.plans.title, one: w.plans.one, new: w.plans.new, lead: w.plans.lead }
    }

    fn entity(name: &str) -> EntityName {
        PlanName::from(name).into()
    }

    fn fields(ground: &Ground<'_>, name: Option<&str>) -> Vec<Field> {
        let w = &ground.w.plans;
        let most = |least| Kind::Whole { least, most: u32::MAX.into() };
        let limit = |key, kind, label, hint| Field::new(key, kind, label, hint).nothing(w.no_limit);
        let present = name.and_then(|name| ground.network.plan(name)).and_then(|plan| plan.allowed_calls.as_ref());
        let known = Call::all().map(Call::name).filter(|call| !call.is_empty());
        let mut calls: Vec<_> = known.map(|call| Pick::new(call, call)).collect();
        // what the plan allows stays in it, though this balancer does not know the call
        let strange = present.into_iter().flatten().filter(|call| calls.iter().all(|pick| pick.value != **call));
        let strange: Vec<_> = strange.map(|call| Pick::new(call, call)).collect();
        calls.extend(strange);
        vec![
            Field::new("active", Kind::Check, w.active, w.active_hint),
            Field::new("may_record", Kind::Check, w.may_record, w.may_record_hint),
            limit("max_concurrent_meetings", most(0), w.meetings, w.meetings_hint).heading(w.limits),
            limit("max_concurrent_users", most(0), w.users, w.users_hint),
            limit("max_users_per_meeting", most(0), w.per_meeting, w.per_meeting_hint),
            limit("max_duration_seconds", Kind::Lasting, w.duration, w.duration_hint).told_as(&["max_duration"]),
            limit("calls_per_second", most(1), w.calls_per_second, w.calls_per_second_hint),
            Field::new("allowed_calls", Kind::Several { picks: calls, all: w.all_calls }, w.calls, w.calls_hint)
                .nothing(w.all_calls),
        ]
    }

    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem> {
        let body = match name {
            None => PlanBody::default(),
            Some(name) => {
                let plan = ground.network.plan(name).ok_or_else(|| Problem::not_found(Self::entity(name)))?;
                PlanView::from(plan).body
            }
        };
        Ok(serde_json::to_value(body).unwrap_or_default())
    }

    fn wish(_: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused> {
        let plan = body_of::<PlanBody>(body)?.named(name.into());
        Ok(Wish { entities: vec![plan.into()], ..Wish::default() })
    }

    async fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> Result<Response, Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        plans::put(service, caller, PathOf(name.into()), precondition, BodyOf(body_of(body)?)).await
    }

    async fn remove(ground: &Ground<'_>, name: &str, precondition: Precondition) -> Result<(), Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        plans::remove(service, caller, PathOf(name.into()), precondition).await.map(drop)
    }

    fn used_by(ground: &Ground<'_>, name: &str) -> (Vec<Use>, usize) {
        integrations_of(ground, |integration| integration.plan.as_str() == name)
    }

    fn meaning(ground: &Ground<'_>, name: &str) -> String {
        fill(ground.w.plans.meaning, &[&Self::used_by(ground, name).1])
    }

    fn removal(ground: &Ground<'_>, _: &str) -> String {
        ground.w.plans.removal.to_owned()
    }

    fn always(ground: &Ground<'_>, name: &str) -> Option<&'static str> {
        (name == "default").then_some(ground.w.plans.always)
    }
}

/// The integrations that `uses` says yes to.
pub(super) fn integrations_of(ground: &Ground<'_>, uses: impl Fn(&Integration) -> bool) -> (Vec<Use>, usize) {
    let mut all: Vec<_> = ground.network.integrations().iter().filter(|integration| uses(integration)).collect();
    all.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let as_use = |integration: &std::sync::Arc<Integration>| Use {
        kind: ground.w.integrations.one,
        name: integration.name.to_string(),
        href: links::thing("/admin/integrations", integration.name.as_str(), ""),
    };
    (all.iter().take(MOST_USES).map(|integration| as_use(integration)).collect(), all.len())
}

/// How many integrations have what `of` answers of each.
pub(super) fn counts<'n, K: std::hash::Hash + Eq>(
    network: &'n Network,
    of: impl Fn(&'n Integration) -> Option<K>,
) -> std::collections::HashMap<K, usize> {
    let mut counts = std::collections::HashMap::new();
    for key in network.integrations().iter().filter_map(|integration| of(integration)) {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, counts) = (&ground.w.plans, counts(&ground.network, |one| Some(one.plan.as_str())));
    let frame = visitor.frame(w.title, Section::Plans);
    let fitting: Vec<_> = ground.network.plans().filter(|plan| asked.fits(&[plan.name.as_str()])).collect();
    let row = |plan: &std::sync::Arc<Plan>| {
        let limit = |limit: Option<u32>| Cell::from(limit.map_or("∞".to_owned(), |limit| frame.number(limit)));
        let state =
            if plan.active { Cell::from(w.is_active).tone("is-good") } else { Cell::from(w.inactive).tone("is-quiet") };
        let longest = plan.max_duration.map_or("∞".to_owned(), |longest| lasting(longest.as_secs()));
        ListRow {
            name: plan.name.to_string(),
            note: String::new(),
            href: Plans::href(plan.name.as_str(), ""),
            managed: plan.managed,
            cells: vec![
                state,
                Cell::from(frame.number(counts.get(plan.name.as_str()).copied().unwrap_or_default())),
                limit(plan.max_concurrent_meetings),
                limit(plan.max_concurrent_users),
                limit(plan.max_users_per_meeting),
                Cell::from(longest),
                limit(plan.calls_per_second),
                Cell::from(if plan.may_record { ground.w.form.yes } else { ground.w.form.no }),
            ],
            tone: if plan.active { "" } else { "is-quiet" },
        }
    };
    let fitting = (fitting, ground.network.plans().len());
    let Listed { rows, counted, pager, narrowed } =
        listed(&frame, Plans::BASE, &asked, fitting, |plan| plan.name.as_str(), row)?;
    show(&ListPage {
        base: Plans::BASE,
        words: Plans::words(ground.w),
        new: ground.may(Right::Administer).then_some(Plans::NEW),
        asked,
        narrowed,
        selects: Vec::new(),
        columns: vec![
            Column::text(ground.w.admin.state),
            Column::number(ground.w.frame.integrations),
            Column::number(w.meetings_short),
            Column::number(w.users_short),
            Column::number(w.per_meeting_short),
            Column::number(w.duration_short),
            Column::number(w.calls_short),
            Column::text(w.record_short),
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
    one::<Plans>(&Ground::of(&service, &visitor)?, &name)
}
