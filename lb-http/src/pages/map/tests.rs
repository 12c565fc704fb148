use super::*;

fn server(name: &str, place: Option<(f64, f64)>, state: ServerState) -> MapServer<'_> {
    let position = place.map(|(latitude, longitude)| Position { latitude, longitude });
    let label = format!("{name}: {state}");
    MapServer { name, position, state, load: Some(0.25), label, link: format!("?server={name}") }
}

fn drawn(servers: &[MapServer<'_>], change: impl FnOnce(&mut NetworkMap<'_>)) -> String {
    let words = MapWords { servers: "servers", states: [(ServerState::Critical, "broken")].into() };
    let mut map = NetworkMap {
        land: "/assets/world.1.svg",
        title: "The network",
        description: "",
        words: &words,
        servers,
        chosen: None,
        whole: false,
        person: None,
        ranked: &[],
    };
    change(&mut map);
    map.draw().to_string()
}

const HERE: Option<(f64, f64)> = Some((-30.03, -51.2));

#[test]
fn servers_are_links_with_the_colour_and_the_shape_of_their_state() {
    let servers = [
        server("bbb1", HERE, ServerState::Enabled),
        server("bbb2", Some((-23.5, -46.6)), ServerState::Critical),
        server("nowhere", None, ServerState::Enabled),
    ];
    let svg = drawn(&servers, |_| ());
    assert!(svg.contains("<use class=\"land\" href=\"/assets/world.1.svg#land\" x=\"0\""), "{svg}");
    assert!(
        svg.contains("<a class=\"server state-critical\" href=\"?server=bbb2\" aria-label=\"bbb2: critical\""),
        "{svg}"
    );
    assert!(svg.contains(outline(ServerState::Critical)) && svg.contains(outline(ServerState::Enabled)));
    assert!(!svg.contains("nowhere") && svg.matches("<a ").count() == 2);
    assert_eq!(svg.matches("class=\"reach").count(), 1, "nothing is chosen");
}

#[test]
fn the_chosen_one_has_its_circle_and_stands_alone() {
    let names: Vec<String> = (0..12).map(|number| format!("bbb{number}")).collect();
    let servers: Vec<_> = names.iter().map(|name| server(name, HERE, ServerState::Enabled)).collect();
    let svg = drawn(&servers, |map| map.chosen = Some("bbb3"));
    assert!(svg.contains("class=\"server state-enabled chosen\" href=\"?server=bbb3\""), "{svg}");
    assert!(svg.contains("aria-label=\"11 servers: 11 enabled\""), "{svg}");
    let circle = svg.split("<path class=\"reach\"").nth(1).unwrap();
    assert!(circle.split('"').any(|part| part.starts_with('M') && part.matches('L').count() == 59), "{circle}");
    assert!(drawn(&servers, |map| map.chosen = Some("unknown")).contains("12 servers"));
}

#[test]
fn many_at_one_place_say_how_many_are_how_and_show_the_worst() {
    let names: Vec<String> = (0..3000).map(|number| format!("bbb{number}")).collect();
    let state = |number: usize| if number.is_multiple_of(10) { ServerState::Critical } else { ServerState::Enabled };
    let servers: Vec<_> = names.iter().enumerate().map(|(number, name)| server(name, HERE, state(number))).collect();
    let svg = drawn(&servers, |_| ());
    assert!(svg.contains("aria-label=\"3000 servers: 2700 enabled, 300 broken\""), "{svg}");
    assert!(svg.contains("class=\"arc state-critical\"") && svg.contains("stroke-dasharray=\"10.00 90.00\""), "{svg}");
    assert!(svg.contains(outline(ServerState::Critical)));
    assert!(svg.len() < 4000, "{}", svg.len());
}

#[test]
fn a_person_is_shown_with_the_servers_in_their_order() {
    let servers =
        [server("far", Some((40.7, -74.0)), ServerState::Enabled), server("near", HERE, ServerState::Enabled)];
    let svg = drawn(&servers, |map| {
        map.person = Some((Position { latitude: -31.7, longitude: -52.3 }, "you"));
        map.ranked = &["near", "far"];
    });
    assert_eq!(svg.matches("class=\"way").count(), 2);
    assert!(svg.contains("class=\"way first\"") && svg.contains("aria-label=\"you\""), "{svg}");
    assert!(svg.contains(">1</text>") && svg.contains(">2</text>"));
}

#[test]
fn names_stay_text_and_an_empty_network_is_the_world() {
    let hostile = "\"><script>alert(1)</script>";
    let svg = drawn(&[server(hostile, HERE, ServerState::Enabled)], |map| map.chosen = Some(hostile));
    assert!(!svg.contains("<script"), "{svg}");
    for svg in [drawn(&[], |_| ()), drawn(&[server("x", HERE, ServerState::Gone)], |map| map.whole = true)] {
        assert!(svg.contains("viewBox=\"-3600 -2310 7200 3600\""), "{svg}");
    }
}
