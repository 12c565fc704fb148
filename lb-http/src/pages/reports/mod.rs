//! Usage reports: the page `/reports`. Its figures are those of [`Balancer::report`](lb_core::balancer::Balancer::report), asked
//! for in the same words as over REST, so that a caller sees the same of them.
//!
//! | file | what |
//! |---|---|
//! | `wish` | which report is wanted, as the form says it |
//! | `period` | which time that is, and the one before it |
//! | `figure` | the columns |
//! | `tables`, `charts`, `week` | how the figures are shown |
//! | `body` | all of that, for the page and for files |
//! | `file` | the file of a month |

mod body;
mod charts;
mod figure;
mod file;
mod period;
mod tables;
mod week;
mod wish;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::{Reach, Right};
use lb_core::balancer::Balancer;
use lb_core::network::Network;
use lb_core::report::{By, ReportQuery, Step, Table, Zone};

use self::body::{Body, Made};
pub(crate) use self::file::Month;
use self::period::{Period, Preset};
use self::wish::{USUAL, Wish, download};
use super::frame::{Frame, Section, show, show_with};
use super::routes::Pages;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::rest::{Caller, Problem, QueryOf, made};
use crate::server::Service;

/// So many names the form offers of each kind.
const NAMES: usize = 200;

/// So many hours a picture of the week may be made of: a year has fewer.
const HOURS: u64 = 9_000;

const HOUR: u64 = 3_600_000;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/reports", Right::View, page);
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportPage {
    frame: Frame,
    form: Form,
    /// What is wrong with what was asked for.
    problem: Option<String>,
    /// What could not be made of it.
    lacking: Vec<String>,
    body: Option<Body>,
    csv: String,
    json: String,
    all_rows: String,
}

/// The form, as it was filled in.
struct Form {
    wish: Wish,
    period: String,
    zone: String,
    periods: Vec<(&'static str, &'static str)>,
    steps: Vec<(&'static str, &'static str)>,
    groups: Vec<(&'static str, &'static str)>,
    compared: [(&'static str, &'static str); 2],
    names: Names,
}

/// What can be named in it.
#[derive(Default)]
struct Names {
    integrations: Vec<String>,
    partners: Vec<String>,
    servers: Vec<String>,
    routers: Vec<String>,
}

async fn page(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(wish): QueryOf<Wish>,
) -> Result<Response, Problem> {
    let balancer = Arc::clone(&service.setup.load().balancer);
    let caller = visitor.caller()?;
    let usual = service.setup.load().reports.zone.clone();
    let form = Form::new(&wish, caller, &balancer, &usual, visitor.words());
    let frame = visitor.frame(visitor.words().reports.title, Section::Reports);
    let mut page = ReportPage {
        frame,
        form,
        problem: None,
        lacking: Vec::new(),
        body: None,
        csv: String::new(),
        json: String::new(),
        all_rows: wish.with_all_rows(),
    };
    match page.make(&wish, &usual, caller, balancer, &visitor).await {
        Ok(()) => show(&page),
        Err(problem) => {
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let own_words = visitor.words().reports;
            page.problem = Some(match status {
                StatusCode::NOT_FOUND => own_words.no_name.to_owned(),
                _ => problem.detail().to_owned(),
            });
            show_with(status, &page)
        }
    }
}

impl ReportPage {
    async fn make(
        &mut self,
        wish: &Wish,
        usual: &Zone,
        caller: &Caller,
        balancer: Arc<Balancer>,
        visitor: &Visitor,
    ) -> Result<(), Problem> {
        let (words, now) = (visitor.words(), balancer.now());
        let zone = wish.zone(usual, words)?;
        let period = wish.period(&zone, now, words)?;
        let (step, _) = (wish.step(&period, words)?, wish.by(words)?);
        let asked = wish.asked(&period, step);
        (self.csv, self.json) = (download(&asked, "csv"), download(&asked, "json"));
        let query = asked.query(caller, &balancer.network(), now)?;
        let table = made(Arc::clone(&balancer), query.clone()).await?;
        let before = match wish.compare.as_str() {
            "none" => None,
            _ => self.before(&period, &query, &balancer, words).await,
        };
        let hours = self.hours(&period, &query, &balancer, &table, words).await;
        let made = Made {
            period: &period,
            table: &table,
            before: before.as_ref().map(|(period, table)| (period, table)),
            hours: hours.as_ref(),
            all_rows: wish.rows == "all",
        };
        let body = Body::of(made, visitor.language);
        self.frame.title = format!("{}: {}", words.reports.title, body.lead);
        self.body = Some(body);
        Ok(())
    }

