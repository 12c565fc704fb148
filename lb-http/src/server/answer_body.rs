//! [`AnswerBody`]: the body of an answer, watched until the client has taken it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use hyper::{Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::activity::UnderWay;
use super::api::ReplyBody;

/// Answers up to this many bytes are not counted in [`all_answers`](super::Limits::all_answers).
const SHORT: u64 = 16 << 10;

/// The body of an answer. Its request is under way until this is dropped; its bytes count as unread until the last of them is
/// handed to the system.
pub(super) struct AnswerBody {
    body: ReplyBody,
    under_way: UnderWay,
    place: Option<OwnedSemaphorePermit>,
}

/// Has the answer's body watched. One for which `answers`, counted in KiB, has no room becomes 503.
pub(super) fn watched(
    answer: Response<ReplyBody>,
    under_way: UnderWay,
    answers: &Arc<Semaphore>,
) -> Response<AnswerBody> {
    let size = answer.body().size_hint().exact().filter(|size| *size > SHORT);
    let place = size.map(|size| {
        let share = u32::try_from(size >> 10).unwrap_or(u32::MAX);
        Arc::clone(answers).try_acquire_many_owned(share)
    });
    match place.transpose() {
        Ok(place) => answer.map(|body| AnswerBody { body, under_way, place }),
        Err(_) => {
            let text = Full::new(Bytes::from_static(b"too many answers wait to be read\n"));
            let mut busy = Response::new(AnswerBody { body: Either::Left(text), under_way, place: None });
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
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
        let place = self.place.take();
        let activity = &self.under_way.0;
        Poll::Ready(Some(Ok(frame.map_data(|bytes| activity.unread(bytes, place)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::super::activity::Activity;
    use super::*;

    #[tokio::test]
    async fn a_long_answer_that_does_not_fit_beside_those_that_are_being_read_becomes_503() {
        let answers = Arc::new(Semaphore::new(128));
        let answer = |kib: usize| {
            let body = Either::Left(Full::new(Bytes::from(vec![b'x'; kib << 10])));
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
}
