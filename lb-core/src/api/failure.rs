//! Every way in which the balancer itself refuses a call, with BBB's messageKey and wording: [`Failure`].

use super::{Reply, UploadError};
use crate::gateway::GatewayError;
use crate::xml::Writer;

/// A refusal. Clients compare the key; people read the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// No secret of any integration signed the call.
    Checksum,
    /// The balancer has no such call.
    UnsupportedRequest,
    /// There is a body that is neither a form nor XML.
    UnsupportedContentType,
    /// The integration may not use the balancer now.
    NotAllowed,
    /// The integration's plan does not have this call.
    CallNotAllowed,
    /// A create with `record=true`, and the plan has no recordings.
    MayNotRecord,
    /// A new meeting beyond the plan's limit.
    TooManyMeetings,
    /// One more user than the plan's limit for all meetings together, or a new meeting for such.
    TooManyUsers,
    /// One more user than the plan's limit for one meeting.
    MeetingFull,
    /// More calls in a short time than the plan has.
    TooManyCalls,
    /// No such meeting.
    NotFound,
    /// No such meeting, in the words of BBB ≤ 2.3 and of the Mconf balancer's document (`legacy_errors`).
    InvalidMeetingIdentifier,
    /// A call about one meeting names none.
    MissingMeetingId,
    /// A join without a name.
    MissingFullName,
    /// A create without a name.
    MissingName,
    /// A create with an empty name.
    EmptyName,
    /// A meeting's name is not 2 to 256 characters long.
    NameSize,
    /// A meetingID is not 2 to 256 characters long.
    MeetingIdSize,
    /// A meetingID has a comma in it.
    MeetingIdComma,
    /// A meetingID has control characters in it or blanks around it.
    MeetingIdInvalid,
    /// A password is not 2 to 64 characters long.
    PasswordSize,
    /// A voice bridge is no number.
    VoiceBridge,
    /// `record` is no boolean.
    Record,
    /// A breakout room names no parent.
    ParentMissing,
    /// A breakout room's parent is not known.
    ParentUnknown,
    /// A create carries metadata that only the balancer may write.
    ReservedParameters,
    /// A question has a value that is none of those it may have.
    MalformedParameters,
    /// The meetingID is taken where it would have to go: another integration's meeting holds the only server.
    IdNotUnique,
    /// No server can take the meeting.
    NoServer,
    /// The meeting's server gives no usable answer.
    ServerTrouble,
    /// A call about recordings names none.
    MissingRecordId,
    /// A publishRecordings does not say whether to publish.
    MissingPublish,
    /// No such recording.
    RecordingNotFound,
    /// No server of the recordings gives a usable answer.
    RecordingTrouble,
    /// The call is too long to be sent to a server.
    TooLong,
    /// The call's body did not come whole.
    Interrupted,
    /// The balancer's own store fails.
    StoreTrouble,
    /// A hook without a URL.
    MissingCallbackUrl,
    /// A hook that cannot be served: nobody may be told at its URL, its website has too many, or the store fails.
    HookNotCreated,
    /// No hook is named.
    MissingHookId,
    /// No such hook.
    HookNotFound,
    /// A hook could not be taken away: the store fails.
    HookNotDestroyed,
    /// The hooks could not be looked up: the store fails.
    HooksNotListed,
    /// The stored events cannot be read now.
    ReportTrouble,
}

impl From<GatewayError> for Failure {
    /// What a website is told where its meeting's server gave no usable answer. It names no server.
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::TooLong | GatewayError::Interrupted(UploadError::TooLong) => Self::TooLong,
            GatewayError::Interrupted(UploadError::BrokeOff | UploadError::TooSlow) => Self::Interrupted,
            GatewayError::Unreachable(_)
            | GatewayError::NotSent(_)
            | GatewayError::Busy
            | GatewayError::Unknown(_)
            | GatewayError::BadAnswer(_) => Self::ServerTrouble,
        }
    }
}

impl Failure {
    /// The same where the server of a recording was asked.
    pub(crate) fn of_recordings(error: GatewayError) -> Self {
        match error.into() {
            Self::ServerTrouble => Self::RecordingTrouble,
            other => other,
        }
    }

