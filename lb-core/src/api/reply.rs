//! What a website is told: [`Reply`].

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::{Body, Failure};
use crate::xml::Writer;

/// An answer to a website, for any HTTP server to send.
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status: 200 also where the call failed, as BBB does, because clients read XML only on 200.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: Cow<'static, str>,
    /// The `Location` of a redirect. It is a bearer token: it must not be logged.
    pub location: Option<String>,
    /// The body.
    pub body: Body,
    /// Why a person was refused, who would rather read a page than the XML of the body. An HTTP server without pages sends the
    /// body.
    pub for_person: Option<Failure>,
}

impl Reply {
    /// BBB's content type for XML.
    pub const XML: &'static str = "text/xml;charset=utf-8";

    /// An answer of XML, status 200.
    pub fn xml(body: impl Into<Body>) -> Self {
        Self {
            status: 200,
            content_type: Cow::Borrowed(Self::XML),
            location: None,
            body: body.into(),
            for_person: None,
        }
    }

    /// A SUCCESS whose elements after the returncode are written by `write`.
    pub fn success(write: impl FnOnce(&mut Writer)) -> Self {
        let mut writer = Writer::with_capacity(512);
        writer.open("response").element("returncode", "SUCCESS");
        write(&mut writer);
        writer.close("response");
        Self::xml(writer.into_string())
    }

    /// A redirect (302) that sends a browser to `location`.
    pub fn redirect(location: String) -> Self {
        Self { status: 302, content_type: Cow::Borrowed("text/plain"), location: Some(location), ..Self::xml("") }
    }

    /// A plain refusal by HTTP status, for requests that are none of the API.
    pub fn plain(status: u16, text: &'static str) -> Self {
        Self {
            status,
            content_type: Cow::Borrowed("text/plain;charset=utf-8"),
            location: None,
            body: Bytes::from_static(text.as_bytes()).into(),
            for_person: None,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("body", &self.body).finish_non_exhaustive()
    }
}
