//! What an event is about: its word, its meeting, whose it is, where; and whether it is kept.

use super::administered::user_of;
use super::{EventKind, Subject};
use crate::meeting::MeetingKey;
use crate::network::IntegrationName;
use crate::server::ServerName;

impl EventKind {
    /// Whether reports are made of it, so that it is kept.
    pub fn is_stored(&self) -> bool {
        match self {
            Self::CallRefused { integration, .. } => integration.is_some(),
            Self::CallAnswered { .. } | Self::ServerFailed { .. } => false,
            Self::MonitorFailed { .. } | Self::MonitorRecovered => false,
            Self::StoreFailed { .. } | Self::StoreRecovered => false,
            Self::SecretsSearched { .. } | Self::CallbackRefused { .. } => false,
            Self::HookRegistered { .. } | Self::HookForged { .. } => false,
            Self::ConfigurationReloaded { .. } | Self::ConfigurationRefused { .. } => false,
            Self::PolicyFenced { .. } | Self::PolicyBack { .. } | Self::PolicyForgot { .. } => false,
            _ => true,
        }
    }

    /// The word that the event is stored and counted under.
    pub fn word(&self) -> &'static str {
        match self {
            Self::MeetingCreated { .. } => "meeting-created",
            Self::MeetingAdopted { .. } => "meeting-adopted",
            Self::MeetingEnded { .. } => "meeting-ended",
            Self::UserJoined { .. } => "user-joined",
            Self::UserEntered { .. } => "user-entered",
            Self::UserLeft { .. } => "user-left",
            Self::ServerStateChanged { .. } => "server-state-changed",
            Self::ServerDropped { .. } => "server-dropped",
            Self::CallRefused { .. } => "call-refused",
            Self::SecretsSearched { .. } => "secrets-searched",
            Self::Administered { .. } => "administered",
            Self::ConfigurationReloaded { .. } => "configuration-reloaded",
            Self::ConfigurationRefused { .. } => "configuration-refused",
            Self::CallAnswered { .. } => "call-answered",
            Self::ServerFailed { .. } => "server-failed",
            Self::LastResort { .. } => "last-resort",
            Self::StrayNoted { .. } => "stray-noted",
            Self::StrayEnded { .. } => "stray-ended",
            Self::ServerConfirmedDown { .. } => "server-confirmed-down",
            Self::MeetingsReleased { .. } => "meetings-released",
            Self::FreezeBegan { .. } => "freeze-began",
            Self::FreezeEnded => "freeze-ended",
            Self::MeetingPlacedAfresh { .. } => "meeting-placed-afresh",
            Self::CopyInUse { .. } => "copy-in-use",
            Self::CallbackDelivered { .. } => "callback-delivered",
            Self::CallbackFailed { .. } => "callback-failed",
            Self::CallbackRefused { .. } => "callback-refused",
            Self::HookRegistered { .. } => "hook-registered",
            Self::HookForged { .. } => "hook-forged",
            Self::RecordingSeen { .. } => "recording-seen",
            Self::RecordingPublished { .. } => "recording-published",
            Self::RecordingUnpublished { .. } => "recording-unpublished",
            Self::RecordingDeleted { .. } => "recording-deleted",
            Self::RecordingUpdated { .. } => "recording-updated",
            Self::MonitorFailed { .. } => "monitor-failed",
            Self::MonitorRecovered => "monitor-recovered",
            Self::PolicyFenced { .. } => "policy-fenced",
            Self::PolicyBack { .. } => "policy-back",
            Self::PolicyForgot { .. } => "policy-forgot",
            Self::StoreFailed { .. } => "store-failed",
            Self::StoreRecovered => "store-recovered",
        }
    }

    /// The meeting that it is about, if one.
    pub fn meeting(&self) -> Option<&MeetingKey> {
        match self {
            Self::MeetingCreated { meeting, .. }
            | Self::MeetingAdopted { meeting, .. }
            | Self::MeetingEnded { meeting, .. }
            | Self::UserJoined { meeting, .. }
            | Self::UserEntered { meeting, .. }
            | Self::UserLeft { meeting, .. }
            | Self::LastResort { meeting, .. }
            | Self::MeetingPlacedAfresh { meeting, .. }
            | Self::CopyInUse { meeting, .. }
            | Self::StrayNoted { meeting, .. }
            | Self::StrayEnded { meeting, .. }
            | Self::CallbackDelivered { meeting, .. }
            | Self::CallbackFailed { meeting, .. }
            | Self::CallbackRefused { meeting, .. } => Some(meeting),
            Self::CallAnswered { meeting, .. }
            | Self::RecordingSeen { meeting, .. }
            | Self::RecordingPublished { meeting, .. }
            | Self::RecordingUnpublished { meeting, .. }
            | Self::RecordingDeleted { meeting, .. }
            | Self::RecordingUpdated { meeting, .. } => meeting.as_ref(),
            _ => None,
        }
    }

    /// The incarnation or the recording that it is about, if one.
    pub fn internal_id(&self) -> Option<&str> {
        match self {
            Self::MeetingCreated { internal_id, .. }
            | Self::MeetingAdopted { internal_id, .. }
            | Self::MeetingEnded { internal_id, .. }
            | Self::UserJoined { internal_id, .. }
            | Self::UserEntered { internal_id, .. }
            | Self::UserLeft { internal_id, .. }
            | Self::MeetingPlacedAfresh { internal_id, .. } => Some(internal_id.as_str()),
            Self::RecordingSeen { recording, .. }
            | Self::RecordingPublished { recording, .. }
            | Self::RecordingUnpublished { recording, .. }
            | Self::RecordingDeleted { recording, .. }
            | Self::RecordingUpdated { recording, .. } => Some(recording.as_str()),
            _ => None,
        }
    }

    /// The integration that it is about, if one.
    pub fn integration(&self) -> Option<&IntegrationName> {
        match self {
            Self::CallRefused { integration, .. } | Self::CallAnswered { integration, .. } => integration.as_ref(),
            other => other.meeting().map(|meeting| &meeting.integration),
        }
    }

    /// The server that it is about, if one.
    pub fn server(&self) -> Option<&ServerName> {
        match self {
            Self::MeetingCreated { server, .. }
            | Self::MeetingAdopted { server, .. }
            | Self::MeetingEnded { server, .. }
            | Self::UserJoined { server, .. }
            | Self::UserEntered { server, .. }
            | Self::UserLeft { server, .. }
            | Self::ServerStateChanged { server, .. }
            | Self::ServerDropped { server }
            | Self::HookRegistered { server, .. }
            | Self::HookForged { server }
            | Self::ServerFailed { server, .. }
            | Self::LastResort { server, .. }
            | Self::ServerConfirmedDown { server }
            | Self::MeetingsReleased { server }
            | Self::MeetingPlacedAfresh { server, .. }
            | Self::CopyInUse { server, .. }
            | Self::StrayNoted { server, .. }
            | Self::StrayEnded { server, .. }
            | Self::CallbackRefused { server, .. }
            | Self::RecordingSeen { server, .. }
            | Self::RecordingPublished { server, .. }
            | Self::RecordingUnpublished { server, .. }
            | Self::RecordingDeleted { server, .. }
            | Self::RecordingUpdated { server, .. } => Some(server),
            Self::CallAnswered { server, .. } => server.as_ref(),
            _ => None,
        }
    }

    /// Which user administered what, if it is that. The token that they used is left out.
    pub fn administered(&self) -> Option<(&str, &Subject)> {
        match self {
            Self::Administered { by, subject, .. } => Some((user_of(by), subject)),
            _ => None,
        }
    }
}
