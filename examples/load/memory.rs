//! The memory of `lb` with many meetings.

use std::time::{Duration, Instant};

use crate::Failed;
use crate::balancer::Lb;
use crate::load::Load;
use crate::world::{Settings, Website, World};

const SERVERS: usize = 20;
const ATTENDEES: usize = 5;

/// Creates the meetings through the API, fills them on their servers, lets `lb` poll, and looks at its memory.
pub async fn measure(settings: &Settings) -> Result<(), Failed> {
    let world = World::start(SERVERS).await?;
    let lb = Lb::start(settings, &world, "2s").await?;
    let empty = lb.resident()?;
    let website = Website::of(&lb);
    let create = Load::each(lb.address, "<returncode>SUCCESS", move |number| {
        website.target("create", &format!("name=Algebra&meetingID=meeting-{number}&record=true&meta_bbb-origin=load"))
    });
    let started = Instant::now();
    create.run(settings.connections, settings.meetings).await?;
    let took = started.elapsed();
    let created = lb.resident()?;
    for number in 0..settings.meetings {
        world.fill(&format!("meeting-{number}"), ATTENDEES);
    }
    let polls = || world.servers.iter().map(|server| server.calls().get("getMeetings").copied().unwrap_or(0)).min();
    for _ in 0..2 {
        // one more poll of every server, from its beginning to its end
        let wanted = polls().unwrap_or(0) + 2;
        let deadline = Instant::now() + Duration::from_secs(60);
        while polls().unwrap_or(0) < wanted {
            if Instant::now() > deadline {
                return Err("lb does not poll".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let (_, metrics) = lb.get("/metrics").await?;
    let sum = |name: &str| -> f64 {
        metrics
            .lines()
            .filter(|line| line.starts_with(name))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    };
    let (meetings, users) = (sum("lb_server_meetings{"), sum("lb_server_users{"));
    let megabytes = |kib: u64| kib as f64 / 1024.0;
    println!("| memory of lb, {meetings} meetings with {users} users listed on {SERVERS} servers | MiB |");
    println!("|---|---|");
    println!("| resident, nothing created yet | {:.1} |", megabytes(empty));
    println!("| resident, all created and nobody in them | {:.1} |", megabytes(created));
    println!("| resident, after two polls that list them all | {:.1} |", megabytes(lb.resident()?));
    println!("| the most that there was | {:.1} |", megabytes(lb.peak()?));
    println!("\nThe {} creates took {:.1} s.", settings.meetings, took.as_secs_f64());
    lb.stop().await
}
