//! Bodies that are small, read whole.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlowBody {
    /// It is too long.
    Long,
    /// It came too slowly.
    Slow,
    /// It broke off.
    Broken,
}

/// The whole of `body`, if it has at most `most` bytes and comes within `time`.
pub(crate) async fn body_within(body: Body, most: usize, time: Duration) -> Result<Bytes, SlowBody> {
    match tokio::time::timeout(time, Limited::new(body, most).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(SlowBody::Long),
        Ok(Err(_)) => Err(SlowBody::Broken),
        Err(_) => Err(SlowBody::Slow),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_is_short_and_quick_or_it_is_not_read() {
        let second = Duration::from_secs(1);
        assert_eq!(body_within(Body::from("1234"), 4, second).await.as_deref(), Ok(&b"1234"[..]));
        assert_eq!(body_within(Body::from("12345"), 4, second).await, Err(SlowBody::Long));
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(body_within(never, 4, second).await, Err(SlowBody::Slow));
        let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
        assert_eq!(body_within(broken, 4, second).await, Err(SlowBody::Broken));
    }
}
