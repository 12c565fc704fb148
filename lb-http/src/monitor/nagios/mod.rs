//! [`Nagios`]: servers from a Nagios, in one of two [formats](NagiosFormat).
//!
//! Nagios Core 4, by its JSON CGIs:
//!
//! ```text
//! every poll, at once          statusjson.cgi?query=servicelist&details=true   states, texts, figures
//!                              statusjson.cgi?query=hostlist&details=true      up, down
//! when Nagios was restarted,   objectjson.cgi?query=hostlist&details=true      URL, secret, address, position
//! and every 5 minutes          objectjson.cgi?query=hostgrouplist&details=true members, if groups are configured
//! ```
//!
//! Nagios 3 with the `status-json.cgi` of Mconf's networks:
//!
//! ```text
//! every poll                   status-json.cgi?hostgroup=all&style=mconf       all of it
//! ```
//!
//! A host becomes a server when it carries the custom variables `_BBB_URL` and `_BBB_SALT`, or `notes` of the form
//! `URL SECRET`. Its place may stand in `_SERVER_LATITUDE` and `_SERVER_LONGITUDE` (or `_LATITUDE` and `_LONGITUDE`).
//!
//! **Whoever may read these answers can read the servers' secrets**: Nagios should be asked over HTTPS, by a user of its
//! own, which needs `authorized_for_all_hosts` and `authorized_for_all_services` and nothing else.

mod changes;
mod core4;
#[cfg(test)]
pub(super) mod fake;
mod figures;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod host;
mod mconf;
mod objects;
mod perfdata;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod traps;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lb_core::source::{MonitorReport, ReportedServer, ServerSource, SourceError};
use lb_core::{Clock, Server};
use url::form_urlencoded::byte_serialize;

use self::changes::Changes;
use self::core4::Answer;
use self::figures::CpuFigure;
use self::objects::Objects;
pub use self::settings::{NagiosFormat, NagiosSettings};
use super::fetch::{Fetcher, SetupError};

/// How long the objects of one run of Nagios are believed: somebody may have changed what a group contains.
const OBJECTS_KEPT: Duration = Duration::from_secs(300);

/// More servers than this are refused: a Nagios that watches so much is not narrowed to the servers.
const MOST_SERVERS: usize = 10_000;

/// Asks a Nagios. See the module.
#[derive(Debug)]
pub struct Nagios {
    fetcher: Fetcher,
    settings: NagiosSettings,
    cpu: CpuFigure,
    // narrows every list to the one group that counts, where there is just one: a Nagios may watch much else
    filter: String,
    clock: Arc<dyn Clock>,
    // each held for one clone or one assignment, never across an await
    objects: Mutex<Option<Arc<Objects>>>,
    changes: Mutex<Arc<Changes>>,
}

impl Nagios {
    /// A source that asks as `settings` say; ages of figures are counted by `clock`.
    ///
    /// # Errors
    /// [`SetupError`] if the settings cannot work. Whether Nagios answers is not tried.
    pub fn new(settings: NagiosSettings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let fetcher = Fetcher::new(&settings.url, &settings.username, &settings.password)?;
        let cpu = CpuFigure { service: settings.cpu_service.clone(), label: settings.cpu_label.clone() };
        let filter = match (&settings.hostgroup, &settings.recording_hostgroup) {
            (Some(group), None) => {
                let name: String = byte_serialize(group.as_bytes()).collect();
                format!("&hostgroup={name}")
            }
            _ => String::new(),
        };
        Ok(Self { fetcher, settings, cpu, filter, clock, objects: Mutex::default(), changes: Mutex::default() })
    }

    async fn report(&self) -> Result<MonitorReport, SourceError> {
        let report = match self.settings.format {
            NagiosFormat::Core4 => self.core4_report().await?,
            NagiosFormat::Mconf => self.mconf_report().await?,
        };
        match report.servers.len() {
            0 => tracing::warn!("Nagios shows no servers: has its user authorized_for_all_hosts and _all_services?"),
            1..=MOST_SERVERS => {}
            many => return Err(SourceError::Unreadable(format!("it has {many} servers; the most are {MOST_SERVERS}"))),
        }
        Ok(report)
    }

