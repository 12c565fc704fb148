//! What must hold of every input, whatever somebody sends: bodies for fuzzers and property tests. Each takes any bytes and
//! panics where something does not hold.

use crate::api::create::{Create, Created};
use crate::api::join::Join;
use crate::api::{Answer, ApiRequest, Call, Failure, Params, get_meetings, stamp};
use crate::clock::Timestamp;
use crate::gateway::ServerReply;
use crate::meeting::Passwords;

/// A website's request: its target in the first line, a `Content-Type` in the second, and behind an empty line the body.
///
/// No request panics. What was signed is what BBB takes for it. Parameters mean the same when they were sent on, and what is
/// the balancer's own is not sent on.
///
/// # Panics
/// Where one of that does not hold.
pub fn request(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
    let request = match head.split_once('\n') {
        Some((target, content_type)) => ApiRequest::post(target, content_type, body.to_owned()),
        None => ApiRequest::get(head),
    };
    if let Some(route) = request.route() {
        assert!(request.path.starts_with(route.prefix), "a prefix is where the path begins");
        assert!(!route.call.starts_with('/') && !route.call.ends_with('/'), "{:?}", route.call);
        assert!(Call::named(route.call).is_none_or(|call| call.name() == route.call), "{:?}", route.call);
    }
    let signed = match request.read() {
        Ok(signed) => signed,
        Err(failure) => return assert_eq!(failure, Failure::UnsupportedContentType),
    };
    assert_eq!(signed.texts.first(), Some(&cut_as_bbb_does(&request.query)), "what was signed");
    let params = signed.params;
    assert_eq!(Params::parse(&params.encode()), params, "what is sent on is what came");
    if let Ok(meeting_id) = params.meeting_id() {
        assert_eq!(params.clone().for_server(&meeting_id).meeting_id().as_ref(), Ok(&meeting_id));
    }
    if let Ok(join) = Join::read(params.clone()) {
        assert_eq!(params.given("meetingID"), Some(join.meeting_id.as_str()));
    }
    if let Ok(create) = Create::read(params) {
        is_sent_on_unchanged(&create);
    }
}

fn is_sent_on_unchanged(create: &Create) {
    let passwords = Passwords { attendee: "drawn-one".into(), moderator: "drawn-two".into() };
    let sent = Params::parse(&create.query(&passwords, create.voice_bridge, |_| {}));
    for own in ["checksum", "integrationName", "html5InstanceId"] {
        assert_eq!(sent.get(own), None, "{own} is not sent on");
    }
    let again = Create::read(sent).expect("what was good enough for the balancer is good enough for a server");
    let what = |create: &Create| {
        (create.meeting_id.clone(), create.name.clone(), create.voice_bridge, create.records, create.parent.clone())
    };
    assert_eq!(what(&again), what(create));
}

/// BBB's own three replacements, with the value of the last pair that is a checksum.
fn cut_as_bbb_does(query: &str) -> String {
    let Some(value) = query.split('&').filter_map(|pair| pair.strip_prefix("checksum=")).next_back() else {
        return query.to_owned();
    };
    let pair = format!("checksum={value}");
    query.replace(&format!("&{pair}"), "").replace(&format!("{pair}&"), "").replace(&pair, "")
}

/// An answer of a server.
///
/// No answer panics. What is read as a document is one within the limits, in which every element can be cut out. An answer
/// that goes on to a website says the same as before and has no stamp in it.
///
/// # Panics
/// Where one of that does not hold.
pub fn xml(bytes: &[u8]) {
    crate::xml::fuzz::document(bytes);
    let reply = ServerReply { status: 200, content_type: None, body: bytes.to_vec().into() };
    let Ok(answer) = Answer::read(&reply) else { return };
    let _ = (Created::read(&answer), get_meetings::read(&answer, Timestamp::default()));
    let passed_on = ServerReply { status: 200, content_type: None, body: answer.for_website() };
    let again = Answer::read(&passed_on).expect("an answer stays one");
    assert_eq!((again.is_success(), again.key()), (answer.is_success(), answer.key()));
    assert!(stamp::nodes_below(again.root()).next().is_none(), "a stamp");
}
