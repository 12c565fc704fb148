//! Sending a body on while it comes. Two can be waited for: the website for its next piece, and the server to take the last one
//! or to answer. How long the website may take is the upload's own affair; how long the server may take is kept here.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Either;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use lb_core::api::{Upload, UploadError, UploadPieces};
use tokio::time::Instant;

/// What is sent: nothing, a whole body, or one that is still coming.
pub(super) type CallBody = Either<Full<Bytes>, UploadBody>;

/// Since when it is the server's turn; `None` while it is the website's. Its lock is held for a few instructions.
#[derive(Clone, Debug)]
pub(super) struct Turn(Arc<Mutex<Option<Instant>>>);

impl Turn {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Returns when the server has taken longer than `patience` in one turn.
    pub(super) async fn overrun(&self, patience: Duration) {
        loop {
            let now = Instant::now();
            let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let end = since.map_or(now + patience, |since| since + patience);
            if end <= now {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// An upload as hyper sends it.
pub(super) struct UploadBody {
    pieces: UploadPieces,
    left: Option<u64>,
    turn: Turn,
}

impl UploadBody {
    /// The body, and whose turn it is: at first the server's, to be connected to.
    pub(super) fn new(upload: Upload) -> (Self, Turn) {
        let turn = Turn(Arc::new(Mutex::new(Some(Instant::now()))));
        let left = upload.length;
        (Self { pieces: upload.into_pieces(), left, turn: turn.clone() }, turn)
    }
}

impl Body for UploadBody {
    type Data = Bytes;
    type Error = UploadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadError>>> {
        let polled = self.pieces.as_mut().poll_next(context);
        self.turn.set(polled.is_ready().then(Instant::now));
        polled.map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
                Ok(Frame::data(piece))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
