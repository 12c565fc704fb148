//! How a [`Memory`] and the [`Strength`]s of servers are kept: a version, and postcard's bytes. The same memory gives the same
//! bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::memory::Memory;
use super::notebook::MOST_SERVERS;
use super::record::Record;
use super::strength::Strength;
use super::table::Table;
use crate::placement::LEARNED_BYTES;

/// The form that is written.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Kept {
    rooms: Vec<(u64, Record)>,
    hours: Vec<(u64, Record)>,
    integrations: Vec<(u64, Record)>,
    all: Record,
    alike: Record,
    servers: Vec<(u64, Strength)>,
}

/// The bytes; `None` if they are more than may be kept, which the bounds of the tables do not let happen.
pub(super) fn write(memory: &Memory, strengths: &BTreeMap<u64, Strength>) -> Option<Vec<u8>> {
    let records = |table: &Table| table.iter().map(|(key, record)| (*key, *record)).collect();
    let kept = Kept {
        rooms: records(&memory.rooms),
        hours: records(&memory.hours),
        integrations: records(&memory.integrations),
        all: memory.all,
        alike: memory.alike,
        servers: strengths.iter().take(MOST_SERVERS).map(|(key, strength)| (*key, *strength)).collect(),
    };
    let bytes = postcard::to_extend(&kept, vec![VERSION]).ok()?;
    (bytes.len() <= LEARNED_BYTES).then_some(bytes)
}

/// What was written, without the figures that cannot be, or what is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<(Memory, BTreeMap<u64, Strength>), String> {
    let (version, rest) = bytes.split_first().ok_or("it is empty")?;
    if *version != VERSION {
        return Err(format!("it is of version {version}, and this reads version {VERSION}"));
    }
    if bytes.len() > LEARNED_BYTES {
        return Err(format!("it is longer than {LEARNED_BYTES} bytes"));
    }
    let (kept, left): (Kept, _) = postcard::take_from_bytes(rest).map_err(|problem| problem.to_string())?;
    if !left.is_empty() {
        return Err(format!("{} bytes follow its end", left.len()));
    }
    // what cannot be costs nothing but itself
    let records = |records: Vec<(u64, Record)>| records.into_iter().filter(|(_, record)| record.is_sound());
    let mut memory = Memory::default();
    memory.rooms = memory.rooms.filled(records(kept.rooms));
    memory.hours = memory.hours.filled(records(kept.hours));
    memory.integrations = memory.integrations.filled(records(kept.integrations));
    memory.all = Some(kept.all).filter(Record::is_sound).unwrap_or_default();
    memory.alike = Some(kept.alike).filter(Record::is_sound).unwrap_or_default();
    let strengths = kept.servers.into_iter().filter(|(_, strength)| strength.is_sound());
    Ok((memory, strengths.take(MOST_SERVERS).collect()))
}
