//! What the pages of servers, integrations, plans, partners and routers have in common: [`EntityKind`] says what is special of one.
//!
//! | file | what |
//! |---|---|
//! | `edit` | a new one, and another in its place: a form, what it would change, and the change |
//! | `remove` | taking one away, after saying what that means |
//! | `refused` | which field is to blame where something cannot be done |
//! | `list` | all of them |
//! | `one` | one of them, to be read |
//! | `ask` | what something means, before it is done |
//! | `secret_page` | secrets that are shown on purpose |

mod ask;
mod edit;
mod list;
mod one;
mod refused;
mod remove;
mod secret_page;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::response::Response;
use lb_core::account::Right;
use lb_core::balancer::{Balancer, Wish};
use lb_core::network::{EntityName, Network, Revision};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use self::ask::AskPage;
pub(super) use self::edit::{form_pages, new_pages};
pub(super) use self::list::{Asked, Cell, Column, Frozen, ListPage, ListRow, Listed, Select, listed};
pub(super) use self::one::one;
pub(super) use self::refused::Refused;
pub(super) use self::remove::removal_pages;
pub(super) use self::secret_page::SecretPage;
use crate::pages::fields::Field;
use crate::pages::frame::Section;
use crate::pages::links;
use crate::pages::visitor::Visitor;
use crate::pages::words::{FormWords, Words};
use crate::rest::{Caller, Precondition, Problem};
use crate::server::Service;
use crate::setup::Setup;

/// What a page is made of: who looks, and the network as it is at this moment.
pub(super) struct Ground<'v> {
    pub(super) service: &'v Service,
    pub(super) visitor: &'v Visitor,
    pub(super) caller: &'v Caller,
    pub(super) setup: Arc<Setup>,
    pub(super) network: Arc<Network>,
    pub(super) w: &'static Words,
}

impl<'v> Ground<'v> {
    pub(super) fn of(service: &'v Service, visitor: &'v Visitor) -> Result<Self, Problem> {
        let setup = service.setup.load();
        let network = setup.balancer.network();
        Ok(Self { service, visitor, caller: visitor.caller()?, setup, network, w: visitor.words() })
    }

    pub(super) fn balancer(&self) -> &Arc<Balancer> {
        &self.setup.balancer
    }

    pub(super) fn may(&self, right: Right) -> bool {
        self.visitor.may(right)
    }

    /// Whether the configuration file declares what is called `name`, and its version.
    pub(super) fn version(&self, name: &EntityName) -> (bool, Option<Revision>) {
        let managed = self.network.entity(name).is_some_and(|entity| entity.is_managed());
        (managed, self.network.version(name))
    }
}

/// What a kind of thing is called on its pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct KindWords {
    /// Several: `Plans`.
    pub(super) title: &'static str,
    /// One: `Plan`.
    pub(super) one: &'static str,
    /// `New plan`.
    pub(super) new: &'static str,
    /// What it is for.
    pub(super) lead: &'static str,
}

/// Something that uses what a page is about.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// What it is: `Integration`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) href: String,
}

/// The most uses that a page has.
pub(super) const MOST_USES: usize = 50;

/// One kind of thing that a network is made of.
pub(super) trait EntityKind: Sized + Send + Sync + 'static {
    /// Where its pages are: `/admin/plans`.
    const BASE: &'static str;
    /// `/admin/plans/new`.
    const NEW: &'static str;
    /// `/admin/plans/{name}/edit`.
    const EDIT: &'static str;
    /// `/admin/plans/{name}/remove`.
    const REMOVE: &'static str;
    /// The part of the site.
    const SECTION: Section;
    /// Who may change one.
    const RIGHT: Right = Right::Administer;

    /// What it is called.
    fn words(w: &'static Words) -> KindWords;

    /// The one called `name`.
    fn entity(name: &str) -> EntityName;

    /// The fields of its form; without a name of a new one.
    fn fields(ground: &Ground<'_>, name: Option<&str>) -> Vec<Field>;

    /// The JSON of the body of the one called `name`, as who looks may see it; of none, that of a new one.
    fn body(ground: &Ground<'_>, name: Option<&str>) -> Result<Value, Problem>;

    /// What `body` makes of the network.
    fn wish(ground: &Ground<'_>, name: &str, body: Value) -> Result<Wish, Refused>;

    /// Puts it.
    fn put(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
        body: Value,
    ) -> impl Future<Output = Result<Response, Problem>> + Send;

    /// Takes it away.
    fn remove(
        ground: &Ground<'_>,
        name: &str,
        precondition: Precondition,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// What uses it, [`MOST_USES`] at the most, and how many do.
    fn used_by(ground: &Ground<'_>, name: &str) -> (Vec<Use>, usize);

    /// Whether it cannot be removed while it is used.
    const HELD_BY_USE: bool = true;

    /// What a change of it means beyond itself; may be empty.
    fn meaning(ground: &Ground<'_>, name: &str) -> String;

    /// What its removal means.
    fn removal(ground: &Ground<'_>, name: &str) -> String;

    /// Why it can never be removed, if so.
    fn always(_: &Ground<'_>, _: &str) -> Option<&'static str> {
        None
    }

    /// What is to be said of one that is there, though nothing has been set of it here so far.
    fn there(_: &Ground<'_>, _: &str) -> Option<&'static str> {
        None
    }

    /// The page of the one called `name`, or what is done there: `what` is empty or begins with `/`.
    fn href(name: &str, what: &str) -> String {
        links::thing(Self::BASE, name, what)
    }
}

/// The body of REST that `value` is.
pub(super) fn body_of<B: DeserializeOwned>(value: Value) -> Result<B, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::bad(format!("the form: {error}")))
}

/// The words of all forms.
pub(super) fn form_words(ground: &Ground<'_>) -> &'static FormWords {
    &ground.w.form
}
