//! The report of each month, as files in `[reports] directory`: written when the month is over, once.
//!
//! The file `.written` there has the last month that was written, so that a report which somebody has taken away does not come
//! again, and months that passed while the balancer was stopped are written when it runs again.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lb_core::Timestamp;
use lb_core::balancer::Balancer;
use lb_core::report::{Step, Zone};
use tempfile::NamedTempFile;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Reports;
use crate::metrics::Metrics;
use crate::pages::reports::Month;
use crate::server::Service;

/// How often it is looked whether a month is over.
const SOON: Duration = Duration::from_secs(60);

/// How long after a failure it is tried again.
const LATER: Duration = Duration::from_secs(600);

/// So many months are written at most after the balancer was stopped: events are seldom kept longer.
const MOST: usize = 24;

/// The name of the file with the last month that was written.
const WRITTEN: &str = ".written";

/// Starts to write them; it ends when `stop` is cancelled.
pub(crate) fn start(service: &Service, tasks: &TaskTracker, stop: &CancellationToken) {
    let (service, stop) = (service.clone(), stop.clone());
    tasks.spawn(async move {
        stop.run_until_cancelled(rounds(&service)).await;
    });
}

async fn rounds(service: &Service) {
    loop {
        let setup = service.setup.load();
        let pause = match round(&setup.balancer, &setup.reports, &service.metrics).await {
            Ok(_) => SOON,
            Err(problem) => {
                let directory = setup.reports.directory.as_deref().unwrap_or(Path::new("")).display().to_string();
                tracing::warn!(%directory, problem, "the report of a month cannot be written; it is tried again");
                LATER
            }
        };
        sleep(pause).await;
    }
}

/// Writes what is due; the names of the months.
async fn round(balancer: &Arc<Balancer>, reports: &Reports, metrics: &Metrics) -> Result<Vec<String>, String> {
    let Some(directory) = reports.directory.clone() else { return Ok(Vec::new()) };
    let before = {
        let directory = directory.clone();
        off(move || last_written(&directory)).await?
    };
    let mut months = Vec::new();
    for (name, span) in due(&reports.zone, balancer.now(), before.as_deref()) {
        let written = write_month(balancer, reports, &directory, &name, span).await;
        metrics.report_files(written.is_ok());
        written?;
        tracing::info!(month = %name, directory = %directory.display(), "the report of a month was written");
        months.push(name);
    }
    Ok(months)
}

async fn write_month(
    balancer: &Arc<Balancer>,
    reports: &Reports,
    directory: &Path,
    name: &str,
    span: (Timestamp, Timestamp),
) -> Result<(), String> {
    let said = |problem: crate::rest::Problem| problem.detail().to_owned();
    let month = Month::made(balancer, &reports.zone, span).await.map_err(said)?;
    let mut files = Vec::new();
    for format in &reports.formats {
        files.push((directory.join(format!("report-{name}.{format}")), month.written(*format).map_err(said)?));
    }
    let (directory, name) = (directory.to_owned(), name.to_owned());
    off(move || write_files(&directory, &files, &name)).await
}

/// Months that are over and not written, the oldest first, by name. Where none was ever written, the last one alone.
fn due(zone: &Zone, now: Timestamp, written: Option<&str>) -> Vec<(String, (Timestamp, Timestamp))> {
    let mut months = Vec::new();
    let mut next = zone.last(Step::Month, now);
    while let Some((from, until)) = next {
        let name = zone.label(Step::Month, from);
        if written.is_some_and(|written| name.as_str() <= written) || months.len() == MOST {
            break;
        }
        months.push((name, (from, until)));
        if written.is_none() {
            break;
        }
        next = zone.last(Step::Month, from);
    }
    months.reverse();
    months
}

fn last_written(directory: &Path) -> io::Result<Option<String>> {
    DirBuilder::new().recursive(true).mode(0o750).create(directory)?;
    match fs::read_to_string(directory.join(WRITTEN)) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|month| !month.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All of them, and then that they are written. One that is there already stays as it is.
fn write_files(directory: &Path, files: &[(PathBuf, String)], month: &str) -> io::Result<()> {
    for (path, text) in files {
        if !path.try_exists()? {
            write_file(directory, path, text)?;
        }
    }
    write_file(directory, &directory.join(WRITTEN), &format!("{month}\n"))?;
    File::open(directory)?.sync_all()
}

/// Under its name the file is whole, or not there at all.
fn write_file(directory: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut draft = NamedTempFile::new_in(directory)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().set_permissions(Permissions::from_mode(0o640))?;
    draft.as_file().sync_all()?;
    draft.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// Does what blocks where it holds nobody up.
async fn off<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the work broke off".to_owned()),
    }
}

#[cfg(test)]
mod tests;
