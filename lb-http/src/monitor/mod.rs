//! The monitors that the balancer can ask: each a [`ServerSource`](lb_core::source::ServerSource).
//!
//! | `[monitor] kind` | source |
//! |---|---|
//! | `nagios` | [`Nagios`]: Nagios Core 4 by its JSON CGIs, or Nagios 3 with Mconf's `status-json.cgi` |
//! | `static` | [`NetworkServers`](lb_core::source::NetworkServers): the servers that operators administer, watched by nobody |
//!
//! Around either go the core's decorators: [`WithFacts`](lb_core::source::WithFacts) for what the operator wrote down of
//! single servers, [`Located`](lb_core::source::Located) for the position of the others.

mod fetch;
pub mod nagios;

pub use self::fetch::SetupError;
pub use self::nagios::{Nagios, NagiosFormat, NagiosSettings};
