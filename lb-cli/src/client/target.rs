//! [`Target`]: which balancer is meant, and who one is there.

use std::io::Read;
use std::path::{Path, PathBuf};

use lb_core::Secret;
use lb_http::config::{Config, ProfileAt, profiles};
use url::Url;

use crate::command::admin::Administration;
use crate::outcome::Failure;
use crate::world::World;

/// Where a balancer has its socket where nothing is said: beside a database in the working directory, then where
/// services have theirs.
const SOCKETS: [&str; 3] = ["lb.sock", "/run/lb/lb.sock", "/var/lib/lb/lb.sock"];

/// No token is longer.
const TOKEN_LIMIT: u64 = 4096;

/// Which balancer is meant.
#[derive(Debug)]
pub(crate) enum Target {
    /// The one at this URL.
    Url(Url, Option<Secret>),
    /// The one that listens to the first of these sockets; it asks for no token.
    Sockets(Vec<PathBuf>, Option<Secret>),
}

impl Target {
    /// What the command line says, else the environment, else a balancer of this machine.
    ///
    /// # Errors
    /// [`Failure::Usage`] if what is said leads nowhere.
    pub(crate) fn of(said: &Administration, world: &mut World<'_>) -> Result<Self, Failure> {
        // who makes a server is easily mistaken
        if said.url.as_ref().is_some_and(|url| url.path().contains("bigbluebutton")) {
            let sentence = "--url is where the balancer is; a server's own URL is --api-url";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        let token = match &said.token {
            Some(token) if token.expose() == "-" => Some(from_input(world)?),
            token => token.clone(),
        };
        let alone = |path: &Path| vec![path.to_owned()];
        if let Some(url) = &said.url {
            return Ok(Self::Url(url.clone(), token.or_else(|| from_environment(world))));
        }
        if let Some(name) = &said.profile {
            let profile = profile(name, world)?;
            let token = token.or(profile.token);
            return Ok(match profile.at {
                ProfileAt::Url(url) => Self::Url(url, token),
                ProfileAt::Socket(path) => Self::Sockets(vec![path], token),
            });
        }
        if let Some(path) = &said.socket {
            return Ok(Self::Sockets(alone(path), token));
        }
        if let Some(path) = &said.config {
            let config = Config::load(Some(path), world.environment.iter().cloned())?;
            return Ok(Self::Sockets(vec![socket_of(&config)?], token));
        }
        if let Some(url) = world.variable("LB_URL") {
            let url = url_of(url).map_err(|wrong| Failure::Usage(format!("LB_URL: {wrong}")))?;
            return Ok(Self::Url(url, token.or_else(|| from_environment(world))));
        }
        if let Some(path) = world.variable("LB_SOCKET") {
            return Ok(Self::Sockets(alone(Path::new(path)), token));
        }
        Ok(Self::Sockets(SOCKETS.map(PathBuf::from).to_vec(), token))
    }
}

/// The socket of the balancer that runs with this configuration.
fn socket_of(config: &Config) -> Result<PathBuf, Failure> {
    let none = || Failure::Usage("the configuration has no local socket: give --url".to_owned());
    config.listen.admin_socket.path(&config.store).ok_or_else(none)
}

/// A URL as `--url` takes it.
pub(crate) fn url_of(text: &str) -> Result<Url, &'static str> {
    let wrong = "it must be an absolute http or https URL without user name, password, ? and #";
    let url = Url::parse(text).map_err(|_| wrong)?;
    let plain = url.username().is_empty() && url.password().is_none();
    let whole = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if plain && whole && url.query().is_none() && url.fragment().is_none() { Ok(url) } else { Err(wrong) }
}

fn from_environment(world: &World<'_>) -> Option<Secret> {
    world.variable("LB_TOKEN").map(Secret::from)
}

fn from_input(world: &mut World<'_>) -> Result<Secret, Failure> {
    let mut text = String::new();
    Read::take(&mut *world.input, TOKEN_LIMIT).read_to_string(&mut text)?;
    match text.trim() {
        "" => Err(Failure::Usage("--token -: there is no token on standard input".to_owned())),
        token => Ok(Secret::from(token)),
    }
}

fn profile(name: &str, world: &World<'_>) -> Result<profiles::Profile, Failure> {
    let nowhere = || Failure::Usage("--profile: neither XDG_CONFIG_HOME nor HOME says where profiles are".to_owned());
    let path = match (world.variable("XDG_CONFIG_HOME"), world.variable("HOME")) {
        (Some(directory), _) => Path::new(directory).join("lb/profiles.toml"),
        (None, Some(home)) => Path::new(home).join(".config/lb/profiles.toml"),
        (None, None) => return Err(nowhere()),
    };
    let mut profiles = profiles::read(&path)?;
    profiles.remove(name).ok_or_else(|| {
        let known: Vec<_> = profiles.into_keys().collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Failure::Usage(format!("{} has no such profile; there are {known}", path.display()))
    })
}
