//! One integration: what is said of it, how much of its plan it uses, its meetings, its secrets, and what is wrong with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::Right;
use lb_core::balancer::{Examination, MeetingSearch, Severity, Used};
use lb_core::network::{Integration, Plan};

use super::kind::Integrations;
use crate::pages::admin::entity::{EntityKind, Ground};
use crate::pages::fields::{Fact, Filled};
use crate::pages::frame::{Frame, Section};
use crate::pages::links;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Problem};
use crate::server::Service;

/// The most meetings and refused calls that the page has.
const MOST: usize = 10;

#[derive(Template)]
#[template(path = "admin/integration.html")]
struct IntegrationPage<'p> {
    frame: Frame,
    name: &'p str,
    display_name: String,
    href: String,
    active: bool,
    tone: &'static str,
    state: &'static str,
    managed: bool,
    may_edit: bool,
    may_administer: bool,
    may_guard: bool,
    version: String,
    belongs: Vec<Belongs>,
    facts: Vec<Fact<'p>>,
    used: Vec<UsedRow>,
    meetings: Vec<MeetingRow>,
    all_meetings: String,
    events: String,
    secrets: Vec<SecretRow>,
    may_forget: bool,
    found: Vec<(&'static str, String, String)>,
    last_success: Option<Timestamp>,
    refused: Vec<RefusedRow>,
    unreached: Vec<(String, Timestamp, String)>,
}

/// What it has of the network: its plan, its router, its partner.
struct Belongs {
    label: &'static str,
    name: String,
    /// Its page, where who looks may see it.
    href: Option<String>,
}

/// A limit, and how much of it is used.
struct UsedRow {
    label: &'static str,
    text: String,
    /// Per cent.
    share: Option<u32>,
    tone: &'static str,
}

struct MeetingRow {
    name: String,
    href: String,
    server: String,
    users: Option<String>,
    since: Timestamp,
}

struct SecretRow {
    text: String,
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
    expired: bool,
    expire: String,
    forget: String,
}

struct RefusedRow {
    at: Timestamp,
    times: String,
    call: &'static str,
    from: String,
    says: String,
    advice: String,
}

pub(super) async fn show(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<String>,
) -> Result<Response, Problem> {
    let ground = Ground::of(&service, &visitor)?;
    let w = &ground.w.integrations;
    let integration = Arc::clone(ground.caller.integration(&ground.network, &name)?);
    let frame = visitor.frame(format!("{} {name}", w.one), Section::Integrations);
    let plan = Arc::clone(ground.network.plan_of(&integration));
    let used = ground.balancer().used(&integration.name).await?;
    let reach = ground.caller.reach();
    let examined = ground.balancer().examine(&integration.name, &reach).await?;
    let examined = examined.ok_or_else(|| Problem::not_found(format!("integration {name}")))?;
    let form = Filled::with(Integrations::fields(&ground, Some(&name)), Integrations::body(&ground, Some(&name))?);
    let elsewhere = ["active", "plan", "router", "partner", "display_name"];
    // of the many rules those that there are
    let told = |fact: &Fact<'_>| !elsewhere.contains(&fact.field.key) && !fact.is_nothing;
    let facts = form.facts(&ground.w.form).into_iter().filter(told);
    let (managed, version) = ground.version(&Integrations::entity(&name));
    let (tone, state) = match (integration.active, plan.active) {
        (true, true) => ("is-good", w.is_active),
        (true, false) => ("is-warning", w.plan_inactive),
        (false, _) => ("is-critical", w.inactive),
    };
    let may_edit = !managed && ground.may(Right::Manage);
    let page = IntegrationPage {
        display_name: if integration.display_name == name { String::new() } else { integration.display_name.clone() },
        href: Integrations::href(&name, ""),
        active: integration.active,
        tone,
        state,
        managed,
        may_edit,
        may_administer: !managed && ground.may(Right::Administer),
        may_guard: ground.may(Right::Guard),
        version: version.map(|version| version.to_string()).unwrap_or_default(),
        belongs: belongs(&ground, &integration),
        facts: facts.collect(),
        used: used_rows(&ground, &frame, used, &plan),
        meetings: meetings(&ground, &frame, &integration).await?,
        all_meetings: links::with("/admin/meetings", &[("integration", &name)]),
        events: links::with("/admin/events", &[("integration", &name)]),
        secrets: secrets(&ground, &integration),
        may_forget: integration.secrets.len() > 1,
        last_success: examined.last_success.map(|(at, _)| at),
        unreached: examined.unreached.iter().map(|it| (it.host.clone(), it.since, it.problem.clone())).collect(),
        found: found(&examined),
        refused: refused(&ground, examined),
        name: &name,
        frame,
    };
    crate::pages::frame::show(&page)
}

