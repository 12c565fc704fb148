//! Usage reports: the stored events are read, and [`report`](crate::report) makes figures of them.

use std::time::Duration;

use super::Balancer;
use crate::clock::Timestamp;
use crate::network::IntegrationName;
use crate::report::{
    BadReportQuery, Counting, Hearing, Incarnation, Limits, Owners, READ, Report, ReportQuery, Table, TooMuch,
};
use crate::store::{EVENTS_PAGE, EventFilter, StoreError};

/// So long before the period meetings are looked for that run at its begin. Those that run longer are found by whatever
/// happens in them during the period.
pub(super) const LOOK_BACK: Duration = Duration::from_secs(31 * 24 * 3600);

/// So many integrations are read one by one; more, with all others.
const ONE_BY_ONE: usize = 32;

/// What tells of a meeting, after the period, what was in it.
const LATER: [&str; 3] = ["meeting-ended", "user-left", "user-entered"];

/// There is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// What is asked for cannot be.
    #[error(transparent)]
    Query(#[from] BadReportQuery),
    /// It would be too large.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// The events cannot be read.
    #[error("the events cannot be read")]
    Store(#[from] StoreError),
}

impl Balancer {
    /// Makes a report of what the stored events say now.
    ///
    /// Where all steps begin with quarters of an hour of UTC, and these are [rolled up](Self::roll_up), it reads those; else
    /// [every event](Self::report_of_events). What is made of the last quarters is used for some seconds again; the table says
    /// of which moment it is. It computes without a pause: it should run where that delays no call, under a deadline, and not
    /// many at once. See [`Limits`] for how much memory it may take.
    ///
    /// # Errors
    /// [`ReportError`].
    ///
    /// # Cancel safety
    /// It changes nothing, and may be dropped at any time.
    pub async fn report(&self, query: ReportQuery) -> Result<Table, ReportError> {
        match self.report_of_rollups(&query).await? {
            Some(table) => Ok(table),
            None => self.report_of_events(query).await,
        }
    }

    /// The same, from every event of the period, page by page.
    ///
    /// # Errors
    /// [`ReportError`].
    ///
    /// # Cancel safety
    /// It changes nothing, and may be dropped at any time.
    pub async fn report_of_events(&self, query: ReportQuery) -> Result<Table, ReportError> {
        let (now, owners) = (self.clock.now(), Owners::of(&self.network()));
        let passes: Vec<Option<IntegrationName>> = match &query.filter.integrations {
            Some(wanted) if wanted.len() <= ONE_BY_ONE => wanted.iter().cloned().map(Some).collect(),
            _ => vec![None],
        };
        let (from, until) = (query.from, query.until);
        let mut report = Report::new(query, owners, Limits::default())?;
        for integration in passes {
            let any = EventFilter { integration, ..EventFilter::default() };
            self.begun_before(report.hearing(), &any, from).await?;
            self.between(report.hearing(), &any, from, until).await?;
            self.known_afterwards(report.hearing(), until).await?;
            report.close(now)?;
        }
        Ok(report.finish(now)?)
    }

    /// What runs at `from`.
    pub(super) async fn begun_before<C: Counting>(
        &self,
        report: &mut Hearing<C>,
        any: &EventFilter,
        from: Timestamp,
    ) -> Result<(), ReportError> {
        let (since, mut after) = (from.before(LOOK_BACK), None);
        loop {
            let integration = any.integration.as_ref();
            let page = self.stores.events.unended(integration, since, from, after, EVENTS_PAGE).await?;
            for event in &page.events {
                if let (Some(key), Some(internal_id)) = (event.kind.meeting(), event.kind.internal_id()) {
                    self.earlier(report, &(key.integration.clone(), internal_id.into()), READ, from).await?;
                }
            }
            // they are known now
            report.unknown();
            report.unknown_recordings();
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    pub(super) async fn between<C: Counting>(
        &self,
        report: &mut Hearing<C>,
        any: &EventFilter,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<(), ReportError> {
        let (from_on, before) = (Some(from), Some(until));
        let filter = EventFilter { from: from_on, until: before, kinds: words(READ), ..any.clone() };
        let mut after = None;
        loop {
            let page = self.stores.events.oldest_events(&filter, after, EVENTS_PAGE).await?;
            for event in &page.events {
                report.add(event)?;
            }
            self.look_back(report, from).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// What was before `from` of all that was heard of since, and perhaps not for the first time.
    pub(super) async fn look_back<C: Counting>(
        &self,
        report: &mut Hearing<C>,
        from: Timestamp,
    ) -> Result<(), ReportError> {
        for incarnation in report.unknown() {
            self.earlier(report, &incarnation, READ, from).await?;
        }
        for recording in report.unknown_recordings() {
            self.earlier(report, &recording, &["recording-seen"], from).await?;
        }
        // what was looked up is known now, as far as it can be
        report.unknown();
        report.unknown_recordings();
        Ok(())
    }

    pub(super) async fn earlier<C: Counting>(
        &self,
        report: &mut Hearing<C>,
        (integration, internal_id): &Incarnation,
        kinds: &[&str],
        before: Timestamp,
    ) -> Result<(), ReportError> {
        let filter = EventFilter {
            integration: Some(integration.clone()),
            internal_id: Some(internal_id.clone()),
            kinds: words(kinds),
            until: Some(before),
            ..EventFilter::default()
        };
        let mut after = None;
        loop {
            let page = self.stores.events.oldest_events(&filter, after, EVENTS_PAGE).await?;
            for event in &page.events {
                report.add(event)?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// What tells only after the period how what was in it ended.
    pub(super) async fn known_afterwards<C: Counting>(
        &self,
        report: &mut Hearing<C>,
        until: Timestamp,
    ) -> Result<(), ReportError> {
        for incarnation in report.unfinished() {
            let (integration, internal_id) = incarnation.clone();
            let filter = EventFilter {
                integration: Some(integration),
                internal_id: Some(internal_id),
                kinds: words(&LATER),
                from: Some(until),
                ..EventFilter::default()
            };
            let mut after = None;
            loop {
                let page = self.stores.events.oldest_events(&filter, after, EVENTS_PAGE).await?;
                for event in &page.events {
                    report.add(event)?;
                }
                after = page.next;
                if after.is_none() || !report.is_unfinished(&incarnation) {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn words(kinds: &[&str]) -> Vec<String> {
    kinds.iter().map(|word| (*word).to_owned()).collect()
}
