//! From what a host carries in Nagios to a [`Server`], whatever the format that told it.

use lb_core::{Position, Server};

/// The conference server that a host is: `variables` answers its custom variables, named without the underscore. `None`
/// for a host that has neither `BBB_URL` and `BBB_SALT` nor `notes` of the form `URL SECRET`.
pub(super) fn server<'a>(
    name: &str,
    address: Option<&str>,
    notes: Option<&'a str>,
    variables: impl Fn(&str) -> Option<&'a str>,
) -> Option<Server> {
    let variable = |key: &str| filled(variables(key));
    let from_variables = variable("BBB_URL").zip(variable("BBB_SALT"));
    let (url, secret) = from_variables.or_else(|| from_notes(notes?))?;
    let Ok(mut server) = Server::new(name, url, secret) else {
        tracing::warn!(server = name, "left out: its BBB_URL (or notes) holds no absolute http or https URL");
        return None;
    };
    if let Some(address) = filled(address) {
        server.address = address.to_owned();
    }
    let degrees = |key: &str| variable(key).and_then(|text| text.parse().ok());
    let at = |latitude: &str, longitude: &str| Position::try_new(degrees(latitude)?, degrees(longitude)?);
    server.position = at("SERVER_LATITUDE", "SERVER_LONGITUDE").or_else(|| at("LATITUDE", "LONGITUDE"));
    Some(server)
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// `URL SECRET`, as hosts carried them before there were custom variables.
fn from_notes(notes: &str) -> Option<(&str, &str)> {
    let mut words = notes.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(url), Some(secret), None) if url.contains("://") => Some((url, secret)),
        _ => None,
    }
}