    async fn mconf_report(&self) -> Result<MonitorReport, SourceError> {
        let asked_at = self.clock.now();
        let filter = if self.filter.is_empty() { "&hostgroup=all" } else { &self.filter };
        let body = self.fetcher.get(&format!("status-json.cgi?style=mconf{filter}")).await?;
        let answer = parsed(move || mconf::Answer::parse(&body)).await?;

        let before = self.changes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let changes = Arc::new(before.after(answer.last_checks(), asked_at));
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&changes);
        let age = changes.age(asked_at);
        if age > self.settings.max_age {
            return Err(SourceError::Stale(age));
        }
        let groups = [&self.settings.hostgroup, &self.settings.recording_hostgroup].map(Option::as_deref);
        let report = |(host, recording): (mconf::Host, bool)| {
            let mut checked = host.services;
            for checked in &mut checked {
                checked.service.checked_at = changes.done_at(&host.name, &checked.service.name);
            }
            Some(ReportedServer {
                server: host.server?,
                host: host.status,
                load: figures::load(&checked, &self.cpu, |moment| moment),
                services: checked.into_iter().map(|checked| checked.service).collect(),
                recording,
            })
        };
        let servers: Vec<_> = answer.select(groups[0], groups[1])?.into_iter().filter_map(report).collect();
        Ok(MonitorReport::of(servers))
    }

    async fn core4_report(&self) -> Result<MonitorReport, SourceError> {
        // from before the question: no figure may count as fresher than it is
        let asked_at = self.clock.now();
        let (services, hosts) =
            tokio::try_join!(self.ask("statusjson.cgi", "servicelist"), self.ask("statusjson.cgi", "hostlist"))?;
        let (services, hosts) = (services.fresh(self.settings.max_age)?, hosts.fresh(self.settings.max_age)?);
        let objects = match self.kept_objects(&services) {
            Some(objects) => objects,
            None => self.fetch_objects().await?,
        };

        let query_time = services.query_time;
        let by_our_clock = |moment| asked_at.before(query_time.since(moment));
        let (mut services, states) = (services.services(), hosts.host_states());
        let report = |(server, recording): &(Server, bool)| {
            let name = server.name.as_str();
            // configured but not shown is not known to be well: the user may have lost a right
            let host = *states.get(name)?;
            let checked = services.remove(name).unwrap_or_default();
            Some(ReportedServer {
                server: server.clone(),
                host,
                load: figures::load(&checked, &self.cpu, by_our_clock),
                services: checked.into_iter().map(|checked| checked.service).collect(),
                recording: *recording,
            })
        };
        let servers: Vec<_> = objects.servers.iter().filter_map(report).collect();
        Ok(MonitorReport::of(servers))
    }

    async fn fetch_objects(&self) -> Result<Arc<Objects>, SourceError> {
        let groups = [&self.settings.hostgroup, &self.settings.recording_hostgroup];
        let members = async {
            match groups {
                [None, None] => Ok(None),
                _ => self.ask("objectjson.cgi", "hostgrouplist").await.map(Some),
            }
        };
        let (hosts, members) = tokio::try_join!(self.ask("objectjson.cgi", "hostlist"), members)?;
        let [hostgroup, recording] = groups.map(Option::as_deref);
        let objects = Arc::new(Objects::select(hosts, members, hostgroup, recording, self.clock.now())?);
        // a user without rights sees none: as soon as it is given them, it shall see all
        let worth_keeping = (!objects.servers.is_empty()).then(|| Arc::clone(&objects));
        *self.objects.lock().unwrap_or_else(PoisonError::into_inner) = worth_keeping;
        Ok(objects)
    }

    /// The objects of an earlier poll, if they are of the same run of Nagios as `status` and not too old.
    fn kept_objects(&self, status: &Answer) -> Option<Arc<Objects>> {
        let kept = self.objects.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let age = self.clock.now().since(kept.fetched_at);
        (kept.program_start == status.program_start && age < OBJECTS_KEPT).then_some(kept)
    }

    async fn ask(&self, cgi: &str, list: &'static str) -> Result<Answer, SourceError> {
        let filter = if list == "hostgrouplist" { "" } else { &self.filter };
        let body = self.fetcher.get(&format!("{cgi}?query={list}&details=true{filter}")).await?;
        parsed(move || Answer::parse(&body, list)).await
    }
}

/// Reads megabytes on a large network: too long for a thread that serves calls.
async fn parsed<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    let parsed = tokio::task::spawn_blocking(read).await;
    parsed.unwrap_or_else(|error| Err(SourceError::Unreadable(error.to_string())))
}

#[async_trait]
impl ServerSource for Nagios {
    async fn poll(&self) -> Result<MonitorReport, SourceError> {
        let deadline = self.settings.deadline;
        match tokio::time::timeout(deadline, self.report()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SourceError::Unreachable(format!("no answer within {} s", deadline.as_secs_f64()))),
        }
    }
}
