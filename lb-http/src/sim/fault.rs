//! How the simulated programs misbehave.

use std::time::Duration;

/// How a simulated BBB server misbehaves. Refusing connections is [`SimulatedServer::stop`](super::SimulatedServer::stop),
/// leaving them hanging is [`SimulatedServer::clog`](super::SimulatedServer::clog).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Takes the call, does nothing, and never answers.
    HangBefore,
    /// Does the call and never answers.
    HangAfter,
    /// Does the call and answers so much later.
    Slow(Duration),
    /// Does the call and begins to answer at once; the last bytes come so much later.
    Trickle(Duration),
    /// Does nothing; nginx answers 502 with a page, as while BBB starts.
    Html502,
    /// Does the call and answers 200 without a body.
    Empty,
    /// Does the call and answers 200 with bytes that are no text.
    Garbage,
    /// Does the call and answers something that is no HTTP.
    NotHttp,
    /// Does the call and closes the connection in good order without an answer.
    Close,
    /// Resets the connection without having done the call.
    ResetBefore,
    /// Does the call and resets the connection before any answer.
    ResetAfter,
    /// Does the call and resets the connection in the middle of the answer's body.
    ResetMiddle,
    /// Does the call and answers well-formed XML with so many bytes of blanks in it.
    Huge(u64),
    /// Does the call and answers XML with a document type whose entities grow to gigabytes when they are resolved.
    Bomb,
    /// Does the call and answers well-formed XML with so many bytes of empty elements in it.
    Crowd(u64),
}

impl Fault {
    /// Whether the server does the call before it misbehaves.
    pub(super) fn does_the_call(self) -> bool {
        !matches!(self, Self::HangBefore | Self::Html502 | Self::ResetBefore)
    }
}

/// How a simulated Nagios misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NagiosFault {
    /// Nagios was stopped in good order: 200 and a line feed, or from Mconf's program a page of HTML.
    Stopped,
    /// Nagios has crashed: its web interface goes on showing what was so long before the fault was set.
    Stale(Duration),
    /// Nagios was restarted and has checked nothing yet.
    Pending,
    /// The user may see nothing: empty lists, with success.
    EmptyList,
    /// The password is not taken: 401.
    Unauthorized,
    /// 200 with bytes that are no JSON.
    Garbage,
    /// Takes the request and never answers.
    Hang,
}
