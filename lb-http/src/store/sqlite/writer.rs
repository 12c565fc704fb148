//! The writer: one thread that owns the database and makes one transaction of all the jobs that wait.
//!
//! ```text
//!  callers ──place──▶ queue ──▶ writer: take the first job and what waits behind it
//!                                 run each on a copy of indexes and network, write its rows
//!                                 COMMIT ──failed──▶ roll back; run each job alone, so that one bad job harms no other
//!                                 publish the copy, then answer
//! ```
//!
//! Nobody is answered, and no reader sees anything, before COMMIT has returned. With
//! [`Remember`](WhenUnavailable::Remember), jobs that the database cannot take are done in memory instead and answered; what
//! they would have written goes first into the next transaction that succeeds.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use lb_core::account::Accounts;
use lb_core::event::Event;
use lb_core::network::LiveNetwork;
use lb_core::store::{
    HookIndex, MeetingIndex, OutboxIndex, PublishedIndex, PublishedRecordings, RecordingIndex, StoreError,
};
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use super::buffer::EventBuffer;
use super::events;
use super::file::OwnFile;
use super::job::{Blame, Failure, Job, Task, Trouble, Way, Work};
use super::later::Later;
use crate::store::WhenUnavailable;

/// How many jobs wait at most; who comes then waits for a place.
const QUEUE: usize = 1024;

/// How many jobs share a transaction at most.
const BATCH: usize = 256;

/// How long recorded events wait at most for a transaction to be written with.
const EVENTS_WAIT: Duration = Duration::from_secs(1);

/// How long a database in trouble is left alone, where changes may wait in memory meanwhile.
const RETRY: Duration = Duration::from_secs(1);

/// How long [`Drop`] waits for what is being written.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// What the writer and those who ask it share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) index: PublishedIndex,
    pub(super) network: LiveNetwork,
    pub(super) accounts: ArcSwap<Accounts>,
    pub(super) hooks: ArcSwap<HookIndex>,
    pub(super) outbox: ArcSwap<OutboxIndex>,
    pub(super) recordings: PublishedRecordings,
    pub(super) events: EventBuffer,
    pub(super) commits: AtomicU64,
    /// Changes that are in memory only.
    pub(super) unwritten: AtomicUsize,
    /// Whether the database has failed since it was last checked and found good.
    pub(super) failed: AtomicBool,
}

enum Message {
    Job(Box<dyn Job>),
    Close,
}

