//! [`Setup`]: what one configuration makes, and [`LiveSetup`], the pointer to the present one.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use ipnet::IpNet;
use lb_core::balancer::Balancer;
use lb_core::source::ServerSource;
use tokio::sync::watch;

use crate::config::{Reports, Setting};
use crate::server_news::ServerNews;

/// What requests are answered and rounds are made with. It never changes; a reload of the configuration makes another.
#[derive(Debug)]
pub struct Setup {
    /// The balancer.
    pub balancer: Arc<Balancer>,
    /// Who knows the servers.
    pub source: Arc<dyn ServerSource>,
    /// Whether that is a monitor: if not, operators alone know them.
    pub monitored: bool,
    /// When it is asked beside that.
    pub(crate) news: Arc<ServerNews>,
    /// How often it is asked, and servers for their meetings; more than zero.
    pub interval: Duration,
    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Whether everybody may see the dashboard.
    pub dashboard_is_public: bool,
    /// Which reports are written each month.
    pub reports: Reports,
    /// The configuration that made it, to be shown.
    pub settings: Arc<[Setting]>,
}

/// The present setup. A request, or a round, reads it once and ends with what it began with; readers never lock.
#[derive(Debug)]
pub struct LiveSetup {
    current: ArcSwap<Setup>,
    changed: watch::Sender<()>,
}

impl LiveSetup {
    /// Begins with `setup`.
    pub fn new(setup: Arc<Setup>) -> Self {
        Self { current: ArcSwap::new(setup), changed: watch::Sender::new(()) }
    }

    /// The setup as it is now.
    pub fn load(&self) -> Arc<Setup> {
        self.current.load_full()
    }

    /// Puts another in its place. Its balancer should [succeed](lb_core::balancer::BalancerBuilder::succeeding) the present
    /// one. Rounds begin anew with it at once.
    pub fn replace(&self, setup: Arc<Setup>) {
        self.current.store(setup);
        self.changed.send_replace(());
    }

    /// Tells of each replacement from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}
