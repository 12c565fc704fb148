//! [`LocalSocket`]: administration from the same machine, without a token.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio_util::either::Either;
use tokio_util::task::TaskTracker;

use super::connection::{Offer, Server};
use super::paths;
use super::peer::Peer;
use super::seldom::Seldom;

/// Connections at the same time; further ones wait.
const CONNECTIONS: usize = 32;

/// A socket in the file system. Only root and the user as whom the balancer runs may speak to it, and they are
/// administrators: they could as well change the database.
#[derive(Debug)]
pub struct LocalSocket {
    socket: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl LocalSocket {
    /// Makes the socket at `path`. One that an earlier run left there is replaced; anything else there is not.
    ///
    /// # Errors
    /// What the system says. A path has 107 bytes at most.
    pub fn bind(path: &Path) -> io::Result<Self> {
        match std::fs::symlink_metadata(path) {
            Ok(there) if there.file_type().is_socket() => std::fs::remove_file(path)?,
            Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something else is there")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let socket = UnixListener::bind(path)?;
        // who may not connect need not be told so; who can is asked who they are all the same
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { socket, path: path.to_owned(), owner: std::fs::metadata(path)?.uid() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Accepts until it is dropped.
    pub(super) async fn accept(&self, server: Arc<Server>, connections: TaskTracker) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let offer = Arc::new(Offer { api: false, pages: paths::router(server.service.clone()), tls: None });
        let troubles = Seldom::default();
        loop {
            let stream = match self.socket.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    if let Some(times) = troubles.happened() {
                        tracing::warn!(%error, times, "a connection to the local socket could not be accepted");
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Some(user) = self.known(&stream) else {
                tracing::warn!("somebody else than root and the balancer's user tried the local socket");
                continue;
            };
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return; // it is never closed
            };
            let (server, offer) = (Arc::clone(&server), Arc::clone(&offer));
            connections.spawn(async move {
                let _ = server.serve(offer, Either::Right(stream), Peer::Local { user }).await;
                drop(place);
            });
        }
    }

    /// Who connected, if they may.
    fn known(&self, stream: &UnixStream) -> Option<u32> {
        let user = stream.peer_cred().ok()?.uid();
        (user == 0 || user == self.owner).then_some(user)
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
