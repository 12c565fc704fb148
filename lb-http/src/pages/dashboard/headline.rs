//! [`Headline`]: how the network is, in one line.

use askama::Template;
use askama::filters::HtmlSafe;
use lb_core::server::ServerState;

use super::alarms::Alarms;
use super::level::Level;
use super::look::Look;
use crate::live::View;
use crate::pages::words::fill;

/// How the network is, in one line.
#[derive(Debug, Template)]
#[template(path = "dashboard/headline.html")]
pub(super) struct Headline {
    level: Level,
    /// Such as *10 of 12 servers take new meetings, 2 alarms*.
    text: String,
}

impl HtmlSafe for Headline {}

impl Headline {
    /// How it is in `view`, where `alarms` are.
    pub(super) fn of(view: &View<'_>, alarms: &Alarms) -> Self {
        let look = Look::of(view);
        let (w, totals) = (&look.w.dashboard, &view.present.totals);
        let servers = totals.servers.saturating_sub(totals.in_state(ServerState::Recording));
        let (all, serving) = (look.number(servers), look.number(totals.serving()));
        let mut text = match (servers, totals.serving()) {
            (0, _) => w.no_servers.to_owned(),
            (1, 1) => w.one_serves.to_owned(),
            (_, 0) => w.none_serves.to_owned(),
            (servers, serving) if servers == serving => fill(w.all_serve, &[&all]),
            _ => fill(w.some_serve, &[&serving, &all]),
        };
        match alarms.count() {
            0 => {}
            1 => text = format!("{text}, {}", w.one_alarm),
            many => text = format!("{text}, {}", fill(w.many_alarms, &[&look.number(many)])),
        }
        let is_well = servers > 0 && totals.in_state(ServerState::Warning) + totals.in_state(ServerState::Gone) == 0;
        let level = alarms.level().max(if is_well { Level::Good } else { Level::Warning });
        Self { level, text }
    }
}
