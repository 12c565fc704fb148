//! Load on the real binary `lb`, with nginx as a plain proxy beside it: calls per second, latency, CPU time of each process
//! per call, and the memory of `lb` with many meetings; and what many open dashboards cost.
//!
//! `benches/load/run` and `benches/load/dashboards` build and start it. The simulated BBB servers and the websites live in this process; `lb` and nginx
//! are processes of their own, pinned to another core. Everything is on loopback and bounded in number and time.

#![allow(unreachable_pub, reason = "modules of one program")]

mod balancer;
mod child;
mod dashboards;
mod load;
mod memory;
mod proxy;
mod recordings;
mod world;

use std::error::Error;

use self::balancer::Lb;
use self::load::{Load, Measured, median};
use self::proxy::Nginx;
use self::world::{Settings, Website, World};

type Failed = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let settings = Settings::from_environment()?;
    println!("{settings}\n");
    if settings.only_proxied {
        return only_proxied(&settings).await;
    }
    if settings.calls > 0 {
        speed(&settings).await?;
    }
    if settings.meetings > 0 {
        memory::measure(&settings).await?;
    }
    if settings.recordings > 0 {
        recordings::measure(&settings).await?;
    }
    if settings.viewers > 0 {
        dashboards::measure(&settings).await?;
    }
    Ok(())
}

/// Proxied calls through `lb` and nothing else.
async fn only_proxied(settings: &Settings) -> Result<(), Failed> {
    let world = World::start(1).await?;
    let lb = Lb::start(settings, &world, "10s").await?;
    let website = Website::of(&lb);
    website.create("room-1").await?;
    world.fill("room-1", 5);
    let load = Load::same(lb.address, website.target("getMeetingInfo", "meetingID=room-1"), "<fullName>");
    for _ in 0..settings.rounds {
        let run = lb.measure(settings, &load, settings.calls).await?;
        println!("{:.0} calls/s, {:.1} µs of CPU each", run.rate(), run.cpu_per_call() * 1e6);
    }
    lb.stop().await
}

/// One meeting with five attendees on one server, behind `lb` and behind nginx in turn.
async fn speed(settings: &Settings) -> Result<(), Failed> {
    let world = World::start(1).await?;
    let lb = Lb::start(settings, &world, "10s").await?;
    let nginx = Nginx::start(settings, &world).await?;
    let website = Website::of(&lb);
    website.create("room-1").await?;
    world.fill("room-1", 5);
    let direct = world.website(0, nginx.address);

    let info = |website: &Website| website.target("getMeetingInfo", "meetingID=room-1");
    let through_lb = Load::same(lb.address, info(&website), "<fullName>");
    let through_nginx = Load::same(nginx.address, info(&direct), "<fullName>");
    let join = "meetingID=room-1&fullName=Ana+Silva&role=VIEWER&userID=7";
    let join = Load::same(lb.address, website.target("join", join), "").redirected();
    let unknown = website.target("isMeetingRunning", "meetingID=nobody-knows");
    let unknown = Load::same(lb.address, unknown, "<running>false</running>");

    let (mut lb_calls, mut nginx_calls) = (Vec::new(), Vec::new());
    let (mut joins, mut unknowns, mut creates) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..settings.rounds {
        lb_calls.push(lb.measure(settings, &through_lb, settings.calls).await?);
        nginx_calls.push(nginx.measure(settings, &through_nginx, settings.calls).await?);
        joins.push(lb.measure(settings, &join, settings.calls).await?);
        unknowns.push(lb.measure(settings, &unknown, settings.calls).await?);
        let create = website.clone();
        let create = Load::each(lb.address, "<returncode>SUCCESS", move |number| {
            create.target("create", &format!("name=Algebra&meetingID=load-{round}-{number}"))
        });
        creates.push(lb.measure(settings, &create, settings.creates()).await?);
    }

    println!("| calls | through | calls/s | p50 | p99 | CPU per call |");
    println!("|---|---|---|---|---|---|");
    row("getMeetingInfo, proxied", "lb", &lb_calls);
    row("getMeetingInfo, proxied", "nginx", &nginx_calls);
    row("join, redirected", "lb", &joins);
    row("isMeetingRunning, unknown", "lb", &unknowns);
    row("create, new and durable", "lb", &creates);
    let ratios = lb_calls.iter().zip(&nginx_calls).map(|(lb, nginx)| lb.cpu_per_call() / nginx.cpu_per_call());
    let ratios: Vec<f64> = ratios.collect();
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    println!("\nCPU time per proxied call, lb to nginx: **{:.2}** (rounds: {})", median(ratios), each.join(", "));
    println!(
        "This process used {:.0} % of its core in the rounds of lb, {:.0} % in those of nginx.\n",
        100.0 * median(lb_calls.iter().map(|run| run.own_cpu_share).collect()),
        100.0 * median(nginx_calls.iter().map(|run| run.own_cpu_share).collect())
    );
    lb.stop().await?;
    Ok(())
}

fn row(calls: &str, through: &str, rounds: &[Measured]) {
    let of = |value: fn(&Measured) -> f64| median(rounds.iter().map(value).collect());
    println!(
        "| {calls} | {through} | {:.0} | {:.2} ms | {:.2} ms | {:.1} µs |",
        of(Measured::rate),
        of(|run| run.p50.as_secs_f64() * 1e3),
        of(|run| run.p99.as_secs_f64() * 1e3),
        of(|run| run.cpu_per_call() * 1e6)
    );
}
