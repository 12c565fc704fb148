//! [`Rounds`]: what of a change is told at once and what later, so that thousands of servers stay cheap: a browser is sent
//! only rows that changed, and only so many at a time.

use std::collections::{HashSet, VecDeque};
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
    others: VecDeque<ServerName>,
    waiting: HashSet<ServerName>,
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
        let others = self.others.len().min(ROWS.saturating_sub(turned));
        let names: Vec<_> = self.turned.drain(..turned).chain(self.others.drain(..others)).collect();
        for name in &names {
            self.waiting.remove(name);
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
            let is_new = self.waiting.insert(name.clone());
            if turned {
                if !is_new {
                    self.others.retain(|waiting| waiting != name);
                }
                if is_new || !self.turned.contains(name) {
                    self.turned.push_back(name.clone());
                }
            } else if is_new {
                self.others.push_back(name.clone());
            }
        }
        self.seen = present.seq;
    }
}

#[cfg(test)]
mod tests;
