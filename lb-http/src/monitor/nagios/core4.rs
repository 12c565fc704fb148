//! The answers of Nagios Core 4's JSON CGIs, from their bodies to facts. Nothing here fetches.
//!
//! ```text
//! { "format_version": 0,
//!   "result": { "query_time", "program_start", "last_data_update" (ms), "type_code", "type_text", "message", … },
//!   "data": { "selectors": {…}, "servicelist" | "hostlist" | "hostgrouplist": {…} } }
//! ```
//!
//! What makes these answers hard to trust, and what is done about it:
//!
//! | the CGI | here |
//! |---|---|
//! | answers 200 to everything | `type_code` decides; its message is passed on, its pages of help are not |
//! | answers one empty line when Nagios was stopped | that is no empty list, it is an error |
//! | goes on answering from an old file when Nagios crashed | [`Answer::fresh`] |
//! | repeats keys | read into [`Value`], where the last one counts |
//! | calls every object with a non-ASCII name `(null)` | passed over |
//! | leaves out text with non-ASCII characters | empty output is normal, an empty URL or secret is none |

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use lb_core::server::{HostStatus, Service, ServiceState};
use lb_core::source::SourceError;
use lb_core::{Server, Timestamp};
use serde_json::{Map, Value};

use super::figures::CheckedService;
use super::host;

/// The name of every object whose name Nagios cannot print.
const UNPRINTABLE: &str = "(null)";

/// The most characters of a message of Nagios's that an error carries.
const MESSAGE_LIMIT: usize = 200;

/// One answer, whichever list it holds.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// When it was made, by Nagios's clock.
    pub(super) query_time: Timestamp,
    /// When Nagios was started: its configuration is the same as long as this is.
    pub(super) program_start: Timestamp,
    /// When the data behind it were written, by Nagios's clock. For lists of objects that is when Nagios started.
    pub(super) last_data_update: Timestamp,
    list: Map<String, Value>,
}

impl Answer {
    /// Reads the answer to a query for `list`: `servicelist`, `hostlist` or `hostgrouplist`.
    ///
    /// # Errors
    /// [`SourceError::Unreadable`] if the body is no such answer, [`SourceError::Refused`] if Nagios says that the query
    /// failed.
    pub(super) fn parse(body: &[u8], list: &str) -> Result<Self, SourceError> {
        if body.trim_ascii().is_empty() {
            return Err(unreadable("it is empty, as Nagios answers when it is stopped"));
        }
        // the parser's own message tells line and column, and no content
        let mut answer: Value = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
        let result = &answer["result"];
        match result["type_code"].as_u64() {
            Some(0) => {}
            Some(code) => return Err(refused(code, result)),
            None => return Err(unreadable("it has no result.type_code: is this a JSON CGI of Nagios Core 4?")),
        }
        let time = |name: &str| {
            let millis = result[name].as_u64().filter(|millis| *millis > 0);
            millis.map(Timestamp::from_millis).ok_or_else(|| unreadable(format!("it has no result.{name}")))
        };
        let (query_time, program_start) = (time("query_time")?, time("program_start")?);
        let last_data_update = time("last_data_update")?;
        let Some(Value::Object(list)) = answer.pointer_mut(&format!("/data/{list}")).map(Value::take) else {
            return Err(unreadable(format!("it has no data.{list}")));
        };
        Ok(Self { query_time, program_start, last_data_update, list })
    }

    /// Passes the answer on if its data are at most `max_age` old.
    ///
    /// # Errors
    /// [`SourceError::Stale`] if they are older.
    pub(super) fn fresh(self, max_age: Duration) -> Result<Self, SourceError> {
        let age = self.query_time.since(self.last_data_update);
        if age > max_age { Err(SourceError::Stale(age)) } else { Ok(self) }
    }

    fn printable(self) -> impl Iterator<Item = (String, Value)> {
        self.list.into_iter().filter(|(name, _)| name != UNPRINTABLE && !name.is_empty())
    }

