//! `lb backup`: copies the database while the balancer may run on it.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use lb_http::config::{Config, StoreUrl};
use lb_http::store::KeyRing;
use lb_http::store::sqlite::{BackupError, Contents, Progress, backup};
use serde_json::{Value, json};

use crate::args::{Backup, Database};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// How long a copy may take before its progress is told.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &Backup, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let path = database(&args.database, world)?;
    let started = Instant::now();
    let contents = backup(&path, &args.file, args.force, tell_progress()).map_err(|error| match error {
        BackupError::Missing(path) => Failure::Failed(format!(
            "there is no database {}: a relative path in [store] url begins at the working directory",
            path.display()
        )),
        other => Failure::Failed(other.to_string()),
    })?;
    let took = started.elapsed();
    if args.database.json {
        writeln!(world.output, "{:#}", as_json(&contents, took))?;
    } else {
        let Contents { path, .. } = &contents;
        writeln!(world.output, "{}: {}, in {took:.1?}", path.display(), as_text(&contents))?;
    }
    Ok(Outcome::Done)
}

/// The database that the configuration names.
pub(super) fn database(args: &Database, world: &World<'_>) -> Result<PathBuf, Failure> {
    match Config::load(args.config.as_deref(), world.environment.iter().cloned())?.store {
        StoreUrl::Sqlite(path) => Ok(path),
        StoreUrl::Memory => Err(Failure::Usage("[store] url is memory: there is no database".to_owned())),
    }
}

/// The keys of its secrets, where the configuration names a file with them.
pub(super) fn keys(args: &Database, world: &World<'_>) -> Result<Option<KeyRing>, Failure> {
    let config = Config::load(args.config.as_deref(), world.environment.iter().cloned())?;
    let ring = config.store_key_file.as_deref().map(KeyRing::read).transpose();
    ring.map_err(|error| Failure::Usage(error.to_string()))
}

pub(super) fn as_text(contents: &Contents) -> String {
    let Contents { bytes, schema, meetings, claims, events, .. } = contents;
    let under_way = if *claims > 0 { format!("{claims} creates under way, ") } else { String::new() };
    format!("{} KiB, {meetings} meetings, {under_way}{events} events, schema {schema}", bytes.div_ceil(1024))
}

pub(super) fn as_json(contents: &Contents, took: Duration) -> Value {
    json!({
        "file": contents.path,
        "bytes": contents.bytes,
        "schema": contents.schema,
        "meetings": contents.meetings,
        "claims": contents.claims,
        "events": contents.events,
        "seconds": took.as_secs_f64(),
    })
}

/// Tells the progress of a long copy where a person looks on.
pub(super) fn tell_progress() -> impl FnMut(Progress) {
    let terminal = std::io::stderr().is_terminal();
    let (started, mut last) = (Instant::now(), None);
    move |Progress { done, of }| {
        let percent = (done * 100).checked_div(of).unwrap_or(100);
        if terminal && started.elapsed() > PATIENCE && last != Some(percent) {
            last = Some(percent);
            let line = if percent < 100 { format!("\rcopied {percent} %") } else { "\rchecking     \n".to_owned() };
            // who cannot be told is not told
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}
