//! Randomness, handed in from the edge: [`Rng`], and [`SeededRng`] for tests, simulations and draws that must repeat.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the balancer takes chance from: tokens, passwords, voice bridges.
///
/// Tokens and passwords are drawn from it, so an implementation for real use must be unpredictable (the operating
/// system's generator). [`SeededRng`] is not.
pub trait Rng: fmt::Debug + Send + Sync + 'static {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// Draws that the core needs, over any [`Rng`].
pub trait RngExt: Rng {
    /// A uniformly drawn 64-bit number.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// `length` characters of `[a-zA-Z0-9]`, as BBB draws passwords.
    fn alphanumeric(&self, length: usize) -> String {
        const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut text = String::with_capacity(length);
        let mut bytes = [0; 32];
        while text.len() < length {
            self.fill(&mut bytes);
            // 248 is the largest multiple of 62 in a byte: what is above would favour the first letters
            let usable = bytes.iter().filter(|&&byte| byte < 248);
            text.extend(usable.map(|&byte| ALPHABET[usize::from(byte % 62)] as char).take(length - text.len()));
        }
        text
    }
}

impl<R: Rng + ?Sized> RngExt for R {}

/// A generator that draws the same numbers for the same seed. **Not for secrets.**
#[derive(Debug)]
pub struct SeededRng {
    state: AtomicU64,
}

impl SeededRng {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        let seed = self.state.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        fastrand::Rng::with_seed(seed).fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_text_and_another_seed_another() {
        let draw = |seed| SeededRng::new(seed).alphanumeric(20);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(draw(3).len(), 20);
        assert!(draw(4).bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
