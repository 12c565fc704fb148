//! The only place that knows quick-xml: [`Document`] reads what servers and websites send, [`Writer`] writes answers.
//!
//! A document is read in one pass into a flat table of where each element begins and ends. Nothing is copied, so what
//! the balancer does not know (a newer BBB's fields) can be passed on byte for byte, and
//! [`without`](Document::without) cuts single elements out of it.

#[cfg(feature = "testkit")]
pub(crate) mod fuzz;
mod plain;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

pub use self::write::{Writer, escape, is_name};

/// How deep elements may be nested. BBB's deepest answer (recordings with previews) has 8 levels.
pub const DEPTH_LIMIT: usize = 64;

/// How many tags a document may have: five times as many as a list of a thousand meetings with their users. Short ones cost
/// many times their own length in memory.
pub const TAG_LIMIT: usize = 1 << 20;

/// A well-formed document without a document type.
pub struct Document<'s> {
    source: &'s str,
    elements: Vec<Element>,
}

#[derive(Debug, PartialEq)]
struct Element {
    name: Range<usize>,
    /// From its first `<` to after its last `>`.
    span: Range<usize>,
    /// What is between its tags.
    inner: Range<usize>,
    /// The index after its last descendant.
    end: usize,
}

/// Why a text is no document that the balancer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// It is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// It is not XML, or not whole.
    #[error("not well-formed XML")]
    Malformed,
    /// It has a document type or an entity of its own, which no BBB sends and attackers do.
    #[error("a document type or an unknown entity")]
    Entities,
    /// Its elements are nested deeper than [`DEPTH_LIMIT`].
    #[error("elements nested too deep")]
    TooDeep,
    /// It has more tags than [`TAG_LIMIT`].
    #[error("too many elements")]
    TooMany,
}

impl<'s> Document<'s> {
    /// Reads `bytes`. Blank lines and an XML declaration may stand before the root.
    ///
    /// # Errors
    /// [`XmlError`] if it is not one well-formed element tree in UTF-8, without a document type.
    pub fn parse(bytes: &'s [u8]) -> Result<Self, XmlError> {
        let source = std::str::from_utf8(bytes).map_err(|_| XmlError::NotUtf8)?;
        let source = source.trim_start_matches(|c: char| c == '\u{feff}' || c.is_ascii_whitespace());
        if source.len() > TAG_LIMIT && source.matches('<').nth(TAG_LIMIT).is_some() {
            return Err(XmlError::TooMany);
        }
        let elements = match plain::elements(source) {
            Some(elements) => elements,
            None => Self::read(source)?,
        };
        Ok(Self { source, elements })
    }

    /// Reads any document.
    fn read(source: &str) -> Result<Vec<Element>, XmlError> {
        let mut reader = Reader::from_str(source);
        let mut elements: Vec<Element> = Vec::with_capacity(source.len() / 32);
        let mut open: Vec<usize> = Vec::new();
        loop {
            let before = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|_| XmlError::Malformed)?;
            let after = reader.buffer_position() as usize;
            let outside = open.is_empty();
            match event {
                Event::Start(_) | Event::Empty(_) if outside && !elements.is_empty() => {
                    return Err(XmlError::Malformed);
                }
                // quick-xml takes it for an element
                Event::Start(start) | Event::Empty(start) if start.name().as_ref().is_empty() => {
                    return Err(XmlError::Malformed);
                }
                Event::Start(start) => {
                    if open.len() == DEPTH_LIMIT {
                        return Err(XmlError::TooDeep);
                    }
                    let name = before + 1..before + 1 + start.name().as_ref().len();
                    open.push(elements.len());
                    elements.push(Element { name, span: before..after, inner: after..after, end: 0 });
                }
                Event::Empty(empty) => {
                    let name = before + 1..before + 1 + empty.name().as_ref().len();
                    let end = elements.len() + 1;
                    elements.push(Element { name, span: before..after, inner: after..after, end });
                }
                Event::End(_) => {
                    let end = elements.len();
                    let element = open.pop().and_then(|index| elements.get_mut(index)).ok_or(XmlError::Malformed)?;
                    element.inner.end = before;
                    element.span.end = after;
                    element.end = end;
                }
                Event::Text(text) if outside && !text.trim_ascii().is_empty() => return Err(XmlError::Malformed),
                Event::CData(_) if outside => return Err(XmlError::Malformed),
                Event::GeneralRef(reference) => {
                    let known = reference.is_char_ref() || resolve_predefined_entity(&reference).is_some();
                    if outside || !known {
                        return Err(XmlError::Entities);
                    }
                }
                Event::DocType(_) => return Err(XmlError::Entities),
                Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof if outside && !elements.is_empty() => return Ok(elements),
                Event::Eof => return Err(XmlError::Malformed),
            }
        }
    }

    /// The outermost element.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    /// The document without some of its elements.
    pub fn without<'n>(&self, nodes: impl IntoIterator<Item = Node<'n>>) -> String {
        self.cut(0..self.source.len(), nodes)
    }

    /// The same, with `xml` as the last thing inside `within`, an element that has an end tag and stays.
    pub fn without_and_with<'n>(
        &self,
        nodes: impl IntoIterator<Item = Node<'n>>,
        within: Node<'_>,
        xml: &str,
    ) -> String {
        let nodes: Vec<_> = nodes.into_iter().collect();
        let place = within.element().inner.end;
        let (before, after) = (self.cut(0..place, nodes.iter().copied()), self.cut(place..self.source.len(), nodes));
        let xml = if within.element().span.end > place { xml } else { "" };
        [before.as_str(), xml, &after].concat()
    }

    fn cut<'n>(&self, range: Range<usize>, nodes: impl IntoIterator<Item = Node<'n>>) -> String {
        let mut cuts: Vec<Range<usize>> = nodes.into_iter().map(|node| node.element().span.clone()).collect();
        cuts.sort_by_key(|cut| cut.start);
        let mut text = String::with_capacity(range.len());
        let mut from = range.start;
        for cut in cuts {
            if cut.start >= from && cut.end <= range.end {
                text.push_str(&self.source[from..cut.start]);
                from = cut.end;
            }
        }
        text.push_str(&self.source[from..range.end]);
        text
    }
}

