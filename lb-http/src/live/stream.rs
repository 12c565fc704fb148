//! One viewer: a stream of events that ends when the viewer may not see them any more, reads too slowly, or the server stops.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use lb_core::account::Right;
use tokio::sync::broadcast::error::RecvError;

use super::hub::Place;
use super::view::Audience;
use super::wire;
use crate::rest::Problem;
use crate::server::{Language, Service};

/// Who watches.
#[derive(Clone, Debug)]
pub(crate) struct Watcher {
    pub(crate) language: Language,
    /// The cookie of their session, where they may see the network by it.
    pub(crate) session: Option<String>,
    /// Which picture they have seen, as it names itself.
    pub(crate) seen: Option<String>,
}

impl Watcher {
    fn audience(&self) -> Audience {
        if self.session.is_some() { Audience::Network } else { Audience::Public }
    }

    /// Whether they may see what their audience sees.
    fn may_watch(&self, service: &Service) -> bool {
        match &self.session {
            Some(cookie) => {
                let known = service.accounts.by_session(cookie);
                known.is_some_and(|(principal, _)| principal.may(Right::ViewNetwork))
            }
            None => service.setup.load().dashboard_is_public,
        }
    }
}

/// The answer that tells `watcher` what changes from now on.
///
/// # Errors
/// [`Problem`] where so many watch already that there is no place for another.
pub(crate) fn stream(service: &Service, watcher: Watcher, version: &str) -> Result<Response, Problem> {
    let live = &service.live;
    let joined = live.join(&service.setup.load(), watcher.language, watcher.audience(), watcher.seen.as_deref());
    let Some((place, again)) = joined else {
        service.metrics.viewer_refused();
        return Err(Problem::unavailable("too many have the dashboard open"));
    };
    service.metrics.viewer_came();
    let mut first = vec![wire::hello(live.boot(), version)];
    first.extend(again.then(|| wire::word("again")));
    let viewer = Viewer { service: service.clone(), watcher, place, over: false };
    let rest = stream::unfold(viewer, async |mut viewer| Some((Ok::<_, Infallible>(viewer.next().await?), viewer)));
    let first = stream::iter([Ok(first.concat().into())]);
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // nginx would collect it
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, body).into_response())
}

struct Viewer {
    service: Service,
    watcher: Watcher,
    place: Place,
    over: bool,
}

impl Viewer {
    /// What is told next; `None`: it is over.
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let stop = self.service.live.stop().clone();
        match stop.run_until_cancelled(self.place.messages.recv()).await? {
            // there is one every few seconds: a session that has ended closes its streams
            Ok(_) if !self.watcher.may_watch(&self.service) => {
                self.over = true;
                Some(wire::word("ended"))
            }
            Ok(message) => Some(message),
            Err(RecvError::Lagged(_)) => {
                self.service.metrics.viewer_dropped();
                None
            }
            Err(RecvError::Closed) => None,
        }
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.service.metrics.viewer_left();
    }
}
