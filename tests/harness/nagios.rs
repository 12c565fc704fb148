//! A real Nagios Core 4 with its web interface, on loopback and in a folder of its own, that watches simulated servers.
//!
//! What its checks find stands in files that the test changes; they print what the reporters of Mconf's servers print.
//! Only the host check is a real plugin: it connects to the server's port. Everything is checked every second, and Nagios
//! shows a change within about three.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hyper::Method;
use lb_core::server::ServiceState;
use lb_http::sim::SimulatedServer;
use serde_json::Value;
use tempfile::TempDir;

use super::{fetch, free_port, until};

const USER: &str = "lb";
const PASSWORD: &str = "nagios-password";
/// `USER:PASSWORD` as HTTP Basic authentication carries it.
const AUTHORIZATION: &str = "Basic bGI6bmFnaW9zLXBhc3N3b3Jk";
/// The host group of the servers.
const GROUP: &str = "bbb";
const SERVICES: [&str; 4] = ["Processor Report", "Memory Report", "Disk Report", "BigBlueButton Info"];

const PROGRAMS: [&str; 4] = [
    "/usr/sbin/nagios4",
    "/usr/lib/cgi-bin/nagios4/statusjson.cgi",
    "/usr/lib/nagios/plugins/check_tcp",
    "/usr/sbin/lighttpd",
];
const PACKAGES: &str = "nagios4-core nagios4-cgi nagios4-common monitoring-plugins-basic lighttpd";

const PATIENCE: Duration = Duration::from_secs(60);

/// Whether Nagios checks anything.
#[derive(Clone, Copy, Debug)]
pub enum Checks {
    On,
    /// Everything stays pending, as just after a start.
    Off,
}

/// Nagios and its web interface as two processes. They are killed when this is dropped.
#[derive(Debug)]
pub struct RealNagios {
    folder: TempDir,
    port: u16,
    /// User and group `nagios`, which the processes run as if the test runs as root; else they run as the test's own user.
    owner: Option<(u32, u32)>,
    hosts: Vec<(String, u16, String)>,
    nagios: Option<Child>,
    web: Option<Child>,
}

impl RealNagios {
    /// Starts one that finds every server well, with 10 % of its CPU in use, and waits until everything is checked.
    pub async fn start(servers: &[(&str, SimulatedServer)]) -> Self {
        let missing: Vec<_> = PROGRAMS.into_iter().filter(|program| !Path::new(program).exists()).collect();
        assert!(
            missing.is_empty(),
            "this test runs a real Nagios, and these are missing: {missing:?}; as root: \
             apt-get install -y --no-install-recommends {PACKAGES}"
        );
        let folder = tempfile::tempdir().expect("a folder for Nagios");
        let as_root = folder.path().metadata().expect("it is there").uid() == 0;
        let owner = as_root.then(|| (id_of_nagios("-u"), id_of_nagios("-g")));
        let hosts = servers.iter().map(|(name, server)| {
            let port = server.url().split([':', '/']).find_map(|part| part.parse().ok()).expect("a port in its URL");
            ((*name).to_owned(), port, server.secret().expose().to_owned())
        });
        let hosts: Vec<_> = hosts.collect();
        let mut nagios = Self { folder, port: free_port(), owner, hosts, nagios: None, web: None };
        nagios.lay_out();
        nagios.web = Some(nagios.spawn("/usr/sbin/lighttpd", &["-D", "-f", "lighttpd.conf"]));
        nagios.run(Checks::On);
        nagios.checked().await;
        nagios
    }

    fn lay_out(&self) {
        let folder = self.folder.path();
        for name in ["var", "var/rw", "var/spool", "www", "reports"] {
            std::fs::create_dir_all(folder.join(name)).expect("the folder takes folders");
        }
        self.put("objects.cfg", include_str!("../nagios/objects.cfg"));
        self.put("report.sh", include_str!("../nagios/report.sh"));
        self.put("lighttpd.conf", include_str!("../nagios/lighttpd.conf"));
        self.set_password(PASSWORD);
        self.set_rights(true);
        self.set_members(true);
        for (host, ..) in &self.hosts {
            std::fs::create_dir_all(folder.join("reports").join(host)).expect("a folder for its reports");
            self.report_cpu(host, 10.0);
            self.report_memory(host, 36);
            let disk = "Disk usage: 31GB of 157GB (20%)|disk_avg=31.00GB;125;141;0;157 disk_max=31.00GB;125;141;0;157 disk_min=31.00GB;125;141;0;157 ";
            self.report(host, "Disk Report", ServiceState::Ok, disk);
            let info = "Meetings: 0, Users: 0, User with audio: 0, User with video: 0|meetings=0;;;0; users=0;;;0; audios=0;;;0; videos=0;;;0; ";
            self.report(host, "BigBlueButton Info", ServiceState::Ok, info);
        }
        if let Some((uid, gid)) = self.owner {
            for name in ["", "var", "var/rw", "var/spool"] {
                chown(folder.join(name), Some(uid), Some(gid)).expect("root may give it away");
            }
        }
    }

