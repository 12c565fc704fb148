//! [`Shown`]: a field as `parts/fields.html` draws it; [`Fact`]: the same to be read alone.

use std::borrow::Cow;

use super::written::{ALL, YES};
use super::{Field, Kind, Pick, sealed};
use crate::pages::words::FormWords;

/// A field as it is drawn. It may hold a secret that was typed.
pub(crate) struct Shown<'f> {
    pub(crate) field: &'f Field,
    control: &'static str,
    /// What stands in it; the first of two for a position.
    pub(crate) value: Cow<'f, str>,
    /// The second.
    pub(crate) second: &'f str,
    /// What can be chosen.
    pub(crate) picks: Vec<ShownPick<'f>>,
    /// The words for all of what can be chosen, and whether that is ticked.
    pub(crate) all: Option<(&'static str, bool)>,
    /// What is wrong with it.
    pub(crate) wrong: Option<&'f str>,
}

/// Something that can be chosen, as it is drawn.
pub(crate) struct ShownPick<'f> {
    pub(crate) pick: &'f Pick,
    pub(crate) chosen: bool,
    /// Tells it from the others of its field.
    pub(crate) number: usize,
}

impl<'f> Shown<'f> {
    pub(super) fn new(field: &'f Field, texts: &'f [String], wrong: Option<&'f str>) -> Self {
        let text = |place: usize| texts.get(place).map(String::as_str).unwrap_or_default();
        let (control, picks) = match &field.kind {
            Kind::Text { .. } | Kind::Lasting | Kind::Words { .. } => ("text", &[][..]),
            Kind::Secret | Kind::Password { .. } => ("password", &[][..]),
            Kind::Whole { .. } | Kind::Decimal { .. } => ("number", &[][..]),
            Kind::Choice(picks) => ("choice", picks.as_slice()),
            Kind::Radio(picks) => ("radio", picks.as_slice()),
            Kind::Several { picks, .. } => ("several", picks.as_slice()),
            Kind::Lines | Kind::Numbers | Kind::WholeNumbers | Kind::Texts => ("lines", &[][..]),
            Kind::Position => ("position", &[][..]),
            Kind::Moment => ("moment", &[][..]),
            Kind::Check => ("check", &[][..]),
        };
        let several = control == "several";
        let is_chosen = |pick: &Pick| if several { texts.contains(&pick.value) } else { pick.value == text(0) };
        let picks = picks.iter().enumerate();
        let picks = picks.map(|(number, pick)| ShownPick { pick, chosen: is_chosen(pick), number }).collect();
        let all = match field.kind {
            Kind::Several { all, .. } => Some((all, texts.iter().any(|text| text == ALL))),
            _ => None,
        };
        let value = if control == "password" { sealed::sealed(text(0)).into() } else { text(0).into() };
        Self { field, control, value, second: text(1), picks, all, wrong }
    }

    /// Which part of the template draws it.
    pub(crate) fn control(&self) -> &str {
        self.control
    }

    /// The id of its control, and what the ids of its hint and its error begin with.
    pub(crate) fn id(&self) -> String {
        format!("f-{}", self.field.key.replace('.', "-"))
    }

    /// Whether what is filled in is short.
    pub(crate) fn is_short(&self) -> bool {
        matches!(self.field.kind, Kind::Lasting)
    }

    /// Whether its box is ticked.
    pub(crate) fn is_ticked(&self) -> bool {
        self.value == YES
    }

    /// The ids of what describes it.
    pub(crate) fn described_by(&self) -> String {
        let id = self.id();
        let hint = (!self.field.hint.is_empty()).then(|| format!("{id}-hint"));
        let wrong = self.wrong.map(|_| format!("{id}-error"));
        hint.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
    }

    /// Attributes of its control beside name and value, as HTML: none of them has a text of anybody's in it.
    pub(crate) fn attributes(&self) -> String {
        let mut attributes = match self.field.kind {
            Kind::Text { most, .. } => format!(" maxlength=\"{most}\""),
            Kind::Secret => " minlength=\"8\" maxlength=\"255\" pattern=\"[!-~]+\"".to_owned(),
            Kind::Password { fewest, most } => format!(" minlength=\"{fewest}\" maxlength=\"{most}\""),
            Kind::Whole { least, most } => format!(" min=\"{least}\" max=\"{most}\" step=\"1\" inputmode=\"numeric\""),
            Kind::Decimal { least, most } => {
                let most = if most < f64::MAX { format!(" max=\"{most}\"") } else { String::new() };
                format!(" min=\"{least}\"{most} step=\"any\" inputmode=\"decimal\"")
            }
            _ => String::new(),
        };
        if self.field.required {
            attributes.push_str(" required");
        }
        if self.field.locked {
            attributes.push_str(match self.control {
                "text" | "number" | "lines" | "position" => " readonly",
                _ => " disabled data-stays-disabled",
            });
        }
        let described = self.described_by();
        if !described.is_empty() {
            attributes.push_str(&format!(" aria-describedby=\"{described}\""));
        }
        if self.wrong.is_some() {
            attributes.push_str(" aria-invalid=\"true\"");
        }
        attributes
    }
}

/// What stands in a field, to be read alone.
pub(crate) struct Fact<'f> {
    pub(crate) field: &'f Field,
    /// Whether nothing is filled in.
    pub(crate) is_nothing: bool,
    /// Line by line.
    pub(crate) lines: Vec<String>,
}

impl<'f> Fact<'f> {
    pub(super) fn new(field: &'f Field, texts: &[String], w: &FormWords) -> Self {
        let first = texts.first().map(String::as_str).unwrap_or_default();
        let mut lines = match &field.kind {
            Kind::Check => vec![if first == YES { w.yes } else { w.no }.to_owned()],
            Kind::Several { all, .. } if texts.iter().any(|text| text == ALL) => vec![(*all).to_owned()],
            Kind::Several { .. } => vec![texts.join(", ")],
            Kind::Position if !first.is_empty() => vec![texts.join(", ")],
            Kind::Choice(picks) | Kind::Radio(picks) => {
                let pick = picks.iter().find(|pick| pick.value == first);
                vec![pick.map_or_else(|| first.to_owned(), |pick| pick.text.clone())]
            }
            Kind::Whole { .. } | Kind::Decimal { .. } if !first.is_empty() && !field.unit.is_empty() => {
                vec![format!("{first} {}", field.unit)]
            }
            _ => first.lines().map(str::to_owned).collect(),
        };
        lines.retain(|line| !line.is_empty());
        let is_nothing = lines.is_empty();
        if is_nothing {
            lines.push(if field.nothing.is_empty() { w.nothing } else { field.nothing }.to_owned());
        }
        Self { field, is_nothing, lines }
    }
}
