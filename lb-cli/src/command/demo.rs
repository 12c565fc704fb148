//! x
use crate::args::Demo;
use crate::outcome::{Failure, Outcome};
use crate::world::World;
pub(crate) fn run(_args: &Demo, _world: &mut World<'_>) -> Result<Outcome, Failure> {
    Ok(Outcome::Done)
}
