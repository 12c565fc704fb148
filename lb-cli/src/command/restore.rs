//! `lb restore`: puts a backup in the place of the database of a balancer that does not run.

use std::time::Instant;

use lb_http::store::sqlite::restore;
use serde_json::json;

use super::backup::{as_json, as_text, database, keys, tell_progress};
use crate::args::Restore;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Restore, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let path = database(&args.database, world)?;
    let keys = keys(&args.database, world)?;
    let started = Instant::now();
    let restored = restore(&args.file, &path, keys.as_ref(), tell_progress());
    let restored = restored.map_err(|error| Failure::Failed(error.to_string()))?;
    let (contents, took) = (&restored.contents, started.elapsed());
    if args.database.json {
        let mut value = as_json(contents, took);
        value["kept"] = json!(restored.kept);
        writeln!(world.output, "{value:#}")?;
    } else {
        writeln!(world.output, "{}: {}, in {took:.1?}", contents.path.display(), as_text(contents))?;
        match &restored.kept {
            Some(kept) => writeln!(world.output, "the database before is kept as {}", kept.display())?,
            None => writeln!(world.output, "there was no database before")?,
        }
    }
    Ok(Outcome::Done)
}
