//! `isMeetingRunning`: whether somebody is in a meeting. An unknown meeting is no failure: nobody is in it.

use super::Reply;

/// The answer.
pub fn reply(running: bool) -> Reply {
    Reply::success(|writer| {
        writer.element("running", if running { "true" } else { "false" });
    })
}
