//! What can be said of a server.

use lb_core::checksum::Algorithm;
use lb_core::network::{NetworkServer, ServerFacts};
use lb_core::server::AdministratorWord;
use lb_core::{Server, ServerName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rest::given_secret::GivenSecret;
use crate::rest::integrations::PositionBody;
use crate::rest::problem::Problem;

/// What can be said of a server.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerBody {
    /// Where it is, with or without `/bigbluebutton/api/`.
    #[schema(example = "https://bbb1.example.org/bigbluebutton/")]
    url: Option<String>,
    /// Its secret, as `bbb-conf --secret` shows it. Where none is given the present one stays.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 255, pattern = "^[!-~]+$", write_only)]
    secret: Option<GivenSecret>,
    /// Where it stands.
    position: Option<PositionBody>,
    /// The most users it is to be given.
    #[schema(minimum = 1)]
    capacity: Option<u32>,
    /// How much of the meetings it is to be given beside others.
    #[schema(minimum = 0.01, maximum = 1000)]
    weight: Option<f64>,
    /// What routers and integrations choose servers by.
    tags: Option<Vec<String>>,
    /// How calls to it are signed: sha1, sha256, sha384 or sha512.
    #[schema(value_type = Option<String>, example = "sha256")]
    checksum: Option<Algorithm>,
    /// The administrator's word on it, which a new server has from its first moment on: automatic, force-enabled, force-disabled or
    /// draining. Where nothing is said it stays as it is.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, example = "automatic", write_only)]
    word: Option<AdministratorWord>,
}

impl ServerBody {
    /// The administrator's word.
    pub(crate) fn word(&self) -> Option<AdministratorWord> {
        self.word
    }

    /// The server called `name` of which this is said.
    pub(crate) fn named(self, name: ServerName) -> Result<NetworkServer, Problem> {
        let url = self.url.map(|url| Server::api_url(&url)).transpose();
        let facts = ServerFacts {
            api_url: url.map_err(|wrong| Problem::bad(format!("the URL of the server is {wrong}")))?,
            secret: self.secret.map(|secret| secret.0),
            position: self.position.map(PositionBody::read).transpose()?,
            capacity: self.capacity,
            weight: self.weight,
            tags: self.tags,
            checksum: self.checksum,
        };
        Ok(NetworkServer { facts, ..NetworkServer::new(name) })
    }
}

impl From<&ServerFacts> for ServerBody {
    fn from(facts: &ServerFacts) -> Self {
        Self {
            url: facts.api_url.as_ref().map(ToString::to_string),
            secret: None,
            position: facts.position.map(PositionBody::from),
            capacity: facts.capacity,
            weight: facts.weight,
            tags: facts.tags.clone(),
            checksum: facts.checksum,
            word: None,
        }
    }
}
