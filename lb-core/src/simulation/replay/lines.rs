//! Lines of JSON to events.

use std::fmt;
use std::io::{BufRead, Read};

use serde_json::{Map, Value};

use super::BadReplay;
use crate::event::Event;

/// What a replay is made of. Other events are passed over, whatever is in them.
const KINDS: [&str; 5] = ["meeting-created", "meeting-adopted", "meeting-ended", "user-entered", "user-left"];
/// A longer line is refused.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// An event, and the line that it was read from, which errors name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReadEvent {
    /// What happened.
    pub event: Event,
    /// Where it stands.
    pub line: Line,
}

impl From<Event> for ReadEvent {
    /// One that comes from no file.
    fn from(event: Event) -> Self {
        Self { event, line: Line::NONE }
    }
}

/// Where an event was read, if in a file: shown as `line 7: `, or as nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line(u32);

impl Line {
    /// In no file.
    pub const NONE: Self = Self(0);

    /// Its number, from 1 on.
    pub fn number(self) -> Option<u32> {
        (self.0 > 0).then_some(self.0)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().map_or(Ok(()), |number| write!(f, "line {number}: "))
    }
}

/// The events of meetings and of people in them that `input` holds, one JSON object on each line: an event as it is stored, as
/// the administration shows it, or a whole page of those (`{"items": […]}`). Empty lines and other events are passed over. No
/// more of a line is held than may be in one.
///
/// # Errors
/// [`BadReplay::Line`] with the number of the line and what is wrong with it; [`BadReplay::Unreadable`] as soon as a line
/// cannot be read; [`BadReplay::Empty`] where no line holds an event; [`BadReplay::TooMuch`].
pub fn read(mut input: impl BufRead) -> Result<Vec<ReadEvent>, BadReplay> {
    let mut events = Vec::new();
    let (mut heard, mut bytes) = (false, Vec::new());
    for number in 1.. {
        bytes.clear();
        let longest = LONGEST_LINE as u64 + 1;
        let taken = input.by_ref().take(longest).read_until(b'\n', &mut bytes);
        if taken.map_err(|error| BadReplay::Unreadable { number, error })? == 0 {
            break;
        }
        let bad = |problem| BadReplay::Line { number, problem };
        if bytes.len() > LONGEST_LINE {
            return Err(bad(format!("it has more than {LONGEST_LINE} bytes; {ONE_ON_EACH}")));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is no text in UTF-8".to_owned()))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        heard = true;
        let line = Line(u32::try_from(number).unwrap_or(u32::MAX));
        let mut object = object(text).map_err(bad)?;
        if let Some(Value::Array(_)) = object.get("items") {
            let Some(Value::Array(items)) = object.remove("items") else { continue };
            for (place, item) in (1..).zip(items) {
                let Value::Object(item) = item else {
                    return Err(bad(format!("item {place} is no JSON object")));
                };
                let event = event(item).map_err(|problem| bad(format!("item {place}: {problem}")))?;
                events.extend(event.map(|event| ReadEvent { event, line }));
            }
        } else {
            events.extend(event(object).map_err(bad)?.map(|event| ReadEvent { event, line }));
        }
        if events.len() > super::MOST_STAYS * 2 {
            return Err(BadReplay::TooMuch);
        }
    }
    if heard { Ok(events) } else { Err(BadReplay::Empty) }
}

const ONE_ON_EACH: &str = "one event stands on one line, as `jq -c '.items[]'` writes them";

fn object(line: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("it is no JSON object; {ONE_ON_EACH}")),
        Err(error) if error.is_eof() => Err(format!("it is no whole JSON object; {ONE_ON_EACH}")),
        Err(error) => {
            // the line of which it speaks is always the first
            let text = error.to_string();
            let problem = text.split_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
            Err(format!("it is no JSON: {problem} at byte {}", error.column()))
        }
    }
}

/// The event that an object is, if it is one that a replay is made of.
fn event(object: Map<String, Value>) -> Result<Option<Event>, String> {
    let kind = object.get("event").and_then(Value::as_str).ok_or("it has no \"event\" that says what happened")?;
    if !KINDS.contains(&kind) {
        return Ok(None);
    }
    let kind = kind.to_owned();
    let stored = if object.contains_key("meeting") { object } else { as_stored(object)? };
    let read = serde_json::from_value(Value::Object(stored));
    read.map(Some).map_err(|error| format!("it is no {kind}: {error}"))
}

/// An event as the administration shows it, as it is stored: what only some events have stands aside there, the meeting's key
/// in two parts, and moments are texts.
fn as_stored(mut shown: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let data = match shown.remove("data") {
        Some(Value::Object(data)) => data,
        _ => return Err("it has neither \"meeting\" nor \"data\"".to_owned()),
    };
    let mut meeting = Map::new();
    for name in ["integration", "meeting_id"] {
        let given = shown.remove(name).filter(Value::is_string);
        meeting.insert(name.to_owned(), given.ok_or_else(|| format!("it has no {name:?}"))?);
    }
    shown.insert("meeting".to_owned(), Value::Object(meeting));
    shown.extend(data);
    for name in ["at", "until"] {
        if let Some(text) = shown.get(name).and_then(Value::as_str) {
            let moment: jiff::Timestamp = text.parse().map_err(|_| format!("{name:?} is no moment: {text:?}"))?;
            let millis = u64::try_from(moment.as_millisecond()).map_err(|_| format!("{name:?} is before 1970"))?;
            shown.insert(name.to_owned(), millis.into());
        }
    }
    Ok(shown)
}
