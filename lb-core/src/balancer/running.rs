//! The meetings that run, for administrators: listed page by page, looked at one by one, ended.

mod end;

use std::sync::Arc;

pub use self::end::EndMeetingError;

use super::Balancer;
use crate::account::Reach;
use crate::api::Failure;
use crate::callback::CallbackKind;
use crate::clock::Timestamp;
use crate::event::{EventKind, Found, Placement};
use crate::fleet::Fleet;
use crate::meeting::{Meeting, MeetingKey};
use crate::network::{IntegrationName, RouterName};
use crate::server::{ServerName, ServerState};
use crate::store::{Entry, EventFilter};

/// How many meetings one page has at most.
pub const MEETINGS_PAGE: usize = 1000;

/// How many meetings are looked at at once.
const CHUNK: usize = 256;

/// Which running meetings are asked for: those that fit all that is said.
#[derive(Clone, Debug, PartialEq)]
pub struct MeetingSearch {
    /// Whose the asker may see.
    pub reach: Reach,
    /// Whose.
    pub integration: Option<IntegrationName>,
    /// Where.
    pub server: Option<ServerName>,
    /// What the meetingID or the name has in it, in any case.
    pub text: Option<String>,
}

impl MeetingSearch {
    /// All within `reach`.
    pub fn within(reach: Reach) -> Self {
        Self { reach, integration: None, server: None, text: None }
    }

    fn fits(&self, meeting: &Meeting) -> bool {
        let has = |text: &str| {
            let text = text.to_lowercase();
            meeting.key.meeting_id.as_str().to_lowercase().contains(&text)
                || meeting.name.to_lowercase().contains(&text)
        };
        self.server.as_ref().is_none_or(|server| meeting.server == *server) && self.text.as_deref().is_none_or(has)
    }
}

/// A meeting that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningMeeting {
    /// What is known of it for good. Its passwords are for nobody's eyes.
    pub meeting: Arc<Meeting>,
    /// What its server's last list shows of it; absent where no list has shown it yet.
    pub seen: Option<Seen>,
}

/// What a list shows of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When the list was asked for.
    pub at: Timestamp,
    /// Users in it.
    pub users: u32,
    /// Users with audio.
    pub audio: u32,
    /// Users with video.
    pub video: u32,
}

/// Some running meetings, by integration and meetingID.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeetingsPage {
    /// The meetings.
    pub meetings: Vec<RunningMeeting>,
    /// Behind which the next page begins; absent where this is the last.
    pub next: Option<MeetingKey>,
}

/// One running meeting, and how it came to be.
#[derive(Clone, Debug, PartialEq)]
pub struct MeetingDetail {
    /// The meeting.
    pub running: RunningMeeting,
    /// What its server may be used for; absent where the fleet does not have it.
    pub server_state: Option<ServerState>,
    /// Why it was placed there; absent where the events do not tell.
    pub placement: Option<Placement>,
    /// The router that its integration had.
    pub router: Option<RouterName>,
    /// How it was found, where it was not created through this balancer's store.
    pub found: Option<Found>,
    /// What its website is to be told at its end.
    pub callbacks: Vec<CallbackKind>,
}

impl Balancer {
    /// The running meetings that fit `search`, behind `after`: `limit` at most, and [`MEETINGS_PAGE`] at most. Only what is
    /// looked at is copied.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`].
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn running_meetings(
        &self,
        search: &MeetingSearch,
        after: Option<&MeetingKey>,
        limit: usize,
    ) -> Result<MeetingsPage, Failure> {
        let limit = limit.clamp(1, MEETINGS_PAGE);
        let (fleet, mut page) = (self.fleet(), MeetingsPage::default());
        for whose in self.reached(search) {
            let first = whose.map(|whose| MeetingKey::new(whose, ""));
            let mut behind = after.cloned().max(first.clone());
            loop {
                let chunk = self.stored(self.store.meetings_after(behind.as_ref(), CHUNK).await)?;
                let of_others = |key: &MeetingKey| first.as_ref().is_some_and(|own| own.integration != key.integration);
                let own = chunk.iter().take_while(|meeting| !of_others(&meeting.key));
                for meeting in own.filter(|meeting| search.fits(meeting)) {
                    if page.meetings.len() == limit {
                        page.next = page.meetings.last().map(|last| last.meeting.key.clone());
                        return Ok(page);
                    }
                    page.meetings.push(running(&fleet, meeting));
                }
                match chunk.last() {
                    Some(last) if chunk.len() == CHUNK && !of_others(&last.key) => behind = Some(last.key.clone()),
                    _ => break,
                }
            }
        }
        Ok(page)
    }

