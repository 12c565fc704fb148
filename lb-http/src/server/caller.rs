//! Whose address counts.
//!
//! For placing a meeting: the addresses of `X-Forwarded-For` from the left, which the website wrote. For throttling and
//! logs: the first address from the right that is no trusted proxy, which nobody outside can forge. What stands left of
//! something that is no address may be forged.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use ipnet::IpNet;

/// The entries of all `X-Forwarded-For` lines, leftmost first. What is no address (`unknown`, `_hidden`, bytes that are no
/// text) is `None`; a port is cut off, an IPv4-mapped address becomes IPv4.
pub(super) fn forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all("x-forwarded-for").iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(address_in).collect()
}

fn address_in(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip())).map(|address| address.to_canonical())
}

/// Whether `address` is one of a trusted proxy.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// The address for throttling and logs.
pub(super) fn address(peer: IpAddr, forwarded: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    let from_the_right = std::iter::once(Some(peer)).chain(forwarded.iter().rev().copied());
    let mut last = peer;
    for address in from_the_right.map_while(|entry| entry) {
        last = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(lines: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", hyper::header::HeaderValue::from_static(line));
        }
        forwarded_for(&headers).iter().map(|entry| entry.map(|one| one.to_string()).unwrap_or_default()).collect()
    }

    #[test]
    fn forwarded_addresses_are_read_in_every_spelling() {
        let read = addresses(&[
            "203.0.113.7, 192.0.2.1:5678",
            "unknown, [2001:db8::1]:443,::ffff:192.0.2.9 , , [2001:db8::2]",
        ]);
        assert_eq!(
            read,
            ["203.0.113.7", "192.0.2.1", "", "2001:db8::1", "192.0.2.9", "", "2001:db8::2"],
            "what is no address stays empty"
        );
        assert_eq!(forwarded_for(&HeaderMap::new()), []);
    }

    #[test]
    fn bytes_that_are_no_text_hide_nobody() {
        let mut headers = HeaderMap::new();
        let line = hyper::header::HeaderValue::from_bytes(b"\xff, 203.0.113.7").unwrap();
        headers.append("x-forwarded-for", line);
        let forwarded = forwarded_for(&headers);
        let (proxy, user) = ("10.0.0.1".parse().unwrap(), "203.0.113.7".parse::<IpAddr>().unwrap());
        assert_eq!(forwarded, [None, Some(user)]);
        assert_eq!(address(proxy, &forwarded, &["10.0.0.0/8".parse().unwrap()]), user);
    }

    #[test]
    fn the_address_for_logs_is_the_first_from_the_right_that_is_no_trusted_proxy() {
        let trusted: [IpNet; 1] = ["10.0.0.0/8".parse().unwrap()];
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let (forged, user, proxy) = (Some(ip("198.51.100.1")), ip("203.0.113.7"), Some(ip("10.0.0.2")));
        assert_eq!(address(ip("10.0.0.1"), &[forged, Some(user), proxy], &trusted), user);
        assert_eq!(address(user, &[forged], &trusted), user, "an untrusted peer cannot name another");
        assert_eq!(address(ip("10.0.0.1"), &[forged, None, Some(user), proxy], &trusted), user);
        assert_eq!(
            address(ip("10.0.0.1"), &[forged, None, proxy], &trusted),
            ip("10.0.0.2"),
            "nothing left of it counts"
        );
        assert_eq!(address(ip("10.0.0.1"), &[], &trusted), ip("10.0.0.1"));
        let many = [[forged; 100].as_slice(), &[Some(user)]].concat();
        assert_eq!(address(ip("10.0.0.1"), &many, &trusted), user, "however many are made up");
    }
}
