//! [`AnswerBody`]: the body of an answer, watched until the client has taken it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::{Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::activity::UnderWay;
use super::reply_body::ReplyBody;

/// Answers up to this many bytes are not counted in [`all_answers`](super::Limits::all_answers).
const SHORT: u64 = 16 << 10;

/// A client has [`answer_time`](super::Limits::answer_time) for each piece of this many bytes, however long the whole is.
const PIECE: usize = 256 << 10;

/// The body of an answer. Its request is under way until this is dropped; its bytes count as unread, piece by
/// piece, until the last of each is handed to the system.
pub(super) struct AnswerBody {
    body: ReplyBody,
    /// What has been made and not been handed out.
    rest: Bytes,
    under_way: UnderWay,
    /// Shared by all pieces: they are parts of one allocation.
    place: Option<Arc<OwnedSemaphorePermit>>,
}

/// Has the answer's body watched. One for which `answers`, counted in KiB, has no room becomes 503.
pub(super) fn watched(
    answer: Response<ReplyBody>,
    under_way: UnderWay,
    answers: &Arc<Semaphore>,
) -> Response<AnswerBody> {
    let size = answer.body().memory().filter(|size| *size > SHORT);
    let place = size.map(|size| {
        let share = u32::try_from(size >> 10).unwrap_or(u32::MAX);
        Arc::clone(answers).try_acquire_many_owned(share)
    });
    match place.transpose() {
        Ok(place) => answer.map(|body| AnswerBody { body, rest: Bytes::new(), under_way, place: place.map(Arc::new) }),
        Err(_) => {
            let body = Bytes::from_static(b"too many answers wait to be read\n").into();
            let mut busy = Response::new(AnswerBody { body, rest: Bytes::new(), under_way, place: None });
            *busy.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            busy
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = <ReplyBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
            let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
            match frame.into_data() {
                Ok(bytes) => this.rest = bytes,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let piece = this.rest.split_to(this.rest.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(this.under_way.0.unread(piece, this.place.clone())))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (made, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = made.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(made.lower().saturating_add(rest));
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use std::time::Duration;

    use super::super::Limits;
    use super::super::activity::{Activity, Cut, Verdict};
    use super::*;

    #[tokio::test]
    async fn a_long_answer_that_does_not_fit_beside_those_that_are_being_read_becomes_503() {
        let answers = Arc::new(Semaphore::new(128));
        let answer = |kib: usize| {
            let body = Bytes::from(vec![b'x'; kib << 10]).into();
            watched(Response::new(body), Activity::new().begun(false), &answers)
        };
        let read = async |answer: Response<AnswerBody>| answer.into_body().collect().await.unwrap().to_bytes();
        let first = read(answer(100)).await;
        assert_eq!(first.len(), 100 << 10);
        assert_eq!(answer(100).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer(16).status(), StatusCode::OK, "short ones are not counted");
        drop(first);
        assert_eq!(read(answer(100)).await.len(), 100 << 10);
        assert_eq!(answers.available_permits(), 128);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_a_long_answer_steadily_has_time_for_all_of_it() {
        let answers = Arc::new(Semaphore::new(128 << 10));
        let activity = Activity::new();
        let body = Bytes::from(vec![b'x'; 11_000_000]).into();
        let mut body = watched(Response::new(body), activity.begun(false), &answers).into_body();
        let mut left = 11_000_000;
        while !body.is_end_stream() {
            assert_eq!(body.size_hint().exact(), Some(left));
            let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
            left -= piece.len() as u64;
            // 125 kB/s
            tokio::time::advance(Duration::from_micros(8 * piece.len() as u64)).await;
            assert!(matches!(activity.look(&Limits::default()), Verdict::Fine(_)), "{left} bytes are left");
            assert!(answers.available_permits() < 128 << 10, "all of it is still there");
        }
        assert_eq!(left, 0);
        drop(body);
        assert_eq!(answers.available_permits(), 128 << 10);
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_reading_is_cut_in_the_time_of_one_piece() {
        let activity = Activity::new();
        let body = Bytes::from(vec![b'x'; 11_000_000]).into();
        let mut body =
            watched(Response::new(body), activity.begun(false), &Arc::new(Semaphore::new(128 << 10))).into_body();
        drop(body.frame().await);
        let _stuck = body.frame().await;
        tokio::time::advance(Limits::default().answer_time).await;
        assert_eq!(activity.look(&Limits::default()), Verdict::Over(Cut::Answer));
    }
}
