//! `lb completions`: what completes commands and options in a shell.

use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

use crate::args::{Args, Completions, Shell};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Completions, world: &mut World<'_>) -> Result<Outcome, Failure> {
    // first to memory: the generators panic where output fails
    let (mut command, mut script) = (Args::definition(), Vec::new());
    match args.shell {
        Shell::Bash => generate(Bash, &mut command, "lb", &mut script),
        Shell::Zsh => generate(Zsh, &mut command, "lb", &mut script),
        Shell::Fish => generate(Fish, &mut command, "lb", &mut script),
    }
    world.output.write_all(&script)?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use crate::command::admin::fake::lb;

    #[test]
    fn every_shell_learns_the_verbs_and_options() {
        for shell in ["bash", "zsh", "fish"] {
            let script = lb(&["completions", shell], &[], "").output();
            assert!(script.contains("integration") && script.contains("display-name"), "{shell}");
        }
    }
}
