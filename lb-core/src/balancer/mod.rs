//! The [`Balancer`]: authenticate → decide → call → record.
//!
//! It opens no socket and spawns nothing. Whoever embeds it hands in a [`Gateway`], a clock and randomness, passes each
//! request of a website to [`Balancer::handle`], and calls [`Balancer::refresh`] and [`Balancer::follow`] every few seconds.
//!
//! | file | what |
//! |---|---|
//! | `builder` | how it is put together |
//! | `authenticate` | whose call it is |
//! | `place` | which server a new meeting gets |
//! | `ask` | a call to a server, and what it tells of the server's health |
//! | `create`, `join`, `is_meeting_running`, `get_meeting_info`, `end`, `get_meetings` | what each call does |
//! | `proxied` | what calls about one meeting have in common |
//! | `refresh` | what the monitor says |
//! | `follow` | what the servers list: which meetings have ended |
//! | `settle` | claims whose creator is gone |
//! | `ended` | callbacks: taken over from websites, heard from servers |
//! | `deliver` | what websites are told |

mod ask;
mod authenticate;
mod builder;
mod create;
mod deliver;
mod end;
mod ended;
mod follow;
mod get_meeting_info;
mod get_meetings;
mod is_meeting_running;
mod join;
mod place;
mod proxied;
mod refresh;
mod settle;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::builder::{BalancerBuilder, Settings, VoiceBridges};
pub use self::deliver::{DELIVERED_AT_ONCE, DELIVERED_TO_ONE};
pub use self::ended::{Heard, Relay};

use crate::api::{ApiRequest, Call, Failure, Method, Reply, root};
use crate::callback::DeliveryId;
use crate::checksum::ChecksumVerifier;
use crate::clock::{Clock, Timestamp};
use crate::event::{Event, EventKind, Observer};
use crate::fleet::{Fleet, FleetRules, LiveFleet};
use crate::gateway::Gateway;
use crate::integration::{IntegrationName, Integrations};
use crate::placement::PlacementPolicy;
use crate::position::Locator;
use crate::rng::Rng;
use crate::server::ServerName;
use crate::store::{FleetStore, MeetingStore, StoreError};

/// A load balancer for BBB servers. See the module; [`Balancer::builder`] makes one.
#[derive(Debug)]
pub struct Balancer {
    settings: Settings,
    rules: Arc<FleetRules>,
    integrations: Arc<Integrations>,
    verifier: Arc<dyn ChecksumVerifier>,
    routers: HashMap<String, Arc<dyn PlacementPolicy>>,
    store: Arc<dyn MeetingStore>,
    fleet_store: Arc<dyn FleetStore>,
    gateway: Arc<dyn Gateway>,
    locator: Arc<dyn Locator>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    observers: Vec<Arc<dyn Observer>>,
    fleet: LiveFleet,
    kept_fleet: refresh::KeptFleet,
    store_failed: AtomicBool,
    relay: Option<Relay>,
    // what came of deliveries and could not be stored; held for one look or one change
    undelivered: Mutex<HashMap<DeliveryId, deliver::Outcome>>,
}

/// How a call was answered, for the website and for the log.
struct Answered {
    reply: Reply,
    key: Cow<'static, str>,
    success: bool,
    server: Option<ServerName>,
}

impl Answered {
    fn locally(reply: Reply) -> Self {
        Self { reply, key: Cow::Borrowed(""), success: true, server: None }
    }

    fn refused(failure: Failure) -> Self {
        Self { reply: failure.reply(), key: failure.key().into(), success: false, server: None }
    }
}

impl Balancer {
    /// Answers one request of a website.
    ///
    /// A request whose path is none of the API gets status 404. All else is answered as BBB does: status 200 with XML, or a
    /// redirect.
    ///
    /// # Cancel safety
    /// Calls that only read may be dropped at any time. A call that [changes state](Call::changes_state) must be run to its
    /// end: dropped half-way, a meeting may exist that only the settlement of its claim finds again.
    pub async fn handle(&self, request: &ApiRequest) -> Reply {
        let started = self.clock.now();
        let Some(route) = request.route() else { return Reply::plain(404, "not found\n") };
        let call = Call::named(route.call);
        if call == Some(Call::Root) {
            return root::reply(&self.settings.about);
        }
        if request.method == Method::Head {
            // mail scanners and prefetchers send HEAD to join URLs: nobody may be created by that
            return Reply::xml("");
        }
        let mut integration = None;
        let result = match call {
            Some(call) => self.answer(call, request, route, &mut integration).await,
            None => Err(Failure::UnsupportedRequest),
        };
        let name: Cow<'static, str> = call.map_or("unknown", Call::name).into();
        let answered = match result {
            Ok(answered) => answered,
            Err(failure) => {
                if failure.is_refusal() {
                    let (call, integration, key) = (name.clone(), integration.clone(), failure.key().into());
                    self.tell(EventKind::CallRefused { call, integration, key, address: request.address }).await;
                }
                Answered::refused(failure)
            }
        };
        self.emit(EventKind::CallAnswered {
            call: name,
            integration,
            server: answered.server,
            key: answered.key,
            success: answered.success,
            took: self.clock.now().since(started),
        });
        answered.reply
    }

