//! The dialect of BigBlueButton's HTTP API: requests, replies, failures, and the answers of servers.
//!
//! | file | what |
//! |---|---|
//! | `call` | which call a path names |
//! | `request` | a website's request, its parameters, what may have been signed |
//! | `params` | raw queries: cutting out the checksum, decoding, encoding again |
//! | `reply`, `body`, `failure` | what a website is told |
//! | `answer` | what a server said, whatever its version |
//! | `json` | the same in JSON, for the few calls that answer it |
//! | `upload` | a body that goes on to a server while it comes |
//! | `config_xml` | addresses in what old clients are configured by |
//! | `stamp` | the metadata by which a balancer knows its meetings |
//! | `join_refusal` | how somebody who cannot join is told |
//! | `create`, `join`, … | a file for each call that has a form of its own: what it demands, what is sent on, what comes back |

mod answer;
mod body;
mod call;
mod failure;
mod params;
mod prolog;
mod reply;
mod request;
mod upload;

pub mod config_xml;
pub mod create;
pub mod get_meeting_events;
pub mod get_meetings;
pub mod get_recordings;
pub mod get_servers;
pub mod get_sessions;
pub mod hooks;
pub mod is_meeting_running;
pub mod join;
pub mod join_refusal;
pub mod json;
pub mod root;
pub mod stamp;

pub use self::answer::Answer;
pub use self::body::{Body, Pieces};
pub use self::call::{Call, Route, route};
pub use self::failure::Failure;
pub use self::params::Params;
pub(crate) use self::params::{cut_checksum, sorted_form};
pub use self::reply::Reply;
pub use self::request::{ApiRequest, Method, SignedRequest};
pub use self::upload::{Upload, UploadError, UploadPieces};
