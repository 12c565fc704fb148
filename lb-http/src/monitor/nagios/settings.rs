//! How a Nagios is asked: [`NagiosSettings`].

use std::fmt;
use std::time::Duration;

use lb_core::Secret;
use url::Url;

/// What a Nagios answers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NagiosFormat {
    /// The JSON CGIs of Nagios Core 4.
    #[default]
    Core4,
    /// `status-json.cgi` with `style=mconf`.
    Mconf,
}

/// How a Nagios is asked.
#[derive(Clone)]
pub struct NagiosSettings {
    /// Where its CGIs are, such as `https://nagios.example.org/nagios4/cgi-bin/`.
    pub url: Url,
    /// What it answers in.
    pub format: NagiosFormat,
    /// The user of the web interface; empty: no authentication.
    pub username: String,
    /// Its password.
    pub password: Secret,
    /// Only hosts of this group count (and those of `recording_hostgroup`); absent: all that are servers.
    pub hostgroup: Option<String>,
    /// Hosts of this group only hold recordings.
    pub recording_hostgroup: Option<String>,
    /// The service that reports the CPU.
    pub cpu_service: String,
    /// The label of the CPU figure, a percentage, in that service's performance data.
    pub cpu_label: String,
    /// Older data are refused: Nagios has crashed. Core 4 writes them every 10 s unless configured otherwise. With
    /// [`NagiosFormat::Mconf`] data are as old as the last change in them, so it must be longer than Nagios ever goes
    /// without a check.
    pub max_age: Duration,
    /// How long one whole poll may take.
    pub deadline: Duration,
}

impl NagiosSettings {
    /// A Nagios at `url`, without authentication: all hosts, the CPU from `cpu_avg` of `Processor Report`, data at most 60 s
    /// old, a poll within 10 s.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            format: NagiosFormat::default(),
            username: String::new(),
            password: Secret::from(""),
            hostgroup: None,
            recording_hostgroup: None,
            cpu_service: "Processor Report".to_owned(),
            cpu_label: "cpu_avg".to_owned(),
            max_age: Duration::from_secs(60),
            deadline: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for NagiosSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NagiosSettings")
            .field("host", &self.url.host_str())
            .field("hostgroup", &self.hostgroup)
            .field("recording_hostgroup", &self.recording_hostgroup)
            .finish_non_exhaustive()
    }
}
