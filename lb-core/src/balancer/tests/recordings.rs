//! Recordings, from the servers' lists to the websites.

mod changes;

use super::*;
use crate::balancer::Actor;
use crate::gateway::{Fault, SimulatedBbb, SimulatedBreakout, SimulatedRecording, SimulatedRecordingState as OnServer};
use crate::recording::{Recording, RecordingState};

/// When recordings that are put in began, milliseconds since 1970.
const BEGAN: u64 = 1_700_000_000_000;

impl Network {
    /// Every server lists its recordings.
    fn follow_recordings(&self) {
        for server in self.balancer.fleet().servers() {
            let _ = block_on(self.balancer.follow_recordings(&server.server.name));
        }
    }

    fn on<T>(&self, number: usize, look: impl FnOnce(&mut SimulatedBbb) -> T) -> T {
        self.servers.with(&format!("bbb{number}"), look).unwrap()
    }

    /// A recording of that website's, with the balancer's stamp, that began so many seconds later than others.
    fn recording_of(&self, website: &str, meeting_id: &str, later: u64) -> SimulatedRecording {
        let began = BEGAN + later * 1000;
        SimulatedRecording::new(meeting_id, began, began + 60_000)
            .with_metadata("mconflb-guid", self.balancer.settings.guid.clone())
            .with_metadata("mconflb-institution", website)
            .with_metadata("course", meeting_id)
    }

    /// Puts it onto a server and answers its id.
    fn put_recording(&self, number: usize, recording: SimulatedRecording) -> String {
        let id = recording.record_id.clone();
        self.on(number, |bbb| bbb.put_recording(recording));
        id
    }

    /// The ids that a website is told.
    fn recordings(&self, website: &str, params: &[(&str, &str)]) -> Vec<String> {
        let said = self.call(website, "getRecordings", params).success();
        let bytes = said.0.body.to_bytes();
        let document = Document::parse(&bytes).unwrap();
        let recordings = document.root().child("recordings").unwrap();
        recordings.children().map(|recording| recording.value("recordID").into_owned()).collect()
    }

    fn known(&self, id: &str) -> Option<Arc<Recording>> {
        block_on(self.balancer.recordings().find(&id.into())).unwrap()
    }

    /// The words of the events about recordings, each with the integration.
    fn told(&self) -> Vec<String> {
        let of_recordings = self.events().into_iter().filter(|kind| kind.word().starts_with("recording"));
        of_recordings
            .map(|kind| format!("{} {}", kind.word(), kind.integration().map_or("-", |name| name.as_str())))
            .collect()
    }
}

#[test]
fn a_meeting_that_was_recorded_is_told_to_its_website_only() {
    let network = Network::of(1);
    let params = [("name", "Algebra"), ("meetingID", "room"), ("record", "true"), ("meta_course", "7")];
    network.call("moodle", "create", &params).success();
    network.on(1, |bbb| bbb.end(network.clock.now(), "room"));
    network.follow_recordings();
    let said = network.call("moodle", "getRecordings", &[]).success().text();
    assert!(said.contains("<meetingID>room</meetingID>") && said.contains("<course>7</course>"), "{said}");
    assert!(said.contains("<type>presentation</type>") && said.contains("<preview><images><image "), "{said}");
    assert!(!said.contains("mconflb") && !said.contains("totalElements"), "{said}");
    assert_eq!(network.recordings("portal", &[("state", "any")]), [""; 0]);
    assert_eq!(network.call("portal", "getRecordings", &[]).value("messageKey"), "noRecordings");
    assert_eq!(network.told(), ["recording-seen moodle"]);
    let Some(EventKind::RecordingSeen { formats, seconds, .. }) =
        network.events().into_iter().find(|kind| kind.word() == "recording-seen")
    else {
        panic!("{:?}", network.events());
    };
    assert_eq!((formats, seconds), (vec!["presentation".to_owned()], 0));
    network.follow_recordings();
    assert_eq!(network.told().len(), 1, "what is as it was is no news");
    assert_eq!(network.sent(1, "getRecordings"), 2, "no website's call asks a server");
}

