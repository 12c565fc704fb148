//! The secrets of an integration: a new one beside the old one, and the end of the old one.

use super::{Actor, AdministrationError, Expected};
use crate::balancer::Balancer;
use crate::clock::Timestamp;
use crate::event::Administered;
use crate::network::{Integration, IntegrationName, IntegrationSecret, Revision};
use crate::rng::RngExt;
use crate::secret::Secret;

/// Characters of a new secret: 238 bits.
const LENGTH: usize = 40;

impl Balancer {
    /// Gives an integration one more secret, which is drawn here and answered: from now on calls may be signed with it too,
    /// until `expires_at`, if that is said. `label` is what people call it; no other secret of the integration may have it.
    ///
    /// It stands behind the others: the balancer itself goes on signing with the one that the website knows.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the secret was added: then nobody knows it, and it can be removed.
    pub async fn add_secret(
        &self,
        name: &IntegrationName,
        label: &str,
        expires_at: Option<Timestamp>,
        expected: Expected,
        by: &Actor,
    ) -> Result<(Secret, Revision), AdministrationError> {
        let drawn = self.drawn(label, expires_at);
        let add = |present: &Integration| {
            if present.secrets.iter().any(|known| known.label == label) {
                return Err(AdministrationError::LabelTaken { name: name.clone() });
            }
            let mut next = present.clone();
            next.secrets.push(drawn.clone());
            Ok(next)
        };
        let version = self.change_integration(name, expected, by, Administered::SecretAdded, add).await?;
        Ok((drawn.secret, version))
    }

    /// Lets the secret called `label` be valid until `expires_at`, or again for ever. A moment that has passed ends it at once.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed.
    pub async fn expire_secret(
        &self,
        name: &IntegrationName,
        label: &str,
        expires_at: Option<Timestamp>,
        expected: Expected,
        by: &Actor,
    ) -> Result<Revision, AdministrationError> {
        let expire = |present: &Integration| {
            let (mut next, place) = (present.clone(), labelled(present, label)?);
            next.secrets.iter_mut().skip(place).take(1).for_each(|known| known.expires_at = expires_at);
            Ok(next)
        };
        self.change_integration(name, expected, by, Administered::SecretExpires, expire).await
    }

    /// Forgets the secret called `label`. The only one cannot be removed. What servers say of meetings whose callbacks were
    /// sealed with it is no longer understood: one that [expires](Self::expire_secret) goes on opening them, and may be removed
    /// when no recording of those meetings is to come, after 90 days at the most.
    ///
    /// # Errors
    /// [`AdministrationError`]: nothing was changed.
    pub async fn remove_secret(
        &self,
        name: &IntegrationName,
        label: &str,
        expected: Expected,
        by: &Actor,
    ) -> Result<Revision, AdministrationError> {
        let remove = |present: &Integration| {
            let (mut next, place) = (present.clone(), labelled(present, label)?);
            next.secrets.remove(place);
            Ok(next)
        };
        self.change_integration(name, expected, by, Administered::SecretRemoved, remove).await
    }

    /// A new secret.
    pub(super) fn drawn(&self, label: &str, expires_at: Option<Timestamp>) -> IntegrationSecret {
        IntegrationSecret {
            secret: self.rng.alphanumeric(LENGTH).into(),
            label: label.to_owned(),
            created_at: Some(self.clock.now()),
            expires_at,
        }
    }
}

/// Where the one secret called `label` stands.
fn labelled(integration: &Integration, label: &str) -> Result<usize, AdministrationError> {
    let all = || integration.secrets.iter().enumerate().filter(|(_, known)| known.label == label);
    match (all().next(), all().count()) {
        (Some((place, _)), 1) => Ok(place),
        (_, found) => Err(AdministrationError::Label { name: integration.name.clone(), found }),
    }
}
