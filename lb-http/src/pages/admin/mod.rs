//! Administration: everything that REST does, for people.
//!
//! | file | what |
//! |---|---|
//! | `events`, `audit` | what happened; what was administered |
//! | `settings` | what the configuration says |

mod audit;
mod events;
mod settings;

use super::routes::Pages;

pub(super) fn pages(pages: &mut Pages) {
    events::pages(pages);
    audit::pages(pages);
    settings::pages(pages);
}
