//! getServers, and getSessions.

use super::*;
use crate::network::TagRules;
use crate::position::{KnownNetworks, Place, Position};
use crate::server::{AdministratorWord, Service, ServiceState};

#[test]
fn servers_are_told_as_the_mconf_balancer_tells_them() {
    let network = Network::with(
        3,
        |reported| match reported.server.name.as_str() {
            "bbb1" => reported.server.address = "192.0.2.10".into(),
            "bbb2" => {
                reported.server.position = Position::try_new(1.5, -2.0);
                let (name, state) = ("Memory".into(), ServiceState::Warning);
                reported.services = vec![Service { name, state, output: String::new(), checked_at: None }];
            }
            _ => reported.host = HostStatus::Down,
        },
        Settings::default(),
    );
    let place = Place {
        position: Position::try_new(-30.03, -51.2),
        city: Some("Porto Alegre".into()),
        country_code: Some("BR".into()),
        country_name: Some("Brazil".into()),
        continent_code: Some("SA".into()),
    };
    let locator = KnownNetworks::new([("192.0.2.0/24".parse().unwrap(), place)]);
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .integrations(Integrations::new([Integration::new("moodle", "moodle")]).unwrap())
        .locator(Arc::new(locator))
        .succeeding(&network.balancer)
        .build();
    let said = Said(block_on(balancer.handle(&network.request("moodle", "getServers", &[])))).success();
    let server = |name: &str, address: &str, rest: &str| {
        format!(
            "<server><name>{name}</name><address>{address}</address><url>http://{name}.invalid</url>\
             <apiUrl>http://{name}.invalid/bigbluebutton/api</apiUrl>{rest}</server>"
        )
    };
    let geo = |address: &str, rest: &str| format!("<geoloc><address>{address}</address>{rest}</geoloc>");
    let known = "<ip>192.0.2.10</ip><countryCode>BR</countryCode><countryCode3>BRA</countryCode3>\
                 <countryName>Brazil</countryName><city>Porto Alegre</city><latitude>-30.03</latitude>\
                 <longitude>-51.2</longitude><continentCode>SA</continentCode>";
    let nowhere = |latitude: &str, longitude: &str| {
        format!(
            "<ip></ip><countryCode></countryCode><countryCode3></countryCode3><countryName></countryName><city></city>\
             <latitude>{latitude}</latitude><longitude>{longitude}</longitude><continentCode></continentCode>"
        )
    };
    let tell = |status: u8, geo: &str, disabled: bool| {
        format!("<status>{status}</status><disableState>2</disableState>{geo}<isDisabled>{disabled}</isDisabled>")
    };
    let expected = [
        server("bbb1", "192.0.2.10", &tell(2, &geo("192.0.2.10", known), false)),
        server("bbb2", "bbb2.invalid", &tell(2, &geo("bbb2.invalid", &nowhere("1.5", "-2")), true)),
        server("bbb3", "bbb3.invalid", &tell(3, &geo("bbb3.invalid", &nowhere("", "")), true)),
    ];
    let expected =
        format!("<response><returncode>SUCCESS</returncode><servers>{}</servers></response>", expected.concat());
    assert_eq!(said.text(), expected);
}

#[test]
fn the_administrators_word_is_told_by_number() {
    let network = Network::of(4);
    let words = [
        AdministratorWord::ForceEnabled,
        AdministratorWord::ForceDisabled,
        AdministratorWord::Draining,
        AdministratorWord::Automatic,
    ];
    for (number, word) in (1..).zip(words) {
        let name = format!("bbb{number}").as_str().into();
        block_on(network.balancer.note(&name, |server, _| server.word = word));
    }
    let text = network.call("moodle", "getServers", &[]).success().text();
    let between = |tag: &str| -> Vec<String> {
        let begin = format!("<{tag}>");
        let parts = text.split(&begin).skip(1);
        parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
    };
    assert_eq!(between("disableState"), ["0", "1", "1", "2"]);
    assert_eq!(between("isDisabled"), ["false", "true", "true", "false"]);
}

#[test]
fn servers_that_the_website_may_not_use_are_not_told() {
    let network = Network::with(
        4,
        |reported| match reported.server.name.as_str() {
            "bbb1" => reported.server.tags = vec!["gpu".into()],
            "bbb2" => reported.server.tags = vec!["gpu".into(), "old".into()],
            "bbb3" => reported.recording = true,
            _ => {}
        },
        Settings::default(),
    );
    let tags = TagRules { required: vec!["gpu".into()], forbidden: vec!["old".into()], ..TagRules::default() };
    let picky = Integration { tags, ..Integration::new("picky", "picky") };
    let balancer = Balancer::builder(network.servers.clone(), network.clock.clone(), Arc::new(SeededRng::new(1)))
        .integrations(Integrations::new([picky]).unwrap())
        .succeeding(&network.balancer)
        .build();
    let names = |text: String| ["bbb1", "bbb2", "bbb3", "bbb4"].map(|name| text.contains(&format!("<name>{name}<")));
    let said = Said(block_on(balancer.handle(&network.request("picky", "getServers", &[])))).success();
    assert_eq!(names(said.text()), [true, false, false, false]);
    assert_eq!(names(network.call("moodle", "getServers", &[]).success().text()), [true, true, false, true]);
    network.call("nobody", "getServers", &[]).failed("checksumError");
}

#[test]
fn sessions_are_those_of_the_websites_own_meetings() {
    let network = Network::of(2);
    let none = network.call("moodle", "getSessions", &[]).success();
    assert_eq!(none.value("messageKey"), "noSessions");
    for (website, room, user) in
        [("moodle", "room-1", "Ana & Co"), ("moodle", "room-2", "Bob"), ("portal", "room-3", "Eve")]
    {
        network.create(website, room).success();
        let join = [("fullName", user), ("meetingID", room), ("role", "VIEWER")];
        network.servers.browse(&network.call(website, "join", &join).location()).unwrap();
    }
    network.create("moodle", "empty").success();
    network.pass(1);
    network.follow();
    let text = network.call("moodle", "getSessions", &[]).success().text();
    assert!(text.contains("<meetingName>Algebra</meetingName><userName>Ana &amp; Co</userName></meeting>"), "{text}");
    assert_eq!((text.matches("<userName>").count(), text.contains("Eve")), (2, false), "{text}");
}
