//! A server is called that the fleet need not have: whether it takes a secret is known before it is kept.

use super::Balancer;
use crate::api::{Answer, get_meetings};
use crate::gateway::{GatewayError, ServerCall};
use crate::server::Server;

/// Why a server that was tried is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TryServerError {
    /// It gives no usable answer.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// It answers, and does not take the signature.
    #[error("it refuses the signature: is the secret right?")]
    Signature,
    /// It answers, and refuses for another reason: BBB's messageKey.
    #[error("it does not list its meetings: {0}")]
    Refused(String),
}

impl Balancer {
    /// Signs a getMeetings with the secret of `server` and sends it. Answers how many meetings it lists. Nothing is kept of it, and
    /// nothing follows for a server that the fleet has.
    ///
    /// # Errors
    /// [`TryServerError`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn try_server(&self, server: &Server) -> Result<usize, TryServerError> {
        let asked_at = self.clock.now();
        let call = ServerCall::read(server, "getMeetings", "", self.settings.list_deadline);
        let reply = self.gateway.call(server, call).await?;
        let answer = Answer::read(&reply)?;
        if answer.is_success() {
            return Ok(get_meetings::read(&answer, asked_at).meetings().len());
        }
        Err(match &*answer.key() {
            "checksumError" => TryServerError::Signature,
            key => TryServerError::Refused(key.to_owned()),
        })
    }
}
