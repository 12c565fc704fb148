//! What can be wrong with a server, and which calls a website makes meanwhile.

use std::time::Duration;

use lb_http::sim::{Fault, SimulatedServer};

/// A website's whole call, `[upstream] timeout`.
pub const BUDGET: Duration = Duration::from_secs(4);

/// `[upstream] connect_timeout`.
pub const CONNECT: Duration = Duration::from_secs(1);

/// What one attempt of a create may take of the budget.
pub const SHARE: Duration = Duration::from_millis(1750);

/// A call that no BBB of today has.
pub const FUTURE_CALL: &str = "extendMeeting";

/// What is wrong with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Refuses,
    ConnectHangs,
    Hangs,
    Slow,
    TooSlow,
    Html502,
    Empty,
    ResetBefore,
    ResetMiddle,
    Garbage,
    Huge,
    Bomb,
    Crowd,
    Suspended,
}

impl Trouble {
    pub const ALL: [Self; 14] = [
        Self::Refuses,
        Self::ConnectHangs,
        Self::Hangs,
        Self::Slow,
        Self::TooSlow,
        Self::Html502,
        Self::Empty,
        Self::ResetBefore,
        Self::ResetMiddle,
        Self::Garbage,
        Self::Huge,
        Self::Bomb,
        Self::Crowd,
        Self::Suspended,
    ];

    /// As an operator says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refuses => "refuses connections",
            Self::ConnectHangs => "lets connections hang",
            Self::Hangs => "takes the call, never answers",
            Self::Slow => "answers slowly, in time",
            Self::TooSlow => "answers too slowly",
            Self::Html502 => "answers 502 with a page",
            Self::Empty => "answers nothing (an empty body)",
            Self::ResetBefore => "resets the connection before the answer",
            Self::ResetMiddle => "resets the connection in the middle of the answer",
            Self::Garbage => "answers garbage",
            Self::Huge => "answers 100 MB",
            Self::Bomb => "answers entities that would grow to gigabytes",
            Self::Crowd => "answers 4 million empty elements",
            Self::Suspended => "is suspended",
        }
    }

    /// The fault on the wire; `None` where the listener itself is in trouble.
    fn fault(self) -> Option<Fault> {
        Some(match self {
            Self::Refuses | Self::ConnectHangs | Self::Suspended => return None,
            Self::Hangs => Fault::HangAfter,
            Self::Slow => Fault::Trickle(Duration::from_millis(400)),
            Self::TooSlow => Fault::Trickle(Duration::from_secs(60)),
            Self::Html502 => Fault::Html502,
            Self::Empty => Fault::Empty,
            Self::ResetBefore => Fault::ResetAfter,
            Self::ResetMiddle => Fault::ResetMiddle,
            Self::Garbage => Fault::Garbage,
            Self::Huge => Fault::Huge(100_000_000),
            Self::Bomb => Fault::Bomb,
            Self::Crowd => Fault::Crowd(16_000_000),
        })
    }

    /// From now on `server` is in this trouble.
    pub async fn befall(self, server: &SimulatedServer) {
        match self {
            Self::Refuses | Self::Suspended => server.stop().await,
            Self::ConnectHangs => server.clog().await.expect("its port is its own"),
            _ => server.fault(self.fault()),
        }
    }

    /// It is over.
    pub async fn pass(self, server: &SimulatedServer) {
        server.fault(None);
        if self.fault().is_none() {
            server.stop().await;
            server.reopen().await.expect("its port is its own");
        }
    }

    /// Whether a call gets through to the server.
    pub fn lets_calls_through(self) -> bool {
        self.fault().is_some()
    }

    /// Whether an answer comes that can be used.
    pub fn answers(self) -> bool {
        self == Self::Slow
    }

    /// Whether the connection breaks before anything of an answer.
    pub fn breaks_before_the_answer(self) -> bool {
        self == Self::ResetBefore
    }

    /// Which limit ends the wait, if it is one.
    pub fn ends_by(self) -> Limit {
        match self {
            Self::ConnectHangs => Limit::Connecting,
            Self::Hangs | Self::TooSlow => Limit::Call,
            _ => Limit::None,
        }
    }
}

/// What ends the wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The server itself.
    None,
    /// The time for connecting.
    Connecting,
    /// The time for the call.
    Call,
}

/// What a website asks, and what the balancer asks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Create,
    CreateAgain,
    Join,
    JoinWithoutRedirect,
    GetMeetingInfo,
    IsMeetingRunning,
    End,
    InsertDocument,
    SendChatMessage,
    Unknown,
    Poll,
}

impl Call {
    pub const ALL: [Self; 11] = [
        Self::Create,
        Self::CreateAgain,
        Self::Join,
        Self::JoinWithoutRedirect,
        Self::GetMeetingInfo,
        Self::IsMeetingRunning,
        Self::End,
        Self::InsertDocument,
        Self::SendChatMessage,
        Self::Unknown,
        Self::Poll,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::Create => "create of a new meeting",
            Self::CreateAgain => "create of a meeting that is there",
            Self::Join => "join",
            Self::JoinWithoutRedirect => "join with redirect=false",
            Self::GetMeetingInfo => "getMeetingInfo",
            Self::IsMeetingRunning => "isMeetingRunning",
            Self::End => "end",
            Self::InsertDocument => "insertDocument",
            Self::SendChatMessage => "sendChatMessage",
            Self::Unknown => "a call about a meeting that the balancer does not know",
            Self::Poll => "The balancer's own poll, and getMeetings",
        }
    }

    /// The call's name on the server.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create | Self::CreateAgain => "create",
            Self::Join | Self::JoinWithoutRedirect => "join",
            Self::GetMeetingInfo => "getMeetingInfo",
            Self::IsMeetingRunning => "isMeetingRunning",
            Self::End => "end",
            Self::InsertDocument => "insertDocument",
            Self::SendChatMessage => "sendChatMessage",
            Self::Unknown => FUTURE_CALL,
            Self::Poll => "getMeetings",
        }
    }

    /// Whether it only asks.
    pub fn reads(self) -> bool {
        matches!(self, Self::GetMeetingInfo | Self::IsMeetingRunning)
    }

    /// The meeting that it is about: one of its own for each.
    pub fn room(self) -> String {
        format!("room-{self:?}").to_lowercase()
    }
}
