//! The memory of `lb` with many websites and many recordings, and how fast it answers for one of them.

use std::fmt::Write;
use std::time::{Duration, Instant};

use lb_core::gateway::{SimulatedFormat, SimulatedRecording};

use crate::Failed;
use crate::balancer::Lb;
use crate::load::Load;
use crate::world::{Settings, Website, World};

const SERVERS: usize = 50;
const WEBSITES: usize = 10_000;

/// How many recordings a server lists in one page.
const PAGE: usize = 100;

/// Lets the servers list recordings of all websites in turn, and looks at the memory of `lb` when it has them all.
pub async fn measure(settings: &Settings) -> Result<(), Failed> {
    let world = World::start(SERVERS).await?;
    for number in 0..settings.recordings {
        let recording = recording(number, settings.recordings);
        world.servers[number % SERVERS].with(|bbb| bbb.put_recording(recording));
    }
    let mut websites = "[balancer]\nguid = \"load\"\n[recordings]\ninterval = \"2s\"\n".to_owned();
    for number in 0..WEBSITES {
        writeln!(websites, "[[integrations]]\nname = \"{}\"\nsecrets = [\"{}\"]", name(number), secret(number))?;
    }
    let lb = Lb::start_with(settings, &world, "2s", &websites).await?;
    let empty = lb.resident()?;
    let started = Instant::now();
    let pages = settings.recordings.div_ceil(SERVERS).div_ceil(PAGE) as u64;
    let asked = || world.servers.iter().map(|server| server.calls().get("getRecordings").copied().unwrap_or(0)).min();
    let mut first = None;
    for round in 1..=3 {
        while asked().unwrap_or(0) < round * pages {
            if started.elapsed() > Duration::from_secs(300) {
                return Err("lb does not follow the recordings".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        first.get_or_insert(started.elapsed());
    }
    let website = Website::with(&lb, &secret(WEBSITES - 1));
    // it has never called from here: it says who it is
    let query = format!("meetingID=room-{}&integrationName={}", WEBSITES - 1, name(WEBSITES - 1));
    let target = website.target("getRecordings", &query);
    let load = Load::same(lb.address, target, "<state>published</state>");
    let run = lb.measure(settings, &load, settings.calls.max(1000)).await?;
    let megabytes = |kib: u64| kib as f64 / 1024.0;
    println!("| memory of lb, {WEBSITES} websites, {} recordings on {SERVERS} servers | MiB |", settings.recordings);
    println!("|---|---|");
    println!("| resident, before the first list | {:.1} |", megabytes(empty));
    println!("| resident, after three lists of every server | {:.1} |", megabytes(lb.resident()?));
    println!("| the most that there was | {:.1} |", megabytes(lb.peak()?));
    println!("\nThe first lists took {:.1} s.", first.unwrap_or_default().as_secs_f64());
    println!("getRecordings of one room: {:.0} calls/s, {:.1} µs of CPU each.", run.rate(), run.cpu_per_call() * 1e6);
    lb.stop().await
}

fn name(number: usize) -> String {
    format!("website-{number}")
}

fn secret(number: usize) -> String {
    format!("load-secret-of-website-{number}")
}

/// As BBB lists one of a lesson of an hour, with the stamps of the balancer.
fn recording(number: usize, count: usize) -> SimulatedRecording {
    let website = number % WEBSITES;
    let began = 1_700_000_000_000 + (count - number) as u64 * 60_000;
    let mut recording = SimulatedRecording::new(format!("room-{website}"), began, began + 3_600_000)
        .with_metadata("mconflb-guid", "load")
        .with_metadata("mconflb-institution", name(website))
        .with_metadata("mconflb-institution-name", name(website))
        .with_metadata("bbb-origin", "Moodle")
        .with_metadata("bbb-origin-server-name", format!("moodle-{website}.example.org"))
        .with_metadata("bbb-context", format!("Introduction to linear algebra, course {number}"));
    recording.name = format!("Lesson {number}");
    recording.formats = vec![SimulatedFormat::Presentation, SimulatedFormat::Video];
    recording
}
