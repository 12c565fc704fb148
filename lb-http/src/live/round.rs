//! [`Rounds`]: what of a change is told at once and what later, so that thousands of servers stay cheap: a browser is sent
//! only rows that changed, and only so many at a time.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use lb_core::ServerName;

use super::present::{Parts, Present, Row};

/// How many rows that only have other figures are told at a time. With more servers each row is told more seldom.
const ROWS: usize = 40;

/// How many rows of another state are told at a time.
const TURNED: usize = 400;

/// What is still to be told.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    // all until this picture was looked at
    seen: u64,
    parts: Parts,
    turned: VecDeque<ServerName>,
    // one that has turned since, or was told, stays where it is and is passed over
    others: VecDeque<ServerName>,
    // all that wait, and whether they turned
    waiting: HashMap<ServerName, bool>,
}

/// What is told now.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) parts: Parts,
    pub(super) rows: Vec<Arc<Row>>,
    /// Whether one of them is of another state than before.
    pub(super) turned: bool,
}

impl Round {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_none() && self.rows.is_empty()
    }
}

impl Rounds {
    /// Begins anew for somebody who has seen the picture `seq`, and is the only one.
    pub(super) fn begin(seq: u64) -> Self {
        Self { seen: seq, ..Self::default() }
    }

    /// Somebody has come who has seen the picture `seq` and none since.
    pub(super) fn join(&mut self, present: &Present, seq: u64) {
        let seen = self.seen;
        if seq < seen {
            self.notice(present, seq);
            self.seen = seen;
        }
    }

    /// What is told of `present` now; the rest waits for later rounds.
    pub(super) fn next(&mut self, present: &Present) -> Round {
        self.notice(present, self.seen);
        let turned = self.turned.len().min(TURNED);
        let mut names: Vec<_> = self.turned.drain(..turned).collect();
        for name in &names {
            self.waiting.remove(name);
        }
        while names.len() < ROWS
            && let Some(name) = self.others.pop_front()
        {
            if self.waiting.get(&name) == Some(&false) {
                self.waiting.remove(&name);
                names.push(name);
            }
        }
        // one that has left is taken away with the whole table
        let rows = names.iter().filter_map(|name| present.row(name).cloned()).collect();
        Round { parts: std::mem::take(&mut self.parts), rows, turned: turned > 0 }
    }

    /// Notes all that changed after the picture `seq`.
    fn notice(&mut self, present: &Present, seq: u64) {
        self.parts = self.parts.and(present.parts_since(seq));
        for row in present.rows.iter().filter(|row| row.changed > seq) {
            let (name, turned) = (&row.server.name, row.turned > seq);
            match self.waiting.get_mut(name) {
                // it goes before those that only have other figures
                Some(before) if turned && !*before => {
                    *before = true;
                    self.turned.push_back(name.clone());
                }
                Some(_) => {}
                None => {
                    self.waiting.insert(name.clone(), turned);
                    let queue = if turned { &mut self.turned } else { &mut self.others };
                    queue.push_back(name.clone());
                }
            }
        }
        // those that are passed over are seldom many; they do not become more without end
        if self.others.len() > 2 * self.waiting.len() + ROWS {
            let (waiting, mut kept) = (&self.waiting, HashSet::new());
            self.others.retain(|name| waiting.get(name) == Some(&false) && kept.insert(name.clone()));
        }
        self.seen = present.seq;
    }
}

#[cfg(test)]
mod tests;
