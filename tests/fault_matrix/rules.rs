//! What must come of each call in each trouble, by rule.

use super::trouble::{BUDGET, CONNECT, Call, Limit, SHARE, Trouble};
use std::time::Duration;

/// What came of one call, in words that do not vary from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the website reads.
    pub reads: String,
    /// When: which limit has passed.
    pub when: &'static str,
    /// How often the server got the call.
    pub got: String,
    /// What is stored afterwards.
    pub stored: String,
}

/// Which limit a call took that was answered after `took`. Above a limit there is room for a busy machine, below it there is
/// none: no wait can end before its limit.
pub fn when(took: Duration) -> &'static str {
    match took {
        _ if took < CONNECT.mul_f64(0.9) => "soon",
        _ if took < SHARE.mul_f64(0.95) => "after the time for connecting",
        _ if took < BUDGET.mul_f64(0.95) => "after one server's share",
        _ if took < BUDGET + Duration::from_secs(2) => "after the whole time",
        _ => "too late",
    }
}

pub fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// What must come of `call` on a server in `trouble`.
pub fn expected(call: Call, trouble: Trouble) -> Cell {
    Cell {
        reads: reads(call, trouble).to_owned(),
        when: waits(call, trouble),
        got: got(call, trouble),
        stored: stored(call, trouble).to_owned(),
    }
}

fn reads(call: Call, trouble: Trouble) -> &'static str {
    match call {
        // another server can always take a new meeting
        Call::Create => "SUCCESS",
        // a redirect asks no server, but leads nobody to one that is known not to answer
        Call::Join if trouble != Trouble::Suspended => "a redirect to its server",
        Call::Poll => "SUCCESS, every meeting",
        _ if trouble.answers() => "SUCCESS",
        _ => "internalError",
    }
}

fn waits(call: Call, trouble: Trouble) -> &'static str {
    match (call, trouble.ends_by()) {
        (Call::Join | Call::Poll, _) | (_, Limit::None) => "soon",
        (_, Limit::Connecting) => "after the time for connecting",
        (Call::Create | Call::CreateAgain, Limit::Call) => "after one server's share",
        (_, Limit::Call) => "after the whole time",
    }
}

fn got(call: Call, trouble: Trouble) -> String {
    match call {
        Call::Join => times(0),
        _ if !trouble.lets_calls_through() => times(0),
        Call::Poll => "every round".to_owned(),
        // what only asks may be asked once more; what changes something is never sent twice
        _ if call.reads() && trouble.breaks_before_the_answer() => times(2),
        _ => times(1),
    }
}

fn stored(call: Call, trouble: Trouble) -> &'static str {
    match call {
        Call::Create if trouble.answers() => "on the first server",
        Call::Create if trouble.lets_calls_through() => "on the second server; the first may hold a stray",
        Call::Create => "on the second server",
        // a poll that succeeds finds that the meeting is gone
        Call::End if trouble.answers() => "nothing",
        Call::Poll => "all as it was",
        _ => "on the first server",
    }
}
