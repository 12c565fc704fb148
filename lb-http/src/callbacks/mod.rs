//! Callbacks to websites over HTTP: [`HttpSender`] sends them, [`start`] works the outbox off.
//!
//! | file | what |
//! |---|---|
//! | `destination` | which addresses websites may have their callbacks sent to |
//! | `send` | one callback: redirects, deadline, what counts as heard |
//! | `round` | which callback is sent when |

mod destination;
mod round;
mod send;

pub use self::destination::is_public;
pub use self::round::start;
pub use self::send::HttpSender;
