//! [`GivenSecret`]: a secret that somebody hands in.

use lb_core::Secret;
use serde::{Deserialize, Deserializer};

/// The fewest characters of a secret that is handed in.
const FEWEST: usize = 8;

/// The most.
const MOST: usize = 255;

/// A secret that is handed in: 8 to 255 characters of ASCII that can be seen. It is never answered.
#[derive(Clone, Debug)]
pub(super) struct GivenSecret(pub(super) Secret);

impl<'de> Deserialize<'de> for GivenSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (FEWEST..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.into()));
        }
        let rule = "a secret has 8 to 255 characters of ASCII, without blanks";
        Err(serde::de::Error::custom(rule))
    }
}
