//! The pages of the steps.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::network::{Network, Plan, Router};

use super::wish::{Flaw, Step, Wish};
use crate::pages::frame::{Frame, Section, show_with};
use crate::pages::visitor::Visitor;
use crate::pages::words::{OnboardWords, fill};
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

/// How many of each kind can be chosen from here; the form of the integration takes any.
const MOST: usize = 200;

/// A page of a step.
#[derive(Template)]
#[template(path = "onboard.html")]
struct StepPage {
    frame: Frame,
    wish: Wish,
    step: Step,
    error: &'static str,
    secret_error: &'static str,
    plans: Vec<PlanChoice>,
    partners: Vec<(String, String)>,
    routers: Vec<(String, String)>,
    rows: Vec<(&'static str, String)>,
    back: String,
}

/// A plan that can be chosen.
struct PlanChoice {
    name: String,
    allows: String,
    active: bool,
    chosen: bool,
}

pub(super) async fn step(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(wish): QueryOf<Wish>,
) -> Result<Response, Problem> {
    let network = service.setup.load().balancer.network();
    let wish = wish.trimmed();
    let asked = wish.step();
    // what comes after a step is wrong only once that step was done
    let flaw = wish.flaw(&network, visitor.words()).filter(|flaw| flaw.step < asked);
    page(&visitor, &network, wish, flaw, "")
}

/// The page of the step that is asked for, or of the one that is to set `flaw` right.
pub(super) fn page(
    visitor: &Visitor,
    network: &Network,
    wish: Wish,
    flaw: Option<Flaw>,
    secret_error: &'static str,
) -> Result<Response, Problem> {
    let step = flaw.map_or(wish.step(), |flaw| flaw.step);
    let frame = visitor.frame(visitor.words().onboard.title, Section::Integrations);
    let w = &frame.w.onboard;
    let is_wrong = flaw.is_some() || !secret_error.is_empty();
    let status = if is_wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let partners = network.partners().take(MOST).map(|partner| {
        let (name, shown) = (partner.name.to_string(), partner.display_name.clone());
        (name.clone(), if shown.is_empty() { name } else { shown })
    });
    let chosen = wish.integration();
    let page = StepPage {
        step,
        error: flaw.map_or("", |flaw| flaw.says),
        secret_error,
        plans: network
            .plans()
            .take(MOST)
            .map(|plan| PlanChoice {
                name: plan.name.to_string(),
                allows: allows(&frame, plan),
                active: plan.active,
                chosen: plan.name == chosen.plan,
            })
            .collect(),
        partners: partners.collect(),
        routers: network.routers().take(MOST).map(|router| (router.name.to_string(), places(w, router))).collect(),
        rows: rows(&frame, network, &wish),
        back: match step {
            Step::Name => "/admin/integrations".to_owned(),
            Step::Plan => wish.path(Step::Name),
            Step::Confirm => wish.path(Step::Plan),
        },
        frame,
        wish,
    };
    show_with(status, &page)
}

/// What a plan lets its integrations do.
fn allows(frame: &Frame, plan: &Plan) -> String {
    let w = &frame.w.onboard;
    let said = |text: &str, most: Option<u64>| most.map(|most| fill(text, &[&frame.number(most)]));
    let limits = [
        said(w.at_most_meetings, plan.max_concurrent_meetings.map(Into::into)),
        said(w.at_most_users, plan.max_concurrent_users.map(Into::into)),
        said(w.at_most_in_one, plan.max_users_per_meeting.map(Into::into)),
        said(w.at_most_minutes, plan.max_duration.map(|most| most.as_secs() / 60)),
        said(w.at_most_calls, plan.calls_per_second.map(Into::into)),
        plan.allowed_calls.is_some().then(|| w.only_calls.to_owned()),
    ];
    let mut said: Vec<String> = limits.into_iter().flatten().collect();
    if said.is_empty() {
        said.push(w.unlimited.to_owned());
    }
    said.push(if plan.may_record { w.recording } else { w.no_recording }.to_owned());
    said.join(" · ")
}

/// How a router places meetings.
fn places(w: &OnboardWords, router: &Router) -> String {
    let how = if router.policy.contains("nearest") {
        fill(w.radius, &[&router.policy, &router.radius_km])
    } else {
        router.policy.clone()
    };
    format!("{}: {how}", router.name)
}

/// What will be made, field by field.
fn rows(frame: &Frame, network: &Network, wish: &Wish) -> Vec<(&'static str, String)> {
    let w = &frame.w.onboard;
    let new = wish.integration();
    let plan = network.plan(new.plan.as_str()).map(|plan| allows(frame, plan)).unwrap_or_default();
    let router = network.router(new.router.as_str()).map_or_else(|| new.router.to_string(), |router| places(w, router));
    vec![
        (w.name, new.name.to_string()),
        (w.display_name, new.display_name),
        (w.plan, format!("{}: {plan}", new.plan)),
        (w.partner, new.partner.map_or_else(|| w.nobody.to_owned(), |partner| partner.to_string())),
        (w.router, router),
        (w.secret, w.secret_drawn.to_owned()),
    ]
}
