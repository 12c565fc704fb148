//! Which addresses may be called for a website. Its URLs are its own: one that leads into the operator's network must not
//! make the balancer knock there.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;
use url::{Host, Url};

/// What is said where an address may not be called.
const REFUSED: &str = "its address is private: see [callbacks] allow_private_addresses";

/// Whether an address is one of the public internet. (IANA special-purpose address registries, 2025.)
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let octets = address.octets();
    // this network and multicast, shared between customers, protocols and relays, benchmarks; the last is no public one by
    // its use: Azure's host answers its virtual machines there
    let special = matches!(
        octets,
        [0 | 224.., ..]
            | [100, 64..=127, ..]
            | [192, 0, 0, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [168, 63, 129, 16]
    );
    !(special || address.is_private() || address.is_loopback() || address.is_link_local() || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // the IPv4 address behind a translator
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // tunnels and protocols, documentation, 6to4
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // what is not global unicast: loopback, IPv4 in other dress, unique local, link-local, multicast, …
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Looks names up, once for each connection, and passes on only the addresses that may be called. So nobody is called at an
/// address that was not looked at, whatever a name server says the second time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Destinations {
    /// Which addresses those are.
    pub(super) allowed: fn(IpAddr) -> bool,
}

impl Destinations {
    /// Only public addresses, or any where `allow_private`.
    pub(super) fn new(allow_private: bool) -> Self {
        Self { allowed: if allow_private { |_| true } else { is_public } }
    }

    /// Looks at a URL before it is called: its protocol, and the address that it may name without a name server.
    ///
    /// # Errors
    /// Why it may not be called.
    pub(super) fn check(self, url: &Url) -> Result<(), &'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it leads to another protocol than http and https");
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) => None,
            None => return Err("it has no host"),
        };
        if address.is_none_or(self.allowed) { Ok(()) } else { Err(REFUSED) }
    }

    async fn look_up(self, name: Name) -> io::Result<std::vec::IntoIter<SocketAddr>> {
        let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
        let allowed: Vec<_> = found.iter().copied().filter(|found| (self.allowed)(found.ip())).collect();
        if allowed.is_empty() && !found.is_empty() {
            return Err(io::Error::other(REFUSED));
        }
        Ok(allowed.into_iter())
    }
}

impl Service<Name> for Destinations {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.look_up(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::8.8.8.8",
            "64:ff9b::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::168.63.129.16",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "168.63.129.15",
            "168.63.129.17",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "64:ff9b::1.1.1.1",
            "2001:200::1",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_is_known_in_every_spelling() {
        let destinations = Destinations::new(false);
        for private in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "https://[fd00::1]:8443/",
        ] {
            assert_eq!(destinations.check(&private.parse().unwrap()), Err(REFUSED), "{private}");
            assert_eq!(Destinations::new(true).check(&private.parse().unwrap()), Ok(()));
        }
        assert_eq!(destinations.check(&"https://1.1.1.1/".parse().unwrap()), Ok(()));
        assert_eq!(destinations.check(&"https://lms.example/".parse().unwrap()), Ok(()), "the look-up tells");
        for other in ["ftp://1.1.1.1/", "file:///etc/passwd", "gopher://lms.example/"] {
            assert!(Destinations::new(true).check(&other.parse().unwrap()).is_err(), "{other}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_leads_nowhere() {
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Destinations::new(false).look_up(name()).await.unwrap_err();
        assert_eq!(refused.to_string(), REFUSED);
        assert!(Destinations::new(true).look_up(name()).await.unwrap().next().is_some());
    }
}