/// The way to the writer.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Sender<Message>,
    places: Arc<Semaphore>,
    // the thread, and a channel that is closed when it has ended; taken by who waits for it
    thread: Mutex<Option<(JoinHandle<()>, Receiver<()>)>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        connection: Connection,
        file: OwnFile,
        when: WhenUnavailable,
        shared: Arc<Shared>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let (ending, ended) = channel();
        let serve = move || {
            let later = (when == WhenUnavailable::Remember).then(Later::default);
            let mut thread = WriterThread { connection, file, shared, taken: Vec::new(), later, trouble: None };
            thread.serve(&jobs);
            drop(thread);
            drop(ending);
        };
        let thread = thread::Builder::new().name("lb-sqlite".to_owned()).spawn(serve)?;
        let places = Arc::new(Semaphore::new(QUEUE));
        Ok(Self { queue, places, thread: Mutex::new(Some((thread, ended))) })
    }

    /// Has the writer run `job` and waits for its commit.
    ///
    /// # Cancel safety
    /// Until there is a place in the queue, dropping the future gives the job up; after that it is done all the same.
    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut Work<'_>) -> Result<T, Trouble> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        let task = Box::new(Task::new(job, answer, place));
        self.queue.send(Message::Job(task)).map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Has the writer run `job`, which nobody waits for. Where there is no place in the queue it is not done.
    pub(super) fn post<F>(&self, job: F)
    where
        F: Fn(&mut Work<'_>) -> Result<(), Trouble> + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return };
        let (answer, _) = oneshot::channel();
        // a writer that is gone has been told of
        let _ = self.queue.send(Message::Job(Box::new(Task::new(job, answer, place))));
    }

    /// Refuses everything that comes from now on.
    fn end(&self) -> Option<(JoinHandle<()>, Receiver<()>)> {
        self.places.close();
        // a writer that is gone already needs no word
        let _ = self.queue.send(Message::Close);
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Has everything written that waits, and waits for the end of the thread.
    pub(super) async fn close(&self) {
        if let Some((thread, _)) = self.end() {
            let _ = tokio::task::spawn_blocking(|| thread.join()).await;
        }
    }

    /// Refuses to do anything once it is closed.
    pub(super) fn check_open(&self) -> Result<(), StoreError> {
        if self.places.is_closed() { Err(closed()) } else { Ok(()) }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some((_, ended)) = self.end() {
            // Whoever drops it may be a task: it waits for the commit under way, and not for a disk that hangs.
            if ended.recv_timeout(LAST_WAIT) == Err(RecvTimeoutError::Timeout) {
                tracing::warn!("the database is still being written to");
            }
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

struct WriterThread {
    // closed before the file is given free
    connection: Connection,
    file: OwnFile,
    shared: Arc<Shared>,
    // recorded events on their way into the database
    taken: Vec<Event>,
    // changes on their way there, where they may wait
    later: Option<Later>,
    // what is wrong with the database, and until when it is left alone
    trouble: Option<(StoreError, Instant)>,
}

impl WriterThread {
    fn serve(&mut self, queue: &Receiver<Message>) {
        let mut open = true;
        while open {
            let mut jobs = Vec::new();
            match queue.recv_timeout(EVENTS_WAIT) {
                Ok(Message::Job(first)) => {
                    jobs.push(first);
                    while jobs.len() < BATCH {
                        match queue.try_recv() {
                            Ok(Message::Job(job)) => jobs.push(job),
                            Ok(Message::Close) => {
                                open = false;
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => open = false,
            }
            if !open {
                self.trouble = None;
            }
            self.run(jobs);
        }
        let unwritten = self.shared.unwritten.load(Ordering::Relaxed);
        if unwritten > 0 {
            tracing::error!(changes = unwritten, "changes could not be written before the end");
        }
        if !self.taken.is_empty() {
            tracing::warn!(events = self.taken.len(), "events could not be written before the end");
            self.shared.events.given_up(self.taken.len());
        }
    }

    /// Runs `jobs` and writes the recorded events, all in one transaction if it can be.
    fn run(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        self.shared.events.take(&mut self.taken);
        let failure = match self.together(&mut jobs) {
            Ok(()) => {
                self.taken.clear();
                self.shared.events.written();
                jobs.into_iter().for_each(Job::answer);
                return;
            }
            Err(failure) => failure,
        };
        if failure.blame != Blame::Job {
            self.shared.failed.store(true, Ordering::Relaxed);
        }
        // The events stay where they are and go with the next transaction.
        for job in jobs {
            let mut alone = [job];
            let result = self.alone(&mut alone, &failure);
            let [job] = alone;
            match result {
                Ok(()) => job.answer(),
                Err(failure) => job.fail(failure.error),
            }
        }
        self.count_unwritten();
    }

    /// Runs all jobs in one transaction, after what waited to be written.
    fn together(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        if let Some((error, until)) = &self.trouble
            && Instant::now() < *until
        {
            return Err(Failure { error: error.clone(), blame: Blame::Store });
        }
        let present = self.file.check().map_err(|error| Failure { error, blame: Blame::Store });
        let done = present.and_then(|()| self.attempt(jobs, &self.taken, Way::Now));
        // to write what waits again and again costs more than it brings
        let waits = self.later.as_ref().is_some_and(|later| later.len() > 0);
        let leave_alone = |failure: &Failure| waits || (self.later.is_some() && failure.blame == Blame::Store);
        match &done {
            Ok(()) => {
                self.later.iter_mut().for_each(|later| later.truncate(0));
                self.count_unwritten();
                self.trouble = None;
            }
            Err(failure) if leave_alone(failure) => {
                self.trouble = Some((failure.error.clone(), Instant::now() + RETRY));
            }
            Err(_) => {}
        }
        done
    }

    /// Runs one job after its batch has failed: on its own, in memory, or only as far as it needs no change.
    fn alone(&mut self, job: &mut [Box<dyn Job>], failure: &Failure) -> Result<(), Failure> {
        // what waits must be written before anything else is
        let may_be_written = failure.blame != Blame::Store && self.later.as_ref().is_none_or(|later| later.len() == 0);
        let failure = match may_be_written.then(|| self.attempt(job, &[], Way::Now)) {
            Some(Ok(())) => return Ok(()),
            Some(Err(failure)) if failure.blame == Blame::Job || self.later.is_none() => return Err(failure),
            Some(Err(failure)) => failure,
            None => Failure { error: failure.error.clone(), blame: failure.blame },
        };
        let Some(mut later) = self.later.take() else {
            return self.attempt(job, &[], Way::Nowhere(&failure.error));
        };
        let before = later.len();
        let done = self.attempt(job, &[], Way::Later(&failure.error, &mut later));
        if done.is_err() {
            later.truncate(before);
        }
        self.later = Some(later);
        done
    }

    fn count_unwritten(&self) {
        let unwritten = self.later.as_ref().map_or(0, Later::len);
        self.shared.unwritten.store(unwritten, Ordering::Relaxed);
    }

    /// Runs `jobs` and writes `events`: all is done, committed and published, or nothing is.
    fn attempt(&self, jobs: &mut [Box<dyn Job>], events: &[Event], way: Way<'_>) -> Result<(), Failure> {
        let mut index = MeetingIndex::clone(&self.shared.index.load());
        let mut network = self.shared.network.load();
        let mut accounts = self.shared.accounts.load_full();
        let mut hooks = HookIndex::clone(&self.shared.hooks.load());
        let mut outbox = OutboxIndex::clone(&self.shared.outbox.load());
        let mut recordings = RecordingIndex::clone(&self.shared.recordings.load());
        let mut work = Work {
            index: &mut index,
            network: &mut network,
            accounts: &mut accounts,
            hooks: &mut hooks,
            outbox: &mut outbox,
            recordings: &mut recordings,
            connection: &self.connection,
            way,
        };
        let done = self.write(jobs, events, &mut work);
        match done {
            Ok(()) => {
                self.shared.index.publish(index);
                self.shared.network.publish(network);
                self.shared.accounts.store(accounts);
                self.shared.hooks.store(Arc::new(hooks));
                self.shared.outbox.store(Arc::new(outbox));
                self.shared.recordings.publish(recordings);
                Ok(())
            }
            Err(failure) => {
                // SQLite itself has rolled back where it saw no other way
                if !self.connection.is_autocommit() {
                    let _ = self.connection.execute_batch("ROLLBACK");
                }
                Err(failure)
            }
        }
    }

    fn write(&self, jobs: &mut [Box<dyn Job>], events: &[Event], work: &mut Work<'_>) -> Result<(), Failure> {
        // taken out while a job runs in memory, whose changes come behind them
        let waiting = self.later.as_ref().filter(|later| later.len() > 0);
        if waiting.is_some() || !events.is_empty() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            waiting.map_or(Ok(()), |later| later.write(&self.connection))?;
            events::add(&self.connection, events)?;
        }
        for job in jobs {
            job.run(work)?;
        }
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT")?;
            self.shared.commits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}
