//! What a create does.
//!
//! ```text
//!   known? ──a meeting──▶ the same create to its server; placed afresh if that is confirmed down
//!     │  └──a claim────▶ wait until it is settled, then look again
//!     │no
//!   place ──▶ claim (durable) ──▶ send ──▶ SUCCESS ──▶ confirm (durable) ──▶ tell the website
//!     ▲                            │
//!     └── next in the ranking ◀────┴── not sent; or no usable answer: the copy that may be there is noted as a stray
//! ```

use std::sync::Arc;

use bytes::Bytes;

use super::place::{Place, Wanted, Whereabouts};
use super::settle::Asked;
use super::{Answered, Balancer, VoiceBridges};
use crate::api::create::{Create, Created, DRAWN_VOICE_BRIDGES};
use crate::api::{Answer, ApiRequest, Failure, Params, Reply, SignedRequest, stamp};
use crate::callback::Callbacks;
use crate::clock::Timestamp;
use crate::event::{Ended, EventKind, Placement};
use crate::fleet::FleetServer;
use crate::gateway::{GatewayError, ServerCall};
use crate::meeting::{Claim, ClaimToken, InternalMeetingId, Meeting, MeetingKey, Passwords, Stray};
use crate::network::{Integration, Plan};
use crate::rng::RngExt;
use crate::server::ServerName;
use crate::store::{ClaimOutcome, Entry, Replaces, StoreError};

/// How often a voice bridge that the server says is taken is drawn anew.
const BRIDGE_ATTEMPTS: u32 = 3;

/// Length of a password that the website left out.
const PASSWORD_LENGTH: usize = 12;

/// One website's create, on its way.
pub(super) struct Creating<'a> {
    pub(super) integration: &'a Integration,
    plan: &'a Plan,
    pub(super) key: MeetingKey,
    pub(super) create: Create,
    xml: Option<(String, Bytes)>,
    whereabouts: Whereabouts,
    deadline: Timestamp,
    /// The meeting that is to be placed afresh, because its server is confirmed down.
    lost: Option<Arc<Meeting>>,
}

/// What came of one attempt to create the meeting.
enum Tried {
    /// The website can be answered.
    Answered(Answered),
    /// Another call was first: look again.
    Overtaken,
}

/// What a server said to a create, with all that is needed of it.
struct Said {
    success: bool,
    key: String,
    created: Option<Created>,
    body: Bytes,
}

impl Said {
    fn read(answer: &Answer<'_>) -> Self {
        Self {
            success: answer.is_success(),
            key: answer.key().into_owned(),
            created: Created::read(answer),
            body: answer.for_website(),
        }
    }

    fn answered(self, server: &ServerName) -> Answered {
        Answered {
            reply: Reply::xml(self.body),
            key: self.key.into(),
            success: self.success,
            server: Some(server.clone()),
        }
    }
}

impl Balancer {
    pub(super) async fn create(
        &self,
        integration: &Integration,
        plan: &Plan,
        request: &ApiRequest,
        mut signed: SignedRequest,
    ) -> Result<Answered, Failure> {
        integration.create.apply(&mut signed.params);
        let mut create = Self::planned(Create::read(signed.params)?, plan)?;
        create.keep_callbacks_at(&integration.callback_hosts);
        let mut creating = Creating {
            key: MeetingKey { integration: integration.name.clone(), meeting_id: create.meeting_id.clone() },
            whereabouts: self.whereabouts(&request.forwarded_for, request.address, integration),
            deadline: self.clock.now() + self.settings.budget,
            xml: signed.xml,
            integration,
            plan,
            create,
            lost: None,
        };
        loop {
            match self.stored(self.store.find(&creating.key).await)? {
                Some(Entry::Claimed(claim)) => self.wait_for(&claim, creating.deadline).await?,
                Some(Entry::Held(meeting)) if !self.is_placed_afresh(&meeting, &creating.key) => {
                    if let Tried::Answered(answered) = self.create_again(&creating, &meeting).await? {
                        return Ok(answered);
                    }
                }
                lost_or_none => {
                    creating.lost = lost_or_none.and_then(Entry::into_held);
                    if let Tried::Answered(answered) = self.create_new(&creating).await? {
                        return Ok(answered);
                    }
                }
            }
            if self.clock.now() >= creating.deadline {
                return Err(Failure::ServerTrouble);
            }
        }
    }

