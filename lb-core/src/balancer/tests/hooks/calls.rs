//! hooks/create, hooks/destroy, hooks/list, hooks/ping.

use super::*;
use crate::hook::MOST_HOOKS;

fn ids(said: &Said) -> Vec<String> {
    let document = said.text();
    document.split("<hookID>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn a_hook_is_made_once_listed_and_taken_away_in_the_words_of_bbb_webhooks() {
    let scene = Scene::without_webhooks(1);
    let made = scene.hook("moodle", &[("meetingID", "room-1"), ("eventID", "User-Joined")]);
    let id = made.value("hookID");
    assert_eq!(
        made.text(),
        format!(
            "<response><returncode>SUCCESS</returncode><hookID>{id}</hookID><permanentHook>false</permanentHook><rawData>false</rawData></response>"
        )
    );
    assert_eq!(
        scene.hook("moodle", &[]).text(),
        format!(
            "<response><returncode>SUCCESS</returncode><hookID>{id}</hookID><messageKey>duplicateWarning</messageKey>\
             <message>There is already a hook for this callback URL.</message></response>"
        )
    );
    assert_eq!(
        scene.network.call("moodle", "hooks/list", &[]).text(),
        format!(
            "<response><returncode>SUCCESS</returncode><hooks><hook><hookID>{id}</hookID>\
             <callbackURL><![CDATA[https://moodle.example/h?key=s3cr3t]]></callbackURL><meetingID><![CDATA[room-1]]></meetingID>\
             <eventID>user-joined</eventID><permanentHook>false</permanentHook><rawData>false</rawData></hook></hooks></response>"
        )
    );
    let destroy = |id: &str| scene.network.call("moodle", "hooks/destroy", &[("hookID", id)]);
    assert_eq!(destroy(&id).text(), "<response><returncode>SUCCESS</returncode><removed>true</removed></response>");
    for gone in [&id, "x", "18446744073709551616"] {
        destroy(gone).failed("destroyMissingHook");
    }
    destroy("").failed("missingParamHookID");
    let none = "<response><returncode>SUCCESS</returncode><hooks></hooks></response>";
    assert_eq!(scene.network.call("moodle", "hooks/list", &[]).text(), none);
}

#[test]
fn a_website_neither_sees_nor_takes_away_anothers_hooks() {
    let scene = Scene::without_webhooks(1);
    let id = scene.hook("moodle", &[]).value("hookID");
    assert!(ids(&scene.network.call("portal", "hooks/list", &[]).success()).is_empty());
    scene.network.call("portal", "hooks/destroy", &[("hookID", &id)]).failed("destroyMissingHook");
    assert_eq!(ids(&scene.network.call("moodle", "hooks/list", &[])), [id.as_str()]);
    // the same URL is another hook
    let url = "https://moodle.example/h?key=s3cr3t";
    let others = scene.network.call("portal", "hooks/create", &[("callbackURL", url)]).success();
    assert_eq!(others.value("messageKey"), "");
    assert_ne!(others.value("hookID"), id);
}

#[test]
fn a_list_of_one_meeting_has_its_hooks_and_those_of_all_meetings() {
    let scene = Scene::without_webhooks(1);
    let make = |path: &str, meeting: &str| {
        let url = format!("https://moodle.example/{path}");
        scene.network.call("moodle", "hooks/create", &[("callbackURL", &url), ("meetingID", meeting)]).value("hookID")
    };
    let (all, first, second) = (make("all", ""), make("1", "room-1"), make("2", "room-2"));
    let list = |meeting: &str| ids(&scene.network.call("moodle", "hooks/list", &[("meetingID", meeting)]));
    assert_eq!(list("room-1"), [all.clone(), first.clone()]);
    assert_eq!(list("room-9"), [all.as_str()]);
    assert_eq!(list(""), [all, first, second]);
}

#[test]
fn a_hook_that_leads_where_nobody_may_be_told_is_refused() {
    let scene = Scene::without_webhooks(1);
    let create = |params: &[(&str, &str)]| scene.network.call("moodle", "hooks/create", params);
    create(&[]).failed("missingParamCallbackURL");
    for url in ["ftp://moodle.example/", "http://127.0.0.1/h", "moodle.example"] {
        create(&[("callbackURL", url)]).failed("createHookError");
    }
    create(&[("callbackURL", "https://moodle.example/h"), ("getRaw", "true")]).failed("createHookError");
    for number in 0..MOST_HOOKS {
        create(&[("callbackURL", &format!("https://moodle.example/{number}"))]).success();
    }
    create(&[("callbackURL", "https://moodle.example/one-more")]).failed("createHookError");
    scene.hook("portal", &[]);
}

#[test]
fn hooks_need_a_checksum_and_ping_does_not() {
    let scene = Scene::without_webhooks(1);
    for call in ["hooks/create", "hooks/list", "hooks/destroy"] {
        scene.send(&format!("/bigbluebutton/api/{call}?callbackURL=https://moodle.example/&hookID=1&checksum=00"));
    }
    let ping = scene.network.send(&ApiRequest::get("/bigbluebutton/api/hooks/ping"));
    assert_eq!((ping.0.status, ping.text().as_str()), (200, "bbb-webhooks API up!"));
}

#[test]
fn without_a_relay_there_are_no_hooks() {
    let network = Network::of(1);
    for call in ["hooks/create", "hooks/list", "hooks/destroy", "hooks/ping"] {
        network.call("moodle", call, &[("callbackURL", "https://moodle.example/")]).failed("unsupportedRequest");
    }
    assert!(network.balancer.hooks_due().is_empty());
}

impl Scene {
    fn send(&self, target: &str) {
        let said = self.network.send(&ApiRequest::get(target));
        said.failed("checksumError");
        assert_eq!(said.value("message"), "You did not pass the checksum security check.");
    }
}
