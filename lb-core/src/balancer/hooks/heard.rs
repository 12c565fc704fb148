//! What servers post to the balancer's own hook: whose is it, and who wants to hear of it?

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::PLACE;
use crate::api::Failure;
use crate::balancer::Balancer;
use crate::event::{EventKind, Role, SeenBy, UserId};
use crate::fleet::{FleetServer, PersonKey};
use crate::hook::{HookEvent, HookPost, token};
use crate::meeting::{InternalMeetingId, Meeting, MeetingId, MeetingKey};
use crate::server::ServerName;
use crate::store::Entry;

/// What came of a post to the balancer's own hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookHeard {
    /// All that is of somebody's meeting is in the outbox. Status 200.
    Taken,
    /// There is no such hook. Status 404, and nothing else is to be said.
    Unknown,
    /// It is not signed by the server. Status 401; nothing has changed.
    Forged,
    /// It is signed, and is no post of bbb-webhooks. Status 400.
    Unreadable,
    /// Its meeting is just being created, or the store fails. Status 503: the server posts again.
    Later,
}

/// Whose meeting an event is of.
struct Whose {
    key: MeetingKey,
    /// What its website calls the meeting: a breakout room is not the meeting that it belongs to.
    told_as: MeetingId,
    held: Option<Arc<Meeting>>,
    /// A breakout room: its users are in its parent, too.
    breakout: bool,
}

impl Balancer {
    /// The server's name and the token in the path of a post, whatever prefix the path has.
    pub fn hook_in(path: &str) -> Option<(ServerName, &str)> {
        let mut segments = path.rsplit('/');
        let (token, name) = (segments.next()?, segments.next()?);
        let mut place = PLACE.iter().rev();
        if !place.all(|expected| segments.next() == Some(expected)) || token.is_empty() {
            return None;
        }
        Some((percent_decode_str(name).decode_utf8().ok()?.into_owned().into(), token))
    }

    /// Whether the balancer has given `server` a hook with that `token`: whatever else posts there is not worth reading.
    pub fn has_hook(&self, server: &ServerName, token: &str) -> bool {
        let found = self.fleet().server(server).cloned();
        found.is_some_and(|found| {
            token::is_of(&found.server, &self.settings.guid, token) && self.own_hook_url(&found.server).is_some()
        })
    }

    /// A server tells what goes on in its meetings. What is of a website's meeting is in the outbox for each hook of that
    /// website that wants it; all else is dropped.
    ///
    /// # Cancel safety
    /// May be dropped at any time: the server posts again what was not answered.
    pub async fn hook_heard(&self, server: &ServerName, token: &str, post: &HookPost<'_>) -> HookHeard {
        let found = self.fleet().server(server).cloned();
        let Some(found) = found.filter(|found| token::is_of(&found.server, &self.settings.guid, token)) else {
            return HookHeard::Unknown;
        };
        let Some(url) = self.own_hook_url(&found.server) else { return HookHeard::Unknown };
        if !post.is_signed(url.as_str(), &found.server.secret) {
            if self.server_hooks.tell_forged(server, self.clock.now()) {
                self.emit(EventKind::HookForged { server: server.clone() });
            }
            return HookHeard::Forged;
        }
        let Some(events) = post.events() else { return HookHeard::Unreadable };
        self.take_in(&found, events).await.unwrap_or(HookHeard::Later)
    }

    async fn take_in(&self, server: &FleetServer, events: Vec<HookEvent>) -> Result<HookHeard, Failure> {
        let name = &server.server.name;
        let held = self.stored(self.store.meetings_on(name).await)?;
        let (mut heard, mut deliveries) = (Vec::new(), Vec::new());
        for event in events {
            let Some(whose) = self.whose(server, &held, &event).await? else {
                if self.is_being_created(name, &event).await? {
                    return Ok(HookHeard::Later);
                }
                heard.push((None, event));
                continue;
            };
            let hooks = self.stored(self.stores.hooks.hooks_of(&whose.key.integration).await)?;
            if !hooks.is_empty() {
                let (key, told_as) = (&whose.key, &whose.told_as);
                let told = self.hook_terms(event.clone(), &key.integration, told_as, whose.held.as_deref());
                deliveries.extend(told.iter().flat_map(|told| self.hook_deliveries(&hooks, key, told_as, name, told)));
            }
            heard.push((Some(whose), event));
        }
        if !deliveries.is_empty() {
            self.stored(self.store.enqueue(deliveries).await)?;
        }
        if heard.iter().any(|(_, event)| matches!(event.id(), "rap-published" | "rap-unpublished" | "rap-deleted")) {
            self.recordings_due(name);
        }
        for (whose, event) in heard {
            self.count_user(server, whose.as_ref(), &event).await;
        }
        Ok(HookHeard::Taken)
    }

