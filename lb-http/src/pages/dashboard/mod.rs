//! The dashboard: the front page, and the same fragments as news for those who have it open.
//!
//! | file | what |
//! |---|---|
//! | `page` | the page |
//! | `headline` | how the network is, in one line |
//! | `alarms` | what is wrong, and what to do about it |
//! | `totals` | the load of the whole network |
//! | `world` | the servers on the map |
//! | `order`, `row` | the table of servers: which, in which order; one of them |
//! | `feed`, `placed` | what happened last; why a meeting is where it is |
//! | `look`, `level` | for whom it is written; how bad something is |

mod alarms;
mod feed;
mod headline;
mod level;
mod look;
mod order;
mod page;
mod placed;
mod row;
#[cfg(test)]
mod tests;
mod totals;
mod world;

use askama::Template;

use self::alarms::Alarms;
pub(super) use self::alarms::did;
use self::feed::Happened;
use self::headline::Headline;
pub(super) use self::look::Look;
pub(super) use self::placed::{chosen, placed};
pub(super) use self::row::Row;
use self::totals::Totals;
use self::world::World;
use super::routes::{Door, Pages};
use crate::live::View;

pub(super) fn pages(pages: &mut Pages) {
    pages.get("/", Door::Dashboard, page::page);
}

/// What of `view` is wanted, each part in a `template` of its own.
pub(super) fn fragments(view: &View<'_>) -> String {
    let mut text = String::new();
    let mut put = |part: Result<String, askama::Error>| {
        // a part that cannot be written stays as it was
        if let Ok(part) = part {
            text.push_str("<template>");
            text.push_str(&part);
            text.push_str("</template>");
        }
    };
    let parts = view.parts;
    // servers in trouble are alarms too
    let has_alarms = parts.alarms || parts.map;
    if parts.totals || has_alarms {
        let alarms = Alarms::of(view);
        put(Headline::of(view, &alarms).render());
        if has_alarms {
            put(alarms.render());
        }
    }
    if parts.totals {
        put(Totals::of(view).render());
    }
    if parts.map {
        put(World::of(view).render());
    }
    if parts.feed {
        put(Happened::of(view).render());
    }
    for server in &view.servers {
        put(Row::of(server, view).render());
    }
    text
}
