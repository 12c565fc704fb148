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

/// What was written, or what is wrong with it.
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
    let mut records = kept.rooms.iter().chain(&kept.hours).chain(&kept.integrations).map(|(_, record)| record);
    let sound = kept.all.is_sound() && kept.alike.is_sound() && records.all(Record::is_sound);
    if !sound || !kept.servers.iter().all(|(_, strength)| strength.is_sound()) {
        return Err("it holds figures that cannot be".to_owned());
    }
    let mut memory = Memory::default();
    memory.rooms = memory.rooms.filled(kept.rooms);
    memory.hours = memory.hours.filled(kept.hours);
    memory.integrations = memory.integrations.filled(kept.integrations);
    memory.all = kept.all;
    memory.alike = kept.alike;
    Ok((memory, kept.servers.into_iter().take(MOST_SERVERS).collect()))
}
