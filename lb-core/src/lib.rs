//! The pure core of a load balancer for BigBlueButton-style web conferences.
//!
//! Websites speak BBB's API to the balancer as if it were one server; behind it stand many. This crate holds all that can be
//! decided without the world: the API dialect, whose call it is, which server a new meeting gets, what a server may be used
//! for, which meetings have ended. It opens no socket, spawns no task, and reads no clock, file or environment: those come
//! in through traits.
//!
//! # The way of a call
//!
//! [`balancer::Balancer::handle`] takes an [`api::ApiRequest`] and gives an [`api::Reply`]. In between it asks the
//! [`checksum::ChecksumVerifier`] whose call it is and the [`store::MeetingStore`] what is known of the meeting; a new
//! meeting is placed by a [`placement::PlacementPolicy`] over the present [`fleet::Fleet`]; the [`gateway::Gateway`] calls
//! the server; what came of it is stored and told as an [`event::Event`]. Beside the calls, the embedder lets the balancer
//! [`refresh`](balancer::Balancer::refresh) the fleet from a [`source::ServerSource`] and
//! [`follow`](balancer::Balancer::follow) each server's meetings, every few seconds.
//!
//! # What is handed in
//!
//! | trait | says | in this crate | in lb-http |
//! |---|---|---|---|
//! | [`source::ServerSource`] | which servers there are, and what a monitor knows of them | [`source::StaticServers`] | `Nagios` |
//! | [`store::MeetingStore`], [`store::Outbox`], [`store::FleetStore`], [`store::NetworkStore`], [`store::RecordingStore`] | where meetings and recordings are, what websites are to be told, who may use the balancer | [`store::InMemoryStore`] | `SqliteStore` |
//! | [`gateway::Gateway`] | what a server answers | [`gateway::ScriptedServers`] | `HttpGateway` |
//! | [`placement::PlacementPolicy`] | which server is best | [five](placement) | |
//! | [`checksum::ChecksumVerifier`] | who signed a call | [`checksum::SharedSecrets`] | |
//! | [`Locator`] | where an address is | [`KnownNetworks`] | `MmdbLocator` |
//! | [`Clock`] | what time it is | [`ManualClock`] | `SystemClock` |
//! | [`callback::CallbackSender`] | tells websites of their meetings | | `HttpSender` |
//! | [`Rng`] | chance | [`SeededRng`] | `SystemRng` |
//! | [`event::Observer`] | is told of every event | | `EventLog`, `Metrics` |
//!
//! # Features
//!
//! `testkit` adds the [contract suites](testkit) that any implementation of these traits can run. No feature changes what
//! the rest does.
//!
//! # Stability
//!
//! Messages of errors, reasons and events are for people and may change. BBB's messageKeys and texts do not.

pub mod account;
pub mod api;
pub mod balancer;
pub mod callback;
pub mod checksum;
mod clock;
pub mod course;
pub mod event;
pub mod fleet;
pub mod gateway;
pub mod hook;
mod journal;
pub mod jwt;
mod limit;
mod meeting;
mod names;
pub mod network;
pub mod placement;
mod position;
pub mod recording;
pub mod report;
mod rng;
mod secret;
pub mod server;
pub mod simulation;
pub mod source;
pub mod store;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod xml;

pub use self::clock::{Clock, ManualClock, Timestamp};
pub use self::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingId, MeetingKey, Passwords, Stray};
pub use self::network::{BadNetwork, Integration, IntegrationName, Integrations, Network};
pub use self::position::{KnownNetworks, Locator, Place, Position};
pub use self::recording::{Recording, RecordingId};
pub use self::rng::{Rng, RngExt, SeededRng};
pub use self::secret::Secret;
pub use self::server::{Server, ServerName};
