//! What must hold of every document, for [`testkit::fuzz`](crate::testkit::fuzz).

use super::{DEPTH_LIMIT, Document, Node, TAG_LIMIT, Writer, plain};

/// Reads any bytes; panics where something does not hold of what was read.
pub(crate) fn document(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes) else { return };
    let source = document.source;
    if let Some(elements) = plain::elements(source) {
        assert_eq!(Document::read(source), Ok(elements), "the quick pass reads what quick-xml reads");
    }
    assert!(document.elements.len() <= TAG_LIMIT);
    assert_eq!(document.without([]), source);
    walk(document.root(), 1);
    let root = document.root();
    let bare = root.without(root.children());
    let bare = Document::parse(bare.as_bytes()).expect("a document without some of its elements is one");
    assert_eq!(bare.root().children().count(), 0);
    assert_eq!(bare.root().text(), root.text());
    let mut writer = Writer::new();
    writer.open("r").element("t", &root.text()).close("r");
    let written = writer.into_string();
    let written = Document::parse(written.as_bytes()).expect("what is written can be read");
    assert_eq!(written.root().child("t").expect("it was written").text(), root.text());
}

fn walk(node: Node<'_>, depth: usize) {
    assert!(depth <= DEPTH_LIMIT);
    assert!(!node.name().is_empty() && node.is(node.name()));
    let whole = node.without([]);
    assert!(whole.starts_with('<') && whole.ends_with('>') && whole.contains(node.inner()));
    let _ = (node.text(), node.number(node.name()), node.flag(node.name()));
    node.children().for_each(|child| walk(child, depth + 1));
}
