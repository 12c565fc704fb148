//! Policies made of policies.
//!
//! | combinator | what it makes of a policy |
//! |---|---|
//! | [`Only`] | it ranks the servers with certain tags alone |
//! | [`Prefer`] | those with certain tags come first |
//! | [`Cap`] | servers that are too full are left out |
//! | [`TieBreak`] | where it finds several almost alike, another policy chooses among those |
//! | [`OrElse`] | what it leaves out is ranked by another policy |
//! | [`Canary`] | a share of the meetings is placed by another policy |
//!
//! Each is a [`PlacementPolicy`](super::PlacementPolicy) itself, so they can be put into one another. What a policy learns goes on: a combinator is the
//! [`Learner`](super::Learner) that its policy is.
//!
//! ```
//! use std::sync::Arc;
//! use lb_core::placement::{Cap, LeastCpu, NearestLeastCpu, Only, OrElse};
//! let near = Arc::new(NearestLeastCpu::default());
//! let campus = Only { tags: vec!["campus".to_owned()], policy: near };
//! let half_full = Cap { users: Some(150.0), cpu: None, policy: Arc::new(campus) };
//! let policy = OrElse { first: Arc::new(half_full), second: Arc::new(LeastCpu) };
//! # lb_core::testkit::policy::every_clause(&policy);
//! ```

mod canary;
mod cap;
mod narrowed;
mod only;
mod or_else;
mod prefer;
#[cfg(test)]
mod tests;
mod tie_break;

pub use self::canary::Canary;
pub(crate) use self::canary::is_drawn;
pub use self::cap::Cap;
pub use self::only::Only;
pub use self::or_else::OrElse;
pub use self::prefer::Prefer;
pub use self::tie_break::TieBreak;