    /// BBB's messageKey.
    pub fn key(self) -> &'static str {
        match self {
            Self::Checksum => "checksumError",
            Self::UnsupportedRequest => "unsupportedRequest",
            Self::UnsupportedContentType => "unsupportedContentType",
            Self::NotAllowed
            | Self::CallNotAllowed
            | Self::MayNotRecord
            | Self::TooManyMeetings
            | Self::TooManyUsers
            | Self::MeetingFull
            | Self::TooManyCalls => "permissionDenied",
            Self::NotFound | Self::RecordingNotFound => "notFound",
            Self::InvalidMeetingIdentifier => "invalidMeetingIdentifier",
            Self::MissingMeetingId => "missingParamMeetingID",
            Self::MissingRecordId => "missingParamRecordID",
            Self::MissingPublish => "missingParamPublish",
            Self::MissingFullName => "missingParamFullName",
            Self::MissingName => "nullError",
            Self::EmptyName => "emptyError",
            Self::NameSize | Self::MeetingIdSize | Self::TooLong => "sizeError",
            Self::MeetingIdComma | Self::MeetingIdInvalid | Self::VoiceBridge | Self::Record => "validationError",
            Self::PasswordSize => "invalidPassword",
            Self::ParentMissing => "parentMeetingIDMissing",
            Self::ParentUnknown => "parentMeetingDoesNotExist",
            Self::ReservedParameters | Self::MalformedParameters => "invalidParameters",
            Self::IdNotUnique => "idNotUnique",
            Self::NoServer
            | Self::ServerTrouble
            | Self::RecordingTrouble
            | Self::Interrupted
            | Self::StoreTrouble
            | Self::ReportTrouble => "internalError",
            Self::MissingCallbackUrl => "missingParamCallbackURL",
            Self::HookNotCreated => "createHookError",
            Self::MissingHookId => "missingParamHookID",
            Self::HookNotFound => "destroyMissingHook",
            Self::HookNotDestroyed => "destroyHookError",
            Self::HooksNotListed => "listHookError",
        }
    }

    /// BBB's wording, or the Mconf balancer's where BBB has none.
    pub fn message(self) -> &'static str {
        match self {
            Self::Checksum => "You did not pass the checksum security check.",
            Self::UnsupportedRequest => "This request is not supported.",
            Self::UnsupportedContentType => "POST request Content-Type is missing or unsupported",
            Self::NotAllowed | Self::CallNotAllowed => "This application is not currently allowed to access this API.",
            Self::MayNotRecord => "This application is not allowed to record meetings.",
            Self::TooManyMeetings => "This application is not allowed to have any more concurrent meetings.",
            Self::TooManyUsers => "This application is not allowed to have any more concurrent users.",
            Self::MeetingFull => "This application is not allowed to have any more concurrent users in this meeting.",
            Self::TooManyCalls => "This application is not allowed to make any more calls at the moment.",
            Self::NotFound => {
                "We could not find a meeting with that meeting ID - perhaps the meeting is not yet running?"
            }
            Self::InvalidMeetingIdentifier => "The meeting ID that you supplied did not match any existing meetings.",
            Self::MissingMeetingId => "You must specify a meeting ID for the meeting.",
            Self::MissingRecordId => "You must specify a recordID.",
            Self::MissingPublish => "You must specify a publish value true or false.",
            Self::RecordingNotFound => "We could not find recordings",
            Self::MissingFullName => "You must provide your name",
            Self::MissingName | Self::EmptyName => "You must provide a meeting name",
            Self::NameSize => "Meeting name must be between 2 and 256 characters",
            Self::MeetingIdSize => "Meeting ID must be between 2 and 256 characters",
            Self::MeetingIdComma => "Meeting ID cannot contain ','",
            Self::MeetingIdInvalid => "Invalid meeting ID",
            Self::PasswordSize => "Invalid password",
            Self::VoiceBridge => "Voice bridge must be an integral value",
            Self::Record => "Record must be a boolean value (true or false)",
            Self::ParentMissing => "No parent meeting ID was provided for the breakout room",
            Self::ParentUnknown => "No parent meeting exists for the breakout room",
            Self::ReservedParameters | Self::MalformedParameters => {
                "The URL you supplied has parameters that are not accepted."
            }
            Self::IdNotUnique => "A meeting already exists with that meeting ID.  Please use a different meeting ID.",
            Self::NoServer => "There is no server available for this meeting at the moment.",
            Self::ServerTrouble => "The server of this meeting does not answer at the moment. Please try again.",
            Self::RecordingTrouble => "The server of these recordings does not answer at the moment. Please try again.",
            Self::TooLong => "The request is too long.",
            Self::Interrupted => "The request did not arrive whole.",
            Self::ReportTrouble => "The events cannot be read at the moment. Please try again.",
            Self::StoreTrouble => "The meeting could not be saved at the moment. Please try again.",
            Self::MissingCallbackUrl => "You must specify a callbackURL in the parameters.",
            Self::HookNotCreated => "An error happened while creating your hook. Check the logs.",
            Self::MissingHookId => "You must specify a hookID in the parameters.",
            Self::HookNotFound => "The hook informed was not found.",
            Self::HookNotDestroyed => "An error happened while removing your hook. Check the logs.",
            Self::HooksNotListed => "An error happened while listing registered hooks. Check the logs.",
        }
    }

    /// A word that tells refusals of one key apart: `permissionDenied` has many. The key itself where it says all.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAllowed => "inactive",
            Self::CallNotAllowed => "call-not-allowed",
            Self::MayNotRecord => "recording",
            Self::TooManyMeetings => "concurrent-meetings",
            Self::TooManyUsers => "concurrent-users",
            Self::MeetingFull => "users-per-meeting",
            Self::TooManyCalls => "calls-per-second",
            other => other.key(),
        }
    }

    /// Whether somebody was refused what they may not have or cannot get. A question about a meeting that has ended, or a
    /// parameter that is missing, is everyday.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Checksum
                | Self::UnsupportedRequest
                | Self::NotAllowed
                | Self::CallNotAllowed
                | Self::MayNotRecord
                | Self::TooManyMeetings
                | Self::TooManyUsers
                | Self::MeetingFull
                | Self::TooManyCalls
                | Self::ReservedParameters
                | Self::IdNotUnique
                | Self::NoServer
                | Self::HookNotCreated
        )
    }

    /// The refusal as BBB writes it, with HTTP status 200.
    pub fn reply(self) -> Reply {
        let mut writer = Writer::with_capacity(256);
        writer.open("response").element("returncode", "FAILED").element("messageKey", self.key());
        writer.element("message", self.message()).close("response");
        Reply::xml(writer.into_string())
    }
}
