//! A small world on loopback for tests, the demo and load runs: BBB servers and a Nagios that watches them.
//!
//! | | |
//! |---|---|
//! | [`SimulatedServer`] | one BBB server over HTTP/1.1, with faults on the wire |
//! | [`SimulatedNagios`] | a Nagios, in both formats, that reports what the simulated servers do at the moment |
//!
//! They bind to 127.0.0.1 only.

mod bbb;
mod fault;
mod loopback;
mod nagios;
mod observation;

pub use self::bbb::{SimulatedServer, SimulatedServerSettings};
pub use self::fault::{Fault, NagiosFault};
pub use self::nagios::{SimulatedNagios, SimulatedNagiosSettings};
pub use self::observation::SimulatedHost;

/// The present moment by the system's clock.
fn now() -> lb_core::Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    lb_core::Timestamp::default() + since_1970
}
