//! Websites that may use the balancer: [`Integration`], and [`Integrations`], the immutable list of all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ParameterRules, PartnerName, PlanName, RouterName};
use crate::clock::Timestamp;
use crate::names::name_type;
use crate::position::Position;
use crate::secret::Secret;

name_type! {
    /// The name of an integration, unique in the network. It is stamped on every meeting as `mconflb-institution`.
    IntegrationName
}

/// One website that may use the balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Integration {
    /// Its name, unique in the network.
    pub name: IntegrationName,
    /// What people call it.
    pub display_name: String,
    /// Whether it may use the balancer now.
    pub active: bool,
    /// The shared secrets that its calls may be signed with, the one that the balancer itself signs with first. All that have
    /// not expired are valid at once, so one can be rotated.
    pub secrets: Vec<IntegrationSecret>,
    /// The institution that it belongs to; absent: none.
    pub partner: Option<PartnerName>,
    /// What it may do and how much of it.
    pub plan: PlanName,
    /// The router that places its meetings.
    pub router: RouterName,
    /// Where it is: used when the position of the user who asks for a meeting is not known.
    pub position: Option<Position>,
    /// Which servers its meetings are placed on.
    pub tags: TagRules,
    /// What becomes of the parameters of its create calls.
    pub create: ParameterRules,
    /// What becomes of the parameters of its join calls.
    pub join: ParameterRules,
    /// The hosts that its callback and hook URLs may lead to; empty: any.
    pub callback_hosts: Vec<String>,
    /// Whether the configuration file declares it: then only the file changes it.
    pub managed: bool,
}

impl Integration {
    /// An active integration with one secret, the default plan and router, of no partner, with no position and no rules.
    pub fn new(name: impl Into<IntegrationName>, secret: impl Into<IntegrationSecret>) -> Self {
        let name = name.into();
        Self {
            display_name: name.to_string(),
            name,
            active: true,
            secrets: vec![secret.into()],
            partner: None,
            plan: "default".into(),
            router: "default".into(),
            position: None,
            tags: TagRules::default(),
            create: ParameterRules::default(),
            join: ParameterRules::default(),
            callback_hosts: Vec::new(),
            managed: false,
        }
    }

    /// The secrets that are valid at `now`, in their order.
    pub fn valid_secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(move |known| known.is_valid(now)).map(|known| &known.secret)
    }
}

/// One of the secrets of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationSecret {
    /// The secret.
    pub secret: Secret,
    /// What people call it, such as `2026`; may be empty.
    pub label: String,
    /// When it was made, as far as known.
    pub created_at: Option<Timestamp>,
    /// From when on nothing may be signed with it any more; absent: never.
    pub expires_at: Option<Timestamp>,
}

impl IntegrationSecret {
    /// Whether calls may be signed with it at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

impl<S: Into<Secret>> From<S> for IntegrationSecret {
    fn from(secret: S) -> Self {
        Self { secret: secret.into(), label: String::new(), created_at: None, expires_at: None }
    }
}

/// Which servers may hold the meetings of an integration, by the tags that servers carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagRules {
    /// Only servers that carry all of these.
    pub required: Vec<String>,
    /// Servers that carry all of these come first; the others only where none of them can take the meeting.
    pub preferred: Vec<String>,
    /// No server that carries one of these.
    pub forbidden: Vec<String>,
}

impl TagRules {
    /// Whether a server that carries `tags` may be used at all.
    pub fn allow(&self, tags: &[String]) -> bool {
        self.required.iter().all(|tag| tags.contains(tag)) && !self.forbidden.iter().any(|tag| tags.contains(tag))
    }
}

/// The immutable list of all integrations: found by name, no secret shared by two.
#[derive(Debug, Default)]
pub struct Integrations {
    all: Vec<Arc<Integration>>,
    by_name: HashMap<IntegrationName, usize>,
}

impl Integrations {
    /// Takes the list in.
    ///
    /// # Errors
    /// [`BadIntegrations`] where a name stands twice, a secret is empty, or two integrations share a secret: a call
    /// signed with a shared one would belong to both.
    pub fn new(integrations: impl IntoIterator<Item = Integration>) -> Result<Self, BadIntegrations> {
        let all: Vec<Arc<Integration>> = integrations.into_iter().map(Arc::new).collect();
        let mut by_name = HashMap::with_capacity(all.len());
        let mut owners: HashMap<&str, &IntegrationName> = HashMap::new();
        for (index, integration) in all.iter().enumerate() {
            if by_name.insert(integration.name.clone(), index).is_some() {
                return Err(BadIntegrations::SameName { name: integration.name.clone() });
            }
            for secret in &integration.secrets {
                let secret = &secret.secret;
                if secret.is_empty() {
                    return Err(BadIntegrations::EmptySecret { name: integration.name.clone() });
                }
                match owners.entry(secret.expose()) {
                    Entry::Occupied(first) => {
                        let (first, second) = ((*first.get()).clone(), integration.name.clone());
                        return Err(BadIntegrations::SameSecret { first, second });
                    }
                    Entry::Vacant(free) => {
                        free.insert(&integration.name);
                    }
                }
            }
        }
        Ok(Self { all, by_name })
    }

    /// The integration called `name`.
    pub fn named(&self, name: &str) -> Option<&Arc<Integration>> {
        self.position(name).map(|index| &self.all[index])
    }

    /// All of them, in the order given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Integration>> {
        self.all.iter()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn at(&self, index: usize) -> Option<&Arc<Integration>> {
        self.all.get(index)
    }
}

/// Why a list of integrations cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadIntegrations {
    /// A name stands twice.
    #[error("two integrations are called {name}")]
    SameName {
        /// The name.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_and_no_secret_stands_twice() {
        let refused = |list: [Integration; 2]| Integrations::new(list).map(|_| ()).unwrap_err().to_string();
        let (a, b) = (Integration::new("a", "one"), Integration::new("b", "two"));
        assert!(refused([a.clone(), a.clone()]).contains("called a"));
        assert!(refused([a.clone(), Integration::new("b", "one")]).contains("a and b share"));
        assert!(refused([a.clone(), Integration::new("b", "")]).contains("empty"));
        let good = Integrations::new([a, b]).unwrap();
        assert_eq!(good.named("b").map(|integration| integration.name.as_str()), Some("b"));
        assert!(good.named("c").is_none());
    }
}
