//! What the page shows.

use askama::Template;
use lb_core::api::Call;
use url::Url;

use super::asked::{Chosen, Filled};
use super::calls::{self, Posted};
use super::meaning::Meaning;
use super::once::ONCE;
use super::parameter::{Kind, Need, Parameter};
use super::xml;
use crate::pages::frame::Frame;
use crate::pages::website::{Told, WebsiteCall, algorithms, is_signed, valid_secrets};
use crate::pages::words::{Words, fill};
use crate::server::Service;

/// How many rows there are at first for parameters that have none of their own, and at most.
const OTHERS: usize = 2;
const MOST_OTHERS: usize = 60;

/// How many integrations can be chosen from here; others by the address of the page.
const MOST: usize = 500;

/// The page.
#[derive(Template)]
#[template(path = "console.html")]
pub(super) struct ConsolePage {
    frame: Frame,
    form: Option<Form>,
    pub(super) built: Option<Built>,
    pub(super) sent: Option<Sent>,
    /// Whether it was to be sent by a form that had sent it before.
    pub(super) repeated: bool,
}

/// What can be filled in.
struct Form {
    integrations: Vec<(String, String)>,
    integration: String,
    calls: Vec<&'static str>,
    call: &'static str,
    does: &'static str,
    changes: bool,
    algorithms: Vec<&'static str>,
    algorithm: &'static str,
    secrets: Vec<String>,
    secret: usize,
    usual: Vec<Row>,
    rare: Vec<Row>,
    /// Whether one of these is filled in.
    rare_given: bool,
    /// Whether one of the others is.
    others_given: bool,
    others: Vec<(String, String)>,
    slides: bool,
    captions: bool,
    body: String,
}

/// A parameter.
struct Row {
    name: &'static str,
    required: bool,
    kind: &'static str,
    means: &'static str,
    /// What can be chosen; empty: anything can be written.
    choices: &'static [&'static str],
    value: String,
}

/// The call.
pub(super) struct Built {
    url: String,
    method: &'static str,
    body: Option<(usize, String)>,
    signed: bool,
    with_checksum: bool,
    /// What lets it be sent, once, where it changes something and is not sent yet.
    once: Option<String>,
}

/// What came back.
pub(super) struct Sent {
    meaning: Meaning,
    status: u16,
    millis: u128,
    bytes: usize,
    host: Option<String>,
    html: String,
    hides: bool,
    cut: bool,
}

impl ConsolePage {
    pub(super) fn new(service: &Service, frame: Frame, chosen: Option<&Chosen>, filled: &Filled) -> Self {
        let form = chosen.map(|chosen| Form::new(service, &frame, chosen, filled));
        Self { frame, form, built: None, sent: None, repeated: false }
    }
}

impl Form {
    fn new(service: &Service, frame: &Frame, chosen: &Chosen, filled: &Filled) -> Self {
        let network = service.setup.load().balancer.network();
        let own = &chosen.integration;
        let named = |name: &str, display: &str| match display {
            "" => name.to_owned(),
            display if display == name => name.to_owned(),
            display => format!("{display} ({name})"),
        };
        let mut integrations: Vec<_> = network
            .integrations()
            .iter()
            .take(MOST)
            .map(|one| (one.name.to_string(), named(one.name.as_str(), &one.display_name)))
            .collect();
        if !integrations.iter().any(|(name, _)| name == own.name.as_str()) {
            integrations.push((own.name.to_string(), named(own.name.as_str(), &own.display_name)));
        }
        integrations.sort_unstable();
        let row = |parameter: &Parameter| Row::new(frame, parameter, filled.value_of(parameter.name));
        let (rare, usual): (Vec<_>, Vec<_>) =
            calls::parameters(chosen.call).iter().partition(|parameter| parameter.need == Need::Rare);
        let rare: Vec<_> = rare.into_iter().map(row).collect();
        let secrets = valid_secrets(own).enumerate().map(|(number, (label, _))| match (label, number) {
            ("", 0) => frame.w.console.first_secret.to_owned(),
            ("", number) => fill(frame.w.console.secret_number, &[&(number + 1)]),
            (label, _) => label.to_owned(),
        });
        let posted = calls::posted(chosen.call);
        Self {
            integrations,
            integration: own.name.to_string(),
            calls: Call::all().map(calls::title).collect(),
            call: calls::title(chosen.call),
            does: calls::does(chosen.call, frame.language),
            changes: chosen.call.changes_state(),
            algorithms: algorithms(service).into_iter().map(lb_core::checksum::Algorithm::as_str).collect(),
            algorithm: chosen.algorithm.as_str(),
            secrets: secrets.collect(),
            secret: chosen.secret,
            usual: usual.into_iter().map(row).collect(),
            rare_given: rare.iter().any(|row| !row.value.is_empty()),
            rare,
            others_given: filled.wish == "row" || filled.other.iter().any(|name| !name.is_empty()),
            others: others(filled),
            slides: posted == Posted::Slides,
            captions: posted == Posted::Captions,
            body: filled.body.clone(),
        }
    }

