//! A new integration, step by step, and how its website is told of the balancer.
//!
//! | file | what |
//! |---|---|
//! | `wish` | what was chosen so far: it travels in the address, and nothing is made of it before the last step |
//! | `steps` | the pages of the steps |
//! | `make` | the last step |
//! | `connect` | what the website is to be told |
//! | `trial` | a call that shows whether it works |

mod connect;
mod make;
mod steps;
mod trial;
mod wish;

use lb_core::account::Right;

use super::routes::Pages;

/// Where the steps are.
const PATH: &str = "/admin/integrations/new";

pub(super) fn pages(pages: &mut Pages) {
    pages.get(PATH, Right::Administer, steps::step);
    pages.post(PATH, Right::Administer, make::make);
    pages.get("/admin/integrations/{name}/connect", Right::Administer, connect::show_settings);
    pages.post("/admin/integrations/{name}/connect", Right::Administer, connect::test);
}
