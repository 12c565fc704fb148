//! [`Meetings`]: the meetings on a server.

use lb_core::ServerName;
use lb_core::account::Reach;
use lb_core::balancer::{Balancer, MeetingSearch};

use crate::pages::dashboard::Look;
use crate::pages::{links, numbers};
use crate::rest::Problem;

/// As many stand on the page.
const SHOWN: usize = 50;

/// The meetings on a server.
#[derive(Debug)]
pub(super) struct Meetings {
    pub(super) rows: Vec<Running>,
    /// Where all of them are.
    pub(super) all: String,
    /// Whether there are more than stand here.
    pub(super) more: bool,
}

/// One that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) name: String,
    pub(super) integration: String,
    pub(super) path: String,
    pub(super) users: String,
    pub(super) audio: String,
    pub(super) video: String,
    pub(super) since: String,
}

impl Meetings {
    pub(super) async fn on(server: &ServerName, balancer: &Balancer, look: Look) -> Result<Self, Problem> {
        let search = MeetingSearch { server: Some(server.clone()), ..MeetingSearch::within(Reach::Network) };
        let page = balancer.running_meetings(&search, None, SHOWN).await?;
        let rows = page.meetings.iter().map(|running| {
            let (meeting, seen) = (&running.meeting, running.seen);
            let (integration, id) = (meeting.key.integration.as_str(), meeting.key.meeting_id.as_str());
            Running {
                // one that was adopted may have none
                name: if meeting.name.is_empty() { id.to_owned() } else { meeting.name.clone() },
                integration: integration.to_owned(),
                path: links::meeting(integration, id),
                users: look.count(seen.map(|seen| seen.users)),
                audio: look.count(seen.map(|seen| seen.audio)),
                video: look.count(seen.map(|seen| seen.video)),
                since: numbers::time(meeting.created_at),
            }
        });
        let all = links::with("/admin/meetings", &[("server", server.as_str())]);
        Ok(Self { rows: rows.collect(), all, more: page.next.is_some() })
    }
}
