//! What stands before the root element of a website's XML: a document type there is refused, because entities that it declares
//! are expanded by whoever reads the body, and no website of BBB needs one.

/// How much of a body may stand before its root element, bytes.
pub(super) const LONGEST: usize = 64 << 10;

/// What the beginning of a body says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prolog {
    /// It may go on to a server.
    Fine,
    /// It declares a document type.
    DocumentType,
    /// More of it is needed.
    Open,
}

/// Looks at the beginning of a body (XML 1.0, 2.8): the declaration, comments and instructions are passed over.
pub(super) fn look(mut text: &[u8]) -> Prolog {
    text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    loop {
        text = text.trim_ascii_start();
        let end = match text {
            [b'<', b'?', ..] => after(text, b"?>"),
            [b'<', b'!', b'-', b'-', ..] => after(text, b"-->"),
            [] | [b'<'] | [b'<', b'!'] | [b'<', b'!', b'-'] => None,
            [b'<', b'!', ..] => return Prolog::DocumentType,
            _ => return Prolog::Fine,
        };
        let Some(rest) = end else { return Prolog::Open };
        text = rest;
    }
}

fn after<'t>(text: &'t [u8], end: &[u8]) -> Option<&'t [u8]> {
    let at = text.windows(end.len()).position(|found| found == end)?;
    text.get(at + end.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_found_wherever_it_may_stand() {
        for fine in [
            "<modules/>",
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- <!DOCTYPE x> --><modules/>",
            "no XML",
            " <a><!DOCTYPE x>",
        ] {
            assert_eq!(look(fine.as_bytes()), Prolog::Fine, "{fine}");
        }
        for bad in ["<!DOCTYPE x>", "<?xml version=\"1.0\"?><!-- a --> <!doctype x [", "\n<!ENTITY a 'b'>"] {
            assert_eq!(look(bad.as_bytes()), Prolog::DocumentType, "{bad}");
        }
        for open in ["", "  ", "<", "<!", "<!-", "<!-- a", "<?xml version=\"1.0\""] {
            assert_eq!(look(open.as_bytes()), Prolog::Open, "{open}");
        }
    }
}
