//! What parameters of calls are called, take, and mean.

use crate::pages::language::Language;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    Address,
    /// With commas between them.
    List,
    Json,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// How often a parameter is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Usual,
    Rare,
}

/// A parameter of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) need: Need,
    english: &'static str,
    portuguese: &'static str,
}

impl Parameter {
    /// What it means.
    pub(super) fn means(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Portuguese => self.portuguese,
        }
    }
}

pub(super) const fn required(name: &'static str, english: &'static str, portuguese: &'static str) -> Parameter {
    Parameter { name, kind: Kind::Text, need: Need::Required, english, portuguese }
}

pub(super) const fn usual(
    name: &'static str,
    kind: Kind,
    english: &'static str,
    portuguese: &'static str,
) -> Parameter {
    Parameter { name, kind, need: Need::Usual, english, portuguese }
}

pub(super) const fn rare(name: &'static str, kind: Kind, english: &'static str, portuguese: &'static str) -> Parameter {
    Parameter { name, kind, need: Need::Rare, english, portuguese }
}
