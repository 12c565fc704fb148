use super::*;
use crate::gateway::ServerReply;
use crate::recording::Selected;

fn listing(inner: &str) -> Option<Listing> {
    let body = format!("<response><returncode>SUCCESS</returncode>{inner}</response>");
    let reply = ServerReply { status: 200, content_type: None, body: body.into() };
    read(&Answer::read(&reply).unwrap(), &"bbb1".into())
}

const FULL: &str = "<recording>\n <recordID>ab-1700000000000</recordID> <meetingID>room</meetingID><name>A &amp; B</name>\
    <published>true</published><protected>false</protected><state>published</state><startTime>1700000000000</startTime>\
    <endTime>1,700,000,060,000</endTime><participants>12</participants><metadata> <mconflb-guid>g</mconflb-guid>\
    <Mconflb-Institution>moodle</Mconflb-Institution><course>&lt;1&gt;</course></metadata><playback><format><type>presentation</type>\
    <preview><images><image alt='x' width='1'>https://bbb1/1.png</image></images></preview></format></playback><nextField a='1'/></recording>";

#[test]
fn a_recording_is_told_to_a_website_as_its_server_told_it() {
    let listing = listing(&format!("<recordings>{FULL}</recordings>")).unwrap();
    let listed = &listing.recordings[0];
    assert_eq!(listed.stamp.as_ref().map(|stamp| (&*stamp.guid, &*stamp.institution)), Some(("g", "moodle")));
    let recording = &listed.recording;
    assert_eq!((recording.id.as_str(), recording.meeting_id.as_str()), ("ab-1700000000000", "room"));
    assert_eq!((recording.end.since(recording.start).as_secs(), recording.participants), (60, 12));
    assert_eq!((recording.state, recording.protected), (RecordingState::Published, Some(false)));
    let selected = Selected { recordings: vec![recording.clone().into()], total: 7 };
    let text = |paged| String::from_utf8(reply(selected.clone(), paged).body.to_bytes().to_vec()).unwrap();
    let as_told = FULL.replace("\n ", "").replace("</recordID> ", "</recordID>").replace("<metadata> ", "<metadata>");
    let as_told = as_told.replace("<mconflb-guid>g</mconflb-guid>", "");
    let as_told = as_told.replace("<Mconflb-Institution>moodle</Mconflb-Institution>", "");
    let body = format!("<response><returncode>SUCCESS</returncode><recordings>{as_told}</recordings>");
    assert_eq!(text(false).replace("<metadata> ", "<metadata>"), format!("{body}</response>"));
    assert!(text(true).ends_with("</recordings><totalElements>7</totalElements></response>"), "{}", text(true));
}

#[test]
fn what_old_and_broken_servers_answer_is_read() {
    let old = "<recording><recordID>ab-17</recordID><startTime>Thu Mar 04 14:05:56 UTC 2010</startTime><published>false</published>\
               <metadata><meetingId>room</meetingId></metadata></recording><recording><error><recordID>cd-1</recordID></error></recording>\
               <recording><name>nothing known</name></recording>";
    let listing_of_old = listing(&format!("<recordings>{old}</recordings>")).unwrap();
    assert_eq!(listing_of_old.unreadable, ["cd-1".into()]);
    assert_eq!((listing_of_old.recordings.len(), listing_of_old.total), (1, None));
    let recording = &listing_of_old.recordings[0].recording;
    assert_eq!((recording.meeting_id.as_str(), recording.start.as_millis()), ("room", 17));
    assert_eq!((recording.state, recording.protected), (RecordingState::Unpublished, None));
    let paged = listing("<recordings/><pagination><totalElements>5</totalElements></pagination>").unwrap();
    assert_eq!((paged.recordings.len(), paged.total), (0, Some(5)));
    assert_eq!(listing("<recordings></recordings><totalElements>6</totalElements>").unwrap().total, Some(6));
    assert!(listing("<messageKey>noRecordings</messageKey>").is_none(), "it does not list all at once");
}

#[test]
fn a_question_is_read_as_bbb_reads_it() {
    let read = |text: &str| query(&Params::parse(text), "moodle".into());
    assert_eq!(read("").which, Which::All);
    let ids = Which::BeginningWith(vec!["a".into(), "b".into()]);
    assert_eq!(read("meetingID=x&recordID=a,%20b,,").which, ids);
    assert_eq!(read("meetingID=x,y").which, Which::OfMeetings(vec!["x".into(), "y".into()]));
    assert_eq!(
        (read("").states, read("state=").states, read("state=any").states),
        (States::LISTED, States::LISTED, States::ALL)
    );
    let filtered = read("meta_gl-listed=true&meta_a_b=1&meta_=2&meta=3&METAé=4&META_x=%25y%25&meta_X=z");
    let keys: Vec<_> = filtered.metadata.iter().map(|filter| filter.key.as_str()).collect();
    assert_eq!(keys, ["gl-listed", "x"]);
    for (text, expected) in [
        ("offset=5", None),
        ("limit=many", None),
        ("limit=10", Some((0, 10))),
        ("limit=0&offset=-3", Some((0, 1))),
        ("limit=-1&offset=x", Some((0, 1))),
        ("limit=99999999999999999999", None),
        ("limit=1000&offset=7", Some((7, 100))),
    ] {
        assert_eq!(read(text).page, expected.map(|(offset, limit)| Page { offset, limit }), "{text}");
    }
}

#[test]
fn none_is_a_success_of_its_own() {
    let text = |paged| String::from_utf8(reply(Selected::default(), paged).body.to_bytes().to_vec()).unwrap();
    let none = "<response><returncode>SUCCESS</returncode><recordings></recordings><messageKey>noRecordings</messageKey>\
                <message>There are no recordings for the meeting(s).</message></response>";
    assert_eq!(text(false), none);
    assert!(text(true).contains("</recordings><totalElements>0</totalElements><messageKey>"));
}

#[test]
fn a_long_list_is_written_in_pieces() {
    let listing = listing(&format!("<recordings>{FULL}</recordings>")).unwrap();
    let recording = std::sync::Arc::new(listing.recordings[0].recording.clone());
    let selected = Selected { recordings: vec![recording; 1000], total: 1000 };
    let body = reply(selected, false).body;
    assert!(body.whole().is_none());
    let pieces: Vec<_> = body.clone().into_pieces().collect();
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() < 70_000), "{}", pieces.len());
    let whole = body.to_bytes();
    let document = crate::xml::Document::parse(&whole).unwrap();
    assert_eq!(document.root().child("recordings").unwrap().children().count(), 1000);
}
