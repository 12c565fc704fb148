//! Contract suites that any implementation of the traits can run, an embedder's own included (feature `testkit`).

pub mod source;
pub mod store;
