//! [`Sentence`]: words with names in them, as HTML. Names come from websites and operators: whatever is in them, and in whichever
//! direction they are written, they stay text and the words around stay where they are.

use std::fmt::{self, Display};

use askama::filters::HtmlSafe;
use lb_core::Timestamp;

use super::marked::escaped;
use super::{links, numbers};

/// A piece of HTML: templates write it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence(String);

impl Sentence {
    /// Words that name nothing.
    pub(crate) fn of(text: &str) -> Self {
        sentence(text, &[])
    }

    /// What was written as HTML elsewhere, with names that are text.
    pub(crate) fn written(html: String) -> Self {
        Self(html)
    }

    /// Several sentences, as one list of them.
    pub(crate) fn joined(sentences: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let all: Vec<_> = sentences.into_iter().map(|sentence| sentence.0).filter(|text| !text.is_empty()).collect();
        Self(all.join(between))
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Sentence {}

/// What stands in a sentence.
#[derive(Clone, Debug)]
pub(crate) enum Part<'a> {
    /// A name, or other words that somebody else wrote.
    Name(&'a str),
    /// The name of a server, which leads to its page.
    Server(&'a str),
    /// Our own words, or a number that is written already.
    Words(String),
    /// A moment.
    At(Timestamp),
    /// What was made before.
    Made(&'a Sentence),
}

/// `text` with `parts` in the place of each `{}`, in their order.
pub(crate) fn sentence(text: &str, parts: &[Part<'_>]) -> Sentence {
    let mut made = String::with_capacity(text.len() + 32 * parts.len());
    let mut words = text.split("{}");
    made.push_str(&escaped(words.next().unwrap_or_default()));
    for (place, words) in words.enumerate() {
        if let Some(part) = parts.get(place) {
            put(&mut made, part);
        }
        made.push_str(&escaped(words));
    }
    Sentence(made)
}

fn put(made: &mut String, part: &Part<'_>) {
    match part {
        Part::Name(name) => {
            made.push_str("<bdi>");
            made.push_str(&escaped(name));
            made.push_str("</bdi>");
        }
        Part::Server(name) => {
            made.push_str("<a href=\"");
            made.push_str(&escaped(&links::server(name)));
            made.push_str("\"><bdi>");
            made.push_str(&escaped(name));
            made.push_str("</bdi></a>");
        }
        Part::Words(words) => made.push_str(&escaped(words)),
        Part::At(at) => made.push_str(&numbers::time(*at)),
        Part::Made(sentence) => made.push_str(&sentence.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text_and_words_around_them_stay_where_they_are() {
        let name = "<script>\u{202e}&\"";
        let text = sentence("{} is on {}.", &[Part::Name(name), Part::Server("bbb 1/..")]).to_string();
        assert!(text.starts_with("<bdi>&#60;script&#62;\u{202e}&#38;&#34;</bdi> is on "), "{text}");
        assert!(text.ends_with("<a href=\"/servers/bbb%201%2F..\"><bdi>bbb 1/..</bdi></a>."), "{text}");
        assert_eq!(sentence("a < b", &[]).to_string(), "a &#60; b");
        assert_eq!(sentence("{} and {}", &[Part::Words("1".to_owned())]).to_string(), "1 and ");
    }
}
