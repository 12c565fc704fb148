//! [`Assembly`]: puts a [`Setup`] together as a [`Config`] says, at the start and at each reload.

use std::sync::Arc;

use lb_core::balancer::{Balancer, Relay};
use lb_core::event::{Event, EventKind, Observer};
use lb_core::fleet::FleetRules;
use lb_core::server::HealthRules;
use lb_core::store::Stores;
use lb_core::{Clock, KnownNetworks, Locator};

use crate::accounts::{AccountService, HashCost};
use crate::callbacks::HttpSender;
use crate::config::{Config, DashboardAccess};
use crate::geo::MmdbLocator;
use crate::monitor::nagios::Nagios;
use crate::rng::SystemRng;
use crate::run::{StartError, asked, settings, source};
use crate::server_news::ServerNews;
use crate::setup::Setup;
use crate::upstream::{HttpGateway, UpstreamSettings};

/// What stays the same as long as the process lives.
#[derive(Clone, Debug)]
pub(crate) struct Assembly {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stores: Stores,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) news: Arc<ServerNews>,
}

/// A setup and what it was made of.
#[derive(Clone, Debug)]
pub(crate) struct Assembled {
    pub(crate) config: Arc<Config>,
    pub(crate) gateway: Arc<HttpGateway>,
    /// Where it is asked: it remembers how old its figures are.
    pub(crate) nagios: Option<Arc<Nagios>>,
    pub(crate) setup: Arc<Setup>,
}

impl Assembly {
    /// Puts together what `config` says. What runs, if anything, is taken over as far as it stays the same. Files are read
    /// here: it blocks.
    pub(crate) fn assemble(&self, config: Config, running: Option<&Assembled>) -> Result<Assembled, StartError> {
        let locator: Arc<dyn Locator> = match &config.geoip_database {
            Some(path) => Arc::new(MmdbLocator::open(path)?),
            None => Arc::new(KnownNetworks::default()),
        };
        let gateway = match running.filter(|running| running.config.upstream == config.upstream) {
            Some(running) => Arc::clone(&running.gateway),
            None => Arc::new(gateway(&config)?),
        };
        let sender = HttpSender::new(config.callbacks.allow_private_addresses);
        let sender = Arc::new(sender.map_err(|error| StartError::Tls(error.to_string()))?);
        let mut builder = Balancer::builder(Arc::clone(&gateway) as _, Arc::clone(&self.clock), Arc::new(SystemRng))
            .settings(settings(&config))
            .rules(FleetRules {
                health: HealthRules { trial_every: config.monitor.interval, ..config.health },
                expected: config.placement.expected_load,
                ignored_services: config.monitor.ignored_services.clone(),
            })
            .algorithms(config.algorithms.clone())
            .search_budget(config.search_budget)
            .stores(self.stores.clone())
            .relay(Relay { public_url: config.listen.public_url.clone(), sender })
            .locator(Arc::clone(&locator));
        for observer in &self.observers {
            builder = builder.observer(Arc::clone(observer));
        }
        builder = builder.observer(Arc::clone(&self.news) as _);
        if let Some(running) = running {
            builder = builder.succeeding(&running.setup.balancer);
        }
        let same = running.filter(|running| asked(&running.config) == asked(&config));
        let kept = same.and_then(|running| running.nagios.clone());
        let network = Arc::clone(&self.stores.network);
        let (source, nagios) = source(&config, &self.clock, locator, network, kept)?;
        let setup = Setup {
            source,
            balancer: Arc::new(builder.build()),
            monitored: nagios.is_some(),
            news: Arc::clone(&self.news),
            interval: config.monitor.interval,
            trusted_proxies: config.listen.trusted_proxies.clone().into(),
            reports: config.reports.clone(),
            dashboard_is_public: config.dashboard.access == DashboardAccess::Public,
            settings: config.settings().into(),
        };
        Ok(Assembled { config: Arc::new(config), gateway, nagios, setup: Arc::new(setup) })
    }

    /// The people who run it.
    pub(crate) fn accounts(&self, cost: HashCost) -> AccountService {
        AccountService::new(&self.stores, Arc::clone(&self.clock), Arc::new(SystemRng), self.observers.clone(), cost)
    }

