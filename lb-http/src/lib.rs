//! The bundled HTTP server of the balancer, and the adapters to the real world.

pub mod clock;
pub mod config;
pub mod event_log;
pub mod geo;
pub mod logging;
pub mod metrics;
pub mod monitor;
pub mod rng;
pub mod rounds;
mod run;
pub mod server;
pub mod sim;
pub mod store;
mod tls;
pub mod upstream;

pub use self::run::{Prepared, StartError, prepare, run};
