//! `getDefaultConfigXML` and `setConfigXML`: what old clients are configured by names the server all over. To a website it must
//! name the balancer, and to the server of a meeting that server.

use url::{Position, Url};

/// `text` with every address of `from` as one of `to`.
///
/// | in the text | becomes |
/// |---|---|
/// | `http://FROM…`, `https://FROM…`, at the port of `from` or at the usual ones if it has none | protocol, host and port of `to` |
/// | `rtmp://FROM…` and other protocols, at a port of its own | the same protocol and port, at the host of `to` |
/// | the same at the port of `from` | host and port of `to` |
/// | `FROM` alone in an attribute or an element, with that port or without one | host, or host and port, of `to` |
///
/// A URL at another port, and a longer name that `from` is a part of, stay.
pub fn readdressed(text: &str, from: &Url, to: &Url) -> String {
    let Some(host) = from.host_str().filter(|host| !host.is_empty()) else { return text.to_owned() };
    // ASCII case does not move a byte
    let (folded, host) = (text.to_ascii_lowercase(), host.to_ascii_lowercase());
    let mut changed = String::with_capacity(text.len() + 256);
    let mut copied = 0;
    for (start, _) in folded.match_indices(&host) {
        let end = start + host.len();
        let scheme = scheme_before(&folded[..start]);
        let begin = start - scheme.map_or(0, |scheme| scheme.len() + "://".len());
        let Some(found) = address(&folded, scheme, begin, end, from).filter(|_| begin >= copied) else { continue };
        changed.push_str(&text[copied..begin]);
        match found {
            Found::Web { end } => {
                changed.push_str(&to.origin().ascii_serialization());
                copied = end;
            }
            Found::Host => {
                changed.push_str(&text[begin..start]);
                changed.push_str(to.host_str().unwrap_or_default());
                copied = end;
            }
            Found::HostAndPort { end } => {
                changed.push_str(&text[begin..start]);
                changed.push_str(&to[Position::BeforeHost..Position::AfterPort]);
                copied = end;
            }
        }
    }
    changed.push_str(&text[copied..]);
    changed
}

/// What stands there.
enum Found {
    /// A URL of the web up to `end`, its port included.
    Web { end: usize },
    /// A host, whatever stands before and behind it.
    Host,
    /// A host and its port up to `end`.
    HostAndPort { end: usize },
}

/// What the host that ends at `end` is part of, if that is an address of `from`.
fn address(text: &str, scheme: Option<&str>, begin: usize, end: usize, from: &Url) -> Option<Found> {
    let rest = &text[end..];
    let digits = rest.strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let behind = match digits {
        0 => rest,
        digits => &rest[1 + digits..],
    };
    if behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')) {
        return None;
    }
    let port = if digits == 0 { None } else { Some(rest[1..=digits].parse::<u16>().ok()?) };
    let whole = text.len() - behind.len();
    let same_port = port.is_some() && port == from.port();
    match scheme {
        Some(scheme @ ("http" | "https")) => {
            let usual = if scheme == "https" { 443 } else { 80 };
            let same = match from.port() {
                Some(own) => port == Some(own),
                None => port.is_none_or(|port| port == usual),
            };
            same.then_some(Found::Web { end: whole })
        }
        Some(_) if same_port => Some(Found::HostAndPort { end: whole }),
        Some(_) => Some(Found::Host),
        None => {
            let alone = text[..begin].chars().next_back().is_none_or(|c| matches!(c, '"' | '\'' | '>' | ' ' | ','));
            let alone_behind = behind.chars().next().is_none_or(|c| matches!(c, '"' | '\'' | '<' | ' ' | ','));
            match port {
                _ if !alone || !alone_behind => None,
                None => Some(Found::Host),
                Some(_) => same_port.then_some(Found::HostAndPort { end: whole }),
            }
        }
    }
}

/// The protocol of a URL that goes on where `text` ends.
fn scheme_before(text: &str) -> Option<&str> {
    let before = text.strip_suffix("://")?;
    let start = before.bytes().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    Some(&before[start..]).filter(|scheme| !scheme.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn every_address_of_a_server_becomes_one_of_the_balancer_and_back() {
        let (server, lb) = (url("https://bbb1.example.org/bigbluebutton/api/"), url("https://lb.example.org:8443/x"));
        let config = r#"<config><help url="http://bbb1.example.org/help.html"/><porttest host="BBB1.example.org" x="1"/>
            <application uri="rtmp://bbb1.example.org/bigbluebutton" host="https://bbb1.example.org:443/api/enter"/>
            <tunnel uri="rtmps://bbb1.example.org:5443/x"/><w>wss://bbb1.example.org</w><t>bbb1.example.org</t></config>"#;
        let expected = r#"<config><help url="https://lb.example.org:8443/help.html"/><porttest host="lb.example.org" x="1"/>
            <application uri="rtmp://lb.example.org/bigbluebutton" host="https://lb.example.org:8443/api/enter"/>
            <tunnel uri="rtmps://lb.example.org:5443/x"/><w>wss://lb.example.org</w><t>lb.example.org</t></config>"#;
        assert_eq!(readdressed(config, &server, &lb), expected);
        let other = url("http://bbb2.example.org/bigbluebutton/api/");
        let back = readdressed(expected, &lb, &other);
        assert!(!back.contains("lb.example.org"), "{back}");
        assert_eq!(back.matches("bbb2.example.org").count(), 7);
        assert!(
            back.contains("\"http://bbb2.example.org/help.html\"") && back.contains("rtmps://bbb2.example.org:5443")
        );
    }

    #[test]
    fn addresses_of_others_stay() {
        let (server, lb) = (url("http://bbb1.example.org/"), url("https://lb.example.org/"));
        for other in [
            "http://xbbb1.example.org/",
            "http://bbb1.example.org.evil.example/",
            "http://bbb1.example.org:8080/",
            "http://bbb1.example.org:80000/",
            "http://cdn.example.org/bbb1.example.org/x",
            "a@bbb1.example.org",
            "see bbb1.example.org:99",
            "",
        ] {
            assert_eq!(readdressed(other, &server, &lb), other);
        }
        let (own, simulated) = (url("http://127.0.0.1:8080/"), url("http://127.0.0.1:4711/bigbluebutton/api/"));
        let rtmp = readdressed("rtmp://127.0.0.1:4711/x '127.0.0.1:4711' rtmp://127.0.0.1:1935", &simulated, &lb);
        assert_eq!(rtmp, "rtmp://lb.example.org/x 'lb.example.org' rtmp://lb.example.org:1935");
        let text = "http://127.0.0.1:4711/a http://127.0.0.1/b http://127.0.0.1:47110/c é http://127.0.0.1:4711";
        let expected = "http://127.0.0.1:8080/a http://127.0.0.1/b http://127.0.0.1:47110/c é http://127.0.0.1:8080";
        assert_eq!(readdressed(text, &simulated, &own), expected);
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_text_only_addresses_change(parts in proptest::collection::vec(
            proptest::sample::select(vec!["http", "rtmp", "://", "h.example", ":80", ":", "/", "é", "\"", "<", "x", "."]), 0..12)) {
            let text = parts.concat();
            let there = readdressed(&text, &url("http://h.example/"), &url("http://i.example/"));
            proptest::prop_assert_eq!(there.replace("i.example", "h.example").replace(":80", ""), text.replace(":80", ""));
        }
    }
}
