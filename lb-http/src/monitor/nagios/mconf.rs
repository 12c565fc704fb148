//! The answers of `status-json.cgi` with `style=mconf`, from their bodies to facts. Nothing here fetches.
//!
//! ```text
//! { "hostgroups": [ { "name", "alias", "hosts": [
//!     { "name", "address", "status", "last_check", "BBB_URL", "BBB_SALT", … custom variables,
//!       "services": [ { "description", "status", "last_check", "performance_data" }, {} ] },
//!     {} ] }, {} ] }
//! ```
//!
//! It is the program that Mconf's networks added to Nagios 3. What makes its answers hard to trust, and what is done about
//! it:
//!
//! | the CGI | here |
//! |---|---|
//! | answers 200 and a page of HTML when Nagios is stopped | an error |
//! | ends every array in `{}` | objects without a name are passed over |
//! | lists a host once for each of its groups | one server |
//! | knows no such group: 200 and an empty list | an error that names the group |
//! | encodes figures as HTML, byte by byte | [`decoded`] back to bytes, and those read as UTF-8 |
//! | writes custom variables, names and aliases as they are: a quote in one breaks the whole answer | an error that says where |
//! | tells times in words, without a zone | [`Changes`](super::changes::Changes) |
//! | tells no text of the checks | empty output |

use std::collections::{BTreeMap, BTreeSet};

use lb_core::Server;
use lb_core::server::{HostStatus, Service, ServiceState};
use lb_core::source::SourceError;
use serde_json::Value;
use serde_json::error::Category;

use super::changes::Check;
use super::figures::CheckedService;
use super::host;
use super::objects::no_group;

/// What is printed as the time of a check that was never done.
const NEVER: &str = "N/A";

/// One answer: the host groups that were asked for.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    groups: BTreeSet<String>,
    hosts: BTreeMap<String, Host>,
}

/// A host with its services.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// Its name.
    pub(super) name: String,
    /// Its state.
    pub(super) status: HostStatus,
    /// Its services; none has a time yet.
    pub(super) services: Vec<CheckedService>,
    /// The conference server that it is, if it is one.
    pub(super) server: Option<Server>,
    groups: BTreeSet<String>,
    last_checks: Vec<(Check, String)>,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] if the body is none.
    pub(super) fn parse(body: &[u8]) -> Result<Self, SourceError> {
        let trimmed = body.trim_ascii();
        if trimmed.is_empty() {
            return Err(unreadable("it is empty"));
        }
        if trimmed.starts_with(b"<") {
            return Err(unreadable("it is a page of HTML, as status-json.cgi answers when Nagios is stopped"));
        }
        // a variable in another encoding must not cost all servers
        let text = String::from_utf8_lossy(body);
        let answer: Value = serde_json::from_str(&text).map_err(|error| unreadable(broken(&text, &error)))?;
        let Some(listed) = answer["hostgroups"].as_array() else {
            return Err(unreadable("it has no hostgroups: is this status-json.cgi with style=mconf?"));
        };
        let mut read = Self { groups: BTreeSet::new(), hosts: BTreeMap::new() };
        for (group, value) in listed.iter().filter_map(|value| named(value, "name")) {
            read.groups.insert(group.to_owned());
            for (name, value) in array(&value["hosts"]).filter_map(|value| named(value, "name")) {
                let host = read.hosts.entry(name.to_owned()).or_insert_with(|| Host::read(name, value));
                host.groups.insert(group.to_owned());
            }
        }
        Ok(read)
    }

    /// Every time of a check that it tells, in words.
    pub(super) fn last_checks(&self) -> impl Iterator<Item = (Check, String)> {
        self.hosts.values().flat_map(|host| &host.last_checks).cloned()
    }

    /// The hosts of the two groups, or all where no `hostgroup` is given; each with whether it only holds recordings.
    ///
    /// # Errors
    /// [`SourceError::Refused`] if Nagios shows no group of a name that is given: not knowing which hosts only hold
    /// recordings, meetings would be placed on them.
    pub(super) fn select(
        self,
        hostgroup: Option<&str>,
        recording_hostgroup: Option<&str>,
    ) -> Result<Vec<(Host, bool)>, SourceError> {
        if let Some(missing) =
            [hostgroup, recording_hostgroup].into_iter().flatten().find(|it| !self.groups.contains(*it))
        {
            return Err(no_group(missing));
        }
        let chosen = |host: Host| {
            let recording = recording_hostgroup.is_some_and(|group| host.groups.contains(group));
            let counts = recording || hostgroup.is_none_or(|group| host.groups.contains(group));
            counts.then_some((host, recording))
        };
        Ok(self.hosts.into_values().filter_map(chosen).collect())
    }
}

