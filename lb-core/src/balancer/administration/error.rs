//! [`AdministrationError`]: why something was not changed.

use crate::account::UserName;
use crate::network::{BadNetwork, EntityName, IntegrationName, PartnerName};
use crate::store::StoreError;

/// Why something was not changed, in a sentence for who wanted to. None has the value of a secret in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdministrationError {
    /// The configuration file declares it.
    #[error("{name} is declared in the configuration file: change it there and reload the configuration")]
    Managed {
        /// What.
        name: EntityName,
    },
    /// It was to be new and is there already.
    #[error("{name} is there already")]
    Exists {
        /// What.
        name: EntityName,
    },
    /// Somebody else has changed it since it was looked at.
    #[error("{name} has been changed by somebody else since it was looked at: look at it again")]
    Overtaken {
        /// What.
        name: EntityName,
    },
    /// Somebody else has changed the network since it was looked at.
    #[error("the network has been changed by somebody else since it was looked at: look at it again")]
    NetworkOvertaken,
    /// No secret, or more than one, has the label.
    #[error("integration {name} has {found} secrets with that label; one can be changed only where it has one")]
    Label {
        /// Whose.
        name: IntegrationName,
        /// How many have it.
        found: usize,
    },
    /// A new secret has the label of another.
    #[error("integration {name} has a secret with that label already")]
    LabelTaken {
        /// Whose.
        name: IntegrationName,
    },
    /// A user looks after the partner that is to be removed.
    #[error("partner {partner} is looked after by user {user}: it cannot be removed")]
    LookedAfter {
        /// Which.
        partner: PartnerName,
        /// By whom.
        user: UserName,
    },
    /// The network would not be whole.
    #[error(transparent)]
    Bad(#[from] BadNetwork),
    /// The store cannot keep it.
    #[error(transparent)]
    Store(StoreError),
}
