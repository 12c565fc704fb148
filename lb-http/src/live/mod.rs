//! What the dashboard shows, and how it gets to those who have it open.
//!
//! | file | what |
//! |---|---|
//! | `present` | the picture: all that a dashboard shows at one moment, and when each part of it changed last |
//! | `server` | one server in it |
//! | `alarm` | what an operator should look at now |
//! | `feed` | what happened last, of what people care about |
//! | `view` | the picture as somebody may see it |
//! | `hub` | looks at the network while somebody watches, and tells them what changed |
//! | `round` | which of it is told at once and which later |
//! | `stream` | one viewer |
//! | `wire` | events as they stand on the wire |
//!
//! A page is made of a whole [`View`] of [`Live::present`], and carries [`Live::id`] of it, so that its stream goes on from there.
//! What changes then is another [`View`], of the parts and the servers that are other than before; the same templates write
//! both. A fragment is a `<template>` with one element, which takes the place of the element with its id. Where there are
//! other servers than before, the browser fetches the page anew.
//!
//! However many watch, a change is rendered once for each language and audience, and all share the same bytes.

mod alarm;
mod feed;
mod hub;
mod present;
mod round;
mod server;
mod stream;
mod view;
mod wire;

pub(crate) use self::alarm::ShownAlarm;
pub(crate) use self::feed::{Feed, FeedItem};
pub(crate) use self::hub::Live;
pub(crate) use self::present::Present;
#[cfg(test)]
pub(crate) use self::server::Answers;
pub(crate) use self::server::ShownServer;
pub(crate) use self::stream::{Watcher, stream};
pub(crate) use self::view::{Audience, View};
