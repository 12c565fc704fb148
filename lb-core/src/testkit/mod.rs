//! Contract suites that any implementation of the traits can run, an embedder's own included (feature `testkit`).
//!
//! | suite | for |
//! |---|---|
//! | [`store`] | [`MeetingStore`](crate::store::MeetingStore), [`FleetStore`](crate::store::FleetStore) |
//! | [`source`] | [`ServerSource`](crate::source::ServerSource) |
//! | [`policy`] | [`PlacementPolicy`](crate::placement::PlacementPolicy) |
//! | [`verifier`] | [`ChecksumVerifier`](crate::checksum::ChecksumVerifier) |
//! | [`gateway`] | [`Gateway`](crate::gateway::Gateway) |
//! | `fuzz` | no trait: what must hold of any bytes that come in |
//!
//! A clause is a function that panics where the contract is broken, with what is wrong.

#[doc(hidden)]
pub mod fuzz;
pub mod gateway;
pub mod policy;
pub mod source;
pub mod store;
pub mod verifier;
