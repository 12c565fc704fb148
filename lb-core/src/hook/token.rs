//! The token in the URL of the balancer's own hook on a server: nobody who does not know the server's secret can guess it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::server::Server;

/// Separates these tokens from whatever else may be made of the same secret.
const LABEL: &[u8] = b"lb hook 1";

/// The token of `server` for the balancer that stamps meetings with `guid`: 64 hex digits. It stays the same as long as the
/// server's secret does.
pub fn of(server: &Server, guid: &str) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(server.secret.expose().as_bytes());
    let mut mac = mac.expect("HMAC takes keys of any length");
    for part in [LABEL, server.name.as_str().as_bytes(), guid.as_bytes()] {
        // lengths keep two texts from running into one another
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

/// Whether `token` is that of `server`, in time that does not depend on where they differ.
pub fn is_of(server: &Server, guid: &str, token: &str) -> bool {
    of(server, guid).as_bytes().ct_eq(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_secret_and_balancer_has_a_token_of_its_own() {
        let server = |name: &str, secret: &str| Server::new(name, "https://a.example", secret).unwrap();
        let one = server("a", "s");
        let token = of(&one, "g");
        assert!(is_of(&one, "g", &token) && !is_of(&one, "g", &token[1..]));
        for (other, guid) in
            [(server("b", "s"), "g"), (server("a", "t"), "g"), (server("a", "s"), "h"), (server("ag", "s"), "")]
        {
            assert!(!is_of(&other, guid, &token), "{other:?} {guid}");
        }
    }
}
