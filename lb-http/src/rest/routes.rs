//! [`Routes`]: the table of what can be asked for. What the OpenAPI document says, what is enforced, and what is served are
//! made of the same rows.

use std::collections::BTreeMap;

use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use lb_core::account::Right;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation, PathItem, PathsBuilder};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, Path, ToSchema};

use super::caller::{SESSION, guard};
use super::problem::Problem;
use crate::server::Service;

/// Where all of it is.
pub(crate) const BASE: &str = "/api/v1";

/// One thing that can be asked for.
#[derive(Debug)]
pub(crate) struct Route {
    /// How.
    pub(crate) method: HttpMethod,
    /// Where, below [`BASE`]: `/plans/{name}`.
    pub(crate) path: String,
    /// Which right it asks for; `None` where anybody may.
    pub(crate) right: Option<Right>,
    operation: Operation,
    handler: MethodRouter<Service>,
}

impl Route {
    /// What it says of itself.
    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Whether it reads a body.
    #[cfg(test)]
    pub(super) fn has_body(&self) -> bool {
        self.operation.request_body.is_some()
    }
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    rows: Vec<Route>,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Routes {
    /// Adds `handler`, which asks for `right`. `P` is what `#[utoipa::path]` has made of it: `__path_` and its name.
    pub(super) fn add<P, H, T>(&mut self, right: impl Into<Option<Right>>, handler: H, _documentation: P)
    where
        P: Path + SchemaReferences + Tags<'static>,
        H: Handler<T, Service>,
        T: 'static,
    {
        let right = right.into();
        for method in P::methods() {
            let handler = on(filter(&method), handler.clone());
            let mut operation = P::operation();
            operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
            self.rows.push(Route { handler, method, path: P::path(), right, operation });
        }
        P::schemas(&mut self.schemas);
    }

    /// What can be asked for.
    pub(super) fn rows(&self) -> &[Route] {
        &self.rows
    }

    /// The same for axum: each guarded by the right that it asks for.
    pub(super) fn router(self, service: &Service) -> axum::Router<Service> {
        let mut router = axum::Router::new();
        for row in self.rows {
            let guarded = row.handler.layer(from_fn_with_state((service.clone(), row.right), guard));
            router = router.route(&row.path, guarded);
        }
        router
    }

    /// The OpenAPI document.
    pub(crate) fn openapi(&self) -> OpenApi {
        let mut paths: BTreeMap<&str, PathItem> = BTreeMap::new();
        for row in &self.rows {
            let item = PathItem::new(row.method.clone(), described(row));
            paths.entry(&row.path).or_default().merge_operations(item);
        }
        let paths = paths.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item));
        let (name, schema) = (Problem::name(), Problem::schema());
        let components = self
            .schemas
            .iter()
            .cloned()
            .fold(ComponentsBuilder::new(), |components, (name, schema)| components.schema(name, schema));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            SESSION,
            "A session of somebody who has logged in. What changes something must also carry X-CSRF-Token.",
        )));
        let components = components
            .schema(name, schema)
            .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
            .security_scheme("session", cookie);
        let info = InfoBuilder::new()
            .title("Administration of the load balancer")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(include_str!("description.md")));
        OpenApiBuilder::new()
            .info(info)
            .servers(Some([utoipa::openapi::Server::new(BASE)]))
            .paths(paths)
            .components(Some(components.build()))
            .build()
    }
}

/// What a row says of itself, with what all have in common.
fn described(row: &Route) -> Operation {
    let mut operation = row.operation.clone();
    let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.map(|id| format!("{tag}-{}", id.replace('_', "-")));
    let right = row.right.map_or("anybody", Right::as_str);
    operation.extensions.get_or_insert_default().extend([("x-right".to_owned(), right.into())]);
    operation.security = row.right.map(|_| {
        ["token", "session"].map(|scheme| SecurityRequirement::new(scheme, std::iter::empty::<&str>())).into()
    });
    let changes = row.method != HttpMethod::Get;
    let named = row.path.contains('{');
    let with_body = operation.request_body.is_some();
    let common = [
        (true, "400", "What is asked is wrong"),
        (row.right.is_some(), "401", "Who asks is not known"),
        (row.right.is_some() || changes, "403", "Who asks may not do this"),
        (named || with_body || row.right.is_some(), "404", "There is no such thing, as far as who asks may see"),
        (changes, "409", "What is there stands against it"),
        (changes, "412", "It is not as If-Match or If-None-Match takes it to be"),
        (with_body, "413", "The body is too long"),
        (with_body, "415", "The body is no JSON"),
        (true, "429", "Too often"),
        (changes, "502", "A server of the network did not do it"),
        (true, "503", "Not possible at the moment"),
    ];
    for (is, status, description) in common {
        if is {
            let problem = || RefOr::T(problem(description));
            operation.responses.responses.entry(status.to_owned()).or_insert_with(problem);
        }
    }
    operation
}

fn problem(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
