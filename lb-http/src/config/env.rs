//! Overrides by environment: `LB__SECTION__KEY` sets `section.key`, `LB__SERVERS__0__URL` a key of the first server.
//!
//! A variable's text is tried as a TOML value, then as plain text, then as a list of texts between commas: what its key can
//! be wins. So `LB__MONITOR__PASSWORD=12345` is a password, though 12345 would be a number.

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue, Error};

use super::file::File;

const PREFIX: &str = "LB__";

/// The tables of which there are several, chosen by number.
const LISTS: [&str; 2] = ["integrations", "servers"];

/// One variable. Its text counts as standing from `start` on, behind the file and the variables before it, so that
/// whatever is found wrong later leads back to it.
#[derive(Clone)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) start: usize,
    text: String,
}

impl Variable {
    fn steps(&self) -> Vec<String> {
        self.name.trim_start_matches(PREFIX).split("__").map(str::to_lowercase).collect()
    }

    /// Where the key at step `depth` counts as standing: behind the text.
    fn key<'v>(&self, depth: usize, key: &str) -> Spanned<DeString<'v>> {
        let at = self.start + self.text.len() + 1 + depth;
        Spanned::new(at..at + 1, DeString::Owned(key.to_owned()))
    }

    /// All that its text may mean.
    fn meanings(&self) -> impl Iterator<Item = Spanned<DeValue<'_>>> {
        let end = self.start + self.text.len();
        let text = |text: &str| DeValue::String(DeString::Owned(text.to_owned()));
        let toml = DeValue::parse(&self.text).ok().map(|value| moved(value, self.start));
        let mut begin = self.start;
        let mut entries = DeArray::new();
        for entry in self.text.split(',') {
            if !entry.trim().is_empty() {
                entries.push(Spanned::new(begin..begin + entry.len(), text(entry.trim())));
            }
            begin += entry.len() + 1;
        }
        let plain = Spanned::new(self.start..end, text(&self.text));
        // one longer than its text, so that the list is not taken for its only entry
        let list = Spanned::new(self.start..end + 1, DeValue::Array(entries));
        toml.into_iter().chain([plain, list])
    }
}

/// The variables that are meant, in an order in which `…__0__…` comes before `…__1__…`.
pub(super) fn variables(environment: impl Iterator<Item = (String, String)>, file_length: usize) -> Vec<Variable> {
    let mut variables: Vec<_> = environment
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, text)| Variable { name, text, start: 0 })
        .collect();
    variables.sort_by_cached_key(|variable| {
        variable.steps().into_iter().map(|step| (step.parse::<u32>().ok(), step)).collect::<Vec<_>>()
    });
    let mut start = file_length + 1;
    for variable in &mut variables {
        variable.start = start;
        start += variable.text.len() + variable.name.len() + 2;
    }
    variables
}

/// Why a variable cannot be used.
pub(super) enum Refused<'v> {
    /// It cannot stand where its name says.
    Place(String),
    /// Its value is not what its key must be; found in this document, which has nothing else.
    Value(DeTable<'v>, Error),
}

/// Writes `variable` over what `document` says.
pub(super) fn write_over<'v>(document: &mut DeTable<'v>, variable: &'v Variable) -> Result<(), Refused<'v>> {
    let steps = variable.steps();
    if let [list, rest @ ..] = &steps[..]
        && LISTS.contains(&list.as_str())
        && rest.first().is_some_and(|number| number.parse::<u32>().is_err())
    {
        let text = format!("after {PREFIX}{} must come a number from 0, such as __0__", list.to_uppercase());
        return Err(Refused::Place(text));
    }
    let (mut refusal, mut settled) = (None, false);
    for value in variable.meanings() {
        let mut alone = DeTable::new();
        insert(&mut alone, variable, &steps, true, value.clone()).map_err(Refused::Place)?;
        let root = Spanned::new(0..0, alone.clone());
        match File::deserialize(toml::de::Deserializer::from(root)) {
            Ok(_) => return insert(document, variable, &steps, false, value).map_err(Refused::Place),
            // Who writes a TOML table or list is told what is wrong in it.
            Err(_) if settled => {}
            Err(error) => {
                settled = matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
                refusal = Some(Refused::Value(alone, error));
            }
        }
    }
    refusal.map_or(Ok(()), Err)
}

/// Puts `value` at `steps`, making the tables on the way. With `alone` a number leads to the only entry of its list.
fn insert<'v>(
    document: &mut DeTable<'v>,
    variable: &Variable,
    steps: &[String],
    alone: bool,
    value: Spanned<DeValue<'v>>,
) -> Result<(), String> {
    let mut place = &mut Spanned::new(value.span(), DeValue::Boolean(false));
    let mut table = Some(document);
    for (depth, step) in steps.iter().enumerate() {
        let key = variable.key(depth, step);
        let empty = Spanned::new(key.span(), DeValue::Table(DeTable::new()));
        place = match (table.take(), place.get_mut()) {
            (Some(table), _) | (None, DeValue::Table(table)) => {
                let known = table.keys().find(|key| same_name(key.get_ref(), step)).cloned();
                let key = known.unwrap_or(key);
                let list = depth == 0 && LISTS.contains(&step.as_str()) && steps.len() > 1;
                let new = if list { Spanned::new(key.span(), DeValue::Array(DeArray::new())) } else { empty };
                table.entry(key).or_insert(new)
            }
            (None, DeValue::Array(list)) => {
                let (length, number) = (list.len(), step.parse().unwrap_or(usize::MAX));
                let number = if alone { 0 } else { number };
                if number == length {
                    list.push(empty);
                }
                let Some(place) = list.get_mut(number) else {
                    return Err(format!("there are {length} of these, so the next has the number {length}"));
                };
                place
            }
            // The file has something else here, and is told so itself.
            (None, _) => return Ok(()),
        };
    }
    *place = value;
    Ok(())
}

/// Names of variables know no lower case and no hyphen.
fn same_name(key: &str, step: &str) -> bool {
    key.to_lowercase().replace('-', "_") == step.replace('-', "_")
}

/// The same value standing `by` further on.
fn moved(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let shift = |span: std::ops::Range<usize>| span.start + by..span.end + by;
    let span = shift(value.span());
    let value = match value.into_inner() {
        DeValue::Array(list) => DeValue::Array(list.into_iter().map(|value| moved(value, by)).collect()),
        DeValue::Table(table) => {
            let entries = table.into_iter().map(|(key, value)| {
                let span = shift(key.span());
                (Spanned::new(span, key.into_inner()), moved(value, by))
            });
            DeValue::Table(entries.collect())
        }
        single => single,
    };
    Spanned::new(span, value)
}
