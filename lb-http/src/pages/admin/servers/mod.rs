//! Servers.
//!
//! | file | what |
//! |---|---|
//! | `kind` | what their forms ask for |
//! | `list` | all of them |
//! | `show` | one of them: how it is, and what is said of it |
//! | `act` | what administrators say of one, its meetings given free, its secret |

mod act;
mod kind;
mod list;
mod show;

use lb_core::account::Right;

pub(super) use self::kind::Servers;
use super::entity::{form_pages, new_pages, removal_pages};
use crate::pages::routes::Pages;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/servers", Right::ViewNetwork, list::list);
    new_pages::<Servers>(pages);
    pages.get("/admin/servers/{name}", Right::ViewNetwork, show::show);
    form_pages::<Servers>(pages);
    removal_pages::<Servers>(pages);
    act::pages(pages);
}
