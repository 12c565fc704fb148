//! [`Secret`]: text that must never reach a log, an error, a metric or a `Debug` output.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;

/// A shared secret or a meeting password.
///
/// It prints as `[redacted]`, compares in time that does not depend on where two secrets differ, and is read only
/// through [`expose`](Secret::expose), so that every place that reads one can be found by that word.
///
/// ```
/// let secret = lb_core::Secret::from("0123456789abcdef");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose(), "0123456789abcdef");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<str>);

impl Secret {
    /// The text itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True if there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