    /// Shows an event of the program itself to the observers.
    pub(crate) fn tell(&self, kind: EventKind) {
        let event = Event { at: self.clock.now(), kind };
        self.observers.iter().for_each(|observer| observer.observe(&event));
    }
}

fn gateway(config: &Config) -> Result<HttpGateway, StartError> {
    let upstream = UpstreamSettings {
        connect_timeout: config.upstream.connect_timeout,
        max_concurrent_calls: config.upstream.max_concurrent_calls,
        ..UpstreamSettings::default()
    };
    HttpGateway::new(upstream).map_err(|error| StartError::Tls(error.to_string()))
}

#[cfg(test)]
mod tests {
    use lb_core::network::Declared;
    use lb_core::store::InMemoryStore;

    use super::*;
    use crate::clock::SystemClock;

    fn config(text: &str) -> Config {
        Config::from_text("lb.toml", text, std::iter::empty()).unwrap()
    }

    #[tokio::test]
    async fn what_stays_as_it_is_configured_stays_the_same_object() {
        let stores = Stores::one(Arc::new(InMemoryStore::new()));
        let assembly =
            Assembly { clock: Arc::new(SystemClock::new()), stores, observers: Vec::new(), news: Arc::default() };
        let routers = "[routers.even]\npolicy = \"round-robin\"\n[routers.near]\nradius_km = 100\n";
        let policies = async |assembled: &Assembled| {
            assembled.setup.balancer.declare(&Declared::from(&*assembled.config.network)).await.unwrap();
            ["even", "near"].map(|name| assembled.setup.balancer.policy(name).unwrap())
        };
        let first = assembly.assemble(config(routers), None).unwrap();
        let at_first = policies(&first).await;
        let changed = routers.replace("100", "200") + "[upstream]\ntimeout = \"5s\"\n";
        let second = assembly.assemble(config(&changed), Some(&first)).unwrap();
        let then = policies(&second).await;
        let third = assembly.assemble(config(&changed), Some(&second)).unwrap();
        let now = policies(&third).await;
        assert!(Arc::ptr_eq(&at_first[0], &then[0]), "round-robin goes on where it was");
        assert!(!Arc::ptr_eq(&at_first[1], &then[1]) && Arc::ptr_eq(&then[1], &now[1]));
        assert!(first.nagios.is_none());
        assert!(!Arc::ptr_eq(&first.gateway, &second.gateway) && Arc::ptr_eq(&second.gateway, &third.gateway));
    }

    #[test]
    fn a_nagios_that_is_asked_as_before_remembers_what_it_has_seen() {
        let stores = Stores::one(Arc::new(InMemoryStore::new()));
        let assembly =
            Assembly { clock: Arc::new(SystemClock::new()), stores, observers: Vec::new(), news: Arc::default() };
        let nagios = "[monitor]\nkind = \"nagios\"\nformat = \"mconf\"\nurl = \"http://127.0.0.1/cgi-bin/\"\n";
        let first = assembly.assemble(config(nagios), None).unwrap();
        let with_facts = nagios.to_owned() + "interval = \"1s\"\n[[servers]]\nname = \"bbb1\"\ncapacity = 100\n";
        let second = assembly.assemble(config(&with_facts), Some(&first)).unwrap();
        let other = nagios.replace("127.0.0.1", "127.0.0.2");
        let third = assembly.assemble(config(&other), Some(&second)).unwrap();
        let older = nagios.to_owned() + "max_age = \"7s\"\n";
        let fourth = assembly.assemble(config(&older), Some(&first)).unwrap();
        let same = |one: &Assembled, other: &Assembled| {
            Arc::ptr_eq(one.nagios.as_ref().unwrap(), other.nagios.as_ref().unwrap())
        };
        assert!(same(&first, &second));
        assert!(!same(&second, &third) && !same(&first, &fourth));
    }

    #[test]
    fn a_database_that_is_not_there_is_refused_and_nothing_is_put_together() {
        let stores = Stores::one(Arc::new(InMemoryStore::new()));
        let assembly =
            Assembly { clock: Arc::new(SystemClock::new()), stores, observers: Vec::new(), news: Arc::default() };
        let refused = assembly.assemble(config("[geoip]\ndatabase = \"/nowhere/city.mmdb\"\n"), None).unwrap_err();
        assert!(refused.to_string().contains("/nowhere/city.mmdb"), "{refused}");
    }
}
