//! Who may use the balancer, and how: integrations, their plans, partners and routers.
//!
//! | | |
//! |---|---|
//! | [`Integration`] | one website: its secrets, and what holds for its meetings |
//! | [`Plan`] | permissions and limits that integrations share |
//! | [`Partner`] | an institution that owns integrations and may lend servers |
//! | [`Router`] | a placement policy with its parameters, by name |
//! | [`ParameterRules`] | what becomes of the parameters of a call |

mod integration;
mod parameters;
mod partner;
mod plan;
mod router;

pub use self::integration::{BadIntegrations, Integration, IntegrationName, IntegrationSecret, Integrations, TagRules};
pub use self::parameters::ParameterRules;
pub use self::partner::{Partner, PartnerName};
pub use self::plan::{Plan, PlanName};
pub use self::router::{Router, RouterName};
