//! What the forms of integrations ask for. What only administrators change others see locked.

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::Wish;
use lb_core::network::{EntityName, IntegrationName};
use serde_json::Value;

use crate::pages::admin::entity::{EntityKind, Ground, KindWords, Refused, Use, body_of};
use crate::pages::fields::{Empty, Field, Kind, Pick};
use crate::pages::frame::Section;
use crate::pages::listing::few;
use crate::pages::words::Words;
use crate::rest::integrations::{self, IntegrationBody, IntegrationView};
use crate::rest::{BodyOf, PathOf, Precondition, Problem};

pub(in crate::pages::admin) struct Integrations;

/// One of these names; where there are too many to offer them, it is typed.
fn one_of<'n>(names: impl Iterator<Item = &'n str>, none: Option<&str>) -> Kind {
    let names = few(names.map(str::to_owned));
    if names.is_empty() {
        return Kind::Text { most: 255, empty: Empty::Null };
    }
    let none = none.map(|none| Pick::new("", none));
    Kind::Choice(none.into_iter().chain(names.into_iter().map(|name| Pick::new(name.clone(), name))).collect())
}

impl EntityKind for Integrations {
    const BASE: &'static str = "/admin/integrations";
    const NEW: &'static str = "/admin/integrations/new";
    const EDIT: &'static str = "/admin/integrations/{name}/edit";
    const REMOVE: &'static str = "/admin/integrations/{name}/remove";
    const SECTION: Section = Section::Integrations;
    const RIGHT: Right = Right::Manage;
    const HELD_BY_USE: bool = false;

    fn words(w: &'static Words) -> KindWords {
        let w = &w.integrations;
        KindWords { title: w.title, one: w.one, new: w.new, lead: w.lead }
    }

    fn entity(name: &str) -> EntityName {
        IntegrationName::from(name).into()
    }

    fn fields(ground: &Ground<'_>, _: Option<&str>) -> Vec<Field> {
        let (w, network) = (&ground.w.integrations, &ground.network);
        let locked = !ground.may(Right::Administer);
        let reserved = |field: Field| field.locked(locked);
        // who may not choose need not see what there is to choose
        let choice = |kind: Kind| if locked { Kind::Text { most: 255, empty: Empty::Null } } else { kind };
        let plans = choice(one_of(network.plans().map(|plan| plan.name.as_str()), None));
        let routers = choice(one_of(network.routers().map(|router| router.name.as_str()), None));
        let partners = choice(match network.partners().len() {
            0 => Kind::Choice(vec![Pick::new("", w.no_partner)]),
            _ => one_of(network.partners().map(|partner| partner.name.as_str()), Some(w.no_partner)),
        });
        let named = Kind::Text { most: 255, empty: Empty::Null };
        let tags = |key, label| Field::new(key, Kind::Words { may_be_null: false }, label, w.tags_hint);
        let texts = |key, label| Field::new(key, Kind::Texts, label, w.texts_hint);
        let capped = |key, label| Field::new(key, Kind::WholeNumbers, label, w.capped_hint);
        let blocked = |key, label| Field::new(key, Kind::Lines, label, w.blocked_hint);
        vec![
            Field::new("display_name", named, w.display_name, w.display_name_hint),
            reserved(Field::new("active", Kind::Check, w.active, w.active_hint)),
            reserved(Field::new("plan", plans, w.plan, w.plan_hint).required()),
            reserved(Field::new("router", routers, w.router, w.router_hint).required()),
            reserved(Field::new("partner", partners, w.partner, w.partner_hint).nothing(w.no_partner)),
            Field::new("position", Kind::Position, w.position, w.position_hint).heading(w.placement),
            reserved(tags("required_tags", w.required_tags)),
            reserved(tags("preferred_tags", w.preferred_tags)),
            reserved(tags("forbidden_tags", w.forbidden_tags)),
            Field::new("callback_hosts", Kind::Lines, w.callback_hosts, w.callback_hosts_hint)
                .heading(w.callbacks)
                .nothing(w.anywhere),
            texts("create.default", w.create_default).heading(w.create_rules),
            texts("create.forced", w.create_forced),
            capped("create.capped", w.create_capped),
            blocked("create.blocked", w.create_blocked),
            texts("join.default", w.join_default).heading(w.join_rules),
            texts("join.forced", w.join_forced),
            capped("join.capped", w.join_capped),
            blocked("join.blocked", w.join_blocked),
        ]
    }

    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem> {
        let body = match name {
            None => IntegrationBody::default(),
            Some(name) => {
                let integration = ground.caller.integration(&ground.network, name)?;
                IntegrationView::seen(integration, ground.caller).body
            }
        };
        Ok(serde_json::to_value(body).unwrap_or_default())
    }

    fn wish(ground: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused> {
        let next = integrations::wanted(&ground.network, ground.caller, name.into(), body_of(body)?)?;
        Ok(Wish { entities: vec![next.into()], ..Wish::default() })
    }

    async fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> Result<Response, Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        integrations::put(service, caller, PathOf(name.into()), precondition, BodyOf(body_of(body)?)).await
    }

    async fn remove(ground: &Ground<'_>, name: &str, precondition: Precondition) -> Result<(), Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        integrations::remove(service, caller, PathOf(name.into()), precondition).await.map(drop)
    }

    fn used_by(_: &Ground<'_>, _: &str) -> (Vec<Use>, usize) {
        (Vec::new(), 0)
    }

    fn meaning(ground: &Ground<'_>, _: &str) -> String {
        ground.w.integrations.meaning.to_owned()
    }

    fn removal(ground: &Ground<'_>, _: &str) -> String {
        ground.w.integrations.removal.to_owned()
    }
}