fn belongs(ground: &Ground<'_>, integration: &Integration) -> Vec<Belongs> {
    let w = &ground.w.integrations;
    let link = |base, name: &str| ground.may(Right::ViewNetwork).then(|| links::thing(base, name, ""));
    let of = |label, base, name: &str| Belongs { label, name: name.to_owned(), href: link(base, name) };
    let plan = of(w.plan, "/admin/plans", integration.plan.as_str());
    let router = of(w.router, "/admin/routers", integration.router.as_str());
    let partner = integration.partner.as_ref();
    let partner = partner.map_or(Belongs { label: w.partner, name: w.no_partner.to_owned(), href: None }, |partner| {
        of(w.partner, "/admin/partners", partner.as_str())
    });
    vec![plan, router, partner]
}

fn used_rows(ground: &Ground<'_>, frame: &Frame, used: Used, plan: &Plan) -> Vec<UsedRow> {
    let w = &ground.w.integrations;
    let row = |label, used: u32, limit: Option<u32>| {
        let share =
            limit.map(|limit| if limit == 0 { 100 } else { (u64::from(used) * 100 / u64::from(limit)).min(100) });
        UsedRow {
            label,
            text: limit.map_or_else(
                || fill(w.of_any, &[&frame.number(used)]),
                |limit| fill(w.of, &[&frame.number(used), &frame.number(limit)]),
            ),
            tone: match share {
                Some(100..) => "is-critical",
                Some(81..) => "is-warning",
                _ => "",
            },
            share: share.and_then(|share| u32::try_from(share).ok()),
        }
    };
    vec![
        row(w.meetings, used.meetings, plan.max_concurrent_meetings),
        row(w.users, used.users, plan.max_concurrent_users),
        row(w.calls, used.calls_per_second, plan.calls_per_second),
    ]
}

async fn meetings(ground: &Ground<'_>, frame: &Frame, integration: &Integration) -> Result<Vec<MeetingRow>, Problem> {
    let search =
        MeetingSearch { integration: Some(integration.name.clone()), ..MeetingSearch::within(ground.caller.reach()) };
    let page = ground.balancer().running_meetings(&search, None, MOST).await?;
    let row = |running: lb_core::balancer::RunningMeeting| {
        let (meeting, key) = (&running.meeting, &running.meeting.key);
        let id = key.meeting_id.as_str();
        MeetingRow {
            name: if meeting.name.is_empty() { id.to_owned() } else { meeting.name.clone() },
            href: links::meeting(key.integration.as_str(), id),
            // which servers there are is for who may see the network
            server: if ground.may(Right::ViewNetwork) { meeting.server.to_string() } else { String::new() },
            users: running.seen.map(|seen| frame.number(seen.users)),
            since: meeting.created_at,
        }
    };
    Ok(page.meetings.into_iter().map(row).collect())
}

fn secrets(ground: &Ground<'_>, integration: &Integration) -> Vec<SecretRow> {
    let (w, now, name) = (&ground.w.integrations, ground.balancer().now(), integration.name.as_str());
    let page = |what: &str, label: &str| links::with(&Integrations::href(name, what), &[("label", label)]);
    let row = |known: &lb_core::network::IntegrationSecret| SecretRow {
        text: if known.label.is_empty() { w.no_label.to_owned() } else { known.label.clone() },
        created: known.created_at,
        expires: known.expires_at,
        expired: !known.is_valid(now),
        expire: page("/secrets/expire", &known.label),
        forget: page("/secrets/forget", &known.label),
    };
    integration.secrets.iter().map(row).collect()
}

/// What was found: how bad it is, what it is, and what to do.
fn found(examined: &Examination) -> Vec<(&'static str, String, String)> {
    let tone = |severity| match severity {
        Severity::Trouble => "is-critical",
        Severity::Warning => "is-warning",
        Severity::Note => "is-quiet",
    };
    let all = examined.findings.iter();
    all.map(|finding| (tone(finding.severity), finding.says.clone(), finding.advice.clone())).collect()
}

fn refused(ground: &Ground<'_>, examined: Examination) -> Vec<RefusedRow> {
    let w = &ground.w.integrations;
    let row = |call: lb_core::balancer::ExaminedCall| RefusedRow {
        at: call.at,
        times: if call.times > 1 { fill(w.times, &[&call.times]) } else { String::new() },
        call: call.call,
        from: call.address.map(|address| address.to_string()).unwrap_or_default(),
        says: call.says,
        advice: call.advice,
    };
    examined.refused.into_iter().take(MOST).map(row).collect()
}
