//! A getMeetings in the name of an integration, which shows whether it works.

use std::net::IpAddr;
use std::time::Instant;

use lb_core::api::Call;
use lb_core::balancer::TryServerError;
use lb_core::network::Integration;
use lb_core::{Server, xml};
use url::{Host, Url};

use crate::pages::console::Meaning;
use crate::pages::visitor::Visitor;
use crate::pages::website::{WebsiteCall, usual_algorithm, valid_secrets};
use crate::pages::words::fill;
use crate::rest::Problem;
use crate::server::Service;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// `good` or `critical`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// Which way it went.
    pub(crate) way: String,
    /// In the balancer's own words; empty where all is well.
    pub(crate) detail: String,
}

/// Signs and sends it: over HTTP where the public URL is an address of this machine, else within this process.
pub(super) async fn trial(service: &Service, visitor: &Visitor, integration: &Integration) -> Result<Trial, Problem> {
    let w = &visitor.words().onboard;
    let setup = service.setup.load();
    let public = setup.balancer.settings().public_url.clone();
    let base = public.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default();
    let Some((_, secret)) = valid_secrets(integration).next() else {
        return Ok(Trial { kind: "critical", text: w.no_secret.to_owned(), way: String::new(), detail: String::new() });
    };
    let began = Instant::now();
    if let Some(url) = public.filter(|url| is_own(service, url)) {
        let caller = visitor.caller()?;
        let call = Call::GetMeetings.name();
        setup.balancer.tell_called(&caller.actor(), &integration.name, call, true).await?;
        let server = Server::new("", url.as_str(), secret.clone()).map_err(|error| Problem::bad(error.to_string()))?;
        let server = Server { checksum: usual_algorithm(service), ..server };
        let tried = setup.balancer.try_server(&server).await;
        let way = fill(w.over_http, &[&base, &began.elapsed().as_millis()]);
        return Ok(match tried {
            Ok(meetings) => works(visitor, meetings, way),
            Err(error) => Trial { kind: "critical", text: w.trouble(&error).to_owned(), way, detail: detail(&error) },
        });
    }
    let call = WebsiteCall::new(service, integration, Call::GetMeetings, &[])?;
    let told = call.make(service, visitor.caller()?).await?;
    let way = fill(w.in_process, &[&base, &told.took.as_millis()]);
    let meaning = Meaning::of(&told, visitor.words());
    if !meaning.is_good() {
        let detail =
            if meaning.key.is_empty() { String::new() } else { format!("{}: {}", meaning.key, meaning.message) };
        return Ok(Trial { kind: "critical", text: meaning.text, way, detail });
    }
    let document = xml::Document::parse(&told.body).ok();
    let listed = document.as_ref().and_then(|document| document.root().child("meetings"));
    Ok(works(visitor, listed.map_or(0, |meetings| meetings.children().count()), way))
}

fn works(visitor: &Visitor, meetings: usize, way: String) -> Trial {
    let text = fill(visitor.words().onboard.works, &[&meetings]);
    Trial { kind: "good", text, way, detail: String::new() }
}

/// What is said beside the words for people: which key, which error.
pub(crate) fn detail(error: &TryServerError) -> String {
    error.to_string()
}

/// Whether calls to `url` surely stay on this machine.
fn is_own(service: &Service, url: &Url) -> bool {
    let host = match url.host() {
        Some(Host::Domain(name)) => return name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => return false,
    };
    host.is_loopback() || listens_at(service).contains(&host)
}

/// The addresses that websites are listened to at.
fn listens_at(service: &Service) -> Vec<IpAddr> {
    let setup = service.setup.load();
    let said = setup.settings.iter().find(|setting| setting.key == "listen.api");
    let said = said.and_then(|setting| serde_json::from_value::<Vec<std::net::SocketAddr>>(setting.value.clone()).ok());
    let said = said.unwrap_or_default().into_iter().map(|address| address.ip());
    said.filter(|address| !address.is_unspecified()).collect()
}
