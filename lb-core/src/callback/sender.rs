//! [`CallbackSender`]: who gets a website's URL.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::CallbackUrl;

/// Tells websites what they asked to be told. The URLs are the websites' own: an implementation over a network must not let
/// them reach what the website itself could not.
#[async_trait]
pub trait CallbackSender: fmt::Debug + Send + Sync + 'static {
    /// Gets `url`; the head of the answer must come within `deadline`. A status from 200 to 299 means that the website knows,
    /// whatever comes of the rest, which is read for some seconds at most.
    ///
    /// # Errors
    /// [`SendError`]: the website may not know.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the website knows.
    async fn send(&self, url: &CallbackUrl, deadline: Duration) -> Result<(), SendError>;
}

/// Why a website could not be told, in words for the operator that do not repeat the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SendError(pub String);
