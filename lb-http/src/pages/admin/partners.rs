//! Partners.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::Wish;
use lb_core::network::{EntityName, Integration, Partner, PartnerName};
use serde_json::Value;

use super::entity::{
    Asked, Cell, Column, EntityKind, Ground, KindWords, ListPage, ListRow, Listed, MOST_USES, Refused, Use, body_of,
    form_pages, listed, new_pages, one, removal_pages,
};
use super::plans::{counts, integrations_of};
use crate::pages::fields::{Empty, Field, Kind};
use crate::pages::frame::{Section, show};
use crate::pages::links;
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::{Words, fill};
use crate::rest::partners::{self, PartnerBody, PartnerView};
use crate::rest::{BodyOf, PathOf, Precondition, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/partners", Right::ViewNetwork, list);
    new_pages::<Partners>(pages);
    pages.get("/admin/partners/{name}", Right::ViewNetwork, show_one);
    form_pages::<Partners>(pages);
    removal_pages::<Partners>(pages);
}

pub(super) struct Partners;

impl EntityKind for Partners {
    const BASE: &'static str = "/admin/partners";
    const NEW: &'static str = "/admin/partners/new";
    const EDIT: &'static str = "/admin/partners/{name}/edit";
    const REMOVE: &'static str = "/admin/partners/{name}/remove";
    const SECTION: Section = Section::Partners;

    fn words(w: &'static Words) -> KindWords {
        KindWords { title: w.partners.title, one: w.partners.one, new: w.partners.new, lead: w.partners.lead }
    }

    fn entity(name: &str) -> EntityName {
        PartnerName::from(name).into()
    }

    fn fields(ground: &Ground<'_>, _: Option<&str>) -> Vec<Field> {
        let w = &ground.w.partners;
        let named = Kind::Text { most: 255, empty: Empty::Null };
        let contact = Kind::Text { most: 1000, empty: Empty::Text };
        vec![
            Field::new("display_name", named, w.display_name, w.display_name_hint),
            Field::new("contact", contact, w.contact, w.contact_hint),
            Field::new("servers", Kind::Lines, w.servers, w.servers_hint),
        ]
    }

    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem> {
        let body = match name {
            None => PartnerBody::default(),
            Some(name) => {
                let partner = ground.network.partner(name).ok_or_else(|| Problem::not_found(Self::entity(name)))?;
                PartnerView::from(partner).body
            }
        };
        Ok(serde_json::to_value(body).unwrap_or_default())
    }

    fn wish(_: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused> {
        let partner = body_of::<PartnerBody>(body)?.named(name.into());
        Ok(Wish { entities: vec![partner.into()], ..Wish::default() })
    }

    async fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> Result<Response, Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        partners::put(service, caller, PathOf(name.into()), precondition, BodyOf(body_of(body)?)).await
    }

    async fn remove(ground: &Ground<'_>, name: &str, precondition: Precondition) -> Result<(), Problem> {
        let (service, caller) = (State(ground.service.clone()), ground.caller.clone());
        partners::remove(service, caller, PathOf(name.into()), precondition).await.map(drop)
    }

    fn used_by(ground: &Ground<'_>, name: &str) -> (Vec<Use>, usize) {
        let owned = |integration: &Integration| integration.partner.as_ref().is_some_and(|own| own.as_str() == name);
        let (mut uses, count) = integrations_of(ground, owned);
        let accounts = ground.service.accounts.accounts();
        let Some(user) = accounts.manager_of(&PartnerName::from(name)).filter(|_| ground.may(Right::Guard)) else {
            return (uses, count);
        };
        let manager = Use {
            kind: ground.w.partners.manager,
            name: user.name.to_string(),
            href: links::user(user.name.as_str(), ""),
        };
        uses.insert(0, manager);
        uses.truncate(MOST_USES);
        (uses, count + 1)
    }

    fn meaning(ground: &Ground<'_>, name: &str) -> String {
        let owned = |integration: &Integration| integration.partner.as_ref().is_some_and(|own| own.as_str() == name);
        fill(ground.w.partners.meaning, &[&integrations_of(ground, owned).1])
    }

    fn removal(ground: &Ground<'_>, _: &str) -> String {
        ground.w.partners.removal.to_owned()
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.partners;
    let counts = counts(&ground.network, |one| one.partner.as_ref().map(PartnerName::as_str));
    let frame = visitor.frame(w.title, Section::Partners);
    let fits = |partner: &&Arc<Partner>| asked.fits(&[partner.name.as_str(), &partner.display_name, &partner.contact]);
    let fitting: Vec<_> = ground.network.partners().filter(fits).collect();
    let row = |partner: &Arc<Partner>| {
        let own = partner.display_name != partner.name.as_str();
        ListRow {
            name: partner.name.to_string(),
            note: if own { partner.display_name.clone() } else { String::new() },
            href: Partners::href(partner.name.as_str(), ""),
            managed: partner.managed,
            cells: vec![
                Cell::from(partner.contact.as_str()),
                Cell::from(frame.number(counts.get(partner.name.as_str()).copied().unwrap_or_default())),
                Cell::from(frame.number(partner.servers.len())),
            ],
            tone: "",
        }
    };
    let fitting = (fitting, ground.network.partners().len());
    let Listed { rows, counted, pager, narrowed } =
        listed(&frame, Partners::BASE, &asked, fitting, |partner| partner.name.as_str(), row)?;
    show(&ListPage {
        base: Partners::BASE,
        words: Partners::words(ground.w),
        new: ground.may(Right::Administer).then_some(Partners::NEW),
        asked,
        narrowed,
        selects: Vec::new(),
        columns: vec![
            Column::text(w.contact),
            Column::number(ground.w.frame.integrations),
            Column::number(w.servers_short),
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
    one::<Partners>(&Ground::of(&service, &visitor)?, &name)
}
