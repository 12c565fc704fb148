//! What must hold of every input: bodies for fuzzers and property tests. Each takes any bytes and panics where something does
//! not hold. The bodies stand beside the readers; a new reader of what comes from outside adds its own here.

pub use crate::monitor::nagios::fuzz::{nagios, perfdata};
