//! `getServers`: the servers that a website's meetings may be on, in the form of the Mconf balancer.

use rust_iso3166::from_alpha2;

use super::Reply;
use crate::fleet::FleetServer;
use crate::position::Place;
use crate::server::AdministratorWord;
use crate::xml::Writer;

/// The answer: `servers`, each with what is known of the place of its address.
pub fn reply<'a>(servers: impl Iterator<Item = (&'a FleetServer, Place)>) -> Reply {
    Reply::success(|writer| {
        writer.open("servers");
        servers.for_each(|(server, place)| write(writer, server, &place));
        writer.close("servers");
    })
}

/// The administrator's word as the API has it: 0 forcibly enabled, 1 forcibly disabled, 2 automatic. A server that is drained
/// is on its way to the second.
fn disable_state(word: AdministratorWord) -> &'static str {
    match word {
        AdministratorWord::ForceEnabled => "0",
        AdministratorWord::ForceDisabled | AdministratorWord::Draining => "1",
        AdministratorWord::Automatic => "2",
    }
}

fn write(writer: &mut Writer, member: &FleetServer, place: &Place) {
    let server = &member.server;
    writer.open("server").element("name", server.name.as_str()).element("address", &server.address);
    writer.element("url", &server.origin());
    writer.element("apiUrl", server.api_url.as_str().trim_end_matches('/'));
    writer.element("status", &(member.host as u8).to_string());
    writer.element("disableState", disable_state(member.word));
    write_place(writer, member, place);
    let disabled = if member.state().takes_new_meetings() { "false" } else { "true" };
    writer.element("isDisabled", disabled).close("server");
}

fn write_place(writer: &mut Writer, member: &FleetServer, place: &Place) {
    let server = &member.server;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let ip = server.ip().map(|ip| ip.to_string()).unwrap_or_default();
    let three_letters = place.country_code.as_deref().and_then(from_alpha2).map_or("", |country| country.alpha3);
    let position = server.position.or(place.position);
    let degrees = |degrees: Option<f64>| degrees.map(|degrees| degrees.to_string()).unwrap_or_default();
    writer.open("geoloc").element("address", &server.address).element("ip", &ip);
    writer.element("countryCode", &text(&place.country_code)).element("countryCode3", three_letters);
    writer.element("countryName", &text(&place.country_name)).element("city", &text(&place.city));
    writer.element("latitude", &degrees(position.map(|position| position.latitude)));
    writer.element("longitude", &degrees(position.map(|position| position.longitude)));
    writer.element("continentCode", &text(&place.continent_code)).close("geoloc");
}
