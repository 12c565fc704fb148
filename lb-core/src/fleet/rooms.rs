//! [`Rooms`]: where breakout rooms are listed, by their ids, so that a call about a meeting that nobody knows costs the same
//! however many servers and rooms there are.

use imbl::OrdSet;

use super::listed::MeetingList;
use crate::meeting::InternalMeetingId;
use crate::server::ServerName;

/// The running breakout rooms of all lists, each under its meetingID and under its internal id.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms(OrdSet<(String, ServerName, InternalMeetingId)>);

impl Rooms {
    /// Takes over that `server` lists `after` where it listed `before`.
    pub(super) fn change(&mut self, server: &ServerName, before: Option<&MeetingList>, after: Option<&MeetingList>) {
        let same = match (before, after) {
            (Some(before), Some(after)) => std::ptr::eq(before, after) || ids(before).eq(ids(after)),
            (before, after) => before.or(after).is_none_or(|list| ids(list).next().is_none()),
        };
        if same {
            return;
        }
        let keys = |list| ids(list).map(|(id, room)| (id.to_owned(), server.clone(), room.clone()));
        for key in before.into_iter().flat_map(keys) {
            self.0.remove(&key);
        }
        self.0.extend(after.into_iter().flat_map(keys));
    }

    /// The rooms that `id` may mean: the server of each, and its internal id.
    pub(super) fn called<'r>(&'r self, id: &'r str) -> impl Iterator<Item = (&'r ServerName, &'r InternalMeetingId)> {
        let first = (!self.0.is_empty()).then(|| (id.to_owned(), ServerName::from(""), InternalMeetingId::from("")));
        let from_there = first.into_iter().flat_map(|first| self.0.range(first..));
        from_there.take_while(move |(named, ..)| named == id).map(|(_, server, room)| (server, room))
    }
}

/// Each id that a room of the list goes by, with its internal id.
fn ids(list: &MeetingList) -> impl Iterator<Item = (&str, &InternalMeetingId)> {
    list.breakouts().flat_map(|room| {
        [room.meeting_id.as_str(), room.internal_id.as_str()].into_iter().map(|id| (id, &room.internal_id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{ListedMeeting, PackedXml};

    fn list(rooms: &[(&str, &str)]) -> MeetingList {
        let room = |(meeting_id, internal_id): &(&str, &str)| ListedMeeting {
            internal_id: (*internal_id).into(),
            meeting_id: (*meeting_id).into(),
            create_time: 1,
            users: 0,
            moderators: 0,
            audio: 0,
            video: 0,
            size_hint: None,
            ended: false,
            breakout: true,
            parent: Some("parent-1".into()),
            voice_bridge: None,
            stamp: None,
            people: Box::default(),
            xml: PackedXml::new(""),
        };
        MeetingList::new(Default::default(), rooms.iter().map(room).collect())
    }

    #[test]
    fn rooms_are_found_by_either_id_for_as_long_as_they_are_listed() {
        let (a, b) = (ServerName::from("a"), ServerName::from("b"));
        let (first, second) = (list(&[("r1", "i1"), ("r2", "i2")]), list(&[("r2", "i2"), ("r3", "i3")]));
        let mut rooms = Rooms::default();
        rooms.change(&a, None, Some(&first));
        rooms.change(&b, None, Some(&list(&[("r1", "i9")])));
        let called = |rooms: &Rooms, id: &str| -> Vec<String> {
            rooms.called(id).map(|(server, room)| format!("{server}:{room}")).collect()
        };
        assert_eq!(called(&rooms, "r1"), ["a:i1", "b:i9"]);
        assert_eq!(
            (called(&rooms, "i2"), called(&rooms, "r"), called(&rooms, "r9")),
            (vec!["a:i2".into()], vec![], vec![])
        );
        rooms.change(&a, Some(&first), Some(&second));
        assert_eq!((called(&rooms, "r1"), called(&rooms, "i1")), (vec!["b:i9".into()], vec![]));
        assert_eq!((called(&rooms, "r2"), called(&rooms, "r3")), (vec!["a:i2".into()], vec!["a:i3".into()]));
        rooms.change(&a, Some(&second), None);
        assert_eq!(called(&rooms, "i3"), [""; 0]);
        assert_eq!(rooms.0.len(), 2);
    }
}
