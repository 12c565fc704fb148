//! [`Uploads`]: bodies that go on to a server while they come, and are never held.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::Body;
use lb_core::IntegrationName;
use lb_core::api::{Reply, Upload, UploadError};
use tokio::sync::mpsc::{self, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout};

use super::Limits;
use super::addresses::{Addresses, Place};
use super::websites::{WebsitePlace, Websites};

/// What is read of a body that nobody wants any more. Its website hears the answer: a connection that is closed over bytes
/// that were not read takes the answer with it.
const MOST_DISCARDED: usize = 1 << 20;

/// The places for all uploads under way, and each address's and each integration's share of them.
pub(super) struct Uploads {
    all: Arc<Semaphore>,
    addresses: Arc<Addresses>,
    websites: Arc<Websites>,
    time: Duration,
    /// Bytes that come at least within `time`, unless the body ends.
    least: u64,
}

/// What became of a body that did not come whole; nothing as long as all is well.
pub(super) type Fate = Arc<OnceLock<Trouble>>;

/// Why a body did not come whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The body itself.
    Body(UploadError),
    /// There was no place for it.
    NoPlace,
}

/// The places of one upload, but for its address's.
type Places = (OwnedSemaphorePermit, WebsitePlace);

/// The answer to a website whose body did not come whole.
pub(super) fn refusal(trouble: Trouble) -> Reply {
    match trouble {
        Trouble::Body(UploadError::TooLong) => Reply::plain(413, "the body is too long\n"),
        Trouble::Body(UploadError::TooSlow) => Reply::plain(408, "the body came too slowly\n"),
        Trouble::Body(UploadError::BrokeOff) => Reply::plain(400, "the body broke off\n"),
        Trouble::NoPlace => Reply::plain(503, "too many uploads are under way\n"),
    }
}

impl Uploads {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.uploads)),
            addresses: Addresses::new(limits.uploads_per_address),
            websites: Websites::new(limits.uploads_per_integration),
            time: limits.body_time,
            least: limits.body_time.as_secs() * limits.body_rate,
        }
    }

    /// Begins to read a body of up to `limit` bytes, no faster than its server takes it. The time that the server takes is not
    /// the website's. Nothing is read, and no place but its address's is taken, before it is known whose it is. `whose` is the
    /// address whose share it takes; absent for trusted proxies.
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
            return Err(refusal(Trouble::Body(UploadError::TooLong)));
        }
        let share = whose.map(|address| self.addresses.enter(address).ok_or_else(|| refusal(Trouble::NoPlace)));
        let share = share.transpose()?;
        // one piece waits for the server while the next one comes
        let (sender, mut receiver) = mpsc::channel(1);
        let (admit, admitted) = oneshot::channel();
        let fate = Fate::default();
        let pump = Pump { sender, fate: Arc::clone(&fate), limit, time: self.time, least: self.least };
        tokio::spawn(pump.run(body, share, admitted));
        let pieces = stream::poll_fn(move |context| receiver.poll_recv(context));
        let (all, websites, told) = (Arc::clone(&self.all), Arc::clone(&self.websites), Arc::clone(&fate));
        let gate = move |integration: &IntegrationName| {
            let places = websites.enter(integration).and_then(|own| Some((all.try_acquire_owned().ok()?, own)));
            let is_admitted = places.is_some_and(|places| admit.send(places).is_ok());
            if !is_admitted {
                let _ = told.set(Trouble::NoPlace);
            }
            is_admitted
        };
        Ok((Upload::new(content_type, size.exact(), pieces).asking(gate), fate))
    }
}

struct Pump {
    sender: Sender<Result<Bytes, UploadError>>,
    fate: Fate,
    limit: usize,
    time: Duration,
    least: u64,
}

/// How far a body came.
enum Passed {
    Whole,
    /// Nobody wants the rest of it.
    Unwanted,
}

