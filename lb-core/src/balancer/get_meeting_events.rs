//! getMeetingEvents: answered from the stored events; no server is asked.

use super::{Answered, Balancer};
use crate::api::get_meeting_events::{Asked, reply};
use crate::api::{Failure, Params};
use crate::meeting::MeetingKey;
use crate::network::Integration;
use crate::store::Entry;

impl Balancer {
    pub(super) async fn get_meeting_events(
        &self,
        integration: &Integration,
        params: &Params,
    ) -> Result<Answered, Failure> {
        let query = Asked::read(params)?.of(&integration.name);
        // one that cannot be read says nothing of whether meetings can be kept
        let mut meetings = self.stores.events.meetings(&query).await.map_err(|_| Failure::ReportTrouble)?;
        // one that was adopted has its name with the meeting, as long as it runs
        for meeting in meetings.iter_mut().filter(|meeting| meeting.name.is_empty()) {
            let key = MeetingKey { integration: integration.name.clone(), meeting_id: meeting.meeting_id.clone() };
            if let Some(Entry::Held(held)) = self.stored(self.store.find(&key).await)?
                && held.internal_id == meeting.internal_id
            {
                meeting.name.clone_from(&held.name);
                meeting.parameters.clone_from(&held.parameters);
            }
        }
        Ok(Answered::locally(reply(&meetings, &self.fleet())))
    }
}