    async fn answer(
        &self,
        call: Call,
        request: &ApiRequest,
        route: crate::api::Route<'_>,
        caller: &mut Option<IntegrationName>,
    ) -> Result<Answered, Failure> {
        let signed = request.read()?;
        let integration = self.authenticate(call, request, route, &signed).await?;
        *caller = Some(integration.name.clone());
        if !integration.active {
            return Err(Failure::NotAllowed);
        }
        match call {
            Call::Root => Ok(Answered::locally(root::reply(&self.settings.about))),
            Call::Create => self.create(&integration, request, signed).await,
            Call::Join => self.join(&integration, signed.params).await,
            Call::IsMeetingRunning => self.is_meeting_running(&integration, signed.params).await,
            Call::End => self.end(&integration, signed.params).await,
            Call::GetMeetingInfo => self.get_meeting_info(&integration, signed.params).await,
            Call::GetMeetings => self.get_meetings(&integration).await,
        }
    }

    /// The present moment by the balancer's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The fleet as it is now.
    pub fn fleet(&self) -> Arc<Fleet> {
        self.fleet.load()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn MeetingStore> {
        &self.store
    }

    /// The integrations.
    pub fn integrations(&self) -> &Arc<Integrations> {
        &self.integrations
    }

    /// What keeps the balancer from doing its job, in sentences; empty if it is ready.
    pub async fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        if let Err(error) = self.check_store().await {
            troubles.push(error.to_string());
        }
        let fleet = self.fleet();
        if fleet.servers().is_empty() {
            troubles.push(match &fleet.monitor().trouble {
                Some((_, problem)) => format!("no server is known: {problem}"),
                None => "no server is known".to_owned(),
            });
        } else if !fleet.servers().iter().any(|server| server.state().takes_calls()) {
            troubles.push("no server answers".to_owned());
        }
        troubles
    }

    /// What is to be answered where no such meeting is known.
    fn unknown_meeting(&self) -> Failure {
        if self.settings.legacy_errors { Failure::InvalidMeetingIdentifier } else { Failure::NotFound }
    }

    /// Whether the store can be written to; tells when its trouble ends.
    async fn check_store(&self) -> Result<(), StoreError> {
        self.store.check().await?;
        if self.store_failed.swap(false, Ordering::Relaxed) {
            self.emit(EventKind::StoreRecovered);
        }
        Ok(())
    }

    fn undelivered(&self) -> MutexGuard<'_, HashMap<DeliveryId, deliver::Outcome>> {
        self.undelivered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { at: self.clock.now(), kind }
    }

    /// Shows an event to the observers.
    fn show(&self, event: &Event) {
        for observer in &self.observers {
            observer.observe(event);
        }
    }

    fn emit(&self, kind: EventKind) {
        self.show(&self.event(kind));
    }

    /// Shows an event to the observers and stores it if it is one that is kept.
    async fn tell(&self, kind: EventKind) {
        let event = self.event(kind);
        self.show(&event);
        if event.kind.is_stored() {
            // what the event tells of has happened whether or not it can be stored
            let _ = self.stored(self.store.record(vec![event]).await);
        }
    }

    /// Passes a result of the store on, and tells when its trouble begins. A success does not end it: stores go on
    /// answering from memory while nothing can be written.
    fn stored<T>(&self, result: Result<T, StoreError>) -> Result<T, Failure> {
        match result {
            Ok(value) => Ok(value),
            Err(StoreError::Fenced) => Err(Failure::StoreTrouble),
            Err(error) => {
                if !self.store_failed.swap(true, Ordering::Relaxed) {
                    self.emit(EventKind::StoreFailed { problem: error.to_string() });
                }
                Err(Failure::StoreTrouble)
            }
        }
    }
}
