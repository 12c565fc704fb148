//! What the servers list: how many users are where, and which meetings have ended.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Balancer;
use crate::api::{Failure, get_meetings};
use crate::event::{Ended, EventKind, Found};
use crate::fleet::{FleetServer, ListedMeeting, MeetingList, Stamp};
use crate::gateway::ServerCall;
use crate::meeting::{Meeting, MeetingKey, Stray};
use crate::server::{ServerName, ServerState};
use crate::store::{Entry, Replaces};

impl Balancer {
    /// Asks one server for its meetings and takes the answer over. Also the probe that notices whether it answers.
    ///
    /// A meeting is forgotten when two lists in a row, both asked for after it was created, lack it, and it is older than
    /// the grace time. Servers should be followed in parallel, each every few seconds: none waits for another.
    ///
    /// # Errors
    /// [`Failure::ServerTrouble`] if the server gave no usable answer, [`Failure::StoreTrouble`] if the store fails. What was
    /// known stays.
    ///
    /// # Cancel safety
    /// May be dropped at any time.
    pub async fn follow(&self, name: &ServerName) -> Result<(), Failure> {
        let Some(server) = self.fleet().server(name).cloned() else { return Ok(()) };
        if server.state() == ServerState::Recording {
            return Ok(());
        }
        let asked_at = self.clock.now();
        let call = ServerCall::read(&server.server, "getMeetings", "", self.settings.list_deadline);
        let list = self.ask(&server, call, |answer| get_meetings::read(answer, asked_at)).await;
        let Ok(list) = list.map(Arc::new) else {
            self.tell_if_down(name).await;
            return Err(Failure::ServerTrouble);
        };
        let held = self.stored(self.store.meetings_on(name).await)?;
        self.take_list(name, &list, &held).await;
        self.see_people(&server, &list, &held).await;
        self.note_listed(name, &list, &held);
        self.let_observe().await;
        for meeting in &held {
            let now = self.clock.now();
            let created_at = meeting.created_at.as_past(now);
            let denied = |list: &MeetingList| list.denies(&meeting.internal_id, created_at);
            let unlisted = server.list.as_deref().is_some_and(denied) && denied(&list);
            if unlisted && now.since(created_at) > self.settings.grace {
                self.forget(meeting, Ended::Unlisted).await?;
            }
        }
        let mut strays = self.stored(self.store.strays().await)?;
        strays.retain(|stray| stray.server == *name);
        self.end_strays(&server, &list, &strays).await?;
        self.learn_back(&server, &list, &strays).await?;
        self.finish_draining(name).await
    }

    async fn take_list(&self, name: &ServerName, list: &Arc<MeetingList>, held: &[Arc<Meeting>]) {
        let ids: HashMap<&MeetingKey, &Meeting> = held.iter().map(|meeting| (&meeting.key, &**meeting)).collect();
        let users_in = |key: &MeetingKey| list.find(&ids.get(key)?.internal_id).map(|listed| listed.users);
        self.note(name, |server, now| server.take_list(Arc::clone(list), users_in, &self.settings.guid, now)).await;
    }

    /// Ends the copies of meetings that nobody is sent to: their create was sent here and no answer came, or they were placed
    /// afresh while the server was down. One with people in it is left to end by itself, and shown. A stray that a list does
    /// not show, asked for well after its create, is not there.
    async fn end_strays(&self, server: &FleetServer, list: &MeetingList, strays: &[Stray]) -> Result<(), Failure> {
        let mut in_use = HashMap::new();
        for stray in strays {
            match list.running().find(|listed| self.is_copy(listed, stray)) {
                Some(copy) if copy.users == 0 => self.end_stray(server, stray).await?,
                Some(copy) => {
                    in_use.insert(stray.key.clone(), copy.users);
                }
                None if list.asked_at.since(stray.since.as_past(self.clock.now())) > self.settings.grace => {
                    self.stored(self.store.clear_stray(&stray.key, &stray.server, Vec::new()).await)?;
                }
                None => {}
            }
        }
        self.show_copies(server, in_use).await;
        Ok(())
    }

