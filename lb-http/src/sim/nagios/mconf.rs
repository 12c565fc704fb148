//! The answer of Mconf's `status-json.cgi` with `style=mconf`, byte for byte as that program writes: `{}` at the end of every
//! array, performance data as HTML entities, custom variables as they are.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use lb_core::Timestamp;
use lb_core::server::ServiceState;

use super::super::observation::Observation;
use super::json::Answer;

/// What it answers while Nagios is stopped, with status 200 and the type of JSON.
pub(super) const STOPPED: &str = "<HTML><HEAD><TITLE>Error</TITLE></HEAD><BODY>\n<H1>Whoops!</H1>\n\
                                  <P>Error: Could not read host and service status information!</P></BODY></HTML>\n";

impl Answer<'_> {
    /// The answer to `hostgroup`: `all`, or the name of one.
    pub(super) fn mconf(&self, hostgroup: &str) -> String {
        let mut text = "{\n\t\"hostgroups\":\n\t[\n".to_owned();
        for group in self.groups().into_iter().filter(|group| hostgroup == "all" || hostgroup == *group) {
            // writing to a String cannot fail
            let _ = writeln!(
                text,
                "\t\t{{\n\t\t\t\"name\":\"{group}\",\n\t\t\t\"alias\":\"{group}\",\n\t\t\t\"hosts\":\n\t\t\t["
            );
            for host in self.observations.iter().filter(|host| host.groups.iter().any(|other| other == group)) {
                self.mconf_host(&mut text, host);
            }
            text.push_str("\t\t\t\t{}\n\t\t\t]\n\t\t},\n");
        }
        text.push_str("\t\t{}\n\t]\n}\n");
        text
    }

    fn mconf_host(&self, text: &mut String, host: &Observation) {
        let status = match (self.pending, host.up) {
            (true, _) => "PENDING",
            (_, true) => "UP",
            (_, false) => "DOWN",
        };
        let mut pair = |tabs: &str, key: &str, value: &str| {
            let _ = writeln!(text, "{tabs}\"{key}\":\"{value}\",");
        };
        let tabs = "\t\t\t\t\t";
        let last_check = local_time(self.last_data_update);
        let checked = |pending: bool| if pending { "N/A" } else { &last_check };
        pair("\t\t\t\t{\n\t\t\t\t\t", "name", &host.name);
        pair(tabs, "address", "127.0.0.1");
        pair(tabs, "status", status);
        pair(tabs, "last_check", checked(self.pending));
        if let Some(position) = host.position {
            pair(tabs, "SERVER_LONGITUDE", &position.longitude.to_string());
            pair(tabs, "SERVER_LATITUDE", &position.latitude.to_string());
        }
        pair(tabs, "BBB_SALT", host.secret.expose());
        pair(tabs, "BBB_URL", &host.url);
        let _ = writeln!(text, "{tabs}\"services\":\n{tabs}[");
        for service in &host.services {
            let state = self.state(service);
            let pending = state == ServiceState::Pending;
            let figures = if pending { "" } else { &service.perf_data };
            let _ = writeln!(
                text,
                "{tabs}\t{{\n{tabs}\t\t\"description\":\"{}\",\n{tabs}\t\t\"status\":\"{}\",\n\
                 {tabs}\t\t\"last_check\":\"{}\",\n{tabs}\t\t\"performance_data\":\"{}\"\n{tabs}\t}},",
                service.name,
                word(state),
                checked(pending),
                encoded(figures),
            );
        }
        let _ = writeln!(text, "{tabs}\t{{}}\n{tabs}]\n\t\t\t\t}},");
    }
}

fn word(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Pending => "PENDING",
        ServiceState::Ok => "OK",
        ServiceState::Warning => "WARNING",
        ServiceState::Unknown => "UNKNOWN",
        ServiceState::Critical => "CRITICAL",
    }
}

/// Nagios's `date_format` "us", on a machine whose zone is UTC.
fn local_time(at: Timestamp) -> String {
    let moment = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    moment.map_or_else(
        || "N/A".to_owned(),
        |moment| moment.to_zoned(TimeZone::UTC).strftime("%m-%d-%Y %H:%M:%S").to_string(),
    )
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(2 * text.len()), |mut encoded, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b' ' => encoded.push(char::from(byte)),
            b'<' => encoded.push_str("&lt;"),
            b'>' => encoded.push_str("&gt;"),
            _ => {
                let _ = write!(encoded, "&#{byte};");
            }
        }
        encoded
    })
}
