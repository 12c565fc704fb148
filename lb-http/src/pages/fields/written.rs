//! What stands in a field, as text and as the JSON of a body.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde_json::{Map, Number, Value};

use super::{Empty, Field, Kind, Pick};
use crate::pages::listing::moment;
use crate::pages::words::{FormWords, fill};
use crate::rest::Moment;

/// A list of which is said that it is empty.
const NONE: &str = "–";

/// The texts that stand in a field: one, but for a position, which has two, and for what is ticked of several.
pub(super) type Texts = Vec<String>;

/// What the field shows of `value`.
pub(super) fn shown(kind: &Kind, value: &Value) -> Texts {
    let text = match (kind, value) {
        (Kind::Secret | Kind::Password { .. }, _) => String::new(),
        (Kind::Several { .. }, Value::Null) => return vec![ALL.to_owned()],
        (Kind::Several { .. }, Value::Array(all)) => return all.iter().map(plain).collect(),
        (Kind::Check, Value::Bool(true)) => return vec![YES.to_owned()],
        (Kind::Check, _) => return Vec::new(),
        (Kind::Position, Value::Object(at)) => {
            return ["latitude", "longitude"].map(|part| at.get(part).map(plain).unwrap_or_default()).into();
        }
        (Kind::Position, _) => return vec![String::new(), String::new()],
        // as browsers write it: without a zone
        (Kind::Moment, Value::String(text)) => text.get(..16).unwrap_or_default().to_owned(),
        (Kind::Lasting, Value::Number(seconds)) => lasting(seconds.as_u64().unwrap_or_default()),
        (Kind::Words { may_be_null: true }, Value::Array(all)) if all.is_empty() => NONE.to_owned(),
        (Kind::Words { .. }, Value::Array(all)) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        (_, Value::Array(all)) => all.iter().map(plain).collect::<Vec<_>>().join("\n"),
        (_, Value::Object(all)) => {
            let line = |(name, value): (&String, &Value)| format!("{name} = {}", escaped(&plain(value)));
            all.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        (_, value) => plain(value),
    };
    vec![text]
}

/// That a field of several has all, or that one is ticked.
pub(super) const ALL: &str = "*";
/// What a ticked box posts.
pub(super) const YES: &str = "yes";

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // 300, not 300.0
        Value::Number(number) => number.as_f64().map_or_else(
            || number.to_string(),
            |float| match number.is_f64() {
                true => float.to_string(),
                false => number.to_string(),
            },
        ),
        other => other.to_string(),
    }
}

