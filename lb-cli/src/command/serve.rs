//! `lb serve`: runs the balancer until SIGTERM or SIGINT. SIGHUP lets it read its configuration again.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::path::PathBuf;

use lb_core::Secret;
use lb_http::config::{Config, ConfigErrors};
use lb_http::logging::{self, Level};
use lb_http::reload::Reloader;
use tokio::signal::unix::{Signal, SignalKind, signal};
use url::Url;

use super::open_files;
use crate::args::Serve;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Serve, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let said = Said { file: args.config.clone(), environment: world.environment.clone() };
    let config = said.load()?;
    let failed = |error: &dyn Display| Failure::Failed(error.to_string());
    let level = logging::init(config.log.format, &config.log.level).map_err(|error| failed(&error))?;
    open_files::raise(config.listen.max_connections);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // a hang-up in the middle of the start must not end the process
        let (shutdown, hangups) = (shutdown()?, signal(SignalKind::hangup())?);
        let public_url = config.listen.public_url.clone();
        let mut prepared = lb_http::prepare(config, []).await.map_err(|error| failed(&error))?;
        if let Some(token) = prepared.first_token() {
            world.output.write_all(first_steps(&public_url, token).as_bytes())?;
            world.output.flush()?;
        }
        let reloading = prepared.reloader().map(|reloader| tokio::spawn(reload(reloader, hangups, said, level)));
        prepared.serve(shutdown).await;
        if let Some(reloading) = reloading {
            reloading.abort();
        }
        Ok::<_, Failure>(())
    })?;
    Ok(Outcome::Done)
}

/// What is to be done while there is no user. It goes to standard output and not into the log: the token is a secret.
fn first_steps(public_url: &Url, token: &Secret) -> String {
    let page = public_url.join("first-administrator").map_or_else(|_| public_url.to_string(), String::from);
    format!(
        "Nobody can log in yet. Open {page}?token={} once within 24 hours to make the first administrator,\n\
         or run on this machine: lb user create NAME --role administrator\n",
        token.expose()
    )
}

/// Where the configuration stands.
#[derive(Clone)]
struct Said {
    file: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

impl Said {
    fn load(&self) -> Result<Config, ConfigErrors> {
        Config::load(self.file.as_deref(), self.environment.iter().cloned())
    }
}

/// At each SIGHUP, reads the configuration again. Several that come while one is read are one.
async fn reload(mut reloader: Reloader, mut hangups: Signal, said: Said, level: Level) {
    while hangups.recv().await.is_some() {
        let said = said.clone();
        if let Some(config) = reloader.reload(move || said.load()).await
            && let Err(error) = level.set(&config.log.level)
        {
            tracing::warn!(%error, "the log goes on as it was");
        }
    }
}

/// Ends when the process is asked to stop. Both signals are caught from this call on, not from the first poll.
pub(crate) fn shutdown() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("asked to stop by SIGTERM"),
            _ = interrupt.recv() => tracing::info!("asked to stop by SIGINT"),
        }
    })
}
