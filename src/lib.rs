//! A load balancer for BigBlueButton-style web conferences.
//!
//! Websites call it as if it were one BBB server; behind it stand many. This crate is the façade:
//!
//! * [`core`] is the pure core: the API dialect, placement, health, and the traits through which it is handed the world. A
//!   program with an HTTP client of its own needs nothing else; see `examples/embed.rs`.
//! * [`http`] (feature `http`, on by default) is the bundled server and the adapters to real servers, monitors and stores.
//!
//! ```
//! use std::sync::Arc;
//! use lb::core::balancer::Balancer;
//! use lb::core::{Integration, Integrations, ManualClock, SeededRng};
//! use lb::core::gateway::ScriptedServers;
//!
//! let clock = Arc::new(ManualClock::default());
//! let servers = Arc::new(ScriptedServers::new(clock.clone()));
//! let balancer = Balancer::builder(servers, clock, Arc::new(SeededRng::new(1)))
//!     .integrations(Integrations::new([Integration::new("moodle", "its-secret")])?)
//!     .build();
//! # Ok::<(), lb::core::BadNetwork>(())
//! ```

pub use lb_core as core;
#[cfg(feature = "http")]
pub use lb_http as http;

// The examples of the written documentation are compiled and run as tests.
#[cfg(all(doctest, feature = "http"))]
mod documentation {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/embedding.md")]
    struct Embedding;
}
