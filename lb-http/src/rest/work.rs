//! What a request may cost, and that what changes something runs to its end.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

use super::extract::MOST_BODY;
use super::problem::Problem;
use crate::server::{Service, SlowBody, body_within};

/// How long one may be worked on.
const TIME: Duration = Duration::from_secs(65);

/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Who asks. Each kind has places of its own, so that none keeps another out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Somebody on this machine.
    Local,
    /// Somebody who has shown who they are.
    Known,
    /// Anybody.
    Stranger,
}

impl Who {
    /// Requests that are worked on at the same time.
    fn places(self) -> &'static Semaphore {
        static LOCAL: Semaphore = Semaphore::const_new(32);
        static KNOWN: Semaphore = Semaphore::const_new(64);
        static STRANGERS: Semaphore = Semaphore::const_new(16);
        match self {
            Self::Local => &LOCAL,
            Self::Known => &KNOWN,
            Self::Stranger => &STRANGERS,
        }
    }

    /// The longest body, bytes.
    fn most(self) -> usize {
        match self {
            Self::Local | Self::Known => MOST_BODY,
            Self::Stranger => 8 << 10,
        }
    }
}

/// Reads the body, and only then takes a place: who sends slowly keeps nobody else out. What may change something runs to its
/// end although its asker hangs up, or it takes too long.
pub(crate) async fn done(service: &Service, who: Who, request: Request, next: Next) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let body = body_within(body, who.most(), BODY_TIME).await.map_err(|problem| match problem {
        SlowBody::Long => Problem::too_large(format!("a body has at most {} bytes here", who.most())),
        SlowBody::Slow => Problem::bad("the body came too slowly"),
        SlowBody::Broken => Problem::bad("the body broke off"),
    })?;
    let changes = !head.method.is_safe();
    let request = Request::from_parts(head, Body::from(body));
    let Ok(place) = who.places().try_acquire() else {
        return Err(Problem::unavailable("too many requests are being worked on"));
    };
    let long = || Problem::unavailable("it takes too long: look whether it is done");
    if !changes {
        return tokio::time::timeout(TIME, next.run(request)).await.map_err(|_| long());
    }
    let work = service.tasks.spawn(async move {
        let answer = next.run(request).await;
        drop(place);
        answer
    });
    let answer = tokio::time::timeout(TIME, work).await.map_err(|_| long())?;
    answer.map_err(|_| Problem::unavailable("it broke off; the log says why"))
}
