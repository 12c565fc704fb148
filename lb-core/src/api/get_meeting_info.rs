//! `getMeetingInfo`: all about one meeting, as its server answers it, without the balancer's stamps.

pub use super::end::{meeting_id, query};
