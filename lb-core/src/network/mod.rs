//! Who may use the balancer, and how: integrations, their plans, partners and routers; and the servers that operators know.
//!
//! | | |
//! |---|---|
//! | [`Integration`] | one website: its secrets, and what holds for its meetings |
//! | [`Plan`] | permissions and limits that integrations share |
//! | [`Partner`] | an institution that owns integrations and may lend servers |
//! | [`Router`] | a placement policy with its parameters, by name |
//! | [`NetworkServer`] | what operators say of one server |
//! | [`ParameterRules`] | what becomes of the parameters of a call |
//! | [`Network`] | the immutable snapshot of all of them |
//! | [`NetworkChange`] | what makes another network of one |
//! | [`Declared`] | what a configuration file says of them, and what keeps a network in step with it |
//! | [`differences`] | what is other than before in one of them, as it is told |
//! | [`LiveNetwork`] | the pointer to the present one |

mod bad;
mod change;
mod declared;
mod differences;
mod entity;
mod integration;
mod integrations;
mod live;
mod parameters;
mod partner;
mod plan;
mod router;
mod server;
mod snapshot;
#[cfg(test)]
mod tests;

pub use self::bad::BadNetwork;
pub(crate) use self::bad::SHORTEST_SECRET;
pub use self::change::{NetworkChange, is_name};
pub use self::declared::Declared;
pub use self::differences::differences;
pub use self::entity::{Entity, EntityName};
pub use self::integration::{Integration, IntegrationName, IntegrationSecret, TagRules};
pub use self::integrations::Integrations;
pub use self::live::LiveNetwork;
pub use self::parameters::ParameterRules;
pub use self::partner::{Partner, PartnerName};
pub use self::plan::{Plan, PlanName};
pub use self::router::{Refinements, Router, RouterName};
pub use self::server::{NetworkServer, ServerFacts};
pub use self::snapshot::{Network, Revision};
