//! What can be said of a server.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::super::value::{Names, OrNone, Position, TextOrNone};

/// As the balancer calls what can be said.
pub(in super::super) const FIELDS: &[&str] = &["url", "position", "capacity", "weight", "tags", "checksum"];

/// What the balancer shows of a server and is not told.
pub(super) const SHOWN_ONLY: [&str; 3] = ["has_secret", "status", "said_by"];

const WORDS: [&str; 4] = ["automatic", "force-enabled", "force-disabled", "draining"];

/// What can be said of a server.
#[derive(Debug, Args, Serialize)]
pub(super) struct Fields {
    /// Where it is, with or without /bigbluebutton/api/, or none for what the monitor says
    // --url is where the balancer is
    #[arg(long, value_name = "URL")]
    #[serde(rename = "url", skip_serializing_if = "Option::is_none")]
    api_url: Option<TextOrNone>,
    /// Where it stands, or none
    #[arg(long, value_name = "LATITUDE,LONGITUDE", allow_hyphen_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<OrNone<Position>>,
    /// The most users it is to be given, or none
    #[arg(long, value_name = "USERS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<OrNone<u32>>,
    /// How much of the meetings it is to be given beside others, 0.01 to 1000, or none
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<OrNone<f64>>,
    /// What routers and integrations choose servers by, with commas, or none
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Names>,
    /// How calls to it are signed: sha1, sha256, sha384 or sha512, or none
    #[arg(long, value_name = "ALGORITHM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<TextOrNone>,
    /// The administrator's word on it, which a new one has from its first moment on
    #[arg(long, value_parser = PossibleValuesParser::new(WORDS))]
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}
