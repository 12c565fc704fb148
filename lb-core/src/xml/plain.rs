//! The documents that BBB's API sends: elements without attributes, and text. They are read here in one quick pass; whatever
//! else stands in a document (attributes, CDATA, comments, declarations, entities of its own, mistakes) is left to quick-xml.

use super::{DEPTH_LIMIT, Element};

/// The elements of `source`; `None` where it is not surely well-formed and plain.
pub(super) fn elements(source: &str) -> Option<Vec<Element>> {
    let bytes = source.as_bytes();
    // BBB's elements take some 30 bytes each
    let mut elements: Vec<Element> = Vec::with_capacity(bytes.len() / 24 + 1);
    let mut open: Vec<usize> = Vec::with_capacity(8);
    let mut at = 0;
    loop {
        let outside = open.is_empty();
        let text = at;
        at = text_end(bytes, at)?;
        if at == bytes.len() {
            return (outside && !elements.is_empty() && is_blank(bytes.get(text..at)?)).then_some(elements);
        }
        if outside && !(is_blank(bytes.get(text..at)?) && elements.is_empty()) {
            return None;
        }
        let before = at;
        if bytes.get(at + 1) == Some(&b'/') {
            let element = elements.len();
            let opened = elements.get_mut(open.pop()?)?;
            let name = bytes.get(opened.name.clone())?;
            let tag = at + 2;
            at = tag + name.len() + 1;
            if bytes.get(tag..at)?.strip_suffix(b">") != Some(name) {
                return None;
            }
            opened.inner.end = before;
            opened.span.end = at;
            opened.end = element;
        } else {
            let name = before + 1..name_end(bytes, before + 1)?;
            let empty = bytes.get(name.end) == Some(&b'/');
            at = name.end + usize::from(empty) + 1;
            if bytes.get(at - 1) != Some(&b'>') || open.len() == DEPTH_LIMIT {
                return None;
            }
            if !empty {
                open.push(elements.len());
            }
            elements.push(Element { name, span: before..at, inner: at..at, end: elements.len() + 1 });
        }
    }
}

/// Where the text that begins at `at` ends: at a `<`, or with the document.
fn text_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let rest = bytes.get(at..)?;
        let Some(length) = rest.iter().position(|&byte| is(byte, MARKUP)) else { return Some(bytes.len()) };
        at += length;
        if rest.get(length) == Some(&b'<') {
            return Some(at);
        }
        let reference = bytes.get(at..)?;
        let known = [&b"&amp;"[..], b"&lt;", b"&gt;", b"&quot;", b"&apos;"];
        at += known.iter().find(|known| reference.starts_with(known))?.len();
    }
}

/// Where the name that begins at `at` ends; `None` if it is none of ASCII letters, digits, `_`, `-` and `.`.
fn name_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    rest.first().filter(|&&first| is(first, NAME_START))?;
    Some(at + rest.iter().position(|&byte| !is(byte, NAME))?)
}

/// `<` and `&`.
const MARKUP: u8 = 1;
const NAME: u8 = 2;
const NAME_START: u8 = 4;

/// What each byte may be: one look instead of many comparisons for every byte of an answer.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'<' | b'&' => MARKUP,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => NAME | NAME_START,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

fn is_blank(text: &[u8]) -> bool {
    text.trim_ascii().is_empty()
}
