//! `lb`: serves, checks a configuration, copies the database, signs and sends API calls.

mod args;
mod command;
mod outcome;
mod render;
mod world;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use self::args::Args;
use self::world::World;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        // --help and --version come here too. Who closed the pipe has read enough.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(error.exit_code().clamp(0, 2) as u8);
        }
    };
    let (stdin, stdout) = (io::stdin(), io::stdout());
    let mut world = World { environment: world::environment(), input: &mut stdin.lock(), output: &mut stdout.lock() };
    let done = command::run(args.command, &mut world).and_then(|outcome| {
        world.output.flush()?;
        Ok(outcome)
    });
    done.map_or_else(|failure| failure.report(), outcome::Outcome::exit_code)
}
