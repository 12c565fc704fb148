//! What is wrong with an integration is found.

use super::*;
use crate::account::Reach;
use crate::api::Method;
use crate::balancer::{Actor, Examination, Expected, Severity};
use crate::meeting::Claim;
use crate::network::Plan;
use crate::store::MeetingStore;

impl Network {
    fn examine(&self, name: &str) -> Examination {
        block_on(self.balancer.examine(&name.into(), &Reach::Network)).unwrap().unwrap()
    }

    /// A create that names moodle, with `signed` signed by `secret`.
    fn wrong(&self, name: &str, sent: &str, signed: &str, secret: &str) {
        let digest = sign(Algorithm::Sha256, name, signed, &secret.into());
        let get = ApiRequest::get(&format!("/moodle/bigbluebutton/api/create?{sent}&checksum={digest}"));
        self.send(&get).failed("checksumError");
        self.pass(2);
    }
}

/// The words of the findings.
fn found(examination: &Examination) -> Vec<&str> {
    examination.findings.iter().map(|finding| finding.word).collect()
}

/// What is said of the checksum of the call refused last.
fn last(examination: &Examination) -> Vec<&str> {
    examination.refused[0].mistakes.iter().map(|mistake| mistake.word()).collect()
}

#[test]
fn why_a_checksum_is_wrong_is_said_of_each_refused_call() {
    let network = Network::of(1);
    let sent = "name=a+b%2Fc&meetingID=x";
    for (name, signed, secret, expected) in [
        ("create", "name=a b/c&meetingID=x", "moodle", "decoded"),
        ("create", "name=a%20b%2Fc&meetingID=x", "moodle", "other-spaces"),
        ("create", "meetingID=x&name=a+b%2Fc", "moodle", "other-order"),
        ("create", "name=a+b%2fc&meetingID=x", "moodle", "hex-case"),
        ("join", sent, "moodle", "other-name"),
        ("", sent, "moodle", "no-name"),
        ("create", sent, "moodle ", "secret-with-blanks"),
        ("create", sent, "server-secret", "secret-of-server"),
        ("create", sent, "nobody's", "unknown"),
    ] {
        network.wrong(name, sent, signed, secret);
        let examination = network.examine("moodle");
        assert_eq!(last(&examination), [expected]);
        assert!(examination.refused[0].named && !examination.refused[0].advice.is_empty());
        assert_eq!(found(&examination)[0], "checksum-errors");
    }
    let examination = network.examine("moodle");
    assert_eq!(examination.refused.len(), 9);
    let shown = format!("{examination:?}");
    assert!(!shown.contains("meetingID=") && !shown.contains("server-secret"), "{shown}");
    assert_eq!(network.examine("portal").refused, []);
}

#[test]
fn an_old_secret_is_known_whether_it_expired_or_was_taken_away() {
    let network = Network::of(1);
    let (name, by) = ("moodle".into(), Actor::from("ana"));
    block_on(network.balancer.add_secret(&name, "new", None, Expected::Any, &by)).unwrap();
    let now = network.clock.now();
    block_on(network.balancer.expire_secret(&name, "", Some(now), Expected::Any, &by)).unwrap();
    network.wrong("create", "meetingID=x", "meetingID=x", "moodle");
    assert_eq!(last(&network.examine("moodle")), ["secret-expired"]);
    block_on(network.balancer.remove_secret(&name, "", Expected::Any, &by)).unwrap();
    assert_eq!(last(&network.examine("moodle")), ["secret-removed"]);
    network.wrong("create", "meetingID=x&name=a%20b", "meetingID=x&name=a b", "moodle");
    assert_eq!(last(&network.examine("moodle")), ["secret-removed", "decoded"]);
}

#[test]
fn a_call_that_does_not_say_whose_it_is_is_found_by_the_secret() {
    let network = Network::of(1);
    let digest = sign(Algorithm::Sha1, "getMeetings", "a=b%20c", &"moodle".into());
    let get = ApiRequest::get(&format!("/bigbluebutton/api/getMeetings?a=b+c&checksum={digest}"));
    network.send(&get).failed("checksumError");
    let examination = network.examine("moodle");
    assert_eq!((last(&examination), examination.refused[0].named), (vec!["other-spaces"], false));
    assert_eq!(network.examine("portal").refused, [], "it is not theirs");
}

#[test]
fn a_posted_form_that_was_signed_is_told() {
    let network = Network::of(1);
    let digest = sign(Algorithm::Sha1, "create", "name=ab&meetingID=x", &"moodle".into());
    let mut post = ApiRequest::post(
        &format!("/moodle/bigbluebutton/api/create?name=ab&checksum={digest}"),
        "application/x-www-form-urlencoded",
        "meetingID=x",
    );
    network.send(&post).failed("checksumError");
    assert_eq!(last(&network.examine("moodle")), ["form-signed"]);
    post.method = Method::Get;
    network.pass(2);
    network.send(&post).failed("checksumError");
    assert_eq!(last(&network.examine("moodle")), ["unknown"], "a GET has no form");
}

