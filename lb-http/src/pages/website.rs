//! Calls as a website makes them: signed with an integration's secret and answered by the balancer in this very process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lb_core::api::{ApiRequest, Call, Params, Reply};
use lb_core::checksum::{Algorithm, sign};
use lb_core::network::{Integration, IntegrationName};
use lb_core::{Clock, Secret};
use url::form_urlencoded;

use crate::clock::SystemClock;
use crate::rest::{Caller, Problem, to_its_end};
use crate::server::Service;

/// The most that is kept of an answer, bytes.
pub(super) const MOST: usize = 1 << 20;

/// A call of the API.
#[derive(Clone)]
pub(super) struct WebsiteCall {
    /// Whose.
    pub(super) integration: IntegrationName,
    /// Which.
    pub(super) call: Call,
    /// What it says.
    pub(super) params: Params,
    /// What is posted with it, and its content type.
    pub(super) body: Option<(String, Bytes)>,
    /// What it is signed with.
    pub(super) secret: Secret,
    /// How.
    pub(super) algorithm: Algorithm,
}

/// What came back.
pub(super) struct Told {
    /// The HTTP status.
    pub(super) status: u16,
    /// Where the browser would be led to. It is as good as a key.
    pub(super) location: Option<String>,
    /// The first [`MOST`] bytes of the body.
    pub(super) body: Vec<u8>,
    /// Whether there was more.
    pub(super) cut: bool,
    /// How long it took.
    pub(super) took: Duration,
}

impl WebsiteCall {
    /// A call of `integration` that is signed as the configuration lets it be.
    pub(super) fn new(
        service: &Service,
        integration: &Integration,
        call: Call,
        params: &[(&str, &str)],
    ) -> Result<Self, Problem> {
        let secret = valid_secrets(integration).next().map(|(_, secret)| secret.clone());
        let params = params.iter().copied().collect();
        let algorithm = usual_algorithm(service);
        let name = &integration.name;
        let secret = secret.ok_or_else(|| Problem::conflict(format!("every secret of {name} has expired")))?;
        Ok(Self { integration: name.clone(), call, params, body: None, secret, algorithm })
    }

    /// Path and query, without the checksum.
    pub(super) fn target(&self) -> String {
        let (name, query) = (self.call.name(), self.params.encode());
        if query.is_empty() {
            return format!("/bigbluebutton/api/{name}");
        }
        format!("/bigbluebutton/api/{name}?{query}")
    }

    /// Path and query, with the checksum: whoever has it may make the call.
    pub(super) fn signed_target(&self) -> String {
        let target = self.target();
        if !is_signed(self.call) {
            return target;
        }
        let digest = sign(self.algorithm, self.call.name(), &self.params.encode(), &self.secret);
        let joined = if target.contains('?') { '&' } else { '?' };
        format!("{target}{joined}checksum={digest}")
    }

    /// Makes the call, after the audit log has it.
    pub(super) async fn make(self, service: &Service, caller: &Caller) -> Result<Told, Problem> {
        let balancer = Arc::clone(&service.setup.load().balancer);
        balancer.tell_called(&caller.actor(), &self.integration, self.call.name(), true).await?;
        let target = self.signed_target();
        let request = match self.body {
            Some((content_type, body)) => ApiRequest::post(&target, &content_type, body),
            None => ApiRequest::get(&target),
        };
        let request = ApiRequest { address: caller.address, ..request };
        let began = Instant::now();
        // what it changes must be run to its end
        to_its_end(service, async move { Ok(Told::of(balancer.handle(&request).await, began)) }).await
    }
}

impl Told {
    fn of(reply: Reply, began: Instant) -> Self {
        let took = began.elapsed();
        let Reply { status, location, body, .. } = reply;
        let (mut kept, mut cut) = (Vec::new(), false);
        for piece in body.into_pieces() {
            let room = MOST - kept.len();
            kept.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if piece.len() > room {
                cut = true;
                break;
            }
        }
        Self { status, location, body: kept, cut, took }
    }
}

/// Whether a call carries a checksum.
pub(super) fn is_signed(call: Call) -> bool {
    !matches!(call, Call::Root | Call::HooksPing)
}

/// The secrets that calls may be signed with now, and what people call them.
pub(super) fn valid_secrets(integration: &Integration) -> impl Iterator<Item = (&str, &Secret)> {
    let now = SystemClock::new().now();
    let valid = integration.secrets.iter().filter(move |known| known.is_valid(now));
    valid.map(|known| (known.label.as_str(), &known.secret))
}

/// The algorithms that calls may be signed by, as the configuration has them.
pub(super) fn algorithms(service: &Service) -> Vec<Algorithm> {
    let setup = service.setup.load();
    let said = setup.settings.iter().find(|setting| setting.key == "checksum.algorithms");
    let said = said.and_then(|setting| serde_json::from_value(setting.value.clone()).ok());
    said.filter(|said: &Vec<_>| !said.is_empty()).unwrap_or_else(|| Algorithm::ALL.to_vec())
}

/// The one of them that most websites use.
pub(super) fn usual_algorithm(service: &Service) -> Algorithm {
    let all = algorithms(service);
    let first = all.first().copied().unwrap_or(Algorithm::Sha256);
    if all.contains(&Algorithm::Sha256) { Algorithm::Sha256 } else { first }
}

/// A name as one segment of a path.
pub(super) fn segment(name: &str) -> String {
    let name = form_urlencoded::Serializer::new(String::new()).append_key_only(name).finish();
    name.replace('+', "%20")
}
