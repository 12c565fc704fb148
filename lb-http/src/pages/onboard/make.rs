//! The last step: the integration is made, by the function that REST has for it.

use axum::extract::State;
use axum::response::Response;
use lb_core::network::{IntegrationName, NetworkChange};
use serde::Deserialize;
use serde_json::json;

use super::connect::settings;
use super::steps;
use super::wish::{Step, Wish};
use crate::pages::form::FormOf;
use crate::pages::visitor::Visitor;
use crate::rest::integrations::{IntegrationBody, put};
use crate::rest::{BodyOf, PathOf, Precondition, Problem};
use crate::server::Service;

/// What the last step posts.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Confirmed {
    name: String,
    display_name: String,
    plan: String,
    partner: String,
    router: String,
    start: String,
    secret: String,
}

pub(super) async fn make(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(form): FormOf<Confirmed>,
) -> Result<Response, Problem> {
    let Confirmed { name, display_name, plan, partner, router, start, secret } = form;
    let step = Step::Confirm.word().to_owned();
    let wish = Wish { step, name, display_name, plan, partner, router, start }.trimmed();
    let network = service.setup.load().balancer.network();
    let taken = network.integration(&wish.name).is_some();
    // one that is there already was made by somebody else, or by this very form: REST's function says so
    if let Some(flaw) = wish.flaw(&network, visitor.words()).filter(|_| !taken) {
        return steps::page(&visitor, &network, wish, Some(flaw), "");
    }
    let new = wish.integration();
    let mut body = json!({
        "display_name": new.display_name,
        "plan": new.plan,
        "router": new.router,
        "partner": new.partner,
    });
    if let (false, Some(body)) = (secret.is_empty(), body.as_object_mut()) {
        body.insert("secret".to_owned(), secret.clone().into());
    }
    let wrong = || steps::page(&visitor, &network, wish.clone(), None, visitor.words().onboard.own_secret_wrong);
    let Ok(body) = serde_json::from_value::<IntegrationBody>(body) else { return wrong() };
    if !secret.is_empty() && !taken {
        let own = lb_core::network::Integration { secrets: vec![secret.as_str().into()], ..new.clone() };
        if network.changed(&[NetworkChange::Put(own.into())]).is_err() {
            return wrong();
        }
    }
    let name: IntegrationName = new.name;
    let caller = visitor.caller()?.clone();
    let path = PathOf(name.clone());
    put(State(service.clone()), caller, path, Precondition::Absent, BodyOf(body)).await?;
    let made = service.setup.load().balancer.network().integration(name.as_str()).cloned();
    let made = made.ok_or_else(|| Problem::not_found(format!("integration {name}")))?;
    // it is shown to who has just made it, as REST answers it
    let secret = made.secrets.first().map(|known| known.secret.expose().to_owned());
    settings(&service, &visitor, &made, secret, !wish.start.is_empty())
}