    /// One running meeting; `None` if there is none of that key within `reach`. The id may also be an internal one.
    ///
    /// # Errors
    /// [`Failure::StoreTrouble`]; [`Failure::ReportTrouble`] where the events cannot be read.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn running_meeting(&self, key: &MeetingKey, reach: &Reach) -> Result<Option<MeetingDetail>, Failure> {
        let Some(meeting) = self.held_within(key, reach).await? else { return Ok(None) };
        let fleet = self.fleet();
        let mut detail = MeetingDetail {
            running: running(&fleet, &meeting),
            server_state: fleet.server(&meeting.server).map(|server| server.state()),
            placement: None,
            router: None,
            found: None,
            callbacks: meeting
                .callbacks
                .iter()
                .flat_map(|callbacks| callbacks.deliveries(key, false))
                .map(|due| due.id.kind)
                .collect(),
        };
        let filter = EventFilter {
            integration: Some(meeting.key.integration.clone()),
            meeting_id: Some(meeting.key.meeting_id.clone()),
            internal_id: Some(meeting.internal_id.clone()),
            kinds: vec!["meeting-created".to_owned(), "meeting-adopted".to_owned()],
            ..EventFilter::default()
        };
        let page = self.stores.events.events(&filter, None, 1).await.map_err(|_| Failure::ReportTrouble)?;
        match page.events.into_iter().next().map(|event| event.kind) {
            Some(EventKind::MeetingCreated { placement, router, .. }) => {
                (detail.placement, detail.router) = (Some(placement), router);
            }
            Some(EventKind::MeetingAdopted { how, .. }) => detail.found = Some(how),
            _ => {}
        }
        Ok(Some(detail))
    }

    /// The integrations whose meetings are looked at, by name; `[None]`: all that have any, those that are no more among them.
    fn reached(&self, search: &MeetingSearch) -> Vec<Option<IntegrationName>> {
        let network = self.network();
        let mut names: Vec<_> = match (&search.integration, &search.reach) {
            (Some(one), _) => vec![one.clone()],
            (None, Reach::Network) => return vec![None],
            (None, Reach::Partner(_)) => network.integrations().iter().map(|one| one.name.clone()).collect(),
        };
        names.retain(|name| self.is_within(&search.reach, name));
        names.sort();
        names.into_iter().map(Some).collect()
    }

    fn is_within(&self, reach: &Reach, name: &IntegrationName) -> bool {
        let has = || self.network().integration(name.as_str()).is_some_and(|integration| reach.has(integration));
        *reach == Reach::Network || has()
    }

    async fn held_within(&self, key: &MeetingKey, reach: &Reach) -> Result<Option<Arc<Meeting>>, Failure> {
        if !self.is_within(reach, &key.integration) {
            return Ok(None);
        }
        Ok(self.stored(self.store.find(key).await)?.and_then(Entry::into_held))
    }
}

fn running(fleet: &Fleet, meeting: &Arc<Meeting>) -> RunningMeeting {
    let list = fleet.server(&meeting.server).and_then(|server| server.list.as_deref());
    let seen = list.and_then(|list| {
        let listed = list.find(&meeting.internal_id).filter(|listed| !listed.ended)?;
        Some(Seen { at: list.asked_at, users: listed.users, audio: listed.audio, video: listed.video })
    });
    RunningMeeting { meeting: Arc::clone(meeting), seen }
}
