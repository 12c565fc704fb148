//! The records of single services, hosts and groups in Nagios' answers, with all the keys that Nagios writes.

use std::time::Duration;

use lb_core::Timestamp;
use lb_core::server::ServiceState;
use serde_json::{Map, Value, json};

use super::super::observation::{Observation, ObservedService};
use super::json::Answer;

/// How long after a check the next one is due.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

impl Answer<'_> {
    pub(super) fn service(&self, host: &Observation, service: &ObservedService) -> Value {
        let state = self.state(service);
        let checked = state != ServiceState::Pending;
        let at = |when: bool, moment| if when && checked { seconds(moment) } else { 0 };
        let (update, start) = (self.last_data_update, self.program_start);
        json!({
            "host_name": host.name,
            "description": service.name,
            "plugin_output": if checked { &service.output } else { "" },
            "long_plugin_output": "",
            "perf_data": if checked { &service.perf_data } else { "" },
            "max_attempts": 1,
            "current_attempt": 1,
            "status": bits(state),
            "last_update": seconds(update),
            "has_been_checked": checked,
            "should_be_scheduled": !service.passive,
            "last_check": at(true, update),
            "check_options": 0,
            "check_type": u8::from(service.passive),
            "checks_enabled": !service.passive,
            "last_state_change": at(true, start),
            "last_hard_state_change": at(true, start),
            "last_hard_state": hard_state(state),
            "last_time_ok": at(state == ServiceState::Ok, update),
            "last_time_warning": at(state == ServiceState::Warning, update),
            "last_time_unknown": at(state == ServiceState::Unknown, update),
            "last_time_critical": at(state == ServiceState::Critical, update),
            "state_type": 1,
            "last_notification": 0,
            "next_notification": 0,
            "next_check": if service.passive { 0 } else { seconds(update + CHECK_INTERVAL) },
            "no_more_notifications": false,
            "notifications_enabled": true,
            "problem_has_been_acknowledged": false,
            "acknowledgement_type": 0,
            "current_notification_number": 0,
            "accept_passive_checks": true,
            "event_handler_enabled": true,
            "flap_detection_enabled": true,
            "is_flapping": false,
            "percent_state_change": 0.0,
            "latency": 0.0,
            "execution_time": 0.0,
            "scheduled_downtime_depth": 0,
            "process_performance_data": true,
            "obsess": true,
        })
    }

    /// PENDING 1, UP 2, DOWN 4.
    pub(super) fn host_bits(&self, host: &Observation) -> u8 {
        match (self.pending, host.up) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 4,
        }
    }

    pub(super) fn host(&self, host: &Observation) -> Value {
        let at = |when: bool, moment| if when && !self.pending { seconds(moment) } else { 0 };
        let (update, start) = (self.last_data_update, self.program_start);
        let (output, perf_data) = match (self.pending, host.up) {
            (true, _) => ("", ""),
            (_, true) => (
                "PING OK - Packet loss = 0%, RTA = 0.05 ms",
                "rta=0.050000ms;3000.000000;5000.000000;0.000000 pl=0%;80;100;0",
            ),
            (_, false) => ("CRITICAL - Host Unreachable (127.0.0.1)", ""),
        };
        json!({
            "name": host.name,
            "plugin_output": output,
            "long_plugin_output": "",
            "perf_data": perf_data,
            "status": self.host_bits(host),
            "last_update": seconds(update),
            "has_been_checked": !self.pending,
            "should_be_scheduled": true,
            "current_attempt": 1,
            "max_attempts": 2,
            "last_check": at(true, update),
            "next_check": seconds(update + CHECK_INTERVAL),
            "check_options": 0,
            "check_type": 0,
            "last_state_change": at(true, start),
            "last_hard_state_change": at(true, start),
            "last_hard_state": u8::from(!host.up && !self.pending),
            "last_time_up": at(host.up, update),
            "last_time_down": at(!host.up, update),
            "last_time_unreachable": 0,
            "state_type": 1,
            "last_notification": 0,
            "next_notification": 0,
            "no_more_notifications": false,
            "notifications_enabled": true,
            "problem_has_been_acknowledged": false,
            "acknowledgement_type": 0,
            "current_notification_number": 0,
            "accept_passive_checks": true,
            "event_handler_enabled": true,
            "checks_enabled": true,
            "flap_detection_enabled": true,
            "is_flapping": false,
            "percent_state_change": 0.0,
            "latency": 0.0,
            "execution_time": 0.01,
            "scheduled_downtime_depth": 0,
            "process_performance_data": true,
            "obsess": true,
        })
    }

    pub(super) fn group_object(&self, group: &str) -> Value {
        let members = self.observations.iter().filter(|host| host.groups.iter().any(|other| other == group));
        json!({
            "group_name": group,
            "alias": group,
            "members": members.map(|host| host.name.as_str()).collect::<Vec<_>>(),
            "notes": "",
            "notes_url": "",
            "action_url": "",
        })
    }
}

