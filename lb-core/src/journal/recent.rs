//! [`Recent`]: what was touched last, so that what was not touched for longest can go.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Values by key, in the order in which they were touched.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    values: HashMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
    next: u64,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), order: BTreeMap::new(), next: 0 }
    }
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The value of `key`, as it is.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key).map(|(_, value)| value)
    }

    /// The value of `key`, which is now the one touched last; one that is not there begins as `V::default()`.
    pub(crate) fn touch(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        self.next += 1;
        let (number, value) = self.values.entry(key.clone()).or_default();
        self.order.remove(number);
        *number = self.next;
        self.order.insert(self.next, key.clone());
        value
    }

    /// Takes `key` out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (number, value) = self.values.remove(key)?;
        self.order.remove(&number);
        Some(value)
    }

    /// Takes the one out that was not touched for longest.
    pub(crate) fn remove_oldest(&mut self) -> Option<V> {
        let (_, key) = self.order.pop_first()?;
        self.values.remove(&key).map(|(_, value)| value)
    }

    /// All, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.values.iter().map(|(key, (_, value))| (key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_touched_for_longest_goes_first() {
        let mut recent = Recent::<&str, u32>::default();
        for key in ["a", "b", "c", "a"] {
            *recent.touch(&key) += 1;
        }
        *recent.touch(&"b") += 10;
        assert_eq!((recent.remove_oldest(), recent.len()), (Some(1), 2), "c");
        assert_eq!((recent.get(&"c"), recent.get(&"a")), (None, Some(&2)));
        assert_eq!((recent.remove_oldest(), recent.remove(&"b"), recent.remove_oldest()), (Some(2), Some(11), None));
    }
}