    /// Writes a file of its folder whole: nobody reads half of it, and Nagios may read it whoever it runs as.
    fn put(&self, name: impl AsRef<Path>, text: &str) {
        let text = text.replace("@FOLDER@", &self.folder.path().to_string_lossy());
        let text = text.replace("@PORT@", &self.port.to_string());
        let new = self.folder.path().join("new");
        let written = std::fs::write(&new, text)
            .and_then(|()| std::fs::set_permissions(&new, Permissions::from_mode(0o644)))
            .and_then(|()| match self.owner {
                Some((uid, gid)) => chown(&new, Some(uid), Some(gid)),
                None => Ok(()),
            })
            .and_then(|()| std::fs::rename(&new, self.folder.path().join(name)));
        written.expect("the folder can be written");
    }

    fn spawn(&self, program: &str, arguments: &[&str]) -> Child {
        let out = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.stdout(out.try_clone().expect("a log")).stderr(out);
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts Nagios itself over the present configuration. It remembers nothing of an earlier run.
    pub fn run(&mut self, checks: Checks) {
        let checks = if matches!(checks, Checks::On) { "1" } else { "0" };
        self.put("nagios.cfg", &include_str!("../nagios/nagios.cfg").replace("@CHECKS@", checks));
        self.nagios = Some(self.spawn("/usr/sbin/nagios4", &["nagios.cfg"]));
    }

    /// SIGTERM, and waits until it has stopped in good order. The web interface goes on.
    pub async fn stop(&mut self) {
        let Some(mut nagios) = self.nagios.take() else { return };
        let told = Command::new("kill").arg(nagios.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        until(PATIENCE, "Nagios stops after SIGTERM", async || nagios.try_wait().expect("a child")).await;
    }

    /// `kill -9`: what it wrote last stays.
    pub fn kill(&mut self) {
        end(&mut self.nagios);
    }

    /// What a check of a service prints from now on, and its state.
    pub fn report(&self, host: &str, service: &str, state: ServiceState, text: &str) {
        let code = match state {
            ServiceState::Ok => 0,
            ServiceState::Warning => 1,
            ServiceState::Critical => 2,
            ServiceState::Unknown | ServiceState::Pending => 3,
        };
        self.put(Path::new("reports").join(host).join(service), &format!("{code}\n{text}\n"));
    }

    /// So much CPU is in use, per cent: from 70 on it is a WARNING, from 90 on CRITICAL.
    pub fn report_cpu(&self, host: &str, cpu: f64) {
        let mut text = format!("CPU usage: {cpu:.1}% Model: Example CPU @ 2.40GHz (8 cores) |");
        for (label, figure) in [("cpu_avg", cpu), ("cpu_max", (cpu * 1.2).min(100.0)), ("cpu_min", cpu * 0.8)] {
            let _ = write!(text, "{label}={figure:.2}%;70;90;0;100 ");
        }
        self.report(host, "Processor Report", by_limits(cpu), &(text + "cores=8;;;;"));
    }

    /// So much memory is in use, per cent: from 70 on it is a WARNING, from 90 on CRITICAL.
    pub fn report_memory(&self, host: &str, memory: u32) {
        let (all, used) = (8000, 80 * memory);
        let mut text = format!("Memory usage: {used}MB of {all}MB ({memory}%)|");
        for label in ["mem_avg", "mem_max", "mem_min"] {
            let _ = write!(text, "{label}={used}.00MB;5600;7200;0;{all} ");
        }
        self.report(host, "Memory Report", by_limits(memory.into()), &text);
    }

    /// The password that the web interface takes from now on.
    pub fn set_password(&self, password: &str) {
        self.put("users", &format!("{USER}:{password}\n"));
    }

    /// Back to the password that [`monitor`](Self::monitor) names.
    pub fn restore_password(&self) {
        self.set_password(PASSWORD);
    }

    /// Whether the balancer's user may see hosts and services.
    pub fn set_rights(&self, may_see: bool) {
        let user = if may_see { USER } else { "somebody-else" };
        self.put("cgi.cfg", &include_str!("../nagios/cgi.cfg").replace("@USER@", user));
    }

    /// Whether the hosts are in their group, after the next start.
    pub fn set_members(&self, grouped: bool) {
        let names: Vec<&str> = self.hosts.iter().map(|(name, ..)| name.as_str()).collect();
        let names = names.join(",");
        let mut text = format!("define hostgroup {{\n  hostgroup_name {GROUP}\n  alias Servers\n");
        let _ = writeln!(text, "{}}}", if grouped { format!("  members {names}\n") } else { String::new() });
        for (name, port, secret) in &self.hosts {
            let _ = write!(
                text,
                "define host {{\n  use server\n  host_name {name}\n  address 127.0.0.1\n  _BBB_PORT {port}\n  \
                 _BBB_URL http://127.0.0.1:{port}/bigbluebutton/\n  _BBB_SALT {secret}\n}}\n"
            );
        }
        for service in SERVICES {
            let _ = write!(
                text,
                "define service {{\n  use report\n  host_name {names}\n  service_description {service}\n}}\n"
            );
        }
        self.put("hosts.cfg", &text);
    }

    /// The balancer's configuration that watches this Nagios; `more` keys go into the same section.
    pub fn monitor(&self, interval: Duration, more: &str) -> String {
        format!(
            "[monitor]\nkind = \"nagios\"\nurl = \"http://127.0.0.1:{}/nagios4/cgi-bin/\"\nhostgroup = \"{GROUP}\"\n\
             username = \"{USER}\"\npassword = \"{PASSWORD}\"\ninterval = \"{}ms\"\n{more}\n",
            self.port,
            interval.as_millis()
        )
    }

    /// Waits until Nagios itself shows the service in that state.
    pub async fn knows(&self, host: &str, service: &str, state: ServiceState) {
        let bit = match state {
            ServiceState::Pending => 1,
            ServiceState::Ok => 2,
            ServiceState::Warning => 4,
            ServiceState::Unknown => 8,
            ServiceState::Critical => 16,
        };
        let what = format!("Nagios shows {service} of {host} as {state:?}");
        until(PATIENCE, &what, async || {
            let list = self.list("servicelist").await?;
            (list[host][service] == bit).then_some(())
        })
        .await;
    }

    /// Waits until every service was checked and every host is up.
    pub async fn checked(&self) {
        until(PATIENCE, "Nagios has checked everything", async || {
            let (services, hosts) = (self.list("servicelist").await?, self.list("hostlist").await?);
            let checked = |host: &str| SERVICES.iter().all(|service| services[host][*service].as_u64() > Some(1));
            self.hosts.iter().all(|(host, ..)| checked(host) && hosts[host] == 2).then_some(())
        })
        .await;
    }

    async fn list(&self, query: &str) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}/nagios4/cgi-bin/statusjson.cgi?query={query}", self.port);
        let answer = fetch(Method::GET, &url, None, &[("authorization", AUTHORIZATION)]).await.ok()?;
        let mut answer: Value = serde_json::from_slice(&answer.body).ok()?;
        answer.pointer_mut(&format!("/data/{query}")).map(Value::take)
    }
}

impl Drop for RealNagios {
    fn drop(&mut self) {
        end(&mut self.nagios);
        end(&mut self.web);
        if std::thread::panicking() {
            for path in [self.log_path(), self.folder.path().join("var/lighttpd.log")] {
                eprintln!("--- {} ---\n{}", path.display(), std::fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
}

fn end(process: &mut Option<Child>) {
    if let Some(mut child) = process.take() {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn by_limits(per_cent: f64) -> ServiceState {
    match per_cent {
        90.0.. => ServiceState::Critical,
        70.0.. => ServiceState::Warning,
        _ => ServiceState::Ok,
    }
}

fn id_of_nagios(which: &str) -> u32 {
    let id = Command::new("id").args([which, "nagios"]).output().expect("id runs");
    let text = String::from_utf8_lossy(&id.stdout);
    text.trim().parse().unwrap_or_else(|_| panic!("there is no user nagios: {}", String::from_utf8_lossy(&id.stderr)))
}