    /// `statusjson.cgi?query=servicelist`: the services of each host, with details or without.
    pub(super) fn services(self) -> HashMap<String, Vec<CheckedService>> {
        let checked = |(name, value): (&String, &Value)| (name != UNPRINTABLE).then(|| checked_service(name, value));
        let services = |value: Value| value.as_object().into_iter().flatten().filter_map(checked).collect();
        self.printable().map(|(host, value)| (host, services(value))).collect()
    }

    /// `statusjson.cgi?query=hostlist`: the status of each host, with details or without.
    pub(super) fn host_states(self) -> HashMap<String, HostStatus> {
        self.printable().map(|(host, value)| (host, host_status(&value))).collect()
    }

    /// `objectjson.cgi?query=hostgrouplist&details=true`: the hosts of each group.
    pub(super) fn groups(self) -> HashMap<String, HashSet<String>> {
        let members = |group: &Value| {
            let names = group["members"].as_array().into_iter().flatten().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        };
        self.printable().map(|(name, group)| (name, members(&group))).collect()
    }

    /// `objectjson.cgi?query=hostlist&details=true`: the hosts, by name. Those that are no conference servers have no
    /// [`Server`]: neither the custom variables `_BBB_URL` and `_BBB_SALT` nor `notes` of the form `URL SECRET`.
    pub(super) fn hosts(self) -> BTreeMap<String, Option<Server>> {
        self.printable().map(|(name, host)| (name.clone(), server(&name, &host))).collect()
    }
}

fn unreadable(why: impl Into<String>) -> SourceError {
    SourceError::Unreadable(why.into())
}

fn refused(code: u64, result: &Value) -> SourceError {
    let text = |name: &str| result[name].as_str().unwrap_or_default();
    let message: String = text("message").chars().filter(|c| !c.is_control()).take(MESSAGE_LIMIT).collect();
    let kind: String = text("type_text").chars().filter(|c| !c.is_control()).take(MESSAGE_LIMIT).collect();
    SourceError::Refused(format!("{kind} (code {code}): {message}"))
}

fn checked_service(name: &str, value: &Value) -> CheckedService {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let last_check = value["last_check"].as_u64().filter(|millis| *millis > 0);
    let service = Service {
        name: name.to_owned(),
        state: service_state(value),
        output: text("plugin_output"),
        checked_at: last_check.map(Timestamp::from_millis),
    };
    CheckedService { service, perfdata: text("perf_data") }
}

/// The state itself: with details it is a member, without it stands alone. Nagios prints the bits of its own status, or
/// words for them (`formatoptions=enumerate`).
fn state(value: &Value) -> &Value {
    value.get("status").unwrap_or(value)
}

fn service_state(value: &Value) -> ServiceState {
    let state = state(value);
    match (state.as_u64(), state.as_str()) {
        (Some(1), _) | (_, Some("pending")) => ServiceState::Pending,
        (Some(2), _) | (_, Some("ok")) => ServiceState::Ok,
        (Some(4), _) | (_, Some("warning")) => ServiceState::Warning,
        (Some(16), _) | (_, Some("critical")) => ServiceState::Critical,
        // 8, and whatever else it may be
        _ => ServiceState::Unknown,
    }
}

fn host_status(value: &Value) -> HostStatus {
    let state = state(value);
    match (state.as_u64(), state.as_str()) {
        (Some(2), _) | (_, Some("up")) => HostStatus::Up,
        (Some(4), _) | (_, Some("down")) => HostStatus::Down,
        (Some(8), _) | (_, Some("unreachable")) => HostStatus::Unreachable,
        // 1, and whatever else it may be: no news
        _ => HostStatus::Pending,
    }
}

fn server(name: &str, host: &Value) -> Option<Server> {
    let variables = |key: &str| host["custom_variables"][key].as_str();
    host::server(name, host["address"].as_str(), host["notes"].as_str(), variables)
}

#[cfg(test)]
mod tests;
