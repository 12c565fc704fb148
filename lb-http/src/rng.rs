//! [`SystemRng`]: the operating system's randomness.

use lb_core::Rng;

/// Draws from the operating system's generator: fit for tokens and passwords.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // It fails on no system that can run this. A predictable token would be worse than none.
            tracing::error!("the operating system gives no randomness: the balancer stops");
            std::process::abort();
        }
    }
}