    /// Whether a create of `key` takes the place of `held`, which is known under it.
    pub(super) fn is_placed_afresh(&self, held: &Meeting, key: &MeetingKey) -> bool {
        // one that is known by its internal id is another key's: nothing is placed afresh under this one
        held.key == *key && self.is_lost(held)
    }

    /// Waits until another call's claim is settled; settles it here if that call is gone.
    async fn wait_for(&self, claim: &Claim, deadline: Timestamp) -> Result<(), Failure> {
        let now = self.clock.now();
        if self.has_expired(claim) {
            return self.settle(claim).await;
        }
        let patience = claim.expires.min(deadline).since(now);
        let (settled, timeout) = (self.store.settled(&claim.token), self.clock.sleep(patience));
        futures_util::pin_mut!(settled, timeout);
        futures_util::future::select(settled, timeout).await;
        Ok(())
    }

    /// Sends the create to the server that has the meeting.
    async fn create_again(&self, creating: &Creating<'_>, meeting: &Meeting) -> Result<Tried, Failure> {
        let server = self.server_of(meeting)?;
        // the website that sends no passwords means the ones that were drawn for it
        let callbacks = self.callbacks(creating);
        let own = self.own(creating, &server, callbacks.as_ref());
        let query = creating.create.query(&meeting.passwords, meeting.voice_bridge, own);
        let deadline = creating.deadline.since(self.clock.now()).min(self.settings.attempt);
        let call = ServerCall::change(&server.server, "create", &query, creating.xml.clone(), deadline)
            .on_behalf_of(&creating.key.integration);
        let said = self.ask(&server, call, Said::read).await?;
        match said.created.as_ref().filter(|_| said.success) {
            Some(created) if created.internal_id != meeting.internal_id => {
                // the meeting had ended unnoticed, and this is a new one
                let callbacks = match callbacks {
                    // another call made it: its server was given that one's callback
                    Some(callbacks) if said.key == "duplicateWarning" => {
                        let found = self.find_on(&server, &meeting.key.meeting_id).await.ok().flatten();
                        Some(callbacks.made_by(found.and_then(|found| found.callback)))
                    }
                    callbacks => callbacks,
                };
                self.replace(creating, &server, meeting, created, callbacks).await?;
            }
            // the answer was long on its way, and the meeting has ended meanwhile
            Some(_) if !self.still_holds(meeting).await? => return Ok(Tried::Overtaken),
            _ => {}
        }
        Ok(Tried::Answered(said.answered(&server.server.name)))
    }

    pub(super) async fn still_holds(&self, meeting: &Meeting) -> Result<bool, Failure> {
        let entry = self.stored(self.store.find(&meeting.key).await)?;
        Ok(entry.and_then(Entry::into_held).is_some_and(|held| held.internal_id == meeting.internal_id))
    }

    /// Keeps the incarnation that a repeated create made on the same server in place of the one that had ended.
    async fn replace(
        &self,
        creating: &Creating<'_>,
        server: &FleetServer,
        meeting: &Meeting,
        created: &Created,
        callbacks: Option<Callbacks>,
    ) -> Result<(), Failure> {
        let ended = self.ended_kind(meeting, Ended::Replaced).await;
        let known = (&meeting.passwords, meeting.voice_bridge);
        let fresh = self.meeting(creating, server, known, created, callbacks);
        let placement =
            Placement { reason: "the one before it was held there".to_owned(), attempt: 1, ..Placement::default() };
        let created = created_event(creating.integration, &fresh, placement);
        let replaces = Replaces::Incarnation(meeting.internal_id.clone());
        if meeting.records {
            self.recording_to_come(&meeting.server);
        }
        self.adopt(fresh, replaces, Some(meeting), vec![ended, created]).await?;
        self.presence.forget(&meeting.internal_id);
        Ok(())
    }

