//! [`Drawing`]: writes SVG, through one escape.

use std::fmt::{self, Display, Write};

use askama::filters::{Html, HtmlSafe, escape};

/// A whole piece of SVG or HTML: templates write it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Svg(String);

impl Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

/// A coordinate or length: to a tenth, and nought where it is no number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At(pub(crate) f64);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = if self.0.is_finite() { (self.0 * 10.0).round() } else { 0.0 };
        let value = tenths / 10.0;
        // no "-0"
        write!(f, "{}", if value == 0.0 { 0.0 } else { value })
    }
}

/// An attribute: its name and value.
pub(crate) type Attribute<'a> = (&'static str, &'a dyn Display);

/// A piece of SVG or HTML that is being written. Values and texts are escaped; names of elements and attributes are the code's own.
#[derive(Debug, Default)]
pub(crate) struct Drawing(String);

impl Drawing {
    /// Begins `<svg>`, with a name and a description for those who do not see it.
    pub(crate) fn svg(&mut self, class: &str, view: [f64; 4], title: &str, description: &str) {
        let view = view.map(At);
        let view = format!("{} {} {} {}", view[0], view[1], view[2], view[3]);
        self.open("svg", &[("class", &class), ("viewBox", &view), ("role", &"img")]);
        self.words(title, description);
    }

    /// A name and a description, for those who do not see what they are in.
    pub(crate) fn words(&mut self, title: &str, description: &str) {
        self.text("title", &[], title);
        if !description.is_empty() {
            self.text("desc", &[], description);
        }
    }

    /// Begins an element.
    pub(crate) fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.begin(name, attributes);
        self.0.push('>');
    }

    /// Ends it.
    pub(crate) fn close(&mut self, name: &'static str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An SVG element with nothing in it.
    pub(crate) fn empty(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.begin(name, attributes);
        self.0.push_str("/>");
    }

    /// An element with a text in it.
    pub(crate) fn text(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.open(name, attributes);
        self.escaped(text);
        self.close(name);
    }

    /// What was written.
    pub(crate) fn done(self) -> Svg {
        Svg(self.0)
    }

    fn begin(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push(' ');
            self.0.push_str(key);
            self.0.push_str("=\"");
            self.escaped(value);
            self.0.push('"');
        }
    }

    /// Characters that no XML has are left out: a browser shows them as a box, a printer as an error.
    fn escaped(&mut self, text: impl Display) {
        let text = text.to_string().replace(|c: char| c.is_control() && c != '\n' && c != '\t', "");
        let Ok(safe) = escape(&text, Html);
        // writing to a String cannot fail
        let _ = write!(self.0, "{safe}");
    }
}

/// A name that stands in a line of other words: whatever direction it is written in, and whatever marks it has, the words around
/// stay where they are. HTML has `<bdi>` for that, SVG has not.
pub(crate) fn isolated(name: &str) -> String {
    // marks that it does not close end with it
    format!("\u{2068}{name}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_a_name_stays_text() {
        let mut drawing = Drawing::default();
        drawing.svg("chart\"x", [0.0, 0.0, 10.0, 5.5], "<script>alert(1)</script>", "a & b \u{0}\u{b}\"'");
        drawing.text("text", &[("aria-label", &"\" onload=\"x")], "</text><script>");
        drawing.close("svg");
        let text = drawing.done().to_string();
        assert!(
            text.starts_with("<svg class=\"chart&#34;x\" viewBox=\"0 0 10 5.5\" role=\"img\"><title>&#60;script"),
            "{text}"
        );
        assert!(!text.contains("<script") && !text.contains("onload=\"") && !text.contains('\u{b}'), "{text}");
        assert!(text.ends_with("&#60;/text&#62;&#60;script&#62;</text></svg>"), "{text}");
    }

    #[test]
    fn a_coordinate_is_short_and_always_a_number() {
        for (value, text) in
            [(1.0, "1"), (1.25, "1.3"), (-0.01, "0"), (f64::NAN, "0"), (f64::INFINITY, "0"), (-12.34, "-12.3")]
        {
            assert_eq!(At(value).to_string(), text);
        }
    }
}
