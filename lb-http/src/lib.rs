//! The bundled HTTP server of the balancer, and the adapters between [`lb_core`] and the real world.
//!
//! [`run`] serves as a [`config::Config`] says; [`prepare`] puts everything together and lets an embedder look at it first.
//!
//! | module | what |
//! |---|---|
//! | [`config`] | `lb.toml` and the environment, checked |
//! | [`server`] | connections, limits, BBB's API over HTTP, `/ping` `/healthz` `/readyz` `/metrics` |
//! | [`upstream`] | [`HttpGateway`](upstream::HttpGateway): calls to servers |
//! | [`monitor`] | [`Nagios`](monitor::nagios::Nagios): which servers there are |
//! | [`store`] | [`SqliteStore`](store::SqliteStore): meetings that outlive the process |
//! | [`accounts`] | [`AccountService`](accounts::AccountService): users, sessions and API tokens |
//! | [`callbacks`] | [`HttpSender`](callbacks::HttpSender): websites are told of their meetings |
//! | [`geo`] | [`MmdbLocator`](geo::MmdbLocator): where addresses are |
//! | [`rounds`] | what the balancer does by itself every few seconds |
//! | [`setup`], [`reload`] | what one configuration makes, and how another takes its place |
//! | [`event_log`], [`metrics`], [`logging`] | what an operator sees |
//! | [`clock`], [`rng`] | the system's time and randomness |
//! | [`sim`] | simulated BBB servers and a simulated Nagios on loopback, for tests, the demo and load runs |

pub mod accounts;
mod aging;
mod assembly;
pub mod callbacks;
pub mod clock;
pub mod config;
pub mod event_log;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
pub mod geo;
mod hooks;
mod live;
pub mod logging;
pub mod metrics;
pub mod monitor;
mod pages;
pub mod reload;
mod report_files;
mod rest;
pub mod rng;
mod rollups;
pub mod rounds;
mod run;
pub mod server;
mod server_news;
pub mod setup;
pub mod sim;
pub mod store;
mod tls;
pub mod upstream;

pub use self::run::{Prepared, StartError, prepare, run};
