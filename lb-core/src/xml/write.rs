//! [`Writer`]: answers as BBB writes them, without declaration or namespace.

use std::borrow::Cow;
use std::fmt;

/// `text` with `& < > " '` as entities, and without characters that XML cannot carry.
pub fn escape(text: &str) -> Cow<'_, str> {
    match clean(text) {
        Cow::Borrowed(text) => quick_xml::escape::escape(text),
        Cow::Owned(text) => Cow::Owned(quick_xml::escape::escape(&text).into_owned()),
    }
}

/// `text` without characters that XML cannot carry.
fn clean(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, "")) } else { Cow::Borrowed(text) }
}

/// Whether an element may be called `name`: ASCII letters, digits, `_`, `-` and `.`, a letter or `_` first. Names that begin with
/// `xml` belong to XML itself.
pub fn is_name(name: &str) -> bool {
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_xmls = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    begins_well && !is_xmls && name.bytes().all(is_plain)
}

/// Writes elements one after the other.
///
/// ```
/// use lb_core::xml::Writer;
/// let mut writer = Writer::new();
/// writer.open("response").element("returncode", "SUCCESS").close("response");
/// assert_eq!(writer.into_string(), "<response><returncode>SUCCESS</returncode></response>");
/// ```
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes) }
    }

    /// `<name>`. The name must be one that XML takes.
    pub fn open(&mut self, name: &str) -> &mut Self {
        self.raw("<").raw(name).raw(">")
    }

    /// `</name>`.
    pub fn close(&mut self, name: &str) -> &mut Self {
        self.raw("</").raw(name).raw(">")
    }

    /// `<name>text</name>`, the text escaped.
    pub fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.open(name).raw(&escape(text)).close(name)
    }

    /// `<name><![CDATA[text]]></name>`, for clients that look for it so.
    pub fn verbatim(&mut self, name: &str, text: &str) -> &mut Self {
        // what would end the section stands in two of them
        let text = clean(text).replace("]]>", "]]]]><![CDATA[>");
        self.open(name).raw("<![CDATA[").raw(&text).raw("]]>").close(name)
    }

    /// Text that is XML already.
    pub fn raw(&mut self, xml: &str) -> &mut Self {
        self.text.push_str(xml);
        self
    }

    /// How much has been written, bytes.
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// What was written.
    pub fn into_string(self) -> String {
        self.text
    }
}

impl fmt::Debug for Writer {
    /// Without its text, which may carry passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}
