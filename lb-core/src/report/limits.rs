//! [`Limits`]: how much a report may hold.

/// How much a report holds at most: with the defaults some 300 MB, of which most reports take a hundredth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Stays and join calls of meetings that run, or that ended within the last [`LINGER`](super::LINGER).
    pub stays: usize,
    /// Meetings, ended ones included, of which it must be known that they were counted.
    pub meetings: usize,
    /// Recordings.
    pub recordings: usize,
    /// Moments at which the meetings of a group became more or fewer; as many again for users.
    pub changes: usize,
    /// Names, each once for every group and step that it occurs in.
    pub names: usize,
    /// Lines of the table.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stays: 500_000,
            meetings: 1_000_000,
            recordings: 200_000,
            changes: 2_000_000,
            names: 2_000_000,
            rows: 50_000,
        }
    }
}

/// A report would hold more than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the report is too large: it has more than {limit} {what}; ask for a shorter period, for longer steps or for less at once"
)]
pub struct TooMuch {
    /// What there is too much of.
    pub what: &'static str,
    /// How much of it there may be.
    pub limit: usize,
}

impl TooMuch {
    /// Refuses where `found` is more than `limit`.
    pub(super) fn unless(found: usize, limit: usize, what: &'static str) -> Result<(), Self> {
        if found > limit { Err(Self { what, limit }) } else { Ok(()) }
    }
}