pub(super) fn host_object(host: &Observation) -> Value {
    let port = host.url.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let mut variables = Map::new();
    variables.insert("BBB_URL".to_owned(), host.url.as_str().into());
    variables.insert("BBB_PORT".to_owned(), port.into());
    variables.insert("BBB_SALT".to_owned(), host.secret.expose().into());
    if let Some(position) = host.position {
        variables.insert("SERVER_LATITUDE".to_owned(), position.latitude.to_string().into());
        variables.insert("SERVER_LONGITUDE".to_owned(), position.longitude.to_string().into());
    }
    let own = json!({
        "name": host.name,
        "display_name": host.name,
        "alias": host.alias,
        "address": "127.0.0.1",
        "services": host.services.iter().map(|service| service.name).collect::<Vec<_>>(),
        "custom_variables": variables,
    });
    let settings = json!({
        "parent_hosts": [],
        "child_hosts": [],
        "check_command": "check-host-alive",
        "initial_state": 0,
        "check_interval": 10.0,
        "retry_interval": 5.0,
        "max_attempts": 2,
        "event_handler": "",
        "contact_groups": ["admins"],
        "contacts": [],
        "notification_interval": 30.0,
        "first_notification_delay": 0.0,
        "notifications_options": -1,
        "notification_period": "24x7",
        "check_period": "24x7",
        "flap_detection_enabled": true,
        "low_flap_threshold": 0.0,
        "high_flap_threshold": 0.0,
        "flap_detection_options": -1,
        "stalking_options": 0,
        "check_freshness": false,
        "freshness_threshold": 0,
        "process_performance_data": true,
        "checks_enabled": true,
        "accept_passive_checks": true,
        "event_handler_enabled": true,
        "retain_status_information": true,
        "retain_nonstatus_information": true,
        "obsess": true,
        "hourly_value": 0,
    });
    let looks = json!({
        "notes": "",
        "notes_url": "",
        "action_url": "",
        "icon_image": "",
        "icon_image_alt": "",
        "vrml_image": "",
        "statusmap_image": "",
        "have_2d_coords": false,
        "x_2d": -1,
        "y_2d": -1,
        "have_3d_coords": false,
        "x_3d": 0.0,
        "y_3d": 0.0,
        "z_3d": 0.0,
        "should_be_drawn": true,
    });
    [own, settings, looks].into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect()
}

/// Milliseconds of a moment cut to whole seconds, as Nagios counts.
pub(super) fn seconds(at: Timestamp) -> u64 {
    at.as_millis() / 1000 * 1000
}

pub(super) fn bits(state: ServiceState) -> u8 {
    match state {
        ServiceState::Pending => 1,
        ServiceState::Ok => 2,
        ServiceState::Warning => 4,
        ServiceState::Unknown => 8,
        ServiceState::Critical => 16,
    }
}

/// The plugin's exit code.
fn hard_state(state: ServiceState) -> u8 {
    match state {
        ServiceState::Pending | ServiceState::Ok => 0,
        ServiceState::Warning => 1,
        ServiceState::Critical => 2,
        ServiceState::Unknown => 3,
    }
}