    /// Creates a new meeting on the best server, and on the next one where that fails.
    async fn create_new(&self, creating: &Creating<'_>) -> Result<Tried, Failure> {
        if creating.lost.is_none() {
            self.leave_room_for_users(creating.integration, creating.plan).await?;
        }
        let mut occupied = self.stored(self.store.occupied(&creating.key).await)?;
        let parent = self.parent_server(creating.integration, &creating.create).await?;
        let token = ClaimToken::from(self.rng.alphanumeric(ClaimToken::LENGTH));
        let mut tried: Vec<_> = creating.lost.iter().map(|lost| lost.server.clone()).collect();
        let mut attempt = 1;
        loop {
            let wanted = Wanted {
                key: &creating.key,
                hints: creating.create.hints(),
                integration: creating.integration,
                whereabouts: creating.whereabouts,
                occupied: &occupied,
                tried: &tried,
                only: parent.as_ref(),
                preferred: creating.create.preferred_server.as_deref(),
                attempt,
            };
            let time_left = creating.deadline.since(self.clock.now());
            let Some(place) = (!time_left.is_zero()).then(|| self.place(&wanted, &token)).flatten() else {
                self.give_up(&token).await;
                return Err(self.no_place(&wanted).await);
            };
            let name = place.server.server.name.clone();
            match self.create_on(creating, &place, &token).await {
                Ok(OnServer::Answered(answered)) => return Ok(Tried::Answered(answered)),
                Ok(OnServer::Refused(answered)) => {
                    self.unplace(&creating.key, Some(&token), &name).await;
                    self.give_up(&token).await;
                    return Ok(Tried::Answered(answered));
                }
                Ok(OnServer::Overtaken) => {
                    self.unplace(&creating.key, Some(&token), &name).await;
                    return Ok(Tried::Overtaken);
                }
                Ok(OnServer::Occupied) => occupied.push(name.clone()),
                Ok(OnServer::Failed) => {
                    tried.push(name.clone());
                    attempt += 1;
                }
                Err(failure) => {
                    self.unplace(&creating.key, Some(&token), &name).await;
                    return Err(failure);
                }
            }
            self.unplace(&creating.key, Some(&token), &name).await;
        }
    }

