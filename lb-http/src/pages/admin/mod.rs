//! Administration: everything that REST does, for people.
//!
//! | file | what |
//! |---|---|
//! | `entity` | what the pages of servers, integrations, plans, partners and routers have in common |
//! | `servers`, `integrations`, `plans`, `partners`, `routers` | what the network is made of |
//! | `events`, `audit` | what happened; what was administered |
//! | `settings` | what the configuration says |

mod audit;
mod entity;
mod events;
mod integrations;
mod partners;
mod plans;
mod routers;
mod servers;
mod settings;

use super::routes::Pages;

pub(super) fn pages(pages: &mut Pages) {
    servers::pages(pages);
    integrations::pages(pages);
    plans::pages(pages);
    partners::pages(pages);
    routers::pages(pages);
    events::pages(pages);
    audit::pages(pages);
    settings::pages(pages);
}
