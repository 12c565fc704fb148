//! `lb import`: what other balancers have becomes servers of this one.

mod scalelite;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use self::scalelite::Imported;
use super::put::{FromFile, Put, Thing};
use super::{Desk, Task};
use crate::client::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::Column;

const COLUMNS: &[Column] = &[
    Column::at("server", "/name"),
    Column::at("what", "/done"),
    Column::at("url", "/url"),
    Column::at("weight", "/weight").right().rank(2),
    Column::at("tags", "/tags").rank(1),
    Column::state("word", "/word").rank(3),
];

/// Which balancer.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Take over the servers of a Scalelite, from what its servers:yaml prints
    #[command(after_help = "\
Examples:
  docker exec scalelite-api ./bin/rake servers:yaml > servers.yml
  lb import scalelite servers.yml --dry-run
  lb import scalelite servers.yml

A server keeps its name. load_multiplier becomes the weight (2 means half as many meetings, for the policy weighted), tag a tag;
one that is not enabled is force-disabled. A server of that name that is here already is changed. Where one cannot be taken over,
none is. The file has secrets: delete it.")]
    Scalelite(File),
}

#[derive(Debug, Args)]
pub(crate) struct File {
    /// The file, or - for standard input
    file: PathBuf,
    /// Show what would be done and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Task for Verb {
    async fn run(self, desk: &mut Desk<'_, '_>) -> Result<Outcome, Failure> {
        let Self::Scalelite(File { file, dry_run }) = self;
        let text = desk.text_of(&file)?;
        let imported = scalelite::read(&text).map_err(|problems| {
            let named = problems.into_iter().map(|problem| format!("{}: {problem}", file.display()));
            Failure::Usage(named.collect::<Vec<_>>().join("\n"))
        })?;
        let new = look(desk, &imported).await?;
        let mut rows: Vec<Value> = imported.iter().zip(new).map(|(server, new)| server.row(new)).collect();
        if !dry_run {
            for (at, server) in imported.iter().enumerate() {
                rows[at]["done"] = put(desk, server, at, imported.len()).await?.into();
            }
        }
        let told = json!({ "dry_run": dry_run, "servers": rows });
        desk.tell(&told, |sheet| sheet.table(COLUMNS, &rows))
    }
}

/// Whether each is new here. None is taken over where one cannot be.
async fn look(desk: &Desk<'_, '_>, imported: &[Imported]) -> Result<Vec<bool>, Failure> {
    let present = desk.pages(&Place::of(&["servers"]), usize::MAX).await?;
    let present = present["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut problems, mut new) = (Vec::new(), Vec::new());
    for server in imported {
        let here = present.iter().find(|one| one["name"] == server.name);
        if here.is_some_and(|one| one["managed"] == true) {
            problems.push(format!("server {} is declared in the configuration file", server.name));
        }
        let same = |one: &&Value| one["url"] == server.url && !imported.iter().any(|other| one["name"] == other.name);
        if let Some(other) = present.iter().find(same) {
            let other = other["name"].as_str().unwrap_or_default();
            problems.push(format!("server {} has the URL of server {other}, which is here already", server.name));
        }
        new.push(here.is_none());
    }
    if problems.is_empty() { Ok(new) } else { Err(Failure::Failed(problems.join("\n"))) }
}

async fn put(desk: &mut Desk<'_, '_>, server: &Imported, at: usize, all: usize) -> Result<&'static str, Failure> {
    let place = Place::of(&["servers", &server.name]);
    let thing = Thing { place, what: format!("server {}", server.name), fields: super::server::FIELDS };
    match desk.put_silently(&thing, &FromFile::default(), &server.fields()).await {
        Ok(Put::Same(_)) => Ok("is so already"),
        Ok(Put::Created(_)) => Ok("created"),
        Ok(Put::Changed(_)) => Ok("changed"),
        Err(Failure::Failed(why)) => {
            let far = format!("{at} of {all} servers were taken over before");
            Err(Failure::Failed(format!("server {}: {why} ({far}; say it again when that is mended)", server.name)))
        }
        Err(other) => Err(other),
    }
}
