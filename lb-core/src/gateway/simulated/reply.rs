//! What a simulated server answers: [`SimulatedReply`], and BBB's two shapes of errors.

use std::fmt;

use crate::xml::escape;

const XML: &str = "text/xml;charset=utf-8";
const HTML: &str = "text/html;charset=utf-8";

/// An HTTP answer without the HTTP.
#[derive(Clone)]
pub struct SimulatedReply {
    /// The HTTP status.
    pub status: u16,
    /// The content type; empty where there is no body, or none is said.
    pub content_type: &'static str,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The whole body.
    pub body: String,
}

impl SimulatedReply {
    /// `inner` within BBB's envelope of a success.
    pub(super) fn success(inner: &str) -> Self {
        Self::response("SUCCESS", inner)
    }

    /// A failure with BBB's key and wording, or a success that says something.
    pub(super) fn message(returncode: &str, key: &str, message: &str) -> Self {
        let mut inner = String::new();
        element(&mut inner, "messageKey", key);
        element(&mut inner, "message", message);
        Self::response(returncode, &inner)
    }

    pub(super) fn failed(failure: Failure) -> Self {
        Self::message("FAILED", failure.key, failure.message)
    }

    /// BBB's other shape of errors, which it uses for a voice bridge that is taken.
    pub(super) fn errors(key: &str, message: &str) -> Self {
        let mut inner = String::from("<errors><error>");
        element(&mut inner, "key", key);
        element(&mut inner, "message", message);
        inner.push_str("</error></errors>");
        Self::response("FAILED", &inner)
    }

    pub(super) fn redirect(location: String) -> Self {
        Self { status: 302, content_type: "", location: Some(location), body: String::new() }
    }

    /// A page for people, as BBB answers a path that it does not know and nginx answers for it.
    pub fn html(status: u16, title: &str) -> Self {
        let body = format!("<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>\n");
        Self { status, content_type: HTML, location: None, body }
    }

    fn response(returncode: &str, inner: &str) -> Self {
        let body = format!("<response><returncode>{returncode}</returncode>{inner}</response>");
        Self { status: 200, content_type: XML, location: None, body }
    }
}

impl fmt::Debug for SimulatedReply {
    /// Shows no body and no location: they carry passwords and session tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedReply").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}

/// A key and a wording of BBB's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) key: &'static str,
    pub(super) message: &'static str,
}

impl Failure {
    pub(super) const fn new(key: &'static str, message: &'static str) -> Self {
        Self { key, message }
    }
}

/// Appends `<name>text</name>`, the text escaped.
pub(super) fn element(xml: &mut String, name: &str, text: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    xml.push_str(&escape(text));
    xml.push_str("</");
    xml.push_str(name);
    xml.push('>');
}
