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

impl ParameterRules {
    /// A parameter that has two of the four rules, if one has.
    pub fn contradiction(&self) -> Option<&str> {
        let default = self.default.keys().find(|name| {
            self.forced.contains_key(*name) || self.capped.contains_key(*name) || self.blocked.contains(*name)
        });
        let forced = || self.forced.keys().find(|name| self.capped.contains_key(*name) || self.blocked.contains(*name));
        let capped = || self.capped.keys().find(|name| self.blocked.contains(*name));
        default.or_else(forced).or_else(capped).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_with_two_rules_is_found() {
        let mut rules = ParameterRules::default();
        rules.default.insert("record".to_owned(), "true".to_owned());
        rules.forced.insert("logo".to_owned(), "https://logo".to_owned());
        rules.capped.insert("duration".to_owned(), 60);
        rules.blocked.insert("welcome".to_owned());
        assert_eq!(rules.contradiction(), None);
        for name in ["record", "logo", "duration"] {
            let twice = ParameterRules { blocked: [name.to_owned()].into(), ..rules.clone() };
            assert_eq!(twice.contradiction(), Some(name));
        }
    }
}
