//! BBB's API over HTTP: from a raw request to the balancer and back.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Request, Response, StatusCode};
use ipnet::IpNet;
use lb_core::api::{ApiRequest, Call, Method, Reply, Upload, route};

use super::accept::{Language, prefers_html};
use super::bodies::{Bodies, Room};
use super::multipart::{FORM, in_one_piece, is_multipart};
use super::reply_body::ReplyBody;
use super::uploads::{self, Fate, Uploads};
use super::{Service, caller, refusal};

/// How many forwarded addresses a meeting is placed by; more than any honest chain of proxies has.
const MOST_FORWARDED: usize = 16;

/// Answers one request of the API.
pub(super) async fn answer(
    service: &Service,
    bodies: &Bodies,
    uploads: &Uploads,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let language = Language::preferred(request.headers());
    let setup = service.setup.load();
    let (request, body) = match read(service, &setup.trusted_proxies, bodies, uploads, peer, request).await {
        Ok(read) => read,
        Err(refused) => return response(refused),
    };
    let repeatable = request.method == Method::Get;
    let told = move |reply: Reply| {
        let page = reply.for_person.and_then(|failure| refusal::page(failure, language, repeatable));
        page.unwrap_or_else(|| response(reply))
    };
    let balancer = Arc::clone(&setup.balancer);
    // one that nobody knows may change something
    if call(&request.path).is_some_and(|call| !call.changes_state()) {
        return told(balancer.handle(&request).await);
    }
    // The website may hang up; the call goes on.
    let task = service.tasks.spawn(async move {
        match body {
            BodyRead::Coming(upload, fate) => {
                let reply = balancer.handle_upload(&request, upload).await;
                fate.get().map_or(reply, |trouble| uploads::refusal(*trouble))
            }
            BodyRead::There(room) => {
                let reply = balancer.handle(&request).await;
                drop(room);
                reply
            }
        }
    });
    told(task.await.unwrap_or_else(|_| Reply::plain(500, "internal error\n")))
}

/// The call that a path names, if it is one that the balancer knows.
fn call(path: &str) -> Option<Call> {
    route(path).and_then(|route| Call::named(route.call))
}

/// What was read of a body.
enum BodyRead {
    /// All of it is in the request, and takes this room.
    There(Option<Room>),
    /// It goes on while it comes.
    Coming(Upload, Fate),
}

/// Reads a request within the limits.
async fn read(
    service: &Service,
    trusted_proxies: &[IpNet],
    bodies: &Bodies,
    uploads: &Uploads,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<(ApiRequest, BodyRead), Reply> {
    let (head, body) = request.into_parts();
    let method = match head.method.as_str() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        _ => return Err(Reply::plain(405, "method not allowed\n")),
    };
    let text = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    let mut content_type = text(CONTENT_TYPE);
    let forwarded = caller::forwarded_for(&head.headers);
    let address = caller::address(peer.ip(), &forwarded, trusted_proxies);
    let is_parts = content_type.as_deref().is_some_and(is_multipart);
    let is_xml = !is_parts && content_type.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("xml"));
    let whose = Some(address).filter(|address| !caller::is_trusted(*address, trusted_proxies));
    let call = call(head.uri.path());
    let (body, read) = match method {
        Method::Post if call.is_some_and(|call| call.takes_upload(content_type.as_deref())) => {
            let limit = if is_xml { service.limits.xml_bytes } else { service.limits.upload_bytes };
            let content_type = content_type.as_deref().unwrap_or_default();
            let (upload, fate) = uploads.begin(body, content_type, limit, whose)?;
            (Bytes::new(), BodyRead::Coming(upload, fate))
        }
        Method::Post => {
            let limit = if is_xml { service.limits.xml_bytes } else { service.limits.form_bytes };
            let (body, room) = bodies.read(body, limit, whose).await?;
            (body, BodyRead::There(Some(room)))
        }
        Method::Get | Method::Head => (Bytes::new(), BodyRead::There(None)),
    };
    let body = match content_type.as_deref().filter(|_| is_parts && !body.is_empty()) {
        // one that cannot be read stays what it is, and is refused as one
        Some(parts) => match in_one_piece(parts, body.clone()).await {
            Some(form) => {
                content_type = Some(FORM.to_owned());
                form
            }
            None => body,
        },
        None => body,
    };
    let request = ApiRequest {
        method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        content_type,
        body,
        host: host(&head.headers, &head.uri),
        address: Some(address),
        forwarded_for: forwarded.into_iter().flatten().take(MOST_FORWARDED).collect(),
        prefers_html: prefers_html(&head.headers),
    };
    Ok((request, read))
}

/// The host that the request is for, without its port.
fn host(headers: &HeaderMap, uri: &hyper::Uri) -> Option<String> {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).or_else(|| uri.host())?;
    Some(host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned())
}

fn content_type(text: Cow<'static, str>) -> HeaderValue {
    let plain = HeaderValue::from_static("application/octet-stream");
    match text {
        Cow::Borrowed(text) => HeaderValue::from_static(text),
        Cow::Owned(text) => HeaderValue::try_from(text).unwrap_or(plain),
    }
}

fn response(reply: Reply) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type(reply.content_type));
    // what a server answers to a call that nobody knows must not become a page
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if reply.status == 405 {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    if let Some(location) = reply.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(LOCATION, location);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}