    /// Claims the meeting for one server and creates it there.
    async fn create_on(&self, creating: &Creating<'_>, place: &Place, token: &ClaimToken) -> Result<OnServer, Failure> {
        let server = &place.server;
        let lost = creating.lost.as_deref();
        // who joins a meeting that was placed afresh by an old link shall get in
        let passwords =
            creating.create.passwords(|| lost.map_or_else(|| self.draw_passwords(), |lost| lost.passwords.clone()));
        let callbacks = self.callbacks(creating);
        let mut wish = creating.create.voice_bridge.or(lost.and_then(|lost| lost.voice_bridge));
        for _ in 0..BRIDGE_ATTEMPTS {
            let voice_bridge = self.voice_bridge(wish.take(), server, &creating.key).await?;
            let claim = Claim {
                key: creating.key.clone(),
                server: server.server.name.clone(),
                passwords: passwords.clone(),
                voice_bridge,
                token: token.clone(),
                expires: self.clock.now() + self.claim_life(),
                supersedes: creating.lost.clone(),
                callbacks: callbacks.clone(),
            };
            let counted = Self::counted(creating.plan);
            match self.stored(self.store.claim_counted(claim.clone(), counted).await)? {
                ClaimOutcome::Claimed => {}
                ClaimOutcome::Pending(_) | ClaimOutcome::Held(_) => return Ok(OnServer::Overtaken),
                ClaimOutcome::Occupied => return Ok(OnServer::Occupied),
                ClaimOutcome::LimitReached => return Err(Failure::TooManyMeetings),
            }
            let own = self.own(creating, server, callbacks.as_ref());
            let query = creating.create.query(&passwords, Some(voice_bridge), own);
            let deadline = creating.deadline.since(self.clock.now()).min(self.settings.attempt);
            let call = ServerCall::change(&server.server, "create", &query, creating.xml.clone(), deadline)
                .on_behalf_of(&creating.key.integration);
            let said = match self.ask(server, call, Said::read).await {
                Ok(said) => said,
                Err(GatewayError::TooLong) => return Ok(OnServer::Refused(Answered::refused(Failure::TooLong))),
                Err(GatewayError::Unreachable(_) | GatewayError::NotSent(_) | GatewayError::Busy) => {
                    return Ok(OnServer::Failed);
                }
                Err(GatewayError::Unknown(_) | GatewayError::BadAnswer(_) | GatewayError::Interrupted(_)) => {
                    self.note_stray(&creating.key, &server.server.name, callbacks.as_ref()).await;
                    return Ok(OnServer::Failed);
                }
            };
            match &said.created {
                Some(_) if said.success && said.key == "duplicateWarning" => match self.ask_for(&claim).await {
                    // our own create of a moment ago, whose answer was lost
                    Asked::There(meeting) => {
                        self.confirm(creating, token, *meeting, place).await?;
                        return Ok(OnServer::Answered(said.answered(&server.server.name)));
                    }
                    // somebody else's, made past the balancer or by another integration whose meeting was lost
                    Asked::NotThere => return Ok(OnServer::Occupied),
                    Asked::Silent => {
                        self.note_stray(&creating.key, &server.server.name, callbacks.as_ref()).await;
                        return Ok(OnServer::Failed);
                    }
                },
                Some(created) if said.success => {
                    let known = (&passwords, Some(voice_bridge));
                    let meeting = self.meeting(creating, server, known, created, callbacks.clone());
                    self.confirm(creating, token, meeting, place).await?;
                    self.tell_unusable(creating).await;
                    return Ok(OnServer::Answered(said.answered(&server.server.name)));
                }
                _ if said.success => {
                    // a SUCCESS that does not name the meeting cannot be kept, and is no answer of a sound server
                    self.note_stray(&creating.key, &server.server.name, callbacks.as_ref()).await;
                    return Ok(OnServer::Failed);
                }
                _ if said.key == "nonUniqueVoiceBridge" => {}
                _ => return Ok(OnServer::Refused(said.answered(&server.server.name))),
            }
        }
        Ok(OnServer::Failed)
    }

    /// Makes the claim the meeting. Only after this may the website be told.
    async fn confirm(
        &self,
        creating: &Creating<'_>,
        token: &ClaimToken,
        meeting: Meeting,
        place: &Place,
    ) -> Result<(), Failure> {
        let mut kinds = Vec::new();
        if let Some(lost) = &creating.lost {
            kinds.extend(self.placed_afresh(lost, &meeting).await);
        }
        kinds.push(created_event(creating.integration, &meeting, place.placement.clone()));
        if place.last_resort {
            kinds.push(EventKind::LastResort { meeting: meeting.key.clone(), server: meeting.server.clone() });
        }
        let events: Vec<_> = kinds.into_iter().map(|kind| self.event(kind)).collect();
        let found = meeting.clone();
        self.note_ends(&events).await;
        match self.store.confirm(token, meeting, events.clone()).await {
            Ok(_) => events.iter().for_each(|event| self.show(event)),
            Err(StoreError::Fenced) => return self.is_held(&found).await,
            Err(error) => return self.stored(Err(error)),
        }
        self.tell_hooks(&events).await;
        if let Some(lost) = &creating.lost {
            // policies that learn are not told: it goes on, and what it was on its failed server is no length of any meeting
            self.unplace(&lost.key, None, &lost.server).await;
            self.presence.forget(&lost.internal_id);
            if lost.records {
                self.recording_to_come(&lost.server);
            }
        }
        Ok(())
    }

    fn draw_passwords(&self) -> Passwords {
        let draw = || self.rng.alphanumeric(PASSWORD_LENGTH).into();
        Passwords { attendee: draw(), moderator: draw() }
    }

