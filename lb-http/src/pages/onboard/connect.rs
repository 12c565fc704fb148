//! What a website is to be told, in the form in which it wants to be told.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lb_core::network::{Integration, IntegrationName};
use url::form_urlencoded;

use super::trial::{Trial, trial};
use crate::pages::frame::{Frame, Section, show_with};
use crate::pages::sentence::{Part, Sentence, sentence};
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::{PathOf, Problem};
use crate::server::Service;

/// The page.
#[derive(Template)]
#[template(path = "connect.html")]
struct ConnectPage {
    frame: Frame,
    headline: Sentence,
    name: String,
    /// Where its pages are.
    path: String,
    /// Shown once, to who has just made it.
    secret: Option<String>,
    /// Whether the first steps go on from here.
    start: bool,
    settings: Settings,
    trial: Option<Trial>,
}

/// What is to be written where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    /// Ends with `/bigbluebutton/`.
    url: String,
    /// Ends with `/bigbluebutton/api`.
    api: String,
    moodle: String,
    greenlight: String,
    api_mate: String,
}

impl Settings {
    fn new(public_url: &str, secret: &str) -> Self {
        let base = public_url.trim_end_matches('/');
        let (url, api) = (format!("{base}/bigbluebutton/"), format!("{base}/bigbluebutton/api"));
        let php = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
        let hash = form_urlencoded::Serializer::new(String::new())
            .append_pair("server", &api)
            .append_pair("sharedSecret", secret)
            .finish();
        Self {
            moodle: format!(
                "$CFG->bigbluebuttonbn['server_url'] = '{}';\n$CFG->bigbluebuttonbn['shared_secret'] = '{}';",
                php(&url),
                php(secret)
            ),
            greenlight: format!("BIGBLUEBUTTON_ENDPOINT={api}\nBIGBLUEBUTTON_SECRET={secret}"),
            api_mate: format!("https://mconf.github.io/api-mate/#{hash}"),
            url,
            api,
        }
    }
}

pub(super) async fn show_settings(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<IntegrationName>,
) -> Result<Response, Problem> {
    let network = service.setup.load().balancer.network();
    let integration = visitor.caller()?.integration(&network, name.as_str())?;
    page(&service, &visitor, integration, None, false, None)
}

/// The same, after it was tested.
pub(super) async fn test(
    State(service): State<Service>,
    visitor: Visitor,
    PathOf(name): PathOf<IntegrationName>,
) -> Result<Response, Problem> {
    let network = service.setup.load().balancer.network();
    let integration = visitor.caller()?.integration(&network, name.as_str())?;
    let trial = trial(&service, &visitor, integration).await?;
    page(&service, &visitor, integration, None, false, Some(trial))
}

/// The settings of one that was just made, with its secret.
pub(super) fn settings(
    service: &Service,
    visitor: &Visitor,
    integration: &Integration,
    secret: Option<String>,
    start: bool,
) -> Result<Response, Problem> {
    page(service, visitor, integration, secret, start, None)
}

fn page(
    service: &Service,
    visitor: &Visitor,
    integration: &Integration,
    secret: Option<String>,
    start: bool,
    trial: Option<Trial>,
) -> Result<Response, Problem> {
    let public = service.setup.load().balancer.settings().public_url.clone();
    let w = &visitor.words().onboard;
    let settings = Settings::new(
        public.as_ref().map(url::Url::as_str).unwrap_or_default(),
        secret.as_deref().unwrap_or(w.placeholder),
    );
    let name = integration.name.to_string();
    let title = if secret.is_some() { w.made } else { w.connect };
    let headline = sentence(title, &[Part::Name(&name)]);
    let frame = visitor.frame(fill(title, &[&name]), Section::Integrations);
    let status = if secret.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let path = format!("/admin/integrations/{}", crate::pages::website::segment(&name));
    show_with(status, &ConnectPage { frame, headline, name, path, secret, start, settings, trial })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_website_is_told_as_it_wants_to_be() {
        let settings = Settings::new("https://lb.example.org/", "it's\\a&b");
        assert_eq!(settings.url, "https://lb.example.org/bigbluebutton/");
        assert_eq!(
            settings.moodle,
            "$CFG->bigbluebuttonbn['server_url'] = 'https://lb.example.org/bigbluebutton/';\n\
             $CFG->bigbluebuttonbn['shared_secret'] = 'it\\'s\\\\a&b';"
        );
        assert_eq!(
            settings.greenlight,
            "BIGBLUEBUTTON_ENDPOINT=https://lb.example.org/bigbluebutton/api\nBIGBLUEBUTTON_SECRET=it's\\a&b"
        );
        assert_eq!(
            settings.api_mate,
            "https://mconf.github.io/api-mate/#server=https%3A%2F%2Flb.example.org%2Fbigbluebutton%2Fapi&sharedSecret=it%27s%5Ca%26b"
        );
    }
}
