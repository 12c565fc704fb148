//! All of them: searched, counted, one page after the other.

use askama::Template;
use lb_core::Timestamp;
use serde::Deserialize;

use super::KindWords;
use crate::pages::frame::Frame;
use crate::pages::listing::{PAGE, Pager};
use crate::pages::sentence::Sentence;
use crate::pages::words::fill;
use crate::rest::Problem;
use crate::rest::page::{Page, Paging};

/// What is asked for, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages::admin) struct Asked {
    /// What names have in them.
    pub(in crate::pages::admin) q: String,
    pub(in crate::pages::admin) state: String,
    pub(in crate::pages::admin) tag: String,
    pub(in crate::pages::admin) plan: String,
    pub(in crate::pages::admin) partner: String,
    pub(in crate::pages::admin) router: String,
    pub(in crate::pages::admin) after: String,
}

impl Asked {
    /// Whether one of these names has what is searched for in it, in any case.
    pub(in crate::pages::admin) fn fits(&self, names: &[&str]) -> bool {
        let text = self.q.trim().to_lowercase();
        text.is_empty() || names.iter().any(|name| name.to_lowercase().contains(&text))
    }

    /// The same as the pairs of a query.
    fn pairs(&self) -> [(&str, &str); 6] {
        let Self { q, state, tag, plan, partner, router, after: _ } = self;
        [("q", q), ("state", state), ("tag", tag), ("plan", plan), ("partner", partner), ("router", router)]
            .map(|(name, value)| (name, value.as_str()))
    }

    fn is_narrowed(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.trim().is_empty())
    }
}

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::pages::admin) struct Column {
    pub(in crate::pages::admin) label: &'static str,
    /// Whether it has numbers.
    pub(in crate::pages::admin) number: bool,
}

impl Column {
    /// A column of texts.
    pub(in crate::pages::admin) fn text(label: &'static str) -> Self {
        Self { label, number: false }
    }

    /// A column of numbers.
    pub(in crate::pages::admin) fn number(label: &'static str) -> Self {
        Self { label, number: true }
    }
}

/// What stands in a column of a row.
#[derive(Clone, Debug, Default)]
pub(in crate::pages::admin) struct Cell {
    pub(in crate::pages::admin) text: String,
    /// A second line; may be empty.
    pub(in crate::pages::admin) note: Sentence,
    /// The word of a server's state, drawn with its shape; may be empty.
    pub(in crate::pages::admin) state: &'static str,
    /// `is-good`, `is-warning`, `is-critical` or `is-quiet`, drawn with its shape; may be empty.
    pub(in crate::pages::admin) tone: &'static str,
    /// Short words beside each other.
    pub(in crate::pages::admin) tags: Vec<String>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// The same with a second line.
    pub(in crate::pages::admin) fn note(self, note: Sentence) -> Self {
        Self { note, ..self }
    }

    /// The same with a shape that says how good it is.
    pub(in crate::pages::admin) fn tone(self, tone: &'static str) -> Self {
        Self { tone, ..self }
    }
}

/// One of them in a list.
#[derive(Clone, Debug)]
pub(in crate::pages::admin) struct ListRow {
    pub(in crate::pages::admin) name: String,
    /// What people call it, where that is something else; may be empty.
    pub(in crate::pages::admin) note: String,
    pub(in crate::pages::admin) href: String,
    /// Whether the configuration file declares it.
    pub(in crate::pages::admin) managed: bool,
    pub(in crate::pages::admin) cells: Vec<Cell>,
    /// `is-warning`, `is-critical` or `is-quiet`; may be empty.
    pub(in crate::pages::admin) tone: &'static str,
}

/// What narrows a list to those that have one of `options`: values with words.
#[derive(Clone, Debug)]
pub(in crate::pages::admin) struct Select {
    pub(in crate::pages::admin) name: &'static str,
    pub(in crate::pages::admin) label: &'static str,
    pub(in crate::pages::admin) chosen: String,
    pub(in crate::pages::admin) options: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "admin/list.html")]
pub(in crate::pages::admin) struct ListPage {
    pub(in crate::pages::admin) frame: Frame,
    pub(in crate::pages::admin) base: &'static str,
    pub(in crate::pages::admin) words: KindWords,
    /// Where a new one is made, if who looks may.
    pub(in crate::pages::admin) new: Option<&'static str>,
    pub(in crate::pages::admin) asked: Asked,
    pub(in crate::pages::admin) narrowed: bool,
    pub(in crate::pages::admin) selects: Vec<Select>,
    pub(in crate::pages::admin) columns: Vec<Column>,
    pub(in crate::pages::admin) rows: Vec<ListRow>,
    /// How many fit, of how many.
    pub(in crate::pages::admin) counted: String,
    pub(in crate::pages::admin) pager: Pager,
    pub(in crate::pages::admin) frozen: Option<Frozen>,
}

/// That many servers fell silent at once.
#[derive(Clone, Debug)]
pub(in crate::pages::admin) struct Frozen {
    pub(in crate::pages::admin) since: Timestamp,
    /// What the sentence has before and after that.
    pub(in crate::pages::admin) before: &'static str,
    pub(in crate::pages::admin) after: &'static str,
    /// Whether who looks may say that they are down.
    pub(in crate::pages::admin) may_lift: bool,
}

/// One page of a list.
pub(in crate::pages::admin) struct Listed {
    pub(in crate::pages::admin) rows: Vec<ListRow>,
    pub(in crate::pages::admin) counted: String,
    pub(in crate::pages::admin) pager: Pager,
    pub(in crate::pages::admin) narrowed: bool,
}

/// One page of those that fit out of `total`, which are in the order of their names.
pub(in crate::pages::admin) fn listed<E>(
    frame: &Frame,
    base: &str,
    asked: &Asked,
    (fitting, total): (Vec<E>, usize),
    name: impl Fn(&E) -> &str,
    row: impl FnMut(E) -> ListRow,
) -> Result<Listed, Problem> {
    let counted = fill(frame.w.admin.found, &[&frame.number(fitting.len()), &frame.number(total)]);
    let after = (!asked.after.is_empty()).then(|| asked.after.clone());
    let paging = Paging { limit: u16::try_from(PAGE).ok(), after };
    let page = Page::by_name(fitting.into_iter(), &paging, name, row)?;
    let pager = Pager::new(base, &asked.pairs(), &asked.after, page.next, page.items.len());
    Ok(Listed { rows: page.items, counted, pager, narrowed: asked.is_narrowed() })
}
