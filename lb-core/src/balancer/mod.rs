//! The [`Balancer`]: authenticate → decide → call → record.
//!
//! It opens no socket and spawns nothing. Whoever embeds it hands in a [`Gateway`], a clock and randomness, passes each
//! request of a website to [`Balancer::handle`], and calls [`Balancer::refresh`] and [`Balancer::follow`] every few seconds.
//!
//! | file | what |
//! |---|---|
//! | `builder` | how it is put together |
//! | `authenticate` | whose call it is |
//! | `limits` | what the plan says of a call |
//! | `known` | what is found out of a call while it is answered |
//! | `place` | which server a new meeting gets |
//! | `explain` | where a create would go, and why |
//! | `fences` | policies that did what none may do |
//! | `learning` | policies that learn: what they are told, and how it is kept |
//! | `contacts` | how the balancer and each server get on |
//! | `course` | the course of the load |
//! | `ask` | a call to a server, and what it tells of the server's health |
//! | `create`, `join`, `is_meeting_running`, `get_meeting_info`, `end`, `insert_document`, `get_meetings`, `get_meeting_events` | what each call does |
//! | `get_servers`, `get_sessions`, `config_xml`, `text_tracks` | more of them |
//! | `proxied` | what calls about one meeting have in common |
//! | `pass_through` | calls that a server may not have, and those that the balancer does not know |
//! | `breakout` | breakout rooms by their own ids |
//! | `down` | servers that are surely down, whose meetings are placed afresh |
//! | `alarms` | what an operator should look at |
//! | `refresh` | what the monitor says |
//! | `try_server` | whether a server that is not kept yet takes a secret |
//! | `follow` | what the servers list: which meetings have ended |
//! | `presence` | who came to which meeting and went, for reports |
//! | `get_recordings`, `change_recordings` | what calls about recordings do |
//! | `follow_recordings`, `recording_rounds` | what the servers list of their recordings, and when they are asked |
//! | `recordings` | what administrators do about recordings |
//! | `running` | the meetings that run, for administrators |
//! | `settle` | claims whose creator is gone |
//! | `store_health` | whether the store can be written to |
//! | `take_over` | callbacks, taken over from websites |
//! | `ended`, `recording_ready`, `analytics` | what servers call, in their place |
//! | `refused` | how often it is told of such calls that are not their server's |
//! | `deliver` | what websites are told |
//! | `hooks` | what websites hear of what goes on in their meetings |
//! | `trace` | all that is known of one meeting, in order |
//! | `examine`, `refusals`, `regulars`, `unreached` | what is wrong with a website's calls and callbacks |
//! | `support` | what is remembered for these, in memory |
//! | `aging` | events lose their names, and go |
//! | `report` | usage reports of the stored events |
//! | `rollups` | what reports need of past quarters of an hour, made in advance |
//! | `administration` | changes of integrations, plans, partners and routers |

mod administration;
mod aging;
mod alarms;
mod analytics;
mod ask;
mod authenticate;
mod breakout;
mod builder;
mod change_recordings;
mod config_xml;
mod contacts;
mod course;
mod create;
mod deliver;
mod down;
mod end;
mod ended;
mod examine;
mod explain;
mod fences;
mod follow;
mod follow_recordings;
mod get_meeting_events;
mod get_meeting_info;
mod get_meetings;
mod get_recordings;
mod get_servers;
mod get_sessions;
mod hooks;
mod insert_document;
mod is_meeting_running;
mod join;
mod known;
mod learning;
mod limits;
mod pass_through;
mod person;
mod place;
mod presence;
mod proxied;
mod read_events;
mod recording_ready;
mod recording_rounds;
mod recordings;
mod refresh;
mod refusals;
mod refused;
mod regulars;
mod report;
mod rollups;
mod running;
mod settle;
mod store_health;
mod support;
mod take_over;
#[cfg(test)]
mod tests;
mod text_tracks;
mod trace;
mod try_server;
mod unreached;
mod words;

use std::borrow::Cow;
use std::sync::Arc;

pub use self::administration::{Actor, AdministrationError, Applied, Expected, Wish};
pub use self::aging::EventRules;
pub use self::alarms::Alarm;
pub use self::analytics::AdmittedAnalytics;
pub use self::builder::{BalancerBuilder, Settings, VoiceBridges};
pub use self::ended::Heard;
pub use self::examine::{Examination, ExaminedCall, Finding, Severity, Used};
pub use self::explain::{
    ExplainError, ExplainRequest, Explanation, FencedPolicy, LeftOutReason, LeftOutServer, Outcome, RANKED_TOLD,
    RankedServer,
};
pub use self::hooks::HookHeard;
pub use self::place::Whereabouts;
pub use self::recordings::RecordingAction;
pub use self::report::ReportError;
pub use self::rollups::RollupProgress;
pub use self::running::{
    EndMeetingError, MEETINGS_PAGE, MeetingDetail, MeetingSearch, MeetingsPage, RunningMeeting, Seen,
};
pub use self::take_over::Relay;
pub use self::trace::{Incarnation, Source, Trace, TraceEntry, TracedCall};
pub use self::try_server::TryServerError;
pub use self::unreached::UnreachedHost;