    /// Keeps a meeting that was found, in place of what was known under its key: `before`, if that was a meeting.
    pub(super) async fn adopt(
        &self,
        meeting: Meeting,
        replaces: Replaces,
        before: Option<&Meeting>,
        kinds: Vec<EventKind>,
    ) -> Result<(), Failure> {
        let mut events: Vec<_> = kinds.into_iter().map(|kind| self.event(kind)).collect();
        let found = meeting.clone();
        self.note_ends(&events).await;
        let mut adopted = self.store.adopt(meeting, replaces.clone(), events.clone()).await;
        if adopted == Err(StoreError::Fenced)
            && matches!(replaces, Replaces::Incarnation(_))
            && self.stored(self.store.find(&found.key).await)?.is_none()
        {
            // the end of the one before was learnt while the server was asked
            events.retain(|event| !matches!(event.kind, EventKind::MeetingEnded { .. }));
            adopted = self.store.adopt(found.clone(), Replaces::Nothing, events.clone()).await;
        }
        match adopted {
            Ok(_) => events.iter().for_each(|event| self.show(event)),
            Err(StoreError::Fenced) => return self.is_held(&found).await,
            Err(error) => return self.stored(Err(error)),
        }
        self.tell_hooks(&events).await;
        before.iter().for_each(|before| self.learn_end(&events, before));
        Ok(())
    }

    /// Whether somebody else has kept the very incarnation that was found. If not, it is a copy that nobody may be sent to.
    async fn is_held(&self, found: &Meeting) -> Result<(), Failure> {
        match self.stored(self.store.find(&found.key).await)? {
            Some(Entry::Held(held)) if held.internal_id == found.internal_id => Ok(()),
            _ => {
                self.note_stray(&found.key, &found.server, found.callbacks.as_ref()).await;
                Err(Failure::ServerTrouble)
            }
        }
    }

    fn meeting(
        &self,
        creating: &Creating<'_>,
        server: &FleetServer,
        (passwords, voice_bridge): (&Passwords, Option<u32>),
        created: &Created,
        callbacks: Option<Callbacks>,
    ) -> Meeting {
        let (attendee, moderator) = created.passwords.clone();
        Meeting {
            key: creating.key.clone(),
            internal_id: created.internal_id.clone(),
            create_time: created.create_time,
            server: server.server.name.clone(),
            name: creating.create.name.clone(),
            passwords: Passwords {
                attendee: attendee.unwrap_or_else(|| passwords.attendee.clone()),
                moderator: moderator.unwrap_or_else(|| passwords.moderator.clone()),
            },
            voice_bridge: created.voice_bridge.or(voice_bridge),
            records: creating.create.records,
            created_at: self.clock.now(),
            parameters: creating.create.kept_parameters(),
            superseded: Vec::new(),
            callbacks,
        }
    }

    /// What the balancer itself puts into a create.
    fn own(
        &self,
        creating: &Creating<'_>,
        server: &FleetServer,
        callbacks: Option<&Callbacks>,
    ) -> impl FnOnce(&mut Params) {
        move |params| {
            stamp::write(params, &self.settings.guid, creating.integration);
            self.take_over(params, creating.integration, server, &creating.key.meeting_id, callbacks);
        }
    }

    /// The voice bridge to send: the one wished for if it is free, else a drawn one that is.
    async fn voice_bridge(&self, wish: Option<u32>, server: &FleetServer, key: &MeetingKey) -> Result<u32, Failure> {
        let drawn = || DRAWN_VOICE_BRIDGES.start + (self.rng.number() % DRAWN_VOICE_BRIDGES.len() as u64) as u32;
        let scope = match self.settings.voice_bridges {
            VoiceBridges::PerServer => Some(&server.server.name),
            VoiceBridges::PerFleet => None,
        };
        let mut number = wish.unwrap_or_else(drawn);
        for _ in 0..100 {
            let listed =
                server.list.iter().any(|list| list.running().any(|meeting| meeting.voice_bridge == Some(number)));
            if !listed && !self.stored(self.store.voice_bridge_taken(number, scope, key).await)? {
                break;
            }
            number = drawn();
        }
        Ok(number)
    }

