//! The types that single keys have, and what each must look like.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::path::PathBuf;

use ipnet::IpNet;
use lb_core::report::Zone;
use lb_core::{Secret, Server};
use tracing_subscriber::EnvFilter;
use url::Url;

use super::value::{Given, Written};

impl Written for bool {
    const MUST_BE: &'static str = "true or false";
    fn read(given: Given<'_>) -> Option<Self> {
        if let Given::Flag(flag) = given { Some(flag) } else { None }
    }
}

impl Written for String {
    const MUST_BE: &'static str = "text in quotes that is not empty";
    fn read(given: Given<'_>) -> Option<Self> {
        given.filled().map(str::to_owned)
    }
}

impl Written for Secret {
    const MUST_BE: &'static str = "text in quotes that is not empty";
    fn read(given: Given<'_>) -> Option<Self> {
        given.filled().map(Secret::from)
    }
}

impl Written for PathBuf {
    const MUST_BE: &'static str = "the path of a file, in quotes";
    fn read(given: Given<'_>) -> Option<Self> {
        given.filled().map(PathBuf::from)
    }
}

impl Written for Zone {
    const MUST_BE: &'static str = "a time zone of the IANA list in quotes, such as \"America/Sao_Paulo\"";
    fn read(given: Given<'_>) -> Option<Self> {
        Self::named(given.filled()?).ok()
    }
}

impl Written for SocketAddr {
    const MUST_BE: &'static str = "an IP address and port in quotes, such as \"127.0.0.1:8080\"";
    fn read(given: Given<'_>) -> Option<Self> {
        given.text()?.parse().ok()
    }
}

impl Written for IpNet {
    const MUST_BE: &'static str = "an IP address or network in quotes, such as \"10.0.0.0/8\"";
    fn read(given: Given<'_>) -> Option<Self> {
        let text = given.text()?;
        text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    }
}

impl Written for NonZero<u32> {
    const MUST_BE: &'static str = "a whole number of at least 1";
    fn read(given: Given<'_>) -> Option<Self> {
        given.whole().and_then(Self::new)
    }
}

impl Written for u32 {
    const MUST_BE: &'static str = "a whole number of at least 0";
    fn read(given: Given<'_>) -> Option<Self> {
        given.whole()
    }
}

/// An absolute http or https URL without user name and password: those would stand in logs with it.
#[derive(Clone, Debug)]
pub(super) struct HttpUrl(pub(super) Url);

impl Written for HttpUrl {
    const MUST_BE: &'static str = "an absolute http or https URL without user name, password, ? and #";
    fn read(given: Given<'_>) -> Option<Self> {
        let url = Url::parse(given.text()?.trim()).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        let whole = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        (plain && whole && url.query().is_none() && url.fragment().is_none()).then_some(Self(url))
    }
}

/// The URL of a server's API.
#[derive(Clone, Debug)]
pub(super) struct ApiUrl(pub(super) Url);

impl Written for ApiUrl {
    const MUST_BE: &'static str = HttpUrl::MUST_BE;
    fn read(given: Given<'_>) -> Option<Self> {
        Server::api_url(HttpUrl::read(given)?.0.as_str()).ok().map(Self)
    }
}

/// What is logged, in tracing's own language: `info`, or `warn,lb_core=debug`.
#[derive(Clone, Debug)]
pub(super) struct LogLevel(pub(super) String);

impl Written for LogLevel {
    const MUST_BE: &'static str =
        "error, warn, info, debug, trace or off, or a list for single modules such as \"info,lb_core=debug\"";
    fn read(given: Given<'_>) -> Option<Self> {
        let text = given.filled()?;
        EnvFilter::builder().parse(text).ok().map(|_| Self(text.to_owned()))
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident: $must_be:literal, $range:expr;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name(pub(super) f64);

        impl Written for $name {
            const MUST_BE: &'static str = $must_be;
            fn read(given: Given<'_>) -> Option<Self> {
                given.number().filter(|number| ($range).contains(number)).map(Self)
            }
        })*
    };
}

numbers! {
    /// Degrees north.
    Latitude: "a number from -90 to 90", -90.0..=90.0;
    /// Degrees east.
    Longitude: "a number from -180 to 180", -180.0..=180.0;
    /// A distance on the globe; 20038 km is its farthest point.
    Kilometres: "a number from 0 to 20038", 0.0..=20_038.0;
    /// Users, on average.
    Users: "a number from 0 to 100000", 0.0..=100_000.0;
    /// How much of the meetings a server is to be given beside others.
    Weight: "a number from 0.01 to 1000", 0.01..=1000.0;
    /// A share of a server's CPU.
    Percent: "a number from 0 to 100", 0.0..=100.0;
    /// Users that a server may have and take one more meeting.
    MostUsers: "a number from 1 to 100000", 1.0..=100_000.0;
    /// CPU in use that a server may have and take one more meeting.
    MostCpu: "a number from 1 to 100", 1.0..=100.0;
    /// How far scores may lie apart.
    Margin: "a number from 0 to 1000000", 0.0..=1_000_000.0;
    /// A part of something.
    Share: "a number from 0 to 1", 0.0..=1.0;
}
