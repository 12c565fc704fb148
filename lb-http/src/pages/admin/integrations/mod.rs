//! Integrations.
//!
//! | file | what |
//! |---|---|
//! | `kind` | what their forms ask for |
//! | `list` | all that somebody sees |
//! | `show` | one: what is said of it, how much of its plan it uses, what is wrong with it |
//! | `act` | activated and deactivated |
//! | `secrets` | one more secret, the end of one, and all of them shown |

mod act;
mod kind;
mod list;
mod secrets;
mod show;

use lb_core::account::Right;

pub(super) use self::kind::Integrations;
use super::entity::{form_pages, removal_pages};
use crate::pages::routes::Pages;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/admin/integrations", Right::View, list::list);
    pages.get("/admin/integrations/{name}", Right::View, show::show);
    form_pages::<Integrations>(pages);
    removal_pages::<Integrations>(pages);
    act::pages(pages);
    secrets::pages(pages);
}
