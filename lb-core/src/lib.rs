//! core
pub mod api;
pub mod balancer;
pub mod checksum;
mod clock;
pub mod event;
pub mod fleet;
pub mod gateway;
mod integration;
mod meeting;
mod names;
pub mod placement;
mod position;
mod rng;
mod secret;
pub mod server;
pub mod source;
pub mod store;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod xml;

pub use self::clock::{Clock, ManualClock, Timestamp};
pub use self::integration::{BadIntegrations, Integration, IntegrationName, Integrations};
pub use self::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingId, MeetingKey, Passwords, Stray};
pub use self::position::{KnownNetworks, Locator, Place, Position};
pub use self::rng::{Rng, RngExt, SeededRng};
pub use self::secret::Secret;
pub use self::server::{Server, ServerName};
