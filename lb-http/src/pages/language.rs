//! [`Language`]: what pages are written in, by RFC 9110, 12.5.4.

pub(crate) use crate::server::Language;