impl fmt::Debug for Document<'_> {
    /// Without its text, which may carry passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("elements", &self.elements.len()).finish_non_exhaustive()
    }
}

/// One element of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'d> Node<'d> {
    fn element(self) -> &'d Element {
        &self.document.elements[self.index]
    }

    /// Its name as it stands.
    pub fn name(self) -> &'d str {
        &self.document.source[self.element().name.clone()]
    }

    /// Whether it is called `name`. Case does not matter: versions of BBB differ in it.
    pub fn is(self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The elements right inside it.
    pub fn children(self) -> impl Iterator<Item = Node<'d>> {
        let (document, end) = (self.document, self.element().end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let node = (next < end).then_some(Node { document, index: next })?;
            next = node.element().end;
            Some(node)
        })
    }

    /// All elements inside it, however deep, in the order in which they begin.
    pub fn descendants(self) -> impl Iterator<Item = Node<'d>> {
        let document = self.document;
        (self.index + 1..self.element().end).map(move |index| Node { document, index })
    }

    /// The first element right inside it that [`is`](Self::is) called `name`.
    pub fn child(self, name: &str) -> Option<Node<'d>> {
        self.children().find(|child| child.is(name))
    }

    /// The text right inside it, entities and CDATA decoded, without what is in elements inside it.
    pub fn text(self) -> Cow<'d, str> {
        let inner = &self.document.source[self.element().inner.clone()];
        if !inner.contains(['&', '<']) {
            return Cow::Borrowed(inner);
        }
        let (mut text, mut depth) = (String::with_capacity(inner.len()), 0_usize);
        let mut reader = Reader::from_str(inner);
        loop {
            match reader.read_event() {
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) => depth = depth.saturating_sub(1),
                Ok(Event::Text(part)) if depth == 0 => text.push_str(&part),
                Ok(Event::CData(part)) if depth == 0 => text.push_str(&part),
                Ok(Event::GeneralRef(reference)) if depth == 0 => {
                    text.extend(reference.resolve_char_ref().ok().flatten());
                    text.push_str(resolve_predefined_entity(&reference).unwrap_or_default());
                }
                Ok(Event::Eof) | Err(_) => return Cow::Owned(text),
                Ok(_) => {}
            }
        }
    }

    /// The text of the child called `name`, without surrounding white space; empty if there is none.
    pub fn value(self, name: &str) -> Cow<'d, str> {
        match self.child(name).map(Node::text) {
            Some(Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
            Some(Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
            None => Cow::Borrowed(""),
        }
    }

    /// The number in the child called `name`; `None` if there is none. Thousands separators, which BBB prints in some
    /// locales, are passed over.
    pub fn number(self, name: &str) -> Option<u64> {
        let value = self.value(name);
        let digits: String =
            value.chars().filter(|c| !matches!(c, ',' | '.' | '\'' | ' ' | '\u{a0}' | '\u{202f}')).collect();
        digits.parse().ok()
    }

    /// Whether the child called `name` says `true`.
    pub fn flag(self, name: &str) -> bool {
        self.value(name).eq_ignore_ascii_case("true")
    }

    /// The element as it stands, from tag to tag, without some of the elements in it.
    pub fn without<'n>(self, nodes: impl IntoIterator<Item = Node<'n>>) -> String {
        self.document.cut(self.element().span.clone(), nodes)
    }

    /// What stands between its tags, without some of the elements there.
    pub fn inner_without<'n>(self, nodes: impl IntoIterator<Item = Node<'n>>) -> String {
        self.document.cut(self.element().inner.clone(), nodes)
    }

    /// What stands between its tags.
    pub fn inner(self) -> &'d str {
        &self.document.source[self.element().inner.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_whatever_they_are_wrapped_in() {
        let xml = "\n<?xml version=\"1.0\"?>\n<response>\n <returncode>SUCCESS</returncode><Name>A &amp; B &#x41;</Name>\
                   <n><![CDATA[<raw> & ]]>tail</n><users> 1,204 </users><e/><metadata><k>v</k></metadata></response>\n";
        let document = Document::parse(xml.as_bytes()).unwrap();
        let root = document.root();
        assert_eq!(root.name(), "response");
        assert_eq!(root.value("returncode"), "SUCCESS");
        assert_eq!(root.value("name"), "A & B A");
        assert_eq!(root.value("n"), "<raw> & tail");
        assert_eq!(root.number("users"), Some(1204));
        assert_eq!(root.value("e"), "");
        assert_eq!(root.child("metadata").map(|metadata| metadata.value("k").into_owned()).as_deref(), Some("v"));
        assert_eq!(root.children().count(), 6);
    }

    #[test]
    fn cutting_elements_leaves_the_rest_as_it_was() {
        let xml = "<r><a>1</a><m><x>secret</x><y>2</y></m><new field='&lt;'/></r>";
        let document = Document::parse(xml.as_bytes()).unwrap();
        let metadata = document.root().child("m").unwrap();
        assert_eq!(document.without(metadata.child("x")), "<r><a>1</a><m><y>2</y></m><new field='&lt;'/></r>");
        assert_eq!(metadata.without(metadata.child("y")), "<m><x>secret</x></m>");
        assert_eq!(document.without([]), xml);
    }

    #[test]
    fn what_bbb_sends_is_read_in_the_quick_pass() {
        let xml = "<response><returncode>SUCCESS</returncode><name>Caf\u{e9} &amp; co</name><empty/>\n <m><k>v</k></m></response>\n";
        assert_eq!(plain::elements(xml), Document::read(xml).ok());
        assert_eq!(plain::elements(xml).map(|elements| elements.len()), Some(6));
        for left_to_quick_xml in ["<a b='c'/>", "<a><![CDATA[x]]></a>", "<?xml version='1.0'?><a/>", "<a>&#65;</a>"] {
            assert_eq!(plain::elements(left_to_quick_xml), None);
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let crowded = format!("<r>{}</r>", "<a/>".repeat(TAG_LIMIT));
        for (bad, error) in [
            ("", XmlError::Malformed),
            ("   \n", XmlError::Malformed),
            ("hello", XmlError::Malformed),
            ("<a>", XmlError::Malformed),
            ("<a></b>", XmlError::Malformed),
            ("<a/><b/>", XmlError::Malformed),
            ("<a/>tail", XmlError::Malformed),
            ("<a>< /></a>", XmlError::Malformed),
            ("<a>< b></ b></a>", XmlError::Malformed),
            ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", XmlError::Entities),
            ("<a>&x;</a>", XmlError::Entities),
            (&deep, XmlError::TooDeep),
            (&crowded, XmlError::TooMany),
        ] {
            assert_eq!(
                Document::parse(bad.as_bytes()).map(|_| ()).unwrap_err(),
                error,
                "{}",
                &bad[..bad.len().min(40)]
            );
        }
        assert_eq!(Document::parse(b"<a>\xff</a>").map(|_| ()).unwrap_err(), XmlError::NotUtf8);
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back_as_it_was_written(text in "\\PC{0,40}") {
            let mut writer = Writer::new();
            writer.open("r").element("t", &text).close("r");
            let xml = writer.into_string();
            let document = Document::parse(xml.as_bytes()).unwrap();
            proptest::prop_assert_eq!(document.root().child("t").unwrap().text(), text);
        }

        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            if let Ok(document) = Document::parse(&bytes) {
                let root = document.root();
                let _ = (root.text(), root.number("a"), root.without(root.children()));
            }
        }

        #[test]
        fn the_quick_pass_reads_what_quick_xml_reads(parts in proptest::collection::vec(
            proptest::sample::select(vec!["<a>x</a>", "<bc> <a/>&gt;<a></a></bc>", "<a>", "</a>", "<bc>", "</bc>", "<b-c.d_1/>", "<a/>", " ", "\n", "text", "é", "&amp;", "&lt;", "&x;", "&#65;", "&", "<", ">", "]]>", "<!--", "-->", "<a >", "</a >", "<a b='c'>", "<1>", "<é>"]), 0..14)) {
            for text in [parts.concat(), format!("<a>{}</a>", parts.concat())] {
                if let Some(elements) = plain::elements(&text) {
                    proptest::prop_assert_eq!(Document::read(&text), Ok(elements), "{}", text);
                }
            }
        }

        #[test]
        fn no_markup_panics(parts in proptest::collection::vec(
            proptest::sample::select(vec!["<a>", "</a>", "<b/>", "<a", ">", "&amp;", "&#0;", "&#xFFFFFFFF;", "&", "<![CDATA[", "]]>", "<!--", "-->", "x", "<?", "?>"]), 0..12)) {
            if let Ok(document) = Document::parse(parts.concat().as_bytes()) {
                let root = document.root();
                let _ = (root.text(), root.inner(), root.without(root.children()));
            }
        }
    }
}
