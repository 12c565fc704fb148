//! `lb demo`: the balancer between simulated websites and simulated servers, to look at.
//!
//! | file | what |
//! |---|---|
//! | `cast` | who plays: servers, websites, cities |
//! | `network` | servers, Nagios and balancer, started and stopped |
//! | `history` | the day before it, which reports and pages tell of |
//! | `website`, `browser` | what websites and their people do, over HTTP |
//! | `trouble` | what goes wrong now and then |
//! | `feed`, `told`, `facts` | what there is to show, in words |
//! | `lines` | shown as plain lines |
//! | `view`, `table`, `row`, `screen` | shown live in a terminal |

mod browser;
mod cast;
mod facts;
mod feed;
mod history;
mod lines;
mod network;
mod row;
mod screen;
mod table;
mod told;
mod trouble;
mod view;
mod website;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use lb_core::fleet::Fleet;
use lb_core::{Clock, Timestamp};
use lb_http::clock::SystemClock;
use lb_http::config::LogFormat;
use lb_http::logging;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use self::cast::WEBSITES;
use self::facts::Facts;
use self::feed::{Dated, Feed, Totals};
use self::lines::Lines;
use self::network::Network;
use self::view::Live;
use self::website::Website;
use super::serve::shutdown;
use crate::args::Demo;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

/// How often the picture is brought up to date.
const TICK: Duration = Duration::from_millis(250);
/// A seed that is not given has so many values: short enough to be typed again.
const SEEDS: u64 = 100_000;

/// The network at one moment.
pub(super) struct Moment<'a> {
    /// Since the start.
    elapsed: Duration,
    now: Timestamp,
    fleet: &'a Fleet,
    totals: &'a Totals,
    /// News that could not be shown.
    missed: u64,
}

/// A way to show what goes on.
trait Show {
    /// Something happened.
    fn news(&mut self, news: &Dated) -> io::Result<()>;

    /// Some time has passed.
    fn tick(&mut self, moment: &Moment<'_>) -> io::Result<()>;
}

pub(crate) fn run(args: &Demo, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let live = io::stdout().is_terminal() && world.variable("TERM").is_some_and(|term| term != "dumb");
    if !live {
        // a live view is not scribbled over: there, what the log would say is shown as news
        logging::init(LogFormat::Text, "warn").map_err(|error| Failure::Failed(error.to_string()))?;
    }
    let colours = world.variable("NO_COLOR").is_none();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(demo(args, live.then_some(colours), &mut *world.output))?;
    Ok(Outcome::Done)
}

/// `live` says whether it is shown live, and then whether in colours.
async fn demo(args: &Demo, live: Option<bool>, output: &mut dyn Write) -> Result<(), Failure> {
    let quit = Arc::new(Notify::new());
    let stop = ending(args.seconds.map(Duration::from_secs), Arc::clone(&quit))?;
    tokio::pin!(stop);
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..SEEDS));
    let started = Instant::now();
    let (feed, mut news) = Feed::new(started);
    let feed = Arc::new(feed);
    let network = tokio::select! {
        network = Network::start(args.port.unwrap_or(0), seed, Arc::clone(&feed) as _) => network?,
        () = &mut stop => return Ok(()),
    };
    let facts = Facts::new(network.address, seed);
    let players = players(&network, &feed, &facts);
    let mut totals = Totals::default();
    let shown = async {
        let mut show: Box<dyn Show + '_> = match live {
            Some(colours) => Box::new(Live::begin(&mut *output, &facts, colours, quit)?),
            None => Box::new(Lines::begin(&mut *output, &facts)?),
        };
        tokio::select! {
            shown = watch(&network, &feed, &mut news, &mut totals, &mut *show, started) => shown,
            () = &mut stop => Ok(()),
        }
    };
    let shown: io::Result<()> = shown.await;
    drop(players);
    let stopped = network.stop().await;
    shown?;
    stopped.map_err(|error| Failure::Failed(format!("the demo's folder cannot be removed: {error}")))?;
    writeln!(output, "stopped after {}: {}", told::clock(started.elapsed()), totals.words())?;
    Ok(())
}

/// Ready when the demo is to end: after `seconds`, at a key, at SIGINT or SIGTERM, or when the terminal goes away.
fn ending(after: Option<Duration>, quit: Arc<Notify>) -> io::Result<impl Future<Output = ()>> {
    let (asked, mut hangup) = (shutdown()?, signal(SignalKind::hangup())?);
    Ok(async move {
        let time_is_up = async {
            match after {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = asked => {}
            _ = hangup.recv() => {}
            () = quit.notified() => {}
            () = time_is_up => {}
        }
    })
}

/// Websites and trouble, each from a seed of its own. They end when this is dropped.
fn players(network: &Network, feed: &Arc<Feed>, facts: &Facts) -> JoinSet<()> {
    let mut seeds = Rng::with_seed(facts.seed);
    let mut players = JoinSet::new();
    for role in &WEBSITES {
        let website = Website::new(role, &facts.api, Arc::clone(&network.simulation));
        players.spawn(website.live(seeds.fork()));
    }
    players.spawn(trouble::come_and_go(Arc::clone(&network.simulation), Arc::clone(feed), seeds.fork()));
    players
}

/// Shows what goes on, until it cannot be shown any more.
async fn watch(
    network: &Network,
    feed: &Feed,
    news: &mut mpsc::Receiver<Dated>,
    totals: &mut Totals,
    show: &mut dyn Show,
    started: Instant,
) -> io::Result<()> {
    let clock = SystemClock::new();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = ticks.tick() => {
                let fleet = network.balancer.fleet();
                let (elapsed, now) = (started.elapsed(), clock.now());
                show.tick(&Moment { elapsed, now, fleet: &fleet, totals, missed: feed.missed() })?;
            }
            Some(dated) = news.recv() => {
                totals.count(&dated.1);
                show.news(&dated)?;
            }
        }
    }
}
