//! A secret that was typed and has to go through a page once more, to be confirmed: it is in no page that can be read, but sealed
//! with a key that ends with the process (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha).

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use lb_core::Rng;

use crate::rng::SystemRng;

/// What sealed texts begin with.
const MARK: &str = "sealed-by-page:";

/// Length of a nonce, bytes: long enough to be drawn at random.
const NONCE: usize = 24;

static CIPHER: LazyLock<XChaCha20Poly1305> = LazyLock::new(|| {
    let mut key = [0; 32];
    SystemRng.fill(&mut key);
    XChaCha20Poly1305::new(&Key::from(key))
});

/// `text` as a page may carry it; nothing stays nothing.
pub(super) fn sealed(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut nonce = [0; NONCE];
    SystemRng.fill(&mut nonce);
    let sealed = CIPHER.encrypt(&XNonce::from(nonce), text.as_bytes()).unwrap_or_default();
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// The text that was sealed; any other is what somebody has typed.
pub(super) fn opened(text: &str) -> String {
    let open = || {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(MARK)?).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        String::from_utf8(CIPHER.decrypt(&XNonce::from(*nonce), sealed).ok()?).ok()
    };
    open().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_cannot_be_read_and_opens_here_alone() {
        let carried = sealed("the-secret");
        assert!(carried.starts_with(MARK) && !carried.contains("secret"));
        assert_ne!(carried, sealed("the-secret"));
        assert_eq!(opened(&carried), "the-secret");
        let changed = format!("{}x", &carried[..carried.len() - 1]);
        for typed in ["", "the-secret", MARK, "sealed-by-page:!", changed.as_str()] {
            assert_eq!(opened(typed), typed);
        }
        assert_eq!(sealed(""), "");
    }
}
