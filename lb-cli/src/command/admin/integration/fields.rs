//! What can be said of an integration.

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::super::value::{Names, OrNone, Position, TextOrNone, object};

pub(super) const FIELDS: &[&str] = &[
    "display_name",
    "active",
    "plan",
    "router",
    "partner",
    "position",
    "required_tags",
    "preferred_tags",
    "forbidden_tags",
    "callback_hosts",
    "create",
    "join",
];

/// What can be said of an integration.
#[derive(Debug, Args, Serialize)]
pub(super) struct Fields {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// Its plan
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// The router that places its meetings
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    router: Option<String>,
    /// The partner whose it is, or none
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<TextOrNone>,
    /// Where the website is, for users whose own position is not known, or none
    #[arg(long, value_name = "LATITUDE,LONGITUDE", allow_hyphen_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<OrNone<Position>>,
    /// Its meetings go only to servers that carry all of these tags, or none
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    required_tags: Option<Names>,
    /// Servers that carry all of these tags come first
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_tags: Option<Names>,
    /// No server that carries one of these tags gets its meetings
    #[arg(long, value_name = "TAGS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    forbidden_tags: Option<Names>,
    /// The hosts that its callback and hook URLs may lead to, with commas, or none for all
    #[arg(long, value_name = "HOSTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_hosts: Option<Names>,
    /// What becomes of the parameters of its creates: JSON with default, forced, capped and blocked
    #[arg(long, value_name = "JSON", value_parser = object)]
    #[serde(rename = "create", skip_serializing_if = "Option::is_none")]
    create_rules: Option<Value>,
    /// What becomes of the parameters of its joins, likewise
    #[arg(long, value_name = "JSON", value_parser = object)]
    #[serde(rename = "join", skip_serializing_if = "Option::is_none")]
    join_rules: Option<Value>,
}
