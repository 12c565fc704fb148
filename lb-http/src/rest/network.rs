//! The whole network as one document: exported, and applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::balancer::{Applied, Balancer, Wish};
use lb_core::event::{Administered, Change, Subject};
use lb_core::network::{Entity, EntityName, Integration, IntegrationSecret, Network, Revision};
use lb_core::server::AdministratorWord;
use lb_core::{Secret, ServerName};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::extract::{BodyOf, QueryOf};
use super::given_secret::GivenSecret;
use super::hidden::unhidden;
use super::integrations::{IntegrationBody, IntegrationView};
use super::moment::Moment;
use super::network_entity::check;
use super::partners::{PartnerBody, PartnerView};
use super::plans::{PlanBody, PlanView};
use super::problem::Problem;
use super::routers::{RouterBody, RouterView};
use super::routes::Routes;
use super::servers::ServerBody;
use super::to_its_end;
use super::version::{Precondition, etag};
use crate::server::Service;

pub(super) fn routes(routes: &mut Routes) {
    routes.add(Right::Administer, export, __path_export);
    routes.add(Right::Administer, apply, __path_apply);
}

/// The network: what it has, by kind and name.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkDocument {
    plans: BTreeMap<String, PlanBody>,
    partners: BTreeMap<String, PartnerBody>,
    routers: BTreeMap<String, RouterBody>,
    integrations: BTreeMap<String, IntegrationEntry>,
    servers: BTreeMap<String, ServerEntry>,
}

/// An integration, and its secrets. Where none are said a new one gets one, and others keep theirs.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct IntegrationEntry {
    #[serde(flatten)]
    body: IntegrationBody,
    /// All that it is to have; the balancer itself signs with the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<Vec<SecretEntry>>,
}

/// A secret of an integration.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecretEntry {
    #[serde(serialize_with = "shown")]
    #[schema(value_type = String, min_length = 8, max_length = 255, pattern = "^[!-~]+$")]
    secret: GivenSecret,
    /// What people call it.
    #[serde(default)]
    label: String,
    /// Until when calls may be signed with it; null: for ever.
    #[serde(default)]
    expires_at: Option<Moment>,
}

/// A server; its secret and the administrator's word stand with it where they are said.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ServerEntry {
    #[serde(flatten)]
    body: ServerBody,
    #[serde(skip_serializing_if = "Option::is_none", rename = "secret")]
    #[schema(ignore)]
    known_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "word")]
    #[schema(ignore)]
    known_word: Option<AdministratorWord>,
}

fn shown<S: serde::Serializer>(secret: &GivenSecret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.0.expose())
}

impl<'de> Deserialize<'de> for IntegrationEntry {
    /// By hand, so that what is unknown is refused: a flattened structure cannot.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::<String, Value>::deserialize(deserializer)?;
        let secrets = fields.remove("secrets").map(serde_json::from_value).transpose().map_err(D::Error::custom)?;
        let body = serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self { body, secrets })
    }
}

impl<'de> Deserialize<'de> for ServerEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = ServerBody::deserialize(deserializer)?;
        Ok(Self { body, known_secret: None, known_word: None })
    }
}

/// What is exported.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// With the secrets. The audit log says who asked.
    #[serde(default)]
    secrets: bool,
}

/// How it is applied.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ApplyQuery {
    /// Only tell what would be changed.
    #[serde(default)]
    dry_run: bool,
    /// Take away what is not in the document, and what the configuration file does not declare.
    #[serde(default)]
    prune: bool,
}

/// What was applied, or would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct AppliedView {
    /// Whether it is done.
    done: bool,
    changes: Vec<AppliedChange>,
    /// The secrets that were drawn for new integrations, by name. They are not shown again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secrets: BTreeMap<String, String>,
}

/// One thing that is changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct AppliedChange {
    /// plan, partner, router, server or integration.
    kind: String,
    name: String,
    /// added, changed or removed; or the administrator's word on a server.
    how: &'static str,
    /// What is other than before. What is secret is (hidden).
    fields: Vec<FieldChange>,
}

/// One field that is other than before.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct FieldChange {
    field: String,
    from: Option<String>,
    to: Option<String>,
}

