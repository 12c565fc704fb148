//! [`Event`]: the one type through which everything observable passes, and [`Observer`], which is told of each.
//!
//! Events that reports are made of are also stored, in the transaction of their cause ([`EventKind::is_stored`]).
//! No event carries a secret, a password, a checksum or a query string.

mod about;
mod administered;
mod placement;

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use self::administered::with_token;
pub use self::administered::{Administered, Change, HIDDEN, Subject};
pub use self::placement::{NextBest, Placement, PositionFrom};

use crate::callback::CallbackKind;
use crate::clock::Timestamp;
use crate::meeting::{InternalMeetingId, MeetingKey};
use crate::names::name_type;
use crate::network::{IntegrationName, PartnerName, RouterName};
use crate::placement::Misconduct;
use crate::recording::RecordingId;
use crate::server::{ServerName, ServerState};

/// One fact, and when the balancer learnt it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, by the balancer's clock.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// A new meeting was created on a server. Stored with the meeting.
    MeetingCreated {
        /// Whose, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Its name.
        name: String,
        /// Where.
        server: ServerName,
        /// Whether it may be recorded.
        records: bool,
        /// Why there.
        placement: Placement,
        /// The parameters of the create call as they may be kept.
        parameters: Vec<(String, String)>,
        /// The router of its integration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        router: Option<RouterName>,
        /// The partner of its integration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partner: Option<PartnerName>,
    },
    /// A meeting was found that the store did not know. Stored with the meeting.
    MeetingAdopted {
        /// Whose, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Where.
        server: ServerName,
        /// How it was found.
        how: Found,
    },
    /// A meeting has ended. Stored with its removal.
    MeetingEnded {
        /// Whose, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Where.
        server: ServerName,
        /// How it was learnt.
        how: Ended,
        /// Where the end was noticed late: when a list last showed the meeting. Reports take it for the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The most people that were seen in it at once.
        #[serde(default)]
        most_users: u32,
    },
    /// A website sent somebody to a meeting: one join call. Stored.
    UserJoined {
        /// Whose meeting, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Where.
        server: ServerName,
        /// The name given, as it was given.
        name: String,
        /// The website's id of the user, if given.
        user_id: Option<String>,
        /// As what.
        role: Role,
    },
    /// Somebody came into a meeting: seen, and not only sent there. Stored.
    UserEntered {
        /// Whose meeting, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Where.
        server: ServerName,
        /// Who: the same in the event of leaving.
        user: UserId,
        /// The website's id of the user; BBB's own where the website gave none.
        external_user_id: String,
        /// The name.
        name: String,
        /// As what.
        role: Role,
        /// Who saw it.
        seen_by: SeenBy,
    },
    /// Somebody left a meeting. Stored.
    UserLeft {
        /// Whose meeting, and which.
        meeting: MeetingKey,
        /// Its incarnation.
        internal_id: InternalMeetingId,
        /// Where.
        server: ServerName,
        /// Who.
        user: UserId,
        /// Where it was noticed late: when a list last showed them. Reports take it for the moment of leaving.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Who saw it.
        seen_by: SeenBy,
    },
    /// A server became usable for other things than before. Stored.
    ServerStateChanged {
        /// Which.
        server: ServerName,
        /// The state before; absent for a server that is new.
        from: Option<ServerState>,
        /// The state now.
        to: ServerState,
        /// Why, for people.
        reasons: Vec<String>,
    },
    /// The last meeting of a server that the monitor no longer has ended: the fleet let it go. Stored.
    ServerDropped {
        /// Which.
        server: ServerName,
    },
    /// A call was refused: by its checksum, its integration or its parameters. Stored where the integration is known.
    CallRefused {
        /// The call, as far as it is one that the balancer knows.
        call: Cow<'static, str>,
        /// Whose, where the checksum told.
        integration: Option<IntegrationName>,
        /// BBB's messageKey of the refusal.
        key: Cow<'static, str>,
        /// A [word](crate::api::Failure::reason) that tells refusals of one key apart.
        #[serde(default, skip_serializing_if = "str::is_empty")]
        reason: Cow<'static, str>,
        /// Where it came from: the first address from the right that is no trusted proxy.
        address: Option<IpAddr>,
        /// Where the checksum was wrong: the integration that it would have been by what the call says of itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<IntegrationName>,
    },
    /// No hint told whose call it is: all secrets were tried, or would have had to be. Not stored.
    SecretsSearched {
        /// Where the call came from: the first address from the right that is no trusted proxy.
        address: Option<IpAddr>,
        /// What came of it.
        outcome: SearchOutcome,
        /// How long it waited for its turn.
        waited: Duration,
    },
    /// Somebody administered the network: each thing that was changed is an event of its own. Stored, where the thing is kept
    /// in the store with the change. These events are the audit log.
    Administered {
        /// Who did it: as they were called by what they used.
        by: String,
        /// Where they were, as far as known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<IpAddr>,
        /// What was done.
        how: Administered,
        /// To what.
        subject: Subject,
        /// What is other than before. No secret is in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<Change>,
    },
    /// A configuration was taken over while the balancer ran. Not stored.
    ConfigurationReloaded {
        /// What is different, for people; no values.
        changes: Vec<String>,
        /// Keys that were changed and hold only from the next start on.
        held_back: Vec<String>,
    },
    /// A configuration was to be taken over and cannot be: all stays as it was. Not stored.
    ConfigurationRefused {
        /// What is wrong with it, one sentence each; no values.
        problems: Vec<String>,
    },
    /// A call was answered. Not stored.
    CallAnswered {
        /// Which.
        call: Cow<'static, str>,
        /// Whose.
        integration: Option<IntegrationName>,
        /// The meeting that it is about by what it says, where it is known whose call it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting: Option<MeetingKey>,
        /// The server asked, if any.
        server: Option<ServerName>,
        /// BBB's messageKey, empty where it had none.
        key: Cow<'static, str>,
        /// Whether the answer was a success.
        success: bool,
        /// From the balancer's receipt of the call to its answer.
        took: Duration,
    },
    /// A server did not give a usable answer to a call or poll. Not stored.
    ServerFailed {
        /// Which.
        server: ServerName,
        /// The call.
        call: Cow<'static, str>,
        /// What went wrong, for people.
        problem: String,
        /// Whether it is the first failure after an answer: the one that a log should tell loudly.
        first: bool,
    },
    /// The servers that were disabled by WARNING alone took a meeting because no other could. Stored.
    LastResort {
        /// The meeting.
        meeting: MeetingKey,
        /// Where it went.
        server: ServerName,
    },
    /// A server may hold a copy of a meeting that is elsewhere. Stored.
    StrayNoted {
        /// The meeting that was meant.
        meeting: MeetingKey,
        /// Where the copy may be.
        server: ServerName,
    },
    /// A stray copy was found and ended. Stored.
    StrayEnded {
        /// The meeting that was meant.
        meeting: MeetingKey,
        /// Where the copy was.
        server: ServerName,
    },
    /// A suspended server is surely down: its meetings may be placed afresh from now on. Stored.
    ServerConfirmedDown {
        /// Which.
        server: ServerName,
    },
    /// An administrator gave the meetings of a suspended server free. Stored.
    MeetingsReleased {
        /// Which server.
        server: ServerName,
    },
    /// Half or more of the servers fell silent at once: nothing is confirmed down until one answers. Stored.
    FreezeBegan {
        /// Servers that do not answer.
        suspended: usize,
        /// All servers.
        servers: usize,
    },
    /// A server answers again after many fell silent at once, or an administrator said that they are down. Stored.
    FreezeEnded,
    /// A meeting was created anew elsewhere, because its server is confirmed down. Stored with the meeting.
    MeetingPlacedAfresh {
        /// Whose, and which.
        meeting: MeetingKey,
        /// The incarnation that was lost.
        superseded: InternalMeetingId,
        /// Its server.
        from: ServerName,
        /// The incarnation in its place.
        internal_id: InternalMeetingId,
        /// Where that one is.
        server: ServerName,
    },
    /// A server came back with a copy of a meeting that is elsewhere now, and people are in it: it is left to end by itself.
    /// Stored.
    CopyInUse {
        /// The meeting that it is a copy of.
        meeting: MeetingKey,
        /// Where the copy is.
        server: ServerName,
        /// Users in it.
        users: u32,
    },
    /// A website was told something of its meeting. Stored.
    CallbackDelivered {
        /// The meeting.
        meeting: MeetingKey,
        /// What it was told.
        #[serde(default)]
        kind: CallbackKind,
        /// Whom: the host of its URL.
        host: String,
        /// How often it had been tried in vain.
        failures: u32,
    },
    /// A website could not be told something of its meeting. Told at the first failure and when it is given up. Stored.
    CallbackFailed {
        /// The meeting.
        meeting: MeetingKey,
        /// What it was to be told.
        #[serde(default)]
        kind: CallbackKind,
        /// Whom: the host of its URL; empty where it is no URL that anybody can be told by.
        host: String,
        /// What went wrong, for people.
        problem: String,
        /// Whether it is not tried again.
        given_up: bool,
    },
    /// Somebody who is not its server called back about a meeting: nothing was believed. Told once a minute for each
    /// server. Not stored.
    CallbackRefused {
        /// The meeting that the call's URL is of.
        meeting: MeetingKey,
        /// What the website was to be told.
        kind: CallbackKind,
        /// The server that should have called.
        server: ServerName,
        /// What is wrong, for people.
        problem: String,
    },
    /// The balancer's own hook was made on a server that has bbb-webhooks. Not stored.
    HookRegistered {
        /// Which server.
        server: ServerName,
        /// Whether it had been there before, and was lost.
        again: bool,
    },
    /// A post to the balancer's own hook on a server was not signed by that server. Told once a minute for each server. Not
    /// stored.
    HookForged {
        /// Which server.
        server: ServerName,
    },
    /// A server lists a recording that was not known, or it is known now whose it is. Stored.
    RecordingSeen {
        /// Whose, and of which meeting; absent where it is nobody's.
        meeting: Option<MeetingKey>,
        /// Which.
        #[serde(rename = "internal_id")]
        recording: RecordingId,
        /// Where.
        server: ServerName,
        /// How many people were in the meeting.
        participants: u32,
        /// How long the meeting lasted, whole seconds.
        seconds: u64,
        /// What people can play, in BBB's words; empty while its server works on it.
        formats: Vec<String>,
    },
    /// People can play a recording now. Stored.
    RecordingPublished {
        /// Whose, and of which meeting; absent where it is nobody's.
        meeting: Option<MeetingKey>,
        /// Which.
        #[serde(rename = "internal_id")]
        recording: RecordingId,
        /// Where.
        server: ServerName,
    },
    /// A recording was taken back. Stored.
    RecordingUnpublished {
        /// Whose, and of which meeting; absent where it is nobody's.
        meeting: Option<MeetingKey>,
        /// Which.
        #[serde(rename = "internal_id")]
        recording: RecordingId,
        /// Where.
        server: ServerName,
    },
    /// A recording was deleted, or its server has it no more. Stored.
    RecordingDeleted {
        /// Whose, and of which meeting; absent where it is nobody's.
        meeting: Option<MeetingKey>,
        /// Which.
        #[serde(rename = "internal_id")]
        recording: RecordingId,
        /// Where.
        server: ServerName,
    },
    /// A website changed the metadata of a recording, or who may play it. Stored.
    RecordingUpdated {
        /// Whose, and of which meeting; absent where it is nobody's.
        meeting: Option<MeetingKey>,
        /// Which.
        #[serde(rename = "internal_id")]
        recording: RecordingId,
        /// Where.
        server: ServerName,
    },
    /// A poll of the monitor failed; the fleet stays as it was. Told once, when the trouble begins.
    MonitorFailed {
        /// What went wrong, for people.
        problem: String,
    },
    /// The monitor answers again.
    MonitorRecovered,
    /// The placement policy of a router did what none may do: it is not asked for a while. Not stored.
    PolicyFenced {
        /// Whose policy.
        router: RouterName,
        /// Which.
        policy: String,
        /// What it did.
        misconduct: Misconduct,
        /// Until when it is not asked.
        until: Timestamp,
    },
    /// A policy that was fenced off has done well again what it failed in. Not stored.
    PolicyBack {
        /// Whose policy.
        router: RouterName,
        /// Which.
        policy: String,
    },
    /// What a policy had learnt cannot be recalled, or what it has learnt cannot be kept. Not stored.
    PolicyForgot {
        /// Whose policy.
        router: RouterName,
        /// Which.
        policy: String,
        /// Why, for people.
        problem: String,
    },
    /// The store failed. Told once, when the trouble begins.
    StoreFailed {
        /// What went wrong, for people.
        problem: String,
    },
    /// The store works again.
    StoreRecovered,
}

