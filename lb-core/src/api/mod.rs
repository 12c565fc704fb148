//! The dialect of BigBlueButton's HTTP API: requests, replies, failures, and the answers of servers.
//!
//! | file | what |
//! |---|---|
//! | `call` | which call a path names |
//! | `request` | a website's request, its parameters, what may have been signed |
//! | `params` | raw queries: cutting out the checksum, decoding, encoding again |
//! | `reply`, `body`, `failure` | what a website is told |
//! | `answer` | what a server said, whatever its version |
//! | `stamp` | the metadata by which a balancer knows its meetings |
//! | `join_refusal` | how somebody who cannot join is told |
//! | `create`, `join`, … | a file for each call that has a form of its own: what it demands, what is sent on, what comes back |

mod answer;
mod body;
mod call;
mod failure;
mod params;
mod reply;
mod request;

pub mod create;
pub mod get_meeting_events;
pub mod get_meetings;
pub mod is_meeting_running;
pub mod join;
pub mod join_refusal;
pub mod root;
pub mod stamp;

pub use self::answer::Answer;
pub use self::body::{Body, Pieces};
pub use self::call::{Call, Route, route};
pub use self::failure::Failure;
pub use self::params::Params;
pub use self::reply::Reply;
pub use self::request::{ApiRequest, Method, SignedRequest};
