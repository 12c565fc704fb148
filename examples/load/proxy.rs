//! nginx as a plain proxy to the first server of the world.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Failed;
use crate::balancer::measure;
use crate::child::Pinned;
use crate::load::{Load, Measured};
use crate::world::{Settings, World, fetch, free_address};

pub struct Nginx {
    pub address: SocketAddr,
    process: Pinned,
    _folder: TempDir,
}

impl Nginx {
    pub async fn start(settings: &Settings, world: &World) -> Result<Self, Failed> {
        let address = free_address()?;
        let folder = tempfile::tempdir()?;
        let server = world.address(0)?;
        let template = std::fs::read_to_string(&settings.nginx_config)?;
        let config = template.replace("@LISTEN@", &address.to_string()).replace("@SERVER@", &server.to_string());
        let path = folder.path().join("nginx.conf");
        std::fs::write(&path, config)?;
        let (path, prefix) = (path.to_string_lossy(), folder.path().to_string_lossy());
        let arguments = ["-p", &*prefix, "-c", &*path, "-e", "stderr"];
        let process = Pinned::start(&settings.nginx, &arguments, settings.cpu, folder.path())?;
        let nginx = Self { address, process, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(20);
        while !matches!(fetch(nginx.address, "/bigbluebutton/api").await, Ok((200, _))) {
            if Instant::now() > deadline {
                return Err("nginx does not answer within 20 s".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(nginx)
    }

    pub async fn measure(&self, settings: &Settings, load: &Load, calls: usize) -> Result<Measured, Failed> {
        measure(&self.process, settings, load, calls).await
    }
}
