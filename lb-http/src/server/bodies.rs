//! [`Bodies`]: the bodies of requests, read within what they may cost.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use lb_core::api::Reply;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::Limits;
use super::addresses::{Addresses, Place};

/// The memory for all bodies under way, and each address's share of it.
pub(super) struct Bodies {
    /// In KiB.
    all: Arc<Semaphore>,
    /// In KiB.
    shares: Arc<Addresses>,
    time: Duration,
    /// Bytes that come at least within `time`, unless the body ends.
    least: u64,
}

/// The memory that one body takes, until it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    all: OwnedSemaphorePermit,
    /// Absent for trusted proxies.
    share: Option<Place>,
}

impl Bodies {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.all_bodies >> 10)),
            shares: Addresses::new(limits.bodies_per_address >> 10),
            time: limits.body_time,
            least: limits.body_time.as_secs() * limits.body_rate,
        }
    }

    /// Reads a body of up to `limit` bytes. It takes its room as it comes: one that is only announced takes nothing from
    /// others. `whose` is the address whose share it takes; absent for trusted proxies.
    pub(super) async fn read<B>(&self, mut body: B, limit: usize, whose: Option<IpAddr>) -> Result<(Bytes, Room), Reply>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if body.size_hint().lower() > limit as u64 {
            return Err(Reply::plain(413, "the body is too long\n"));
        }
        // no room is taken for more than is announced
        let most = body.size_hint().upper().map_or(limit, |upper| limit.min(usize::try_from(upper).unwrap_or(limit)));
        let mut room = self.room(whose)?;
        // one piece: many small ones, as they may come, would each keep the buffer that they came in
        let mut whole = Vec::new();
        let mut deadline = Instant::now() + self.time;
        let mut enough = self.least;
        while let Some(frame) =
            timeout_at(deadline, body.frame()).await.map_err(|_| Reply::plain(408, "the body came too slowly\n"))?
        {
            let frame = frame.map_err(|_| Reply::plain(400, "the body broke off\n"))?;
            let Ok(piece) = frame.into_data() else { continue };
            let length = whole.len() + piece.len();
            if length > limit {
                return Err(Reply::plain(413, "the body is too long\n"));
            }
            if length > whole.capacity() {
                let capacity = (whole.capacity() * 2).min(most).max(length);
                self.grow(&mut room, capacity.div_ceil(1 << 10))?;
                whole.reserve_exact(capacity - whole.len());
            }
            whole.extend_from_slice(&piece);
            // what came fast earns no time to stand still afterwards
            if length as u64 >= enough {
                enough = length as u64 + self.least;
                deadline = Instant::now() + self.time;
            }
        }
        Ok((whole.into(), room))
    }

    fn room(&self, whose: Option<IpAddr>) -> Result<Room, Reply> {
        let share = whose.map(|address| self.shares.enter(address).ok_or_else(too_many)).transpose()?;
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| too_many())?;
        Ok(Room { all, share })
    }

    /// Makes the room `kib` large, if it is not.
    fn grow(&self, room: &mut Room, kib: usize) -> Result<(), Reply> {
        let more = kib.saturating_sub(room.all.num_permits());
        if room.share.as_mut().is_some_and(|share| !share.grow(more)) {
            return Err(too_many());
        }
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        room.all.merge(Arc::clone(&self.all).try_acquire_many_owned(more).map_err(|_| too_many())?);
        Ok(())
    }
}

fn too_many() -> Reply {
    Reply::plain(503, "too many bodies are under way\n")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt, Stream, StreamExt, stream};
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    const MIB: usize = 1 << 20;
    const SECOND: Duration = Duration::from_secs(1);

    type Pieces = stream::BoxStream<'static, Result<Frame<Bytes>, Infallible>>;

    /// A body of `count` pieces of `size` bytes, `every` so often.
    fn pieces(count: usize, size: usize, every: Duration) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(every).await;
            Ok(Frame::data(Bytes::from(vec![b'x'; size])))
        })
    }

    fn body(pieces: impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send + 'static) -> StreamBody<Pieces> {
        StreamBody::new(pieces.boxed())
    }

    fn status<T>(read: Result<T, Reply>) -> u16 {
        read.map_or_else(|refused| refused.status, |_| 200)
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_cannot_take_all_the_room_from_others() {
        let bodies = Bodies::new(&Limits::default());
        let (stranger, other) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok());
        let stuck = || body(pieces(41 * 16, 64 << 10, Duration::ZERO).chain(stream::pending()));
        let mut held: Vec<_> = (0..8).map(|_| Box::pin(bodies.read(stuck(), 42 * MIB, stranger))).collect();
        let mut refused = 0;
        for _ in 0..1000 {
            held.retain_mut(|read| match read.as_mut().now_or_never() {
                Some(Err(reply)) => {
                    refused += usize::from(reply.status == 503);
                    false
                }
                _ => true,
            });
            tokio::time::advance(Duration::from_millis(2)).await;
        }
        assert!(held.len() == 2 && refused == 6, "{} held, {refused} refused", held.len());
        let whole = || body(pieces(42, MIB, Duration::ZERO));
        assert_eq!(status(bodies.read(whole(), 42 * MIB, other).await), 200);
        assert_eq!(status(bodies.read(whole(), 42 * MIB, None).await), 200);
        assert_eq!(status(bodies.read(whole(), 42 * MIB, stranger).await), 503);
        drop(held);
        assert_eq!(status(bodies.read(whole(), 42 * MIB, stranger).await), 200, "the room is given back");
        assert_eq!(bodies.all.available_permits(), 256 << 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_body_may_take_as_long_as_it_comes_steadily() {
        let bodies = Bodies::new(&Limits::default());
        // 1 Mbit/s
        let slow = body(pieces(336, 125_000, SECOND));
        let (whole, _room) = bodies.read(slow, 42 * MIB, None).await.unwrap();
        assert_eq!(whole.len(), 42_000_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_or_stands_still_is_cut() {
        let bodies = Bodies::new(&Limits::default());
        let begun = Instant::now();
        assert_eq!(status(bodies.read(body(pieces(1000, 1, SECOND)), 42 * MIB, None).await), 408);
        assert_eq!(begun.elapsed(), SECOND * 30);

        let begun = Instant::now();
        let stops = body(pieces(41, MIB, Duration::ZERO).chain(pieces(1000, 1, SECOND)));
        assert_eq!(status(bodies.read(stops, 42 * MIB, None).await), 408);
        assert!(begun.elapsed() < SECOND * 31, "{:?}", begun.elapsed());
    }
}
