//! Integrations.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::network::{Integration, IntegrationName, IntegrationSecret, Network, ParameterRules, TagRules};
use lb_core::{Position, network};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{BodyOf, PathOf, QueryOf};
use super::given_secret::GivenSecret;
use super::hidden::{hidden, unhidden};
use super::moment::Moment;
use super::network_entity;
use super::page::{Page, Paging};
use super::problem::Problem;
use super::routes::Routes;
use super::version::Precondition;
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::View, list, __path_list);
    routes.add(Right::View, show, __path_show);
    routes.add(Right::Manage, put, __path_put);
    routes.add(Right::Administer, remove, __path_remove);
    routes.add(Right::Administer, activate, __path_activate);
    routes.add(Right::Administer, deactivate, __path_deactivate);
}

/// A place on earth, degrees.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PositionBody {
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
}

impl PositionBody {
    pub(super) fn read(self) -> Result<Position, Problem> {
        let wrong = || Problem::bad("a latitude is from -90 to 90 and a longitude from -180 to 180, in degrees");
        Position::try_new(self.latitude, self.longitude).ok_or_else(wrong)
    }
}

impl From<Position> for PositionBody {
    fn from(Position { latitude, longitude }: Position) -> Self {
        Self { latitude, longitude }
    }
}

/// What becomes of the parameters of calls. Each stands in one of the four at most.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RulesBody {
    /// Sent where the website gives none.
    default: std::collections::BTreeMap<String, String>,
    /// Sent whatever the website gives.
    forced: std::collections::BTreeMap<String, String>,
    /// The largest number that the website may give.
    capped: std::collections::BTreeMap<String, u64>,
    /// Not sent.
    blocked: std::collections::BTreeSet<String>,
}

impl From<RulesBody> for ParameterRules {
    fn from(RulesBody { default, forced, capped, blocked }: RulesBody) -> Self {
        Self { default, forced, capped, blocked }
    }
}

impl From<ParameterRules> for RulesBody {
    fn from(ParameterRules { default, forced, capped, blocked }: ParameterRules) -> Self {
        Self { default, forced, capped, blocked }
    }
}

/// What can be said of an integration. What is not said is as it is for a new one. Its secrets stay as they are; a new one has
/// the `secret` that is given, or one that is drawn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct IntegrationBody {
    /// What people call it; its name, where nothing is said.
    display_name: Option<String>,
    /// Whether it may use the balancer.
    active: bool,
    /// Its plan.
    plan: String,
    /// The router that places its meetings.
    router: String,
    /// The partner whose it is.
    partner: Option<String>,
    /// Where the website is, for users whose own position is not known.
    position: Option<PositionBody>,
    /// Its meetings go only to servers that carry all of these.
    required_tags: Vec<String>,
    /// Servers that carry all of these come first.
    preferred_tags: Vec<String>,
    /// No server that carries one of these gets its meetings.
    forbidden_tags: Vec<String>,
    /// The hosts that its callback and hook URLs may lead to.
    callback_hosts: Vec<String>,
    /// What becomes of the parameters of its creates.
    create: RulesBody,
    /// What becomes of the parameters of its joins.
    join: RulesBody,
    /// The secret of a new one.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 255, pattern = "^[!-~]+$", write_only)]
    secret: Option<GivenSecret>,
}

/// A secret, without the secret itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SecretView {
    /// What people call it; the first one has none.
    label: String,
    created_at: Option<Moment>,
    /// Until when calls may be signed with it; null: for ever.
    expires_at: Option<Moment>,
}

/// An integration: one website that may use the balancer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IntegrationView {
    name: String,
    #[serde(flatten)]
    pub(crate) body: IntegrationBody,
    /// Its secrets, without the secrets themselves.
    secrets: Vec<SecretView>,
    /// Whether the configuration file declares it, which alone changes it then.
    managed: bool,
}

/// An integration that was just made, and its secret, which is not shown again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct NewIntegrationView {
    #[serde(flatten)]
    integration: IntegrationView,
    /// What the website is to sign with.
    secret: String,
}

impl Default for IntegrationBody {
    fn default() -> Self {
        let body = IntegrationView::of(&Arc::new(Integration::new("", "")), true).body;
        Self { display_name: None, ..body }
    }
}

