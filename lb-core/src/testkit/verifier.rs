//! The contract of [`ChecksumVerifier`], one function for each clause.
//!
//! A clause is given a verifier that accepts all four algorithms and knows the integration `name` by `secret`. A verifier that
//! limits its searches must let a dozen wrong calls through.

use futures_executor::block_on;

use crate::checksum::{Algorithm, Checksum, ChecksumVerifier, Hints, SignedCall, sign};
use crate::secret::Secret;

/// All clauses, one after the other.
pub fn every_clause(verifier: &dyn ChecksumVerifier, name: &str, secret: &Secret) {
    finds_who_signed_by_every_algorithm(verifier, name, secret);
    hints_decide_nothing(verifier, name, secret);
    every_text_that_may_have_been_signed_is_tried(verifier, name, secret);
    a_changed_call_is_refused(verifier, secret);
}

/// A call signed with the secret is found to be the integration's, by each algorithm.
pub fn finds_who_signed_by_every_algorithm(verifier: &dyn ChecksumVerifier, name: &str, secret: &Secret) {
    for algorithm in Algorithm::ALL {
        let digest = sign(algorithm, "create", "meetingID=room", secret);
        let found = verify(verifier, "create", &["meetingID=room"], &digest, &Hints::default());
        assert_eq!(found.as_deref(), Some(name), "{algorithm:?}");
    }
}

/// A hint that is wrong, unknown or missing changes nothing but the time it takes.
pub fn hints_decide_nothing(verifier: &dyn ChecksumVerifier, name: &str, secret: &Secret) {
    let digest = sign(Algorithm::Sha256, "end", "meetingID=room", secret);
    let wrong = sign(Algorithm::Sha256, "end", "meetingID=room", &Secret::from("nobody's"));
    let caller = Some([192, 0, 2, 1].into());
    for hints in [
        Hints::default(),
        Hints { names: &["nobody", "", name], caller },
        Hints { names: &["nobody"], caller },
        Hints { names: &[name], caller: None },
    ] {
        assert_eq!(verify(verifier, "end", &["meetingID=room"], &digest, &hints).as_deref(), Some(name));
        assert_eq!(verify(verifier, "end", &["meetingID=room"], &wrong, &hints), None, "a hint is no key");
    }
}

/// Where more than one text may have been signed, any of them will do.
pub fn every_text_that_may_have_been_signed_is_tried(verifier: &dyn ChecksumVerifier, name: &str, secret: &Secret) {
    for text in ["", "a=1&b=2"] {
        let digest = sign(Algorithm::Sha1, "create", text, secret);
        let found = verify(verifier, "create", &["", "a=1&b=2"], &digest, &Hints::default());
        assert_eq!(found.as_deref(), Some(name), "{text:?}");
    }
}

/// Another call, another query, another digest: nobody's.
pub fn a_changed_call_is_refused(verifier: &dyn ChecksumVerifier, secret: &Secret) {
    let digest = sign(Algorithm::Sha1, "end", "meetingID=room", secret);
    let hints = Hints::default();
    assert_eq!(verify(verifier, "join", &["meetingID=room"], &digest, &hints), None);
    assert_eq!(verify(verifier, "end", &["meetingID=rooms"], &digest, &hints), None);
    assert_eq!(verify(verifier, "end", &["meetingID=room"], &digest.replace(&digest[..1], "g"), &hints), None);
    assert_eq!(verify(verifier, "end", &["meetingID=room"], &"0".repeat(40), &hints), None);
}

fn verify(
    verifier: &dyn ChecksumVerifier,
    name: &str,
    texts: &[&str],
    digest: &str,
    hints: &Hints<'_>,
) -> Option<String> {
    let call = SignedCall { name, texts, checksum: Checksum::parse(digest)? };
    block_on(verifier.verify(&call, hints)).integration.map(|integration| integration.name.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::checksum::SharedSecrets;
    use crate::clock::ManualClock;
    use crate::network::{Integration, Integrations};

    #[test]
    fn shared_secrets_keep_the_contract() {
        let others = (0..50).map(|number| Integration::new(format!("site{number}"), format!("secret{number}")));
        let rotating = Integration { secrets: vec!["old".into(), "new".into()], ..Integration::new("moodle", "old") };
        let integrations = Arc::new(Integrations::new(others.chain([rotating])).unwrap());
        let verifier = SharedSecrets::new(integrations, Algorithm::ALL, Arc::new(ManualClock::default()));
        for secret in ["old", "new"] {
            every_clause(&verifier, "moodle", &secret.into());
        }
    }
}
