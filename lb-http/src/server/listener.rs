//! Accepting connections within their limits, and stopping without cutting a call.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::activity::Cut;
use super::addresses::Addresses;
use super::certificate::Certificates;
use super::connection::{Offer, Server};
use super::local::LocalSocket;
use super::seldom::Seldom;
use super::{Service, caller, paths};

/// Connections that the system keeps until they are accepted.
const BACKLOG: i32 = 4096;

/// What a [`Listener`] is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The API and every page: the only kind of listener there is.
    Everything,
    /// The API, and the pages that strangers may see; administration has a listener of its own.
    Api,
    /// Administration and metrics, without the API. It has places of its own, so that it can be reached whatever happens to
    /// the others.
    Administration,
}

impl Purpose {
    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Api => "api",
            Self::Administration => "administration",
        }
    }
}

/// One bound address.
#[derive(Debug)]
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// What it is for.
    pub purpose: Purpose,
    /// The certificate, where TLS is spoken.
    pub certificates: Option<Arc<Certificates>>,
}

/// Binds `address`. One of IPv6 takes no connections of IPv4, so that `0.0.0.0:80` and `[::]:80` stand beside each other.
///
/// # Errors
/// What the system says.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // an address whose connections of an earlier run are still being closed
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Serves on `listeners`, and at the socket `local`, until `shutdown` is ready. Then no connection is accepted any more, those that are idle are closed,
/// and calls under way are answered before this returns, within [`Limits::stop_time`](super::Limits::stop_time).
/// A connection that cannot be accepted is logged, and accepting goes on.
pub async fn serve(
    listeners: Vec<Listener>,
    local: Option<LocalSocket>,
    service: Service,
    shutdown: impl Future<Output = ()>,
) {
    let limits = service.limits;
    let stopping = CancellationToken::new();
    let server = Arc::new(Server::new(service, stopping.clone()));
    let connections = TaskTracker::new();
    let api_places = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::new(limits.connections_per_address);
    let doors = listeners.into_iter().map(|listener| {
        let administration = listener.purpose == Purpose::Administration;
        let own_places = || Arc::new(Semaphore::new(limits.administration_connections));
        let door = Door {
            places: if administration { own_places() } else { Arc::clone(&api_places) },
            addresses: (!administration).then(|| Arc::clone(&addresses)),
            offer: Arc::new(offer(&listener, &server.service)),
            socket: listener.socket,
            server: Arc::clone(&server),
            connections: connections.clone(),
            troubles: Seldom::default(),
            crowds: Seldom::default(),
        };
        let stopping = stopping.clone();
        async move {
            tokio::select! {
                () = door.accept() => {}
                () = stopping.cancelled() => {}
            }
        }
    });
    let accepting = join_all(doors);
    let locally = async {
        let Some(local) = local else { return };
        tokio::select! {
            () = local.accept(Arc::clone(&server), connections.clone()) => {}
            () = stopping.cancelled() => {}
        }
    };
    tokio::join!(accepting, locally, async {
        shutdown.await;
        stopping.cancel();
        // they would never end by themselves
        server.service.live.end();
    });
    let tasks = &server.service.tasks;
    tasks.close();
    connections.close();
    let finished = async {
        connections.wait().await;
        tasks.wait().await;
    };
    if tokio::time::timeout(limits.stop_time, finished).await.is_err() {
        tracing::warn!("stopped with calls still under way");
    }
}

fn offer(listener: &Listener, service: &Service) -> Offer {
    let service = service.clone();
    Offer {
        api: listener.purpose != Purpose::Administration,
        pages: match listener.purpose {
            Purpose::Everything | Purpose::Administration => paths::router(service),
            Purpose::Api => paths::public(service),
        },
        tls: listener.certificates.as_ref().map(|certificates| TlsAcceptor::from(certificates.server_config())),
    }
}

/// A listener, and what is behind it.
struct Door {
    socket: TcpListener,
    offer: Arc<Offer>,
    server: Arc<Server>,
    connections: TaskTracker,
    places: Arc<Semaphore>,
    /// Absent: an address may have any number.
    addresses: Option<Arc<Addresses>>,
    troubles: Seldom,
    crowds: Seldom,
}

impl Door {
    /// Accepts until it is dropped.
    async fn accept(&self) {
        loop {
            let (stream, peer) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if let Some(times) = self.troubles.happened() {
                        tracing::warn!(%error, times, "a connection could not be accepted");
                    }
                    // out of file descriptors, usually: others must close first
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let trusted = caller::is_trusted(peer.ip(), &self.server.service.setup.load().trusted_proxies);
            let counted = match &self.addresses {
                Some(addresses) if !trusted => match addresses.enter(peer.ip()) {
                    Some(counted) => Some(counted),
                    None => {
                        self.server.service.metrics.connection_cut(Cut::Address.word());
                        if let Some(times) = self.crowds.happened() {
                            tracing::warn!(address = %peer.ip(), times, "an address has too many connections");
                        }
                        continue;
                    }
                },
                _ => None,
            };
            // accepted before it has a place: a listener that nobody comes to shall not keep one from the others
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                return; // it is never closed
            };
            let connection = Arc::clone(&self.server).connection(Arc::clone(&self.offer), stream, peer);
            self.connections.spawn(async move {
                connection.await;
                drop((place, counted));
            });
        }
    }
}
