//! Calls over a fixed number of kept connections, and what was measured meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Failed;

/// A kind of call, told again and again.
pub struct Load {
    address: SocketAddr,
    target: Arc<dyn Fn(usize) -> String + Send + Sync>,
    status: StatusCode,
    expected: &'static str,
}

impl Load {
    /// The same call each time; the answer must contain `expected`.
    pub fn same(address: SocketAddr, target: String, expected: &'static str) -> Self {
        Self::each(address, expected, move |_| target.clone())
    }

    /// Another call each time.
    pub fn each(
        address: SocketAddr,
        expected: &'static str,
        target: impl Fn(usize) -> String + Send + Sync + 'static,
    ) -> Self {
        Self { address, target: Arc::new(target), status: StatusCode::OK, expected }
    }

    /// The same load, answered by redirects.
    pub fn redirected(self) -> Self {
        Self { status: StatusCode::FOUND, ..self }
    }

    /// Makes `calls` calls over `connections` connections at once.
    ///
    /// # Errors
    /// The first call that is answered otherwise than expected ends it.
    pub async fn run(&self, connections: usize, calls: usize) -> Result<Latencies, Failed> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut websites = JoinSet::new();
        let started = Instant::now();
        for _ in 0..connections {
            let one = One {
                address: self.address,
                target: Arc::clone(&self.target),
                status: self.status,
                expected: self.expected,
                next: Arc::clone(&next),
                calls,
            };
            websites.spawn(one.run());
        }
        let mut all = Vec::with_capacity(calls);
        while let Some(done) = websites.join_next().await {
            all.extend(done??);
        }
        let wall = started.elapsed();
        all.sort_unstable();
        Ok(Latencies { wall, all })
    }
}

/// How long everything took, and each call.
pub struct Latencies {
    pub wall: Duration,
    all: Vec<Duration>,
}

impl Latencies {
    fn quantile(&self, share: f64) -> Duration {
        let index = ((self.all.len() as f64 * share) as usize).min(self.all.len().saturating_sub(1));
        self.all.get(index).copied().unwrap_or_default()
    }
}

/// One run of calls with the CPU time that it cost.
pub struct Measured {
    pub calls: usize,
    pub wall: Duration,
    pub p50: Duration,
    pub p99: Duration,
    /// CPU time of the process that was measured.
    pub cpu: Duration,
    /// How much of its own core the measuring process used: near 1 it was what limited the rate.
    pub own_cpu_share: f64,
}

impl Measured {
    pub fn new(latencies: &Latencies, cpu: Duration, own_cpu: Duration) -> Self {
        Self {
            calls: latencies.all.len(),
            wall: latencies.wall,
            p50: latencies.quantile(0.5),
            p99: latencies.quantile(0.99),
            cpu,
            own_cpu_share: own_cpu.as_secs_f64() / latencies.wall.as_secs_f64(),
        }
    }

    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.wall.as_secs_f64()
    }

    /// Seconds of CPU for one call.
    pub fn cpu_per_call(&self) -> f64 {
        self.cpu.as_secs_f64() / self.calls as f64
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

struct One {
    address: SocketAddr,
    target: Arc<dyn Fn(usize) -> String + Send + Sync>,
    status: StatusCode,
    expected: &'static str,
    next: Arc<AtomicUsize>,
    calls: usize,
}

impl One {
    async fn run(self) -> Result<Vec<Duration>, Failed> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let host = self.address.to_string();
        let mut latencies = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.calls {
                break;
            }
            let request = Request::get((self.target)(number)).header(HOST, &host).body(Empty::<Bytes>::new())?;
            let started = Instant::now();
            sender.ready().await?;
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            latencies.push(started.elapsed());
            let text = std::str::from_utf8(&body)?;
            if status != self.status || !text.contains(self.expected) {
                return Err(format!("not the answer expected: {status} {text}").into());
            }
        }
        drop(sender);
        connection.await??;
        Ok(latencies)
    }
}
