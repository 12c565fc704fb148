//! The shape of each state: what is to be told without colours.

use lb_core::server::ServerState;

/// The outline of a server in that state, some 20 dots wide, around 0 0.
pub(super) fn outline(state: ServerState) -> &'static str {
    match state {
        ServerState::Enabled => "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0z",
        // the administrator's ring
        ServerState::ForceEnabled => {
            "M-10 0a10 10 0 1 0 20 0a10 10 0 1 0-20 0zM-5.8 0a5.8 5.8 0 1 0 11.6 0a5.8 5.8 0 1 0-11.6 0zM-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z"
        }
        ServerState::Warning => "M0-10L10 8h-20z",
        ServerState::Critical => "M0-11L11 0L0 11L-11 0z",
        ServerState::ForceDisabled => "M-8.5-8.5h17v17h-17z",
        ServerState::Draining => "M0 10L10-8h-20z",
        // only its outline is drawn, broken
        ServerState::Gone => "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
        ServerState::Suspended => "M0-4L5-9L9-5L4 0L9 5L5 9L0 4L-5 9L-9 5L-4 0L-9-5L-5-9z",
        ServerState::Recording => "M-5-8.5h10L10 0L5 8.5h-10L-10 0z",
    }
}

/// The worse, the higher: what of many has to be seen.
pub(super) fn severity(state: ServerState) -> u8 {
    match state {
        ServerState::Critical => 8,
        ServerState::Suspended => 7,
        // only its outline is drawn, broken
        ServerState::Gone => 6,
        ServerState::Warning => 5,
        ServerState::ForceDisabled => 4,
        ServerState::Draining => 3,
        ServerState::ForceEnabled => 2,
        ServerState::Enabled => 1,
        ServerState::Recording => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_states_look_alike() {
        let outlines: HashSet<_> = ServerState::ALL.into_iter().map(outline).collect();
        let severities: HashSet<_> = ServerState::ALL.into_iter().map(severity).collect();
        assert_eq!((outlines.len(), severities.len()), (9, 9));
    }
}
