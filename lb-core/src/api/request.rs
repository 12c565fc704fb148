//! A website's request as it came in, and what it says once its form and checksum are read.

use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;

use super::params::{cut_checksum, sorted_form};
use super::prolog::{self, Prolog};
use super::upload::{is_xml, media_type};
use super::{Failure, Params, Route, Upload, route};
use crate::checksum::Checksum;

/// The HTTP methods that the API takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD: as GET without the body, and without any effect.
    Head,
    /// POST.
    Post,
}

/// A website's request. The raw query is kept as it stood on the wire: the checksum was made over it.
#[derive(Clone)]
pub struct ApiRequest {
    /// How.
    pub method: Method,
    /// The raw path.
    pub path: String,
    /// The raw query, without its `?`.
    pub query: String,
    /// The `Content-Type` header. Looked at only where there is a body.
    pub content_type: Option<String>,
    /// The whole body.
    pub body: Bytes,
    /// The `Host` header, which may name the integration.
    pub host: Option<String>,
    /// The address for throttling and logs: the first from the right that is no trusted proxy.
    pub address: Option<IpAddr>,
    /// The addresses of `X-Forwarded-For`, leftmost first, as far as they could be read. Only good for placing a meeting.
    pub forwarded_for: Vec<IpAddr>,
    /// Whether who asks would rather have a page than XML: a person with a browser.
    pub prefers_html: bool,
}

impl ApiRequest {
    /// A GET of `target` (path and query) from nowhere in particular.
    pub fn get(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: Method::Get,
            path: path.to_owned(),
            query: query.to_owned(),
            content_type: None,
            body: Bytes::new(),
            host: None,
            address: None,
            forwarded_for: Vec::new(),
            prefers_html: false,
        }
    }

    /// The same as a POST of `body`.
    pub fn post(target: &str, content_type: &str, body: impl Into<Bytes>) -> Self {
        let get = Self::get(target);
        Self { method: Method::Post, content_type: Some(content_type.to_owned()), body: body.into(), ..get }
    }

    /// Where the path leads; `None` if it is no path of the API.
    pub fn route(&self) -> Option<Route<'_>> {
        route(&self.path)
    }

    /// Its body as one that could still be on its way; `None` if it has none.
    pub fn upload(&self) -> Option<Upload> {
        let there = self.method == Method::Post && !self.body.is_empty();
        there.then(|| Upload::whole(self.content_type.clone().unwrap_or_default(), self.body.clone()))
    }

    /// Reads parameters and checksum of a call whose body is no part of what it says.
    pub fn read_query(&self) -> SignedRequest {
        let (signed, in_query) = cut_checksum(&self.query);
        SignedRequest {
            params: Params::parse(&signed),
            checksum: in_query.and_then(Checksum::parse),
            texts: vec![signed],
            xml: None,
        }
    }

    /// Reads parameters and checksum.
    ///
    /// # Errors
    /// [`Failure::UnsupportedContentType`] if there is a body that is neither a form nor XML.
    pub fn read(&self) -> Result<SignedRequest, Failure> {
        let mut request = self.read_query();
        if self.body.is_empty() || self.method != Method::Post {
            return Ok(request);
        }
        match media_type(self.content_type.as_deref().unwrap_or_default()).to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => {
                let form = Params::parse(&String::from_utf8_lossy(&self.body));
                request.checksum = request.checksum.or_else(|| form.get("checksum").and_then(Checksum::parse));
                if request.texts[0].is_empty() {
                    request.texts.push(sorted_form(&form));
                }
                request.params.extend(form);
                request.params.retain(|name| name != "checksum");
            }
            xml if is_xml(xml) => {
                if prolog::look(&self.body) != Prolog::Fine {
                    return Err(Failure::UnsupportedContentType);
                }
                request.xml = Some((xml.to_owned(), self.body.clone()));
            }
            _ => return Err(Failure::UnsupportedContentType),
        }
        Ok(request)
    }
}

impl fmt::Debug for ApiRequest {
    /// Without query and body: they carry passwords and the checksum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// What a request says, and what it claims to be signed with.
#[derive(Clone)]
pub struct SignedRequest {
    /// Its parameters, those of the query before those of a form, without the checksum.
    pub params: Params,
    /// The digest, if one was given that can be one.
    pub checksum: Option<Checksum>,
    /// What may have been signed, likeliest first.
    pub texts: Vec<String>,
    /// An XML body and its media type. It is not covered by the checksum.
    pub xml: Option<(String, Bytes)>,
}

impl fmt::Debug for SignedRequest {
    /// Names of parameters only: the texts and the body carry passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest").field("params", &self.params).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_behind_the_query_and_both_post_rules_are_tried() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let read = ApiRequest::post("/bigbluebutton/api/create", form, "name=b&meetingID=a").read().unwrap();
        assert_eq!(read.texts, ["", "meetingID=a&name=b"]);
        let read = ApiRequest::post("/x?name=query&checksum=1", form, "name=form&meetingID=a").read().unwrap();
        assert_eq!(read.texts, ["name=query"]);
        assert_eq!((read.params.get("name"), read.params.get("meetingID")), (Some("query"), Some("a")));
    }

    #[test]
    fn debug_shows_no_values() {
        let form = "application/x-www-form-urlencoded";
        let request = ApiRequest::post("/bigbluebutton/api/create?attendeePW=s3cr3t", form, "moderatorPW=s3cr3t");
        assert!(!format!("{request:?} {:?}", request.read().unwrap()).contains("s3cr3t"));
    }

    #[test]
    fn the_content_type_counts_only_where_there_is_a_body() {
        let mut request = ApiRequest::get("/bigbluebutton/api/end?meetingID=a");
        request.content_type = Some("application/json".into());
        assert!(request.read().is_ok());
        let json = ApiRequest::post("/bigbluebutton/api/create", "application/json", "{}");
        assert_eq!(json.read().unwrap_err(), Failure::UnsupportedContentType);
        let xml = ApiRequest::post("/bigbluebutton/api/create?a=1", "Application/XML; charset=UTF-8", "<modules/>");
        assert_eq!(xml.read().unwrap().xml.unwrap().0, "application/xml");
    }
}
