//! Where pages are, whatever names have in them.

use url::form_urlencoded::Serializer;

/// `path` with a query of all `pairs` that say something.
pub(crate) fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The page of a meeting. Its id may be anything, so that it stands in no path.
pub(crate) fn meeting(integration: &str, meeting_id: &str) -> String {
    with("/admin/meetings/one", &[("integration", integration), ("meeting_id", meeting_id)])
}

/// The page of a recording.
pub(crate) fn recording(id: &str) -> String {
    with("/admin/recordings/one", &[("id", id)])
}

/// The page of a user, or what is done there: `what` is empty or begins with `/`.
pub(crate) fn user(name: &str, what: &str) -> String {
    thing("/admin/users", name, what)
}

/// The page of what the audit log calls so; none of what has no page.
pub(crate) fn subject(kind: &str, name: &str) -> Option<String> {
    Some(match kind {
        "integration" | "plan" | "partner" | "router" | "server" | "user" => {
            thing(&format!("/admin/{kind}s"), name, "")
        }
        "recording" => recording(name),
        "network" => "/admin/network".to_owned(),
        _ => return None,
    })
}

/// The page of something called `name` below `base`, or what is done there: `what` is empty or begins with `/`. What is called `new`
/// is not the page on which a new one is made.
pub(crate) fn thing(base: &str, name: &str, what: &str) -> String {
    let name: String = Serializer::new(String::new()).append_key_only(name).finish().replace('+', "%20");
    let name = if name == "new" { "%6Eew" } else { &name };
    format!("{base}/{name}{what}")
}

/// The page of a server.
pub(crate) fn server(name: &str) -> String {
    let name: String = Serializer::new(String::new()).append_key_only(name).finish().replace('+', "%20");
    format!("/servers/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name_whatever_is_in_it() {
        assert_eq!(with("/admin/events", &[("server", ""), ("kind", "")]), "/admin/events");
        assert_eq!(meeting("a&b", "../x?y#z +"), "/admin/meetings/one?integration=a%26b&meeting_id=..%2Fx%3Fy%23z+%2B");
        assert_eq!(thing("/admin/plans", "new", ""), "/admin/plans/%6Eew");
        assert_eq!(thing("/admin/plans", "a/b <c>", "/edit"), "/admin/plans/a%2Fb%20%3Cc%3E/edit");
        assert_eq!(user("Ana Lú", "/remove"), "/admin/users/Ana%20L%C3%BA/remove");
        assert_eq!(subject("plan", "a+b").as_deref(), Some("/admin/plans/a%2Bb"));
        assert_eq!(subject("person", "x"), None);
    }
}
