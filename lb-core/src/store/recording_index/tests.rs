use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::recording::{Page, RecordingFields, RecordingState, States};

fn recording(id: u8, server: u8, meeting: u8, owner: u8, state: u8) -> Arc<Recording> {
    Arc::new(Recording {
        id: format!("{id:02}").into(),
        server: format!("bbb{server}").into(),
        meeting_id: format!("room{meeting}").into(),
        integration: (owner > 0).then(|| format!("site{owner}").into()),
        assigned: false,
        state: RecordingState::ALL[usize::from(state)],
        protected: None,
        // copies began at the same time
        start: Timestamp::from_millis(u64::from(id / 2)),
        end: Timestamp::default(),
        participants: 0,
        changed_at: Timestamp::default(),
        xml: RecordingFields::new("", "", "", "").pack(),
    })
}

/// What a select should find, by looking at everything.
fn expected(all: &[Arc<Recording>], query: &RecordingQuery) -> Vec<Arc<Recording>> {
    let wanted = |recording: &&Arc<Recording>| {
        recording.integration == query.owner
            && match &query.which {
                Which::All => true,
                Which::BeginningWith(ids) => ids.iter().any(|id| recording.id.as_str().starts_with(id.as_str())),
                Which::OfMeetings(meetings) => meetings.contains(&recording.meeting_id),
            }
    };
    let mut found: Vec<Arc<Recording>> = Vec::new();
    for recording in all.iter().filter(wanted) {
        match found.iter_mut().find(|other| other.id == recording.id) {
            Some(other) if (recording.state, &recording.server) < (other.state, &other.server) => {
                *other = Arc::clone(recording);
            }
            Some(_) => {}
            None => found.push(Arc::clone(recording)),
        }
    }
    found.retain(|recording| query.states.contain(recording.state));
    found.sort_by_key(|recording| (Reverse(recording.start), recording.id.clone()));
    found
}

fn which() -> impl Strategy<Value = Which> {
    let ids = vec("[0-9]{1,2}", 0..6).prop_map(Which::BeginningWith);
    let meetings = vec(0..4_u8, 0..6);
    let meetings =
        meetings.prop_map(|all| Which::OfMeetings(all.iter().map(|one| format!("room{one}").into()).collect()));
    prop_oneof![Just(Which::All), ids, meetings]
}

proptest! {
    #[test]
    fn whatever_is_asked_for_is_found_as_if_everything_were_looked_at(
        facts in vec((0..60_u8, 0..3_u8, 0..4_u8, 0..3_u8, 0..5_u8), 0..120),
        removed in vec(0..120_usize, 0..30),
        which in which(),
        owner in 0..3_u8,
        any_state in any::<bool>(),
    ) {
        let mut index = RecordingIndex::default();
        let mut all: Vec<Arc<Recording>> = Vec::new();
        for (id, server, meeting, owner, state) in facts {
            // a recording is of one meeting, whoever has a copy
            let owner = if id % 3 == 0 { 0 } else { owner };
            let after = recording(id, server, meeting, owner, state);
            let place = all.iter().position(|one| one.is_at_place_of(&after));
            let before = place.map(|place| all.swap_remove(place));
            let change = RecordingChange { before, after: Some(Arc::clone(&after)), events: Vec::new() };
            prop_assert!(index.change(&change));
            all.push(after);
        }
        for place in removed {
            if place < all.len() {
                let before = Some(all.swap_remove(place));
                let removal = RecordingChange { before, after: None, events: Vec::new() };
                prop_assert!(index.change(&removal));
            }
        }
        let states = if any_state { States::ALL } else { States::LISTED };
        let owner = (owner > 0).then(|| format!("site{owner}").into());
        let query = RecordingQuery { owner, which, states, metadata: Vec::new(), page: None };
        let found = index.select(&query);
        let expected = expected(&all, &query);
        prop_assert_eq!(found.total, expected.len());
        prop_assert_eq!(&found.recordings, &expected);
        let page = RecordingQuery { page: Some(Page { offset: 1, limit: 2 }), ..query };
        let of_page: Vec<_> = expected.into_iter().skip(1).take(2).collect();
        prop_assert_eq!(index.select(&page).recordings, of_page);
        prop_assert_eq!(index.len(), all.len());
    }
}

#[test]
fn beginnings_that_many_recordings_of_others_have_find_ones_own() {
    let mut index = RecordingIndex::default();
    for number in 0..2000_u32 {
        let owner = if number % 100 == 0 { "site1" } else { "site2" };
        let other = recording(0, 1, 0, 0, 0);
        let id = format!("{:02}-{number}", number % 100 / 10).into();
        index.put(&Arc::new(Recording { id, integration: Some(owner.into()), ..Recording::clone(&other) }));
    }
    let of = |ids: &[&str]| {
        let which = Which::BeginningWith(ids.iter().map(|&id| id.to_owned()).collect());
        index.select(&RecordingQuery { which, ..RecordingQuery::all_of(Some("site1".into())) }).total
    };
    assert_eq!((of(&["0"]), of(&["0", "1", "2"]), of(&["00-1900"]), of(&["1"])), (20, 20, 1, 0));
}
