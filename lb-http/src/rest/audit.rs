//! The audit log: what administrators did.

use axum::Json;
use axum::extract::State;
use lb_core::account::Right;
use lb_core::event::{Administered, Event, EventKind};
use lb_core::store::EventFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::events::{after, page};
use super::extract::QueryOf;
use super::moment::Moment;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Administer, list, __path_list);
}

/// Which entries are asked for: those that fit all that is said.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntriesAsked {
    /// What this user did, with whatever token.
    pub(crate) by: Option<String>,
    /// What was done to things of this kind, such as `integration` or `server`.
    pub(crate) subject_kind: Option<String>,
    /// What was done to what is called so.
    pub(crate) subject_name: Option<String>,
    /// From this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Moment>,
}

/// What one thing was done to.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(super) struct SubjectView {
    /// What it is, such as `integration` or `server`.
    kind: String,
    /// What it is called.
    name: String,
}

/// One field that is other than before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ChangeView {
    /// Which, as the configuration file calls it.
    field: String,
    /// What it was; null: nothing. What is secret is `(hidden)`.
    from: Option<String>,
    /// What it is.
    to: Option<String>,
}

/// One thing that somebody did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct EntryView {
    /// When.
    at: Moment,
    /// Who: the name of a user, and the token that was used; `configuration`; or `local user` and a number of the system.
    by: String,
    /// From where, as far as known.
    address: Option<String>,
    /// What was done, such as `changed`.
    #[schema(value_type = String)]
    how: Administered,
    /// To what.
    subject: SubjectView,
    /// What is other than before. Of something new: what differs from the default.
    changes: Vec<ChangeView>,
}

/// What administrators did, the newest first
///
/// What happened in the last second may be missing.
#[utoipa::path(get, path = "/audit", tag = "audit", params(EntriesAsked, Paging),
    responses((status = 200, body = Page<EntryView>)))]
async fn list(
    State(service): State<Service>,
    QueryOf(asked): QueryOf<EntriesAsked>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<EntryView>>, Problem> {
    let found = service.setup.load().balancer.events(&filter(asked), after(&paging)?, paging.limit()?).await?;
    let Page { items, next } = page(found, entry);
    Ok(Json(Page { items: items.into_iter().flatten().collect(), next }))
}

/// The events that are asked for.
pub(crate) fn filter(asked: EntriesAsked) -> EventFilter {
    let EntriesAsked { by, subject_kind, subject_name, from, until } = asked;
    EventFilter {
        kinds: vec!["administered".to_owned()],
        by,
        subject_kind,
        subject_name,
        from: from.map(|from| from.0),
        until: until.map(|until| until.0),
        ..EventFilter::default()
    }
}

fn entry(Event { at, kind }: Event) -> Option<EntryView> {
    let EventKind::Administered { by, address, how, subject, changes } = kind else { return None };
    let changes =
        changes.into_iter().map(|change| ChangeView { field: change.field, from: change.from, to: change.to });
    Some(EntryView {
        at: at.into(),
        by,
        address: address.map(|address| address.to_string()),
        how,
        subject: SubjectView { kind: subject.kind.into_owned(), name: subject.name },
        changes: changes.collect(),
    })
}
