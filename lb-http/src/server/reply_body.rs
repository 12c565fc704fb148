//! [`ReplyBody`]: the body of an answer before anybody watches it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use lb_core::api::{self, Pieces};

/// What hyper keeps unsent of an answer that is written piece by piece, bytes, beside what the answer is written from.
const UNSENT: u64 = 512 << 10;

/// The body of an answer.
pub(super) enum ReplyBody {
    /// Whole and ready: nearly every answer of the API.
    Whole(Full<Bytes>),
    /// Written while it is sent.
    Written(Written),
    /// Whatever axum makes for the pages.
    Page(axum::body::Body),
}

/// A body that is written while it is sent.
pub(super) struct Written {
    held: u64,
    next: Option<Bytes>,
    pieces: Pieces,
}

impl ReplyBody {
    /// About how many bytes of memory it takes until it is sent; `None` where nobody knows.
    pub(super) fn memory(&self) -> Option<u64> {
        match self {
            Self::Whole(whole) => whole.size_hint().exact(),
            Self::Written(written) => Some(written.held.saturating_add(UNSENT)),
            Self::Page(page) => page.size_hint().exact(),
        }
    }
}

impl From<api::Body> for ReplyBody {
    fn from(body: api::Body) -> Self {
        match body.whole() {
            Some(whole) => Self::Whole(Full::new(whole.clone())),
            None => {
                let held = body.held() as u64;
                let mut pieces = body.into_pieces();
                Self::Written(Written { held, next: pieces.next(), pieces })
            }
        }
    }
}

impl From<Bytes> for ReplyBody {
    fn from(whole: Bytes) -> Self {
        Self::Whole(Full::new(whole))
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut *self {
            Self::Whole(whole) => Pin::new(whole).poll_frame(cx).map_err(|never| match never {}),
            Self::Written(written) => {
                let piece = written.next.take();
                written.next = written.pieces.next();
                Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
            }
            Self::Page(page) => Pin::new(page).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Written(written) => written.next.is_none(),
            Self::Page(page) => page.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Written(_) => SizeHint::new(),
            Self::Page(page) => page.size_hint(),
        }
    }
}
