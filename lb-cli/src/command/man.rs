//! `lb man`: the manual pages.

use crate::args::{Args, Man};
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Man, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let folder = &args.out;
    let failed = |error| Failure::Failed(format!("{} cannot be written to: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Args::definition(), folder).map_err(failed)?;
    writeln!(world.output, "the pages are in {}: man -l {0}/lb.1", folder.display())?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use crate::command::admin::fake::lb;

    #[test]
    fn every_command_has_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("man1");
        let told = lb(&["man", "--out", pages.to_str().unwrap()], &[], "").output();
        assert!(told.ends_with("/man1/lb.1\n"), "{told}");
        for page in ["lb.1", "lb-serve.1", "lb-integration.1", "lb-integration-secret-add.1"] {
            let text = std::fs::read_to_string(pages.join(page)).unwrap();
            assert!(text.contains(".SH SYNOPSIS"), "{page}");
        }
        let text = std::fs::read_to_string(pages.join("lb-plan-put.1")).unwrap();
        assert!(text.contains("lb plan put school \\-\\-may\\-record no"), "the examples are in it: {text}");
    }
}
