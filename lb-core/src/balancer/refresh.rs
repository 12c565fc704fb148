//! What the monitor says becomes the fleet; the last good one is kept for the next start.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Balancer;
use crate::api::Failure;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::fleet::{Fleet, FleetServer};
use crate::meeting::Stray;
use crate::server::{AdministratorWord, Server, ServerName, Service};
use crate::source::{MonitorReport, ReportedServer, ServerSource};
use crate::store::{FleetRecord, KeptServer};

/// How long a copy is remembered on a server that the fleet no longer has.
const COPIES_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// How often the fleet is kept although nothing but its age has changed.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// What was kept of the fleet last. The lock is held for a comparison, never across an await.
#[derive(Debug, Default)]
pub(super) struct KeptFleet(Mutex<Option<FleetRecord>>);

impl KeptFleet {
    /// Takes `record` over if it has to be kept again.
    fn is_news(&self, record: &FleetRecord) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let same =
            |kept: &FleetRecord| kept.servers == record.servers && record.good_at.since(kept.good_at) < KEEP_EVERY;
        let news = !kept.as_ref().is_some_and(same);
        if news {
            *kept = Some(record.clone());
        }
        news
    }

    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

impl Balancer {
    /// Takes up what an earlier run left: the last good fleet with the administrators' words, what policies have learnt, and
    /// claims whose creates were cut off. To be called once, before the first request.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`] if the store cannot be read; the observers are told why.
    pub async fn resume(&self) -> Result<(), Failure> {
        let record = self.stored(self.stores.fleet.load_fleet().await)?;
        self.presence.resume(self.clock.now(), record.as_ref().map(|record| record.good_at).unwrap_or_default());
        if let Some(record) = record {
            let words: BTreeMap<ServerName, AdministratorWord> =
                record.servers.iter().map(|kept| (kept.server.name.clone(), kept.word)).collect();
            let gone: Vec<_> =
                record.servers.iter().filter(|kept| kept.gone).map(|kept| kept.server.name.clone()).collect();
            let servers: Vec<_> = record.servers.into_iter().map(reported).collect();
            self.fleet.change(|fleet| {
                (fleet.with_report(MonitorReport::of(servers), &words, &self.rules, record.good_at).ok(), ())
            });
            for name in gone {
                self.note(&name, |server, _| server.gone = true).await;
            }
        }
        self.resume_awaited_words().await?;
        // what is shown of the past is no reason not to start
        if let Ok(steps) = self.stores.course.load_course().await {
            self.resume_course(&steps);
        }
        self.recall_learned().await;
        let now = self.clock.now();
        let ramp = self.rules.expected.ramp;
        let fleet = self.fleet();
        for server in fleet.servers() {
            let meetings = self.stored(self.store.meetings_on(&server.server.name).await)?;
            let young: Vec<_> =
                meetings.iter().filter(|meeting| now.since(meeting.created_at.as_past(now)) < ramp).collect();
            if !young.is_empty() {
                self.note(&server.server.name, |server, _| {
                    young.iter().for_each(|meeting| server.place(meeting.key.clone(), None, meeting.created_at));
                })
                .await;
            }
        }
        Ok(())
    }

