//! [`marked`]: a sentence with names in it, as HTML.

use std::fmt::Display;

/// `text` as HTML with `values` in the place of each `{}`, in their order. Each stands by itself, whichever way it is written:
/// a name from right to left turns nothing round. None can be more than text.
pub(crate) fn marked(text: &str, values: &[&dyn Display]) -> String {
    let mut parts = text.split("{}");
    let mut html = escaped(parts.next().unwrap_or_default());
    let mut values = values.iter();
    for part in parts {
        if let Some(value) = values.next() {
            html.push_str("<bdi>");
            html.push_str(&escaped(&value.to_string()));
            html.push_str("</bdi>");
        }
        html.push_str(&escaped(part));
    }
    html
}

/// `text` as HTML.
pub(crate) fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html).map_or_else(|_| String::new(), |safe| safe.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_text_and_stands_by_itself() {
        let html = marked("{} isn’t & {}", &[&"<b onclick='x'>\u{202e}", &3]);
        assert_eq!(html, "<bdi>&#60;b onclick=&#39;x&#39;&#62;\u{202e}</bdi> isn’t &#38; <bdi>3</bdi>");
        assert_eq!(marked("{} of {}", &[&1]), "<bdi>1</bdi> of ", "what is missing is nothing");
    }
}
