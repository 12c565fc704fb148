//! [`Integrations`]: the immutable list of all integrations.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use imbl::{HashMap, OrdMap};

use super::{BadNetwork, Integration, IntegrationName};
use crate::secret::Secret;

/// The immutable list of all integrations: found by name, no secret shared by two. A clone, and a list with one of them
/// changed, share nearly everything with this one.
#[derive(Clone, Debug, Default)]
pub struct Integrations {
    // A number is given once and stays with a name until that is removed, so what is remembered by it can be trusted.
    by_number: OrdMap<u32, Arc<Integration>>,
    numbers: HashMap<IntegrationName, u32>,
    owners: HashMap<Key, IntegrationName>,
    next: u32,
}

/// A secret as the key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key(Secret);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.expose().hash(state);
    }
}

impl Integrations {
    /// Takes the list in.
    ///
    /// # Errors
    /// [`BadNetwork`] where a name stands twice, a secret is empty, two integrations share a secret (a call signed with it
    /// would belong to both), or a parameter has two rules.
    pub fn new(integrations: impl IntoIterator<Item = Integration>) -> Result<Self, BadNetwork> {
        let mut all = Self::default();
        for integration in integrations {
            if all.named(integration.name.as_str()).is_some() {
                return Err(BadNetwork::SameName { name: integration.name });
            }
            let integration = Arc::new(integration);
            all.own_secrets(&integration)?;
            all.put(integration);
        }
        Ok(all)
    }

    /// The integration called `name`.
    pub fn named(&self, name: &str) -> Option<&Arc<Integration>> {
        self.at(self.number(name)?)
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Integration>> {
        self.by_number.values()
    }

    /// How many secrets they have together, expired ones included.
    pub fn secrets(&self) -> usize {
        self.owners.len()
    }

    /// The integration that `secret` belongs to.
    pub fn owner(&self, secret: &Secret) -> Option<&IntegrationName> {
        self.owners.get(&Key(secret.clone()))
    }

    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(crate) fn at(&self, number: u32) -> Option<&Arc<Integration>> {
        self.by_number.get(&number)
    }

    /// All of them with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &Arc<Integration>)> {
        self.by_number.iter().map(|(number, integration)| (*number, integration))
    }

    /// Puts one in the place of the one of its name. Its secrets are not looked at.
    pub(super) fn put(&mut self, integration: Arc<Integration>) {
        let number = self.number(integration.name.as_str()).unwrap_or_else(|| {
            let number = self.next;
            self.next = self.next.wrapping_add(1);
            self.numbers.insert(integration.name.clone(), number);
            number
        });
        self.by_number.insert(number, integration);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Arc<Integration>> {
        self.by_number.remove(&self.numbers.remove(name)?)
    }

    /// Gives the secrets of the integration called `name` free.
    pub(super) fn free_secrets(&mut self, name: &str) {
        let Some(integration) = self.named(name).cloned() else { return };
        for known in &integration.secrets {
            self.owners.remove(&Key(known.secret.clone()));
        }
    }

    /// Makes the secrets of `integration` its own.
    pub(super) fn own_secrets(&mut self, integration: &Integration) -> Result<(), BadNetwork> {
        let name = &integration.name;
        if let Some(parameter) = integration.create.contradiction().or_else(|| integration.join.contradiction()) {
            return Err(BadNetwork::TwoRules { integration: name.clone(), parameter: parameter.to_owned() });
        }
        for known in &integration.secrets {
            if known.secret.is_empty() {
                return Err(BadNetwork::EmptySecret { name: name.clone() });
            }
            if let Some(first) = self.owners.insert(Key(known.secret.clone()), name.clone()) {
                return Err(BadNetwork::SameSecret { first, second: name.clone() });
            }
        }
        Ok(())
    }
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
        let good = Integrations::new([b, a]).unwrap();
        assert_eq!(good.named("b").map(|integration| integration.name.as_str()), Some("b"));
        assert!(good.named("c").is_none());
        assert_eq!(good.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["b", "a"], "in the order given");
        assert_eq!(good.owner(&"one".into()).map(IntegrationName::as_str), Some("a"));
        assert_eq!(good.secrets(), 2);
    }
}