impl IntegrationBody {
    /// The integration called `name` of which this is said.
    pub(crate) fn named(self, name: IntegrationName) -> Result<Integration, Problem> {
        let new = Integration::new(name, "");
        Ok(Integration {
            display_name: self.display_name.unwrap_or_else(|| new.display_name.clone()),
            active: self.active,
            secrets: self.secret.map(|given| given.0.into()).into_iter().collect(),
            partner: self.partner.map(Into::into),
            plan: self.plan.into(),
            router: self.router.into(),
            position: self.position.map(PositionBody::read).transpose()?,
            tags: TagRules {
                required: self.required_tags,
                preferred: self.preferred_tags,
                forbidden: self.forbidden_tags,
            },
            create: self.create.into(),
            join: self.join.into(),
            callback_hosts: self.callback_hosts,
            ..new
        })
    }
}

impl From<&IntegrationSecret> for SecretView {
    fn from(secret: &IntegrationSecret) -> Self {
        Self {
            label: secret.label.clone(),
            created_at: secret.created_at.map(Moment),
            expires_at: secret.expires_at.map(Moment),
        }
    }
}

impl IntegrationView {
    /// It, as `caller` may see it: values that may be secret only with the right to guard.
    pub(crate) fn seen(integration: &Arc<Integration>, caller: &Caller) -> Self {
        Self::of(integration, caller.principal.may(Right::Guard))
    }

    /// It, with the values of rules that may be secret, or without.
    pub(super) fn of(integration: &Arc<Integration>, with_secrets: bool) -> Self {
        let mut one = Integration::clone(integration);
        if !with_secrets {
            one = Integration { create: hidden(one.create.clone()), join: hidden(one.join.clone()), ..one };
        }
        let body = IntegrationBody {
            display_name: Some(one.display_name),
            active: one.active,
            plan: one.plan.to_string(),
            router: one.router.to_string(),
            partner: one.partner.map(|partner| partner.to_string()),
            position: one.position.map(Into::into),
            required_tags: one.tags.required,
            preferred_tags: one.tags.preferred,
            forbidden_tags: one.tags.forbidden,
            callback_hosts: one.callback_hosts,
            create: one.create.into(),
            join: one.join.into(),
            secret: None,
        };
        let secrets = one.secrets.iter().map(SecretView::from).collect();
        Self { name: one.name.to_string(), body, secrets, managed: one.managed }
    }
}

/// Which integrations are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those of this partner.
    partner: Option<String>,
    /// Those with this plan.
    plan: Option<String>,
    /// Those with this router.
    router: Option<String>,
    /// Those whose name, or what people call them, has this text, in any case.
    text: Option<String>,
}

impl Filter {
    fn takes(&self, integration: &Integration) -> bool {
        let is = |wanted: &Option<String>, has: Option<&str>| wanted.is_none() || wanted.as_deref() == has;
        let has = |text: &String| {
            let text = text.to_lowercase();
            [integration.name.as_str(), &integration.display_name]
                .iter()
                .any(|name| name.to_lowercase().contains(&text))
        };
        is(&self.partner, integration.partner.as_ref().map(network::PartnerName::as_str))
            && is(&self.plan, Some(integration.plan.as_str()))
            && is(&self.router, Some(integration.router.as_str()))
            && self.text.as_ref().is_none_or(has)
    }
}

/// All integrations
#[utoipa::path(get, path = "/integrations", tag = "integrations", params(Filter, Paging),
    responses((status = 200, body = Page<IntegrationView>)))]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(filter): QueryOf<Filter>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<IntegrationView>>, Problem> {
    let network = service.setup.load().balancer.network();
    let reach = caller.reach();
    let mut seen: Vec<_> = network.integrations().iter().filter(|one| reach.has(one) && filter.takes(one)).collect();
    seen.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let page =
        Page::by_name(seen.into_iter(), &paging, |one| one.name.as_str(), |one| IntegrationView::seen(one, &caller))?;
    Ok(Json(page))
}

/// One integration
#[utoipa::path(get, path = "/integrations/{name}", tag = "integrations", params(("name" = String, Path)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String)))))]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
) -> Result<Response, Problem> {
    answered(&service.setup.load().balancer.network(), &caller, name)
}