    fn is_copy(&self, listed: &ListedMeeting, stray: &Stray) -> bool {
        let ours =
            |stamp: &Stamp| stamp.guid == self.settings.guid && stamp.institution == stray.key.integration.as_str();
        match &stray.superseded {
            Some(internal_id) => listed.internal_id == *internal_id,
            None => listed.meeting_id == stray.key.meeting_id && listed.stamp.as_ref().is_some_and(ours),
        }
    }

    /// Shows which copies people are in, and tells of those that are new.
    async fn show_copies(&self, server: &FleetServer, in_use: HashMap<MeetingKey, u32>) {
        if in_use.is_empty() && server.copies_in_use.is_empty() {
            return;
        }
        let name = &server.server.name;
        let keys: Arc<HashSet<MeetingKey>> = Arc::new(in_use.keys().cloned().collect());
        self.note(name, |server, _| server.copies_in_use = keys).await;
        for (meeting, users) in in_use.into_iter().filter(|(meeting, _)| !server.copies_in_use.contains(meeting)) {
            self.tell(EventKind::CopyInUse { meeting, server: name.clone(), users }).await;
        }
    }

    /// Adopts running meetings that carry this balancer's stamp and that the store does not know: it lost them, or never
    /// heard that their create succeeded. One that is on its way is left alone; one that is held elsewhere is a copy.
    async fn learn_back(&self, server: &FleetServer, list: &MeetingList, strays: &[Stray]) -> Result<(), Failure> {
        let name = &server.server.name;
        if self.fleet().server(name).is_some_and(|server| list.asked_at <= server.forgot_at) {
            // what has ended meanwhile may still run in it; the next list tells
            return Ok(());
        }
        let network = self.network();
        let copy = |listed: &&ListedMeeting| strays.iter().any(|stray| self.is_copy(listed, stray));
        for listed in list.running().filter(|listed| !listed.breakout && !copy(listed)) {
            let Some(stamp) = listed.stamp.as_ref().filter(|stamp| stamp.guid == self.settings.guid) else { continue };
            let Some(integration) = network.integration(&stamp.institution) else { continue };
            let key = MeetingKey { integration: integration.name.clone(), meeting_id: listed.meeting_id.clone() };
            match self.stored(self.store.find(&key).await)? {
                Some(Entry::Held(held)) => {
                    let now = self.clock.now();
                    let elsewhere =
                        held.key == key && held.server != *name && list.asked_at > held.created_at.as_past(now);
                    if elsewhere && !strays.iter().any(|stray| stray.key == key) {
                        self.note_copy(&key, name, Some(listed.internal_id.clone())).await;
                    }
                    continue;
                }
                Some(Entry::Claimed(_)) => continue,
                None => {}
            }
            if self.stored(self.store.occupied(&key).await)?.contains(name) {
                continue;
            }
            if let Some(meeting) = get_meetings::learnt(listed, key, name, self.clock.now()) {
                let adopted = Self::adopted(&meeting, Found::Listed);
                self.adopt(meeting, Replaces::Nothing, None, vec![adopted]).await?;
            }
        }
        Ok(())
    }

    async fn end_stray(&self, server: &FleetServer, stray: &Stray) -> Result<(), Failure> {
        let query = crate::api::Params::from_iter([("meetingID", stray.key.meeting_id.as_str())]).encode();
        let call = ServerCall::change(&server.server, "end", &query, None, self.settings.attempt);
        let ended = self.ask(server, call, |answer| answer.is_success() || answer.is_not_found()).await;
        if ended == Ok(true) {
            let event = self.event(EventKind::StrayEnded { meeting: stray.key.clone(), server: stray.server.clone() });
            self.stored(self.store.clear_stray(&stray.key, &stray.server, vec![event.clone()]).await)?;
            self.show(&event);
        }
        Ok(())
    }
}
