//! What servers call: `…/callbacks/PLACE/INTEGRATION/TOKEN`, behind any prefix.
//!
//! | place | call |
//! |---|---|
//! | `ended` | GET: a meeting has ended; HEAD does nothing |
//! | `recording-ready` | POST of a form: a recording is ready |
//! | `analytics` | POST of JSON: what went on in a meeting |

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use lb_core::api::Params;
use lb_core::balancer::{Balancer, Heard};
use lb_core::callback::{CallbackPlace, LONGEST_ANALYTICS};
use tokio::sync::Semaphore;

use super::{Service, hooks};

/// The most bytes of a form: it has one token.
const FORM_BYTES: usize = 32 << 10;

/// How many forms are read at once. People in a meeting see the URL, so anybody of them can begin one.
const FORMS_AT_ONCE: usize = 1024;

/// How many analytics are read at once; they are from servers alone.
const ANALYTICS_AT_ONCE: usize = 32;

/// Places for what servers post and is read now. Where there is none it is answered with 503, and servers post again.
#[derive(Debug)]
pub struct Posts {
    forms: Semaphore,
    analytics: Semaphore,
}

impl Default for Posts {
    fn default() -> Self {
        Self { forms: Semaphore::new(FORMS_AT_ONCE), analytics: Semaphore::new(ANALYTICS_AT_ONCE) }
    }
}

/// Answers a server's call; any other path is not found.
pub(super) async fn called(State(service): State<Service>, request: Request) -> Response {
    if let Some((server, token)) = Balancer::hook_in(request.uri().path()).map(|(name, token)| (name, token.to_owned()))
    {
        return hooks::heard(&service, &server, &token, request).await;
    }
    let (head, body) = request.into_parts();
    match CallbackPlace::in_path(head.uri.path()) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some((CallbackPlace::Ended, integration, token)) => ended(&service, &head, &integration, token).await,
        Some((place, integration, token)) => {
            let call = (place, &*integration, token);
            posted(&service, &head, body, call).await.unwrap_or_else(|refused| refused)
        }
    }
}

async fn ended(service: &Service, head: &Parts, integration: &str, token: &str) -> Response {
    match head.method {
        Method::GET => {}
        Method::HEAD => return StatusCode::OK.into_response(),
        _ => return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response(),
    }
    let marks = Params::parse(head.uri.query().unwrap_or_default()).get("recordingmarks") == Some("true");
    answer(service.setup.load().balancer.ended(integration, token, marks).await)
}

async fn posted(
    service: &Service,
    head: &Parts,
    body: Body,
    (place, integration, token): (CallbackPlace, &str, &str),
) -> Result<Response, Response> {
    if head.method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")]).into_response());
    }
    let wanted = match place {
        CallbackPlace::Analytics => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    if media_type(&head.headers).is_none_or(|given| !given.eq_ignore_ascii_case(wanted)) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let balancer = &service.setup.load().balancer;
    let time = service.limits.body_time;
    let heard = if place == CallbackPlace::Analytics {
        let bearer = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer_in);
        let admitted = balancer.admit_analytics(integration, token, bearer.unwrap_or_default()).map_err(answer)?;
        let _place = service.posts.analytics.try_acquire().map_err(|_| answer(Heard::Later))?;
        balancer.analytics(admitted, &read(body, LONGEST_ANALYTICS, time).await?).await
    } else {
        balancer.admit_callback(place, integration, token).map_err(answer)?;
        let _place = service.posts.forms.try_acquire().map_err(|_| answer(Heard::Later))?;
        let form = read(body, FORM_BYTES, time).await?;
        let form = Params::parse(&String::from_utf8_lossy(&form));
        balancer.recording_ready(integration, token, form.get("signed_parameters").unwrap_or_default()).await
    };
    Ok(answer(heard))
}

fn answer(heard: Heard) -> Response {
    match heard {
        Heard::Taken => StatusCode::OK.into_response(),
        Heard::Unknown => StatusCode::NOT_FOUND.into_response(),
        Heard::Forged => StatusCode::UNAUTHORIZED.into_response(),
        Heard::Malformed => StatusCode::BAD_REQUEST.into_response(),
        Heard::Later => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")]).into_response(),
    }
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split_once(';').map_or(text, |(essence, _)| essence).trim())
}

/// The token behind `Bearer`, in any case.
fn bearer_in(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The whole body, of `limit` bytes at most and within `time`.
async fn read(body: Body, limit: usize, time: Duration) -> Result<Bytes, Response> {
    let whole = tokio::time::timeout(time, Limited::new(body, limit).collect()).await;
    match whole.map_err(|_| StatusCode::REQUEST_TIMEOUT.into_response())? {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        Err(_) => Err(StatusCode::BAD_REQUEST.into_response()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_every_spelling() {
        assert_eq!(bearer_in("Bearer a.b.c"), Some("a.b.c"));
        assert_eq!(bearer_in(" bearer  a.b.c "), Some("a.b.c"));
        for none in ["", "Bearer", "Basic a.b.c", "a.b.c"] {
            assert_eq!(bearer_in(none), None, "{none}");
        }
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, text.parse().unwrap());
            media_type(&headers).map(str::to_owned)
        };
        assert_eq!(of("application/json; charset=utf-8").as_deref(), Some("application/json"));
        assert_eq!(of("application/json").as_deref(), Some("application/json"));
        assert_eq!(media_type(&HeaderMap::new()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_read_within_its_bounds() {
        let status = |read: Result<Bytes, Response>| read.map_or_else(|refused| refused.status().as_u16(), |_| 200);
        let limit = Duration::from_secs(30);
        assert_eq!(status(read(Body::from("12345"), 5, limit).await), 200);
        assert_eq!(status(read(Body::from("123456"), 5, limit).await), 413);
        let endless = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        assert_eq!(status(read(Body::from_stream(endless), 5, limit).await), 408);
        let broken = futures_util::stream::iter([Ok(Bytes::from("1")), Err(std::io::Error::other("gone"))]);
        assert_eq!(status(read(Body::from_stream(broken), 5, limit).await), 400);
    }
}
