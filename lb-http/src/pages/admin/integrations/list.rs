//! All integrations that somebody sees.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::network::{Integration, IntegrationName, PartnerName};

use super::kind::Integrations;
use crate::pages::admin::entity::{Asked, Cell, Column, EntityKind, Ground, ListPage, ListRow, Listed, Select, listed};
use crate::pages::frame::{Section, show};
use crate::pages::listing::few;
use crate::pages::sentence::Sentence;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

/// Secrets that expire within this time are told of, milliseconds.
const SOON: u64 = 30 * 24 * 3600 * 1000;

pub(super) async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let (w, network, reach) = (&ground.w.integrations, &ground.network, ground.caller.reach());
    let frame = visitor.frame(w.title, Section::Integrations);
    let mut seen: Vec<_> = network.integrations().iter().filter(|integration| reach.has(integration)).collect();
    seen.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let total = seen.len();
    let is = |wanted: &str, has: Option<&str>| wanted.trim().is_empty() || has == Some(wanted.trim());
    let mut fitting = seen;
    fitting.retain(|integration| {
        let partner = integration.partner.as_ref().map(PartnerName::as_str);
        asked.fits(&[integration.name.as_str(), &integration.display_name])
            && is(&asked.plan, Some(integration.plan.as_str()))
            && is(&asked.router, Some(integration.router.as_str()))
            && is(&asked.partner, partner)
            && is(&asked.state, Some(if integration.active { "active" } else { "inactive" }))
    });
    let Listed { mut rows, counted, pager, narrowed } = listed(
        &frame,
        Integrations::BASE,
        &asked,
        (fitting, total),
        |integration| integration.name.as_str(),
        |one| row(&ground, one),
    )?;
    let used = used_now(&ground, rows.iter().map(|row| row.name.as_str())).await?;
    for row in &mut rows {
        let (meetings, users) = used.get(row.name.as_str()).copied().unwrap_or_default();
        row.cells.extend([Cell::from(frame.number(meetings)), Cell::from(frame.number(users))]);
    }
    let pairs = |names: Vec<String>| names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>();
    let mut selects = vec![Select {
        name: "state",
        label: ground.w.admin.state,
        chosen: asked.state.clone(),
        options: vec![("active".to_owned(), w.is_active.to_owned()), ("inactive".to_owned(), w.inactive.to_owned())],
    }];
    if ground.may(Right::ViewNetwork) {
        let plans = few(network.plans().map(|plan| plan.name.to_string()));
        let partners = few(network.partners().map(|partner| partner.name.to_string()));
        selects.push(Select { name: "plan", label: w.plan, chosen: asked.plan.clone(), options: pairs(plans) });
        selects.push(Select {
            name: "partner",
            label: w.partner,
            chosen: asked.partner.clone(),
            options: pairs(partners),
        });
    }
    show(&ListPage {
        base: Integrations::BASE,
        words: Integrations::words(ground.w),
        new: ground.may(Right::Administer).then_some(Integrations::NEW),
        asked,
        narrowed,
        selects,
        columns: vec![
            Column::text(ground.w.admin.state),
            Column::text(w.plan),
            Column::text(w.router),
            Column::text(w.partner),
            Column::text(w.secrets),
            Column::number(w.meetings),
            Column::number(w.users),
        ],
        rows,
        counted,
        pager,
        frozen: None,
        frame,
    })
}

fn row(ground: &Ground<'_>, integration: &Arc<Integration>) -> ListRow {
    let w = &ground.w.integrations;
    let plan_is_active = ground.network.plan_of(integration).active;
    let state = match (integration.active, plan_is_active) {
        (true, true) => Cell::from(w.is_active).tone("is-good"),
        (true, false) => Cell::from(w.plan_inactive).tone("is-warning"),
        (false, _) => Cell::from(w.inactive).tone("is-quiet"),
    };
    let own = integration.display_name != integration.name.as_str();
    ListRow {
        name: integration.name.to_string(),
        note: if own { integration.display_name.clone() } else { String::new() },
        href: Integrations::href(integration.name.as_str(), ""),
        managed: integration.managed,
        cells: vec![
            state,
            Cell::from(integration.plan.as_str()),
            Cell::from(integration.router.as_str()),
            Cell::from(integration.partner.as_ref().map(ToString::to_string).unwrap_or_default()),
            secrets(ground, integration),
        ],
        tone: if integration.active { "" } else { "is-quiet" },
    }
}

/// How many secrets it has, and whether they end soon.
fn secrets(ground: &Ground<'_>, integration: &Integration) -> Cell {
    let (w, now) = (&ground.w.integrations, ground.balancer().now());
    let valid = integration.valid_secrets(now).count();
    let lasting = |known: &&lb_core::network::IntegrationSecret| {
        known.expires_at.is_none_or(|end| end.as_millis() > now.as_millis().saturating_add(SOON))
    };
    let all = integration.secrets.len();
    let text = if valid == all { all.to_string() } else { fill(w.of, &[&valid, &all]) };
    match integration.secrets.iter().filter(lasting).count() {
        _ if valid == 0 => Cell::from(w.expired).tone("is-critical"),
        0 => Cell::from(text).note(Sentence::of(w.expires_soon)).tone("is-warning"),
        _ => text.into(),
    }
}

/// Meetings and people of each integration now, as the servers last said.
async fn used_now<'n>(
    ground: &Ground<'_>,
    names: impl Iterator<Item = &'n str>,
) -> Result<HashMap<String, (u32, u32)>, Problem> {
    let mut used = HashMap::new();
    for name in names {
        let now = ground.balancer().used(&IntegrationName::from(name)).await?;
        used.insert(name.to_owned(), (now.meetings, now.users));
    }
    Ok(used)
}
