//! The callbacks of a simulated server, made as BBB makes them: a GET, and another one a while later where it fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

/// How long one try may take.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) struct Callers {
    pub(super) pauses: Arc<[Duration]>,
    pub(super) runtime: Handle,
}

impl Callers {
    /// Calls each of `urls`, in a task of its own.
    pub(super) fn call(&self, urls: Vec<String>) {
        for url in urls {
            let pauses = Arc::clone(&self.pauses);
            self.runtime.spawn(async move {
                let mut pauses = pauses.iter();
                while !get(&url).await {
                    let Some(pause) = pauses.next() else { return };
                    sleep(*pause).await;
                }
            });
        }
    }
}

/// Whether the answer was a success.
async fn get(url: &str) -> bool {
    let Ok(uri) = url.parse() else { return false };
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http::<Empty<Bytes>>();
    matches!(timeout(DEADLINE, client.get(uri)).await, Ok(Ok(answer)) if answer.status().is_success())
}
