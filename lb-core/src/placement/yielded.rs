//! [`Yielded`]: which servers a ranking has yielded already.

/// So many are remembered without a list as long as the fleet.
const FEW: usize = 8;

/// Servers, by their place in the fleet.
#[derive(Clone, Debug, Default)]
pub(super) struct Yielded {
    few: [usize; FEW],
    count: usize,
    // a bit for each server of the fleet, once there are more than a few
    bits: Vec<u64>,
}

impl Yielded {
    pub(super) fn contains(&self, server: usize) -> bool {
        if self.count <= FEW {
            return self.few.iter().take(self.count).any(|one| *one == server);
        }
        self.bits.get(server / 64).is_some_and(|bits| bits >> (server % 64) & 1 == 1)
    }

    /// Remembers one of so many servers that it does not contain yet.
    pub(super) fn insert(&mut self, server: usize, of: usize) {
        if let Some(free) = self.few.get_mut(self.count) {
            *free = server;
        } else {
            if self.bits.is_empty() {
                self.bits = vec![0; of.div_ceil(64)];
                self.few.into_iter().for_each(|one| set(&mut self.bits, one));
            }
            set(&mut self.bits, server);
        }
        self.count += 1;
    }
}

fn set(bits: &mut [u64], server: usize) {
    if let Some(bits) = bits.get_mut(server / 64) {
        *bits |= 1 << (server % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_contains_what_was_inserted_few_or_many() {
        let mut yielded = Yielded::default();
        for server in (0..200).step_by(3) {
            assert!(!yielded.contains(server));
            yielded.insert(server, 200);
            assert!((0..300).all(|one| yielded.contains(one) == (one % 3 == 0 && one <= server)), "{server}");
        }
    }
}
