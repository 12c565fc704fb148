use super::super::tests::{NOW, bbb, call, call_at, signed, text};
use super::*;

fn set(bbb: &mut SimulatedBbb, form: &str) -> String {
    let body = ("application/x-www-form-urlencoded", form.as_bytes());
    bbb.handle(NOW, "setConfigXML", "", Some(body)).body
}

#[test]
fn newer_servers_know_neither_call() {
    let mut bbb = bbb();
    assert_eq!(call_at(&mut bbb, NOW, "getDefaultConfigXML", "").status, 404);
    assert!(set(&mut bbb, "configXML=x&meetingID=room-1&checksum=x").contains("404"));
}

#[test]
fn the_default_names_the_server_and_is_taken_back_signed_over_the_sorted_form() {
    let mut bbb = bbb().with_config_xml(true);
    let reply = call_at(&mut bbb, NOW, "getDefaultConfigXML", "");
    assert_eq!(reply.content_type, "text/xml;charset=utf-8");
    assert!(crate::xml::Document::parse(reply.body.as_bytes()).is_ok());
    assert!(reply.body.contains("https://bbb1.example.org/client/ChatModule.swf"), "{}", reply.body);
    assert!(reply.body.contains("\"rtmp://bbb1.example.org/bigbluebutton\""), "{}", reply.body);
    let wrong = bbb.handle(NOW, "getDefaultConfigXML", &signed("end", ""), None).body;
    assert_eq!(text(&wrong, "message"), "You did not pass the checksum security check");

    call(&mut bbb, "create", "name=Algebra&meetingID=room-1");
    // a space, a tilde and an asterisk, each as Java's URLEncoder has it
    let signed_form = "configXML=%3Cconfig+a%3D%22%7E*%22%2F%3E&meetingID=room-1";
    let digest = sign(Algorithm::Sha1, "setConfigXML", signed_form, &"s3cr3t".into());
    let sent = format!("meetingID=room-1&checksum={digest}&configXML=%3Cconfig%20a%3D%22~%2A%22%2F%3E");
    let xml = set(&mut bbb, &sent);
    assert_eq!((text(&xml, "returncode"), text(&xml, "token").len()), ("SUCCESS", 12));
    assert_eq!(bbb.meeting("room-1").unwrap().config_xml.as_deref(), Some("<config a=\"~*\"/>"));
}

#[test]
fn what_cannot_be_set_is_told() {
    let mut bbb = bbb().with_config_xml(true);
    let unknown = sign(Algorithm::Sha1, "setConfigXML", "configXML=x&meetingID=room-9", &"s3cr3t".into());
    let strong = sign(Algorithm::Sha256, "setConfigXML", "configXML=x&meetingID=room-9", &"s3cr3t".into());
    for (form, key) in [
        ("meetingID=room-9", "configXMLError"),
        ("configXML=x", "missingParamMeetingID"),
        ("configXML=x&meetingID=room-9", "checksumError"),
        (&format!("configXML=x&meetingID=room-9&checksum={strong}"), "checksumError"),
        (&format!("configXML=y&meetingID=room-9&checksum={unknown}"), "checksumError"),
        (&format!("configXML=x&meetingID=room-9&checksum={unknown}"), "invalidMeetingIdentifier"),
    ] {
        assert_eq!(text(&set(&mut bbb, form), "messageKey"), key, "{form}");
    }
}
