//! `lb serve`: runs the balancer until SIGTERM or SIGINT.

use std::future::Future;
use std::io;

use lb_http::config::Config;
use lb_http::logging;
use tokio::signal::unix::{SignalKind, signal};

use super::open_files;
use crate::args::Serve;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Serve, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let config = Config::load(args.config.as_deref(), world.environment.iter().cloned())?;
    logging::init(config.log.format, &config.log.level).map_err(|error| Failure::Failed(error.to_string()))?;
    open_files::raise(config.listen.max_connections);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let shutdown = shutdown()?;
        lb_http::run(config, shutdown).await.map_err(|error| Failure::Failed(error.to_string()))
    })?;
    Ok(Outcome::Done)
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
