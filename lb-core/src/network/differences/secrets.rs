//! What is other than before in the secrets of an integration: which, and never what they are.

use super::{Differences, json, moment};
use crate::event::{Change, HIDDEN};
use crate::network::IntegrationSecret;

impl Differences {
    /// Each secret is a field `secrets.LABEL`, or `secrets` where it has no label. A secret is the same one while its value is
    /// the same; else one with the same label is in its place.
    pub(super) fn secrets(&mut self, before: &[IntegrationSecret], after: &[IntegrationSecret]) {
        let mut gone: Vec<_> = before.iter().collect();
        let mut new = Vec::new();
        let mut kept = Vec::new();
        for is in after {
            match gone.iter().position(|was| was.secret == is.secret) {
                Some(place) => kept.push((gone.remove(place), is)),
                None => new.push(is),
            }
        }
        let hidden = || Some(HIDDEN.to_owned());
        for is in new {
            match gone.iter().position(|was| was.label == is.label) {
                Some(place) => {
                    self.changes.push(Change::hidden(field(&is.label)));
                    self.facts(gone.remove(place), is);
                }
                None => {
                    self.changes.push(Change::new(field(&is.label), None, hidden()));
                    let bare = IntegrationSecret { expires_at: None, created_at: None, ..is.clone() };
                    self.facts(&bare, is);
                }
            }
        }
        for was in gone {
            self.changes.push(Change::new(field(&was.label), hidden(), None));
        }
        for (was, is) in &kept {
            self.told(format!("{}.label", field(&was.label)), Some(was.label.clone()), Some(is.label.clone()));
            self.facts(was, is);
        }
        // the first of them signs
        let places: Vec<_> =
            kept.iter().map(|(was, _)| before.iter().position(|any| any.secret == was.secret)).collect();
        if !places.is_sorted() {
            let labels = |all: &[IntegrationSecret]| json(&all.iter().map(|any| any.label.clone()).collect::<Vec<_>>());
            self.changes.push(Change::new("secrets (their order)", Some(labels(before)), Some(labels(after))));
        }
    }

    fn facts(&mut self, was: &IntegrationSecret, is: &IntegrationSecret) {
        let of = |fact: &str| format!("{}.{fact}", field(&is.label));
        self.told(of("expires"), was.expires_at.map(moment), is.expires_at.map(moment));
    }
}

fn field(label: &str) -> String {
    if label.is_empty() { "secrets".to_owned() } else { format!("secrets.{label}") }
}
