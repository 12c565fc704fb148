//! [`Once`]: passes over names that were told before.

/// Takes note of which names of a day were told, by their numbers on its page.
///
/// It is there to hold fewer: of a name that is told of several groups by turns, it lets through more than one for each.
#[derive(Debug, Default)]
pub(super) struct Once {
    part: u32,
    // in which part of a day, and of which group, each was told last
    last: Vec<(u32, u32)>,
}

impl Once {
    /// What comes next is of another day, or another step.
    pub(super) fn begin(&mut self) {
        self.part = self.part.saturating_add(1);
    }

    /// The names of these `numbers` that were not told of `group` last.
    pub(super) fn new_ones<'a>(
        &'a mut self,
        group: u32,
        numbers: &'a [u32],
        names: &'a [u64],
    ) -> impl Iterator<Item = u64> + 'a {
        let of = (self.part, group);
        if self.last.len() < names.len() {
            self.last.resize(names.len(), (u32::MAX, u32::MAX));
        }
        let Self { last, .. } = self;
        numbers.iter().filter_map(move |number| {
            let name = names.get(*number as usize)?;
            let known = last.get_mut(*number as usize)?;
            (std::mem::replace(known, of) != of).then_some(*name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_once_of_a_group_in_each_part_of_a_day() {
        let (mut once, names) = (Once::default(), [11, 12, 13]);
        once.begin();
        let told = |once: &mut Once, group, numbers: &[u32]| once.new_ones(group, numbers, &names).collect::<Vec<_>>();
        assert_eq!(told(&mut once, 0, &[0, 1, 1, 7]), [11, 12]);
        assert_eq!(told(&mut once, 0, &[1, 2]), [13]);
        assert_eq!(told(&mut once, 1, &[0]), [11]);
        once.begin();
        assert_eq!(told(&mut once, 1, &[0, 1]), [11, 12]);
    }
}