/// Make an integration, or put this in its place
///
/// Its secrets stay as they are. A partner manager changes those of the own partner: what they are called, where they are, their
/// callback hosts and rules.
#[utoipa::path(put, path = "/integrations/{name}", tag = "integrations", request_body = IntegrationBody,
    params(("name" = String, Path), ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String))),
        (status = 201, body = NewIntegrationView, headers(("ETag" = String)))))]
pub(crate) async fn put(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
    BodyOf(body): BodyOf<IntegrationBody>,
) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let network = balancer.network();
    let next = wanted(&network, &caller, name.clone(), body)?;
    if !caller.principal.may(Right::Administer) {
        // what was checked is what must be there when it is changed
        let precondition = precondition.pinned(network.version(&name.clone().into()));
        network_entity::put(&service, &caller, precondition, next).await?;
        return answered(&balancer.network(), &caller, name);
    }
    if !next.secrets.is_empty() && network.integration(name.as_str()).is_some() {
        let advice = "it has its secrets already: POST a new one to its secrets, or leave secret out";
        return Err(Problem::conflict(advice));
    }
    let status = network_entity::put(&service, &caller, precondition, next).await?;
    let network = balancer.network();
    let made = network.integration(name.as_str()).and_then(|made| Some((made, made.secrets.first()?)));
    if let (StatusCode::CREATED, Some((made, known))) = (status, made) {
        let secret = known.secret.expose().to_owned();
        let view = NewIntegrationView { integration: IntegrationView::seen(made, &caller), secret };
        return Ok((status, network_entity::versioned(&network, name, Some(view))?).into_response());
    }
    Ok((status, answered(&network, &caller, name)?).into_response())
}

/// What `body` makes of the integration called `name`, if `caller` may say all of it.
pub(crate) fn wanted(
    network: &Network,
    caller: &Caller,
    name: IntegrationName,
    body: IntegrationBody,
) -> Result<Integration, Problem> {
    let present = network.integration(name.as_str());
    let next = unhidden(body.named(name)?, present.map(|one| &**one))?;
    if !caller.principal.may(Right::Administer) {
        let present = caller.integration(network, next.name.as_str())?;
        if let Some(field) = reserved(present, &next) {
            return Err(Problem::forbidden(format!("only administrators change {field}")));
        }
    }
    Ok(next)
}

/// Take an integration away
///
/// Its meetings go on; nobody can join them any more.
#[utoipa::path(delete, path = "/integrations/{name}", tag = "integrations",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)), responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
) -> Result<StatusCode, Problem> {
    network_entity::remove(&service, &caller, precondition, name).await
}

/// Let an integration use the balancer
#[utoipa::path(post, path = "/integrations/{name}/activate", tag = "integrations",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String)))))]
async fn activate(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
) -> Result<Response, Problem> {
    set_active(&service, &caller, name, precondition, true).await
}

/// Refuse an integration's calls from the next one on
///
/// Its meetings go on.
#[utoipa::path(post, path = "/integrations/{name}/deactivate", tag = "integrations",
    params(("name" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = IntegrationView, headers(("ETag" = String)))))]
async fn deactivate(
    State(service): State<Service>,
    caller: Caller,
    PathOf(name): PathOf<IntegrationName>,
    precondition: Precondition,
) -> Result<Response, Problem> {
    set_active(&service, &caller, name, precondition, false).await
}

pub(crate) async fn set_active(
    service: &Service,
    caller: &Caller,
    name: IntegrationName,
    precondition: Precondition,
    active: bool,
) -> Result<Response, Problem> {
    let balancer = &service.setup.load().balancer;
    let expected = precondition.expected(balancer.network().version(&name.clone().into()))?;
    balancer.set_active(&name, active, expected, &caller.actor()).await?;
    answered(&balancer.network(), caller, name)
}

/// What a partner manager may not make other than it is, if `next` does so.
fn reserved(present: &Integration, next: &Integration) -> Option<&'static str> {
    let same = [
        ("active", present.active == next.active),
        ("plan", present.plan == next.plan),
        ("router", present.router == next.router),
        ("partner", present.partner == next.partner),
        ("tags", present.tags == next.tags),
        ("secrets here", next.secrets.is_empty()),
    ];
    same.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
}

pub(super) fn answered(network: &Network, caller: &Caller, name: IntegrationName) -> Result<Response, Problem> {
    let view = caller.integration(network, name.as_str()).map(|one| IntegrationView::seen(one, caller))?;
    network_entity::versioned(network, name, Some(view))
}
