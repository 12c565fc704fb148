//! Thousands of bad days, each from a seed: everything goes wrong at once and in every order, and nothing is forgotten, split
//! or left behind.
//!
//! A failure names its seed. `LB_SEED=123 cargo test -p lb-core --test simulation` runs that one again and shows its steps.
//! A plain `cargo test` runs few, for it is not optimised; `tests/run` runs ten thousand:
//!
//! ```sh
//! LB_SEEDS=10000 cargo test -p lb-core --profile thousands --test simulation
//! ```

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lb_core::gateway::Fault;
use world::{ROOMS, Step, WEBSITES, World};

const SEEDS: u64 = 300;
const STEPS: usize = 60;

fn fault(rng: &mut fastrand::Rng) -> Fault {
    let delay = Duration::from_millis(rng.u64(1..9_000));
    let faults = [
        Fault::Refuse,
        Fault::HangBefore,
        Fault::HangAfter,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Html502,
        Fault::Empty,
        Fault::Garbage,
        Fault::Slow(delay),
        Fault::Slow(delay / 10),
    ];
    faults[rng.usize(..faults.len())]
}

fn step(rng: &mut fastrand::Rng, servers: usize) -> Step {
    let (website, room, server) = (rng.usize(..WEBSITES.len()), rng.usize(..ROOMS), rng.usize(..servers));
    match rng.u32(0..100) {
        0..22 => Step::Create { website, room },
        22..30 => Step::Join { website, room },
        30..35 => Step::End { website, room },
        35..38 => Step::Info { website, room },
        38..41 => Step::Leave { room },
        41..43 => Step::EndsByItself { server, room },
        43..55 => Step::Fault { server, fault: fault(rng) },
        55..62 => Step::Heal { server },
        62..64 => Step::BbbRestarts { server },
        64..78 => Step::Round,
        78..88 => Step::Pass { millis: rng.u64(1..3_000) },
        88..95 => Step::Pass { millis: rng.u64(3_000..30_000) },
        95..97 => Step::Pass { millis: rng.u64(30_000..120_000) },
        _ => Step::Kill { clock_step: [0, 0, -3_600, -30, 30, 3_600][rng.usize(..6)] },
    }
}

fn bad_day(seed: u64, shown: bool) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let servers = rng.usize(2..6);
    let mut world = World::new(servers);
    for _ in 0..STEPS {
        let step = step(&mut rng, servers);
        if shown {
            println!("{step:?}");
        }
        world.step(step);
    }
    world.quiet();
}

#[test]
fn bad_days_end_in_order() {
    if let Ok(seed) = std::env::var("LB_SEED") {
        return bad_day(seed.parse().unwrap(), true);
    }
    let seeds = std::env::var("LB_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| bad_day(seed, false))) {
                        next.store(seeds, Ordering::Relaxed);
                        println!("seed {seed} failed: run it again with LB_SEED={seed}");
                        std::panic::resume_unwind(panic);
                    }
                }
            });
        }
    });
}
