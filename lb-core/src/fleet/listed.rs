//! What a server's getMeetings showed: [`MeetingList`] and its [`ListedMeeting`]s.

use std::collections::HashMap;

use super::packed::PackedXml;
use super::person::{Attendee, PersonKey};
use crate::clock::Timestamp;
use crate::meeting::{InternalMeetingId, MeetingId};
use crate::network::IntegrationName;
use crate::xml::{Document, Node};

/// One successful getMeetings of one server.
#[derive(Clone, Debug, Default)]
pub struct MeetingList {
    /// When it was asked for, by the balancer's clock. It says nothing of meetings created later.
    pub asked_at: Timestamp,
    // by internal id
    meetings: Vec<ListedMeeting>,
    // places of those that have a parent, by parent
    breakouts: Vec<usize>,
    // users by the integration that stands on the meeting
    users: HashMap<String, u32>,
    // users where none does
    users_of_nobody: u32,
}

/// One meeting as its server lists it.
#[derive(Clone, Debug)]
pub struct ListedMeeting {
    /// BBB's id of this incarnation.
    pub internal_id: InternalMeetingId,
    /// The website's id.
    pub meeting_id: MeetingId,
    /// The server's `createTime`, milliseconds since 1970.
    pub create_time: u64,
    /// Users in it.
    pub users: u32,
    /// Moderators among them.
    pub moderators: u32,
    /// Users with audio.
    pub audio: u32,
    /// Users with video.
    pub video: u32,
    /// How many users its website said that it expects.
    pub size_hint: Option<u32>,
    /// Whether it has ended and only lingers in the list.
    pub ended: bool,
    /// Whether it is a breakout room, made by BBB itself.
    pub breakout: bool,
    /// The incarnation that it is a breakout room of.
    pub parent: Option<InternalMeetingId>,
    /// The number that telephones dial.
    pub voice_bridge: Option<u32>,
    /// Whose it is, if a balancer stamped it.
    pub stamp: Option<Stamp>,
    /// The people in it, by key; somebody who is in it twice stands here twice.
    pub people: Box<[PersonKey]>,
    /// The fields that getMeetings shows of it, as XML, without the `meeting` element itself and without stamps.
    pub xml: PackedXml,
}

/// The metadata by which a balancer knows a meeting as its own, whatever became of its database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Which balancer: `mconflb-guid`.
    pub guid: String,
    /// The name of the integration that created the meeting: `mconflb-institution`.
    pub institution: String,
}

impl ListedMeeting {
    /// The people in it, as they are listed.
    pub fn attendees(&self) -> Vec<Attendee> {
        let xml = format!("<meeting>{}</meeting>", self.xml.unpack());
        // it was written from a document that could be read
        Document::parse(xml.as_bytes()).map(|document| attendees(document.root()).collect()).unwrap_or_default()
    }

    /// Whether somebody made it past the balancer whose stamps carry `guid`. Breakout rooms are BBB's own doing.
    pub fn is_foreign(&self, guid: &str) -> bool {
        !self.breakout && self.stamp.as_ref().is_none_or(|stamp| stamp.guid != guid)
    }
}

/// The people that a `meeting` element lists.
pub(crate) fn attendees<'a>(meeting: Node<'a>) -> impl Iterator<Item = Attendee> + 'a {
    let listed = meeting.child("attendees").into_iter().flat_map(Node::children);
    listed.filter(|node| node.is("attendee")).map(|node| Attendee {
        user_id: node.value("userID").into_owned(),
        name: node.value("fullName").into_owned(),
        moderator: node.value("role").eq_ignore_ascii_case("MODERATOR"),
    })
}

impl MeetingList {
    /// The list asked for at `asked_at`.
    pub fn new(asked_at: Timestamp, mut meetings: Vec<ListedMeeting>) -> Self {
        meetings.sort_by(|a, b| a.internal_id.cmp(&b.internal_id));
        let mut breakouts: Vec<_> = (0..meetings.len()).filter(|&place| meetings[place].parent.is_some()).collect();
        breakouts.sort_by(|&a, &b| meetings[a].parent.cmp(&meetings[b].parent));
        let (mut users, mut users_of_nobody) = (HashMap::<String, u32>::new(), 0_u32);
        for meeting in meetings.iter().filter(|meeting| !meeting.ended) {
            let of = match &meeting.stamp {
                // most meetings of a list are of an integration that was met before
                Some(stamp) => match users.get_mut(&stamp.institution) {
                    Some(users) => users,
                    None => users.entry(stamp.institution.clone()).or_default(),
                },
                None => &mut users_of_nobody,
            };
            *of = of.saturating_add(meeting.users);
        }
        Self { asked_at, meetings, breakouts, users, users_of_nobody }
    }

    /// The list that shows the same meetings at `asked_at`, but for what `change` makes of them.
    pub(crate) fn again(self, asked_at: Timestamp, change: impl FnOnce(&mut Vec<ListedMeeting>)) -> Self {
        let mut meetings = self.meetings;
        change(&mut meetings);
        Self::new(asked_at, meetings)
    }

    /// Not fewer than the users in the meetings of `integration`: those of breakout rooms, of copies, and of meetings that
    /// carry no stamp are among them.
    pub fn users_at_most(&self, integration: &IntegrationName) -> u32 {
        let own = self.users.get(integration.as_str()).copied().unwrap_or(0);
        own.saturating_add(self.users_of_nobody)
    }

    /// The breakout rooms of one incarnation that have not ended.
    pub fn breakouts_of(&self, parent: &InternalMeetingId) -> impl Iterator<Item = &ListedMeeting> {
        let first = self.breakouts.partition_point(|&place| self.meetings[place].parent.as_ref() < Some(parent));
        let rooms = self.breakouts[first..].iter().map(|&place| &self.meetings[place]);
        rooms.take_while(|room| room.parent.as_ref() == Some(parent)).filter(|room| !room.ended)
    }

    /// All breakout rooms that have not ended, each with a parent.
    pub fn breakouts(&self) -> impl Iterator<Item = &ListedMeeting> {
        self.breakouts.iter().map(|&place| &self.meetings[place]).filter(|room| !room.ended)
    }

    /// Whether there is any breakout room in it.
    pub fn has_breakouts(&self) -> bool {
        !self.breakouts.is_empty()
    }

    /// All meetings, by internal id, the ended ones that linger among them.
    pub fn meetings(&self) -> &[ListedMeeting] {
        &self.meetings
    }

    /// Those that run.
    pub fn running(&self) -> impl Iterator<Item = &ListedMeeting> {
        self.meetings.iter().filter(|meeting| !meeting.ended)
    }

    /// The incarnation `internal_id`, ended or not.
    pub fn find(&self, internal_id: &InternalMeetingId) -> Option<&ListedMeeting> {
        self.meetings
            .binary_search_by(|meeting| meeting.internal_id.cmp(internal_id))
            .ok()
            .map(|index| &self.meetings[index])
    }

    /// Whether the list shows that `internal_id`, created at `created_at`, does not run any more: it was asked for after
    /// the creation and lacks it, or shows it ended.
    pub fn denies(&self, internal_id: &InternalMeetingId, created_at: Timestamp) -> bool {
        self.asked_at > created_at && self.find(internal_id).is_none_or(|meeting| meeting.ended)
    }
}
