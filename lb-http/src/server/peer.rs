//! [`Peer`]: who is at the other end of a connection.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;

use super::{Service, caller};

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Somebody at this address, or a proxy in front of them.
    Remote(SocketAddr),
    /// Somebody on this machine, by the [local socket](super::LocalSocket).
    Local {
        /// As which user of the system.
        user: u32,
    },
}

/// The address of whoever asks, if they did not come by the local socket.
pub(crate) fn remote_of(service: &Service, peer: Peer, headers: &HeaderMap) -> Option<IpAddr> {
    match peer {
        Peer::Remote(peer) => Some(address_of(service, peer.ip(), headers)),
        Peer::Local { .. } => None,
    }
}

/// The address of whoever asks, behind the proxies that are trusted.
pub(crate) fn address_of(service: &Service, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    caller::address(peer, &caller::forwarded_for(headers), &service.setup.load().trusted_proxies)
}