impl From<Applied> for AppliedChange {
    fn from(applied: Applied) -> Self {
        let field = |Change { field, from, to }| FieldChange { field, from, to };
        Self {
            kind: applied.name.kind().to_owned(),
            name: applied.name.as_str().to_owned(),
            how: applied.how.as_str(),
            fields: applied.changes.into_iter().map(field).collect(),
        }
    }
}

/// The whole network
///
/// What `PUT` applies, without what the configuration file declares.
#[utoipa::path(get, path = "/network", tag = "network", params(ExportQuery),
    responses((status = 200, body = NetworkDocument, headers(("ETag" = String)))))]
async fn export(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(query): QueryOf<ExportQuery>,
) -> Result<Response, Problem> {
    let (document, revision) = document(&service, &caller, query.secrets).await?;
    Ok(([(CACHE_CONTROL, "no-store")], etag(revision), Json(document)).into_response())
}

/// The network as it is now, and its revision. Who asks for the secrets must have the right to guard, and is told of.
pub(crate) async fn document(
    service: &Service,
    caller: &Caller,
    with_secrets: bool,
) -> Result<(NetworkDocument, Revision), Problem> {
    let balancer = &service.setup.load().balancer;
    if with_secrets {
        if !caller.principal.may(Right::Guard) {
            return Err(Problem::forbidden("secrets are shown to those with the right to guard"));
        }
        balancer.tell_revealed(&caller.actor(), Subject::new("network", "")).await?;
    }
    let network = balancer.network();
    Ok((NetworkDocument::of(&network, balancer, with_secrets), network.revision()))
}

/// Make the network what this says
///
/// All at once, or nothing. What is there and not named stays, unless `prune` is said. Applied twice, the second time changes
/// nothing.
#[utoipa::path(put, path = "/network", tag = "network", request_body = NetworkDocument,
    params(ApplyQuery, ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = AppliedView, headers(("ETag" = String)))))]
async fn apply(
    State(service): State<Service>,
    caller: Caller,
    QueryOf(query): QueryOf<ApplyQuery>,
    precondition: Precondition,
    BodyOf(document): BodyOf<NetworkDocument>,
) -> Result<Response, Problem> {
    let setup = service.setup.load();
    let balancer = Arc::clone(&setup.balancer);
    let network = balancer.network();
    let base = match precondition {
        Precondition::None | Precondition::Present => None,
        Precondition::Version(base) => Some(base),
        Precondition::Absent => return Err(Problem::overtaken("there is a network already")),
    };
    let wish = wish(&network, setup.monitored, document, query.prune, base)?;
    let view = |done, changes: Vec<Applied>, secrets| AppliedView {
        done,
        changes: changes.into_iter().map(AppliedChange::from).collect(),
        secrets,
    };
    if query.dry_run {
        let changes = balancer.would_apply(&wish)?;
        return Ok((etag(network.revision()), Json(view(false, changes, BTreeMap::new()))).into_response());
    }
    let (changes, secrets, revision) = applied(&service, &caller, wish).await?;
    let answer = Json(view(true, changes, secrets));
    Ok(([(CACHE_CONTROL, "no-store")], etag(revision), answer).into_response())
}

/// What `document` asks for of `network`, if it is as it was at `base` still. `monitored`: whether a monitor knows the servers.
pub(crate) fn wish(
    network: &Network,
    monitored: bool,
    document: NetworkDocument,
    prune: bool,
    base: Option<Revision>,
) -> Result<Wish, Problem> {
    let words = document.words();
    Ok(Wish { entities: document.entities(network, monitored)?, prune, words, base })
}

/// Makes the network so. Answers what was changed, the secrets that were drawn for new integrations, and the revision that came
/// of it.
pub(crate) async fn applied(
    service: &Service,
    caller: &Caller,
    wish: Wish,
) -> Result<(Vec<Applied>, BTreeMap<String, String>, Revision), Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let actor = caller.actor();
    let applying = async move {
        let (changes, network) = balancer.apply(&wish, &actor).await?;
        Ok((drawn(&wish, &changes, &network), changes, network.revision()))
    };
    let (secrets, changes, revision) = to_its_end(service, applying).await?;
    Ok((changes, secrets, revision))
}