    fn more(&self, frame: &Frame) -> String {
        fill(frame.w.console.more, &[&self.rare.len()])
    }
}

/// The rows for other parameters: those that are filled in, and one or two that are not.
fn others(filled: &Filled) -> Vec<(String, String)> {
    let given = filled.other.iter().cloned().zip(filled.value.iter().cloned());
    let mut rows: Vec<_> = given.filter(|(name, value)| !name.is_empty() || !value.is_empty()).collect();
    let wanted = if filled.wish == "row" { filled.other.len() + 1 } else { filled.other.len() };
    rows.resize(wanted.max(OTHERS).max(rows.len()).min(MOST_OTHERS.max(rows.len())), Default::default());
    rows
}

impl Row {
    fn new(frame: &Frame, parameter: &Parameter, value: &str) -> Self {
        let w = &frame.w.console;
        let (kind, choices): (_, &'static [&'static str]) = match parameter.kind {
            Kind::Text => (w.kind_text, &[]),
            Kind::Number => (w.kind_number, &[]),
            Kind::Flag => (w.kind_flag, &["true", "false"]),
            Kind::Address => (w.kind_address, &[]),
            Kind::List => (w.kind_list, &[]),
            Kind::Json => (w.kind_json, &[]),
            Kind::Choice(choices) => (w.kind_choice, choices),
        };
        let means = parameter.means(frame.language);
        let required = parameter.need == Need::Required;
        Self { name: parameter.name, required, kind, means, choices, value: value.to_owned() }
    }
}

impl Built {
    pub(super) fn new(service: &Service, call: &WebsiteCall, with_checksum: bool, asks: bool) -> Self {
        let public = service.setup.load().balancer.settings().public_url.clone();
        let base = public.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default();
        let target = if with_checksum { call.signed_target() } else { call.target() };
        Self {
            url: format!("{base}{target}"),
            method: if call.body.is_some() { "POST" } else { "GET" },
            body: call.body.as_ref().map(|(kind, body)| (body.len(), kind.clone())),
            signed: is_signed(call.call),
            with_checksum,
            once: asks.then(|| ONCE.issue()),
        }
    }

    fn posts(&self, frame: &Frame) -> String {
        self.body.as_ref().map_or_else(String::new, |(length, kind)| {
            fill(frame.w.console.posts_body, &[length, &kind.split(';').next().unwrap_or_default()])
        })
    }
}

impl Sent {
    pub(super) fn new(told: &Told, is_join: bool, words: &'static Words) -> Self {
        let shown = xml::shown(&told.body, is_join);
        let host = told.location.as_deref().and_then(|location| Url::parse(location).ok());
        Self {
            meaning: Meaning::of(told, words),
            status: told.status,
            millis: told.took.as_millis(),
            bytes: told.body.len(),
            host: host.map(|url| url.origin().ascii_serialization()),
            html: shown.html,
            hides: shown.hides,
            cut: shown.cut || told.cut,
        }
    }

    fn size(&self, frame: &Frame) -> String {
        fill(frame.w.console.bytes, &[&frame.number(self.bytes)])
    }

    fn time(&self, frame: &Frame) -> String {
        fill(frame.w.console.millis, &[&self.millis])
    }
}