#[test]
fn without_a_stamp_the_meeting_tells_whose_it_is_and_breakout_rooms_are_their_parents() {
    let network = Network::of(1);
    network.call("portal", "create", &[("name", "Algebra"), ("meetingID", "room"), ("record", "true")]).success();
    network.on(1, |bbb| bbb.end(network.clock.now(), "room"));
    network.follow();
    network.pass(60);
    network.follow();
    let id = network.on(1, |bbb| {
        let id = bbb.recordings().next().unwrap().record_id.clone();
        bbb.recording_mut(&id).unwrap().metadata.clear();
        id
    });
    let parent = SimulatedBreakout { parent: id.clone(), sequence: 1, free_join: false };
    let room = network
        .put_recording(1, SimulatedRecording { breakout: Some(parent), ..SimulatedRecording::new("x", BEGAN, BEGAN) });
    network.follow_recordings();
    assert_eq!(network.recordings("portal", &[]), [id, room]);
}

#[test]
fn what_is_nobodys_is_for_administrators_who_may_say_whose_it_is() {
    let network = Network::of(1);
    let foreign = network.put_recording(1, SimulatedRecording::new("x", BEGAN, BEGAN));
    let gone = network.put_recording(1, network.recording_of("wiki", "y", 1));
    let other_balancer = network.recording_of("moodle", "z", 2).with_metadata("mconflb-guid", "other");
    let others = network.put_recording(1, other_balancer);
    network.follow_recordings();
    assert_eq!(network.recordings("moodle", &[("state", "any")]), [""; 0]);
    let nobodys = || -> Vec<String> {
        let all = block_on(network.balancer.unattributed_recordings()).unwrap();
        all.iter().map(|recording| recording.id.to_string()).collect()
    };
    assert_eq!(nobodys(), [others.clone(), gone.clone(), foreign.clone()]);
    let assign = |id: &str, owner: Option<&str>| {
        let owner = owner.map(Into::into);
        block_on(network.balancer.assign_recording(&id.into(), owner.as_ref(), &Actor::from("a test"))).unwrap()
    };
    assert!(!assign(&foreign, Some("wiki")) && !assign("none", Some("portal")));
    assert!(assign(&foreign, Some("portal")) && assign(&gone, Some("portal")));
    network.follow_recordings();
    assert_eq!(network.recordings("portal", &[]), [gone.clone(), foreign.clone()], "a list does not say otherwise");
    assert_eq!(nobodys(), std::slice::from_ref(&others));
    assert!(assign(&gone, None));
    network.follow_recordings();
    assert_eq!((network.recordings("portal", &[]), nobodys()), (vec![foreign], vec![others, gone]));
    assert_eq!(
        network.told().iter().filter(|told| *told == "recording-seen portal").count(),
        2,
        "{:?}",
        network.told()
    );
}

#[test]
fn what_an_administrator_said_holds_for_copies_that_come_later() {
    let network = Network::of(2);
    let recording = network.recording_of("moodle", "x", 0);
    let id = network.put_recording(1, recording.clone());
    network.follow_recordings();
    assert!(
        block_on(network.balancer.assign_recording(&id.as_str().into(), Some(&"portal".into()), &"a test".into()))
            .unwrap()
    );
    network.put_recording(2, recording);
    for _ in 0..2 {
        network.follow_recordings();
        assert_eq!(network.recordings("portal", &[]), std::slice::from_ref(&id));
        assert_eq!(network.recordings("moodle", &[]), [""; 0]);
    }
    let copies = block_on(network.balancer.recordings().copies(&id.as_str().into())).unwrap();
    assert!(copies.len() == 2 && copies.iter().all(|copy| copy.assigned));
}

#[test]
fn two_lists_without_a_recording_forget_it_and_a_server_that_is_away_keeps_its_own() {
    let network = Network::of(2);
    let id = network.put_recording(1, network.recording_of("moodle", "x", 0));
    network.put_recording(1, network.recording_of("portal", "stays", 0));
    network.put_recording(2, network.recording_of("moodle", "y", 1));
    network.follow_recordings();
    network.servers.fault("bbb2", Some(Fault::Refuse));
    network.on(1, |bbb| bbb.remove_recording(&id));
    network.follow_recordings();
    assert_eq!(network.recordings("moodle", &[]).len(), 2);
    network.on(1, |bbb| {
        bbb.put_recording(SimulatedRecording { record_id: id.clone(), ..network.recording_of("moodle", "x", 0) });
    });
    network.follow_recordings();
    network.on(1, |bbb| bbb.remove_recording(&id));
    network.follow_recordings();
    assert_eq!(network.recordings("moodle", &[]).len(), 2, "it had come back in between");
    network.servers.fault("bbb1", Some(Fault::Html502));
    network.follow_recordings();
    assert_eq!(network.recordings("moodle", &[]).len(), 2, "no answer is no list");
    network.servers.fault("bbb1", None);
    network.follow_recordings();
    let left = network.recordings("moodle", &[]);
    assert!(left.len() == 1 && left[0] != id, "{left:?}");
    assert_eq!(network.told().last().map(String::as_str), Some("recording-deleted moodle"));
    let failures = network.events().into_iter().filter_map(|kind| match kind {
        EventKind::ServerFailed { server, first, .. } => Some((server.to_string(), first)),
        _ => None,
    });
    let told_loudly: Vec<_> = failures.filter(|(_, first)| *first).map(|(server, _)| server).collect();
    assert_eq!(told_loudly, ["bbb2", "bbb1"], "each once");
    assert!(network.balancer.fleet().servers().iter().all(|server| server.reachability.is_spotless()));
}

