//! Administration: everything that REST does, for people.
//!
//! | file | what |
//! |---|---|
//! | `entity` | what the pages of servers, integrations, plans, partners and routers have in common |
//! | `servers`, `integrations`, `plans`, `partners`, `routers` | what the network is made of |
//! | `meetings`, `meeting` | those that run; one with all that is known of it |
//! | `recordings`, `recording` | all that one sees; one, and what can be done to it |
//! | `persons` | what is kept of one person |
//! | `transfer` | the network as one document |
//! | `events`, `audit` | what happened; what was administered |
//! | `users`, `tokens`, `account` | who may log in; what programs show; one's own account |
//! | `settings` | what the configuration says |

mod account;
mod audit;
mod entity;
mod events;
mod integrations;
mod meeting;
mod meetings;
mod partners;
mod persons;
mod plans;
mod recording;
mod recordings;
mod routers;
mod servers;
mod settings;
mod tokens;
mod transfer;
mod users;

use super::routes::Pages;

pub(super) fn pages(pages: &mut Pages) {
    servers::pages(pages);
    integrations::pages(pages);
    plans::pages(pages);
    partners::pages(pages);
    routers::pages(pages);
    meetings::pages(pages);
    meeting::pages(pages);
    recordings::pages(pages);
    recording::pages(pages);
    events::pages(pages);
    audit::pages(pages);
    persons::pages(pages);
    transfer::pages(pages);
    settings::pages(pages);
    users::pages(pages);
    tokens::pages(pages);
    account::pages(pages);
}
