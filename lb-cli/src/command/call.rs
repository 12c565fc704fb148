//! `lb call`: sends a signed call and shows the answer. It follows no redirect and sends nothing twice.

use std::error::Error;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{LOCATION, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lb_core::xml::Document;
use serde_json::json;
use url::Url;

use super::signing::signed_url;
use crate::args::Call;
use crate::outcome::{Failure, Outcome};
use crate::render;
use crate::world::World;

/// How long the whole call may take.
const DEADLINE: Duration = Duration::from_secs(15);

/// The longest answer that is read: a list of some ten thousand recordings.
const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: Bytes,
}

pub(crate) fn run(args: &Call, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let url = signed_url(&args.signed, world)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The origin alone: the rest of the URL is as good as the secret.
    let origin = url.origin().ascii_serialization();
    let answer = runtime.block_on(async {
        let late = |_| format!("{origin} did not answer within {DEADLINE:?}");
        match tokio::time::timeout(DEADLINE, send(&url)).await.map_err(late) {
            Ok(sent) => sent.map_err(|error| format!("{origin} cannot be called: {}", chain(&*error))),
            Err(late) => Err(late),
        }
    });
    let answer = answer.map_err(Failure::Failed)?;
    show(&answer, args, world)?;
    let document = Document::parse(&answer.body);
    if document.is_ok_and(|document| render::failed(document.root())) {
        return Ok(Outcome::Failed);
    }
    if answer.status.is_client_error() || answer.status.is_server_error() {
        return Err(Failure::Failed(format!("{origin} answered HTTP {}", answer.status)));
    }
    Ok(Outcome::Done)
}

async fn send(url: &Url) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let https = HttpsConnectorBuilder::new().try_with_platform_verifier()?.https_or_http().enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(https);
    let request = Request::get(url.as_str())
        .header(USER_AGENT, concat!("lb/", env!("CARGO_PKG_VERSION")))
        .body(Empty::new())
        .map_err(|_| "the URL is no request target")?;
    let response = client.request(request).await?;
    let status = response.status();
    let location = response.headers().get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let body = Limited::new(response.into_body(), ANSWER_LIMIT).collect().await?.to_bytes();
    Ok(Answer { status, location, body })
}

/// An error and what it comes from, which the HTTP client leaves out of its first sentence.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn show(answer: &Answer, args: &Call, world: &mut World<'_>) -> Result<(), Failure> {
    let output = &mut world.output;
    let location = answer.location.as_deref().filter(|_| answer.status.is_redirection());
    match (location, Document::parse(&answer.body)) {
        (Some(location), _) if args.raw => writeln!(output, "{location}")?,
        (None, _) if args.raw => output.write_all(&answer.body)?,
        (Some(location), _) if args.json => {
            let location = render::without_tokens(location);
            writeln!(output, "{:#}", json!({ "status": answer.status.as_u16(), "location": location }))?;
        }
        (Some(location), _) => writeln!(output, "location: {}", render::line(&render::without_tokens(location)))?,
        (None, Ok(document)) if args.json => writeln!(output, "{:#}", render::json(document.root()))?,
        (None, Ok(document)) => output.write_all(render::text(document.root()).as_bytes())?,
        (None, Err(_)) if args.json => {
            let body = String::from_utf8_lossy(&answer.body);
            writeln!(output, "{:#}", json!({ "status": answer.status.as_u16(), "body": body }))?;
        }
        (None, Err(_)) => {
            for line in String::from_utf8_lossy(&answer.body).lines() {
                writeln!(output, "{}", render::line(line))?;
            }
        }
    }
    Ok(())
}
