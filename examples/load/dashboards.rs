//! Many browsers with the dashboard open: what they cost `lb`, in CPU time and memory.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Failed;
use crate::balancer::Lb;
use crate::world::{Settings, Website, World};

/// How long each measurement takes.
const FOR: Duration = Duration::from_secs(30);

/// A meeting is created, and people come into it, so often.
const CREATE_EVERY: Duration = Duration::from_millis(500);

const PASSWORD: &str = "load dashboards password";

/// What came to all browsers together.
#[derive(Debug, Default)]
struct Heard {
    bytes: AtomicU64,
    patches: AtomicU64,
}

/// A network in which meetings begin all the time: what it costs `lb` with nobody watching, and with as many as the settings
/// say.
pub async fn measure(settings: &Settings) -> Result<(), Failed> {
    let world = Arc::new(World::start(settings.servers).await?);
    let more = format!("[dashboard]\nviewers = {}\n", settings.viewers);
    let lb = Lb::start_with(settings, &world, "5s", &more).await?;
    let cookie = log_in(settings, &lb).await?;
    let website = Website::of(&lb);
    let life = tokio::spawn(live(Arc::clone(&world), website));
    // what a start costs is not counted
    tokio::time::sleep(Duration::from_secs(10)).await;
    let (alone, memory) = (cpu_over(&lb, FOR).await?, lb.resident()?);

    let heard = Arc::new(Heard::default());
    let mut viewers = JoinSet::new();
    for _ in 0..settings.viewers {
        let stream = open(&lb, &cookie).await?;
        viewers.spawn(watch(stream, Arc::clone(&heard)));
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = (heard.bytes.load(Ordering::Relaxed), heard.patches.load(Ordering::Relaxed));
    let watched = cpu_over(&lb, FOR).await?;
    let (bytes, patches) =
        (heard.bytes.load(Ordering::Relaxed) - before.0, heard.patches.load(Ordering::Relaxed) - before.1);
    let (with_viewers, left) = (lb.resident()?, viewers.len());
    if let Some(lost) = viewers.try_join_next() {
        return Err(format!("a browser was sent away: {lost:?}").into());
    }
    life.abort();

    let share = |cpu: Duration| cpu.as_secs_f64() / FOR.as_secs_f64() * 100.0;
    let each = |total: u64| total as f64 / left.max(1) as f64 / FOR.as_secs_f64();
    println!("| {left} open dashboards, {} servers, 2 new meetings a second | |", settings.servers);
    println!("|---|---|");
    println!("| CPU of lb with nobody watching, of one core | {:.1} % |", share(alone));
    println!("| the same with all of them | {:.1} % |", share(watched));
    println!("| messages to each, a second | {:.2} |", each(patches));
    println!("| kB to each, a second | {:.1} |", each(bytes) / 1000.0);
    println!("| memory of lb before, MiB | {:.1} |", memory as f64 / 1024.0);
    println!("| KiB more for each viewer | {:.1} |", with_viewers.saturating_sub(memory) as f64 / left.max(1) as f64);
    drop(viewers);
    lb.stop().await
}

/// CPU time of `lb` over that time.
async fn cpu_over(lb: &Lb, time: Duration) -> Result<Duration, Failed> {
    let (before, begun) = (lb.cpu()?, Instant::now());
    tokio::time::sleep(time).await;
    let used = lb.cpu()?.saturating_sub(before);
    Ok(used.mul_f64(time.as_secs_f64() / begun.elapsed().as_secs_f64()))
}

/// Meetings begin, and people come into them.
async fn live(world: Arc<World>, website: Website) -> Result<(), Failed> {
    let mut number = 0_usize;
    loop {
        let id = format!("room-{number}");
        website.create(&id).await?;
        world.fill(&id, 3 + number % 7);
        number += 1;
        tokio::time::sleep(CREATE_EVERY).await;
    }
}

/// The cookie of a viewer who has just been made.
async fn log_in(settings: &Settings, lb: &Lb) -> Result<String, Failed> {
    let mut child = Command::new(&settings.lb)
        .args(["user", "create", "eva", "--role", "viewer", "--password-stdin"])
        .current_dir(lb.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(PASSWORD.as_bytes())?;
    if !child.wait()?.success() {
        return Err("no user can be made".into());
    }
    let body = format!("{{\"name\":\"eva\",\"password\":\"{PASSWORD}\"}}");
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: lb\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(lb.address).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let line = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = line.and_then(|line| line.split(';').next()).ok_or("nobody can log in")?;
    Ok(cookie.to_owned())
}

/// A browser opens the stream.
async fn open(lb: &Lb, cookie: &str) -> Result<TcpStream, Failed> {
    let mut stream = TcpStream::connect(lb.address).await?;
    stream.write_all(format!("GET /live HTTP/1.1\r\nHost: lb\r\nCookie: {cookie}\r\n\r\n").as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    if &head != b"HTTP/1.1 200" {
        return Err(format!("no stream: {}", String::from_utf8_lossy(&head)).into());
    }
    Ok(stream)
}

/// A browser reads until the stream ends.
async fn watch(mut stream: TcpStream, heard: Arc<Heard>) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        heard.bytes.fetch_add(length as u64, Ordering::Relaxed);
        let text = buffer.get(..length).unwrap_or_default();
        let patches = text.windows(13).filter(|part| part == b"event: patch\n").count();
        heard.patches.fetch_add(patches as u64, Ordering::Relaxed);
    }
}
