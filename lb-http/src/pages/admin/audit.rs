//! The audit log: who administered what, from where, and what is other than before.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lb_core::Timestamp;
use lb_core::account::Right;
use lb_core::event::{Change, Event, EventKind};
use lb_core::store::EventCursor;
use serde::Deserialize;

use crate::pages::frame::{Frame, Section, show};
use crate::pages::links;
use crate::pages::listing::{self, PAGE, Pager, moment, said};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::{SUBJECTS, Words};
use crate::rest::audit::{EntriesAsked, filter};
use crate::rest::{Moment, Problem, QueryOf};
use crate::server::Service;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/audit", Right::Administer, list);
}

/// What is asked for, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    by: String,
    subject_kind: String,
    subject_name: String,
    from: String,
    until: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    asked: Asked,
    kinds: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    pager: Pager,
    users: Vec<String>,
    narrowed: bool,
}

struct Row {
    at: Timestamp,
    by: String,
    address: String,
    how: &'static str,
    kind: String,
    name: String,
    href: Option<String>,
    changes: Vec<Change>,
}

/// So many fields are shown at once; more are folded.
const FIELDS: usize = 4;

impl Row {
    fn of(w: &'static Words, Event { at, kind }: Event) -> Option<Self> {
        let EventKind::Administered { by, address, how, subject, changes } = kind else { return None };
        let href = links::subject(&subject.kind, &subject.name);
        Some(Self {
            at,
            by,
            address: address.map(|address| address.to_string()).unwrap_or_default(),
            how: w.audit.how(how),
            kind: w.audit.subject(&subject.kind).to_owned(),
            name: subject.name,
            href,
            changes,
        })
    }

    fn is_long(&self) -> bool {
        self.changes.len() > FIELDS
    }
}

async fn list(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let words = visitor.words();
    let wanted = EntriesAsked {
        by: said(&asked.by),
        subject_kind: said(&asked.subject_kind),
        subject_name: said(&asked.subject_name),
        from: moment(&asked.from)?.map(Moment),
        until: moment(&asked.until)?.map(Moment),
    };
    let wrong = |_| Problem::bad("after must be the next of the page before");
    let after: Option<EventCursor> = said(&asked.after).map(|after| after.parse().map_err(wrong)).transpose()?;
    let found = service.setup.load().balancer.events(&filter(wanted), after, PAGE).await?;
    let pairs = [
        ("by", asked.by.as_str()),
        ("subject_kind", &asked.subject_kind),
        ("subject_name", &asked.subject_name),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    show(&AuditPage {
        frame: visitor.frame(words.audit.title, Section::Audit),
        kinds: SUBJECTS.iter().map(|kind| (*kind, words.audit.subject(kind).to_owned())).collect(),
        pager: Pager::new("/admin/audit", &pairs, &asked.after, found.next, found.events.len()),
        rows: found.events.into_iter().filter_map(|event| Row::of(words, event)).collect(),
        users: listing::few(service.accounts.accounts().users().map(|user| user.name.to_string())),
        narrowed: pairs.iter().any(|(_, value)| !value.is_empty()),
        asked,
    })
}
