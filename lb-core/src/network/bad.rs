//! [`BadNetwork`]: why a network cannot be as somebody wants it.

use super::integrations::MOST_SECRETS;
use super::{EntityName, IntegrationName, PartnerName, PlanName, RouterName};
use crate::server::ServerName;

/// The fewest characters of a secret that is given to the balancer while it runs.
pub(crate) const SHORTEST_SECRET: usize = 8;

/// Why a network cannot be as it would be. Each is a sentence for people, and none has the value of a secret in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadNetwork {
    /// Something is there twice.
    #[error("{name} is there twice")]
    Twice {
        /// What.
        name: EntityName,
    },
    /// A name stands twice.
    #[error("two integrations are called {name}")]
    SameName {
        /// The name.
        name: IntegrationName,
    },
    /// A name is empty, has characters around it or in it that nobody sees, or is longer than 255 bytes.
    #[error("a name must have 1 to 255 bytes, no control characters, and no space at its ends")]
    Name,
    /// An integration has no secret: nobody could call with it.
    #[error("integration {name} has no secrets; it must have at least one")]
    NoSecret {
        /// Whose.
        name: IntegrationName,
    },
    /// An integration has more than 16 secrets: each that is valid may cost a call a hash.
    #[error("integration {name} has more than {MOST_SECRETS} secrets; take those out that nobody signs with any more")]
    TooManySecrets {
        /// Whose.
        name: IntegrationName,
    },
    /// A secret is empty: whoever knows the API could call with it.
    #[error("integration {name} has an empty secret")]
    EmptySecret {
        /// Whose.
        name: IntegrationName,
    },
    /// Two secrets are the same (of two integrations, or twice in one).
    #[error("integrations {first} and {second} share a secret; each secret must be one integration's own")]
    SameSecret {
        /// Who has it first.
        first: IntegrationName,
        /// Who has it too.
        second: IntegrationName,
    },
    /// A parameter stands in two rules that contradict each other.
    #[error("integration {integration} has two rules for the parameter {parameter}; it may stand in one only")]
    TwoRules {
        /// Whose.
        integration: IntegrationName,
        /// The parameter.
        parameter: String,
    },
    /// An integration's plan does not exist.
    #[error("integration {integration} has a plan that does not exist: {plan}")]
    NoSuchPlan {
        /// Whose.
        integration: IntegrationName,
        /// The plan.
        plan: PlanName,
    },
    /// An integration's router does not exist.
    #[error("integration {integration} has a router that does not exist: {router}")]
    NoSuchRouter {
        /// Whose.
        integration: IntegrationName,
        /// The router.
        router: RouterName,
    },
    /// An integration's partner does not exist.
    #[error("integration {integration} has a partner that does not exist: {partner}")]
    NoSuchPartner {
        /// Whose.
        integration: IntegrationName,
        /// The partner.
        partner: PartnerName,
    },
    /// A router's policy, or the one that breaks its ties, does not exist.
    #[error("router {router} has a policy that does not exist: {policy}")]
    NoSuchPolicy {
        /// Whose.
        router: RouterName,
        /// The policy.
        policy: String,
    },
    /// Ties among a router's servers are broken by a policy that learns, or observes the servers: only the router's own is told of them.
    #[error(
        "router {router} breaks ties by {policy}, which learns or observes the servers: only a router's own policy can"
    )]
    TieBreakLearns {
        /// Whose.
        router: RouterName,
        /// The policy.
        policy: String,
    },
    /// A router's radius is no number from 0, or one of its weights no number above 0.
    #[error("router {router} has a radius that is not a number from 0, or a weight that is not a number above 0")]
    Number {
        /// Whose.
        router: RouterName,
    },
    /// A number among a router's refinements is out of its range.
    #[error(
        "router {router} has a cap that is not a number above 0, a tie_within that is not one from 0, or a canary_share that is not one from 0 to 1"
    )]
    Refinement {
        /// Whose.
        router: RouterName,
    },
    /// The router that is to place a share of a router's meetings does not exist, or is the same one.
    #[error("router {router} has a canary that is no other router: {canary}")]
    NoSuchCanary {
        /// Whose.
        router: RouterName,
        /// Which.
        canary: RouterName,
    },
    /// A router's fallback does not exist.
    #[error("router {router} has a fallback that does not exist: {fallback}")]
    NoSuchFallback {
        /// Whose.
        router: RouterName,
        /// The fallback.
        fallback: RouterName,
    },
    /// Following the fallbacks of a router leads back to it.
    #[error("the fallbacks of router {router} lead back to it")]
    Circle {
        /// Which.
        router: RouterName,
    },
    /// The URL of a server is none that calls can be sent to.
    #[error(
        "the URL of server {server} is not an absolute http or https URL without user name, password, ? and #, such as https://bbb1.example.org/bigbluebutton/"
    )]
    ServerUrl {
        /// Whose.
        server: ServerName,
    },
    /// A server's secret is empty.
    #[error("server {server} has an empty secret")]
    EmptyServerSecret {
        /// Whose.
        server: ServerName,
    },
    /// A number that is said of a server is out of its range.
    #[error(
        "server {server} has a capacity of 0, a weight that is not a number from 0.01 to 1000, or a position that is not on the globe"
    )]
    ServerNumber {
        /// Whose.
        server: ServerName,
    },
    /// Two servers are the same one.
    #[error("servers {first} and {second} have the same URL; each must be a server of its own")]
    SameUrl {
        /// Who has it first.
        first: ServerName,
        /// Who has it too.
        second: ServerName,
    },
    /// A new secret is so short that it can be guessed.
    #[error("a new secret of {name} has fewer than {SHORTEST_SECRET} characters")]
    ShortSecret {
        /// Whose.
        name: EntityName,
    },
    /// What is to be removed is in use.
    #[error("{name} is in use by {by}: it cannot be removed")]
    InUse {
        /// What.
        name: EntityName,
        /// By what.
        by: EntityName,
    },
    /// The plan or router that is to be removed is the one that there always is.
    #[error("{name} cannot be removed: it holds wherever nothing else is said")]
    Always {
        /// What.
        name: EntityName,
    },
    /// What is to be removed is not there.
    #[error("there is no {name}")]
    NoSuch {
        /// What.
        name: EntityName,
    },
}
