//! The API console: any call of BBB's API is built, signed and sent as a website would, in the name of an integration.
//!
//! | file | what |
//! |---|---|
//! | `asked` | what is to be called, as the form has it |
//! | `calls`, `create` | every call, what it does and what it takes |
//! | `parameter` | what parameters are |
//! | `once` | no call that changes something is sent twice by one form |
//! | `meaning` | what an answer means |
//! | `xml` | an answer, to be read |
//! | `page` | what the page shows |

mod asked;
mod calls;
mod create;
mod meaning;
mod once;
mod page;
mod parameter;
mod xml;

use axum::extract::State;
use axum::response::Response;
use lb_core::account::Right;
use lb_core::api::Call;

use self::asked::{Asked, Filled};
pub(super) use self::meaning::Meaning;
use self::once::ONCE;
use self::page::{Built, ConsolePage, Sent};
use super::form::FormOf;
use super::frame::{Section, show};
use super::routes::Pages;
use super::visitor::Visitor;
use super::website::is_signed;
use crate::rest::{Problem, QueryOf};
use crate::server::Service;

/// Where it is.
const PATH: &str = "/admin/console";

pub(super) fn pages(pages: &mut Pages) {
    pages.get(PATH, Right::Administer, form);
    pages.post(PATH, Right::Administer, work);
}

async fn form(
    State(service): State<Service>,
    visitor: Visitor,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let chosen = asked.chosen(&service, visitor.caller()?)?;
    let frame = visitor.frame(visitor.words().console.title, Section::Console);
    show(&ConsolePage::new(&service, frame, chosen.as_ref(), &Filled::default()))
}

async fn work(
    State(service): State<Service>,
    visitor: Visitor,
    FormOf(filled): FormOf<Filled>,
) -> Result<Response, Problem> {
    let caller = visitor.caller()?;
    let nobody = || Problem::not_found("integration");
    let chosen = filled.asked().chosen(&service, caller)?.ok_or_else(nobody)?;
    let frame = visitor.frame(visitor.words().console.title, Section::Console);
    let mut page = ConsolePage::new(&service, frame, Some(&chosen), &filled);
    if filled.wish == "row" {
        return show(&page);
    }
    let call = filled.made(&chosen)?;
    let with_checksum = filled.wish == "checksum" && is_signed(chosen.call);
    if with_checksum {
        let balancer = &service.setup.load().balancer;
        balancer.tell_called(&caller.actor(), &chosen.integration.name, chosen.call.name(), false).await?;
    }
    let changes = chosen.call.changes_state();
    let asked_to_send = filled.wish == "confirm" || (filled.wish == "send" && !changes);
    let sends = asked_to_send && (!changes || ONCE.claim(&filled.once));
    page.built = Some(Built::new(&service, &call, with_checksum, changes && !sends));
    page.repeated = asked_to_send && !sends;
    if sends {
        let is_join = chosen.call == Call::Join;
        let told = call.make(&service, caller).await?;
        page.sent = Some(Sent::new(&told, is_join, visitor.words()));
    }
    show(&page)
}