/// Seconds as people write them: `4h 30m`.
pub(crate) fn lasting(seconds: u64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let parts = [(minutes / 60, "h"), (minutes % 60, "m"), (seconds, "s")];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// What the body has of what was filled in.
///
/// # Errors
/// What is wrong with it, in the words of the page.
pub(super) fn read(field: &Field, texts: &[String], w: &FormWords) -> Result<Value, String> {
    let text = texts.first().map(|text| text.trim()).unwrap_or_default();
    let ticked = matches!(field.kind, Kind::Several { .. } | Kind::Check);
    if field.required && !ticked && texts.iter().all(|text| text.trim().is_empty()) {
        return Err(w.required.to_owned());
    }
    match &field.kind {
        Kind::Text { most, empty } => read_text(text, *most, *empty, w),
        Kind::Secret if text.is_empty() => Ok(Value::Null),
        Kind::Secret => {
            let good = (8..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            if good { Ok(text.into()) } else { Err(w.secret.to_owned()) }
        }
        Kind::Password { fewest, most } => {
            let password = texts.first().map(String::as_str).unwrap_or_default();
            if password.is_empty() {
                return Ok(Value::Null);
            }
            let good = (*fewest..=*most).contains(&password.chars().count());
            if good { Ok(password.into()) } else { Err(fill(w.password, &[fewest, most])) }
        }
        Kind::Whole { .. } | Kind::Decimal { .. } | Kind::Lasting if text.is_empty() => Ok(Value::Null),
        Kind::Whole { least, most } => {
            let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(&number));
            number.map(Value::from).ok_or_else(|| whole(w, *least, *most))
        }
        Kind::Decimal { least, most } => {
            decimal(text).filter(|number| (least..=most).contains(&number)).and_then(json).ok_or_else(|| {
                if *most >= f64::MAX { fill(w.decimal_from, &[least]) } else { fill(w.decimal, &[least, most]) }
            })
        }
        Kind::Lasting => seconds(text).map(Value::from).ok_or_else(|| w.lasting.to_owned()),
        Kind::Choice(picks) | Kind::Radio(picks) => chosen(picks, texts.first().map_or("", String::as_str), w),
        Kind::Several { picks, .. } => {
            if texts.iter().any(|text| text == ALL) {
                return Ok(Value::Null);
            }
            let known = |text: &&String| picks.iter().any(|pick| pick.value == **text);
            Ok(texts.iter().filter(known).cloned().map(Value::from).collect())
        }
        Kind::Lines => Ok(listed(text.lines())),
        Kind::Words { may_be_null: true } if text.is_empty() => Ok(Value::Null),
        Kind::Words { may_be_null: true } if text == NONE || text == "-" => Ok(Value::Array(Vec::new())),
        Kind::Words { .. } => Ok(listed(text.split([',', '\n']))),
        Kind::Numbers => pairs(
            text,
            w,
            |line| line.rsplit_once('='),
            |number| decimal(number).filter(|number| *number > 0.0).and_then(json),
        ),
        Kind::WholeNumbers => {
            pairs(text, w, |line| line.rsplit_once('='), |number| number.parse::<u64>().ok().map(Value::from))
        }
        Kind::Texts => pairs(text, w, |line| line.split_once('='), |text| Some(unescaped(text).into())),
        Kind::Moment => match moment(text) {
            Ok(at) => Ok(serde_json::to_value(at.map(Moment)).unwrap_or_default()),
            Err(_) => Err(w.moment.to_owned()),
        },
        Kind::Position => position(texts, w),
        Kind::Check => Ok(Value::Bool(texts.iter().any(|text| text == YES))),
    }
}

fn read_text(text: &str, most: usize, empty: Empty, w: &FormWords) -> Result<Value, String> {
    if text.chars().count() > most {
        return Err(fill(w.long, &[&most]));
    }
    if text.chars().any(|character| character.is_control()) {
        return Err(w.control.to_owned());
    }
    Ok(if text.is_empty() && empty == Empty::Null { Value::Null } else { text.into() })
}

fn whole(w: &FormWords, least: u64, most: u64) -> String {
    if most >= u64::from(u32::MAX) { fill(w.whole_from, &[&least]) } else { fill(w.whole, &[&least, &most]) }
}

/// A number as people write it in either language.
fn decimal(text: &str) -> Option<f64> {
    text.replacen(',', ".", 1).parse::<f64>().ok().filter(|number| number.is_finite())
}

fn json(number: f64) -> Option<Value> {
    Number::from_f64(number).map(Value::Number)
}

fn seconds(text: &str) -> Option<u64> {
    let span: Span = text.parse().ok()?;
    let signed: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    let duration = Duration::try_from(signed).ok()?;
    let whole = duration.subsec_nanos() == 0 && (1..=u64::from(u32::MAX)).contains(&duration.as_secs());
    whole.then_some(duration.as_secs())
}

fn chosen(picks: &[Pick], text: &str, w: &FormWords) -> Result<Value, String> {
    let pick = picks.iter().find(|pick| pick.value == text).ok_or_else(|| w.choice.to_owned())?;
    Ok(if pick.value.is_empty() { Value::Null } else { pick.value.clone().into() })
}

fn listed<'t>(parts: impl Iterator<Item = &'t str>) -> Value {
    let mut seen = BTreeSet::new();
    let parts = parts.map(str::trim).filter(|part| !part.is_empty() && seen.insert(*part));
    parts.map(Value::from).collect()
}

fn pairs(
    text: &str,
    w: &FormWords,
    split: impl Fn(&str) -> Option<(&str, &str)>,
    value: impl Fn(&str) -> Option<Value>,
) -> Result<Value, String> {
    let mut all = Map::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let pair = split(line).map(|(name, text)| (name.trim(), value(text.trim())));
        let Some((name, Some(value))) = pair.filter(|(name, _)| !name.is_empty()) else {
            return Err(fill(w.line, &[&short(line)]));
        };
        if all.insert(name.to_owned(), value).is_some() {
            return Err(fill(w.twice, &[&short(name)]));
        }
    }
    Ok(Value::Object(all))
}

/// The beginning of a line that is wrong. What stands behind its `=` may be a password.
fn short(line: &str) -> String {
    line.split('=').next().unwrap_or_default().trim().chars().take(60).collect()
}

fn position(texts: &[String], w: &FormWords) -> Result<Value, String> {
    let part = |place: usize| texts.get(place).map(|text| text.trim()).unwrap_or_default();
    if part(0).is_empty() && part(1).is_empty() {
        return Ok(Value::Null);
    }
    let number = |place, most: f64| decimal(part(place)).filter(|number| number.abs() <= most).and_then(json);
    match (number(0, 90.0), number(1, 180.0)) {
        (Some(latitude), Some(longitude)) => {
            let parts = [("latitude".to_owned(), latitude), ("longitude".to_owned(), longitude)];
            Ok(Value::Object(parts.into_iter().collect()))
        }
        _ => Err(w.position.to_owned()),
    }
}

/// A text on one line.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\r', "\\r").replace('\n', "\\n")
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('\\') | None => plain.push('\\'),
                Some(other) => plain.extend(['\\', other]),
            },
            _ => plain.push(character),
        }
    }
    plain
}
