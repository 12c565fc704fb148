//! `lb`: serves, administers a running balancer, checks a configuration, copies the database, signs and sends API calls.

mod args;
mod client;
mod command;
mod outcome;
mod render;
mod table;
mod world;

use std::io;
use std::process::ExitCode;

use self::args::Args;
use self::world::{Terminal, World};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::said() {
        Ok(args) => args,
        // --help and --version come here too. Who closed the pipe has read enough.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(error.exit_code().clamp(0, 2) as u8);
        }
    };
    let (stdin, stdout) = (io::stdin(), io::stdout());
    let (input, output) = (&mut stdin.lock(), &mut stdout.lock());
    let mut world = World { environment: world::environment(), input, output, terminal: Terminal::of_process() };
    let done = command::run(args.command, &mut world).and_then(|outcome| {
        world.output.flush()?;
        Ok(outcome)
    });
    done.map_or_else(|failure| failure.report(), outcome::Outcome::exit_code)
}