    async fn before(
        &mut self,
        period: &Period,
        query: &ReportQuery,
        balancer: &Arc<Balancer>,
        words: &Words,
    ) -> Option<(Period, Table)> {
        let before = period.before(balancer.now())?;
        let (from, until) = (before.from, before.until);
        let query = ReportQuery { from, until, step: Step::Whole, by: By::Nothing, ..query.clone() };
        Some((before, self.part(made(Arc::clone(balancer), query).await, words)?))
    }

    /// The same, cut into hours; as far as they have come.
    async fn hours(
        &mut self,
        period: &Period,
        query: &ReportQuery,
        balancer: &Arc<Balancer>,
        table: &Table,
        words: &Words,
    ) -> Option<Table> {
        if table.step == Step::Hour {
            return Some(table.clone());
        }
        let next_hour = Timestamp::from_millis((table.made_at.as_millis() / HOUR + 1) * HOUR);
        let until = period.until.min(next_hour);
        if until <= period.from {
            return None;
        }
        if until.since(period.from).as_secs() / 3600 > HOURS {
            self.lacking.push(words.reports.week_too_long.to_owned());
            return None;
        }
        let query = ReportQuery { until, step: Step::Hour, by: By::Nothing, ..query.clone() };
        self.part(made(Arc::clone(balancer), query).await, words)
    }

    /// A part of the page; the others are shown where it cannot be made.
    fn part(&mut self, made: Result<Table, Problem>, words: &Words) -> Option<Table> {
        made.map_err(|problem| self.lacking.push(fill(words.reports.not_now, &[&problem.detail()]))).ok()
    }
}

impl Form {
    fn new(wish: &Wish, caller: &Caller, balancer: &Balancer, usual: &Zone, words: &Words) -> Self {
        let w = &words.reports;
        let presets = [w.this_month, w.last_month, w.this_quarter, w.last_quarter, w.this_year, w.last_year];
        let named = Preset::ALL.iter().zip(presets).map(|((word, _), said)| (*word, said));
        let steps = [w.hours, w.days, w.weeks, w.months, w.quarters, w.years, w.whole];
        let steps = Step::ALL.iter().zip(steps).map(|(step, said)| (step.as_str(), said));
        let groups = [w.integrations, w.partners, w.servers, w.routers, w.nothing];
        let groups = By::ALL.iter().zip(groups).map(|(by, said)| (by.as_str(), said));
        Self {
            period: match wish.period.as_str() {
                _ if wish.is_own() => "own".to_owned(),
                "" => USUAL.to_owned(),
                named => named.to_owned(),
            },
            zone: if wish.zone.is_empty() { usual.name().to_owned() } else { wish.zone.clone() },
            periods: named.chain([("own", w.own)]).collect(),
            steps: [("", w.automatic)].into_iter().chain(steps).collect(),
            groups: groups.collect(),
            compared: [("", w.compare_before), ("none", w.compare_none)],
            names: Names::seen(caller, &balancer.network(), balancer),
            wish: wish.clone(),
        }
    }

    /// Whether only some are asked for.
    fn is_filtered(&self) -> bool {
        let Wish { integration, partner, server, router, .. } = &self.wish;
        [integration, partner, server, router].into_iter().any(|names| !names.is_empty())
    }
}

impl Names {
    fn seen(caller: &Caller, network: &Network, balancer: &Balancer) -> Self {
        let reach = caller.reach();
        let integrations = network.integrations().iter().filter(|integration| reach.has(integration));
        let integrations = integrations.map(|integration| integration.name.to_string()).take(NAMES).collect();
        let Reach::Network = reach else { return Self { integrations, ..Self::default() } };
        let fleet = balancer.fleet();
        Self {
            integrations,
            partners: network.partners().map(|partner| partner.name.to_string()).take(NAMES).collect(),
            servers: fleet.servers().iter().map(|server| server.server.name.to_string()).take(NAMES).collect(),
            routers: network.routers().map(|router| router.name.to_string()).take(NAMES).collect(),
        }
    }
}