#[test]
fn a_list_that_lacks_most_recordings_is_not_believed_for_a_day() {
    // nothing is left of one, and two of ten
    for (known, left) in [(1, 0), (10, 2)] {
        let network = Network::of(1);
        let put = |number: u64| network.put_recording(1, network.recording_of("moodle", "x", number));
        let ids: Vec<String> = (0..known).map(put).collect();
        network.follow_recordings();
        let told = || {
            let failed = network.events().into_iter();
            failed.filter(|kind| matches!(kind, EventKind::ServerFailed { first: true, .. })).count()
        };
        for id in &ids[left..] {
            assert!(network.on(1, |bbb| bbb.remove_recording(id)));
        }
        for _ in 0..23 {
            network.pass(3600);
            network.follow_recordings();
        }
        assert_eq!((network.recordings("moodle", &[]).len(), told()), (ids.len(), 1));
        network.put_recording(1, network.recording_of("moodle", "new", 99));
        if known > 1 {
            network.follow_recordings();
            assert_eq!(network.recordings("moodle", &[]).len(), ids.len() + 1, "what it shows is believed");
        }
        for _ in 0..4 {
            network.pass(3600);
            network.follow_recordings();
        }
        assert_eq!(network.recordings("moodle", &[]).len(), left + 1, "nobody has put them back");
    }
}

#[test]
fn a_server_with_many_is_asked_page_by_page() {
    let network = Network::of(1);
    for number in 0..250 {
        network.put_recording(1, network.recording_of("moodle", &format!("room-{number}"), number));
    }
    network.follow_recordings();
    assert_eq!(network.sent(1, "getRecordings"), 3);
    assert_eq!(network.recordings("moodle", &[]).len(), 250);
    let page = network.call("moodle", "getRecordings", &[("limit", "500"), ("offset", "200")]).success();
    assert_eq!((page.value("totalElements"), page.text().matches("<recordID>").count()), ("250".to_owned(), 50));
    assert_eq!(
        network.recordings("moodle", &[("limit", "1")]),
        network.recordings("moodle", &[("meetingID", "room-249")])
    );
}

#[test]
fn servers_are_asked_in_their_interval_and_when_something_has_happened() {
    let network = Network::of(1);
    let due = || !network.balancer.due_for_recordings().is_empty();
    assert!(due(), "it was never asked");
    network.follow_recordings();
    assert!(!due());
    network.pass(299);
    assert!(!due());
    network.pass(1);
    assert!(due());
    network.follow_recordings();
    network.call("moodle", "create", &[("name", "Algebra"), ("meetingID", "room"), ("record", "true")]).success();
    network.pass(40);
    network.on(1, |bbb| bbb.end(network.clock.now(), "room"));
    network.call("moodle", "end", &[("meetingID", "room")]).failed("notFound");
    let mut asked_after = Vec::new();
    for seconds in (0..=700).step_by(10) {
        if due() {
            asked_after.push(seconds);
            network.follow_recordings();
        }
        network.pass(10);
    }
    assert_eq!(asked_after, [30, 120, 420, 600], "after the end, and in the interval");
    assert!(!due());
    network.balancer.recordings_due(&"bbb1".into());
    assert!(due());
    network.follow_recordings();
    assert!(!due());
}

#[test]
fn a_recording_server_is_asked_and_its_copy_is_the_one_that_is_shown() {
    let network = Network::with(2, |facts| facts.recording = facts.server.name.as_str() == "bbb2", Settings::default());
    let recording = network.recording_of("moodle", "x", 0);
    let id = network.put_recording(1, SimulatedRecording { state: OnServer::Processed, ..recording.clone() });
    network.put_recording(2, recording);
    network.follow_recordings();
    assert_eq!(network.recordings("moodle", &[("state", "any")]), std::slice::from_ref(&id));
    let known = network.known(&id).unwrap();
    assert_eq!((known.server.as_str(), known.state), ("bbb2", RecordingState::Published));
}