    /// Polls the monitor once. Whatever is wrong with its answer, the fleet stays at least as it was; the trouble is
    /// shown in [`Fleet::monitor`] and told once.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn refresh(&self, source: &dyn ServerSource) {
        let polled = source.poll().await;
        let now = self.clock.now();
        let before = self.fleet();
        // the operators' own list: what it lacks was taken away
        let is_complete = polled.as_ref().is_ok_and(|report| report.may_be_empty);
        let problem = match polled {
            Ok(report) => {
                self.fleet.change(|fleet| match fleet.with_report(report, &self.awaited_words(), &self.rules, now) {
                    Ok(next) => (Some(next), None),
                    Err(refused) => {
                        (Some(fleet.with_monitor_trouble(refused.to_string(), now)), Some(refused.to_string()))
                    }
                })
            }
            Err(error) => self.fleet.change(|fleet| {
                let problem = error.to_string();
                (Some(fleet.with_monitor_trouble(problem.clone(), now)), Some(problem))
            }),
        };
        match (problem, &before.monitor().trouble) {
            (Some(problem), None) => self.tell(EventKind::MonitorFailed { problem }).await,
            (None, Some(_)) => self.tell(EventKind::MonitorRecovered).await,
            _ => {}
        }
        let after = self.fleet();
        self.tell_state_changes(&before, &after).await;
        self.tell_freeze(before.freeze(), after.freeze()).await;
        for server in after.servers() {
            self.tell_if_down(&server.server.name).await;
        }
        self.let_words_hold().await;
        self.drop_gone(&after, is_complete).await;
        self.forget_old_copies(&after).await;
        self.keep_fleet().await;
    }

    /// Lets go of servers that the monitor no longer has and that hold no meeting any more. One that an administrator has
    /// spoken of stays: the word must still hold when the monitor has it again. Where no monitor knows the servers
    /// (`is_complete`: what the source lacks is no more), one that was taken out of the network goes with its word.
    async fn drop_gone(&self, fleet: &Fleet, is_complete: bool) {
        let network = self.network();
        let removed = |server: &FleetServer| is_complete && network.server(&server.server.name).is_none();
        let forgettable = |server: &&Arc<FleetServer>| {
            server.gone && (server.word == AdministratorWord::Automatic || removed(server))
        };
        for server in fleet.servers().iter().filter(forgettable) {
            let name = &server.server.name;
            // a store in trouble has been told of; the next round tries again
            let _ = self.forget_lost(name).await;
            // claims before meetings: one that is confirmed in between is then seen as a meeting
            let claimed =
                self.store.claims().await.is_ok_and(|claims| claims.iter().any(|claim| claim.server == *name));
            let empty = self.store.meetings_on(name).await.is_ok_and(|meetings| meetings.is_empty());
            if empty && !claimed {
                // what it was asked to create and may never have; copies of meetings that are elsewhere it may yet bring back
                let possible = |stray: &&Stray| stray.server == *name && stray.superseded.is_none();
                for stray in self.store.strays().await.unwrap_or_default().iter().filter(possible) {
                    let _ = self.stored(self.store.clear_stray(&stray.key, name, Vec::new()).await);
                }
                self.fleet.change(|fleet| (Some(fleet.without(name)), ()));
                self.tell(EventKind::ServerDropped { server: name.clone() }).await;
            }
        }
    }

    /// Forgets copies on servers that have been away for so long that nobody is in them any more.
    async fn forget_old_copies(&self, fleet: &Fleet) {
        let now = self.clock.now();
        let old =
            |stray: &&Stray| fleet.server(&stray.server).is_none() && now.since(stray.since.as_past(now)) > COPIES_KEPT;
        for stray in self.store.strays().await.unwrap_or_default().iter().filter(old) {
            let _ = self.stored(self.store.clear_stray(&stray.key, &stray.server, Vec::new()).await);
        }
    }

    async fn keep_fleet(&self) {
        let fleet = self.fleet();
        let Some(good_at) = fleet.monitor().good_at else { return };
        let record = record_of(&fleet, good_at);
        if self.kept_fleet.is_news(&record) && self.stored(self.stores.fleet.save_fleet(record).await).is_err() {
            self.kept_fleet.forget();
            return;
        }
        // after the fleet: a word that has come to its server is kept with that first. A store in trouble has told of it
        let _ = self.keep_awaited_words().await;
    }
}

pub(super) fn record_of(fleet: &Fleet, good_at: Timestamp) -> FleetRecord {
    let servers = fleet.servers().iter().map(|member| KeptServer {
        server: Server::clone(&member.server),
        word: member.word,
        recording: member.recording,
        gone: member.gone,
        host: member.host,
        services: member.services.iter().map(|service| (service.name.clone(), service.state)).collect(),
    });
    FleetRecord { good_at: fleet.monitor().good_at.unwrap_or(good_at), servers: servers.collect() }
}

/// A kept server as a monitor that remembers no figures would report it.
fn reported(kept: KeptServer) -> ReportedServer {
    let service = |(name, state)| Service { name, state, output: String::new(), checked_at: None };
    ReportedServer {
        host: kept.host,
        services: kept.services.into_iter().map(service).collect(),
        recording: kept.recording,
        ..ReportedServer::unwatched(kept.server)
    }
}
