//! [`Partner`]: an institution.

use serde::{Deserialize, Serialize};

use crate::names::name_type;
use crate::server::ServerName;

name_type! {
    /// The name of a partner, unique in the network.
    PartnerName
}

/// An institution. It owns the integrations that name it and may lend servers to the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its name, unique in the network.
    pub name: PartnerName,
    /// What people call it.
    pub display_name: String,
    /// Whom to talk to: a name, an address, a number; may be empty.
    pub contact: String,
    /// The servers that it lends.
    pub servers: Vec<ServerName>,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

impl Partner {
    /// A partner that lends nothing and of whom nothing else is known.
    pub fn new(name: impl Into<PartnerName>) -> Self {
        let name = name.into();
        Self { display_name: name.to_string(), name, contact: String::new(), servers: Vec::new(), managed: false }
    }
}
