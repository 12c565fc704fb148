//! XML for people: one element a line, coloured by class. It stays text.

use askama::filters::{Html, escape};
use lb_core::xml::{Document, Node};

/// The longest that is written, bytes of HTML.
const MOST: usize = 60_000;

/// What nobody may read off a screen: passwords of meetings, and what lets somebody in.
const HIDDEN: [&str; 6] = ["attendeePW", "moderatorPW", "auth_token", "session_token", "url", "callbackURL"];

/// What stands in its place.
const DOTS: &str = "••••••";

/// An answer, to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// HTML.
    pub(super) html: String,
    /// Whether passwords or the like were left out.
    pub(super) hides: bool,
    /// Whether the end was left out.
    pub(super) cut: bool,
}

/// `bytes` as HTML: XML in order and coloured, anything else as it is.
pub(super) fn shown(bytes: &[u8], is_join: bool) -> Shown {
    let mut shown = Shown::default();
    match Document::parse(bytes) {
        Ok(document) => shown.node(document.root(), 0, is_join),
        Err(_) => {
            shown.begin_of(&String::from_utf8_lossy(bytes));
        }
    }
    shown
}

impl Shown {
    fn node(&mut self, node: Node<'_>, depth: usize, is_join: bool) {
        if self.html.len() > MOST {
            self.cut = true;
            return;
        }
        let indent = "  ".repeat(depth);
        let mut children = node.children().peekable();
        self.html.push_str(&indent);
        if children.peek().is_some() {
            self.tag("<", node.name(), ">\n");
            children.for_each(|child| self.node(child, depth + 1, is_join));
            self.html.push_str(&indent);
        } else {
            let (source, whole) = (node.without([]), node.text());
            // with its attributes, if it has some
            let opening = source.split_once('>').map_or("", |(opening, _)| opening.trim_start_matches('<'));
            let opening = opening.trim_end_matches('/').trim_end();
            if whole.is_empty() {
                self.tag("<", opening, "/>\n");
                return;
            }
            self.tag("<", opening, ">");
            let secret = HIDDEN.iter().any(|name| node.is(name)) && (is_join || !node.is("url"));
            self.hides |= secret;
            self.html.push_str("<span class=\"value\">");
            self.begin_of(if secret { DOTS } else { &whole });
            self.html.push_str("</span>");
        }
        self.tag("</", node.name(), ">\n");
    }

    fn tag(&mut self, before: &str, name: &str, after: &str) {
        self.html.push_str("<span class=\"tag\">");
        self.text(before);
        self.text(name);
        self.text(after.trim_end());
        self.html.push_str("</span>");
        self.html.push_str(if after.ends_with('\n') { "\n" } else { "" });
    }

    /// As much of a text as may be written at once.
    fn begin_of(&mut self, text: &str) {
        let end = text.char_indices().nth(MOST / 6).map_or(text.len(), |(end, _)| end);
        self.cut |= end < text.len();
        self.text(text.get(..end).unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        let Ok(escaped) = escape(text, Html);
        self.html.push_str(&escaped.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_element_a_line_and_stays_text() {
        let xml = b"<response><returncode>SUCCESS</returncode><a><b>&lt;script&gt;</b><c/></a></response>";
        let shown = shown(xml, false);
        let text =
            shown.html.replace("<span class=\"tag\">", "").replace("<span class=\"value\">", "").replace("</span>", "");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "&#60;response&#62;");
        assert_eq!(lines[1], "  &#60;returncode&#62;SUCCESS&#60;/returncode&#62;");
        assert_eq!(lines[3], "    &#60;b&#62;&#60;script&#62;&#60;/b&#62;");
        assert_eq!(lines[4], "    &#60;c/&#62;");
        assert_eq!((lines.len(), shown.hides, shown.cut), (7, false, false));
    }

    #[test]
    fn passwords_and_what_lets_somebody_in_are_not_shown() {
        let xml = b"<response><attendeePW>ap-1</attendeePW><url>https://bbb/?sessionToken=st-1</url></response>";
        let joined = shown(xml, true);
        assert!(joined.hides && !joined.html.contains("ap-1") && !joined.html.contains("st-1"));
        let listed = shown(xml, false);
        assert!(listed.html.contains("st-1") && !listed.html.contains("ap-1"));
    }

    #[test]
    fn what_is_no_xml_is_shown_as_it_is_and_what_is_long_is_cut() {
        assert_eq!(shown(b"{\"a\":\"<b>\"}", false).html, "{&#34;a&#34;:&#34;&#60;b&#62;&#34;}");
        assert!(shown(&[b'x'; MOST], false).cut);
        let many = format!("<response>{}</response>", "<meeting>room</meeting>".repeat(4000));
        let many = shown(many.as_bytes(), false);
        assert!(many.cut && many.html.len() < MOST + 1000);
        let long = format!("<response><message>{}</message></response>", "&lt;".repeat(1 << 17));
        let long = shown(long.as_bytes(), false);
        assert!(long.cut && long.html.len() < MOST + 1000, "{}", long.html.len());
    }
}
