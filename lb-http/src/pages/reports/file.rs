//! [`Month`]: the report of a month, as a file.

use std::sync::Arc;

use askama::Template;
use lb_core::Timestamp;
use lb_core::balancer::Balancer;
use lb_core::report::{By, Filter, ReportQuery, Step, Table, Zone};

use super::body::{Body, Made};
use super::period::Period;
use crate::config::ReportFormat;
use crate::pages::language::Language;
use crate::rest::{Problem, ReportView, csv_of, made};

/// A month by integration and day, with what is shown of it beside that.
#[derive(Debug)]
pub(crate) struct Month {
    period: Period,
    table: Table,
    before: Option<(Period, Table)>,
    hours: Table,
}

#[derive(Template)]
#[template(path = "report_file.html")]
struct Page {
    body: Body,
    style: &'static str,
    /// A file has all rows.
    all_rows: &'static str,
}

impl Month {
    /// Makes the report from `from` until `until`.
    ///
    /// # Errors
    /// [`Problem`]: it cannot be made now.
    pub(crate) async fn made(
        balancer: &Arc<Balancer>,
        zone: &Zone,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Self, Problem> {
        let period = Period { from, until, zone: zone.clone() };
        let query = |period: &Period, step, by| ReportQuery {
            from: period.from,
            until: period.until,
            zone: zone.clone(),
            step,
            by,
            filter: Filter::default(),
        };
        let make = |query| made(Arc::clone(balancer), query);
        let table = make(query(&period, Step::Day, By::Integration)).await?;
        let hours = make(query(&period, Step::Hour, By::Nothing)).await?;
        let before = match period.before(balancer.now()) {
            Some(before) => Some((before.clone(), make(query(&before, Step::Whole, By::Nothing)).await?)),
            None => None,
        };
        Ok(Self { period, table, before, hours })
    }

    /// The same, written.
    ///
    /// # Errors
    /// [`Problem`]: it cannot be written so.
    pub(crate) fn written(&self, format: ReportFormat) -> Result<String, Problem> {
        let cannot = || Problem::unavailable(format!("the report cannot be written as {format}"));
        match format {
            ReportFormat::Csv => csv_of(&self.table).map_err(|_| cannot()),
            ReportFormat::Json => serde_json::to_string_pretty(&ReportView::from(&self.table)).map_err(|_| cannot()),
            ReportFormat::Html => {
                let made = Made {
                    period: &self.period,
                    table: &self.table,
                    before: self.before.as_ref().map(|(period, table)| (period, table)),
                    hours: Some(&self.hours),
                    all_rows: true,
                };
                let body = Body::of(made, Language::English);
                let style = include_str!("../../../assets/style.css");
                Page { body, style, all_rows: "" }.render().map_err(|_| cannot())
            }
        }
    }
}
