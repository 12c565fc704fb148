//! Forms whose fields are described once: [`Field`] says what one is, [`Filled`] what stands in it, `parts/fields.html` draws it,
//! and [`Changed`] says what a change does.
//!
//! A form is filled with the JSON of a body of REST, and what was posted is read into such JSON again. A field that comes back as
//! it was shown is what it was, to the bit: who changes one thing changes nothing else.

mod changed;
mod filled;
mod sealed;
mod shown;
#[cfg(test)]
mod tests;
mod written;

pub(crate) use self::changed::{Changed, changed};
pub(crate) use self::filled::{Filled, Posted, posted};
pub(crate) use self::shown::{Fact, Shown};
pub(crate) use self::written::lasting;

/// One field of a form.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Where it stands in the body: `plan`, `create.forced`. It is its name in the form too.
    pub(crate) key: &'static str,
    /// What people call it.
    pub(crate) label: &'static str,
    /// What it does, or how it is written; may be empty.
    pub(crate) hint: &'static str,
    /// How it is filled in.
    pub(crate) kind: Kind,
    /// Whether it must be filled in.
    pub(crate) required: bool,
    /// What its number counts; may be empty.
    pub(crate) unit: &'static str,
    /// What it is called where changes are told, if not as `key`.
    pub(crate) told_as: &'static [&'static str],
    /// Whether it is shown and cannot be changed.
    pub(crate) locked: bool,
    /// The heading that it begins; may be empty.
    pub(crate) heading: &'static str,
    /// What browsers propose for it, of their own list of such words.
    pub(crate) autocomplete: &'static str,
    /// What it means that nothing is filled in: `no limit`; may be empty.
    pub(crate) nothing: &'static str,
}

/// How a field is filled in, and what it is in the body.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A text of so many characters at most; null where it is empty, unless the field is required or says that it may be empty.
    Text { most: usize, empty: Empty },
    /// A secret of 8 to 255 characters that can be seen. It is never shown again. Null where it is empty.
    Secret,
    /// A password. It is never shown again.
    Password { fewest: usize, most: usize },
    /// A whole number; null where it is empty.
    Whole { least: u64, most: u64 },
    /// A number; null where it is empty.
    Decimal { least: f64, most: f64 },
    /// How long: `4h 30m`; whole seconds. Null where it is empty.
    Lasting,
    /// One of these; null where it is the empty one.
    Choice(Vec<Pick>),
    /// The same, with room for what each means.
    Radio(Vec<Pick>),
    /// Any of these; null where `all` is ticked.
    Several { picks: Vec<Pick>, all: &'static str },
    /// A list: each on its own line.
    Lines,
    /// A list, with commas in between. A list of which nothing is said is null if it `may_be_null`; a dash is then one without any.
    Words { may_be_null: bool },
    /// Names with numbers, `name = 1.5` on each line.
    Numbers,
    /// Names with whole numbers, `name = 90` on each line.
    WholeNumbers,
    /// Names with texts, `name = text` on each line; `\n` stands for a new line in a text.
    Texts,
    /// A latitude and a longitude, or null.
    Position,
    /// A moment in UTC; null where it is empty.
    Moment,
    /// Yes or no.
    Check,
}

/// What an empty text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// Nothing: null.
    Null,
    /// A text like any other.
    Text,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    /// What it is in the body; empty: null.
    pub(crate) value: String,
    /// What people call it.
    pub(crate) text: String,
    /// What it means; may be empty.
    pub(crate) hint: String,
}

impl Pick {
    /// Something that can be chosen.
    pub(crate) fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), hint: String::new() }
    }

    /// The same, with what it means.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl Field {
    /// A field that may stay empty.
    pub(crate) fn new(key: &'static str, kind: Kind, label: &'static str, hint: &'static str) -> Self {
        Self {
            key,
            label,
            hint,
            kind,
            required: false,
            unit: "",
            told_as: &[],
            locked: false,
            heading: "",
            autocomplete: "off",
            nothing: "",
        }
    }

    /// It must be filled in.
    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// What its number counts.
    pub(crate) fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// What it is called where changes are told.
    pub(crate) fn told_as(self, told_as: &'static [&'static str]) -> Self {
        Self { told_as, ..self }
    }

    /// It is only shown, if `locked`.
    pub(crate) fn locked(self, locked: bool) -> Self {
        Self { locked, ..self }
    }

    /// A heading goes before it.
    pub(crate) fn heading(self, heading: &'static str) -> Self {
        Self { heading, ..self }
    }

    /// What nothing means.
    pub(crate) fn nothing(self, nothing: &'static str) -> Self {
        Self { nothing, ..self }
    }

    /// What browsers may propose.
    pub(crate) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }
}