    /// Whose meeting an event of `server` is of; `None` for meetings that are nobody's.
    async fn whose(
        &self,
        server: &FleetServer,
        held: &[Arc<Meeting>],
        event: &HookEvent,
    ) -> Result<Option<Whose>, Failure> {
        let internal_id = InternalMeetingId::from(event.internal_meeting_id());
        let of = |id: &str| held.iter().find(|meeting| meeting.internal_id.as_str() == id);
        if let Some(held) = of(internal_id.as_str()) {
            let (key, held) = (held.key.clone(), Some(Arc::clone(held)));
            return Ok(Some(Whose { told_as: key.meeting_id.clone(), key, held, breakout: false }));
        }
        let listed = server.list.as_ref().and_then(|list| list.find(&internal_id));
        let parent = event.parent().or_else(|| listed?.parent.as_ref().map(InternalMeetingId::as_str));
        if let Some(parent) = parent.and_then(of) {
            let told_as = listed.map_or_else(|| event.external_meeting_id().into(), |room| room.meeting_id.clone());
            return Ok(Some(Whose { key: parent.key.clone(), told_as, held: None, breakout: true }));
        }
        let ended = self.stored(self.stores.hooks.ended_meeting(&internal_id, &server.server.name).await)?;
        if let Some(ended) = &ended
            && !event.id().starts_with("rap-")
            && self.goes_on_elsewhere(&ended.key, &internal_id).await?
        {
            return Ok(None);
        }
        Ok(ended.map(|ended| {
            let told_as = ended.key.meeting_id.clone();
            Whose { key: ended.key, told_as, held: None, breakout: false }
        }))
    }

    /// Whether the room of a lost incarnation was placed afresh, and is there: what becomes of the copy is not told.
    async fn goes_on_elsewhere(&self, key: &MeetingKey, lost: &InternalMeetingId) -> Result<bool, Failure> {
        let create_time = lost.as_str().rsplit_once('-').and_then(|(_, time)| time.parse::<u64>().ok());
        let held = self.stored(self.store.find(key).await)?.and_then(Entry::into_held);
        Ok(held.is_some_and(|held| create_time.is_some_and(|time| held.superseded.contains(&time))))
    }

    /// Whether an event is of a meeting whose create is just under way: it was not known yet whether it comes to be held.
    async fn is_being_created(&self, server: &ServerName, event: &HookEvent) -> Result<bool, Failure> {
        if event.metadata("mconflb-guid") != Some(self.settings.guid.as_str()) {
            return Ok(false);
        }
        let network = self.network();
        let integration = event.metadata("mconflb-institution").and_then(|name| network.integrations().named(name));
        let Some(integration) = integration else { return Ok(false) };
        let key = MeetingKey::new(integration.name.clone(), event.external_meeting_id());
        let entry = self.stored(self.store.find(&key).await)?;
        Ok(match entry {
            Some(Entry::Claimed(claim)) => claim.server == *server,
            // since it was looked what the server holds
            Some(Entry::Held(held)) => held.internal_id.as_str() == event.internal_meeting_id(),
            None => false,
        })
    }

    /// Somebody came or went: counted until the next list of the server, which knows; and kept for reports.
    async fn count_user(&self, server: &FleetServer, whose: Option<&Whose>, event: &HookEvent) {
        let came = match event.id() {
            "user-joined" => true,
            "user-left" => false,
            _ => return,
        };
        let (internal_id, user) =
            (InternalMeetingId::from(event.internal_meeting_id()), event.user("internal-user-id"));
        let listed = server.list.as_ref().and_then(|list| list.find(&internal_id));
        let breakout = listed.is_some_and(|room| room.breakout) || whose.is_some_and(|whose| whose.breakout);
        if breakout || user.is_empty() {
            return;
        }
        let name = &server.server.name;
        self.note(name, |server, _| server.hear_of(user, came)).await;
        // of people in meetings that are nobody's, nothing is kept
        let Some(held) = whose.and_then(|whose| whose.held.as_ref()) else { return };
        let (meeting, server, user) = (held.key.clone(), name.clone(), UserId::from(user));
        let seen_by = SeenBy::Webhook;
        if came {
            let (external_user_id, name) = (event.user("external-user-id").to_owned(), event.user("name").to_owned());
            let person = PersonKey::of(&external_user_id, &name);
            let role = if event.user("role") == "MODERATOR" { Role::Moderator } else { Role::Attendee };
            if self.told_came(held, person, &user).await {
                let came = EventKind::UserEntered {
                    meeting,
                    internal_id,
                    server,
                    user,
                    external_user_id,
                    name,
                    role,
                    seen_by,
                };
                self.tell(came).await;
            }
        } else if self.told_went(held, &user).await {
            self.tell(EventKind::UserLeft { meeting, internal_id, server, user, until: None, seen_by }).await;
        }
    }
}
