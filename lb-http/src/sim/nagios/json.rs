//! The answers of Nagios' JSON CGIs: the envelope and the lists of Core 4.

use std::collections::BTreeSet;
use std::sync::Arc;

use lb_core::Timestamp;
use lb_core::server::ServiceState;
use serde_json::{Map, Value, json};

use super::super::observation::{Observation, ObservedService};
use super::records::{bits, host_object, seconds};

/// Which program is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cgi {
    /// How things are.
    Status,
    /// What things there are.
    Object,
    /// Both, in the program of Mconf's networks.
    Mconf,
}

/// A query and its options.
pub(super) struct Query {
    cgi: Cgi,
    options: Vec<(String, String)>,
}

impl Query {
    pub(super) fn new(cgi: Cgi, options: Vec<(String, String)>) -> Self {
        Self { cgi, options }
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The query, if it is one that is answered.
    pub(super) fn name(&self) -> Option<&str> {
        let (option, known): (_, &[&str]) = match self.cgi {
            Cgi::Status => ("query", &["servicelist", "hostlist"]),
            Cgi::Object => ("query", &["hostlist", "hostgrouplist"]),
            Cgi::Mconf => ("style", &["mconf"]),
        };
        self.option(option).filter(|name| known.contains(name))
    }

    /// How a stopped Nagios answers.
    pub(super) fn when_stopped(&self) -> &'static str {
        if self.cgi == Cgi::Mconf { super::mconf::STOPPED } else { "\n" }
    }

    fn details(&self) -> bool {
        self.option("details") == Some("true")
    }
}

/// What there is to tell.
pub(super) struct Answer<'a> {
    pub(super) observations: Arc<[Observation]>,
    pub(super) user: &'a str,
    pub(super) now: Timestamp,
    pub(super) program_start: Timestamp,
    pub(super) last_data_update: Timestamp,
    /// Nothing has been checked yet.
    pub(super) pending: bool,
}

impl Answer<'_> {
    /// The whole answer to `query`. Errors of the query are told within a success of HTTP.
    pub(super) fn to(&self, query: &Query) -> String {
        match query.cgi {
            Cgi::Status | Cgi::Object => self.core4(query).to_string(),
            Cgi::Mconf => self.mconf(query.option("hostgroup").unwrap_or("all")),
        }
    }

    fn core4(&self, query: &Query) -> Value {
        let Some(name) = query.name() else {
            return match query.option("query") {
                None => self.failure(query, 4, "Option Missing", "Missing validation for object type 0."),
                Some(_) => self.failure(query, 6, "Option Value Invalid", "The query value is not valid."),
            };
        };
        let group = query.option("hostgroup").filter(|group| *group != "all");
        if let Some(group) = group.filter(|group| !self.observations.is_empty() && !self.groups().contains(*group)) {
            let message = format!("The hostgroup '{group}' could not be found.");
            return self.failure(query, 6, "Option Value Invalid", &message);
        }
        let in_group = |host: &&Observation| group.is_none_or(|group| host.groups.iter().any(|other| other == group));
        let hosts: Vec<_> = self.observations.iter().filter(in_group).collect();
        let list = match (query.cgi, name) {
            (Cgi::Status, "servicelist") => self.services(&hosts, query.details()),
            (Cgi::Status | Cgi::Mconf, _) => {
                map(&hosts, |host| if query.details() { self.host(host) } else { self.host_bits(host).into() })
            }
            (Cgi::Object, "hostlist") if query.details() => map(&hosts, host_object),
            (Cgi::Object, "hostlist") => hosts.iter().map(|host| host.name.as_str()).collect(),
            (Cgi::Object, _) if query.details() => {
                self.groups().into_iter().map(|group| (group.to_owned(), self.group_object(group))).collect()
            }
            (Cgi::Object, _) => self.groups().into_iter().collect(),
        };
        let mut selectors = Map::new();
        if let Some(group) = group {
            selectors.insert("hostgroup".to_owned(), group.into());
        }
        json!({
            "format_version": 0,
            "result": self.result(query, 0, "Success", ""),
            "data": { "selectors": selectors, name: list },
        })
    }

    fn failure(&self, query: &Query, code: u8, text: &str, message: &str) -> Value {
        json!({ "format_version": 0, "result": self.result(query, code, text, message), "data": {} })
    }

    fn result(&self, query: &Query, code: u8, text: &str, message: &str) -> Value {
        json!({
            "query_time": seconds(self.now),
            "cgi": if query.cgi == Cgi::Object { "objectjson.cgi" } else { "statusjson.cgi" },
            "user": self.user,
            "query": query.option("query").unwrap_or_default(),
            "query_status": "released",
            "program_start": seconds(self.program_start),
            // objects are read when Nagios starts and never again
            "last_data_update": seconds(if query.cgi == Cgi::Object { self.program_start } else { self.last_data_update }),
            "type_code": code,
            "type_text": text,
            "message": message,
        })
    }

    pub(super) fn groups(&self) -> BTreeSet<&str> {
        self.observations.iter().flat_map(|host| &host.groups).map(String::as_str).collect()
    }

    fn services(&self, hosts: &[&Observation], details: bool) -> Value {
        map(hosts, |host| {
            let services = host.services.iter().map(|service| {
                let value = if details { self.service(host, service) } else { bits(self.state(service)).into() };
                (service.name.to_owned(), value)
            });
            Value::Object(services.collect())
        })
    }

    pub(super) fn state(&self, service: &ObservedService) -> ServiceState {
        if self.pending { ServiceState::Pending } else { service.state }
    }
}

fn map(hosts: &[&Observation], value: impl Fn(&Observation) -> Value) -> Value {
    hosts.iter().map(|host| (host.name.clone(), value(host))).collect()
}
