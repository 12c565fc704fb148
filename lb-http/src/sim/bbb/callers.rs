//! The callbacks of a simulated server, sent as BBB sends them, and sent again a while later where it fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lb_core::gateway::{SimulatedCallback, SimulatedCallbackKind};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::Bbb;

/// How long one try may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// Events that wait for one hook; further ones are dropped.
const QUEUE: usize = 10_000;

pub(super) struct Callers {
    pub(super) pauses: Arc<[Duration]>,
    pub(super) hook_pauses: Arc<[Duration]>,
    pub(super) runtime: Handle,
    // By hook: each hears of one event after the other. Held for a look and never across an await.
    pub(super) hooks: Mutex<HashMap<String, mpsc::Sender<SimulatedCallback>>>,
}

impl Callers {
    /// Sends each of `callbacks`: those of a hook one after the other, the others in a task of their own.
    pub(super) fn call(&self, callbacks: Vec<SimulatedCallback>, site: &Weak<Bbb>) {
        for callback in callbacks {
            match callback.hook_id.clone() {
                Some(hook) => self.queue(hook, callback, site),
                None => {
                    let pauses = Arc::clone(&self.pauses);
                    self.runtime.spawn(async move { deliver(&callback, &pauses).await });
                }
            }
        }
    }

    fn queue(&self, hook: String, callback: SimulatedCallback, site: &Weak<Bbb>) {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = hooks.entry(hook.clone()).or_insert_with(|| {
            let (sender, mut queue) = mpsc::channel::<SimulatedCallback>(QUEUE);
            let (pauses, site) = (Arc::clone(&self.hook_pauses), site.clone());
            self.runtime.spawn(async move {
                while let Some(callback) = queue.recv().await {
                    if deliver(&callback, &pauses).await {
                        continue;
                    }
                    let Some(site) = site.upgrade() else { return };
                    // a permanent one stays, and hears of what comes next
                    if site.lock().bbb.drop_hook(&hook) {
                        return;
                    }
                }
            });
            sender
        });
        // where it is full the hook hears nothing anyway, where it is closed the hook has vanished
        let _ = queue.try_send(callback);
    }
}

/// Whether it was heard, after as many tries as there are pauses and one.
async fn deliver(callback: &SimulatedCallback, pauses: &[Duration]) -> bool {
    let mut pauses = pauses.iter();
    while !send(callback).await {
        let Some(pause) = pauses.next() else { return false };
        sleep(*pause).await;
    }
    true
}

/// Whether the answer was the last word.
async fn send(callback: &SimulatedCallback) -> bool {
    let mut request = Request::builder().method(callback.method).uri(&callback.url);
    if !callback.content_type.is_empty() {
        request = request.header(CONTENT_TYPE, callback.content_type);
    }
    if let Some(authorization) = &callback.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    if callback.kind == SimulatedCallbackKind::Analytics {
        request = request.header(USER_AGENT, "BigBlueButton Analytics Callback");
    }
    let Ok(request) = request.body(Full::from(Bytes::from(callback.body.clone()))) else { return false };
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http::<Full<Bytes>>();
    let answer = timeout(DEADLINE, client.request(request)).await;
    matches!(answer, Ok(Ok(answer)) if callback.kind.is_done(answer.status().as_u16()))
}
