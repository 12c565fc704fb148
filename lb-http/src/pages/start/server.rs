//! A server is checked, and kept if it answers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::{Server, ServerName};
use serde::Deserialize;
use serde_json::json;

use super::page::Given;
use super::progress::Step;
use super::{PATH, answer};
use crate::pages::form::FormOf;
use crate::pages::frame::see_other_with;
use crate::pages::notice::Notice;
use crate::pages::visitor::Visitor;
use crate::rest::servers::{ServerBody, put};
use crate::rest::{BodyOf, PathOf, Precondition, Problem, network_entity};
use crate::server::Service;

/// What is filled in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ServerForm {
    url: String,
    secret: String,
    name: String,
}

pub(super) async fn keep(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(form): FormOf<ServerForm>,
) -> Result<Response, Problem> {
    let ServerForm { url, secret, name } = form;
    let (url, secret, name) = (url.trim().to_owned(), secret.trim().to_owned(), name.trim().to_owned());
    let (w, c) = (&visitor.words().start, &visitor.words().onboard);
    let mut given = Given { name: name.clone(), url: url.clone(), ..Given::default() };
    let wrong = |given| answer(&service, &visitor, Some(Step::Server), StatusCode::BAD_REQUEST, given);
    let Ok(server) = Server::new(name.as_str(), &url, secret.as_str()) else {
        given.url_error = w.url_wrong;
        return wrong(given).await;
    };
    let name = if name.is_empty() { server.api_url.host_str().unwrap_or_default().to_owned() } else { name };
    if network_entity::check(&name).is_err() {
        given.name_error = c.name_wrong;
        return wrong(given).await;
    }
    let Ok(body) = serde_json::from_value::<ServerBody>(json!({ "url": url, "secret": secret })) else {
        given.secret_error = w.secret_wrong;
        return wrong(given).await;
    };
    let balancer = service.setup.load().balancer.clone();
    if let Err(error) = balancer.try_server(&server).await {
        given.trouble = Some((c.trouble(&error), error.to_string()));
        return answer(&service, &visitor, Some(Step::Server), StatusCode::BAD_GATEWAY, given).await;
    }
    let caller = visitor.caller()?.clone();
    let path = PathOf(ServerName::from(name.as_str()));
    put(State(service.clone()), caller, path, Precondition::Absent, BodyOf(body)).await?;
    let next = format!("{PATH}?step={}", Step::Integration.word());
    Ok(see_other_with(&next, Notice::Made))
}