impl Host {
    fn read(name: &str, value: &Value) -> Self {
        let services: Vec<_> = array(&value["services"]).filter_map(|value| named(value, "description")).collect();
        let own = [("", &value["last_check"])].into_iter();
        let times = own.chain(services.iter().map(|(service, value)| (*service, &value["last_check"])));
        let done = times.filter_map(|(service, time)| {
            let time = time.as_str().map(str::trim).filter(|time| !time.is_empty() && *time != NEVER)?;
            Some(((name.to_owned(), service.to_owned()), time.to_owned()))
        });
        Self {
            name: name.to_owned(),
            status: host_status(&value["status"]),
            last_checks: done.collect(),
            services: services.into_iter().map(|(service, value)| checked_service(service, value)).collect(),
            server: host::server(name, value["address"].as_str(), None, |key| value[key].as_str()),
            groups: BTreeSet::new(),
        }
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn named<'a>(value: &'a Value, key: &str) -> Option<(&'a str, &'a Value)> {
    value[key].as_str().filter(|name| !name.is_empty()).map(|name| (name, value))
}

fn checked_service(name: &str, value: &Value) -> CheckedService {
    let state = match value["status"].as_str() {
        Some("PENDING") => ServiceState::Pending,
        Some("OK") => ServiceState::Ok,
        Some("WARNING") => ServiceState::Warning,
        Some("CRITICAL") => ServiceState::Critical,
        _ => ServiceState::Unknown,
    };
    let service = Service { name: name.to_owned(), state, output: String::new(), checked_at: None };
    CheckedService { service, perfdata: decoded(value["performance_data"].as_str().unwrap_or_default()) }
}

fn host_status(value: &Value) -> HostStatus {
    match value.as_str() {
        Some("UP") => HostStatus::Up,
        Some("DOWN") => HostStatus::Down,
        Some("UNREACHABLE") => HostStatus::Unreachable,
        // PENDING, and whatever else it may be: no news
        _ => HostStatus::Pending,
    }
}

/// Text as it was before Nagios wrote all but `[0-9A-Za-z ]` as `&#N;`, a number for each *byte*: two for an `ç`. `<` and
/// `>` come as `&lt;` and `&gt;`. What is no such thing stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        bytes.extend_from_slice(before.as_bytes());
        let entity = behind.split_once(';').and_then(|(name, after)| Some((byte_of(name)?, after)));
        rest = match entity {
            Some((byte, after)) => {
                bytes.push(byte);
                after
            }
            None => {
                bytes.push(b'&');
                behind
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn byte_of(entity: &str) -> Option<u8> {
    match entity {
        "lt" => Some(b'<'),
        "gt" => Some(b'>'),
        "amp" => Some(b'&'),
        "quot" => Some(b'"'),
        _ => entity.strip_prefix('#')?.parse().ok(),
    }
}

fn unreadable(why: impl Into<String>) -> SourceError {
    SourceError::Unreadable(why.into())
}

/// Why the answer is no JSON. The parser's own message tells line and column, and no content. The CGI writes each variable on
/// a line of its own, so the line tells which one it is.
fn broken(text: &str, error: &serde_json::Error) -> String {
    if error.classify() != Category::Syntax {
        return format!("{error}: it was cut off");
    }
    let key = |line: &str| line.trim_start().strip_prefix('"')?.split_once("\":").map(|(key, _)| key.to_owned());
    let is_plain =
        |key: &String| key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let key = text.lines().nth(error.line().saturating_sub(1)).and_then(key).filter(is_plain);
    let place = key.map(|key| format!(" in {key}")).unwrap_or_default();
    format!("{error}: most likely a quote or backslash{place}, for custom variables, names and aliases are not escaped")
}

#[cfg(test)]
mod tests;
