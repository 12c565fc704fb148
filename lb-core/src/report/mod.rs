//! Usage reports: figures of a period, made of the stored events.
//!
//! What each figure means stands in `docs/usage-reports.md`. A report is made in two steps that know nothing of each other:
//!
//! ```text
//! events, oldest first ──▶ Fold: meetings and stays ──▶ Tally: figures by group and step ──▶ Table
//! ```
//!
//! | | |
//! |---|---|
//! | [`ReportQuery`] | what is asked for |
//! | [`Zone`] | a time zone: where days begin |
//! | [`Fold`] | makes [`Held`] meetings of events, once nothing more can be heard of them |
//! | [`Report`] | folds, and tallies what was held |
//! | [`Table`] | the answer |
//!
//! [`Balancer::report`](crate::balancer::Balancer::report) reads the events and makes the whole of it.
//!
//! Where quarters of an hour are rolled up, these are read instead of the events, and the figures are the same.
//!
//! A report holds the meetings that run, those that ended within the last [`LINGER`], and what the figures need: no events. How
//! much that is at most, [`Limits`] says; a report that would need more is refused.

mod cell;
mod fold;
mod hearing;
mod incarnation;
mod limits;
mod peaks;
mod query;
pub(crate) mod rollup;
mod steps;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod whole;
mod zone;

pub use self::cell::{Figures, Refusals};
pub use self::fold::{Fold, Incarnation, LINGER};
pub(crate) use self::hearing::{Counting, Hearing};
pub use self::incarnation::{Held, Lifetime, SentThere, Stay};
pub use self::limits::{Limits, TooMuch};
pub use self::query::{BadReportQuery, By, Filter, Owner, Owners, ReportQuery, Step};
pub use self::steps::Span;
pub use self::table::{Row, Table};
pub use self::whole::{READ, Report};
pub use self::zone::{BadMoment, UnknownZone, Zone};