#[test]
fn other_integrations_are_named_only_to_who_may_see_them() {
    let network = Network::of(1);
    let by = Actor::from("ana");
    let now = network.clock.now();
    block_on(network.balancer.add_secret(&"portal".into(), "new", None, Expected::Any, &by)).unwrap();
    block_on(network.balancer.expire_secret(&"portal".into(), "", Some(now), Expected::Any, &by)).unwrap();
    network.wrong("create", "meetingID=x", "meetingID=x", "portal");
    let examination = network.examine("moodle");
    assert!(examination.refused[0].says.contains("integration portal"), "{}", examination.refused[0].says);
    let reach = Reach::Partner("ufrgs".into());
    let none = block_on(network.balancer.examine(&"moodle".into(), &reach)).unwrap();
    assert!(none.is_none(), "moodle is nobody's");
    let mut moodle = (**network.balancer.network().integration("moodle").unwrap()).clone();
    moodle.partner = Some("ufrgs".into());
    block_on(network.balancer.put(crate::network::Partner::new("ufrgs"), Expected::Any, &by)).unwrap();
    block_on(network.balancer.put(moodle, Expected::Any, &by)).unwrap();
    let examination = block_on(network.balancer.examine(&"moodle".into(), &reach)).unwrap().unwrap();
    let shown = format!("{examination:?}");
    assert!(!shown.contains("portal") && shown.contains("another integration"), "{shown}");
}

#[test]
fn all_is_well_where_nothing_is_wrong() {
    let network = Network::of(1);
    assert_eq!(found(&network.examine("moodle")), ["no-calls"]);
    let mut create = network.request("moodle", "create", &[("name", "Algebra"), ("meetingID", "aa")]);
    create.address = Some([192, 0, 2, 7].into());
    network.send(&create).success();
    let examination = network.examine("moodle");
    assert_eq!(found(&examination), [""; 0]);
    assert_eq!(examination.last_success, Some((network.clock.now(), create.address)));
}

#[test]
fn what_keeps_a_website_out_is_found_the_worst_first() {
    let network = Network::of(1);
    let by = Actor::from("ana");
    let plan = Plan { max_concurrent_meetings: Some(5), calls_per_second: Some(20), ..Plan::new("default") };
    block_on(network.balancer.put(plan.clone(), Expected::Any, &by)).unwrap();
    for id in ["aa", "bb", "cc", "dd"] {
        network.create("moodle", id).success();
    }
    assert_eq!(found(&network.examine("moodle")), [""; 0], "four of five are four fifths, and no more");
    network.create("moodle", "ee").success();
    network.create("moodle", "ff").failed("permissionDenied");
    let examination = network.examine("moodle");
    assert_eq!(found(&examination), ["refused-calls", "concurrent-meetings"]);
    assert_eq!(examination.refused[0].reason, "concurrent-meetings");
    let placed_afresh = block_on(network.store.meetings_of(&"moodle".into())).unwrap().remove(0);
    let claim = Claim {
        key: placed_afresh.key.clone(),
        token: "t".to_owned().into(),
        server: "bbb1".into(),
        passwords: placed_afresh.passwords.clone(),
        voice_bridge: 70_000,
        expires: network.clock.now() + Duration::from_secs(60),
        supersedes: Some(placed_afresh),
        callbacks: Default::default(),
    };
    block_on(network.store.claim(claim)).unwrap();
    assert_eq!(found(&network.examine("moodle")), ["refused-calls", "concurrent-meetings"], "it is one of five");
    let soon = network.clock.now() + Duration::from_secs(10 * 24 * 3600);
    block_on(network.balancer.expire_secret(&"moodle".into(), "", Some(soon), Expected::Any, &by)).unwrap();
    block_on(network.balancer.put(Plan { active: false, ..plan }, Expected::Any, &by)).unwrap();
    block_on(network.balancer.set_active(&"moodle".into(), false, Expected::Any, &by)).unwrap();
    let examination = network.examine("moodle");
    assert_eq!(
        found(&examination),
        ["inactive", "plan-inactive", "refused-calls", "concurrent-meetings", "secret-expires"]
    );
    assert_eq!(examination.findings.last().map(|last| last.severity), Some(Severity::Warning));
    let nowhere = Network::of(0);
    assert_eq!(found(&nowhere.examine("moodle")), ["no-server", "no-calls"]);
}
