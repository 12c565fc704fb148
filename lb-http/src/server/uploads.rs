//! [`Uploads`]: bodies that go on to a server while they come, and are never held.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::Body;
use lb_core::api::{Reply, Upload, UploadError};
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::Limits;
use super::addresses::{Addresses, Place};

/// What is read of a body that nobody wants any more. Its website hears the answer: a connection that is closed over bytes
/// that were not read takes the answer with it.
const MOST_DISCARDED: usize = 1 << 20;

/// The places for all uploads under way, and each address's share of them.
pub(super) struct Uploads {
    all: Arc<Semaphore>,
    shares: Arc<Addresses>,
    time: Duration,
    /// Bytes that come at least within `time`, unless the body ends.
    least: u64,
}

/// What became of a body that did not come whole; nothing as long as all is well.
pub(super) type Fate = Arc<OnceLock<UploadError>>;

/// The answer to a website whose body did not come whole.
pub(super) fn refusal(error: UploadError) -> Reply {
    match error {
        UploadError::TooLong => Reply::plain(413, "the body is too long\n"),
        UploadError::TooSlow => Reply::plain(408, "the body came too slowly\n"),
        UploadError::BrokeOff => Reply::plain(400, "the body broke off\n"),
    }
}

impl Uploads {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.uploads)),
            shares: Addresses::new(limits.uploads_per_address),
            time: limits.body_time,
            least: limits.body_time.as_secs() * limits.body_rate,
        }
    }

    /// Begins to read a body of up to `limit` bytes, no faster than its server takes it. The time that the server takes is not
    /// the website's. `whose` is the address whose share it takes; absent for trusted proxies.
    pub(super) fn begin<B>(
        &self,
        body: B,
        content_type: &str,
        limit: usize,
        whose: Option<IpAddr>,
    ) -> Result<(Upload, Fate), Reply>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
    {
        let size = body.size_hint();
        if size.lower() > limit as u64 {
            return Err(refusal(UploadError::TooLong));
        }
        let too_many = || Reply::plain(503, "too many uploads are under way\n");
        let share = whose.map(|address| self.shares.enter(address).ok_or_else(too_many)).transpose()?;
        let place = Arc::clone(&self.all).try_acquire_owned().map_err(|_| too_many())?;
        // one piece waits for the server while the next one comes
        let (sender, mut receiver) = channel(1);
        let fate = Fate::default();
        let pump = Pump { sender, fate: Arc::clone(&fate), limit, time: self.time, least: self.least };
        tokio::spawn(pump.run(body, (place, share)));
        let pieces = stream::poll_fn(move |context| receiver.poll_recv(context));
        Ok((Upload::new(content_type, size.exact(), pieces), fate))
    }
}

struct Pump {
    sender: Sender<Result<Bytes, UploadError>>,
    fate: Fate,
    limit: usize,
    time: Duration,
    least: u64,
}

impl Pump {
    /// Passes the body on to its end. The place is kept until then.
    async fn run<B>(self, body: B, _place: (OwnedSemaphorePermit, Option<Place>))
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if let Err(error) = self.pass(body).await {
            let _ = self.fate.set(error);
            // nobody waits for it where the server has answered already
            let _ = self.sender.send(Err(error)).await;
        }
    }

    async fn pass<B>(&self, mut body: B) -> Result<(), UploadError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (mut length, mut waited, mut enough) = (0_usize, Duration::ZERO, self.least);
        loop {
            let begun = Instant::now();
            let frame = timeout(self.time.saturating_sub(waited), body.frame()).await;
            let Some(frame) = frame.map_err(|_| UploadError::TooSlow)? else { return Ok(()) };
            waited += begun.elapsed();
            let Ok(piece) = frame.map_err(|_| UploadError::BrokeOff)?.into_data() else { continue };
            length = length.saturating_add(piece.len());
            if length > self.limit {
                return Err(UploadError::TooLong);
            }
            // what came fast earns no time to stand still afterwards
            if length as u64 >= enough {
                (enough, waited) = (length as u64 + self.least, Duration::ZERO);
            }
            if self.sender.send(Ok(piece)).await.is_err() {
                let _ = timeout(self.time, discard(body)).await;
                return Ok(());
            }
        }
    }
}

async fn discard<B>(mut body: B)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut length = 0;
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.into_data().map_or(0, |piece| piece.len());
        if length > MOST_DISCARDED {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::StreamExt;
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// `count` pieces of `size` bytes, `every` so often.
    fn body(count: usize, size: usize, every: Duration) -> impl Body<Data = Bytes> + Send + Unpin + 'static {
        let pieces = stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(every).await;
            Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b'x'; size])))
        });
        StreamBody::new(pieces.boxed())
    }

    fn uploads() -> Uploads {
        Uploads::new(&Limits { uploads: 2, uploads_per_address: 1, ..Limits::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_slow_to_take_it_costs_the_website_no_time() {
        let (upload, fate) = uploads().begin(body(100, 1000, SECOND / 10), "a/b", 1 << 20, None).unwrap();
        let mut pieces = upload.into_pieces();
        let mut length = 0;
        while let Some(piece) = pieces.next().await {
            length += piece.unwrap().len();
            tokio::time::sleep(SECOND * 5).await;
        }
        assert_eq!((length, fate.get()), (100_000, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_long_or_too_slow_ends_with_an_error_and_its_place_is_free_again() {
        let uploads = uploads();
        for (body, limit, expected) in [
            (body(100, 1000, Duration::ZERO), 5000, UploadError::TooLong),
            (body(100, 1000, SECOND), 1 << 20, UploadError::TooSlow),
        ] {
            let (upload, fate) = uploads.begin(body, "a/b", limit, "192.0.2.1".parse().ok()).unwrap();
            assert_eq!(upload.collect().await, Err(expected));
            assert_eq!(fate.get(), Some(&expected));
        }
        tokio::time::sleep(SECOND).await;
        assert_eq!(uploads.all.available_permits(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_cannot_take_all_places_and_nobody_more_than_there_are() {
        let uploads = uploads();
        let begin = |whose: &str| uploads.begin(body(9, 9, SECOND), "a/b", 100, whose.parse().ok());
        let refused = |whose: &str| begin(whose).err().map(|reply| reply.status);
        let first = begin("192.0.2.1").unwrap();
        assert_eq!(refused("192.0.2.1"), Some(503));
        let second = begin("192.0.2.2").unwrap();
        assert_eq!(refused("192.0.2.3"), Some(503));
        drop((first, second));
        // the rest is read, so that the websites hear the answer
        tokio::time::sleep(SECOND * 10).await;
        assert_eq!(uploads.all.available_permits(), 2);
        assert_eq!(refused("192.0.2.1"), None);
    }
}
