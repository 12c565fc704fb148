//! [`Look`]: for whom something is written.

use crate::live::{Audience, View};
use crate::pages::language::Language;
use crate::pages::numbers;
use crate::pages::words::Words;

/// For whom something is written, and in which language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Every sentence.
    pub(crate) w: &'static Words,
    /// The language of them.
    pub(crate) language: Language,
    /// Whether they may see names of integrations, meetings and people.
    pub(crate) sees_names: bool,
}

impl Look {
    /// For those who have this view.
    pub(crate) fn of(view: &View<'_>) -> Self {
        let sees_names = view.audience == Audience::Network;
        Self { w: Words::of(view.language), language: view.language, sees_names }
    }

    /// A count, as people write it.
    pub(crate) fn number(&self, number: impl numbers::Whole) -> String {
        numbers::whole(number.whole(), self.language)
    }

    /// A figure, as people write it; a dash where it is not known.
    pub(crate) fn decimal(&self, figure: Option<f64>, digits: usize) -> String {
        figure.map_or_else(|| "–".to_owned(), |figure| numbers::decimal(figure, digits, self.language))
    }

    /// A count that may not be known.
    pub(crate) fn count(&self, count: Option<u32>) -> String {
        count.map_or_else(|| "–".to_owned(), |count| self.number(count))
    }
}
