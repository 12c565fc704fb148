//! One person's data: looked for, handed out, and erased once somebody has said so twice.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use lb_core::account::Right;
use lb_core::network::IntegrationName;
use lb_core::store::PersonQuery;
use serde::{Deserialize, Serialize};

use crate::pages::form::FormOf;
use crate::pages::frame::{Frame, Section, show_with};
use crate::pages::listing::{self, said};
use crate::pages::routes::Pages;
use crate::pages::visitor::Visitor;
use crate::pages::words::fill;
use crate::rest::Problem;
use crate::rest::events::EventView;
use crate::server::Service;

/// So many pages of the events of one person are handed out in one file, of 100 events each.
const PAGES: usize = 50;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/persons", Right::Administer, form);
    pages.post("/admin/persons", Right::Administer, find);
    pages.post("/admin/persons/export", Right::Administer, export);
    pages.post("/admin/persons/erase", Right::Administer, erase);
}

/// Who is meant, as it was written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Person {
    integration: String,
    user_id: String,
    name: String,
    /// How many events named them when that was shown.
    events: Option<usize>,
    sure: String,
}

impl Person {
    /// An id or a name may begin or end with a space.
    fn query(&self) -> Option<PersonQuery> {
        let integration = said(&self.integration).map(IntegrationName::from);
        PersonQuery::new(integration, Some(self.user_id.clone()), Some(self.name.clone())).ok()
    }

    fn meant(&self) -> Result<PersonQuery, Problem> {
        self.query().ok_or_else(|| Problem::bad(lb_core::store::NobodyMeant.to_string()))
    }
}

#[derive(Template)]
#[template(path = "admin/persons.html")]
struct PersonsPage {
    frame: Frame,
    person: Person,
    integrations: Vec<String>,
    found: Option<usize>,
    found_text: String,
    erase_text: String,
    wrong: &'static str,
    not_sure: &'static str,
    erased: Option<String>,
}

async fn form(State(service): State<Service>, visitor: Visitor) -> Result<Response, Problem> {
    page(&service, &visitor, Person::default(), StatusCode::OK, |_| {})
}

async fn find(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(person): FormOf<Person>,
) -> Result<Response, Problem> {
    let nobody = visitor.words().persons.nobody;
    let Some(query) = person.query() else {
        return page(&service, &visitor, person, StatusCode::BAD_REQUEST, |page| page.wrong = nobody);
    };
    let found = service.setup.load().balancer.count_person(&query).await?;
    page(&service, &visitor, person, StatusCode::OK, |page| page.found = Some(found))
}

/// What is handed out.
#[derive(Serialize)]
struct File {
    items: Vec<EventView>,
    /// Whether there is more than one file has.
    more: bool,
}

async fn export(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(person): FormOf<Person>,
) -> Result<Response, Problem> {
    let (query, by) = (person.meant()?, visitor.caller()?.actor());
    let balancer = service.setup.load().balancer.clone();
    let (mut items, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = balancer.export_person(&query, after, 100, &by).await?;
        items.extend(page.events.into_iter().map(EventView::from));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let file = File { items, more: after.is_some() };
    let text = serde_json::to_string_pretty(&file).map_err(|_| Problem::unavailable("the file cannot be written"))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"person.json\""),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, text).into_response())
}

/// What was not there when the page was made is not erased: a form that is posted again changes nothing.
async fn erase(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(person): FormOf<Person>,
) -> Result<Response, Problem> {
    let (query, by, w) = (person.meant()?, visitor.caller()?.actor(), &visitor.words().persons);
    let balancer = service.setup.load().balancer.clone();
    let found = balancer.count_person(&query).await?;
    if person.events != Some(found) {
        return Err(Problem::overtaken(w.changed));
    }
    if person.sure.is_empty() {
        return page(&service, &visitor, person, StatusCode::BAD_REQUEST, |page| {
            page.found = Some(found);
            page.not_sure = w.not_sure;
        });
    }
    let erased = balancer.erase_person(&query, &by).await?;
    page(&service, &visitor, Person::default(), StatusCode::OK, |page| page.erased = Some(fill(w.erased, &[&erased])))
}

fn page(
    service: &Service,
    visitor: &Visitor,
    person: Person,
    status: StatusCode,
    more: impl FnOnce(&mut PersonsPage),
) -> Result<Response, Problem> {
    let w = &visitor.words().persons;
    let network = service.setup.load().balancer.network();
    let mut page = PersonsPage {
        frame: visitor.frame(w.title, Section::Persons),
        integrations: listing::integrations(&network, visitor.caller()?),
        person,
        found: None,
        found_text: String::new(),
        erase_text: String::new(),
        wrong: "",
        not_sure: "",
        erased: None,
    };
    more(&mut page);
    if let Some(found) = page.found {
        page.found_text = match found {
            0 => w.none.to_owned(),
            1 => w.found_one.to_owned(),
            many => fill(w.found, &[&page.frame.number(many)]),
        };
        page.erase_text = fill(w.erase_button, &[&page.frame.number(found)]);
    }
    show_with(status, &page)
}