impl Pump {
    /// Passes the body on to its end. The places are kept for as long as somebody wants it, the address's until it is done.
    async fn run<B>(self, mut body: B, _share: Option<Place>, admitted: oneshot::Receiver<Places>)
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let Ok(places) = admitted.await else {
            // whoever takes pieces all the same must not take none for the whole
            let _ = self.sender.try_send(Err(UploadError::BrokeOff));
            let _ = timeout(self.time, discard(body)).await;
            return;
        };
        let passed = self.pass(&mut body).await;
        drop(places);
        match passed {
            Ok(Passed::Whole) => {}
            Ok(Passed::Unwanted) => {
                let _ = timeout(self.time, discard(body)).await;
            }
            Err(error) => {
                let _ = self.fate.set(Trouble::Body(error));
                // nobody waits for it where the server has answered already
                let _ = self.sender.send(Err(error)).await;
            }
        }
    }

    async fn pass<B>(&self, body: &mut B) -> Result<Passed, UploadError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (mut length, mut waited, mut enough) = (0_usize, Duration::ZERO, self.least);
        loop {
            let begun = Instant::now();
            let frame = tokio::select! {
                biased;
                () = self.sender.closed() => return Ok(Passed::Unwanted),
                frame = timeout(self.time.saturating_sub(waited), body.frame()) => frame,
            };
            let Some(frame) = frame.map_err(|_| UploadError::TooSlow)? else { return Ok(Passed::Whole) };
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
                return Ok(Passed::Unwanted);
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
        let limits = Limits { uploads: 2, uploads_per_address: 1, uploads_per_integration: 1, ..Limits::default() };
        Uploads::new(&limits)
    }

    /// The same once it is known that it is moodle's.
    fn of_moodle((mut upload, fate): (Upload, Fate)) -> (Upload, Fate) {
        assert_eq!(upload.admit(&"moodle".into()), Ok(()));
        (upload, fate)
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_slow_to_take_it_costs_the_website_no_time() {
        let (upload, fate) = of_moodle(uploads().begin(body(100, 1000, SECOND / 10), "a/b", 1 << 20, None).unwrap());
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
            let begun = uploads.begin(body, "a/b", limit, "192.0.2.1".parse().ok()).unwrap();
            let (upload, fate) = of_moodle(begun);
            assert_eq!(upload.collect().await, Err(expected));
            assert_eq!(fate.get(), Some(&Trouble::Body(expected)));
        }
        tokio::time::sleep(SECOND).await;
        assert_eq!(uploads.all.available_permits(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_cannot_begin_many() {
        let uploads = uploads();
        let begin = |whose: &str| uploads.begin(body(9, 9, SECOND), "a/b", 100, whose.parse().ok());
        let refused = |whose: &str| begin(whose).err().map(|reply| reply.status);
        let first = begin("192.0.2.1").unwrap();
        assert_eq!(refused("192.0.2.1"), Some(503));
        assert_eq!(refused("192.0.2.2"), None);
        drop(first);
        // the rest is read, so that the website hears the answer
        tokio::time::sleep(SECOND * 10).await;
        assert_eq!(refused("192.0.2.1"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn only_who_is_known_takes_a_place_and_no_integration_takes_all() {
        let uploads = uploads();
        let begin = || uploads.begin(body(9, 9, SECOND), "a/b", 100, None).unwrap();
        let strangers: Vec<_> = (0..9).map(|_| begin()).collect();
        assert_eq!(uploads.all.available_permits(), 2);
        let admitted = |name: &str| {
            let (mut upload, fate) = begin();
            let admitted = upload.admit(&name.into()).is_ok();
            assert_eq!(fate.get(), Some(&Trouble::NoPlace).filter(|_| !admitted), "{name}");
            Some(upload).filter(|_| admitted)
        };
        let moodle = admitted("moodle").unwrap();
        assert!(admitted("moodle").is_none(), "it has its share");
        let portal = admitted("portal").unwrap();
        assert!(admitted("wiki").is_none(), "all are taken");
        assert_eq!(refusal(Trouble::NoPlace).status, 503);
        drop((moodle, portal));
        // long before the bodies have come
        tokio::time::sleep(SECOND / 10).await;
        assert_eq!(uploads.all.available_permits(), 2);
        assert!(admitted("moodle").is_some());
        let (upload, _) = strangers.into_iter().next().unwrap();
        assert_eq!(upload.collect().await, Err(UploadError::BrokeOff), "nobody was asked");
    }
}
