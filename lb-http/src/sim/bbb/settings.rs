//! [`SimulatedServerSettings`]: what a simulated server is made with.

use std::time::Duration;

use lb_core::Secret;
use lb_core::gateway::{SimulatedBbb, SimulatedFormat};

/// What a simulated server is made with.
#[derive(Clone, Debug)]
pub struct SimulatedServerSettings {
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The secret that its calls are signed with; an empty one switches the check off.
    pub secret: Secret,
    /// CPU in use when nobody is there, per cent.
    pub base_cpu: f64,
    /// CPU that each user costs, per cent.
    pub cpu_per_user: f64,
    /// How long an ended meeting stays in the lists.
    pub linger: Duration,
    /// How long it waits before each further try of a callback that was not heard; those of webhooks aside.
    pub callback_pauses: Vec<Duration>,
    /// The same for webhooks; after the last try the hook vanishes.
    pub hook_pauses: Vec<Duration>,
    /// What passwords, voice bridges and tokens are drawn from; absent: from its URL.
    pub seed: Option<u64>,
    /// How long after the end of its meeting a recording is published.
    pub recording_delay: Duration,
    /// In what recordings can be played.
    pub recording_formats: Vec<SimulatedFormat>,
    /// For how long getRecordings shows the old state after publishRecordings and deleteRecordings were answered.
    pub publish_lag: Duration,
    /// Whether bbb-webhooks is installed.
    pub webhooks: bool,
    /// Whether hooks are lost when BBB restarts.
    pub hooks_lost_at_restart: bool,
    /// Whether hooks get the secret as a bearer token in place of a checksum.
    pub hook_bearer: bool,
    /// Whether it knows getDefaultConfigXML and setConfigXML, as BBB 0.81 to 2.3.
    pub config_xml: bool,
    /// Calls about one meeting that no BBB of today has: [`SimulatedBbb::with_call`].
    pub future_calls: Vec<String>,
}

impl Default for SimulatedServerSettings {
    /// Any free port, secret `simulated`, 2 % CPU and 0.35 % for each user, ended meetings vanish at once, BBB's pauses
    /// between tries of a callback, recordings that are published at once as presentations, no webhooks, no old calls.
    fn default() -> Self {
        Self {
            port: 0,
            secret: "simulated".into(),
            base_cpu: 2.0,
            cpu_per_user: 0.35,
            linger: Duration::ZERO,
            callback_pauses: [30, 60, 120, 300].map(Duration::from_secs).to_vec(),
            hook_pauses: [100, 500, 1000, 2000, 4000, 8000, 10_000, 30_000, 60_000, 60_000, 60_000, 60_000]
                .map(Duration::from_millis)
                .to_vec(),
            seed: None,
            recording_delay: Duration::ZERO,
            recording_formats: vec![SimulatedFormat::Presentation],
            publish_lag: Duration::ZERO,
            webhooks: false,
            hooks_lost_at_restart: false,
            hook_bearer: false,
            config_xml: false,
            future_calls: Vec::new(),
        }
    }
}

impl SimulatedServerSettings {
    /// The server inside, which browsers reach at `origin`.
    pub(super) fn make(&self, origin: String) -> SimulatedBbb {
        let mut bbb = SimulatedBbb::new(origin, self.secret.clone())
            .with_cpu(self.base_cpu, self.cpu_per_user)
            .with_linger(self.linger)
            .with_recording_delay(self.recording_delay)
            .with_recording_formats(self.recording_formats.iter().copied())
            .with_publish_lag(self.publish_lag)
            .with_webhooks(self.webhooks)
            .with_hooks_lost_at_restart(self.hooks_lost_at_restart)
            .with_hook_bearer(self.hook_bearer)
            .with_config_xml(self.config_xml);
        for name in &self.future_calls {
            bbb = bbb.with_call(name);
        }
        match self.seed {
            Some(seed) => bbb.with_seed(seed),
            None => bbb,
        }
    }
}
