//! [`Reloader`]: takes a new configuration over while the balancer runs, and drops no call.
//!
//! A new [`Setup`](crate::setup::Setup) is put together beside the running one. Only when all of it is there it takes its
//! place: calls and rounds that begin from then on go by it, those under way end with the one that they began with, over the
//! same store and the same fleet. Whatever is wrong, all stays as it was.

mod changes;

use std::sync::Arc;

use lb_core::event::EventKind;
use lb_core::network::Declared;

use crate::assembly::{Assembled, Assembly};
use crate::config::{Config, ConfigErrors};
use crate::server::Certificates;
use crate::setup::LiveSetup;

/// Takes new configurations over. See the module; [`Prepared::reloader`](crate::Prepared::reloader) gives it.
#[derive(Debug)]
pub struct Reloader {
    assembly: Assembly,
    live: Arc<LiveSetup>,
    present: Assembled,
    certificates: Option<Arc<Certificates>>,
}

impl Reloader {
    pub(crate) fn new(
        assembly: Assembly,
        live: Arc<LiveSetup>,
        present: Assembled,
        certificates: Option<Arc<Certificates>>,
    ) -> Self {
        Self { assembly, live, present, certificates }
    }

    /// Takes over the configuration that `load` answers, as far as that is possible while the balancer runs, and reads the
    /// files again that it names. The observers are told what is different, what holds only from the next start on, or why
    /// nothing was taken over. `load` may block.
    ///
    /// Answers the configuration that holds now; `None` if the new one cannot be used.
    ///
    /// # Cancel safety
    /// Dropped half-way, the new configuration is taken over as a whole or not at all.
    pub async fn reload<F>(&mut self, load: F) -> Option<&Config>
    where
        F: FnOnce() -> Result<Config, ConfigErrors> + Send + 'static,
    {
        let (assembly, present, certificates) =
            (self.assembly.clone(), self.present.clone(), self.certificates.clone());
        // files are read and certificates of the system: not on a thread that answers calls
        let assembled = tokio::task::spawn_blocking(move || {
            let mut config = load().map_err(|errors| errors.iter().map(str::to_owned).collect::<Vec<_>>())?;
            let held_back = changes::hold_back(&present.config, &mut config);
            let next = assembly.assemble(config, Some(&present)).map_err(|error| vec![error.to_string()])?;
            // files that the configuration no longer names may be gone
            let named = !held_back.iter().any(|key| key == "listen.tls");
            if let Some(certificates) = certificates.filter(|_| named) {
                certificates.reload().map_err(|error| vec![error.to_string()])?;
            }
            Ok((next, held_back))
        });
        let assembled = assembled.await.unwrap_or_else(|_| Err(vec!["it could not be read to its end".to_owned()]));
        let (next, held_back) = match assembled {
            Ok(assembled) => assembled,
            Err(problems) => {
                self.assembly.tell(EventKind::ConfigurationRefused { problems });
                return None;
            }
        };
        // what it declares holds at once, also for calls that the present setup still answers
        if let Err(problem) = next.setup.balancer.declare(&Declared::from(&*next.config.network)).await {
            self.assembly.tell(EventKind::ConfigurationRefused { problems: vec![problem.to_string()] });
            return None;
        }
        let changes = changes::between(&self.present.config, &next.config);
        self.live.replace(Arc::clone(&next.setup));
        self.present = next;
        self.assembly.tell(EventKind::ConfigurationReloaded { changes, held_back });
        self.present.setup.balancer.judge_anew().await;
        Some(&self.present.config)
    }
}

#[cfg(test)]
mod tests {
    use lb_core::store::{InMemoryStore, Stores};

    use super::*;
    use crate::clock::SystemClock;

    #[tokio::test]
    async fn certificate_files_refuse_a_reload_only_while_the_configuration_names_them() {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("old.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("old.key"), made.signing_key.serialize_pem()).unwrap();
        let config = |name: &str| {
            let path = folder.path().join(name);
            let text = format!("[listen.tls]\ncertificate = \"{}.pem\"\nkey = \"{0}.key\"\n", path.display());
            Config::from_text("lb.toml", &text, std::iter::empty())
        };
        let stores = Stores::one(Arc::new(InMemoryStore::new()));
        let assembly =
            Assembly { clock: Arc::new(SystemClock::new()), stores, observers: Vec::new(), news: Arc::default() };
        let present = assembly.assemble(config("old").unwrap(), None).unwrap();
        let certificates = Certificates::open(present.config.listen.tls.clone().unwrap()).unwrap();
        let live = Arc::new(LiveSetup::new(Arc::clone(&present.setup)));
        let mut reloader = Reloader::new(assembly, live, present, Some(certificates));
        let (old, new) = (config("old"), config("new"));
        std::fs::remove_file(folder.path().join("old.pem")).unwrap();
        assert!(reloader.reload(|| old).await.is_none());
        assert!(reloader.reload(|| new).await.is_some());
    }
}
