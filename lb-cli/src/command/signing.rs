//! From what was said to a signed URL: whose secret, which base, and the query in the order given.

use std::io::Read;

use lb_core::gateway::ServerCall;
use lb_core::{Clock, Secret, Server};
use lb_http::clock::SystemClock;
use lb_http::config::Config;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::args::SignedCall;
use crate::outcome::Failure;
use crate::world::World;

/// The variable that the secret is taken from where nothing else gives one.
const SECRET_VARIABLE: &str = "LB_SECRET";

/// No secret is longer.
const SECRET_LIMIT: u64 = 64 * 1024;

pub(crate) fn signed_url(args: &SignedCall, world: &mut World<'_>) -> Result<Url, Failure> {
    let config = match &args.config {
        Some(path) => Some(Config::load(Some(path), world.environment.iter().cloned())?),
        None => None,
    };
    let base = match (&args.base, &config) {
        (Some(base), _) => base.as_str(),
        (None, Some(config)) => config.listen.public_url.as_str(),
        (None, None) => return Err(Failure::Usage("no base: give --base URL or --config FILE".to_owned())),
    };
    let secret = secret(args, config.as_ref(), world)?;
    let mut server = Server::new("", base, secret).map_err(|error| Failure::Usage(format!("--base is {error}")))?;
    server.checksum = args.checksum.into();
    Ok(ServerCall::signed_url(&server, &args.call, &query(&args.parameters)))
}

/// Encoded as a form, which BBB and every website decode: a space is `+`.
fn query(parameters: &[(String, String)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters);
    query.finish()
}

fn secret(args: &SignedCall, config: Option<&Config>, world: &mut World<'_>) -> Result<Secret, Failure> {
    if let Some(secret) = &args.secret {
        return if secret.expose() == "-" { from_input(world) } else { Ok(secret.clone()) };
    }
    if let Some(config) = config
        && (args.integration.is_some() || world.variable(SECRET_VARIABLE).is_none())
    {
        return from_config(args.integration.as_deref(), config);
    }
    let missing = || Failure::Usage("no secret: give --secret or --config, or set LB_SECRET".to_owned());
    world.variable(SECRET_VARIABLE).map(Secret::from).ok_or_else(missing)
}

fn from_input(world: &mut World<'_>) -> Result<Secret, Failure> {
    let mut text = String::new();
    Read::take(&mut *world.input, SECRET_LIMIT).read_to_string(&mut text)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::Usage("--secret -: there is no secret on standard input".to_owned())),
        secret => Ok(Secret::from(secret)),
    }
}

fn from_config(name: Option<&str>, config: &Config) -> Result<Secret, Failure> {
    let integrations = config.network.integrations();
    let mut all = integrations.iter();
    let found = match (name, all.len()) {
        (Some(name), _) => integrations.named(name),
        (None, 1) => all.next(),
        (None, _) => None,
    };
    let secret = found.and_then(|integration| integration.valid_secrets(SystemClock::new().now()).next()).cloned();
    secret.ok_or_else(|| {
        let names: Vec<_> = integrations.iter().map(|one| one.name.as_str()).collect();
        Failure::Usage(match (name, &names[..]) {
            (_, []) => "the configuration has no integrations: give --secret".to_owned(),
            (Some(_), _) => format!("there is no such integration; there are {}", names.join(", ")),
            (None, _) => format!("give --integration; there are {}", names.join(", ")),
        })
    })
}
