//! What a plan's limits are held against, as far as no store knows it: calls of the last second, joins that no list shows yet.

mod attendees;
mod rates;
mod seats;

pub(crate) use self::attendees::Attendees;
pub(crate) use self::rates::CallRates;
pub(crate) use self::seats::{Full, Joining, Limits, Listed, SeatNumber, Seats, Who};