name_type! {
    /// Names one person's stay in one meeting. Where the server's webhooks told of it, BBB's own id of the user.
    UserId
}

/// Who saw that somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenBy {
    /// A list of the server showed it, at the latest at the moment of the event.
    List,
    /// The server's bbb-webhooks told it at once.
    Webhook,
}

/// How a meeting that the store did not know was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Its claim had expired, and its server was asked.
    ExpiredClaim,
    /// Its server listed it, with this balancer's stamp on it.
    Listed,
}

/// How the end of a meeting was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Two lists in a row of its server lacked it.
    Unlisted,
    /// Its server said that it has no such meeting.
    NotFound,
    /// A new incarnation took its place.
    Replaced,
    /// Its server is confirmed down: it was placed afresh, or the monitor no longer has the server.
    ServerDown,
    /// Its server called the balancer back, and was asked.
    Callback,
}

/// What came of trying all secrets on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchOutcome {
    /// One had signed it.
    Found,
    /// None had.
    NotFound,
    /// They were not tried: too many such calls came before it. The call was refused.
    Refused,
}

impl SearchOutcome {
    /// The word that it is counted under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not-found",
            Self::Refused => "refused",
        }
    }
}

/// As what somebody joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything.
    Moderator,
    /// May look and listen, and what the moderators allow.
    Attendee,
}

/// Is told of every event: a log, metrics, a dashboard.
///
/// It is called on the path of a call and must return at once; whatever takes longer belongs in a queue of its own.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, event: &Event);
}
