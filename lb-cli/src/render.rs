//! Answers as people and programs read them.

use lb_core::xml::Node;
use serde_json::{Map, Value};

/// Parameters of a redirect that let their bearer in.
const TOKENS: [&str; 3] = ["checksum", "password", "sessionToken"];

/// Whether BBB says that the call failed.
pub(crate) fn failed(root: Node<'_>) -> bool {
    root.children().any(|child| child.name() == "returncode" && child.text() == "FAILED")
}

/// One line for each element below `root`: `name: text`, children indented by two spaces.
pub(crate) fn text(root: Node<'_>) -> String {
    let mut lines = String::new();
    write_children(root, 0, &mut lines);
    lines
}

// As deep as the reader lets elements be nested, which is not deep.
fn write_children(node: Node<'_>, depth: usize, lines: &mut String) {
    for child in node.children() {
        let text = if child.children().next().is_some() { String::new() } else { line(child.text().trim()) };
        let space = if text.is_empty() { "" } else { " " };
        lines.push_str(&format!("{:indent$}{}:{space}{text}\n", "", child.name(), indent = 2 * depth));
        write_children(child, depth + 1, lines);
    }
}

/// `text` without control characters: those could give orders to the terminal.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// An element as JSON: its text, or its children by name. Children of one name are a list, and always are where the
/// element is called as their plural (`meetings` of `meeting`).
pub(crate) fn json(node: Node<'_>) -> Value {
    let mut named: Map<String, Value> = Map::new();
    let mut lists = 0;
    for child in node.children() {
        let value = json(child);
        match named.get_mut(child.name()) {
            None => {
                named.insert(child.name().to_owned(), Value::Array(vec![value]));
            }
            Some(Value::Array(values)) => values.push(value),
            Some(_) => {}
        }
        lists += usize::from(node.name().strip_suffix('s') == Some(child.name()));
    }
    if named.is_empty() {
        return Value::String(node.text().trim().to_owned());
    }
    if named.len() == 1 && lists > 0 {
        return named.into_iter().map(|(_, list)| list).next().unwrap_or_default();
    }
    let single = |value| match value {
        Value::Array(mut values) if values.len() == 1 => values.pop().unwrap_or_default(),
        other => other,
    };
    Value::Object(named.into_iter().map(|(name, value)| (name, single(value))).collect())
}

/// `location` with `…` in the place of what lets its bearer in.
pub(crate) fn without_tokens(location: &str) -> String {
    let Some((path, query)) = location.split_once('?') else { return location.to_owned() };
    let hidden = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if TOKENS.iter().any(|token| token.eq_ignore_ascii_case(key)) => format!("{key}=…"),
        _ => pair.to_owned(),
    };
    let pairs: Vec<_> = query.split('&').map(hidden).collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use lb_core::xml::Document;
    use serde_json::json;

    use super::*;

    const MEETINGS: &str = "<response><returncode>SUCCESS</returncode><meetings><meeting><meetingID>a &amp; b</meetingID>\
        <attendees/><metadata><x>1</x></metadata></meeting></meetings></response>";

    #[test]
    fn text_has_one_line_for_each_element() {
        let document = Document::parse(MEETINGS.as_bytes()).unwrap();
        let expected = "returncode: SUCCESS\nmeetings:\n  meeting:\n    meetingID: a & b\n    attendees:\n    metadata:\n      x: 1\n";
        assert_eq!(text(document.root()), expected);
    }

    #[test]
    fn a_meetings_name_gives_no_orders_to_the_terminal() {
        let document = Document::parse("<r><name>\u{9b}31m\nA</name></r>".as_bytes()).unwrap();
        assert_eq!(text(document.root()), "name: \\u{9b}31m\\nA\n");
    }

    #[test]
    fn json_has_lists_where_bbb_has_plurals() {
        let document = Document::parse(MEETINGS.as_bytes()).unwrap();
        let meeting = json!({ "meetingID": "a & b", "attendees": "", "metadata": { "x": "1" } });
        assert_eq!(json(document.root()), json!({ "returncode": "SUCCESS", "meetings": [meeting] }));
        let twice = Document::parse(b"<r><a>1</a><b>2</b><a>3</a></r>").unwrap();
        assert_eq!(json(twice.root()), json!({ "a": ["1", "3"], "b": "2" }));
    }

    #[test]
    fn only_a_failed_returncode_is_a_failure() {
        let is = |text: &str| failed(Document::parse(text.as_bytes()).unwrap().root());
        assert!(is("<response><returncode>FAILED</returncode></response>"));
        assert!(!is("<response><returncode>SUCCESS</returncode><message>FAILED</message></response>"));
    }

    #[test]
    fn a_location_is_shown_without_its_tokens() {
        let location =
            "https://bbb1/bigbluebutton/api/join?fullName=Jane&password=mp&Checksum=0123&sessionToken=x&role=";
        let shown = "https://bbb1/bigbluebutton/api/join?fullName=Jane&password=…&Checksum=…&sessionToken=…&role=";
        assert_eq!(without_tokens(location), shown);
        assert_eq!(without_tokens("https://bbb1/"), "https://bbb1/");
    }
}