use self::known::Known;

use crate::api::{
    self, ApiRequest, Call, Failure, Method, Reply, Route, SignedRequest, Upload, join_refusal, json, root,
};
use crate::checksum::{ChecksumVerifier, SharedSecrets};
use crate::clock::{Clock, Timestamp};
use crate::event::{Event, EventKind, Observer};
use crate::fleet::{Fleet, FleetRules, LiveFleet};
use crate::gateway::Gateway;
use crate::network::{Integration, Network, Plan};
use crate::placement::{PlacementPolicy, Policies};
use crate::position::Locator;
use crate::rng::Rng;
use crate::server::ServerName;
use crate::store::{MeetingStore, Stores};

/// A load balancer for BBB servers. See the module; [`Balancer::builder`] makes one.
#[derive(Debug)]
pub struct Balancer {
    settings: Settings,
    rules: Arc<FleetRules>,
    verifier: Arc<dyn ChecksumVerifier>,
    // the verifier, unless it is another
    secrets: Option<Arc<SharedSecrets>>,
    policies: Policies,
    // all of them, and the one that nearly every call needs
    stores: Stores,
    store: Arc<dyn MeetingStore>,
    gateway: Arc<dyn Gateway>,
    locator: Arc<dyn Locator>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    observers: Vec<Arc<dyn Observer>>,
    relay: Option<Relay>,
    // these are shared with the balancers that come before and after this one in the same process
    fleet: Arc<LiveFleet>,
    kept_fleet: Arc<refresh::KeptFleet>,
    store_health: Arc<store_health::StoreHealth>,
    undelivered: Arc<deliver::Undelivered>,
    server_hooks: Arc<hooks::ServerHooks>,
    refused: Arc<refused::Refused>,
    presence: Arc<presence::Presence>,
    usage: Arc<limits::Usage>,
    recording_rounds: Arc<recording_rounds::RecordingRounds>,
    words: Arc<words::AwaitedWords>,
    support: Arc<support::Support>,
    contacts: Arc<contacts::Contacts>,
    course: Arc<course::LiveCourse>,
    rollups: Arc<rollups::Rollups>,
    fences: Arc<fences::Fences>,
    learning: Arc<learning::Learning>,
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
    /// Calls that only read may be dropped at any time. A call that [changes state](Call::changes_state), or that
    /// [`Call`] does not know, must be run to its end: dropped half-way, a meeting may exist that only the settlement of its claim finds again.
    pub async fn handle(&self, request: &ApiRequest) -> Reply {
        self.handle_with(request, None).await
    }

    /// The same for a request whose body is not in it, but comes as `upload`: for calls that [take one](Call::takes_upload).
    /// Whose call it is and where it goes is known before the first piece is asked for.
    ///
    /// # Cancel safety
    /// As of [`handle`](Self::handle).
    pub async fn handle_upload(&self, request: &ApiRequest, upload: Upload) -> Reply {
        self.handle_with(request, Some(upload)).await
    }

