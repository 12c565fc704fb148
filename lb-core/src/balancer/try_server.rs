//! A server is called that the fleet need not have: whether it takes a secret is known before it is kept.

use super::Balancer;
use super::ask::is_sound;
use crate::api::{Answer, get_meetings};
use crate::gateway::{GatewayError, ServerCall};
use crate::server::Server;

/// The call by which it is tried.
const TRIED: &str = "getMeetings";

impl Balancer {
    /// Signs a getMeetings with the secret of `server` and sends it. Answers how many meetings it lists. Nothing is kept of it, and
    /// nothing follows for a server that the fleet has.
    ///
    /// # Errors
    /// [`GatewayError`]: it does not answer, answers something else, or refuses the signature.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn try_server(&self, server: &Server) -> Result<usize, GatewayError> {
        let asked_at = self.clock.now();
        let call = ServerCall::read(server, TRIED, "", self.settings.list_deadline);
        let reply = self.gateway.call(server, call).await?;
        let answer = Answer::read(&reply)?;
        is_sound(TRIED, &answer)?;
        Ok(get_meetings::read(&answer, asked_at).meetings().len())
    }
}
