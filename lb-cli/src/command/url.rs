//! `lb url`: prints the signed URL of a call.

use super::signing::signed_url;
use crate::args::SignedCall;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &SignedCall, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let url = signed_url(args, world)?;
    writeln!(world.output, "{url}")?;
    Ok(Outcome::Done)
}
