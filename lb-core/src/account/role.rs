//! [`Role`]: what a person is here; [`TokenScope`]: how much of it a token has.

use serde::{Deserialize, Serialize};

use crate::network::PartnerName;

/// What a person is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "role", content = "partner")]
pub enum Role {
    /// Does everything.
    Administrator,
    /// Looks after the integrations of one partner, their meetings, recordings and reports, and sees nothing else.
    PartnerManager(PartnerName),
    /// Sees everything but secrets, and changes nothing.
    Viewer,
}

/// How much of its owner's role an API token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenScope {
    /// It may look, and change nothing.
    Read,
    /// All that its owner may do but for users, tokens and secrets that are shown again.
    Operate,
    /// All that its owner may do.
    Full,
}