impl NetworkDocument {
    fn of(network: &Network, balancer: &Balancer, with_secrets: bool) -> Self {
        let integration = |one: &Arc<Integration>| {
            let known = |known: &IntegrationSecret| SecretEntry {
                secret: GivenSecret(known.secret.clone()),
                label: known.label.clone(),
                expires_at: known.expires_at.map(Moment),
            };
            let secrets = with_secrets.then(|| one.secrets.iter().map(known).collect());
            (one.name.to_string(), IntegrationEntry { body: IntegrationView::of(one, with_secrets).body, secrets })
        };
        let server = |one: &Arc<lb_core::network::NetworkServer>| {
            let secret = one.facts.secret.as_ref().filter(|_| with_secrets);
            let entry = ServerEntry {
                body: ServerBody::from(&one.facts),
                known_secret: secret.map(|secret| secret.expose().to_owned()),
                known_word: balancer.word_on(&one.name).filter(|word| *word != AdministratorWord::Automatic),
            };
            (one.name.to_string(), entry)
        };
        let plans = network.plans().filter(|one| !one.managed);
        let partners = network.partners().filter(|one| !one.managed);
        let routers = network.routers().filter(|one| !one.managed);
        Self {
            plans: plans.map(|one| (one.name.to_string(), PlanView::from(one).body)).collect(),
            partners: partners.map(|one| (one.name.to_string(), PartnerView::from(one).body)).collect(),
            routers: routers.map(|one| (one.name.to_string(), RouterView::from(one).body)).collect(),
            integrations: network.integrations().iter().filter(|one| !one.managed).map(integration).collect(),
            servers: network.servers().filter(|one| !one.managed).map(server).collect(),
        }
    }

    /// The administrator's words that it says.
    fn words(&self) -> Vec<(ServerName, AdministratorWord)> {
        let said = self.servers.iter().filter_map(|(name, entry)| Some((name.as_str().into(), entry.body.word()?)));
        said.collect()
    }

    /// What it asks for, of what `network` has. `monitored`: whether a monitor knows the servers.
    fn entities(self, network: &Network, monitored: bool) -> Result<Vec<Entity>, Problem> {
        let mut entities: Vec<Entity> = Vec::new();
        entities.extend(self.plans.into_iter().map(|(name, body)| body.named(name.into()).into()));
        entities.extend(self.partners.into_iter().map(|(name, body)| body.named(name.into()).into()));
        entities.extend(self.routers.into_iter().map(|(name, body)| body.named(name.into()).into()));
        for (name, entry) in self.servers {
            let known = network.server(&name.as_str().into());
            let server = entry.body.named(name.into())?;
            let secret = server.facts.secret.as_ref().or(known.and_then(|known| known.facts.secret.as_ref()));
            if !monitored && (server.facts.api_url.is_none() || secret.is_none()) {
                let why = "it must have a URL and a secret, for no monitor knows the servers";
                return Err(Problem::bad(format!("server {}: {why}", server.name)));
            }
            entities.push(server.into());
        }
        for (name, IntegrationEntry { body, secrets }) in self.integrations {
            let known = network.integration(&name).map(|known| &**known);
            let mut integration = unhidden(body.named(name.as_str().into())?, known)?;
            if let Some(secrets) = secrets {
                let known = |entry: SecretEntry| IntegrationSecret {
                    label: entry.label,
                    expires_at: entry.expires_at.map(|moment| moment.0),
                    ..IntegrationSecret::from(entry.secret.0)
                };
                integration.secrets = secrets.into_iter().map(known).collect();
                if integration.secrets.is_empty() {
                    return Err(Problem::bad(format!(
                        "integration {name}: secrets is empty; leave it out, or give one"
                    )));
                }
            }
            entities.push(integration.into());
        }
        let new = entities.iter().map(Entity::name).filter(|name| network.version(name).is_none());
        for name in new {
            check(name.as_str())?;
        }
        Ok(entities)
    }
}

/// The secrets that new integrations got because none was said.
fn drawn(wish: &Wish, changes: &[Applied], network: &Network) -> BTreeMap<String, String> {
    let without = |name: &EntityName| {
        wish.entities.iter().any(|entity| match entity {
            Entity::Integration(one) => one.secrets.is_empty() && EntityName::from(one.name.clone()) == *name,
            _ => false,
        })
    };
    let new = changes.iter().filter(|change| change.how == Administered::Added && without(&change.name));
    let secret = |change: &Applied| {
        let made = network.integration(change.name.as_str())?;
        let secret: &Secret = &made.secrets.first()?.secret;
        Some((made.name.to_string(), secret.expose().to_owned()))
    };
    new.filter_map(secret).collect()
}