    async fn handle_with(&self, request: &ApiRequest, upload: Option<Upload>) -> Reply {
        let upload = upload.filter(|upload| upload.length != Some(0));
        let started = self.clock.now();
        let Some(route) = request.route() else { return Reply::plain(404, "not found\n") };
        let call = Call::named(route.call);
        if call == Some(Call::Root) {
            return root::reply(&self.settings.about);
        }
        if call == Some(Call::HooksPing) && self.relay.is_some() {
            return api::hooks::ping();
        }
        if request.method == Method::Head {
            // mail scanners and prefetchers send HEAD to join URLs: nobody may be created by that
            return Reply::xml("");
        }
        let mut known = Known::default();
        let result = match call {
            Some(call) => self.answer(call, request, route, upload, &mut known).await,
            None => self.answer_unknown(request, route, &mut known).await,
        };
        let name: Cow<'static, str> = call.map_or("unknown", Call::name).into();
        let answered = match result {
            Ok(answered) => answered,
            Err(failure) => {
                if failure.is_refusal() && self.is_told(failure, known.integration.as_ref()) {
                    self.support.refusals.note(refusals::Refused::new(
                        failure,
                        request,
                        route,
                        &known,
                        self.clock.now(),
                    ));
                    let (call, key, hint) = (name.clone(), failure.key().into(), known.hint.clone());
                    let (integration, reason) = (known.integration.clone(), failure.reason().into());
                    let address = request.address;
                    self.tell(EventKind::CallRefused { call, integration, key, reason, address, hint }).await;
                }
                let mut answered = Answered::refused(failure);
                match call {
                    Some(Call::Join) => {
                        answered.reply = join_refusal::reply(failure, request, known.integration.is_some());
                    }
                    Some(call) if call.answers_json() => answered.reply = json::refused(failure),
                    _ => {}
                }
                answered
            }
        };
        if let Some(name) = &known.integration {
            self.support.regulars.called(name, call, request.address, answered.success, self.clock.now());
        }
        self.emit(EventKind::CallAnswered {
            call: name,
            integration: known.integration,
            meeting: known.meeting,
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
        route: Route<'_>,
        upload: Option<Upload>,
        known: &mut Known,
    ) -> Result<Answered, Failure> {
        let (signed, mut upload) = match upload {
            Some(upload) => (request.read_query(), Some(upload)),
            None if call == Call::PutRecordingTextTrack => (request.read_query(), request.upload()),
            None => (request.read()?, None),
        };
        let (integration, plan) = self.admitted(call.name(), request, route, &signed, known).await?;
        if let Some(upload) = &mut upload {
            upload.admit(&integration.name)?;
        }
        match call {
            Call::Root => Ok(Answered::locally(root::reply(&self.settings.about))),
            Call::Create => self.create(&integration, &plan, request, signed).await,
            Call::Join => self.join(&integration, &plan, signed.params).await,
            Call::IsMeetingRunning => self.is_meeting_running(&integration, signed.params).await,
            Call::End => self.end(&integration, signed.params).await,
            Call::GetMeetingInfo => self.get_meeting_info(&integration, signed.params).await,
            Call::GetMeetings => self.get_meetings(&integration).await,
            Call::GetMeetingEvents => self.get_meeting_events(&integration, &signed.params).await,
            Call::InsertDocument => self.insert_document(&integration, signed, upload).await,
            Call::SendChatMessage => self.send_chat_message(&integration, signed.params).await,
            Call::GetSessions => self.get_sessions(&integration).await,
            Call::GetServers => Ok(self.get_servers(&integration)),
            Call::GetDefaultConfigXml => self.get_default_config_xml(&integration, signed.params).await,
            Call::SetConfigXml => self.set_config_xml(&integration, signed.params).await,
            Call::GetRecordingTextTracks => self.get_text_tracks(&integration, signed.params).await,
            Call::PutRecordingTextTrack => self.put_text_track(&integration, signed.params, upload).await,
            Call::GetRecordings => self.get_recordings(&integration, signed.params).await,
            Call::PublishRecordings => self.publish_recordings(&integration, signed.params).await,
            Call::DeleteRecordings => self.delete_recordings(&integration, signed.params).await,
            Call::UpdateRecordings => self.update_recordings(&integration, signed.params).await,
            Call::HooksCreate => self.hooks_create(&integration, &signed.params).await,
            Call::HooksDestroy => self.hooks_destroy(&integration, &signed.params).await,
            Call::HooksList => self.hooks_list(&integration, &signed.params).await,
            Call::HooksPing => Err(Failure::UnsupportedRequest),
        }
    }

    /// Whose call it is, if they may make any.
    async fn admitted(
        &self,
        call: &str,
        request: &ApiRequest,
        route: Route<'_>,
        signed: &SignedRequest,
        known: &mut Known,
    ) -> Result<(Arc<Integration>, Arc<Plan>), Failure> {
        let integration = self.authenticate(call, request, route, signed, &mut known.hint).await?;
        known.found(&integration.name, &signed.params);
        let plan = Arc::clone(self.network().plan_of(&integration));
        self.let_in(call, &integration, &plan)?;
        Ok((integration, plan))
    }

    /// What it goes by.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The present moment by the balancer's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The fleet as it is now.
    pub fn fleet(&self) -> Arc<Fleet> {
        self.fleet.load()
    }

    /// Judges every server anew by this balancer's rules, at once and not only at the next news of it. For a balancer that
    /// [succeeds](BalancerBuilder::succeeding) another.
    ///
    /// # Cancel safety
    /// May be dropped at any time; a change of state may then be told to nobody.
    pub async fn judge_anew(&self) {
        let (before, after) = self.fleet.change(|fleet| {
            let next = fleet.judged_by(&self.rules);
            (Some(next.clone()), (fleet.clone(), next))
        });
        self.tell_state_changes(&before, &after).await;
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn MeetingStore> {
        &self.store
    }

    /// The placement policy of the router called `name`.
    pub fn policy(&self, name: &str) -> Option<Arc<dyn PlacementPolicy>> {
        let network = self.network();
        self.policies.of(network.router(name)?, &network)
    }

    /// Who may use the balancer now, and how: integrations, plans, partners, routers. A call looks once and goes by that.
    pub fn network(&self) -> Arc<Network> {
        self.stores.network.network()
    }

    /// What keeps the balancer from doing its job, in sentences; empty if it is ready.
    pub async fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        troubles.extend(self.store_trouble().await);
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

    fn event(&self, kind: EventKind) -> Event {
        Event { at: self.clock.now(), kind }
    }

    /// Shows an event to the observers.
    fn show(&self, event: &Event) {
        self.support.journal.observe(event);
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
}
