//! [`Most`]: the most there were at once, while days come.

use std::collections::HashMap;

use super::course::Both;

/// The most there were at once, by group and step.
#[derive(Debug)]
pub(super) struct Most {
    // of each group in the present step
    step: u32,
    in_step: Vec<Both>,
    pub(super) rows: HashMap<(u32, u32), Both>,
    pub(super) groups: Vec<Both>,
    pub(super) steps: HashMap<u32, Both>,
    pub(super) all: Both,
}

impl Most {
    pub(super) fn new(groups: usize) -> Self {
        let (in_step, groups) = (vec![Both::default(); groups], vec![Both::default(); groups]);
        Self { step: 0, in_step, rows: HashMap::new(), groups, steps: HashMap::new(), all: Both::default() }
    }

    /// Takes note of the most of a group, or of all.
    pub(super) fn of(&mut self, group: Option<u32>, step: u32, most: Both) {
        match group {
            Some(group) => self.of_group(group, step, most),
            None => self.of_all(step, most),
        }
    }

    fn of_group(&mut self, group: u32, step: u32, most: Both) {
        if step != self.step {
            self.end_step();
            self.step = step;
        }
        for of in [&mut self.in_step, &mut self.groups] {
            if let Some(known) = of.get_mut(group as usize) {
                *known = larger(*known, most);
            }
        }
    }

    fn of_all(&mut self, step: u32, most: Both) {
        for known in [self.steps.entry(step).or_default(), &mut self.all] {
            *known = larger(*known, most);
        }
    }

    /// Keeps what was found of the present step.
    pub(super) fn end_step(&mut self) {
        for (group, most) in (0..).zip(&mut self.in_step) {
            let most = std::mem::take(most);
            if most != Both::default() {
                let known = self.rows.entry((group, self.step)).or_default();
                *known = larger(*known, most);
            }
        }
    }
}

fn larger(one: Both, other: Both) -> Both {
    [one[0].max(other[0]), one[1].max(other[1])]
}
