//! [`Changed`]: what a change does, as people read it.

use lb_core::event::{Change, HIDDEN};
use serde_json::Value;

use super::{Field, Kind};
use crate::pages::words::FormWords;

/// One field that will be other than it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// What people call it.
    pub(crate) label: String,
    /// What it is; none: nothing.
    pub(crate) from: Option<String>,
    /// What it will be.
    pub(crate) to: Option<String>,
}

/// The same as `changes`, in the words of a form that has `fields`.
pub(crate) fn changed(changes: &[Change], fields: &[Field], w: &FormWords) -> Vec<Changed> {
    let told = |change: &Change| {
        let field = fields.iter().find(|field| is_of(field, &change.field));
        let value = |text: &Option<String>| text.as_deref().and_then(|text| value(text, field, w));
        // what an empty field means is said where it has a meaning
        let nothing = || field.map(|field| field.nothing).filter(|word| !word.is_empty()).map(str::to_owned);
        let [from, to] = [&change.from, &change.to].map(|text| value(text).or_else(nothing));
        Changed { label: label(&change.field, field, w), from, to }
    };
    changes.iter().map(told).collect()
}

fn is_of(field: &Field, told: &str) -> bool {
    field.key == told || field.told_as.contains(&told)
}

fn label(told: &str, field: Option<&Field>, w: &FormWords) -> String {
    match (told, field) {
        ("latitude", _) => w.latitude.to_owned(),
        ("longitude", _) => w.longitude.to_owned(),
        (_, Some(field)) => field.label.to_owned(),
        ("secret" | "secrets", None) => w.a_secret.to_owned(),
        (other, None) => other.to_owned(),
    }
}

/// A value as people read it: none for what is nothing.
fn value(text: &str, field: Option<&Field>, w: &FormWords) -> Option<String> {
    if text == HIDDEN {
        return Some(w.hidden.to_owned());
    }
    if let Some(Field { kind: Kind::Choice(picks) | Kind::Radio(picks), .. }) = field {
        let pick = picks.iter().find(|pick| pick.value == text);
        return pick.map_or_else(|| Some(text.to_owned()), |pick| Some(pick.text.clone()));
    }
    let kind = field.map(|field| &field.kind);
    let is_list = matches!(
        kind,
        Some(
            Kind::Several { .. } | Kind::Lines | Kind::Words { .. } | Kind::Numbers | Kind::WholeNumbers | Kind::Texts
        )
    );
    match (text, serde_json::from_str(text)) {
        ("true", _) if matches!(kind, Some(Kind::Check)) => Some(w.yes.to_owned()),
        ("false", _) if matches!(kind, Some(Kind::Check)) => Some(w.no.to_owned()),
        (_, Ok(Value::Array(all))) if is_list => {
            let all: Vec<_> = all.iter().map(plain).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        (_, Ok(Value::Object(all))) if is_list => {
            let line = |(name, value): (&String, &Value)| match plain(value).as_str() {
                HIDDEN => format!("{name} = {}", w.hidden),
                value => format!("{name} = {value}"),
            };
            let all: Vec<_> = all.iter().map(line).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        ("", _) => None,
        _ => Some(text.to_owned()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
