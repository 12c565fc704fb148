//! [`CallbackSender`]: who sends requests to websites.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::CallbackRequest;

/// Tells websites what they asked to be told. The URLs are the websites' own: an implementation over a network must not let
/// them reach what the website itself could not.
#[async_trait]
pub trait CallbackSender: fmt::Debug + Send + Sync + 'static {
    /// Sends `request` and answers the status of the last answer, behind all redirects; its head must come within `deadline`.
    /// The rest of the answer is read for some seconds at most. What is posted is posted again where a redirect says so (307,
    /// 308), and never becomes a GET.
    ///
    /// # Errors
    /// [`SendError`]: there is no answer, and the website may not know.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the website knows.
    async fn send(&self, request: &CallbackRequest, deadline: Duration) -> Result<u16, SendError>;
}

/// Why a website could not be told, in words for the operator that do not repeat the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SendError(pub String);