    /// Where the parent of a breakout room is, if it is one that the website asks for itself.
    pub(super) async fn parent_server(
        &self,
        integration: &Integration,
        create: &Create,
    ) -> Result<Option<ServerName>, Failure> {
        let Some(parent) = &create.parent else { return Ok(None) };
        let key = MeetingKey { integration: integration.name.clone(), meeting_id: parent.clone() };
        match self.stored(self.store.find(&key).await)? {
            Some(Entry::Held(parent)) => Ok(Some(parent.server.clone())),
            _ => Err(Failure::ParentUnknown),
        }
    }

    /// Why no server may have the meeting.
    pub(super) async fn no_place(&self, wanted: &Wanted<'_>) -> Failure {
        if wanted.attempt > 1 {
            return Failure::ServerTrouble;
        }
        let strays = self.store.strays().await.unwrap_or_default();
        let fleet = self.fleet();
        let mut why = Failure::NoServer;
        for server in fleet.servers().iter().filter(|server| server.state().takes_new_meetings()) {
            let name = &server.server.name;
            if strays.iter().any(|stray| stray.key == *wanted.key && stray.server == *name) {
                // what an earlier create of the same website left: soon ended, and no reason to take another meetingID
                why = Failure::ServerTrouble;
            } else if wanted.occupied.contains(name) || server.foreign.contains(&wanted.key.meeting_id) {
                return Failure::IdNotUnique;
            }
        }
        why
    }

    async fn give_up(&self, token: &ClaimToken) {
        // a claim that cannot be released now expires and is settled then
        let _ = self.stored(self.store.release(token).await);
    }

    /// Notes that a server may hold a copy that nobody is sent to. Without the note the copy is found all the same: its stamp
    /// says whose it is, and that it is not where it should be.
    ///
    /// `callbacks` of its create: nobody was told that it succeeded, so nobody is told that its meeting has ended.
    pub(super) async fn note_stray(&self, key: &MeetingKey, server: &ServerName, callbacks: Option<&Callbacks>) {
        self.never_call_back(callbacks).await;
        self.note_copy(key, server, None).await;
    }

    /// Nobody is told of the end of a meeting that nobody was told of, or that goes on elsewhere.
    async fn never_call_back(&self, callbacks: Option<&Callbacks>) {
        if let Some(callbacks) = callbacks {
            let _ = self.stored(self.store.never(&callbacks.id, self.clock.now()).await);
        }
    }

    /// Notes the copy alone, where its incarnation is known.
    pub(super) async fn note_copy(&self, key: &MeetingKey, server: &ServerName, copy: Option<InternalMeetingId>) {
        let stray = Stray { key: key.clone(), server: server.clone(), since: self.clock.now(), superseded: copy };
        let event = self.event(EventKind::StrayNoted { meeting: key.clone(), server: server.clone() });
        if self.stored(self.store.note_stray(stray, vec![event.clone()]).await) == Ok(true) {
            self.show(&event);
        }
    }
}

fn created_event(integration: &Integration, meeting: &Meeting, placement: Placement) -> EventKind {
    EventKind::MeetingCreated {
        meeting: meeting.key.clone(),
        internal_id: meeting.internal_id.clone(),
        name: meeting.name.clone(),
        server: meeting.server.clone(),
        records: meeting.records,
        placement,
        parameters: meeting.parameters.clone(),
        router: Some(integration.router.clone()),
        partner: integration.partner.clone(),
    }
}

/// What came of one server.
enum OnServer {
    /// The meeting is there and kept.
    Answered(Answered),
    /// The server said no, or would say no as every other one.
    Refused(Answered),
    /// It gave no usable answer: the next one may try.
    Failed,
    /// It has come to hold a meeting of the same id.
    Occupied,
    /// Another call was first.
    Overtaken,
}
