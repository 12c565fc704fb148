//! One web-conference server: its facts ([`Server`]), what the monitor says of it ([`Service`], [`HostStatus`]), whether
//! it answers us ([`Reachability`], [`Contact`]), how loaded it is ([`Load`], [`ExpectedLoad`]), and what follows ([`ServerState`]).

mod contact;
mod load;
mod reachability;
mod reason;
mod service;
mod state;

use std::fmt;
use std::net::IpAddr;

use url::Url;

pub(crate) use self::contact::Line;
pub use self::contact::{CALLS_REMEMBERED, CallOutcome, Contact, PastCall};
pub(crate) use self::load::ExpectedLine;
pub use self::load::{ExpectedLoad, ExpectedLoadRule, Load};
pub use self::reachability::{Failed, HealthRules, Reachability};
pub use self::reason::Reason;
pub use self::service::{HostStatus, Service, ServiceState};
pub use self::state::{AdministratorWord, Evidence, ServerState, Verdict};

use crate::checksum::Algorithm;
use crate::names::name_type;
use crate::position::Position;
use crate::secret::Secret;

name_type! {
    /// How the balancer calls a server: the monitor's host name, unique in the fleet.
    ServerName
}

/// The facts of one BBB server: who it is and how it is spoken to. Nothing in here changes with its load.
#[derive(Clone, PartialEq)]
pub struct Server {
    /// Its name, unique in the fleet.
    pub name: ServerName,
    /// Where its API is: always ends in `/bigbluebutton/api/` ([`Server::api_url`] makes it so).
    pub api_url: Url,
    /// The secret that its API calls are signed with.
    pub secret: Secret,
    /// Host name or address as the monitor knows it; the URL's host where it knows none.
    pub address: String,
    /// Where it stands.
    pub position: Option<Position>,
    /// The most users it is to be given; absent is no limit.
    pub capacity: Option<u32>,
    /// How much of the meetings it is to be given beside others, greater than 0; absent, its capacity says so. Only the
    /// policies `weighted`, `scalelite` and `b3scale` ask for it.
    pub weight: Option<f64>,
    /// What routers and integrations choose servers by.
    pub tags: Vec<String>,
    /// How calls to it are signed: SHA-256, which every BBB since 2.4 takes, unless configured otherwise.
    pub checksum: Algorithm,
}

impl Server {
    /// A server at `url`, which may be given with or without `/bigbluebutton/` or `/bigbluebutton/api/`.
    ///
    /// # Errors
    /// [`BadServerUrl`] if `url` is no absolute http or https URL.
    ///
    /// ```
    /// use lb_core::Server;
    /// let server = Server::new("bbb1", "https://bbb1.example.org/bigbluebutton/", "secret")?;
    /// assert_eq!(server.api_url.as_str(), "https://bbb1.example.org/bigbluebutton/api/");
    /// # Ok::<(), lb_core::server::BadServerUrl>(())
    /// ```
    pub fn new(name: impl Into<ServerName>, url: &str, secret: impl Into<Secret>) -> Result<Self, BadServerUrl> {
        let api_url = Self::api_url(url)?;
        Ok(Self {
            name: name.into(),
            address: api_url.host_str().unwrap_or_default().to_owned(),
            api_url,
            secret: secret.into(),
            position: None,
            capacity: None,
            weight: None,
            tags: Vec::new(),
            checksum: Algorithm::Sha256,
        })
    }

    /// Completes what operators write down for a server (`https://host`, `…/bigbluebutton`, `…/bigbluebutton/api/`) to
    /// the URL of its API.
    ///
    /// # Errors
    /// [`BadServerUrl`] if `url` is no absolute http or https URL.
    pub fn api_url(url: &str) -> Result<Url, BadServerUrl> {
        let mut url = Url::parse(url.trim()).map_err(|_| BadServerUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(BadServerUrl);
        }
        url.set_query(None);
        url.set_fragment(None);
        let base = url.path().trim_end_matches('/');
        let path = match base.rsplit('/').next() {
            Some("api") => format!("{base}/"),
            Some("bigbluebutton" | "bbb") => format!("{base}/api/"),
            _ => format!("{base}/bigbluebutton/api/"),
        };
        url.set_path(&path);
        Ok(url)
    }

    /// Its address, where the monitor or the URL tells it: names are never looked up.
    pub fn ip(&self) -> Option<IpAddr> {
        let host = self.api_url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        [self.address.as_str(), host].iter().find_map(|text| text.parse().ok())
    }

    /// Protocol, host, and the port if it is not the protocol's own: what getServers and getMeetings tell of a server.
    pub fn origin(&self) -> String {
        self.api_url.origin().ascii_serialization()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("name", &self.name)
            .field("api_url", &self.api_url.as_str())
            .finish_non_exhaustive()
    }
}

/// The URL of a server is not an absolute http or https URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an absolute http or https URL, such as https://bbb1.example.org/bigbluebutton/")]
pub struct BadServerUrl;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_url_is_completed_from_what_operators_write() {
        for (given, api) in [
            ("https://a.example.org", "https://a.example.org/bigbluebutton/api/"),
            ("https://a.example.org/", "https://a.example.org/bigbluebutton/api/"),
            ("http://a.example.org/bigbluebutton", "http://a.example.org/bigbluebutton/api/"),
            ("http://a.example.org:8080/bigbluebutton/", "http://a.example.org:8080/bigbluebutton/api/"),
            ("https://a.example.org/bigbluebutton/api", "https://a.example.org/bigbluebutton/api/"),
            ("https://a.example.org/some/where/", "https://a.example.org/some/where/bigbluebutton/api/"),
            ("https://a.example.org/bigbluebutton/api/?x=1", "https://a.example.org/bigbluebutton/api/"),
        ] {
            assert_eq!(Server::api_url(given).map(String::from).as_deref(), Ok(api), "{given}");
        }
        for bad in ["", "a.example.org", "ftp://a.example.org/", "file:///bigbluebutton/", "https://"] {
            assert_eq!(Server::api_url(bad), Err(BadServerUrl), "{bad}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let server = Server::new("a", "https://a.example.org", "s3cr3t").unwrap();
        assert!(!format!("{server:?}").contains("s3cr3t"));
    }
}
