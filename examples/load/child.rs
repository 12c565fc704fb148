//! A process of its own on a core of its own: its CPU time and memory, and its end with this process.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failed;

/// A child that is killed when this is dropped.
pub struct Pinned {
    child: Child,
    ticks_per_second: f64,
}

impl Pinned {
    /// Starts `program` on core `cpu`, in `folder`, its output in `folder/NAME.log`. Its id is noted in the file `ids`, so
    /// that the script can end it whatever becomes of this process.
    pub fn start(program: &str, arguments: &[&str], cpu: usize, folder: &Path) -> Result<Self, Failed> {
        let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = fs::File::create(folder.join(format!("{name}.log")))?;
        let child = Command::new("taskset")
            .args(["-c", &cpu.to_string(), program])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{program} cannot be started: {error}"))?;
        if let Some(ids) = std::env::var_os("LOAD_IDS") {
            use std::io::Write;
            writeln!(fs::OpenOptions::new().append(true).create(true).open(ids)?, "{}", child.id())?;
        }
        let ticks = Command::new("getconf").arg("CLK_TCK").output()?.stdout;
        let ticks_per_second = String::from_utf8_lossy(&ticks).trim().parse()?;
        Ok(Self { child, ticks_per_second })
    }

    /// CPU time of the process and its children so far, in user and kernel mode.
    pub fn cpu(&self) -> Result<Duration, Failed> {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let mut ticks = ticks_of(&id.to_string())?;
        for child in children.split_whitespace() {
            ticks += ticks_of(child)?;
        }
        Ok(Duration::from_secs_f64(ticks / self.ticks_per_second))
    }

    /// CPU time of this process itself.
    pub fn own_cpu(&self) -> Result<Duration, Failed> {
        Ok(Duration::from_secs_f64(ticks_of("self")? / self.ticks_per_second))
    }

    /// A figure of `/proc/PID/status`, in KiB.
    pub fn memory(&self, figure: &str) -> Result<u64, Failed> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
        let number = line.and_then(|line| line.split_whitespace().next()).ok_or("no such figure")?;
        Ok(number.parse()?)
    }

    /// SIGTERM, and its end within 30 seconds.
    pub async fn terminate(mut self) -> Result<(), Failed> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err("it does not stop".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // TERM first: nginx's master takes its worker along
        let _ = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::yield_now();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ticks_of(id: &str) -> Result<f64, Failed> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // the name in parentheses may contain anything; utime and stime are the 12th and 13th figure behind it
    let figures = stat.rsplit_once(") ").ok_or("no stat")?.1;
    let mut figures = figures.split_whitespace().skip(11);
    let mut next = || figures.next()?.parse::<f64>().ok();
    Ok(next().zip(next()).map(|(user, kernel)| user + kernel).ok_or("no stat")?)
}
