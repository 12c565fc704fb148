//! [`ParameterRules`]: what becomes of the parameters of an integration's calls.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What becomes of the parameters of one kind of call before it goes to a server. Names are the API's, metadata included
/// (`meta_…`); each stands in one of the four at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParameterRules {
    /// Sent where the website gives none, or an empty one.
    pub default: BTreeMap<String, String>,
    /// Sent whatever the website gives.
    pub forced: BTreeMap<String, String>,
    /// The largest number that the website may give. A larger one is sent as this one, and so are no number, none at all, and
    /// 0 (which means *no limit* to BBB).
    pub capped: BTreeMap<String, u64>,
    /// Not sent.
    pub blocked: BTreeSet<String>,
}
