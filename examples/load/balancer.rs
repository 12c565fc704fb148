//! `lb serve` as a process.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Failed;
use crate::child::Pinned;
use crate::load::{Load, Measured};
use crate::world::{Settings, World, fetch, free_address};

/// The secret of the one website.
pub const SECRET: &str = "load-website-secret";

pub struct Lb {
    pub address: SocketAddr,
    process: Pinned,
    folder: TempDir,
}

impl Lb {
    /// Starts it over the servers of `world`, with a fresh SQLite store, and waits until it is ready.
    pub async fn start(settings: &Settings, world: &World, interval: &str) -> Result<Self, Failed> {
        Self::start_with(settings, world, interval, "").await
    }

    /// The same with `more` in the configuration.
    pub async fn start_with(settings: &Settings, world: &World, interval: &str, more: &str) -> Result<Self, Failed> {
        let address = free_address()?;
        let folder = tempfile::tempdir()?;
        let mut config = format!(
            "[listen]\napi = \"{address}\"\n[store]\nurl = \"sqlite:lb.sqlite3\"\n[monitor]\ninterval = \"{interval}\"\n\
             [log]\nlevel = \"warn\"\n[routers.default]\npolicy = \"least-meetings\"\n\
             [[integrations]]\nname = \"website\"\nsecrets = [\"{SECRET}\"]\n{more}"
        );
        for (number, server) in world.servers.iter().enumerate() {
            let (url, secret) = (server.url(), server.secret().expose());
            write!(config, "[[servers]]\nname = \"bbb{number}\"\nurl = \"{url}\"\nsecret = \"{secret}\"\n")?;
        }
        std::fs::write(folder.path().join("lb.toml"), config)?;
        let process = Pinned::start(&settings.lb, &["serve", "--config", "lb.toml"], settings.cpu, folder.path())?;
        let lb = Self { address, process, folder };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !matches!(lb.get("/readyz").await, Ok((200, _))) {
            if Instant::now() > deadline {
                return Err("lb is not ready within 60 s".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(lb)
    }

    pub async fn get(&self, path: &str) -> Result<(u16, String), Failed> {
        fetch(self.address, path).await
    }

    /// Runs `load` and answers what it cost.
    pub async fn measure(&self, settings: &Settings, load: &Load, calls: usize) -> Result<Measured, Failed> {
        measure(&self.process, settings, load, calls).await
    }

    /// Where it was started.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// CPU time so far.
    pub fn cpu(&self) -> Result<Duration, Failed> {
        self.process.cpu()
    }

    /// Resident memory, KiB.
    pub fn resident(&self) -> Result<u64, Failed> {
        self.process.memory("VmRSS")
    }

    /// The most resident memory that there ever was, KiB.
    pub fn peak(&self) -> Result<u64, Failed> {
        self.process.memory("VmHWM")
    }

    pub async fn stop(self) -> Result<(), Failed> {
        self.process.terminate().await
    }
}

/// Runs `load` against `process`.
pub async fn measure(process: &Pinned, settings: &Settings, load: &Load, calls: usize) -> Result<Measured, Failed> {
    let (cpu, own) = (process.cpu()?, process.own_cpu()?);
    let latencies = load.run(settings.connections, calls).await?;
    Ok(Measured::new(&latencies, process.cpu()? - cpu, process.own_cpu()? - own))
}
