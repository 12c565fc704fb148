//! The commands, one file each.

pub(crate) mod admin;
mod backup;
mod call;
mod check_config;
mod completions;
mod demo;
mod key;
mod man;
mod open_files;
mod restore;
mod serve;
mod signing;
pub(crate) mod simulate;
mod url;

use crate::args::Command;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// Does what was asked for.
pub(crate) fn run(command: Command, world: &mut World<'_>) -> Result<Outcome, Failure> {
    match command {
        Command::Serve(args) => serve::run(&args, world),
        Command::Demo(args) => demo::run(&args, world),
        Command::CheckConfig(args) => check_config::run(&args, world),
        Command::Backup(args) => backup::run(&args, world),
        Command::Restore(args) => restore::run(&args, world),
        Command::Key(args) => key::run(&args, world),
        Command::Simulate(args) => simulate::run(&args, world),
        Command::Url(args) => url::run(&args, world),
        Command::Call(args) => call::run(&args, world),
        Command::Completions(args) => completions::run(&args, world),
        Command::Man(args) => man::run(&args, world),
        Command::Administer(command) => admin::run(command, world),
    }
}
